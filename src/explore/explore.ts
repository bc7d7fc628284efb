/** Exploring a scenario, in slices: all schedules up to a bound, or many by chance; and what came of it. */
import type { Generation } from '../engine/operation.js';
import type { CompiledFile, CompiledScenario } from '../scenario/program.js';
import { compareSchedules, count, Findings, type FoundOutcome, type Schedule } from './findings.js';
import { byPriority, guided, randomly, recorded } from './guided.js';
import { minimise } from './minimise.js';
import { ThreadsRun } from './replay.js';
import { Search } from './search.js';
import { serialOutcomes, type SerialOutcomes } from './serial.js';

export type Mode = 'all' | 'random' | 'pct';

export interface ExploreOptions {
  /** All schedules up to the bound, or chance: at every step, or by priorities that change now and then. */
  readonly mode: Mode;
  /** Most preemptions of a schedule (mode `all`). */
  readonly bound: number;
  /** Off: equivalent schedules are run too. */
  readonly reduce: boolean;
  /** Of chance: where it begins, how many runs, and the depth of PCT. */
  readonly seed: number;
  readonly runs: number;
  readonly depth: number;
  readonly generation?: Generation;
  /** This part of so many; all parts together are the whole, whatever their number. */
  readonly part: number;
  readonly parts: number;
}

export const EXPLORE_DEFAULTS: ExploreOptions = {
  mode: 'all',
  bound: 2,
  reduce: true,
  seed: 1,
  runs: 10_000,
  depth: 3,
  part: 0,
  parts: 1,
};

/** What a part of the work has found; plain data. */
export interface Found {
  /** Schedules run to their end, and runs cut off because they could show nothing new. */
  readonly complete: number;
  readonly cutOff: number;
  readonly outcomes: readonly FoundOutcome[];
  /** Everything that was to be done has been done. */
  readonly finished: boolean;
}

export const NOTHING: Found = { complete: 0, cutOff: 0, outcomes: [], finished: true };

/** One thing after the other that can be stopped in between. */
interface Work {
  readonly complete: number;
  readonly cutOff: number;
  /** Does one more run. Returns whether there is more to do. */
  next(): boolean;
}

/** The runs of chance: number `n` is the same in every part and on every machine. */
class Chances implements Work {
  complete = 0;
  readonly cutOff = 0;
  private n: number;

  constructor(
    private readonly run: ThreadsRun,
    private readonly findings: Findings,
    private readonly options: ExploreOptions,
    private readonly length: number,
  ) {
    this.n = options.part;
  }

  next(): boolean {
    const { mode, seed, runs, depth, parts } = this.options;
    if (this.n >= runs) return false;
    const own = (Math.imul(seed, 0x9e37_79b1) + Math.imul(this.n, 0x85eb_ca77)) >>> 0;
    guided(this.run, this.findings, mode === 'pct' ? byPriority(own, depth, this.length) : randomly(own));
    this.complete++;
    this.n += parts;
    return this.n < runs;
  }
}

export class Explorer {
  readonly findings: Findings;
  private readonly run: ThreadsRun;
  private readonly work: Work;
  private finished = false;

  /** @throws CannotExploreError */
  constructor(
    file: CompiledFile,
    scenario: CompiledScenario,
    private readonly options: ExploreOptions,
  ) {
    const { generation } = options;
    this.run = new ThreadsRun(file, scenario, generation ? { generation } : {});
    this.findings = new Findings(this.run);
    this.work =
      options.mode === 'all'
        ? new Search(this.run, this.findings, options)
        : new Chances(this.run, this.findings, options, this.writtenLength());
  }

  /** Steps of the run in which each thread goes to its end before the next. */
  private writtenLength(): number {
    return guided(this.run, new Findings(this.run), recorded([]))?.steps ?? 0;
  }

  get complete(): number {
    return this.work.complete;
  }

  get cutOff(): number {
    return this.work.cutOff;
  }

  /** Works for about so many milliseconds. Returns whether there is more to do. */
  advance(milliseconds: number): boolean {
    const until = performance.now() + milliseconds;
    while (!this.finished) {
      for (let i = 0; i < 16 && !this.finished; i++) this.finished = !this.work.next();
      if (performance.now() >= until) break;
    }
    return !this.finished;
  }

  found(): Found {
    const { complete, cutOff } = this.work;
    return { complete, cutOff, outcomes: [...this.findings.outcomes.values()], finished: this.finished };
  }
}

/** What parts have found, together. The order of the parts, and what they were parts of, leaves no trace. */
export function merged(parts: readonly Found[]): Found {
  const outcomes = new Map<string, FoundOutcome>();
  for (const { key, outcome, ways } of parts.flatMap((p) => p.outcomes)) {
    const found = outcomes.get(key) ?? { key, outcome, ways: [] };
    outcomes.set(key, found);
    for (const { signs, schedules, example } of ways)
      count(found, signs, schedules, { preemptions: example.preemptions, make: () => example });
  }
  return {
    complete: parts.reduce((n, p) => n + p.complete, 0),
    cutOff: parts.reduce((n, p) => n + p.cutOff, 0),
    outcomes: [...outcomes.values()],
    finished: parts.every((p) => p.finished),
  };
}

/** A distinct outcome, as it is shown. */
export interface ExploredOutcome extends FoundOutcome {
  readonly schedules: number;
  /** No order of whole operations comes to this. */
  readonly race: boolean;
  /** The simplest schedule that comes to it. */
  readonly example: Schedule;
}

export interface Exploration {
  readonly scenario: string;
  readonly generation: Generation;
  readonly options: ExploreOptions;
  readonly complete: number;
  readonly cutOff: number;
  readonly finished: boolean;
  /** First those that failed, then races; the more frequent before the rarer. */
  readonly outcomes: readonly ExploredOutcome[];
  /** Key of the outcome when each thread runs to its end before the next, as they are written. */
  readonly written: string | undefined;
  /** How many orders of whole operations were run, and whether that were all; else races are not told. */
  readonly orders: number;
  readonly allOrders: boolean;
}

/** Orders what was found, marks races, and simplifies the examples of chance. */
export function concluded(
  file: CompiledFile,
  scenario: CompiledScenario,
  options: ExploreOptions,
  found: Found,
): Exploration {
  const { generation = scenario.generation } = options;
  const run = new ThreadsRun(file, scenario, { generation });
  const serial = serialOutcomes(run);
  const asWritten = new Findings(run);
  guided(run, asWritten, recorded([]));
  const outcomes = found.outcomes.map((o) => explored(o, serial));
  const tidy = options.mode === 'all' ? outcomes : outcomes.map((o) => simplified(run, o));
  return {
    scenario: scenario.name,
    generation,
    options,
    complete: found.complete,
    cutOff: found.cutOff,
    finished: found.finished,
    outcomes: tidy.sort(byInterest),
    written: asWritten.last?.key,
    orders: serial.orders,
    allOrders: !serial.incomplete,
  };
}

function explored(found: FoundOutcome, serial: SerialOutcomes): ExploredOutcome {
  const ways = [...found.ways].sort((a, b) => compareSchedules(a.example, b.example) || a.signs - b.signs);
  return {
    ...found,
    ways,
    schedules: ways.reduce((n, w) => n + w.schedules, 0),
    race: !serial.incomplete && !serial.keys.has(found.key),
    example: ways[0]!.example,
  };
}

/** Examples that are made simpler one by one; more are left as chance made them. */
const MOST_SIMPLIFIED = 40;

function simplified(run: ThreadsRun, outcome: ExploredOutcome): ExploredOutcome {
  const ways = outcome.ways
    .map((way, i) =>
      i < MOST_SIMPLIFIED ? { ...way, example: minimise(run, way.example, outcome.key, way.signs) } : way,
    )
    .sort((a, b) => compareSchedules(a.example, b.example) || a.signs - b.signs);
  return { ...outcome, ways, example: ways[0]!.example };
}

function byInterest(a: ExploredOutcome, b: ExploredOutcome): number {
  return (
    Number(b.outcome.failed) - Number(a.outcome.failed) ||
    Number(b.race) - Number(a.race) ||
    b.schedules - a.schedules ||
    (a.key < b.key ? -1 : 1)
  );
}
