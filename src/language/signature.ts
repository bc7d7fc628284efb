/** How the statement at the cursor is written, and which part of it comes now. */
import type { Position, SignatureHelp } from 'vscode-languageserver-types';
import { EXPRESSION_FUNCTIONS } from '../scenario/expression/builtins.js';
import { contextAt } from './context.js';
import { statementMeaning } from './describe.js';
import type { Analysis } from './document.js';
import type { Usage } from './usages.js';
import { usageOf } from './usages.js';

export function signatureHelp(analysis: Analysis, position: Position): SignatureHelp | undefined {
  const { words, expected } = contextAt(analysis, position);
  // That an operator could go on with the part before says nothing of the part that comes now.
  const properties = expected
    .filter(({ rules }) => !/^(Binary|Member)Expression$/.test(rules[0] ?? ''))
    .flatMap((next) => next.properties);
  const call = calledAt(words);
  if (call) return help(functionUsage(call.fn), call.fn, `${call.index}`);
  const usage = usageOf(words);
  // Where only a result could follow, all is written.
  const isWhole = expected.every(({ name }) => name === '->' || name === 'NL' || !/^\w/.test(name));
  if (!usage || words[0] === undefined || isWhole) return undefined;
  const active = usage.parts.find(({ property }) => properties.includes(property))?.property;
  return help(usage, statementMeaning(words[0] === 'host' ? words.slice(0, 2).join(' ') : words[0]), active);
}

function functionUsage(fn: string): Usage | undefined {
  const info = EXPRESSION_FUNCTIONS.find(({ name }) => name === fn);
  if (!info) return undefined;
  const parts = info.parameters.map((name, index) => ({ property: `${index}`, doc: '', name }));
  return { label: `${fn}(${info.parameters.join(', ')})`, parts };
}

function help(
  usage: Usage | undefined,
  doc: string | undefined,
  active: string | undefined,
): SignatureHelp | undefined {
  if (!usage) return undefined;
  const { label, parts } = usage;
  const places = [...label.matchAll(/"NAME"|"FILE"|[A-Z]+(?= |$|,)|(?<=[(,] ?)\w+/g)];
  const isFunction = label.includes('(');
  const parameters = parts.map(({ doc: text }, index) => {
    const place = places[index];
    const start = place?.index ?? 0;
    return {
      label: [start, start + (place?.[0].length ?? 0)] as [number, number],
      ...(text && { documentation: { kind: 'markdown' as const, value: text } }),
    };
  });
  const index = parts.findIndex(({ property }) => property === active);
  const sentence = isFunction ? EXPRESSION_FUNCTIONS.find(({ name }) => name === doc)?.detail : doc;
  return {
    signatures: [
      {
        label,
        parameters,
        ...(sentence !== undefined && { documentation: { kind: 'markdown' as const, value: sentence } }),
      },
    ],
    activeSignature: 0,
    // A number beyond the last parameter stands for: none of them.
    activeParameter: index < 0 ? parts.length : index,
  };
}

/** The function whose arguments the cursor is in. */
function calledAt(words: readonly string[]): { fn: string; index: number } | undefined {
  let depth = 0;
  let index = 0;
  for (let at = words.length - 1; at > 0; at--) {
    if (words[at] === ')') depth++;
    else if (words[at] === '(') {
      if (depth-- > 0) continue;
      const fn = words[at - 1]!;
      return EXPRESSION_FUNCTIONS.some(({ name }) => name === fn) ? { fn, index } : undefined;
    } else if (words[at] === ',' && depth === 0) index++;
  }
  return undefined;
}
