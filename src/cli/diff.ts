/** `gmap diff`: a scenario in both generations of the kernel code. */
import { compareRuns, isSame, type Comparison } from '../compare/compare.js';
import { scenarioFor, withCounterparts } from '../compare/counterparts.js';
import type { FactDifference } from '../compare/state.js';
import { comparisonLines } from '../compare/text.js';
import type { Generation } from '../engine/operation.js';
import type { CompiledFile, CompiledScenario, Statement } from '../scenario/program.js';
import type { ScenarioRun } from '../scenario/run.js';
import { advance, outcomeOf, startRun } from './execute.js';
import { EXIT, type ExitCode } from './exit.js';
import { portable } from './files.js';
import { choose, loadProgram } from './load.js';
import { Output, Progress } from './terminal.js';

export interface DiffCommandOptions {
  readonly scenario: readonly string[];
  readonly counterparts?: boolean;
  readonly maxSteps?: number;
  readonly json?: boolean;
}

export async function diffCommand(path: string, options: DiffCommandOptions): Promise<ExitCode> {
  const program = await loadProgram(path);
  const scenarios = choose(program, options.scenario);
  const progress = new Progress();
  const out = new Output(process.stdout, progress);
  let exit: ExitCode = EXIT.ok;
  try {
    for (const [i, scenario] of scenarios.entries()) {
      const run = async (generation: Generation): Promise<ScenarioRun> => {
        const [file, own] = options.counterparts ? counterparts(program, scenario, generation) : [program, scenario];
        const started = startRun(file, own, path, { ...options, generation });
        await advance(started, options.maxSteps, () => {
          progress.update(() => `${path}: ${scenario.name}, ${generation}: ${started.recording.length} steps`);
          return true;
        });
        return started;
      };
      const after = await run('after');
      const before = await run('before');
      const comparison = compareRuns(after, before, (run) => outcomeOf(run, options.maxSteps));
      if (!isSame(comparison)) exit = EXIT.failed;
      if (options.json) out.line(JSON.stringify(toJson(path, scenario, after, before, comparison)));
      else {
        if (i > 0) out.line();
        for (const line of comparisonLines(comparison, path, after, before, out.paint)) out.line(line);
      }
      await out.flush();
    }
  } finally {
    progress.end();
    await out.flush();
  }
  return exit;
}

function counterparts(
  file: CompiledFile,
  scenario: CompiledScenario,
  generation: Generation,
): [CompiledFile, CompiledScenario] {
  return [{ ...file, setup: withCounterparts(file.setup, generation) }, scenarioFor(scenario, generation)];
}

const statementJson = ({ range, text }: Statement): object => ({ line: range.start.line, text });

const factsJson = (facts: readonly FactDifference[]): object[] =>
  facts.map(({ what, after = null, before = null }) => ({ what, after, before }));

function toJson(
  path: string,
  scenario: CompiledScenario,
  after: ScenarioRun,
  before: ScenarioRun,
  { events, state, answers, outcome, end }: Comparison,
): object {
  return {
    type: 'diff',
    file: portable(path),
    scenario: scenario.name,
    same: isSame({ events, state, answers, outcome, end }),
    steps: { after: after.recording.length, before: before.recording.length },
    firstEvent: events
      ? {
          statement: statementJson(events.statement),
          common: events.common,
          after: events.after,
          before: events.before,
        }
      : null,
    firstState: state ? { statement: statementJson(state.statement), differences: factsJson(state.facts) } : null,
    answers: answers.map(({ statement, after, before, missing = null }) => ({
      statement: statementJson(statement),
      after,
      before,
      missing,
    })),
    outcome: outcome ?? null,
    end: factsJson(end),
  };
}
