/** The time line of a run, as plain JSON: the answer to `gmap/timeline`. It never holds more than a few thousand items. */
import { count, flag, list, object, optional, text, word, type Of } from './shape.js';

/** `gmap/timeline`. */
export const TimelineArguments = object({
  /** The part of the run that is wanted: from a step up to, not including, another; left out: all of it. */
  from: optional(count),
  to: optional(count),
  /** How many bars can stand side by side. */
  columns: optional(count),
});
export type TimelineArguments = Of<typeof TimelineArguments>;

/** Rows `from` ≤ n < `to`; `count` > 1: so many of them, too short to be told apart. */
const bar = object({ from: count, to: count, text: text(), count });
export type Bar = Of<typeof bar>;

const call = object({ from: count, to: count, text: text(), count, depth: count });
export type CallBar = Of<typeof call>;

const mark = object({
  kind: word('retry', 'notify', 'pass', 'fail', 'bug', 'edit'),
  /** The row (the first of `count`). */
  step: count,
  count,
  text: text(),
});
export type Mark = Of<typeof mark>;

const lane = object({
  thread: text(),
  /** What the thread does. */
  statements: list(bar),
  /** Calls, the outer ones only. */
  calls: list(call),
  /** When it runs. */
  runs: list(bar),
  /** Locks that it holds; `depth` keeps those apart that it holds at the same time. */
  locks: list(call),
  waits: list(bar),
});
export type Lane = Of<typeof lane>;

export const Timeline = object({
  from: count,
  to: count,
  recorded: count,
  ended: flag,
  /** Where the scenario's own statements begin, behind the set-up of the file. */
  start: count,
  statements: list(bar),
  /** Calls of the scenario itself; those of threads are in their lanes. */
  calls: list(call),
  /** How deep the calls nest in the whole run. */
  depths: count,
  marks: list(mark),
  lanes: list(lane),
});
export type Timeline = Of<typeof Timeline>;
