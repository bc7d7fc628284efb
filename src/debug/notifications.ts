/** Every call of a notifier, with what caused it: also those behind the cursor while it stands in the past. */
import { functionById } from '../engine/catalog.js';
import { gmapName, notifierCall, notifierName } from '../scenario/moment.js';
import type { Core } from './core.js';
import { hex } from './nodes/node.js';
import type { Notification, NotificationsResponse } from './protocol.js';
import { displayName } from './sources.js';
import type { Target } from './target.js';

/** Functions that pass the news on; whoever called them changed the PTE. */
const MESSENGERS = new Set(['gmap_call_notifier', 'ptep_notify', 'pgste_pte_notify', 'pgste_ipte_notify']);

export function notifications(target: Target, core: Core): NotificationsResponse {
  const { index, trace } = target.recording;
  const calls: Notification[] = [];
  const before = index.notifications.countBefore(Math.max(target.position, target.furthest));
  for (let i = 0; i < before; i++) {
    const row = index.notifications.at(i);
    const call = notifierCall(trace, row);
    const statement = target.statement(target.statementAt(row));
    calls.push({
      step: row,
      notifier: notifierName(target.run.names, call.notifier),
      gmap: gmapName(target.run.names, call.gmap),
      start: hex(call.start),
      end: hex(call.end),
      cause: causeOf(target, row),
      statement: statement?.text ?? '',
      thread: target.threadName(call.task, row + 1),
      ...(statement && {
        source: {
          path: target.path,
          line: core.toClientLine(statement.range.start.line),
          column: core.toClientColumn(statement.range.start.column),
          endLine: core.toClientLine(statement.range.end.line),
          endColumn: core.toClientColumn(statement.range.end.column),
        },
      }),
    });
  }
  return { calls };
}

function causeOf(target: Target, row: number): string {
  const { trace, generation } = target.recording;
  for (let call = trace.caller(row); call >= 0; call = trace.caller(call)) {
    const fn = functionById(trace.operand(call, 0));
    if (!MESSENGERS.has(fn.name)) return displayName(fn, generation);
  }
  return '';
}
