/** Addresses that are worth offering: where something begins that is mapped. */
import type { Position } from 'vscode-languageserver-types';
import { CompletionItemKind } from 'vscode-languageserver-types';
import { formatAddress, formatLength } from '../scenario/numbers.js';
import type { Expected } from './automaton.js';
import type { Context } from './context.js';
import type { Analysis } from './document.js';
import { memoryAtLine } from './memory.js';
import type { Suggestion } from './suggestion.js';

const MOST = 20;

export function addressesAt(expected: Expected, context: Context, analysis: Analysis, at: Position): Suggestion[] {
  const { words } = context;
  // Only where an address begins, not behind an operator.
  if (/^[-+*/%&|^~<>=!(]+$/.test(words.at(-1) ?? '')) return [];
  const [property = ''] = expected.properties.filter(
    (name) => !/^(text|value|name|function|operator|operand)$/.test(name),
  );
  const isMap = words[0] === 'map';
  const host =
    property === 'vmaddr' || (isMap && property === 'from') || (property === 'address' && words.includes('host'));
  const guest = /^(gaddr|start|address)$/.test(property) || (words[0] === 'discard' && property === 'from');
  const memory = host || guest ? memoryAtLine(analysis, at.line, context.scenario) : undefined;
  if (!memory) return [];
  if (host) {
    return memory.host
      .slice(0, MOST)
      .map(({ start, end, value }) => address(start, `Host memory, ${formatLength(end - start)} ${value}.`));
  }
  const gmap = words.findLast((word) => memory.guests.has(word)) ?? '';
  return (memory.guests.get(gmap)?.mapped ?? [])
    .slice(0, MOST)
    .map(({ start, end, value }) =>
      address(start, `\`${gmap}\` maps ${formatLength(end - start)} here, host address \`${formatAddress(value)}\`.`),
    );
}

function address(value: bigint, doc: string): Suggestion {
  return { label: formatAddress(value), kind: CompletionItemKind.Value, doc, order: 1 };
}
