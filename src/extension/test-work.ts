/** What tests do, away from the editor: a scenario is run, or explored, slice by slice. Loaded when a test is first run. */
import { breathe, type Host } from '../debug/host.js';
import { compareRuns } from '../compare/compare.js';
import { scenarioFor, withCounterparts } from '../compare/counterparts.js';
import { comparisonLines } from '../compare/text.js';
import { readSchedules } from '../debug/schedules.js';
import { functionCalled, listingText } from '../debug/sources.js';
import {
  concluded, EXPLORE_DEFAULTS, Explorer, type Exploration, type ExploredOutcome, type ExploreOptions,
} from '../explore/explore.js'; // prettier-ignore
import { endText, saveSchedule, type ScheduleFolder } from '../explore/save.js';
import { signNames } from '../explore/signs.js';
import type { Generation } from '../engine/operation.js';
import type { CoverageCollector } from '../recording/coverage.js';
import { compileFile } from '../scenario/compile.js';
import type { CompiledFile, CompiledScenario } from '../scenario/program.js';
import { ScenarioRun } from '../scenario/run.js';

/** A scenario as the editor knows it. */
export interface TestedScenario {
  /** Path or URI of its file. */
  readonly path: string;
  readonly text: string;
  /** Left out: the file is one scenario. */
  readonly name?: string;
}

/** Something that is not as it should be. */
export interface TestFailure {
  /** Line, from 1. */
  readonly line: number;
  readonly what: string;
  /** Of an expectation. */
  readonly difference?: { readonly expected: string; readonly found: string };
}

/** What became of a scenario. */
export interface TestedRun {
  /** Micro-steps, the set-up of the file among them. */
  readonly steps: number;
  readonly failures: readonly TestFailure[];
}

/** An outcome that somebody should look at, and how it comes about. */
export interface FailingOutcome {
  readonly failures: readonly TestFailure[];
  readonly schedules: number;
  readonly race: boolean;
  /** The simplest schedule, as a statement has it: `reclaim 12, unmap 16`. */
  readonly schedule: string;
  readonly signs: readonly string[];
}

export interface ExploredScenario extends Pick<Exploration, 'complete' | 'cutOff' | 'finished'> {
  readonly outcomes: number;
  readonly races: number;
  readonly failing: readonly FailingOutcome[];
  /** Where the schedule of the first failing outcome was saved, or why not. */
  readonly saved?: string;
  readonly notSaved?: string;
}

/** Whoever waits: is told how far the work is, and may end it. */
export interface Watcher {
  stopped(): boolean;
  tell(schedules: number, outcomes: number): void;
}

export interface ExploreLimits extends Pick<ExploreOptions, 'bound'> {
  readonly seconds: number;
}

/** Milliseconds of work, after which everything else in this process gets its turn. */
const SLICE = 30;
const STEPS = 1 << 16;

/** What is wrong in the text of a file. Known by its line: it comes from another bundle than who catches it. */
class TextError extends Error {
  constructor(
    /** From 1. */
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

/** @throws TextError; Error if there is no such scenario */
function compiled({ path, text, name }: TestedScenario): { file: CompiledFile; scenario: CompiledScenario } {
  const { file, diagnostics } = compileFile(text, path);
  if (!file) {
    const error = diagnostics.find((d) => d.severity === 'error');
    throw error ? new TextError(error.range.start.line, error.message) : new Error('the scenario has errors');
  }
  const scenario = name === undefined ? file.scenarios[0] : file.scenarios.find((s) => s.name === name);
  if (!scenario) throw new Error('the file has no such scenario any more');
  return { file, scenario };
}

/** The listing of a kernel function by the name that it has in one of the generations. */
export function listingNamed(name: string): string | undefined {
  const fn = functionCalled(name);
  return fn && listingText(fn, name === fn.nameBefore ? 'before' : 'after');
}

/** Records a run to its end, slice by slice; false: it was stopped. */
async function finish(run: ScenarioRun, stopped: () => boolean): Promise<boolean> {
  while (run.advance(STEPS)) {
    await breathe();
    if (stopped()) return false;
  }
  return true;
}

/**
 * Runs a scenario to its end.
 * @param coverage gets what it visits
 * @returns undefined: it was stopped
 */
export async function runScenario(
  tested: TestedScenario,
  host: Host,
  stopped: () => boolean,
  coverage?: CoverageCollector,
): Promise<TestedRun | undefined> {
  const { file, scenario } = compiled(tested);
  const run = new ScenarioRun(file, scenario, { schedules: await readSchedules(host, tested.path, file, scenario) });
  if (!(await finish(run, stopped))) return undefined;
  const { outcome, recording } = run;
  coverage?.add(recording.trace, scenario.generation);
  const steps = recording.length;
  const failures = run.failures.map(({ statement, expected, found }): TestFailure => {
    const { range, text } = run.statements[statement]!;
    return { line: range.start.line, what: text, difference: { expected, found } };
  });
  if (!outcome || outcome.kind === 'ended' || (outcome.kind !== 'limit' && outcome.expected)) {
    return { steps, failures };
  }
  const last = run.statements[recording.statementOf(recording.length - 1) ?? -1];
  return { steps, failures: [...failures, { line: (last ?? scenario).range.start.line, what: endText(outcome) }] };
}

/** Runs a scenario in both generations, and tells in lines where they differ; undefined: it was stopped. */
export async function compareScenario(
  tested: TestedScenario,
  host: Host,
  stopped: () => boolean,
): Promise<readonly string[] | undefined> {
  const { file, scenario } = compiled(tested);
  const schedules = await readSchedules(host, tested.path, file, scenario);
  const run = async (generation: Generation): Promise<ScenarioRun | undefined> => {
    const setup = withCounterparts(file.setup, generation);
    const own = new ScenarioRun({ ...file, setup }, scenarioFor(scenario, generation), { schedules, generation });
    return (await finish(own, stopped)) ? own : undefined;
  };
  const after = await run('after');
  const before = after && (await run('before'));
  if (!before) return undefined;
  const comparison = compareRuns(after, before, ({ outcome }) => outcome ?? { kind: 'ended' });
  return comparisonLines(comparison, tested.path.replace(/^.*[\\/]/, ''), after, before, (_, text) => text);
}

/** Runs a scenario's threads under all schedules up to a bound, and saves the simplest failing one beside it. */
export async function exploreScenario(
  tested: TestedScenario,
  { bound, seconds }: ExploreLimits,
  folder: ScheduleFolder,
  watcher: Watcher,
): Promise<ExploredScenario> {
  const { file, scenario } = compiled(tested);
  const options = { ...EXPLORE_DEFAULTS, bound };
  const explorer = new Explorer(file, scenario, options);
  const until = performance.now() + seconds * 1000;
  while (explorer.advance(SLICE) && performance.now() < until && !watcher.stopped()) {
    watcher.tell(explorer.complete + explorer.cutOff, explorer.findings.outcomes.size);
    await breathe();
  }
  const { complete, cutOff, finished, outcomes } = concluded(file, scenario, options, explorer.found());
  const failing = outcomes.filter((o) => o.outcome.failed);
  return {
    complete,
    cutOff,
    finished,
    outcomes: outcomes.length,
    races: outcomes.filter((o) => o.race).length,
    failing: failing.map((o) => failingOutcome(o, scenario)),
    ...(failing[0] && (await save(folder, tested.path, file, scenario, failing[0]))),
  };
}

async function save(...what: Parameters<typeof saveSchedule>): Promise<Pick<ExploredScenario, 'saved' | 'notSaved'>> {
  try {
    return { saved: await saveSchedule(...what) };
  } catch (error) {
    // A folder that is only for reading, for example.
    return { notSaved: error instanceof Error ? error.message : String(error) };
  }
}

function failingOutcome(
  { outcome, schedules, race, ways, example }: ExploredOutcome,
  scenario: CompiledScenario,
): FailingOutcome {
  const { end, broken } = outcome;
  const { line } = scenario.statements.find((s) => s.kind === 'threads')?.range.start ?? scenario.range.start;
  const failures = outcome.failures.map(({ line, statement, expected, found }): TestFailure => {
    return { line, what: statement, difference: { expected, found } };
  });
  if (end.kind !== 'ended') failures.push({ line, what: endText(end) });
  if (broken !== undefined) failures.push({ line, what: broken });
  return {
    failures,
    schedules,
    race,
    schedule: example.choices.map(([thread, steps]) => `${thread} ${steps}`).join(', '),
    signs: signNames(ways[0]!.signs),
  };
}
