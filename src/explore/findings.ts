/** What exploring has found so far: distinct outcomes, the ways to them, and an example of each. */
import { Hash } from '../scenario/hash.js';
import { middleOf, outcomeKey, outcomeOf, type Middle, type OutcomeData } from './outcome.js';
import { Reading } from './reading.js';
import type { Block, ThreadsRun } from './replay.js';

/** A schedule: how many steps which thread takes (threads by number, block after block), in turn. */
export interface Schedule {
  /** Pairs of thread name and steps. */
  readonly choices: readonly (readonly [thread: string, steps: number])[];
  /** How often a thread was interrupted that could have gone on. */
  readonly preemptions: number;
  readonly steps: number;
}

/** A way to an outcome: what happened on it, how many schedules took it, and the simplest of them. */
export interface Way {
  /** Bits of Sign. */
  readonly signs: number;
  schedules: number;
  example: Schedule;
}

export interface FoundOutcome {
  readonly key: string;
  readonly outcome: OutcomeData;
  readonly ways: Way[];
}

/** Simpler first: fewer preemptions, fewer switches, fewer steps, then an order that is the same everywhere. */
export function compareSchedules(a: Schedule, b: Schedule): number {
  const simple = a.preemptions - b.preemptions || a.choices.length - b.choices.length || a.steps - b.steps;
  if (simple !== 0) return simple;
  for (let i = 0; i < a.choices.length; i++) {
    const [x, n] = a.choices[i]!;
    const [y, m] = b.choices[i]!;
    if (x !== y) return x < y ? -1 : 1;
    if (n !== m) return m - n;
  }
  return 0;
}

/** Hashes kept; where chance gives pages ever new numbers, it is begun anew. */
const MOST_EXACT = 500_000;

/** Takes in the runs of one scenario. */
export class Findings {
  readonly outcomes = new Map<string, FoundOutcome>();
  /** Outcomes by the exact hash of a run: most runs end exactly as an earlier one did. */
  private readonly exact = new Map<string, FoundOutcome>();
  /** What the latest run came to; undefined if it was given up. */
  last: FoundOutcome | undefined;
  private readonly reading: Reading;
  private pending: { exact: string; middle: Middle; signs: number; sketch: Sketch } | undefined;

  constructor(readonly run: ThreadsRun) {
    this.reading = new Reading(run);
  }

  /** Before each run. */
  begin(): void {
    this.reading.begin();
    this.pending = undefined;
    this.last = undefined;
  }

  /** Signs of the latest run. */
  get signs(): number {
    return this.reading.signs;
  }

  sign(signs: number): void {
    this.reading.signs |= signs;
  }

  /** Do no other threads come after the block, as it stands? */
  isLast(block: Block): boolean {
    return block.outcome()?.kind !== 'ok' || block.number === this.run.blockCount - 1;
  }

  /** The threads of a block are through. Returns whether the run has to go on to tell what it comes to. */
  blockEnds(block: Block, sketch: Sketch): boolean {
    if (!this.isLast(block)) return true;
    const exact = this.exactHash(block);
    const { signs } = this.reading;
    const found = this.exact.get(exact);
    if (found) {
      count(found, signs, 1, sketch);
      this.last = found;
      return false;
    }
    this.pending = { exact, middle: middleOf(this.run, block), signs, sketch };
    return true;
  }

  private exactHash(block: Block): string {
    const outcome = block.outcome()!;
    const { reading, run } = this;
    const how = new Hash().text(outcome.kind);
    if (outcome.kind !== 'ok') {
      reading.end(new Hash());
      how.text(outcome.kind === 'bug' ? `${outcome.text} ${outcome.task}` : block.deadlock());
      return how.toString();
    }
    for (const { statement, found } of run.failures) how.add(statement).text(found);
    return reading.end(how);
  }

  /** A hash of all that has happened so far. */
  progress(): string {
    return this.reading.end(new Hash());
  }

  /** After each run. */
  end(): void {
    const { pending, run } = this;
    if (!pending) return;
    const outcome = outcomeOf(run, pending.middle);
    const key = outcomeKey(outcome);
    const found = this.outcomes.get(key) ?? { key, outcome, ways: [] };
    this.outcomes.set(key, found);
    if (this.exact.size >= MOST_EXACT) this.exact.clear();
    this.exact.set(pending.exact, found);
    count(found, pending.signs, 1, pending.sketch);
    this.last = found;
  }
}

/** A schedule that is made when somebody wants it; its preemptions are known. */
export interface Sketch {
  readonly preemptions: number;
  make(): Schedule;
}

/** Counts schedules of a way, and keeps the simplest. */
export function count(found: FoundOutcome, signs: number, schedules: number, sketch: Sketch): void {
  const way = found.ways.find((w) => w.signs === signs);
  if (!way) {
    found.ways.push({ signs, schedules, example: sketch.make() });
    return;
  }
  way.schedules += schedules;
  if (sketch.preemptions > way.example.preemptions) return;
  const example = sketch.make();
  if (compareSchedules(example, way.example) < 0) way.example = example;
}
