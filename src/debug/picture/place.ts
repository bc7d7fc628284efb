/** Where in the code and in the scenario a moment is. */
import { nameIn } from '../../engine/catalog.js';
import { Kind } from '../../engine/trace.js';
import { threadName } from '../../scenario/moment.js';
import { StatementResult, type ScenarioRun } from '../../scenario/run.js';
import { TimelineIndex } from '../timeline-index.js';
import type { PlaceView } from './model.js';

/** @param row the step that comes next */
export function drawPlace(run: ScenarioRun, row: number): PlaceView {
  const { recording } = run;
  const { generation, length, trace } = recording;
  const frames = recording.frames(row);
  const names = frames.map(({ fn }) => nameIn(fn, generation).replace(/^op:/, ''));
  const number = row < length ? recording.statementOf(row) : undefined;
  const statement = number === undefined ? undefined : run.statements[number];
  const { outcome } = run;
  return {
    ...(names[0] !== undefined && { function: names[0] }),
    next: nextText(run, row, frames[0]?.step.text.trim()),
    thread: row < length ? threadName(run.names, trace.task(row)) : '',
    stack: names.reverse(),
    ...(statement && { statement: { text: statement.text, line: statement.range.start.line } }),
    ...TimelineIndex.of(trace).around(row),
    ...(row >= length && outcome && { outcome: { kind: outcome.kind, text: 'text' in outcome ? outcome.text : '' } }),
  };
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
