/** Runs one scenario, and says in plain data what came of it. */
import { setImmediate } from 'node:timers/promises';
import type { Generation } from '../engine/operation.js';
import { TraceLimitError } from '../engine/trace.js';
import type { CompiledFile, CompiledScenario } from '../scenario/program.js';
import { ScenarioRun, type RunFailure, type RunOutcome } from '../scenario/run.js';
import type { Position } from '../scenario/source.js';
import { UserError } from './exit.js';
import { readChoices, scheduleReader } from './schedules.js';
import type { Progress } from './terminal.js';

export interface ExecuteOptions {
  readonly generation?: Generation;
  readonly maxSteps?: number;
  readonly checkInvariants?: boolean;
  /** A schedule file that is followed, whatever schedules the scenario chooses. */
  readonly schedule?: string;
  readonly progress?: Progress;
}

/** Something that is not as it should be, at its place in the file. */
export interface Finding {
  readonly kind: 'expectation' | 'invariant' | 'bug' | 'deadlock' | 'limit' | 'error';
  readonly at: Position;
  /** The statement as it stands in the file. */
  readonly statement: string;
  readonly expected: string;
  readonly found: string;
  /** Number of the step, as `gmap trace` counts. */
  readonly step: number;
}

export type ScenarioOutcome = RunOutcome | { readonly kind: 'error'; readonly text: string };

export interface ScenarioResult {
  readonly file: string;
  readonly name: string;
  readonly at: Position;
  readonly generation: Generation;
  readonly outcome: ScenarioOutcome;
  readonly passed: boolean;
  readonly findings: readonly Finding[];
  /** What `print` statements showed. */
  readonly shown: readonly { readonly at: Position; readonly text: string }[];
  readonly steps: number;
  readonly seconds: number;
}

const SLICE = 1 << 16;
/** What the engine records if nobody says more. */
const DEFAULT_STEPS = 20_000_000;

/** Why a run came to an end: by itself, or because it is longer than the person wants. */
export function outcomeOf(run: ScenarioRun, maxSteps: number | undefined): RunOutcome {
  const { outcome, recording } = run;
  const limit = (text: string): RunOutcome => ({ kind: 'limit', text: text.replace('(maxSteps)', '(--max-steps)') });
  if (outcome) return outcome.kind === 'limit' ? limit(outcome.text) : outcome;
  if (maxSteps === undefined || recording.length <= maxSteps) return { kind: 'ended' };
  return limit(new TraceLimitError(maxSteps).message);
}

/**
 * Records a run slice by slice, to its end or to `maxSteps` (the engine's own limit counts in large pieces). `each`
 * sees it after every slice and may end it by returning false.
 */
export async function advance(
  run: ScenarioRun,
  maxSteps: number | undefined,
  each: () => boolean | Promise<boolean>,
): Promise<void> {
  let breath = performance.now();
  const left = (): number => (maxSteps === undefined ? SLICE : Math.min(SLICE, maxSteps + 1 - run.recording.length));
  while (left() > 0 && run.advance(left())) {
    if (!(await each())) return;
    if (performance.now() - breath < 50) continue;
    await setImmediate();
    breath = performance.now();
  }
  await each();
}

/** Makes the run of a scenario of a file. */
export function startRun(
  file: CompiledFile,
  scenario: CompiledScenario,
  path: string,
  options: Pick<ExecuteOptions, 'generation' | 'maxSteps' | 'checkInvariants' | 'schedule'>,
): ScenarioRun {
  const { generation, maxSteps, checkInvariants = false, schedule } = options;
  return new ScenarioRun(file, scenario, {
    ...(generation && { generation }),
    ...(maxSteps !== undefined && { maxSteps: Math.max(maxSteps, DEFAULT_STEPS) }),
    checkInvariants,
    ...(schedule !== undefined && { choices: readChoices(schedule, file, scenario) }),
    schedules: scheduleReader(path, file, scenario),
  });
}

export async function execute(
  file: CompiledFile,
  scenario: CompiledScenario,
  path: string,
  options: ExecuteOptions,
): Promise<{ result: ScenarioResult; run: ScenarioRun }> {
  const start = performance.now();
  const run = startRun(file, scenario, path, options);
  let error: ScenarioOutcome | undefined;
  try {
    await advance(run, options.maxSteps, () => {
      options.progress?.update(() => `${path}: ${scenario.name}: ${run.recording.length} steps`);
      return true;
    });
  } catch (e) {
    error = { kind: 'error', text: errorText(e) };
  }
  const outcome = error ?? outcomeOf(run, options.maxSteps);
  const findings = [
    ...run.failures.map((f) => finding(run, failureKind(run, f), f.statement, f.row, f.expected, f.found)),
    ...outcomeFindings(run, outcome),
  ];
  const shown = [...run.shown].flatMap(([row, text]) => {
    const statement = run.statements[run.recording.statementOf(row)!]!;
    return statement.kind === 'print' ? [{ at: statement.range.start, text }] : [];
  });
  const result = {
    file: path,
    name: scenario.name,
    at: scenario.nameRange.start,
    generation: run.recording.generation,
    outcome,
    passed: findings.length === 0,
    findings,
    shown,
    steps: run.recording.length,
    seconds: (performance.now() - start) / 1000,
  };
  return { result, run };
}

function errorText(error: unknown): string {
  if (error instanceof UserError) return error.message;
  return `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** What `--check-invariants` finds stands at statements that expect nothing like it. */
function failureKind(run: ScenarioRun, { statement, expected }: RunFailure): Finding['kind'] {
  const invariant = expected === 'no invariant is broken' || expected === 'locks are taken in their order';
  return invariant && run.statements[statement]?.kind !== 'expect' ? 'invariant' : 'expectation';
}

function finding(
  run: ScenarioRun,
  kind: Finding['kind'],
  number: number | undefined,
  step: number,
  expected: string,
  found: string,
): Finding {
  const statement = number === undefined ? undefined : run.statements[number];
  const at = statement?.range.start ?? run.scenario.nameRange.start;
  return { kind, at, statement: statement?.text ?? '', expected, found, step };
}

/** An end that nobody expected. */
function outcomeFindings(run: ScenarioRun, outcome: ScenarioOutcome): Finding[] {
  if (outcome.kind === 'ended') return [];
  if ((outcome.kind === 'bug' || outcome.kind === 'deadlock') && outcome.expected) return [];
  const step = Math.max(0, run.recording.length - 1);
  const number = run.recording.statementOf(step);
  const here = (expected: string, found: string): Finding[] => [
    finding(run, outcome.kind, number, step, expected, found),
  ];
  switch (outcome.kind) {
    case 'bug': {
      // The failing `-> …` of the statement has said it already.
      const said = run.failures.some((f) => f.statement === number && f.found.includes('BUG'));
      return said ? [] : here('the kernel survives (-> BUG where it does not)', `BUG ${outcome.text}`);
    }
    case 'deadlock': {
      const said = run.failures.some((f) => f.expected === 'no deadlock');
      return said ? [] : here('every thread ends', `deadlock: ${outcome.text}`);
    }
    case 'limit':
      return here('the run ends', outcome.text);
    case 'error':
      return here('the scenario can be run', outcome.text);
  }
}
