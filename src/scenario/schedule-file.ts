/**
 * Schedule files: who takes how many steps, in turn, as text that people read and edit. A saved one says which scenario
 * it is for, and a hash of what that does, so that a stale one is noticed.
 *
 *     gmap schedule 1
 *     scenario "arming waits for reclaim"
 *     program 4c446034cb2aeac3
 *
 *     # reclaim stops between its two changes of the entry
 *     reclaim 12
 *     arm 10
 *
 * A file without these first lines is a schedule too, for any scenario whose threads have these names.
 */
import { formatOperation } from '../engine/operation.js';
import { Hash } from './hash.js';
import { didYouMean } from './nearest.js';
import type { CompiledFile, CompiledScenario, Statement, ThreadsStatement } from './program.js';
import type { Choice } from './schedule.js';

const VERSION = 1;

export interface ScheduleFile {
  /** Name of the scenario that it was saved for. */
  readonly scenario?: string;
  /** What {@link programHash} said then. */
  readonly program?: string;
  readonly choices: readonly Choice[];
}

/** What is wrong with a schedule file, and in which line (from 1); 0: with the whole. */
export class ScheduleFileError extends Error {
  constructor(
    message: string,
    readonly line = 0,
  ) {
    super(message);
  }
}

/** @throws ScheduleFileError */
export function parseSchedule(text: string): ScheduleFile {
  let scenario: string | undefined;
  let program: string | undefined;
  const choices: Choice[] = [];
  for (const [i, whole] of text
    .replace(/^\ufeff/, '')
    .split(/\r\n?|\n/)
    .entries()) {
    const line = whole.replace(/(^|\s)#.*/, '').trim();
    const wrong = (message: string): ScheduleFileError => new ScheduleFileError(message, i + 1);
    if (line === '') continue;
    const version = /^gmap\s+schedule\s+(\S+)$/.exec(line)?.[1];
    const name = /^scenario\s+(".*")$/.exec(whole.trim())?.[1];
    const hash = /^program\s+(\S+)$/.exec(line)?.[1];
    const choice = /^(\S+)\s+(\S+)$/.exec(line);
    if (version !== undefined) {
      if (version !== String(VERSION)) {
        throw wrong(`this is a schedule of version ${version}, and version ${VERSION} is read here: save it anew`);
      }
    } else if (name !== undefined && choices.length === 0) scenario = unquoted(name, wrong);
    else if (hash !== undefined && choices.length === 0 && /^[0-9a-f]{16}$/.test(hash)) program = hash;
    else if (choice && /^[1-9]\d*$/.test(choice[2]!) && Number.isSafeInteger(Number(choice[2]))) {
      choices.push({ thread: choice[1]!, count: Number(choice[2]) });
    } else throw wrong(`'${line}' is not a thread and its number of steps: write, for example, reclaim 12`);
  }
  if (choices.length === 0) throw new ScheduleFileError('nobody takes a step in this schedule');
  return { ...(scenario !== undefined && { scenario }), ...(program !== undefined && { program }), choices };
}

function unquoted(text: string, wrong: (message: string) => Error): string {
  try {
    return String(JSON.parse(text));
  } catch {
    throw wrong(`${text} is not the name of a scenario in quotes`);
  }
}

/** The text of a schedule file; `comment` says what the schedule is good for. */
export function formatSchedule(schedule: ScheduleFile, comment: readonly string[] = []): string {
  const { scenario, program, choices } = schedule;
  const width = Math.max(0, ...choices.map(({ thread }) => thread.length));
  return [
    `gmap schedule ${VERSION}`,
    ...(scenario === undefined ? [] : [`scenario ${JSON.stringify(scenario)}`]),
    ...(program === undefined ? [] : [`program ${program}`]),
    '',
    ...comment.map((line) => `# ${line}`.trimEnd()),
    ...choices.map(({ thread, count }) => `${thread.padEnd(width)} ${count}`),
    '',
  ].join('\n');
}

/**
 * A hash of what a scenario does: its operations and threads, in their final form. Comments, layout, names of
 * constants, and expectations outside of threads are no part of it: they change no schedule.
 */
export function programHash(file: CompiledFile, scenario: CompiledScenario): string {
  const hash = new Hash().text(scenario.generation);
  const take = (statements: readonly Statement[], inThread: boolean): void => {
    for (const s of statements) {
      switch (s.kind) {
        case 'operation':
          hash.text(formatOperation(s.operation));
          if (s.callback) hash.text(s.callback.kind);
          if (s.callback?.kind === 'operations') take(s.callback.statements, inThread);
          break;
        case 'vcpu':
          hash.text(`${s.action} ${s.vcpu.name} ${s.vcpu.gmap.slot} ${s.vcpu.prefix}`);
          if (s.action === 'set_prefix') hash.text(String(s.prefix));
          break;
        case 'repeat':
          hash.text(`repeat ${s.count}`);
          take(s.body, inThread);
          hash.text('end');
          break;
        case 'threads':
          for (const thread of s.threads) {
            hash.text(`thread ${thread.name} ${thread.vcpu?.name ?? ''}`);
            take(thread.statements, true);
          }
          hash.text('end');
          break;
        case 'expect':
        case 'print':
        case 'heading':
          // In a thread each is a step.
          if (inThread) hash.text(s.kind);
          break;
        case 'mark':
          break;
      }
    }
  };
  take(file.setup, false);
  take(scenario.statements, false);
  return hash.toString();
}

/** The blocks of threads in a statement: itself, or those in a loop. */
export function threadBlocks(statement: Statement): ThreadsStatement[] {
  if (statement.kind === 'repeat') return statement.body.flatMap(threadBlocks);
  return statement.kind === 'threads' ? [statement] : [];
}

/** What is wrong with following a schedule in a scenario; undefined: nothing. */
export function misfit(schedule: ScheduleFile, file: CompiledFile, scenario: CompiledScenario): string | undefined {
  if (schedule.program !== undefined && schedule.program !== programHash(file, scenario)) {
    const saved = schedule.scenario === undefined ? 'another program' : `scenario "${schedule.scenario}"`;
    return schedule.scenario === undefined || schedule.scenario === scenario.name
      ? `it was saved before ${saved} was changed: explore again, or take its line 'program' out to follow it as far as it goes`
      : `it was saved for ${saved}, this is "${scenario.name}"`;
  }
  const blocks = [...file.setup, ...scenario.statements].flatMap(threadBlocks);
  const threads = new Set(blocks.flatMap((block) => block.threads.map(({ name }) => name)));
  const stranger = schedule.choices.find(({ thread }) => !threads.has(thread))?.thread;
  if (stranger === undefined) return undefined;
  if (threads.size === 0) return `scenario "${scenario.name}" has no threads`;
  return `no thread of scenario "${scenario.name}" is named '${stranger}'${didYouMean(stranger, [...threads])}`;
}

/** Makes the error that a caller throws, of what a person is told. */
type Refuse = (message: string) => Error;

/** The schedule in the text of a file. */
export function scheduleIn(text: string, path: string, refuse: Refuse): ScheduleFile {
  try {
    return parseSchedule(text);
  } catch (error) {
    if (!(error instanceof ScheduleFileError)) throw error;
    throw refuse(`${path}${error.line ? `:${error.line}` : ''}: ${error.message}`);
  }
}

/** The choices of a schedule file, if it fits the scenario. */
export function choicesFor(
  schedule: ScheduleFile,
  path: string,
  file: CompiledFile,
  scenario: CompiledScenario,
  refuse: Refuse,
): readonly Choice[] {
  const wrong = misfit(schedule, file, scenario);
  if (wrong !== undefined) throw refuse(`the schedule ${path} cannot be followed: ${wrong}`);
  return schedule.choices;
}
