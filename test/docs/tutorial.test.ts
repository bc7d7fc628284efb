// The tutorial and the museum, followed by doing and typing what they say.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { at, pages, type Page } from './pages.js';
import { Session, sessionRows } from './session.js';

const all = pages();
const tutorial = all.filter(({ path }) => /^docs\/tutorial\/\d/.test(path));
const told = all.filter(({ path }) => path === 'docs/history.md');

async function follow({ path, text }: Page): Promise<void> {
  const rows = sessionRows(text);
  assert.ok(rows.length >= 5, `${rows.length} rows`);
  const session = new Session();
  for (const row of rows) {
    try {
      await session.row(row, at(posix.join(posix.dirname(path), row.file)));
    } catch (error) {
      throw new Error(`${path}:${row.line}: ${row.act}: ${(error as Error).message}`, { cause: error });
    }
  }
}

describe('the tutorial', () => {
  it('has a scenario and a question on each page, and its answer at the end', () => {
    assert.ok(tutorial.length >= 6);
    for (const { path, text } of tutorial) {
      const scenario = /^docs\/tutorial\/(.*)\.md$/.exec(path)![1]!;
      assert.ok(existsSync(at(`examples/tutorial/${scenario}.gmap`)), scenario);
      assert.ok(text.includes(`(../../examples/tutorial/${scenario}.gmap)`), path);
      assert.match(text, /\n## Question\n[^]*\n<details><summary>Answer<\/summary>\n[^]*\n<\/details>\n/);
    }
  });

  for (const [i, page] of tutorial.entries()) {
    it(`leads from ${page.path} to the next page`, () => {
      const next = tutorial[i + 1]?.path.replace(/^.*\//, '');
      if (next) assert.ok(page.text.includes('\nNext: [') && page.text.trimEnd().endsWith(`(${next})`), next);
    });

    it(`can be followed on ${page.path}`, () => follow(page));
  }
});

describe('the museum', () => {
  for (const page of told) it(`can be followed on ${page.path}`, () => follow(page));

  it('has a row for each scenario', () => {
    const { text } = all.find(({ path }) => path === 'examples/history/README.md')!;
    const files = [...text.matchAll(/^\| \[S\d+\]\((.*?[.]gmap)\)/gm)].map(([, file]) => file!);
    assert.deepEqual(
      files.filter((file) => !existsSync(at(`examples/history/${file}`))),
      [],
    );
    const scenarios = readdirSync(at('examples/history')).filter((name) => name.endsWith('.gmap'));
    assert.deepEqual([...files].sort(), scenarios.sort());
  });
});
