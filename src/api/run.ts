/** Runs as the package gives them to others. */
import { nameIn } from '../engine/catalog.js';
import { execute, type ScenarioResult } from '../cli/execute.js';
import { KIND_NAMES } from '../cli/trace/json.js';
import { functionName, RowReader } from '../cli/trace/rows.js';
import { evaluate, ExpressionError } from '../scenario/expression/evaluate.js';
import { parseExpression } from '../scenario/expression/parse.js';
import { formatValue, isThing, type Value as Inner } from '../scenario/expression/scope.js';
import { gmapName, notifierName, threadName } from '../scenario/moment.js';
import { didYouMean } from '../scenario/nearest.js';
import type { ScenarioRun } from '../scenario/run.js';
import { ThreadNames } from '../scenario/thread-names.js';
import { sourceOf } from './compile.js';
import type { Failure, Lock, Moment, Notification, Outcome, Program, Run, RunOptions, Step, Value } from './types.js';

export async function runScenario(program: Program, options: RunOptions): Promise<Run> {
  const file = sourceOf(program);
  const { scenario: name, ...rest } = options;
  const names = file.scenarios.map((s) => s.name);
  // There is always a first one.
  const wanted = name ?? names[0]!;
  const scenario = file.scenarios.find((s) => s.name === wanted);
  if (!scenario) throw new Error(`${program.file}: no scenario is named '${wanted}'${didYouMean(wanted, names)}`);
  const { result, run } = await execute(file, scenario, program.file, rest);
  return new FinishedRun(result, run);
}

class FinishedRun implements Run {
  readonly file: string;
  readonly scenario: string;
  readonly generation: Run['generation'];
  readonly passed: boolean;
  readonly failures: readonly Failure[];
  readonly outcome: Outcome;
  readonly printed: Run['printed'];
  readonly steps: number;
  readonly start: number;
  readonly #run: ScenarioRun;
  readonly #rows: RowReader;
  readonly #threads: ThreadNames;

  constructor(result: ScenarioResult, run: ScenarioRun) {
    this.file = result.file;
    this.scenario = result.name;
    this.generation = result.generation;
    this.passed = result.passed;
    this.failures = result.findings.map(({ at, ...finding }) => ({ ...finding, ...at }));
    const { outcome } = result;
    this.outcome = { kind: outcome.kind, text: 'text' in outcome ? outcome.text : '' };
    this.printed = result.shown.map(({ at, text }) => ({ line: at.line, text }));
    this.steps = run.recording.length;
    this.start = run.start;
    this.#run = run;
    this.#rows = new RowReader(run);
    this.#threads = new ThreadNames(run);
  }

  at(step: number = this.steps): Moment {
    if (!Number.isInteger(step) || step < 0 || step > this.steps) {
      throw new RangeError(`there is no step ${step}; the run has ${this.steps}`);
    }
    return new RunMoment(this.#run, step);
  }

  *walk(from: number = 0, to: number = this.steps): IterableIterator<Step> {
    for (let n = Math.max(0, from); n < Math.min(to, this.steps); n++) yield this.#step(n);
  }

  #step(n: number): Step {
    const row = this.#rows.row(n);
    const { step, statement } = row;
    const at = statement === undefined ? undefined : this.#run.statements[statement];
    return {
      number: n,
      kind: KIND_NAMES[row.kind],
      thread: this.#threads.name(row),
      function: step && functionName(step, this.#run),
      line: step?.line,
      text: step?.text.trim(),
      event: row.event,
      depth: row.depth,
      statement: at && { line: at.range.start.line, text: at.text },
      changes: row.changes.map(({ address, before, after, name }) => ({
        address: BigInt(address),
        what: name.what,
        before,
        after,
      })),
    };
  }
}

/** A moment moves the run's cursor to itself whenever it is asked. */
class RunMoment implements Moment {
  readonly #run: ScenarioRun;

  constructor(
    run: ScenarioRun,
    readonly step: number,
  ) {
    this.#run = run;
  }

  #value(expression: string): Inner {
    this.#run.recording.seek(this.step);
    try {
      return evaluate(parseExpression(expression), this.#run.moment());
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw new Error(`${expression}: ${error.message}`, { cause: error });
    }
  }

  evaluate(expression: string): Value {
    const value = this.#value(expression);
    return isThing(value) ? (value.raw ?? value.text) : value;
  }

  show(expression: string): string {
    return formatValue(this.#value(expression));
  }

  stack(thread = 'scenario'): readonly string[] {
    const { recording, names } = this.#run;
    const task = thread === 'scenario' ? 0 : names.threads.indexOf(thread) + 1;
    if (task === 0 && thread !== 'scenario') {
      throw new Error(`no thread is named '${thread}'${didYouMean(thread, ['scenario', ...names.threads])}`);
    }
    const row = recording.nextRowOf(task, this.step);
    return recording.frames(row).map(({ fn }) => nameIn(fn, recording.generation));
  }

  locks(): readonly Lock[] {
    const { recording, names } = this.#run;
    recording.seek(this.step);
    return this.#run
      .moment()
      .locksHeld()
      .map(({ name, mode, vmaddr, gmap, task }) => ({
        name,
        mode,
        vmaddr,
        gmap: gmap === undefined ? undefined : gmapName(names, gmap),
        thread: threadName(names, task),
      }));
  }

  notifications(): readonly Notification[] {
    const { recording, names } = this.#run;
    recording.seek(this.step);
    const calls = this.#run.moment().notifications(0);
    return calls.map(({ row, notifier, gmap, start, end }) => ({
      step: row,
      notifier: notifierName(names, notifier),
      gmap: gmapName(names, gmap),
      start,
      end,
    }));
  }
}
