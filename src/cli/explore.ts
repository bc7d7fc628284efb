/** `gmap explore`: runs the threads of scenarios under many schedules, and says what they can come to. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { Generation } from '../engine/operation.js';
import {
  concluded, EXPLORE_DEFAULTS, Explorer, merged, type Exploration, type ExploreOptions, type Found,
} from '../explore/explore.js'; // prettier-ignore
import { exploreOnAllCores } from '../explore/pool-node.js';
import { CannotExploreError } from '../explore/replay.js';
import { saveSchedule, type ScheduleFolder } from '../explore/save.js';
import type { CompiledFile, CompiledScenario } from '../scenario/program.js';
import { fileProblem } from '../debug/node-file-problem.js';
import { EXIT, UserError, worse, type ExitCode } from './exit.js';
import { readExplorations } from './explore/merge.js';
import { explorationText } from './explore/text.js';
import { findFiles, portable } from './files.js';
import { loadProgram } from './load.js';
import { named, namePattern, noneNamed, parseShard } from './select.js';
import { Output, Progress } from './terminal.js';

export interface ExploreCommandOptions {
  readonly scenario: readonly string[];
  readonly generation?: Generation;
  readonly bound?: number;
  readonly random?: boolean;
  readonly pct?: boolean;
  readonly runs?: number;
  readonly time?: number;
  readonly depth?: number;
  readonly seed?: number;
  readonly jobs?: number;
  readonly shard?: string;
  readonly merge?: readonly string[];
  /** `--no-reduction`, `--no-save`. */
  readonly reduction: boolean;
  readonly save: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Milliseconds after which work that is not done yet goes to all cores. */
const ALONE = 700;
const SLICE = 50;

export async function exploreCommand(args: readonly string[], options: ExploreCommandOptions): Promise<ExitCode> {
  const chosen = exploreOptions(options);
  const stop = new AbortController();
  const interrupted = (): void => {
    // What was found is kept and shown; who is in a hurry presses twice.
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  };
  process.on('SIGINT', interrupted);
  const progress = new Progress(!options.quiet, process.stderr, false);
  const out = new Output(process.stdout, progress);
  const errors = new Output(process.stderr, progress);
  let exit: ExitCode = EXIT.ok;
  const problem = (error: unknown): void => {
    if (!(error instanceof UserError) && !(error instanceof CannotExploreError)) throw error;
    exit = EXIT.unusable;
    errors.line(`gmap: ${error.message}`);
  };
  try {
    const paths = await findFiles(args, problem);
    const work = new Work(options, chosen, stop.signal, progress);
    for (const path of paths) {
      try {
        for await (const exploration of work.file(path, paths.length > 1, problem)) {
          exit = worse(exit, await report(path, exploration, options, out));
          await out.flush();
        }
      } catch (error) {
        problem(error);
      }
      await errors.flush();
      if (stop.signal.aborted) break;
    }
    if (work.fitting === 0 && exit === EXIT.ok) problem(work.nothing());
  } finally {
    process.off('SIGINT', interrupted);
    progress.end();
    await out.flush();
    await errors.flush();
  }
  return exit;
}

function exploreOptions(options: ExploreCommandOptions): ExploreOptions {
  const { random, pct, bound, runs, time, seed, depth, generation, shard } = options;
  if (random && pct) throw new UserError('--random and --pct are two kinds of chance: choose one');
  const mode = random ? 'random' : pct ? 'pct' : 'all';
  if (mode !== 'all' && bound !== undefined) throw new UserError('--bound is for all schedules, not for chance');
  if (mode === 'all' && (runs ?? depth ?? seed) !== undefined) {
    throw new UserError('--runs, --depth and --seed are for --random and --pct');
  }
  const part = shard === undefined ? { index: 1, count: 1 } : parseShard(shard);
  return {
    mode,
    bound: bound ?? EXPLORE_DEFAULTS.bound,
    reduce: options.reduction,
    seed: seed ?? EXPLORE_DEFAULTS.seed,
    runs: runs ?? (time === undefined ? EXPLORE_DEFAULTS.runs : Number.MAX_SAFE_INTEGER),
    depth: depth ?? EXPLORE_DEFAULTS.depth,
    ...(generation && { generation }),
    part: part.index - 1,
    parts: part.count,
  };
}

/** Explored, with what is needed to show and save it. */
interface Explored {
  readonly file: CompiledFile;
  readonly scenario: CompiledScenario;
  readonly exploration: Exploration;
  readonly seconds: number;
}

class Work {
  /** Scenarios with threads that were asked for. */
  fitting = 0;
  private readonly names: string[] = [];
  private readonly merging;

  constructor(
    private readonly options: ExploreCommandOptions,
    private readonly chosen: ExploreOptions,
    private readonly signal: AbortSignal,
    private readonly progress: Progress,
  ) {
    this.merging = options.merge && readExplorations(options.merge);
  }

  /** Explores the scenarios of a file. Of several files, those without threads are passed over in silence. */
  async *file(path: string, several: boolean, problem: (error: unknown) => void): AsyncGenerator<Explored> {
    const file = await loadProgram(path);
    this.names.push(...file.scenarios.map(({ name }) => name));
    const wanted = named(file.scenarios, this.options.scenario);
    const threaded = wanted.filter((s) => s.statements.some((x) => x.kind === 'threads' || x.kind === 'repeat'));
    this.fitting += threaded.length;
    for (const scenario of threaded.length > 0 || several ? threaded : wanted) {
      if (this.signal.aborted) return;
      const start = performance.now();
      try {
        const found = this.merging
          ? merged(this.merging(path, scenario.name))
          : await this.explore(path, file, scenario);
        const exploration = concluded(file, scenario, this.chosen, found);
        yield { file, scenario, exploration, seconds: (performance.now() - start) / 1000 };
      } catch (error) {
        problem(error);
      }
    }
  }

  nothing(): UserError {
    const { scenario } = this.options;
    const fits = scenario.map(namePattern);
    return scenario.length > 0 && !this.names.some((name) => fits.some((fit) => fit(name)))
      ? noneNamed(scenario, this.names)
      : new UserError('no scenario here has threads: there is nothing to explore');
  }

  private async explore(path: string, file: CompiledFile, scenario: CompiledScenario): Promise<Found> {
    const { options, progress } = this;
    const stop = new AbortController();
    const stopNow = (): void => stop.abort();
    this.signal.addEventListener('abort', stopNow);
    const timer = options.time === undefined ? undefined : setTimeout(stopNow, options.time * 1000);
    try {
      return await this.exploreUntil(stop.signal, path, file, scenario);
    } finally {
      clearTimeout(timer);
      this.signal.removeEventListener('abort', stopNow);
      progress.clear();
    }
  }

  private async exploreUntil(
    signal: AbortSignal,
    path: string,
    file: CompiledFile,
    scenario: CompiledScenario,
  ): Promise<Found> {
    const { options, chosen, progress } = this;
    const tell = (complete: number, cutOff: number, outcomes: number, done = ''): void =>
      progress.update(() => `${path}: ${scenario.name}: ${complete + cutOff} schedules, ${outcomes} outcomes${done}`);
    const explorer = new Explorer(file, scenario, chosen);
    const worker = workerFile();
    const alone = worker === undefined || options.jobs === 1;
    const start = performance.now();
    while (explorer.advance(SLICE)) {
      tell(explorer.complete, explorer.cutOff, explorer.findings.outcomes.size);
      await setImmediate();
      if (signal.aborted || (!alone && performance.now() - start > ALONE)) break;
    }
    const found = explorer.found();
    if (found.finished || alone || signal.aborted) return found;
    // Begun anew on all cores: how the work is split leaves no trace in the result.
    return exploreOnAllCores(file, file.scenarios.indexOf(scenario), chosen, {
      worker,
      ...(options.jobs !== undefined && { jobs: options.jobs }),
      signal,
      progress: (p) =>
        tell(p.complete, p.cutOff, p.outcomes, chosen.mode === 'all' ? `, ${p.done}/${p.parts} parts` : ''),
    });
  }
}

/** The worker's program lies beside the bundled command line; a run from the sources has none. */
function workerFile(): string | undefined {
  if (typeof __dirname === 'undefined') return undefined;
  const path = `${__dirname}/explore-worker.js`;
  return existsSync(path) ? path : undefined;
}

const folder: ScheduleFolder = {
  read: async (path) => {
    // What cannot be read is somebody's all the same.
    return existsSync(path) ? readFile(path, 'utf8').catch(() => '') : undefined;
  },
  write: async (path, text) => {
    try {
      await writeFile(path, text);
    } catch (error) {
      throw new UserError(`the schedule ${path} cannot be written: ${fileProblem(error)}`);
    }
  },
};

async function report(
  path: string,
  explored: Explored,
  options: ExploreCommandOptions,
  out: Output,
): Promise<ExitCode> {
  const { exploration, file, scenario, seconds } = explored;
  const failing = exploration.outcomes.find(({ outcome }) => outcome.failed);
  const partial = options.shard !== undefined;
  const saved =
    failing && options.save && !partial ? await saveSchedule(folder, path, file, scenario, failing) : undefined;
  if (options.json) {
    const { options: how, ...rest } = exploration;
    out.line(
      JSON.stringify({
        type: 'exploration',
        file: portable(path),
        ...rest,
        how,
        ...(saved && { saved: portable(saved) }),
      }),
    );
  } else explorationText(out, path, exploration, seconds, { quiet: options.quiet ?? false, saved });
  return failing ? EXIT.failed : EXIT.ok;
}
