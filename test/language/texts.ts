/** Texts for property tests: the examples, programs of the corpus as scenarios, and what people do to texts. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { fromRoot } from '../../tools/lib/root.mjs';
import type { Generation } from '../../src/engine/operation.js';
import { parseOperation } from '../../src/engine/operation.js';
import { operationsToScenario } from '../../src/scenario/corpus.js';

/** Names and texts of all example files. */
export const EXAMPLES: readonly (readonly [name: string, text: string])[] = readdirSync(fromRoot('examples'), {
  recursive: true,
  encoding: 'utf8',
})
  .filter((name) => name.endsWith('.gmap'))
  .sort()
  .map((name) => [name, readFileSync(join(fromRoot('examples'), name), 'utf8')] as const);

interface CorpusProgram {
  readonly name: string;
  readonly gen: Generation;
  readonly recs: readonly { readonly op: string }[];
}

/** Programs of a corpus file as scenario texts. */
export function corpusTexts(file: string, most = Infinity): string[] {
  const lines = gunzipSync(readFileSync(fromRoot('test/corpus', file)))
    .toString('utf8')
    .split('\n');
  return lines
    .filter(Boolean)
    .slice(0, most)
    .map((line) => {
      const { name, gen, recs } = JSON.parse(line) as CorpusProgram;
      return operationsToScenario(
        name,
        gen,
        recs.map(({ op }) => parseOperation(op)),
      );
    });
}

/** What is typed, pasted or left behind: whole words, characters of every kind, halves of things. */
const SCRAPS = [
  ...[
    '{',
    '}',
    '"',
    '#',
    '--- title',
    '\n',
    '\r\n',
    ' ',
    '\t',
    '->',
    '..',
    '=',
    '(',
    ')',
    ',',
    '.',
    '-',
    '@',
    'ß',
    '💥',
  ],
  ...['scenario "x" {', 'thread a {', 'repeat 3 {', 'expect', 'host', 'vm', 'g0', 'kvm', 'nb0', 'gmap vm limit 4G'],
  ...['0x2000', '4K', '10g', '0x', '-EFAULT', 'PROT_WRITE', 'len', 'to', 'then', 'with', 'pte', 'pte(', 'walk:segment'],
  ...['let a = 4K', 'mark m', 'since m', 'notifier kvm', 'fault vm 0x0 read', 'machine { esop off }', '\n\n\n', '---'],
];

/** A change: so much of the text (as parts of its length) is replaced by that. */
export interface Change {
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

export const change: fc.Arbitrary<Change> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.nat(12) },
    { weight: 1, arbitrary: fc.nat(200) },
  ),
  text: fc.oneof(
    fc.constant(''),
    fc.constantFrom(...SCRAPS),
    fc.array(fc.constantFrom(...SCRAPS), { maxLength: 6 }).map((scraps) => scraps.join(' ')),
    fc.string({ maxLength: 4 }),
  ),
});

export function changed(text: string, { at, length, text: replacement }: Change): string {
  const offset = Math.round(at * text.length);
  return text.slice(0, offset) + replacement + text.slice(offset + length);
}

/** A text that nobody has checked: an example or a corpus program after some changes. */
export function mutated(texts: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(change, { maxLength: 4 }))
    .map(([text, changes]) => changes.reduce(changed, text));
}
