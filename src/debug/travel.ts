/**
 * Moving the cursor: continue and step, forwards and backwards, with everything that stops on the way. Long ways yield to
 * the event loop, so that pause and other requests are heard.
 */
import type { Breakpoints, Hit } from './breakpoints.js';
import { breathe } from './host.js';
import { SLICE, type Target } from './target.js';

export type Direction = 'forward' | 'back';

/** A line of a listing, in one call. */
export interface Line {
  readonly caller: number;
  readonly site: number;
}

/** A step goes on until a stop of this thread (undefined: of any) at or above this depth. */
export interface StepGoal {
  readonly task: number | undefined;
  readonly depth: number;
  /** Steps of this listing line count as one with it: go on. */
  readonly line?: Line;
  /** Not before this stop. */
  readonly at?: number;
}

export interface Journey {
  readonly direction: Direction;
  /** Missing: continue to the next breakpoint. */
  readonly goal?: StepGoal;
  /** Do not stop at breakpoints. */
  readonly ignoreBreakpoints?: boolean;
}

export type Arrival =
  | { readonly kind: 'hits'; readonly position: number; readonly hits: readonly Hit[]; readonly goal: boolean }
  | { readonly kind: 'goal'; readonly position: number }
  | { readonly kind: 'pause'; readonly position: number }
  /** The end of the run, or its very first stop. */
  | { readonly kind: 'edge'; readonly position: number };

/** Longest time without listening, in milliseconds. */
const BREATH = 12;

export interface Listener {
  /** Asked now and then: is somebody tired of it? */
  readonly stopped: () => boolean;
  readonly progress: (position: number) => void;
}

export async function travel(
  target: Target,
  breakpoints: Breakpoints,
  journey: Journey,
  listener: Listener,
): Promise<Arrival> {
  // prettier-ignore
  return journey.direction === 'forward'
    ? await forward(target, breakpoints, journey, listener)
    : await back(target, breakpoints, journey, listener);
}

async function forward(
  target: Target,
  breakpoints: Breakpoints,
  journey: Journey,
  listener: Listener,
): Promise<Arrival> {
  const { stepping, recording } = target;
  const start = target.position;
  const goal = journey.goal && goalAfter(target, journey.goal);
  let last = start;
  let breath = performance.now();
  for (let n = start + 1; ; n++) {
    if (n >= recording.length) {
      if (target.run.ended) return atEnd(target, breakpoints, journey);
      target.run.advance(SLICE);
      if (n >= recording.length && target.run.ended) return atEnd(target, breakpoints, journey);
    }
    if (stepping.isStop(n)) {
      last = n;
      const reached = goal?.(n) ?? false;
      const hits = journey.ignoreBreakpoints ? [] : breakpoints.hits(target, n);
      if (hits.length > 0) return { kind: 'hits', position: n, hits, goal: reached };
      if (reached) return { kind: 'goal', position: n };
    }
    if ((n & 0xff) === 0 && performance.now() - breath > BREATH) {
      listener.progress(n);
      await breathe();
      if (listener.stopped()) return { kind: 'pause', position: last };
      breath = performance.now();
    }
  }
}

/** What the last step of all did may still be what somebody waits for. */
function atEnd(target: Target, breakpoints: Breakpoints, journey: Journey): Arrival {
  const position = target.recording.length;
  const hits = journey.ignoreBreakpoints ? [] : breakpoints.hits(target, position);
  return hits.length > 0 ? { kind: 'hits', position, hits, goal: false } : { kind: 'edge', position };
}

async function back(target: Target, breakpoints: Breakpoints, journey: Journey, listener: Listener): Promise<Arrival> {
  const { stepping } = target;
  const start = target.position;
  const goal = journey.goal && goalBefore(target, journey.goal);
  let first = start;
  let breath = performance.now();
  for (let n = start - 1; n >= 0; n--) {
    if (stepping.isStop(n)) {
      first = n;
      const hits = journey.ignoreBreakpoints ? [] : breakpoints.hits(target, n);
      const reached = goal?.(n) ?? false;
      if (hits.length > 0) return { kind: 'hits', position: n, hits, goal: reached };
      if (reached) return { kind: 'goal', position: n };
    }
    if ((n & 0xff) === 0 && performance.now() - breath > BREATH) {
      listener.progress(n);
      await breathe();
      if (listener.stopped()) return { kind: 'pause', position: first };
      breath = performance.now();
    }
  }
  return { kind: 'edge', position: first };
}

/** Does row `n` belong to this line of this very call? */
export function onLine({ trace }: Target, line: Line | undefined, n: number): boolean {
  return line !== undefined && trace.caller(n) === line.caller && trace.site(n) === line.site;
}

/** A test for the stops behind the cursor: is the step done there? */
function goalAfter(target: Target, { task, depth, line, at = 0 }: StepGoal): (n: number) => boolean {
  if (task === undefined) return (n) => n >= at;
  const { trace } = target;
  const own = target.nextRow(task);
  // When the thread has ended, whatever comes next is where the person is then.
  const last = task === 0 ? Infinity : target.lastRow(task);
  return (n) => {
    if (own !== undefined && n <= own) return false;
    if (n > last || (task !== 0 && trace.task(n) === 0)) return true;
    return target.stepping.isTarget(n, task, depth) && !onLine(target, line, n);
  };
}

function goalBefore(target: Target, { task, depth, line }: StepGoal): (n: number) => boolean {
  if (task === undefined) return () => true;
  const { trace } = target;
  const starts = target.stepping.previousRowOf(task, target.position) < 0;
  return (n) => {
    if (starts || (task !== 0 && trace.task(n) === 0)) return true;
    return target.stepping.isTarget(n, task, depth) && !onLine(target, line, n);
  };
}
