/** Words and names that may stand where the grammar wants a name: out of the file, or out of a table of the language. */
import type { Position } from 'vscode-languageserver-types';
import { CompletionItemKind } from 'vscode-languageserver-types';
import { ERRNO } from '../engine/bits.js';
import { functionNamed } from '../engine/catalog.js';
import { EXPRESSION_FUNCTIONS } from '../scenario/expression/builtins.js';
import type { NameKind } from '../scenario/names.js';
import type { EntryLevelName, Words } from '../scenario/words.js';
import {
  ADVICES,
  CONSTANTS,
  ENTRY_LEVELS,
  FACILITIES,
  GENERATIONS,
  KERNEL_FUNCTIONS,
  LOCKS,
  PROTECTIONS,
  SHARES,
  USAGES as PAGE_STATES,
  WALK_LEVELS,
  entryBits,
  entryStates,
  isWord,
} from '../scenario/words.js';
import { addressesAt } from './address-suggestions.js';
import type { Expected } from './automaton.js';
import type { Context } from './context.js';
import { BUILTIN_NAMES, MEMBERS, describeExpressionFunction } from './describe.js';
import type { Analysis } from './document.js';
import type { Suggestion } from './suggestion.js';

export function suggestionsFor(expected: Expected, context: Context, analysis: Analysis, at: Position): Suggestion[] {
  const [rule = '', owner = ''] = expected.rules;
  const { words } = context;
  switch (expected.name) {
    case 'NUMBER':
      return expected.rules.includes('ExpectedResult')
        ? [{ label: '0', kind: CompletionItemKind.Value, doc: 'It succeeds.', order: 0 }]
        : addressesAt(expected, context, analysis, at);
    case 'WALK':
      return rule === 'VisitPlace' ? walks() : [];
    case 'CALL':
      return isDynamic(expected) && !words.includes('(') ? functions() : [];
    case 'ID':
      break;
    default:
      return [];
  }
  switch (rule) {
    case 'GmapName':
      return owner === 'GmapOperation' && words[0] === 'gmap' ? [] : names(['gmap'], context, analysis);
    case 'NotifierName':
      return words[0] === 'notifier' ? [] : names(['notifier'], context, analysis);
    case 'VcpuName':
      return owner === 'Vcpu' ? [] : names(['vcpu'], context, analysis);
    case 'ThreadName':
      return names(owner === 'Thread' ? ['vcpu'] : ['thread'], context, analysis);
    case 'MarkName':
      return owner === 'Mark' ? [] : names(['mark'], context, analysis);
    case 'GenerationWord':
      return table(GENERATIONS);
    case 'ProtWord':
      return table(PROTECTIONS);
    case 'AdviceWord':
      return table(ADVICES);
    case 'ShareWord':
      return table(SHARES);
    case 'UsageWord':
      return table(PAGE_STATES);
    case 'SettingName':
      return table(FACILITIES).filter(({ label }) => !words.includes(label));
    case 'LockName':
      return owner === 'LockOperation' ? locks().filter(({ label }) => label === 'mmap_sem') : locks();
    case 'StateName':
      return states(levelIn(words));
    case 'BitName':
      return bits(levelIn(words)).filter(({ label }) => !words.includes(label));
    case 'VisitPlace':
      return kernelFunctions();
    case 'MemberName':
      return members(context, analysis);
    case 'ExpressionName':
      return expressionNames(expected, context, analysis);
    default:
      return [];
  }
}

function table(words: Words, kind: CompletionItemKind = CompletionItemKind.EnumMember): Suggestion[] {
  return Object.entries(words).map(([label, doc]) => ({ label, kind, doc, order: 1 }));
}

const NAME_ICONS: Readonly<Record<NameKind, CompletionItemKind>> = {
  gmap: CompletionItemKind.Class,
  notifier: CompletionItemKind.Event,
  constant: CompletionItemKind.Constant,
  vcpu: CompletionItemKind.Class,
  thread: CompletionItemKind.Method,
  mark: CompletionItemKind.Reference,
};

function names(kinds: readonly NameKind[], { scenario }: Context, { names: all }: Analysis): Suggestion[] {
  return all.all
    .filter(({ kind, scenario: own }) => kinds.includes(kind) && (!own || own === scenario))
    .map(({ name, kind, occurrences }) => {
      const text = occurrences.find(({ declares }) => declares)?.node.$cstNode?.text;
      const line = text?.split(/[\r\n{]/, 1)[0]?.trim();
      const doc = line === undefined ? `The ${kind} in this slot.` : `${kind}: \`${line}\``;
      return { label: name, kind: NAME_ICONS[kind], doc, order: 0 };
    });
}

function walks(): Suggestion[] {
  return Object.keys(WALK_LEVELS).map((level) => ({
    label: `walk:${level}`,
    kind: CompletionItemKind.EnumMember,
    doc: `How often a walk looked at a ${level} table entry.`,
    order: 2,
  }));
}

function functions(): Suggestion[] {
  return EXPRESSION_FUNCTIONS.map(({ name, parameters }) => ({
    label: name,
    kind: CompletionItemKind.Function,
    doc: describeExpressionFunction(name),
    detail: `(${parameters.join(', ')})`,
    order: 1,
    text: `${name}(`,
  }));
}

function kernelFunctions(): Suggestion[] {
  return KERNEL_FUNCTIONS.map((label) => ({
    label,
    kind: CompletionItemKind.Function,
    doc: functionNamed(label)?.doc,
    order: 1,
  }));
}

function locks(): Suggestion[] {
  return Object.entries(LOCKS).map(([label, { doc }]) => ({ label, kind: CompletionItemKind.Struct, doc, order: 1 }));
}

/** The level of the entry that an expectation is about: the last one that was named. */
function levelIn(words: readonly string[]): EntryLevelName {
  const levels = words.filter((word) => isWord(ENTRY_LEVELS, word));
  return levels.at(-1) ?? 'pte';
}

function states(level: EntryLevelName): Suggestion[] {
  return Object.entries(entryStates(level)).map(([label, { doc }]) => ({
    label,
    kind: CompletionItemKind.EnumMember,
    doc,
    order: 1,
  }));
}

function bits(level: EntryLevelName): Suggestion[] {
  return entryBits(level).map(({ name, kernel, doc }) => ({
    label: name,
    kind: CompletionItemKind.Field,
    doc,
    detail: kernel,
    order: 1,
  }));
}

/** Whether the expression is evaluated while the scenario runs: then it may be about anything. */
function isDynamic({ rules }: Expected): boolean {
  return rules.includes('Holds') || rules.includes('Print');
}

/** What may stand after a dot: the word before it, or the function call, tells. */
function members({ words }: Context, { names: all }: Analysis): Suggestion[] {
  const before = words.slice(0, -1);
  const plain = (members: Words) => table(members, CompletionItemKind.Property);
  if (before.at(-1) !== ')') {
    const object = before.at(-1) ?? '';
    if (object === 'machine') return plain({ ...FACILITIES, ...MEMBERS['machine'] });
    const kind = all.all.find(({ name }) => name === object)?.kind;
    return kind === 'gmap' || kind === 'notifier' ? plain(MEMBERS[kind]!) : [];
  }
  let depth = 0;
  const open = before.findLastIndex((word) => {
    depth += word === ')' ? 1 : word === '(' ? -1 : 0;
    return depth === 0;
  });
  const called = before[open - 1];
  const level = called === 'entry' ? (before.at(-2) === 'page' ? 'pte' : before.at(-2)) : called;
  return level !== undefined && isWord(ENTRY_LEVELS, level) ? [...bits(level), ...plain(MEMBERS['entry']!)] : [];
}

function expressionNames(expected: Expected, context: Context, analysis: Analysis): Suggestion[] {
  const { words } = context;
  const constants = names(['constant'], context, analysis);
  // Of all facilities only this one is a number.
  if (expected.rules.includes('Setting')) return words.at(-1) === 'attach' ? constants : [];
  const named = (pattern: RegExp, sign = '') =>
    [...CONSTANTS].flatMap(([name, { doc }]) =>
      pattern.test(name)
        ? [{ label: sign + name, kind: CompletionItemKind.Constant, doc, order: 1, ...(sign && { filter: name }) }]
        : [],
    );
  const errors = new RegExp(`^(${Object.keys(ERRNO).join('|')})$`);
  if (expected.properties.includes('prot')) return [...named(/^PROT_/), ...constants];
  if (expected.rules.includes('ExpectedResult'))
    return [...named(errors, words.at(-1) === '-' ? '' : '-'), ...constants];
  if (!isDynamic(expected)) return [...constants, ...named(/^(PAGE|PMD)_SIZE$/)];
  const argument = argumentAt(words);
  if (argument) return argumentNames(argument, context, analysis, constants);
  const builtins = table(BUILTIN_NAMES, CompletionItemKind.Variable).map((it) => ({ ...it, order: 2 }));
  return [
    ...names(['gmap', 'notifier', 'vcpu', 'thread'], context, analysis),
    ...constants,
    ...builtins,
    ...named(errors, words.at(-1) === '-' ? '' : '-').map((it) => ({ ...it, order: 3 })),
  ];
}

/** The function and the number of the argument that the cursor is in. */
function argumentAt(words: readonly string[]): { fn: string; index: number } | undefined {
  let depth = 0;
  let index = 0;
  for (let at = words.length - 1; at >= 0; at--) {
    if (words[at] === ')') depth++;
    else if (words[at] === '(' && depth-- === 0) return { fn: words[at - 1] ?? '', index };
    else if (words[at] === ',' && depth === 0) index++;
  }
  return undefined;
}

function argumentNames(
  { fn, index }: { fn: string; index: number },
  context: Context,
  analysis: Analysis,
  constants: Suggestion[],
): Suggestion[] {
  const parameter = EXPRESSION_FUNCTIONS.find(({ name }) => name === fn)?.parameters[index];
  switch (parameter) {
    case 'gmap':
      return [...names(['gmap'], context, analysis), ...constants];
    case 'notifier':
      return names(['notifier'], context, analysis);
    case 'place':
      return [...kernelFunctions(), ...walks()];
    case 'lock':
      return locks();
    case 'level':
      return [...Object.keys(WALK_LEVELS)].map((label) => ({
        label,
        kind: CompletionItemKind.EnumMember,
        doc: `The ${label} table entry.`,
        order: 1,
      }));
    default:
      return constants;
  }
}
