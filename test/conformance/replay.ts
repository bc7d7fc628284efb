/** Runs a corpus program on the engine, and finds the first thing that differs from its record. */
import { eventText, isEvent, resultText } from '../../src/engine/events.js';
import { Machine } from '../../src/engine/machine.js';
import { parseOperation, type Generation } from '../../src/engine/operation.js';
import { runOperation } from '../../src/engine/operations.js';
import { Scheduler } from '../../src/engine/scheduler.js';
import { snapshot, type MachineState } from '../../src/engine/snapshot.js';
import { KernelBug, Task, type Co } from '../../src/engine/task.js';
import { Kind, Trace } from '../../src/engine/trace.js';
import { isThreaded, type CorpusRecord, type OperationRecord, type SingleRecord, type ThreadRecord } from './corpus.js';

/** Where a replay first differs: readable lines. */
export type Difference = string;

class Bug {
  constructor(readonly text: string) {}
}

/** One machine that runs operations one after the other. */
export class Bench {
  readonly machine: Machine;
  private readonly task: Task;
  private index = 0;

  constructor(
    readonly generation: Generation,
    readonly trace: Trace,
  ) {
    this.machine = new Machine({ generation, trace });
    this.task = new Task(this.machine, 0);
  }

  /** Events and result of one operation. */
  run(line: string): { events: string[]; rc: number | string } {
    const from = this.trace.length;
    this.task.steps = Number.MAX_SAFE_INTEGER;
    let bug: Bug | undefined;
    try {
      if (!runOperation(this.task, parseOperation(line), this.index++).next().done) bug = new Bug('DEADLOCK');
    } catch (e) {
      if (!(e instanceof KernelBug)) throw e;
      bug = new Bug(`BUG ${e.message}`);
    }
    const events: string[] = [];
    let rc: number | string = bug?.text ?? 'none';
    for (let n = from; n < this.trace.length; n++) {
      const kind = this.trace.kind(n);
      if (isEvent(kind)) events.push(eventText(this.trace, n, this.generation));
      else if (kind === Kind.End) rc = resultValue(resultText(this.trace, n));
    }
    return { events, rc };
  }
}

const resultValue = (text: string): number | string => (/^-?\d+$/.test(text) ? Number(text) : text);

/** Order of keys does not matter in a state; everything else does. */
function same(x: unknown, y: unknown): boolean {
  if (x === y) return true;
  if (typeof x !== 'object' || typeof y !== 'object' || !x || !y || Array.isArray(x) !== Array.isArray(y)) return false;
  const keys = Object.keys(x);
  if (keys.length !== Object.keys(y).length) return false;
  return keys.every((k) => k in y && same((x as never)[k], (y as never)[k]));
}

function differing(path: string, expected: unknown, found: unknown): string | undefined {
  if (same(expected, found)) return undefined;
  const bothObjects = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null;
  if (bothObjects(expected) && bothObjects(found)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
      const text = differing(path ? `${path}.${key}` : key, expected[key], found[key]);
      if (text) return text;
    }
  }
  const show = (v: unknown): string => JSON.stringify(v) ?? 'nothing';
  return `state ${path}\n    expected ${show(expected)}\n    found    ${show(found)}`;
}

function eventDifference(expected: readonly string[], found: readonly string[]): string | undefined {
  const length = Math.max(expected.length, found.length);
  for (let i = 0; i < length; i++) {
    if (expected[i] === found[i]) continue;
    const before = found.slice(Math.max(0, i - 4), i).map((e) => `             ${e}`);
    return [
      `event ${i}`,
      ...before,
      `    expected ${expected[i] ?? '(no more events)'}`,
      `    found    ${found[i] ?? '(no more events)'}`,
    ].join('\n');
  }
  return undefined;
}

/** Applies a record's delta to a plain state. */
function applyDelta(state: MachineState, d: OperationRecord['d']): MachineState {
  const next = { ...state } as Record<string, unknown>;
  for (const [key, value] of Object.entries(d)) {
    if (key !== 'g' && key !== 'pte') {
      next[key] = value;
      continue;
    }
    const merged = { ...(next[key] as Record<string, unknown>) };
    for (const [k, v] of Object.entries(value as Record<string, unknown>)) {
      if (v === null) delete merged[k];
      else merged[k] = v;
    }
    next[key] = merged;
  }
  return next as unknown as MachineState;
}

/** Runs records one after the other; `state` is the expected state before, and after the call the one after. */
function replayRecords(
  bench: Bench,
  recs: readonly OperationRecord[],
  expected: { state: MachineState },
): Difference | undefined {
  for (const [i, rec] of recs.entries()) {
    const { events, rc } = bench.run(rec.op);
    const where = `operation ${i}: ${rec.op}\n  `;
    const different = eventDifference(rec.ev, events);
    if (different) return where + different;
    if (rc !== rec.rc) return `${where}result: expected ${rec.rc}, found ${rc}`;
    expected.state = rec.st ?? applyDelta(expected.state, rec.d);
    if (rec.st || Object.keys(rec.d).length > 0 || events.length > 0) {
      const state = differing('', expected.state, snapshot(bench.machine));
      if (state) return where + state;
    }
  }
  return undefined;
}

function replaySingle(record: SingleRecord, trace: Trace): Difference | undefined {
  const bench = new Bench(record.gen, trace);
  const different = replayRecords(bench, record.recs, { state: snapshot(bench.machine) });
  return different ?? differing('end', record.end, snapshot(bench.machine));
}

function* thread(task: Task, lines: readonly string[]): Co {
  for (const [k, line] of lines.entries()) yield* runOperation(task, parseOperation(line), k);
}

function replayThreads(record: ThreadRecord, trace: Trace): Difference | undefined {
  const bench = new Bench(record.gen, trace);
  const { machine } = bench;
  const expected = { state: snapshot(machine) };
  const setup = replayRecords(bench, record.setup, expected);
  if (setup) return `set-up, ${setup}`;
  machine.threaded = true;
  const from = trace.length;
  const scheduler = new Scheduler(
    machine,
    record.threads.map((lines, id) => {
      const task = new Task(machine, id);
      return { task, body: thread(task, lines) };
    }),
  );
  let stuck: string | undefined;
  steps: for (const [t, count] of record.schedule) {
    for (let i = 0; i < count; i++) {
      if (!scheduler.canRun(t)) {
        stuck = `thread ${t} cannot take its step`;
        break steps;
      }
      scheduler.step(t);
    }
  }
  const found: string[] = [];
  const rcs: (number | string)[][] = record.threads.map(() => []);
  for (let n = from; n < trace.length; n++) {
    const kind = trace.kind(n);
    if (kind === Kind.Note) continue;
    const t = trace.task(n);
    const text =
      kind === Kind.Op
        ? `# ${trace.operand(n, 1)} ${record.threads[t]![trace.operand(n, 1)]!}`
        : eventText(trace, n, record.gen);
    if (kind === Kind.End) rcs[t]!.push(resultValue(resultText(trace, n)));
    found.push(`t${t} ${text}`);
  }
  const events = eventDifference(
    record.ev.map(([t, e]) => `t${t} ${e}`),
    found,
  );
  if (events) return stuck ? `${events}\n  (${stuck})` : events;
  if (stuck) return stuck;
  const outcome = scheduler.outcome();
  const text =
    outcome?.kind === 'ok'
      ? 'ok'
      : outcome?.kind === 'bug'
        ? `BUG t${outcome.task} ${outcome.text}`
        : outcome
          ? `DEADLOCK ${outcome.text}`
          : 'unfinished';
  if (text !== record.outcome) return `outcome: expected ${record.outcome}, found ${text}`;
  const results = differing('results', record.rcs, rcs);
  if (results) return results;
  machine.threaded = false;
  if (record.mid) {
    const mid = differing('mid', record.mid, snapshot(machine));
    if (mid) return mid;
    const after = replayRecords(bench, record.after ?? [], { state: record.mid });
    if (after) return `after, ${after}`;
  }
  return differing('end', record.end, snapshot(machine));
}

/**
 * Runs a program onto a trace.
 * @returns undefined if the engine does exactly what the record says
 */
export function replay(record: CorpusRecord, trace = new Trace()): Difference | undefined {
  try {
    return isThreaded(record) ? replayThreads(record, trace) : replaySingle(record, trace);
  } catch (e) {
    return e instanceof Error ? (e.stack ?? e.message) : String(e);
  }
}
