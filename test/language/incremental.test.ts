import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { AstNode } from 'langium';
import { IncrementalParser } from '../../src/language/incremental.js';
import { parseFile } from '../../src/scenario/parse.js';
import type { ParsedFile } from '../../src/scenario/parse.js';
import { rangeOf, textOf } from '../../src/scenario/source.js';
import { EXAMPLES, change, changed, corpusTexts } from './texts.js';

/** All that a parse is used for: the tree with the places and texts of its nodes, and what is wrong. */
function seen({ file, diagnostics, lines }: ParsedFile): unknown {
  return { items: file.items.map(node), diagnostics, lines: [...lines].sort((a, b) => a - b) };
}

function node(it: AstNode): unknown {
  const properties = Object.entries(it).filter(([key]) => !key.startsWith('$'));
  const values = properties.map(([key, value]): [string, unknown] => [key, inside(value)]);
  const places = properties.map(([key]) => [key, rangeOf(it, key)]);
  return { type: it.$type, range: rangeOf(it), text: textOf(it), places, ...Object.fromEntries(values) };
}

function inside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inside);
  return typeof value === 'object' && value !== null ? node(value as AstNode) : value;
}

describe('parsing in pieces', () => {
  const texts = [...EXAMPLES.map(([, text]) => text), ...corpusTexts('traces/handmade.jsonl.gz', 40)];

  it('gives what parsing the whole text gives, after any edits', () => {
    const edits = fc.tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 8 }));
    fc.assert(
      fc.property(edits, ([text, changes]) => {
        const parser = new IncrementalParser();
        parser.parse(text);
        for (const step of changes) {
          text = changed(text, step);
          assert.deepEqual(seen(parser.parse(text)), seen(parseFile(text)), JSON.stringify(text));
        }
      }),
      { numRuns: Number(process.env['RUNS'] ?? 150) },
    );
  });
});
