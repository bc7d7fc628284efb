/** `gmap diff`: a scenario in both generations of the kernel code. */
import type { Generation } from '../engine/operation.js';
import type { CompiledFile, CompiledScenario, Statement } from '../scenario/program.js';
import type { ScenarioRun } from '../scenario/run.js';
import { compareRuns, isSame, type Comparison } from './diff/compare.js';
import { scenarioFor, withCounterparts } from './diff/counterparts.js';
import type { FactDifference } from './diff/state.js';
import { advance, startRun } from './execute.js';
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

/** Most facts that the text lists. */
const MAX_FACTS = 40;

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
      const comparison = compareRuns(after, before, options.maxSteps);
      if (!isSame(comparison)) exit = EXIT.failed;
      if (options.json) out.line(JSON.stringify(toJson(path, scenario, after, before, comparison)));
      else {
        if (i > 0) out.line();
        new DiffText(out, path, after, before).show(comparison);
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

class DiffText {
  constructor(
    private readonly out: Output,
    private readonly path: string,
    private readonly after: ScenarioRun,
    private readonly before: ScenarioRun,
  ) {}

  show(c: Comparison): void {
    const { out, after, before } = this;
    const steps = `after: ${after.recording.length} steps, before: ${before.recording.length} steps`;
    out.line(out.paint('bold', `scenario "${after.scenario.name}"`) + out.paint('dim', `  ${steps}`));
    if (isSame(c)) {
      out.line(out.paint('green', '  no difference: the same events, answers and states in both generations'));
      return;
    }
    if (c.events) {
      this.heading('first different event', c.events.statement);
      for (const text of c.events.common) out.line(`            ${text}`);
      this.side('after', 'green', c.events.after);
      this.side('before', 'red', c.events.before);
    } else out.line('\n  the same events');
    if (c.state) {
      this.heading('first different state, behind', c.state.statement);
      this.facts(c.state.facts);
    } else out.line('\n  the same states');
    if (c.answers.length > 0) this.answers(c);
    if (c.outcome) out.line(`\n  how it ends: after ${c.outcome.after}; before ${c.outcome.before}`);
    if (c.end.length > 0) {
      out.line('\n  different at the end:');
      this.facts(c.end);
    } else out.line('\n  the same state at the end');
  }

  private place({ range, text }: Statement): string {
    return `${this.path}:${range.start.line}: ${text.split('\n', 1)[0]!}`;
  }

  private heading(what: string, statement: Statement): void {
    const { out } = this;
    out.line();
    out.line(`  ${what}: ${out.paint('bold', this.place(statement))}`);
  }

  private side(name: string, style: 'green' | 'red', lines: readonly { step: number; text: string }[]): void {
    const { out } = this;
    if (lines.length === 0) out.line(out.paint(style, `    ${name.padEnd(6)}  (no more events in this statement)`));
    for (const [i, { step, text }] of lines.entries()) {
      out.line(out.paint(style, `    ${(i ? '' : name).padEnd(6)}  ${text}`) + out.paint('dim', `  (step ${step})`));
    }
  }

  private facts(facts: readonly FactDifference[]): void {
    const { out } = this;
    const shown = facts.slice(0, MAX_FACTS);
    const width = Math.max(...shown.map(({ what }) => what.length));
    for (const { what, after, before } of shown) {
      const left = out.paint('green', after ?? 'nothing');
      const right = out.paint('red', before ?? 'nothing');
      out.line(`    ${what.padEnd(width)}  after ${left}, before ${right}`);
    }
    if (facts.length > shown.length) out.line(`    … ${facts.length} in all`);
  }

  private answers({ answers }: Comparison): void {
    const { out } = this;
    out.line('\n  different answers:');
    for (const { statement, after, before, missing } of answers) {
      out.line(`    ${this.place(statement)}`);
      out.line(`      after ${out.paint('green', after)}, before ${out.paint('red', before)}`);
      if (!missing) continue;
      const other = missing === 'before' ? 'ipte_notify' : 'mprotect_notify';
      out.line(`      generation ${missing} has no such call (--counterparts makes it call ${other} instead)`);
    }
  }
}
