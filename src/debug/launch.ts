/** The attributes of a launch configuration. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { nearest } from '../scenario/nearest.js';
import { ErrorId, RequestError } from './errors.js';

export interface LaunchAttributes {
  /** Path or URI of the scenario file. */
  readonly program: string;
  /** Name of the scenario; else the one that `line` lies in; else the first. */
  readonly scenario?: string;
  readonly line?: number;
  readonly generation?: 'after' | 'before';
  readonly stopOnEntry: boolean;
  readonly stopAtEnd: boolean;
  readonly maxSteps?: number;
  /** A schedule file, relative to the scenario file: who runs when, whatever schedules the scenario chooses. */
  readonly schedule?: string;
  /** Folder of a Linux tree, whose files are shown in place of listings. */
  readonly kernelSource?: string;
  readonly checkInvariants: boolean;
  /** A step of a thread is one of it alone: the others stand. */
  readonly singleThread: boolean;
  readonly noDebug: boolean;
}

/** Attributes that clients add for themselves. */
const CLIENT_ATTRIBUTES = new Set([
  'name', 'type', 'request', 'noDebug', 'presentation', 'preLaunchTask', 'postDebugTask', 'internalConsoleOptions',
  'debugServer', 'serverReadyAction', 'suppressMultipleSessionWarning', 'trace', 'windows', 'linux', 'osx',
]); // prettier-ignore

interface AttributeInfo {
  readonly type: 'string' | 'boolean' | 'integer';
  readonly required?: boolean;
  readonly choices?: readonly string[];
}

const ATTRIBUTES: Readonly<Record<Exclude<keyof LaunchAttributes, 'noDebug'>, AttributeInfo>> = {
  program: { type: 'string', required: true },
  scenario: { type: 'string' },
  line: { type: 'integer' },
  generation: { type: 'string', choices: ['after', 'before'] },
  stopOnEntry: { type: 'boolean' },
  stopAtEnd: { type: 'boolean' },
  maxSteps: { type: 'integer' },
  schedule: { type: 'string' },
  kernelSource: { type: 'string' },
  checkInvariants: { type: 'boolean' },
  singleThread: { type: 'boolean' },
};

export const ATTRIBUTE_NAMES: readonly string[] = [...Object.keys(ATTRIBUTES), 'noDebug'];

const wrong = (message: string): RequestError => new RequestError(ErrorId.Launch, message, true);
const shown = (value: unknown): string => JSON.stringify(value);

/**
 * Reads the arguments of a launch request.
 * @throws RequestError that names the attribute and what is right
 */
export function launchAttributes(args: DebugProtocol.LaunchRequestArguments | undefined): LaunchAttributes {
  const given = (args ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof given !== 'object' || Array.isArray(given)) throw wrong('launch: the arguments must be an object');
  for (const [name, { type, required, choices }] of Object.entries(ATTRIBUTES)) {
    const value = given[name];
    if (value === undefined || value === null) {
      if (required) throw wrong(`launch: '${name}' is missing: the path of a scenario (.gmap) file`);
    } else if (type === 'integer') {
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
        throw wrong(`launch: '${name}' must be a whole number, 1 or more, not ${shown(value)}`);
      }
    } else if (typeof value !== type) {
      const right = type === 'boolean' ? 'true or false' : (choices?.map(shown).join(' or ') ?? 'a text');
      throw wrong(`launch: '${name}' must be ${right}, not ${shown(value)}`);
    } else if (choices && !choices.includes(value as string)) {
      throw wrong(`launch: '${name}' must be ${choices.map(shown).join(' or ')}, not ${shown(value)}`);
    }
  }
  const program = given['program'] as string;
  if (program.trim() === '') throw wrong(`launch: 'program' is empty: the path of a scenario (.gmap) file is needed`);
  const optional = Object.fromEntries(
    Object.keys(ATTRIBUTES).flatMap((name) => (given[name] == null ? [] : [[name, given[name]]])),
  ) as Partial<LaunchAttributes>;
  return {
    stopOnEntry: false,
    stopAtEnd: true,
    checkInvariants: false,
    singleThread: false,
    ...optional,
    program,
    noDebug: given['noDebug'] === true,
  };
}

/** Attributes that are none of ours: said, but no error, for clients add their own. */
export function unknownAttributes(args: object): string[] {
  return Object.keys(args).flatMap((name) => {
    if (name in ATTRIBUTES || CLIENT_ATTRIBUTES.has(name) || name.startsWith('_')) return [];
    const near = nearest(name, Object.keys(ATTRIBUTES));
    return [`launch: '${name}' means nothing here${near ? `; did you mean '${near}'?` : ''}`];
  });
}
