/** Makes a schedule simpler as long as it comes to the same. */
import { compareSchedules, Findings, type Schedule } from './findings.js';
import { guided, recorded } from './guided.js';
import type { ThreadsRun } from './replay.js';

type Choices = Schedule['choices'];

/** Most runs that are spent on one schedule. */
const MOST_RUNS = 3000;

/**
 * A simpler schedule with the same outcome and, on the way, at least the same signs: fewer preemptions, then fewer
 * switches. Turns are taken out, or joined with the same thread's turn before or behind, first many at once and then
 * one by one (delta debugging), until nothing helps.
 */
export function minimise(run: ThreadsRun, schedule: Schedule, key: string, signs: number): Schedule {
  const findings = new Findings(run);
  let best = schedule;
  let runs = 0;
  const better = (choices: Choices): boolean => {
    if (runs++ >= MOST_RUNS) return false;
    const found = guided(run, findings, recorded(choices));
    if (!found || compareSchedules(found, best) >= 0) return false;
    if (findings.last?.key !== key || (findings.signs & signs) !== signs) return false;
    best = found;
    return true;
  };
  // Large pieces first.
  for (let size = best.choices.length >> 1; size >= 2; size >>= 1) {
    for (let at = 0; at + size <= best.choices.length;) {
      if (!better([...best.choices.slice(0, at), ...best.choices.slice(at + size)])) at += size;
    }
  }
  for (let again = true; again && runs < MOST_RUNS;) {
    again = false;
    for (let at = best.choices.length - 1; at >= 0; at--) {
      if (at >= best.choices.length) continue;
      again ||= simpler(best.choices, at).some(better);
    }
  }
  return best;
}

/** The choices without turn `at`: gone, joined with the thread's turn before, or with the one behind. */
function simpler(choices: Choices, at: number): Choices[] {
  const [thread, steps] = choices[at]!;
  const without = choices.filter((_, i) => i !== at);
  const joined = (other: number): Choices =>
    choices.flatMap((c, i) => (i === at ? [] : i === other ? [[thread, c[1] + steps] as const] : [c]));
  const before = choices.slice(0, at).findLastIndex(([t]) => t === thread);
  const behind = choices.findIndex(([t], i) => i > at && t === thread);
  return [without, ...(before < 0 ? [] : [joined(before)]), ...(behind < 0 ? [] : [joined(behind)])];
}
