/** Who takes the next step, when several threads can. A schedule is data: the same one makes the same run. */
import type { ScheduleChoice } from './program.js';

/** A recorded choice: a thread takes so many steps. */
export interface Choice {
  readonly thread: string;
  readonly count: number;
}

/** Picks one of the threads that can run; the argument is never empty. */
export type Chooser = (runnable: readonly number[]) => number;

/** A small, fast generator of pseudo-random numbers (mulberry32); the same seed gives the same numbers everywhere. */
export function randomNumbers(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** Steps over which PCT spreads its changes of priority. */
const PCT_LENGTH = 200;

/** How a scenario's `schedule` statement picks threads; without one they run one after the other, as written. */
export function chooser(
  schedule: ScheduleChoice | undefined,
  threads: readonly string[],
  read?: (file: string) => readonly Choice[],
): Chooser {
  switch (schedule?.kind) {
    case undefined:
    case 'written':
      return (runnable) => runnable[0]!;
    case 'round_robin': {
      let last = -1;
      return (runnable) => (last = runnable.find((i) => i > last) ?? runnable[0]!);
    }
    case 'random': {
      const random = randomNumbers(Number(schedule.seed & 0xffff_ffffn));
      return (runnable) => runnable[Math.floor(random() * runnable.length)]!;
    }
    case 'pct':
      return pct(threads.length, schedule.depth, Number(schedule.seed & 0xffff_ffffn));
    case 'steps':
      return followed(schedule.steps)(threads);
    case 'file': {
      if (!read) throw new Error(`the schedule file ${schedule.file} cannot be read here`);
      return followed(read(schedule.file))(threads);
    }
  }
}

/**
 * Probabilistic concurrency testing (Burckhardt and others, ASPLOS 2010): random priorities, always the highest;
 * at `depth` - 1 random steps the running thread falls below all others.
 */
function pct(threads: number, depth: number, seed: number): Chooser {
  const random = randomNumbers(seed);
  const priority = Array.from({ length: threads }, () => 1 + random());
  const changes = new Set(Array.from({ length: Math.max(0, depth - 1) }, () => Math.floor(random() * PCT_LENGTH)));
  let step = 0;
  let low = 0;
  return (runnable) => {
    const highest = (): number => runnable.reduce((best, i) => (priority[i]! > priority[best]! ? i : best));
    if (changes.has(step++)) priority[highest()] = --low;
    return highest();
  };
}

/**
 * Follows recorded choices through one block of threads after the other. Behind their end, or where one cannot run,
 * the first that can.
 */
export function followed(choices: readonly Choice[]): (threads: readonly string[]) => Chooser {
  let i = 0;
  let left = choices[0]?.count ?? 0;
  return (threads) => (runnable) => {
    while (i < choices.length && left === 0) left = choices[++i]?.count ?? 0;
    if (i >= choices.length) return runnable[0]!;
    left--;
    const wanted = threads.indexOf(choices[i]!.thread);
    return runnable.includes(wanted) ? wanted : runnable[0]!;
  };
}
