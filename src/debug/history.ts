/** Who wrote a word, and when. */
import { changesOf } from '../recording/history.js';
import { wordText } from '../scenario/moment.js';
import type { HistoryResponse } from './protocol.js';
import { displayName } from './sources.js';
import type { Target } from './target.js';

export type ChangeInfo = HistoryResponse['changes'][number];

/** Changes recorded so far, oldest first. A step's number is that of the stop at which it comes next. */
export function historyOf(target: Target, address: number, mask?: bigint): ChangeInfo[] {
  const { recording, trace } = target;
  return changesOf(recording, address & ~7, mask).map(({ row, before, after }) => {
    const fn = recording.functionAt(row);
    const shown = (value: bigint): string =>
      mask === undefined ? wordText(value) : `0x${(value & mask).toString(16)}`;
    return {
      step: row,
      before: shown(before),
      after: shown(after),
      function: fn ? displayName(fn, recording.generation) : 'scenario',
      statement: target.statement(target.statementAt(row))?.text ?? '',
      thread: target.threadName(trace.task(row), row + 1),
    };
  });
}
