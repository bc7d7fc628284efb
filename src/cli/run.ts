/** `gmap run`: runs scenarios and says which expectations do not hold. */
import type { Generation } from '../engine/operation.js';
import type { CompiledFile, CompiledScenario } from '../scenario/program.js';
import { CoverageCollector } from '../recording/coverage.js';
import { execute, type ScenarioResult } from './execute.js';
import { EXIT, UserError, worse, type ExitCode } from './exit.js';
import { findFiles, readScenario } from './files.js';
import { JsonReporter } from './report/json.js';
import { JunitReporter } from './report/junit.js';
import { hasErrors, type Reporter, type RunSummary } from './report/reporter.js';
import { TapReporter } from './report/tap.js';
import { TextReporter } from './report/text.js';
import { scenariosFor } from './schedules.js';
import { inShard, named, noneNamed, parseShard } from './select.js';
import { Output, Progress } from './terminal.js';

export interface RunCommandOptions {
  readonly scenario: readonly string[];
  readonly generation?: Generation;
  readonly maxSteps?: number;
  readonly junit?: string;
  readonly tap?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly shard?: string;
  readonly coverage?: boolean;
  readonly checkInvariants?: boolean;
  readonly schedule?: string;
}

export async function runCommand(args: readonly string[], options: RunCommandOptions): Promise<ExitCode> {
  if (options.tap && options.json) throw new UserError('--tap and --json are two forms of one output: choose one');
  const progress = new Progress(!options.quiet);
  const out = new Output(process.stdout, progress);
  const errors = new Output(process.stderr, progress);
  const runner = new Runner(options, out, errors, progress);
  try {
    return await runner.run(args);
  } finally {
    progress.end();
    await out.flush();
    await errors.flush();
  }
}

interface Selected {
  readonly path: string;
  readonly file: CompiledFile;
  readonly scenario: CompiledScenario;
}

class Runner {
  private readonly reporters: readonly Reporter[];
  private readonly shard;
  private readonly coverage;
  private readonly names: string[] = [];
  private exit: ExitCode = EXIT.ok;
  private unusable = 0;

  constructor(
    private readonly options: RunCommandOptions,
    private readonly out: Output,
    private readonly errors: Output,
    private readonly progress: Progress,
  ) {
    this.shard = options.shard === undefined ? undefined : parseShard(options.shard);
    this.coverage = options.coverage ? new CoverageCollector() : undefined;
    const text = (quiet: boolean): Reporter => new TextReporter(out, errors, { quiet });
    this.reporters = [
      options.json ? new JsonReporter(out) : options.tap ? new TapReporter(out) : text(options.quiet ?? false),
      ...(options.junit === undefined ? [] : [new JunitReporter(options.junit)]),
    ];
  }

  private tell(what: (reporter: Reporter) => void): void {
    this.reporters.forEach(what);
  }

  private async flush(): Promise<void> {
    await this.errors.flush();
    await this.out.flush();
  }

  private problem(error: UserError): void {
    this.unusable++;
    this.exit = EXIT.unusable;
    this.tell((r) => r.problem?.(error.message));
  }

  async run(args: readonly string[]): Promise<ExitCode> {
    const start = performance.now();
    const paths = await findFiles(args, (error) => this.problem(error));
    await this.flush();
    let passed = 0;
    let failed = 0;
    const files = new Set<string>();
    for await (const { path, file, scenario } of this.selected(paths)) {
      const result = await this.scenario(path, file, scenario);
      files.add(path);
      if (result.passed) passed++;
      else {
        failed++;
        this.exit = worse(this.exit, result.outcome.kind === 'error' ? EXIT.unusable : EXIT.failed);
      }
      if (this.out.full || !result.passed || this.progress.enabled) await this.flush();
    }
    const summary: RunSummary = {
      files: files.size,
      scenarios: passed + failed,
      passed,
      failed,
      unusable: this.unusable,
      seconds: (performance.now() - start) / 1000,
    };
    for (const reporter of this.reporters) await reporter.end?.(summary, this.coverage?.result());
    await this.flush();
    return this.exit;
  }

  /** The scenarios to run; files are read as their turn comes. */
  private async *selected(paths: readonly string[]): AsyncGenerator<Selected> {
    const { options } = this;
    let fitting = 0;
    for (const path of paths) {
      let read;
      try {
        read = await readScenario(path, options.generation);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        this.problem(error);
        continue;
      }
      const { diagnostics, program } = read;
      if (diagnostics.length > 0) this.tell((r) => r.diagnostics?.(path, diagnostics));
      if (hasErrors(diagnostics) || !program) {
        this.unusable++;
        this.exit = EXIT.unusable;
        continue;
      }
      this.names.push(...program.scenarios.map(({ name }) => name));
      for (const scenario of named(program.scenarios, scenariosFor(options.schedule, options.scenario))) {
        if (inShard(fitting++, this.shard)) yield { path, file: program, scenario };
      }
    }
    if (fitting === 0 && this.exit === EXIT.ok) {
      this.problem(
        options.scenario.length > 0 ? noneNamed(options.scenario, this.names) : new UserError('no scenario is here'),
      );
    }
  }

  private async scenario(path: string, file: CompiledFile, scenario: CompiledScenario): Promise<ScenarioResult> {
    const { options, progress } = this;
    const { result, run } = await execute(file, scenario, path, {
      ...(options.generation && { generation: options.generation }),
      ...(options.maxSteps !== undefined && { maxSteps: options.maxSteps }),
      checkInvariants: options.checkInvariants ?? false,
      ...(options.schedule !== undefined && { schedule: options.schedule }),
      progress,
    });
    this.coverage?.add(run.recording.trace, result.generation);
    this.tell((r) => r.scenario?.(result));
    return result;
  }
}
