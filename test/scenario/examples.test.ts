import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { compileFile } from '../../src/scenario/compile.js';
import { ScenarioRun } from '../../src/scenario/run.js';

const folder = new URL('../../examples/', import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.gmap'))
  .sort();

describe('examples', () => {
  it('are there', () => {
    assert.ok(files.length >= 40, `${files.length} files`);
    assert.ok(files.includes('first-walk.gmap'));
  });

  for (const file of files) {
    it(`${file} teaches in two sentences, is sound, and holds`, () => {
      const text = readFileSync(new URL(file, folder), 'utf8');
      assert.match(text, /^# \S.*\n# \S/, 'begins with two lines of comment');
      assert.match(text, /^\s*expect |-> /m, 'expects something');
      const longest = Math.max(...text.split('\n').map((line) => line.length));
      assert.ok(longest <= 120, `a line of ${longest} characters`);

      const { diagnostics, file: program } = compileFile(text, file);
      assert.deepEqual(
        diagnostics.map(({ range, message }) => `${file}:${range.start.line}: ${message}`),
        [],
      );
      for (const scenario of program!.scenarios) {
        const run = new ScenarioRun(program!, scenario);
        run.finish();
        const failures = run.failures.map(({ statement, expected, found }) => {
          const { range, text: source } = run.statements[statement]!;
          return `${file}:${range.start.line}: ${source}: expected ${expected}, found ${found}`;
        });
        assert.deepEqual(failures, []);
        assert.ok(!run.failed, JSON.stringify(run.outcome));
      }
    });
  }
});
