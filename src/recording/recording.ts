/**
 * A run as a table of rows with a cursor.
 *
 * The machine's memory stands at the cursor: rows before it have happened, the row at the cursor happens next.
 * Moving the cursor applies rows or takes them back. Recording goes on at the end only.
 */
import { functionById, isAssigned, stepById, type FunctionInfo, type Step } from '../engine/catalog.js';
import { assignedLocals, callArguments, functionOf, returnedValue, type Decoded } from '../engine/events.js';
import { Machine, type MachineOptions } from '../engine/machine.js';
import type { Generation } from '../engine/operation.js';
import { Kind, Trace } from '../engine/trace.js';
import { CHECKPOINT_ROWS, Checkpoints } from './checkpoints.js';
import { RowIndex } from './row-index.js';

/** A call on a thread's stack. */
export interface Frame {
  readonly fn: FunctionInfo;
  /** The step that comes next in this function, or in which it is calling. */
  readonly step: Step;
  /** Row of the call. */
  readonly call: number;
}

export interface RecordingOptions {
  readonly generation?: Generation;
  /** Most rows; more end the run with {@link TraceLimitError}. */
  readonly maxRows?: number;
  /** Makes the machine; else a plain one. */
  readonly machine?: (options: MachineOptions) => Machine;
}

export class Recording {
  readonly machine: Machine;
  readonly trace: Trace;
  readonly index: RowIndex;
  private readonly checkpoints: Checkpoints;
  private cursor = 0;

  constructor(options: RecordingOptions = {}) {
    this.trace = new Trace(options.maxRows);
    const machine = { trace: this.trace, generation: options.generation ?? 'after' };
    this.machine = options.machine?.(machine) ?? new Machine(machine);
    this.index = new RowIndex(this.trace);
    this.checkpoints = new Checkpoints(this.machine, this.trace);
  }

  get generation(): Generation {
    return this.machine.generation;
  }

  /** Number of rows recorded so far. */
  get length(): number {
    return this.trace.length;
  }

  /** Number of rows that have happened at the cursor. */
  get position(): number {
    return this.cursor;
  }

  /** Moves the cursor, and the machine's memory with it. */
  seek(position: number): void {
    if (!Number.isInteger(position) || position < 0 || position > this.length) {
      throw new RangeError(`there is no step ${position}; the run has ${this.length}`);
    }
    const { newest } = this.checkpoints;
    const near = this.checkpoints.nearest(position);
    // Behind the newest checkpoint nothing is kept: what happened there has to be taken back first.
    const tail = Math.max(0, this.cursor - newest);
    if (tail + Math.abs(position - near) < Math.abs(position - this.cursor)) {
      if (tail > 0) this.move(newest);
      this.cursor = this.checkpoints.restore(position);
    }
    this.move(position);
  }

  private move(position: number): void {
    const [from, to] = position > this.cursor ? [this.cursor, position] : [position, this.cursor];
    this.trace.toggle(this.machine.mem, from, to);
    this.cursor = position;
  }

  /** Goes to the end and lets `run` record more; the cursor stays at the new end. */
  extend<T>(run: () => T): T {
    this.seek(this.length);
    try {
      return run();
    } finally {
      this.sync();
    }
  }

  /** Inside {@link extend}: moves the cursor to the newest row, so that what is recorded so far can be looked at. */
  sync(): void {
    this.cursor = this.length;
    this.index.update();
    if (this.length - this.checkpoints.newest >= CHECKPOINT_ROWS) this.checkpoints.take();
  }

  /**
   * Rows in [from, to) that changed the doubleword at an address of storage, newest first. Cheap also in a long run: parts
   * in which the word did not change are skipped.
   */
  *changes(address: number, from = 0, to = this.length): Generator<number> {
    const high = (address >>> 3) * 2;
    const { newest } = this.checkpoints;
    const spans: (readonly [number, number])[] = [[newest, this.length]];
    for (const index of [high, high + 1]) {
      for (const span of this.checkpoints.spansChanging(index)) {
        if (!spans.some(([start]) => start === span[0])) spans.push(span);
      }
    }
    spans.sort((a, b) => b[0] - a[0]);
    for (const [start, end] of spans) {
      yield* this.trace.changing(high, Math.max(start, from), Math.min(end, to));
    }
  }

  /** The last row before `before` that changed the doubleword at an address; undefined if none did. */
  lastChange(address: number, before = this.length): number | undefined {
    for (const row of this.changes(address, 0, before)) return row;
    return undefined;
  }

  /** The next row of a thread at or behind a position; the number of rows if there is none. */
  nextRowOf(task: number, position: number): number {
    let n = position;
    while (n < this.length && this.trace.task(n) !== task) n++;
    return n;
  }

  /** Function that the innermost frame of row `n` is in; undefined at the level of the scenario. */
  functionAt(n: number): FunctionInfo | undefined {
    const caller = this.trace.caller(n);
    return caller < 0 ? undefined : functionById(this.trace.operand(caller, 0));
  }

  /** Calls on the stack when row `n` comes next, innermost first; operations that only call are left out. */
  frames(n: number): Frame[] {
    const frames: Frame[] = [];
    if (n >= this.length) return frames;
    let row = n;
    for (let call = this.trace.caller(n); call >= 0; call = this.trace.caller(call)) {
      const fn = functionById(this.trace.operand(call, 0));
      if (!fn.wrapper && this.trace.kind(row) !== Kind.End) {
        const step = stepById(this.trace.site(row));
        if (step.fn === fn) frames.push({ fn, step, call });
        else {
          // In the middle of the function somebody else runs: the operation of an injection, or of a notifier.
          const begin = this.raceBegin(call, row);
          const shown = begin !== undefined && step.fn.operation && !step.fn.wrapper;
          if (shown) frames.push({ fn: step.fn, step, call: begin });
          frames.push({ fn, step: this.stepBefore(fn, call, begin ?? row), call });
        }
      }
      row = call;
    }
    return frames;
  }

  /** The row at which somebody else began to run inside of a call. */
  private raceBegin(call: number, row: number): number | undefined {
    for (let n = row; n > call; n--) {
      if (this.trace.kind(n) === Kind.RaceBegin && this.trace.caller(n) === call) return n;
    }
    return undefined;
  }

  /** The step that a function did last before a row. */
  private stepBefore(fn: FunctionInfo, call: number, row: number): Step {
    for (let n = row - 1; n > call; n--) {
      const step = stepById(this.trace.site(n));
      if (this.trace.caller(n) === call && step.fn === fn) return step;
    }
    return fn.steps[0]!;
  }

  /** Number of the scenario statement that row `n` belongs to; undefined before the first. */
  statementOf(n: number): number | undefined {
    let row = Math.min(n, this.length - 1);
    if (row < 0) return undefined;
    while (this.trace.caller(row) >= 0) row = this.trace.caller(row);
    const kind = this.trace.kind(row);
    return kind === Kind.Op
      ? this.trace.operand(row, 1)
      : kind === Kind.Statement
        ? this.trace.operand(row, 0)
        : undefined;
  }

  /** Arguments of a frame's function as they were passed. */
  arguments(frame: Frame): Decoded[] {
    return this.trace.kind(frame.call) === Kind.Call ? callArguments(this.trace, frame.call) : [];
  }

  /** Arguments and local variables of a frame by their names, when row `position` comes next. */
  variables(frame: Frame, position: number): Map<string, Decoded> {
    return new Map([...this.arguments(frame), ...this.locals(frame, position)].map((d) => [d.name, d]));
  }

  /**
   * A local variable of a frame by its name, as it was assigned last before row `end`; undefined if it was not. Quick where
   * nobody assigns such a name.
   */
  local(frame: Frame, name: string, end: number): Decoded | undefined {
    if (!isAssigned(frame.fn, name)) return undefined;
    for (const n of this.assignments(frame, end)) {
      if (assignedNames(this.trace, n).includes(name))
        return assignedValues(this.trace, n).find((d) => d.name === name);
    }
    return undefined;
  }

  /** Local variables of a frame when row `position` comes next, in the order in which they were assigned first. */
  locals(frame: Frame, position: number): Decoded[] {
    const locals = new Map<string, { value: Decoded; first: number }>();
    for (const n of this.assignments(frame, position)) {
      assignedNames(this.trace, n).forEach((name, i, { length }) => {
        const first = n + i / length;
        const known = locals.get(name);
        if (known) known.first = first;
        else locals.set(name, { value: assignedValues(this.trace, n)[i]!, first });
      });
    }
    return [...locals.values()].sort((a, b) => a.first - b.first).map(({ value }) => value);
  }

  /**
   * Rows before `end` that assign local variables of a frame, newest first: its own assignments, and the returns of what it
   * called. What happened inside of these calls is passed over: there may be millions of rows.
   */
  private *assignments(frame: Frame, end: number): Generator<number> {
    const { trace } = this;
    const task = trace.task(frame.call);
    for (let n = Math.min(end, this.length) - 1; n > frame.call; n--) {
      if (trace.task(n) !== task) continue;
      const kind = trace.kind(n);
      const call = trace.caller(n);
      if (kind === Kind.Note && call === frame.call) yield n;
      else if (kind === Kind.Return && call > frame.call) {
        if (trace.caller(call) === frame.call) yield n;
        n = call;
      }
    }
  }
}

/** Names of the local variables that a note, or the return of a call, assigns. */
function assignedNames(trace: Trace, n: number): readonly string[] {
  if (trace.kind(n) === Kind.Note) return stepById(trace.site(n)).sets.map((local) => local.name);
  const fn = functionOf(trace, n);
  return fn && fn.returns !== 'none' ? [fn.gives ?? 'result'] : [];
}

/** Their values, in the same order. */
function assignedValues(trace: Trace, n: number): readonly Decoded[] {
  return trace.kind(n) === Kind.Note ? assignedLocals(trace, n) : [returnedValue(trace, n)!];
}
