/** Where a breakpoint belongs in what is debugged: what it watches for, or why it can never hit. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { allFunctions, nameIn } from '../engine/catalog.js';
import type { Trigger } from '../recording/breakpoints.js';
import { didYouMean } from '../scenario/nearest.js';
import type { Statement } from '../scenario/program.js';
import { WALK_LEVELS } from '../scenario/words.js';
import { parseDataId, parseWriteName, type DataInfo } from './data-id.js';
import { FILTERS, filterNamed } from './filters.js';
import type { KernelTree } from './kernel-tree.js';
import { placeOfFunction } from './places.js';
import {
  baseName,
  displayName,
  functionCalled,
  functionOfReference,
  listingSource,
  listingSources,
  sameFile,
  scenarioSource,
} from './sources.js';
import type { Target } from './target.js';
import type { Wanted } from './wanted.js';

export interface Located {
  /** Missing: it can never hit, and `message` says why. */
  readonly triggers?: readonly Trigger[];
  readonly message?: string;
  readonly source?: DebugProtocol.Source;
  readonly line?: number;
  readonly endLine?: number;
  readonly label?: string;
}

type DataAccess = Extract<Wanted, { kind: 'data' }>['access'];
const ACCESSES: readonly string[] = ['write', 'read', 'readWrite'] satisfies DataAccess[];

const never = (message: string, more: Located = {}): Located => ({ message, ...more });

export function locate(wanted: Wanted, target: Target): Located {
  switch (wanted.kind) {
    case 'line':
      return locateLine(wanted.path, wanted.line, target);
    case 'listing':
      return locateInListing(wanted.reference, wanted.line, target);
    case 'function':
      return locateFunction(wanted.name, target);
    case 'filter': {
      const filter = filterNamed(wanted.filter);
      if (filter) return { triggers: [filter.trigger], label: filter.id };
      return never(`there is no filter '${wanted.filter}'${didYouMean(wanted.filter, FILTERS.map((f) => f.id))}`);
    } // prettier-ignore
    case 'data': {
      const data = parseDataId(wanted.dataId);
      if (!data) return never(`there is no data '${wanted.dataId}'`);
      return locateData(data, wanted.access, target);
    }
  }
}

function locateData({ from, to, mask, label }: DataInfo, access: DataAccess, { machine }: Target): Located {
  if (!ACCESSES.includes(access)) return never(`'${access}' is no access: ${ACCESSES.join(', ')}`);
  if (from >= machine.maxStorage) return never(`there is no storage at 0x${from.toString(16)}`, { label });
  if (access === 'read' && !machine.canBeWalked(from)) {
    return never('only reads of region and segment table entries by a walk through a gmap are recorded', { label });
  }
  const watched = { from, to, ...(mask === undefined ? {} : { mask }) };
  const write: Trigger = { kind: 'write', ...watched };
  const read: Trigger = { kind: 'read', ...watched };
  const triggers = access === 'write' ? [write] : access === 'read' ? [read] : [write, read];
  const how = { write: '', read: ', read', readWrite: ', read or written' }[access];
  return { triggers, label: label + how };
}

// --- lines of the scenario ---

export interface StatementLine {
  readonly line: number;
  readonly statements: readonly { readonly number: number; readonly statement: Statement }[];
}

/** Statements that a person can stop at; `mark` and the heads of blocks do nothing themselves. */
const canStop = (s: Statement): boolean => s.kind !== 'mark' && s.kind !== 'repeat';

/** The lines of the scenario file at which this run can stop, ascending. */
export function statementLines(target: Target): StatementLine[] {
  const lines = new Map<number, { number: number; statement: Statement }[]>();
  target.run.statements.forEach((statement, number) => {
    if (!canStop(statement)) return;
    const { line } = statement.range.start;
    const at = lines.get(line) ?? [];
    at.push({ number, statement });
    lines.set(line, at);
  });
  return [...lines].map(([line, statements]) => ({ line, statements })).sort((a, b) => a.line - b.line);
}

function locateLine(path: string, line: number, target: Target): Located {
  if (!sameFile(path, target.path)) {
    const kernelFile = target.kernel?.fileOf(path);
    if (kernelFile !== undefined) return locateInKernel(target.kernel!, kernelFile, line);
    // A listing that was opened without a session: under its path, below some root.
    const listing = listingSources(target.recording.generation).find((source) => path.endsWith(`/${source.path!}`));
    if (listing) return locateInListing(listing.sourceReference!, line, target);
    return never(`this session debugs ${baseName(target.path)}, not ${baseName(path)}`);
  }
  const source = scenarioSource(target.path);
  const other = target.file.scenarios.find(
    ({ range }) => range.start.line <= line && line <= range.end.line && range !== target.scenario.range,
  );
  const own = target.scenario.range;
  if (other && !(own.start.line <= line && line <= own.end.line)) {
    return never(`scenario "${other.name}" is not the one that runs: it is "${target.scenario.name}"`, {
      source,
      line,
    });
  }
  const lines = statementLines(target);
  const found =
    lines.find((at) => at.line === line) ??
    lines.findLast(({ statements }) => statements.some((s) => coversLine(s.statement, line))) ??
    lines.find((at) => at.line > line);
  if (!found) return never('no statement stands here or below', { source, line });
  const numbers = found.statements.map(({ number }) => number);
  const { end } = found.statements[0]!.statement.range;
  return {
    triggers: [{ kind: 'statement', statements: new Set(numbers) }],
    source,
    line: found.line,
    ...(found.line === line ? { endLine: Math.max(found.line, end.line) } : {}),
    label: `${baseName(target.path)}:${found.line}`,
  };
}

/** A statement of several lines that holds no other statements: `machine { … }`. */
function coversLine({ kind, range }: Statement, line: number): boolean {
  return kind === 'operation' && range.start.line < line && line <= range.end.line;
}

// --- lines of listings ---

function locateInListing(reference: number, line: number, target: Target): Located {
  const fn = functionOfReference(reference);
  if (!fn) return never(`there is no listing ${reference}`);
  const { generation } = target.recording;
  const name = displayName(fn, generation);
  const source = listingSource(fn, generation);
  if (fn.generation && fn.generation !== generation) {
    return never(`${name} exists only in the generation '${fn.generation}'; this run is '${generation}'`, {
      source,
      line,
    });
  }
  if (fn.wrapper || fn.steps.length === 0) return never(`nobody stops in ${name}`, { source, line });
  // The signature stands for the first step.
  const step = fn.steps.find((s) => s.line >= line) ?? fn.steps.at(-1)!;
  return {
    triggers: [{ kind: 'step', steps: new Set([step.id]) }],
    source,
    line: step.line,
    label: `${name}:${step.line}`,
  };
}

// --- lines of the kernel tree ---

function locateInKernel(kernel: KernelTree, file: string, line: number): Located {
  const source = kernel.source(file);
  const found = kernel.map.from(file, line);
  if (found) {
    return {
      triggers: [{ kind: 'step', steps: new Set(found.steps) }],
      source,
      line: found.line,
      label: `${baseName(file)}:${found.line}`,
    };
  }
  const other = kernel.map.unmatchedAt(file, line);
  const why = other
    ? `${other.name} is not the modelled code: ${other.reason}`
    : 'no step of a modelled function stands here';
  return never(why, { source, line });
}

// --- functions and walk levels ---

function locateFunction(text: string, target: Target): Located {
  const written = parseWriteName(text);
  if (written) return locateData({ ...written, label: `write:${written.label}` }, 'write', target);
  const name = text.trim().replace(/\(.*\)$/, '');
  const { generation } = target.recording;
  // What has a checkbox has a name too: `walk:segment`, `notifier`.
  const filter = filterNamed(name.replace(/^walk:\s*/, 'walk:'));
  if (filter) return { triggers: [filter.trigger], label: filter.id };
  const walk = /^walk:\s*(.*)$/.exec(name)?.[1];
  if (walk !== undefined) {
    return never(`'${walk}' is no walk level: write walk:${Object.keys(WALK_LEVELS).join(', walk:')}`);
  }
  const fn = functionCalled(name);
  if (!fn) {
    const known = allFunctions(generation).filter((f) => !f.wrapper);
    const names = known.map((f) => (f.operation ? displayName(f, generation) : nameIn(f, generation)));
    return never(`there is no function '${name}'${didYouMean(name, names)}`);
  }
  const label = displayName(fn, generation);
  if (fn.generation && fn.generation !== generation) {
    return never(`${name} exists only in the generation '${fn.generation}'; this run is '${generation}'`, { label });
  }
  return {
    triggers: [{ kind: 'call', functions: new Set([fn.id]) }],
    ...placeOfFunction(target, fn),
    label,
  };
}
