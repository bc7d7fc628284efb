/** Single runs whose schedule somebody else chooses: a recorded one, chance, or whole operations in turn. */
import { randomNumbers } from '../scenario/schedule.js';
import type { Findings, Schedule, Sketch } from './findings.js';
import type { Block, ThreadsRun } from './replay.js';
import { Sign } from './signs.js';

/** Who goes on, and for how many steps at most; called while somebody can. Undefined: the run is of no interest. */
export type Guide = (block: Block, current: number) => { readonly thread: number; readonly steps: number } | undefined;

const NOBODY = -1;

/** Notes who took how many steps. */
class Record implements Sketch {
  private readonly choices: [string, number][] = [];
  preemptions = 0;
  private steps = 0;

  took(block: Block, thread: number, steps: number, switched: boolean, preempted: boolean): void {
    if (preempted) this.preemptions++;
    this.steps += steps;
    if (switched) this.choices.push([block.names[thread]!, steps]);
    else this.choices.at(-1)![1] += steps;
  }

  make(): Schedule {
    return { choices: this.choices, preemptions: this.preemptions, steps: this.steps };
  }
}

/** Runs once under a guide. Returns the schedule; undefined: given up. */
export function guided(run: ThreadsRun, findings: Findings, guide: Guide): Schedule | undefined {
  const record = new Record();
  let givenUp = false;
  findings.begin();
  run.again((block) => {
    let current = NOBODY;
    while (block.runnable() !== 0) {
      const choice = guide(block, current);
      if (!choice) {
        givenUp = true;
        return false;
      }
      const { thread, steps } = choice;
      const switched = thread !== current;
      const preempted = switched && current !== NOBODY && block.canRun(current);
      record.took(block, thread, block.run(thread, steps), switched, preempted);
      const wait = block.wait(thread);
      if ((wait?.kind === 'spin' || wait?.kind === 'pcl') && !block.canRun(thread)) findings.sign(1 << Sign.Spun);
      current = thread;
    }
    return findings.blockEnds(block, record);
  });
  if (givenUp) return undefined;
  findings.end();
  return record.make();
}

/** The first thread that can run. */
const firstOf = (block: Block): number => 31 - Math.clz32(block.runnable() & -block.runnable());

/**
 * Follows recorded choices. Where one cannot run, and behind their end, who was running goes on, else the first that
 * can: a schedule that lost some of its choices is still one.
 */
export function recorded(choices: Schedule['choices']): Guide {
  let i = 0;
  let left = choices[0]?.[1] ?? 0;
  return (block, current) => {
    for (;;) {
      while (i < choices.length && left <= 0) left = choices[++i]?.[1] ?? 0;
      if (i >= choices.length) {
        const thread = current !== NOBODY && block.canRun(current) ? current : firstOf(block);
        return { thread, steps: Number.MAX_SAFE_INTEGER };
      }
      const thread = block.names.indexOf(choices[i]![0]);
      if (thread >= 0 && block.canRun(thread)) {
        left--;
        return { thread, steps: 1 };
      }
      left = 0;
    }
  };
}

/** Any thread that can run, at every step. */
export function randomly(seed: number): Guide {
  const random = randomNumbers(seed);
  return (block) => {
    let mask = block.runnable();
    let n = Math.floor(random() * bitCount(mask));
    while (n-- > 0) mask &= mask - 1;
    return { thread: 31 - Math.clz32(mask & -mask), steps: 1 };
  };
}

/**
 * Probabilistic concurrency testing (Burckhardt and others, ASPLOS 2010): random priorities, always the highest that
 * can run; at `depth` - 1 random steps of `length` the running thread falls below all others.
 */
export function byPriority(seed: number, depth: number, length: number): Guide {
  const random = randomNumbers(seed);
  const changes = Array.from(
    { length: Math.max(0, depth - 1) },
    () => 1 + Math.floor(random() * Math.max(1, length - 1)),
  );
  changes.sort((a, b) => a - b);
  let priorities: number[] = [];
  let blockNumber = -1;
  let step = 0;
  let low = 0;
  return (block) => {
    if (block.number !== blockNumber) {
      blockNumber = block.number;
      priorities = block.names.map(() => 1 + random());
    }
    const highest = (): number => {
      let best = -1;
      for (let i = 0; i < block.count; i++) {
        if (block.canRun(i) && (best < 0 || priorities[i]! > priorities[best]!)) best = i;
      }
      return best;
    };
    while (changes.length > 0 && changes[0]! <= step) {
      changes.shift();
      priorities[highest()] = --low;
    }
    step++;
    return { thread: highest(), steps: 1 };
  };
}

function bitCount(mask: number): number {
  let n = 0;
  for (; mask !== 0; mask &= mask - 1) n++;
  return n;
}
