/** Calls of notifiers, with what caused them: also those behind the cursor while it stands in the past. */
import { functionById } from '../engine/catalog.js';
import { gmapName, notifierCall, notifierName } from '../scenario/moment.js';
import type { Core } from './core.js';
import { hex } from './nodes/node.js';
import type { Notification, NotificationsResponse } from './protocol.js';
import { displayName } from './sources.js';
import type { Target } from './target.js';

/** Functions that pass the news on; whoever called them changed the PTE. */
const MESSENGERS = new Set(['gmap_call_notifier', 'ptep_notify', 'pgste_pte_notify', 'pgste_ipte_notify']);

/** Most calls of one answer. */
const MOST_CALLS = 1000;

export function notifications(target: Target, core: Core): NotificationsResponse {
  const { index, trace } = target.recording;
  const calls: Notification[] = [];
  const all = index.notifications.countBefore(Math.max(target.position, target.furthest));
  const past = index.notifications.countBefore(target.position);
  const end = Math.min(all, Math.max(MOST_CALLS, past + MOST_CALLS / 2));
  const earlier = Math.max(0, end - MOST_CALLS);
  for (let i = earlier; i < end; i++) {
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
  return { calls, earlier, later: all - end };
}

function causeOf(target: Target, row: number): string {
  const { trace, generation } = target.recording;
  for (let call = trace.caller(row); call >= 0; call = trace.caller(call)) {
    const fn = functionById(trace.operand(call, 0));
    if (!MESSENGERS.has(fn.name)) return displayName(fn, generation);
  }
  return '';
}
