/**
 * What is debugged: one scenario of one file, its run, and the cursor on it. The machine's memory stands at the cursor
 * whenever a request is answered.
 */
import { Kind, MAX_TASKS } from '../engine/trace.js';
import { Difference } from '../recording/history.js';
import { Triggers } from '../recording/breakpoints.js';
import { Stepping } from '../recording/stepping.js';
import type { CompiledFile, CompiledScenario, Statement, ThreadsStatement } from '../scenario/program.js';
import { ScenarioRun, StatementResult, type EditedWord, type PlaceInCode, type RunOptions } from '../scenario/run.js';
import type { SourceRange } from '../scenario/source.js';
import type { KernelTree } from './kernel-tree.js';

/** What a person did to the run, at a row of it. */
export type Intervention = { readonly at: number } & (
  | { readonly kind: 'edit'; readonly words: readonly EditedWord[]; readonly like: PlaceInCode }
  /** A thread goes on alone, up to a row. */
  | { readonly kind: 'turn'; readonly thread: string; readonly until: number }
  | { readonly kind: 'terminate'; readonly thread: string }
  | { readonly kind: 'perform'; readonly text: string; readonly statements: readonly Statement[] }
);

export interface TargetOptions extends RunOptions {
  /** Path or URI of the scenario file, as the client writes it. */
  readonly path: string;
  readonly text: string;
  readonly file: CompiledFile;
  readonly scenario: CompiledScenario;
  /** The person's own kernel tree, if they have one. */
  readonly kernel?: KernelTree | undefined;
}

/** Threads that run at the same time: rows from the one that starts them up to the one that ends them. */
interface ThreadGroup {
  readonly statement: ThreadsStatement;
  readonly start: number;
  end: number | undefined;
}

export interface ThreadInfo {
  readonly task: number;
  readonly name: string;
}

/** Thread number of what a person runs while a kernel function is under way. */
const CONSOLE = MAX_TASKS - 1;

/** Slices that are recorded ahead to find what a thread does next. */
const AHEAD = 10;

/** Rows recorded at a time: short enough to stay responsive, long enough to be fast. */
export const SLICE = 20_000;

export class Target {
  readonly path: string;
  readonly text: string;
  readonly file: CompiledFile;
  readonly scenario: CompiledScenario;
  readonly kernel: KernelTree | undefined;
  readonly run: ScenarioRun;
  readonly stepping: Stepping;
  readonly triggers: Triggers;
  /** The furthest position that was reached: everything before is the past. */
  furthest = 0;
  private readonly groups: ThreadGroup[] = [];
  private groupsDone = 0;
  private difference: { from: number; to: number; made: Difference } | undefined;
  private readonly stopped = { now: -1, before: 0 };
  /** What was done to this run so far, in order. */
  readonly interventions: Intervention[] = [];

  constructor(private readonly options: TargetOptions) {
    ({ path: this.path, text: this.text, file: this.file, scenario: this.scenario } = options);
    this.kernel = options.kernel;
    this.run = new ScenarioRun(options.file, options.scenario, options);
    const { recording } = this.run;
    this.stepping = new Stepping(recording, (row) => this.isSilent(row));
    this.triggers = new Triggers(recording, this.stepping, (row) => this.result(row) === StatementResult.Failed);
  }

  get recording() {
    return this.run.recording;
  }

  get trace() {
    return this.run.recording.trace;
  }

  get machine() {
    return this.run.recording.machine;
  }

  get position(): number {
    return this.recording.position;
  }

  /** The cursor is before the furthest position that was reached. */
  get past(): boolean {
    return this.position < this.furthest;
  }

  /** Something went wrong up to the furthest position that was reached; what is recorded ahead has not happened yet. */
  get failed(): boolean {
    const { run, furthest, recording } = this;
    return run.failures.some(({ row }) => row <= furthest) || (run.failed && furthest >= recording.length);
  }

  // --- recording ---

  /** Records until row `n` exists or the run has ended. */
  ensure(n: number): void {
    if (n < this.recording.length || this.run.ended) return;
    const { position } = this;
    while (n >= this.recording.length && this.run.advance(SLICE));
    this.recording.seek(position);
  }

  seek(position: number): void {
    this.ensure(position);
    this.recording.seek(Math.min(position, this.recording.length));
  }

  /** A stop was reached: what changes from here on is news. */
  arrive(): void {
    // At the first stop everything is new: that is no news.
    this.stopped.before = this.stopped.now < 0 ? this.position : this.stopped.now;
    this.stopped.now = this.position;
    this.furthest = Math.max(this.furthest, this.position);
  }

  /** A change by the person at row `at` has brought the run here. */
  arriveFrom(at: number): void {
    this.stopped.before = at;
    this.stopped.now = this.furthest = this.position;
  }

  /** What changed since the stop before. */
  changes(): Difference {
    const { before: from } = this.stopped;
    const to = this.position;
    if (this.difference?.from !== from || this.difference.to !== to) {
      this.difference = { from, to, made: new Difference(this.machine, this.recording, from, to) };
    }
    return this.difference.made;
  }

  // --- another run of the same ---

  /** What was done to this run before row `n`. */
  before(n: number): Intervention[] {
    return this.interventions.filter(({ at }) => at < n);
  }

  /**
   * The same scenario up to row `n` (or to the first point behind it at which the run can be interrupted), with these
   * interventions, else those of this run so far; nothing is recorded behind it.
   */
  replayed(n: number, interventions: readonly Intervention[] = this.before(n)): Target {
    const again = new Target(this.options);
    for (const intervention of interventions) {
      again.run.advanceTo(intervention.at);
      again.intervene(intervention);
    }
    again.run.advanceTo(n);
    again.furthest = again.stopped.before = again.stopped.now = again.position;
    return again;
  }

  /** At the end of what is recorded. Returns what it would have to wait for: then it did not work out. */
  intervene(intervention: Intervention): string | undefined {
    this.interventions.push({ ...intervention, at: this.recording.length });
    if (intervention.kind === 'perform') return this.run.perform(intervention.statements);
    if (intervention.kind === 'turn') {
      this.run.prefer(intervention.thread, intervention.until);
      return undefined;
    }
    if (intervention.kind === 'terminate') this.run.terminate(intervention.thread);
    else this.run.edit(intervention.words, intervention.like);
    return undefined;
  }

  // --- statements ---

  statement(number: number | undefined): Statement | undefined {
    return number === undefined ? undefined : this.run.statements[number];
  }

  result(row: number): StatementResult {
    return this.trace.operand(row, 1);
  }

  private isSilent(row: number): boolean {
    return this.result(row) === StatementResult.Ok && this.statement(this.trace.operand(row, 0))?.kind !== 'expect';
  }

  /** Number of the statement at which a thread stands when row `n`, one of its own, comes next. */
  statementAt(n: number): number | undefined {
    const number = n < this.recording.length ? this.recording.statementOf(n) : undefined;
    if (number !== undefined) return number;
    // A change by the person stands before the statement that comes next.
    if (n < this.recording.length && this.trace.kind(n) === Kind.Edit) return this.statementAt(n + 1);
    // Rows that belong to no statement (an unbalanced operation): the statement before them.
    const task = n < this.recording.length ? this.trace.task(n) : 0;
    for (let row = n - 1; row >= 0; row--) {
      if (this.trace.task(row) !== task) continue;
      const before = this.recording.statementOf(row);
      if (before !== undefined) return before;
    }
    return undefined;
  }

  /** Text range of the place where row `n` belongs in the scenario file. */
  rangeAt(n: number): SourceRange {
    if (n >= this.recording.length && this.run.outcome?.kind === 'ended') {
      const { end } = this.scenario.range;
      return { start: end, end };
    }
    return this.statement(this.statementAt(n))?.range ?? this.scenario.nameRange;
  }

  // --- threads ---

  /** The threads that run at a position beside the scenario's own; none outside of a group. */
  threadsAt(position: number): ThreadInfo[] {
    const group = this.groupAt(position);
    return group ? group.statement.threads.map(({ name }, i) => ({ task: i + 1, name })) : [];
  }

  private groupAt(position: number): ThreadGroup | undefined {
    const { statements } = this.recording.index;
    for (; this.groupsDone < statements.length; this.groupsDone++) {
      const row = statements.at(this.groupsDone);
      const statement = this.statement(this.trace.operand(row, 0));
      if (statement?.kind !== 'threads') continue;
      if (this.result(row) === StatementResult.Entered) this.groups.push({ statement, start: row, end: undefined });
      else if (this.groups.at(-1)) this.groups.at(-1)!.end = row;
    }
    return this.groups.findLast(({ start, end }) => start < position && (end === undefined || position <= end));
  }

  threadName(task: number, position = this.position): string {
    if (task === CONSOLE) return 'console';
    return task === 0 ? 'scenario' : (this.threadsAt(position)[task - 1]?.name ?? `thread ${task}`);
  }

  /** The last row of a thread of the group that runs; infinite if the group's end has not been recorded. */
  lastRow(task: number): number {
    const group = this.groupAt(this.position);
    for (let tries = 0; group && group.end === undefined && !this.run.ended && tries < AHEAD; tries++) {
      this.ensure(this.recording.length);
      this.groupAt(this.position);
    }
    const end = group?.end ?? (this.run.ended ? this.recording.length : undefined);
    return end === undefined ? Infinity : this.stepping.previousRowOf(task, end);
  }

  /**
   * The row that comes next in a thread; undefined if it has ended. A thread that waits for ever stands at its last row.
   */
  nextRow(task: number, position = this.position): number | undefined {
    let n = this.recording.nextRowOf(task, position);
    // A thread may have to wait for long: look ahead, but not through the whole run.
    for (let tries = 0; n >= this.recording.length && !this.run.ended && tries < AHEAD; tries++) {
      this.ensure(this.recording.length);
      n = this.recording.nextRowOf(task, n);
    }
    if (n < this.recording.length) {
      const group = task === 0 ? undefined : this.groupAt(position);
      return group?.end !== undefined && n > group.end ? undefined : n;
    }
    const last = this.stepping.previousRowOf(task, this.recording.length);
    const stuck = last >= 0 && this.trace.kind(last) !== Kind.End && this.trace.depth(last) > 0;
    return this.run.outcome?.kind === 'deadlock' && stuck ? last : undefined;
  }
}
