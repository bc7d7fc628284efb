import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Document } from '../../src/language/document.js';
import { problemsOf } from '../../src/language/problems.js';
import { compileFile } from '../../src/scenario/compile.js';
import { ScenarioRun } from '../../src/scenario/run.js';
import { entryBits, entryStates } from '../../src/scenario/words.js';
import type { EntryLevelName } from '../../src/scenario/words.js';

/** Pages in all the states that pages can be in, one after the other from guest address 0. */
const SETUP = `host mmap 0x10000000 len 2M rw
gmap vm limit 4G
map vm 0x0 len 2M to 0x10000000
host enable_skey
fault vm 0x0 write
guest read vm 0x1000
guest write vm 0x2000
guest write vm 0x3000
host reclaim 0x10003000
guest write vm 0x4000
host migrate_start 0x10004000
guest write vm 0x5000
host age 0x10005000
guest write vm 0x6000
host mkclean 0x10006000
mprotect_notify vm 0x7000 len 4K PROT_READ
mprotect_notify vm 0x8000 len 4K PROT_NONE
guest write vm 0x9000
host essa 0x10009000 unused
guest write vm 0xa000
host wrprotect 0x1000a000 shared
`;
const PAGES = 12;

const test = (level: EntryLevelName): fc.Arbitrary<string> => {
  const states = fc.constantFrom(...Object.keys(entryStates(level)));
  const bits = fc.constantFrom(...entryBits(level).map(({ name }) => name));
  const values = fc.constantFrom('0', '0x400', '0x20', '0x24');
  return fc.oneof(
    { weight: 4, arbitrary: states },
    { weight: 2, arbitrary: states.map((state) => `not ${state}`) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom('with', 'without'), bits).map((words) => words.join(' ')) },
    { weight: 1, arbitrary: values.map((value) => `= ${value}`) },
  );
};

/** `expect pte vm 0x2000 valid not young` */
const expectation = fc
  .tuple(fc.constantFrom<EntryLevelName>('pte', 'pte', 'pgste', 'segment', 'region3'), fc.nat(PAGES))
  .chain(([level, page]) =>
    fc
      .array(test(level), { minLength: 2, maxLength: 3 })
      // Behind `with` every word is a bit.
      .map((tests) => tests.sort((a, b) => Number(a.startsWith('with')) - Number(b.startsWith('with'))))
      .map((tests) => `expect ${level} vm 0x${(page * 0x1000).toString(16)} ${tests.join(' ')}`),
  );

describe('expectations that can never hold', () => {
  it('never do, whatever state the entry is in', () => {
    let impossible = 0;
    let held = 0;
    fc.assert(
      fc.property(fc.array(expectation, { minLength: 30, maxLength: 30 }), (lines) => {
        const text = `${SETUP}${lines.join('\n')}\n`;
        const first = SETUP.split('\n').length - 1;
        const problems = problemsOf(new Document('untitled:x', 1, text).analysis);
        const told = new Set(problems.filter(({ code }) => code === 'impossible').map(({ range }) => range.start.line));
        const { file, diagnostics } = compileFile(text, 'untitled:x');
        assert.ok(file, JSON.stringify(diagnostics));
        const run = new ScenarioRun(file, file.scenarios[0]!);
        run.finish();
        const failed = new Set(run.failures.map(({ statement }) => run.statements[statement]!.range.start.line - 1));
        lines.forEach((line, index) => {
          const at = first + index;
          if (told.has(at)) assert.ok(failed.has(at), `${line} holds`);
          if (told.has(at)) impossible++;
          if (!failed.has(at)) held++;
        });
      }),
      { numRuns: Number(process.env['RUNS'] ?? 60) },
    );
    assert.ok(impossible > 100 && held > 20, `${impossible} impossible, ${held} held`);
  });
});
