/**
 * What in a line of a scenario has a value that can be shown, and the expression that gives it: an address of a guest is
 * worth the PTE behind it, `pte vm 0x2000` is `pte(vm, 0x2000)`.
 */
import { withoutTexts } from './scenarios.js';

export interface Phrase {
  /** Where it stands in the line: from `start` up to, not including, `end`. */
  readonly start: number;
  readonly end: number;
  readonly expression: string;
}

const term = String.raw`(?:0[xX][\da-fA-F_]+[KMGTP]?|\d[\d_]*[KMGTP]?|(?!(?:len|to|from|key|write|read)\b)[A-Za-z_]\w*)`;
const address = String.raw`${term}(?:\s*[-+*]\s*${term})*`;
const name = String.raw`[A-Za-z_]\w*`;

interface Pattern {
  readonly find: RegExp;
  /** With `$<g>` for what the group of this name holds; the group `at` stands where the value belongs. */
  readonly expression: string;
}

const pattern = (source: string, expression: string): Pattern => ({ find: new RegExp(source, 'dg'), expression });

const expect = String.raw`\bexpect\s+(?:(?:always|eventually)\s+)?`;
const guestOperations = String.raw`(?:mprotect_notify|ipte_notify|translate|zap|fault|guest\s+(?:read|write))`;
const hostOperations = String.raw`(?:madvise\s+\w+|\w+)`;

const patterns: readonly Pattern[] = [
  // An expression of the language itself.
  pattern(String.raw`(?<at>\b(?:pte|pgste|entry|translate|calls|visits|word|held)\([^()]*\)(?:\.${name})*)`, '$<at>'),
  // Expectations.
  pattern(String.raw`${expect}host\s+(?<at>(?<level>pte|pgste)\s+(?<a>${address}))`, '$<level>($<a>)'),
  pattern(String.raw`${expect}(?<at>(?<level>pte|pgste)\s+(?<g>${name})\s+(?<a>${address}))`, '$<level>($<g>, $<a>)'),
  pattern(
    String.raw`${expect}(?<at>(?<level>segment|region[123])\s+(?<g>${name})\s+(?<a>${address}))`,
    'entry($<g>, $<a>, $<level>)',
  ),
  // Operations: a guest address behind a gmap, a host address.
  pattern(String.raw`\b${guestOperations}\s+(?<g>${name})\s+(?<at>${address})`, 'pte($<g>, $<at>)'),
  pattern(String.raw`^\s*host\s+${hostOperations}\s+(?<at>${address})`, 'pte($<at>)'),
  // A member of something.
  pattern(String.raw`(?<![\w.)])(?<at>${name}(?:\.${name})+)`, '$<at>'),
];

/** The phrases of a line, from left to right; of two that overlap only the first pattern's. */
export function phrasesIn(line: string): Phrase[] {
  const text = withoutTexts(line);
  const phrases: Phrase[] = [];
  for (const { find, expression } of patterns) {
    for (const match of text.matchAll(find)) {
      const [start, end] = match.indices!.groups!['at']!;
      if (phrases.some((other) => start < other.end && other.start < end)) continue;
      const filled = expression.replace(/\$<(\w+)>/g, (_, group: string) => match.groups![group]!);
      phrases.push({ start, end, expression: filled });
    }
  }
  return phrases.sort((a, b) => a.start - b.start);
}

/**
 * What a person means who points at a column. A name inside a phrase means itself, as `vm` does in `pte vm 0x2000`, unless
 * it is only the way to something, as in `pte(vm, 0x2000).IN`.
 */
export function phraseAt(line: string, column: number): Phrase | undefined {
  const holds = ({ start, end }: Phrase): boolean => start <= column && column < end;
  const phrase = phrasesIn(line).find(holds);
  const word = words(withoutTexts(line)).find(holds);
  if (!phrase || !word) return phrase ?? word;
  const isWay = line[word.start - 1] === '.' || line[word.end] === '.' || line[word.end] === '(';
  return isWay || levels.test(word.expression) ? phrase : word;
}

const levels = /^(pte|pgste|segment|region[123])$/;

function words(text: string): Phrase[] {
  return Array.from(text.matchAll(/(?<!\w)[A-Za-z_]\w*/g), ({ index, 0: expression }) => ({
    start: index,
    end: index + expression.length,
    expression,
  }));
}

/** Beside the line that says the address, `pte(vm, 0x2000)` is the pte. */
export function nameOf(expression: string): string {
  const [, fn, args] = /^(pte|pgste|entry)\(([^()]*)\)$/.exec(expression) ?? [];
  if (fn === undefined) return expression;
  return fn === 'entry' ? (args!.split(',').at(-1)?.trim() ?? fn) : fn;
}

/** An entry in a word or two: without its 64 bits, and without the names of bits that its state implies. */
export function shortValue(text: string): string {
  const [, state, bits] = /^(.*?)\s*\(0x[0-9a-f]{16}\)(?:, (.*))?$/.exec(text) ?? [];
  return state === undefined ? text : state || bits || '0';
}
