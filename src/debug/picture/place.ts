/** Where in the code and in the scenario a moment is. */
import { nameIn } from '../../engine/catalog.js';
import { Kind } from '../../engine/trace.js';
import { Stepping } from '../../recording/stepping.js';
import { StatementResult, type ScenarioRun } from '../../scenario/run.js';
import { threadNameAt } from '../thread-names.js';
import { TimelineIndex } from '../timeline-index.js';
import type { PlaceView } from './model.js';

/** @param row the step that comes next in the thread that is looked at */
export function drawPlace(run: ScenarioRun, step: number, row: number): PlaceView {
  const { recording } = run;
  const { generation, length, trace } = recording;
  const frames = recording.frames(row);
  const names = frames.map(({ fn }) => nameIn(fn, generation).replace(/^op:/, ''));
  const number = row < length ? recording.statementOf(row) : undefined;
  const statement = number === undefined ? undefined : run.statements[number];
  const { outcome } = run;
  const stops = new Stepping(recording, (n) => isSilent(run, n));
  return {
    ...(names[0] !== undefined && { function: names[0] }),
    next: nextText(run, row, frames[0]?.step.text.trim()),
    thread: row < length ? threadNameAt(run, trace.task(row), row) : '',
    stack: names.reverse(),
    ...(statement && { statement: { text: statement.text, line: statement.range.start.line } }),
    ...TimelineIndex.of(trace).around(step),
    previous: stops.lastStop(step) ?? 0,
    following: stops.firstStop(step + 1) ?? length,
    ...(step >= length && outcome && { outcome: { kind: outcome.kind, text: 'text' in outcome ? outcome.text : '' } }),
  };
}

/** Nobody stops where an operation returned what it had to return, or a block of threads ends. */
function isSilent(run: ScenarioRun, row: number): boolean {
  const { trace } = run.recording;
  const result: StatementResult = trace.operand(row, 1);
  return result === StatementResult.Ok && run.statements[trace.operand(row, 0)]?.kind !== 'expect';
}

function nextText(run: ScenarioRun, row: number, step: string | undefined): string {
  const { trace, length } = run.recording;
  if (row >= length) return run.ended ? 'the run has ended' : 'not run yet';
  if (step !== undefined) return step;
  if (trace.kind(row) !== Kind.Statement) return 'the statement begins';
  return RESULTS[trace.operand(row, 1) as StatementResult];
}

const RESULTS: Readonly<Record<StatementResult, string>> = {
  [StatementResult.Failed]: 'the expectation fails',
  [StatementResult.Ok]: 'the expectation holds',
  [StatementResult.Shown]: 'the text is shown',
  [StatementResult.Entered]: 'the threads start',
};
