// The tutorial, followed by doing and typing what it says.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { at, pages } from './pages.js';
import { Session, sessionRows } from './session.js';

const all = pages().filter(({ path }) => /^docs\/tutorial\/\d/.test(path));

describe('the tutorial', () => {
  it('has a scenario and a question on each page, and its answer at the end', () => {
    assert.ok(all.length >= 6);
    for (const { path, text } of all) {
      const scenario = /^docs\/tutorial\/(.*)\.md$/.exec(path)![1]!;
      assert.ok(existsSync(at(`examples/tutorial/${scenario}.gmap`)), scenario);
      assert.ok(text.includes(`(../../examples/tutorial/${scenario}.gmap)`), path);
      assert.match(text, /\n## Question\n[^]*\n<details><summary>Answer<\/summary>\n[^]*\n<\/details>\n/);
    }
  });

  for (const [i, { path, text }] of all.entries()) {
    it(`leads from ${path} to the next page`, () => {
      const next = all[i + 1]?.path.replace(/^.*\//, '');
      if (next) assert.ok(text.includes(`\nNext: [`) && text.trimEnd().endsWith(`(${next})`), next);
    });

    it(`can be followed on ${path}`, async () => {
      const rows = sessionRows(text);
      assert.ok(rows.length >= 5, `${rows.length} rows`);
      const session = new Session(at(`examples/${path.replace(/^docs\/(.*)\.md$/, '$1.gmap')}`));
      for (const row of rows) {
        try {
          await session.row(row);
        } catch (error) {
          throw new Error(`${path}:${row.line}: ${row.act}: ${(error as Error).message}`, { cause: error });
        }
      }
    });
  }
});
