/** What hovers and completions say of the things of the language, in Markdown. */
import { ERRNO } from '../engine/bits.js';
import type { Bit } from '../engine/bits.js';
import { functionNamed } from '../engine/catalog.js';
import type { FunctionInfo } from '../engine/catalog.js';
import { operationInfo } from '../engine/operation.js';
import { EXPRESSION_FUNCTIONS } from '../scenario/expression/builtins.js';
import {
  CONSTANTS,
  ENTRY_LEVELS,
  HOST_ACTIONS,
  LOCKS,
  STATEMENTS,
  WALK_LEVELS,
  entryBits,
  isWord,
} from '../scenario/words.js';
import { formatAddress } from '../scenario/numbers.js';
import { spellings } from './addresses.js';
import { lookup, sentence } from './lookup.js';
import { usageOf } from './usages.js';

export function code(text: string): string {
  return `\`\`\`gmap\n${text}\n\`\`\``;
}

export function paragraphs(...parts: (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('\n\n');
}

/** The operation of the engine that a statement stands for, where the names differ. */
const OPERATIONS: Readonly<Record<string, string>> = {
  gmap: 'alloc',
  map: 'map_segment',
  unmap: 'unmap_segment',
  notifier: 'register',
  guest: 'gtouch',
  enter: 'vcpu_enter',
  leave: 'vcpu_leave',
  set_prefix: 'vcpu_set_prefix',
  down_read: 'down',
  down_write: 'down',
  up_read: 'up',
  up_write: 'up',
  'host read': 'touch',
  'host write': 'touch',
  'host madvise': 'madvise_dontneed',
  'host exit': 'exit_mm',
  'host test_and_clear_dirty': 'test_clear_dirty',
};

/** A statement, by its first word, or by `host` and the second. */
export function describeStatement(words: string): string | undefined {
  const [first = '', second = ''] = words.split(' ');
  const usage = usageOf([first, second])?.label;
  const info = operationInfo(OPERATIONS[words] ?? (first === 'host' ? second : words));
  const sentence = info?.doc ?? (isWord(STATEMENTS, first) ? afterColon(STATEMENTS[first]!) : undefined);
  if (sentence === undefined && usage === undefined) return undefined;
  const called = info?.calls === undefined ? undefined : functionNamed(info.calls);
  return paragraphs(usage && code(usage), sentence, called && describeFunction(called));
}

/** What a statement means, without how it is written. */
export function statementMeaning(words: string): string | undefined {
  const sentence = statementSentence(words);
  return sentence && (words.startsWith('host ') ? sentence : afterColon(sentence));
}

/** The sentence for a statement's first word, or for what follows `host`. */
export function statementSentence(words: string): string | undefined {
  const [first = '', second] = words.split(' ');
  if (first === 'host' && second !== undefined) {
    const doc = operationInfo(OPERATIONS[words] ?? second)?.doc;
    return doc ?? (isWord(HOST_ACTIONS, second) ? HOST_ACTIONS[second] : undefined);
  }
  return isWord(STATEMENTS, first) ? STATEMENTS[first] : undefined;
}

function afterColon(text: string): string {
  const sentence = text.replace(/^[^:]*: /, '');
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

const RETURNS: Readonly<Record<string, string>> = {
  none: 'nothing',
  gmap: 'a gmap, or null',
  dec: 'a number, or a negative error',
  hex: 'a number of bits',
  pte: 'a PTE slot',
  ptep: 'a PTE slot, or null',
  sg: 'a segment table entry, or null',
  pteval: 'a PTE',
  pgste: 'a PGSTE',
  address: 'an address, or a negative error',
  fixup: 'a number, and whether mmap_sem was lost',
};

/** A kernel function: what it does, returns and locks, and its steps. */
export function describeFunction(fn: FunctionInfo): string {
  const args = fn.args.map(({ name }) => name).join(', ');
  const before = fn.nameBefore === undefined ? '' : `; before the commit: \`${fn.nameBefore}\``;
  const only = fn.generation === undefined ? '' : `; in generation ${fn.generation} only`;
  const locks = locksOf(fn);
  const facts = [
    `Returns ${RETURNS[fn.returns] ?? 'a number'}.`,
    locks.length ? `Takes ${locks.join(', ')}.` : 'Takes no lock itself.',
    `In \`${fn.file}\`${before}${only}.`,
  ];
  const steps = fn.steps.map(({ text }) => text).join('\n');
  return paragraphs(
    `**${fn.name}**(${args}): ${fn.doc.charAt(0).toLowerCase()}${fn.doc.slice(1)}`,
    facts.join(' '),
    `\`\`\`text\n${steps}\n\`\`\``,
  );
}

/** The locks that a function's own steps speak of taking. */
function locksOf(fn: FunctionInfo): string[] {
  const taken = fn.steps
    .map(({ text }) => text)
    .filter((text) => /\b(take|lock|enter)\b/.test(text) && !/\brelease\b/.test(text));
  const names: readonly (readonly [name: string, pattern: RegExp])[] = [
    ...Object.keys(LOCKS)
      .filter((name) => name !== 'rcu' && name !== 'pcl')
      .map((name) => [`\`${name}\``, new RegExp(`\\b${name}\\b`)] as const),
    ['`pcl`', /\bPCL\b/],
    ['an RCU read section', /\bRCU read section\b/],
  ];
  return names.filter(([, pattern]) => taken.some((text) => pattern.test(text))).map(([name]) => name);
}

/** A kernel function by the name of either generation; undefined for what is none. */
export function describeFunctionNamed(name: string): string | undefined {
  const fn = functionNamed(name);
  return fn && !fn.operation ? describeFunction(fn) : undefined;
}

export function describeBit(bit: Bit, level: string): string {
  const architecture = bit.architecture === undefined ? '' : ` In the architecture: ${bit.architecture}.`;
  return paragraphs(
    `**${bit.name}** (\`${bit.kernel}\`): ${bit.doc}`,
    `Bit${(bit.mask & (bit.mask - 1n)) === 0n ? '' : 's'} \`${formatAddress(bit.mask)}\` of a ${level}.${architecture}`,
  );
}

/** A name that stands for a number everywhere. */
export function describeConstant(name: string): string | undefined {
  const constant = CONSTANTS.get(name);
  if (!constant) return undefined;
  const bit = (['pte', 'pgste', 'segment', 'region3'] as const)
    .flatMap((level) => entryBits(level).map((found) => ({ found, level })))
    .find(({ found }) => found.kernel === name);
  if (bit) return describeBit(bit.found, bit.level === 'region3' ? 'region table entry' : bit.level);
  const value = Object.hasOwn(ERRNO, name) ? '' : ` ${spellings(constant.value)}.`;
  return `**${name}**: ${constant.doc}${value}`;
}

export function describeExpressionFunction(name: string): string | undefined {
  const info = EXPRESSION_FUNCTIONS.find((fn) => fn.name === name);
  return info && paragraphs(code(`${name}(${info.parameters.join(', ')})`), info.detail);
}

export function describeWalk(place: string): string | undefined {
  const level = place.replace(/^walk:/, '');
  if (!Object.hasOwn(WALK_LEVELS, level)) return undefined;
  return `**walk:${level}**: a walk looks at an entry of this level.`;
}

export function describeLock(name: string): string | undefined {
  const lock = lookup(LOCKS, name);
  if (!lock) return undefined;
  const which = { none: '', gmap: ' One for each gmap.', address: ' Which one, an address tells.' }[lock.operand];
  const modes = lock.modes ? ' Taken for reading or for writing.' : '';
  return `**${name}** (lock): ${lock.doc}${which}${modes}`;
}

export function describeLevel(level: string): string | undefined {
  return sentence(ENTRY_LEVELS, level);
}

/** Names besides those of the file, and members that are no bits. */
export const BUILTIN_NAMES: Readonly<Record<string, string>> = {
  rc: 'The result of the last operation.',
  machine: 'Facilities and counters of the machine: `machine.esop`.',
  step: 'The number of the present step.',
  true: 'Holds; 1 where a number is needed.',
  false: 'Does not hold; 0 where a number is needed.',
  absent: 'What is not there. Its members are absent, too, and it counts as false.',
};

export const MEMBERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  entry: {
    value: 'All 64 bits.',
    address: 'Where the entry lies in absolute storage.',
    index: 'Its index in the table.',
    level: 'Level of the table.',
  },
  gmap: {
    allocated: 'Whether the gmap exists.',
    asce: 'Address-space-control element: the root table, and its level.',
    asce_end: 'The last guest address that the tables can map.',
    tables: 'Number of its tables.',
  },
  notifier: { calls: 'How often it was called in this scenario.' },
  machine: {
    skey: 'Storage keys are switched on.',
    flush_mm: 'A TLB flush was put off.',
  },
};
