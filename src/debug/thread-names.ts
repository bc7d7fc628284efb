/** What threads are called: blocks of threads follow each other, and each gives its own names. */
import { MAX_TASKS } from '../engine/trace.js';
import type { ScenarioRun } from '../scenario/run.js';
import { TimelineIndex } from './timeline-index.js';

/** Thread number of what a person runs while a kernel function is under way. */
const CONSOLE = MAX_TASKS - 1;

/** The name of a thread when row `n` comes next. */
export function threadNameAt(run: ScenarioRun, task: number, n: number): string {
  if (task === 0) return 'scenario';
  if (task === CONSOLE) return 'console';
  const number = TimelineIndex.of(run.recording.trace).statementAt(n);
  const statement = number === undefined ? undefined : run.statements[number];
  return (statement?.kind === 'threads' && statement.threads[task - 1]?.name) || `thread ${task}`;
}
