/**
 * One thread goes on while the others stand. Where the schedule would have picked another, that is another future: what was
 * recorded behind the cursor is discarded, and the person's choice becomes part of the schedule.
 */
import { formatSchedule, programHash } from '../scenario/schedule-file.js';
import type { Core } from './core.js';
import { ErrorId, RequestError } from './errors.js';
import { discarded, takeOver } from './futures.js';
import { waitingFor } from './locks.js';
import { count } from './nodes/node.js';
import type { ScheduleResponse } from './protocol.js';
import type { Target } from './target.js';

/** Rows that a thread may go on alone; a thread that never stops is not waited for. */
const MOST = 1_000_000;

/** Is the step done at the stop `n` of the thread? */
export type Goal = (target: Target, n: number) => boolean;

/**
 * Makes sure that the recording goes on with this thread alone, up to the goal or as far as the thread can go.
 * @returns the stop at which that is
 * @throws RequestError if the thread cannot go on
 */
export function alone(core: Core, switchTo: (target: Target) => void, task: number, goal: Goal): number {
  const old = core.target!;
  const { position } = old;
  const recorded = until(old, task, goal, position, false);
  if (recorded !== undefined) return recorded;
  const thread = old.threadName(task);
  const trial = old.replayed(position);
  const at = trial.recording.length;
  trial.run.prefer(thread, Infinity);
  const end = until(trial, task, goal, at, true);
  if (end === undefined || end <= at) {
    const waiting = waitingFor(old, task);
    const why = waiting
      ? `it waits for ${waiting.lock}, held by ${waiting.holders.join(', ') || 'nobody'}`
      : 'it has ended';
    throw new RequestError(ErrorId.WrongTime, `${thread} cannot go on: ${why}`);
  }
  const again = old.replayed(position, [...old.before(position), { kind: 'turn', at, thread, until: end + 1 }]);
  const lost = old.furthest - position;
  again.seek(position);
  again.arriveFrom(position);
  takeOver(core, switchTo, again);
  core.output(`step ${count(position)}: ${thread} goes on alone${discarded(lost)}`);
  return end;
}

/** Follows a thread that is alone from row `from` on: to its goal, or to where it cannot go on. */
function until(target: Target, task: number, goal: Goal, from: number, record: boolean): number | undefined {
  const { trace } = target;
  for (let n = from; n - from < MOST; n++) {
    if (n >= trace.length && record) target.run.advanceTo(n + 1);
    if (n >= trace.length) return record ? n : undefined;
    // Somebody else's turn: the thread waits, or has ended.
    if (trace.task(n) !== task) return record ? n : undefined;
    if (n > from && target.stepping.isStop(n) && goal(target, n)) return n;
  }
  return record ? from + MOST : undefined;
}

/** Who took how many steps up to the cursor. */
export function scheduleSoFar(target: Target): ScheduleResponse {
  const { position } = target;
  const steps = target.replayed(position).run.schedule;
  const words = steps.map(({ thread, steps: n }) => `${thread} ${n}`).join(', ');
  const { file, scenario } = target;
  const choices = steps.map(({ thread, steps: count }) => ({ thread, count }));
  const saved = formatSchedule({ scenario: scenario.name, program: programHash(file, scenario), choices });
  return { text: words && `schedule steps ${words}`, steps, file: words && saved };
}
