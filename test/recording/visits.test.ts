/** A search through a recording finds what asking every stop finds. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Target } from '../../src/debug/target.js';
import { allFunctions } from '../../src/engine/catalog.js';
import type { Trigger } from '../../src/recording/breakpoints.js';
import { compileFile } from '../../src/scenario/compile.js';

const examples = new URL('../../examples', import.meta.url).pathname;
const files = readdirSync(examples, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gmap'));

const TRIGGERS: readonly Trigger[] = [
  ...allFunctions('after').flatMap((fn): Trigger[] => [
    { kind: 'call', functions: new Set([fn.id]) },
    ...fn.steps.map(({ id }): Trigger => ({ kind: 'step', steps: new Set([id]) })),
  ]),
  ...[0, 1, 2, 3, 4].map((level): Trigger => ({ kind: 'walk', level })),
  ...(['notify', 'error', 'retry', 'failed', 'bug'] as const).map((kind): Trigger => ({ kind })),
  ...(['write', 'read'] as const).map((kind): Trigger => ({ kind, from: 0x4000, to: 0x4800 })),
];

describe('all visits of a place', () => {
  for (const name of files) {
    it(`are found in ${name}`, () => {
      const path = join(examples, name);
      const text = readFileSync(path, 'utf8');
      const { file } = compileFile(text, path);
      for (const scenario of file!.scenarios) {
        const target = new Target({ path, text, file: file!, scenario });
        while (target.run.advance(1000));
        const { triggers, trace, run } = target;
        const statements = run.statements.map((_, i): Trigger => ({ kind: 'statement', statements: new Set([i]) }));
        for (const trigger of [...TRIGGERS, ...statements]) {
          const asked: number[] = [];
          for (let n = 0; n < trace.length; n++) if (triggers.isVisit(trigger, n)) asked.push(n);
          assert.deepEqual(triggers.visits(trigger), asked, `${scenario.name}: ${JSON.stringify(trigger)}`);
        }
      }
    });
  }
});
