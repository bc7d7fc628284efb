import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { fromRoot } from '../../tools/lib/root.mjs';
import { parseOperation } from '../../src/engine/operation.js';
import type { Generation } from '../../src/engine/operation.js';
import { Document } from '../../src/language/document.js';
import { problemsOf } from '../../src/language/problems.js';
import { operationsToScenario } from '../../src/scenario/corpus.js';

interface Program {
  readonly name: string;
  readonly gen: Generation;
  readonly recs: readonly { readonly op: string; readonly rc: number | string }[];
}

const ANSWERS: Readonly<Record<string, number>> = { EFAULT: -14, EINVAL: -22 };

/** What the kernel answered each time that the editor says what it will answer. */
function compare({ name, gen, recs }: Program): number {
  const text = operationsToScenario(
    name,
    gen,
    recs.map(({ op }) => parseOperation(op)),
  );
  const head = text.split('\n').findIndex((line) => line.startsWith('scenario')) + 1;
  const problems = problemsOf(new Document(`${name}.gmap`, 1, text).analysis);
  let compared = 0;
  for (const { code, message, range } of problems) {
    assert.notEqual(code, 'impossible');
    if (!/^(unmapped|limit|esop)$/.test(code)) continue;
    const { op, rc } = recs[range.start.line - head]!;
    const answer = / answers -(\w+)$/.exec(message)?.[1];
    if (answer === undefined) assert.ok(Number(rc) < 0, `${name}: ${op}: ${message}, but ${rc}`);
    else assert.equal(rc, ANSWERS[answer], `${name}: ${op}: ${message}`);
    compared++;
  }
  return compared;
}

describe('addresses behind which there is nothing', () => {
  for (const file of ['handmade', 'before-handmade', 'random-a']) {
    it(`${file}: the kernel answered what the editor says`, () => {
      const lines = gunzipSync(readFileSync(fromRoot('test/corpus/traces', `${file}.jsonl.gz`)))
        .toString('utf8')
        .split('\n');
      const programs = lines.filter(Boolean).map((line) => JSON.parse(line) as Program);
      let compared = 0;
      for (const program of programs) compared += compare(program);
      assert.ok(compared > 5, `${compared} warnings`);
    });
  }
});
