/** Gmaps and notifiers that are made and then left alone. */
import type { AstNode } from 'langium';
import type { Name } from '../../scenario/names.js';
import type { Analysis } from '../document.js';
import { remove } from '../edits.js';
import { statementOf } from '../tree.js';
import type { Problem } from '../problem.js';
import { rangeOf } from '../../scenario/source.js';
import { toRange } from '../document.js';

export function unused(analysis: Analysis): Problem[] {
  const unread = analysis.names.all.filter(({ kind, occurrences }) => {
    return (kind === 'gmap' || kind === 'notifier') && occurrences.every(({ declares }) => declares);
  });
  if (!unread.length) return [];
  const listening = unread.some(({ kind }) => kind === 'notifier') && countsCalls(analysis);
  return unread.flatMap((name) => problem(name, listening, analysis) ?? []);
}

function problem(name: Name, listening: boolean, analysis: Analysis): Problem | undefined {
  const { node, property } = name.occurrences[0]!;
  const acts = node.$type === 'NotifierOperation' && 'callback' in node;
  if (name.kind === 'notifier' && (listening || acts)) return undefined;
  // A statement that is there for its result is no left-over.
  if (name.occurrences.some((occurrence) => 'expected' in occurrence.node)) return undefined;
  const message =
    name.kind === 'gmap' ? `'${name.name}' is never used` : `nobody asks whether '${name.name}' was called`;
  const statement = statementOf(node);
  return {
    severity: 'hint',
    code: 'unused',
    message,
    range: toRange(rangeOf(node, property)),
    fixes: statement ? [remove(statement, `Remove ${name.kind} '${name.name}'`, analysis)] : [],
  };
}

/** Whether an expectation is about all notifiers together. */
function countsCalls({ file }: Analysis): boolean {
  const found = (node: AstNode): boolean => {
    if (node.$type === 'Notifications') return true;
    if (node.$type === 'Nothing') return (node as { what?: string }).what === 'notification';
    if (node.$type === 'Expect')
      return found((node as unknown as { expectation?: AstNode }).expectation ?? { $type: '' });
    const { statements } = node as unknown as { statements?: AstNode[] };
    return statements?.some(found) ?? false;
  };
  return file.items.some(found);
}
