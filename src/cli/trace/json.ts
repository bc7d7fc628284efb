/** Steps as JSON: one object on a line. docs/cli.md promises these fields, and that they stay the same. */
import { Kind } from '../../engine/trace.js';
import type { ScenarioRun } from '../../scenario/run.js';
import type { ThreadNames } from '../../scenario/thread-names.js';
import { functionName, type Row } from './rows.js';

export const KIND_NAMES = {
  [Kind.Op]: 'operation',
  [Kind.End]: 'result',
  [Kind.Call]: 'call',
  [Kind.Return]: 'return',
  [Kind.Lock]: 'lock',
  [Kind.Unlock]: 'unlock',
  [Kind.Block]: 'block',
  [Kind.Rcu]: 'rcu',
  [Kind.Walk]: 'walk',
  [Kind.Alloc]: 'alloc',
  [Kind.Free]: 'free',
  [Kind.Data]: 'data',
  [Kind.Lookup]: 'lookup',
  [Kind.Insert]: 'insert',
  [Kind.Delete]: 'delete',
  [Kind.Invalidate]: 'invalidate',
  [Kind.Flush]: 'flush',
  [Kind.Notify]: 'notify',
  [Kind.Key]: 'key',
  [Kind.Loop]: 'loop',
  [Kind.Host]: 'host',
  [Kind.Access]: 'access',
  [Kind.RaceBegin]: 'race-begin',
  [Kind.RaceEnd]: 'race-end',
  [Kind.Bug]: 'bug',
  [Kind.FlushDone]: 'flush-done',
  [Kind.Note]: 'note',
  [Kind.Statement]: 'statement',
  [Kind.Edit]: 'edit',
} as const satisfies Readonly<Record<Kind, string>>;

const hex = (n: bigint | number): string => `0x${n.toString(16)}`;

export function rowJson(row: Row, run: ScenarioRun, threads: ThreadNames): string {
  const { step, statement } = row;
  const at = statement === undefined ? undefined : run.statements[statement];
  return JSON.stringify({
    scenario: run.scenario.name,
    step: row.n,
    thread: threads.name(row),
    kind: KIND_NAMES[row.kind],
    function: step ? functionName(step, run) : null,
    line: step?.line ?? null,
    text: step?.text.trim() ?? null,
    event: row.event || null,
    depth: row.depth,
    statement: at ? { line: at.range.start.line, text: at.text } : null,
    changes: row.changes.map(({ address, before, after, name }) => ({
      address: hex(address),
      before: hex(before),
      after: hex(after),
      what: name.what,
    })),
    ...(row.kind === Kind.Statement && { holds: !row.failure }),
    ...(row.failure && { expected: row.failure.expected, found: row.failure.found }),
    ...(row.shown !== undefined && { shown: row.shown }),
  });
}
