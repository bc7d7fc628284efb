/** Requests that move the cursor, and the stops that they lead to. */
import { Kind } from '../engine/trace.js';
import { StatementResult } from '../scenario/run.js';
import { ErrorId, RequestError } from './errors.js';
import type { Core, Stop } from './core.js';
import { alone } from './alone.js';
import { exceptionAt } from './exceptions.js';
import { filterNamed, isProblem } from './filters.js';
import { count } from './nodes/node.js';
import { Output, summary } from './output.js';
import { Progress } from './progress.js';
import { threadId } from './stack.js';
import type { Target } from './target.js';
import { onLine, travel, type Arrival, type Direction, type Journey, type StepGoal } from './travel.js';

export type StepKind = 'in' | 'over' | 'out';
export type Granularity = 'statement' | 'line' | 'instruction';

const ANY_DEPTH = Number.MAX_SAFE_INTEGER;

export class Motion {
  private cancelled = false;
  private output: Output | undefined;
  /** Sent when the run comes to its end and nobody wants to look back. */
  onEnd: () => void = () => undefined;

  constructor(private readonly core: Core) {}

  /** A new run: everything that is said starts over. */
  begin(target: Target): void {
    this.output = new Output(this.core, target);
    this.cancelled = false;
  }

  /** Another run of the same scenario has taken its place; what is before its cursor was told about. */
  switchTo(target: Target): void {
    this.output = new Output(this.core, target, target.position);
  }

  /** For log points that are set while the scenario stands. */
  get log(): Output | undefined {
    return this.output;
  }

  /** Ends what is under way, at the next occasion. Returns whether something was. */
  pause(): boolean {
    this.cancelled = true;
    return this.core.phase === 'running';
  }

  /** From the very beginning to the first stop, or on to the first breakpoint. */
  async start(stopOnEntry: boolean): Promise<void> {
    const target = this.core.target!;
    target.seek(0);
    const first = this.firstStop(target);
    if (stopOnEntry || first === undefined) {
      this.arrive({ kind: 'goal', position: first ?? target.recording.length }, 'entry');
      return;
    }
    const hits = this.core.breakpoints.hits(target, first);
    target.recording.seek(0);
    if (hits.length > 0) {
      this.arrive({ kind: 'hits', position: first, hits, goal: false }, 'entry');
      return;
    }
    await this.go({ direction: 'forward' }, 'entry');
  }

  /** The whole run without stops, for a person who does not debug. */
  async runThrough(): Promise<void> {
    this.core.target!.seek(0);
    await this.go({ direction: 'forward', ignoreBreakpoints: true }, 'end');
  }

  private firstStop(target: Target): number | undefined {
    target.ensure(0);
    return target.stepping.firstStop(0);
  }

  async continue(direction: Direction): Promise<void> {
    const target = this.core.target!;
    if (direction === 'forward' && target.run.ended && target.position >= target.recording.length) {
      this.onEnd();
      return;
    }
    await this.go({ direction }, direction === 'back' ? 'entry' : 'end');
  }

  async step(kind: StepKind, direction: Direction, task: number, granularity?: Granularity): Promise<void> {
    await this.go({ direction, goal: this.goal(kind, direction, task, granularity) }, 'step');
  }

  /** Would a step or continue of this thread alone be another than one of all? */
  isOneOfMany(task: number): boolean {
    return task !== 0 && this.core.target!.threadsAt(this.core.target!.position).length > 1;
  }

  /**
   * One thread takes steps (or, without a kind, goes on) while the others stand.
   * @throws RequestError if it cannot
   */
  prepareAlone(task: number, kind?: StepKind, granularity?: Granularity, times = 1): () => Promise<void> {
    const goal = kind && this.goal(kind, 'forward', task, granularity);
    let left = times;
    let last = -1;
    const done = (target: Target, n: number): boolean => {
      if (!goal || target.trace.depth(n) > goal.depth || onLine(target, goal.line, n)) return false;
      // The same stop may be looked at in two recordings.
      if (n <= last) left = times;
      last = n;
      return --left <= 0;
    };
    const end = alone(this.core, (target) => this.switchTo(target), task, done);
    return () => this.go({ direction: 'forward', goal: { task: undefined, depth: ANY_DEPTH, at: end } }, 'step', task);
  }

  /** Onwards to a certain stop, unless a breakpoint is met before. */
  async stepTo(position: number): Promise<void> {
    await this.go({ direction: 'forward', goal: { task: undefined, depth: ANY_DEPTH, at: position } }, 'step');
  }

  /** To the very end, past all breakpoints. */
  async toEnd(): Promise<void> {
    await this.go({ direction: 'forward', ignoreBreakpoints: true }, 'end');
  }

  private goal(kind: StepKind, direction: Direction, task: number, granularity?: Granularity): StepGoal {
    const target = this.core.target!;
    const row = target.nextRow(task);
    const inRun = row !== undefined && row < target.recording.length;
    const depth = inRun ? target.stepping.depth(row) : 0;
    const atThreads =
      inRun && target.trace.kind(row) === Kind.Statement && target.result(row) === StatementResult.Entered;
    if (kind === 'in' && direction === 'forward' && atThreads) return { task: undefined, depth: ANY_DEPTH };
    const whole = granularity === 'statement' || granularity === 'line';
    // Back by a whole statement of the scenario.
    const over = kind === 'over' || (kind === 'in' && direction === 'back' && whole && depth === 0);
    const goal = { task, depth: kind === 'out' ? depth - 1 : over ? depth : ANY_DEPTH };
    if (granularity !== 'line' || !inRun || depth === 0) return goal;
    return { ...goal, line: { caller: target.trace.caller(row), site: target.trace.site(row) } };
  }

  /** @throws RequestError if the run is over before that step */
  mayGoTo(step: number): void {
    const { recording, run } = this.core.target!;
    if (step <= recording.length || !run.ended) return;
    throw new RequestError(ErrorId.Unknown, `there is no step ${count(step)}: the run has ${count(recording.length)}`);
  }

  /** Goes to a step, or to the first stop behind it; to one that is not recorded yet past all breakpoints. */
  async goTo(step: number, reason = 'goto'): Promise<void> {
    const target = this.core.target!;
    this.mayGoTo(step);
    if (step > target.recording.length) {
      const goal = { task: undefined, depth: ANY_DEPTH, at: step };
      await this.go({ direction: 'forward', ignoreBreakpoints: true, goal }, reason);
      return;
    }
    target.ensure(step);
    const position = target.stepping.firstStop(step) ?? (target.run.ended ? target.recording.length : step);
    this.arrive({ kind: 'goal', position }, reason);
  }

  // --- journeys ---

  private async go(journey: Journey, reason: string, focus?: number): Promise<void> {
    const { core } = this;
    const target = core.target!;
    core.phase = 'running';
    this.cancelled = false;
    const progress = new Progress(core, target);
    const { task } = core;
    let told = false;
    try {
      const arrival = await travel(target, core.breakpoints, journey, {
        stopped: () => this.cancelled,
        progress: (position) => {
          // It takes long enough for views to show that nothing stands still.
          if (!told) core.send('continued', { threadId: threadId(task), allThreadsContinued: true });
          told = true;
          progress.report(position);
        },
      });
      progress.end();
      if (core.target !== target || core.phase !== 'running') return;
      this.arrive(arrival, reason, focus ?? journey.goal?.task, focus);
    } catch (error) {
      progress.end();
      if (core.target !== target || core.phase !== 'running') return;
      core.output(`The debugger made a mistake: ${(error as Error).stack ?? String(error)}`, { category: 'stderr' });
      this.arrive({ kind: 'pause', position: Math.min(target.position, target.recording.length) }, 'pause');
    }
  }

  /** The cursor has come somewhere: says so. */
  private arrive(arrival: Arrival, reason: string, wanted?: number, focus?: number): void {
    const { core } = this;
    const target = core.target!;
    const { position } = arrival;
    const atEnd = position >= target.recording.length && target.run.ended;
    const exception = exceptionAt(target, position, arrival.kind === 'hits' ? arrival.hits : []);
    target.recording.seek(position);
    const failing = exception?.id === 'expectation';
    const news = position >= target.furthest;
    this.output?.advance(position, failing);
    target.recording.seek(position);
    target.arrive();
    if (atEnd && arrival.kind !== 'hits' && news && core.attributes?.stopAtEnd === false) {
      this.onEnd();
      return;
    }
    const stands = focus !== undefined && arrival.kind === 'goal' && target.nextRow(focus) !== undefined;
    const task = atEnd ? (wanted ?? 0) : stands ? focus : this.taskAt(target, position);
    core.stop = {
      reason: reasonOf(arrival, reason, atEnd, exception !== undefined && isProblem(exception.id)),
      task: atEnd && target.nextRow(task) === undefined ? 0 : task,
      hits: arrival.kind === 'hits' ? arrival.hits : [],
      ...(exception && { exception }),
    };
    core.phase = 'stopped';
    this.sayStopped(target, core.stop, atEnd);
    core.memoryChanged();
  }

  /** The person turns to another thread: clients show it. */
  lookAt(task: number): void {
    const { core } = this;
    core.stop = { ...core.stop!, task };
    const stop: Stop = { reason: 'goto', task, hits: [] };
    this.sayStopped(core.target!, stop, false);
  }

  private taskAt(target: Target, position: number): number {
    return position < target.recording.length ? target.trace.task(position) : 0;
  }

  private sayStopped(target: Target, stop: Stop, atEnd: boolean): void {
    const { core } = this;
    const problems = stop.hits.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
    const ids = stop.hits.map(({ breakpoint }) => breakpoint.id);
    const text = [...(stop.exception ? [stop.exception.text] : []), ...problems].join('\n');
    core.send('stopped', {
      reason: stop.reason,
      threadId: threadId(stop.task),
      allThreadsStopped: true,
      description: description(target, stop, atEnd),
      ...(text !== '' && { text }),
      ...(ids.length > 0 && { hitBreakpointIds: ids }),
    });
  }
}

function reasonOf(arrival: Arrival, reason: string, atEnd: boolean, exception: boolean): string {
  if (exception) return 'exception';
  if (arrival.kind === 'pause') return 'pause';
  if (arrival.kind === 'hits') {
    const { wanted } = arrival.hits[0]!.breakpoint.spec;
    if (wanted.kind === 'function') return 'function breakpoint';
    if (wanted.kind === 'data') return 'data breakpoint';
    return 'breakpoint';
  }
  if (atEnd) return 'end';
  return arrival.kind === 'edge' ? 'entry' : reason;
}

const REASONS: Readonly<Record<string, string>> = {
  entry: 'Paused at the beginning',
  step: 'Paused on step',
  pause: 'Paused',
  goto: 'Paused',
  breakpoint: 'Paused on breakpoint',
  'function breakpoint': 'Paused on function breakpoint',
  'data breakpoint': 'Paused on data breakpoint',
  exception: 'Paused on exception',
};

/** The words in the head of the call stack: why it stands, and whether that is the past. */
function description(target: Target, stop: Stop, atEnd: boolean): string {
  if (atEnd && stop.reason === 'end') return `At the end: ${summary(target)}`;
  const filter = stop.exception && filterNamed(stop.exception.id);
  const why = filter
    ? `Paused: ${filter.label.charAt(0).toLowerCase()}${filter.label.slice(1)}`
    : (REASONS[stop.reason] ?? 'Paused');
  return target.past ? `${why} (in the past: step ${count(target.position)} of ${count(target.furthest)})` : why;
}
