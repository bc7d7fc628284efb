// Scenarios in the pages are sound and hold; commands in the pages print what the pages show. `UPDATE_DOCS=1` writes that anew.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { compileFile } from '../../src/scenario/compile.js';
import { ScenarioRun } from '../../src/scenario/run.js';
import { shell } from '../cli/support.js';
import { at, blocks, pages } from './pages.js';

/** These pages have tests of their own: their examples are pieces, or are meant to fail. */
const OWN_TESTS = ['docs/language.md', 'docs/cli.md'];
const all = pages().filter(({ path }) => !OWN_TESTS.includes(path));

describe('scenarios in the pages', () => {
  for (const block of all.flatMap((page) => blocks(page, 'gmap'))) {
    it(`${block.page}:${block.line} holds`, () => {
      const { diagnostics, file } = compileFile(block.text, 'docs');
      assert.deepEqual(
        diagnostics.map(({ range, message }) => `${block.line + range.start.line}: ${message}`),
        [],
      );
      for (const scenario of file!.scenarios) {
        const run = new ScenarioRun(file!, scenario);
        run.finish();
        assert.deepEqual(run.failures, []);
        assert.ok(!run.failed, JSON.stringify(run.outcome));
      }
    });
  }
});

describe('commands in the pages', function () {
  this.timeout(60_000);

  for (const page of all) {
    const shown = blocks(page, 'console');
    if (shown.length === 0) continue;
    it(`of ${page.path} print what it shows`, async function () {
      if (process.platform === 'win32') this.skip();
      let real = page.text;
      for (const { text, line } of shown) {
        let printed = '';
        // Where a person stands: in the folder with the examples.
        for (const command of text.split('\n').filter((row) => row.startsWith('$ '))) {
          const { stdout, stderr } = await shell(command.slice(2), { cwd: at('examples') });
          printed += `${command}\n${(stdout + stderr).replace(/\(\d+\.\d\d s\)/g, '(0.02 s)')}`;
        }
        assert.ok(printed, `${page.path}:${line} has no command`);
        real = real.replace(text, () => printed);
      }
      if (process.env['UPDATE_DOCS']) writeFileSync(at(page.path), real);
      else assert.equal(page.text, real);
    });
  }
});
