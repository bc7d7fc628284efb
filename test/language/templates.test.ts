import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fromRoot } from '../../tools/lib/root.mjs';
import { Document } from '../../src/language/document.js';
import { format } from '../../src/language/format.js';
import { problemsOf } from '../../src/language/problems.js';
import { TEMPLATES } from '../../src/language/templates.js';
import { compileFile } from '../../src/scenario/compile.js';
import { ScenarioRun } from '../../src/scenario/run.js';

interface Snippet {
  readonly prefix: string;
  readonly description: string;
  readonly body: string | readonly string[];
}

describe('new scenarios', () => {
  for (const template of TEMPLATES) {
    it(`${template.label}: sound, formatted, and holds`, () => {
      const text = template.text('a "quoted" name');
      const { analysis } = new Document('untitled:new', 1, text);
      assert.deepEqual(
        problemsOf(analysis).filter(({ severity }) => severity !== 'hint'),
        [],
      );
      assert.deepEqual(format(analysis, { tabSize: 2, insertSpaces: true }), []);
      const { file } = compileFile(text, 'untitled:new');
      assert.deepEqual(
        file!.scenarios.map(({ name }) => name),
        ['a "quoted" name'],
      );
      const run = new ScenarioRun(file!, file!.scenarios[0]!);
      run.finish();
      assert.deepEqual(run.failures, []);
      assert.ok(!run.failed);
    });
  }
});

describe('snippets', () => {
  const snippets = JSON.parse(readFileSync(fromRoot('snippets/gmap.json'), 'utf8')) as Record<string, Snippet>;
  const setup = expanded(Object.values(snippets).find(({ prefix }) => prefix === 'setup')!);

  for (const [name, snippet] of Object.entries(snippets)) {
    it(`${name}: can be read`, () => {
      const own = expanded(snippet);
      // One that brings a notifier of its own does not need the other.
      const before =
        snippet.prefix === 'setup' ? '' : own.includes('notifier ') ? setup.replace(/^notifier.*\n/m, '') : setup;
      const { diagnostics } = compileFile(`${before}${own}\n`, 'snippet.gmap');
      assert.deepEqual(
        diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message),
        [],
        own,
      );
      assert.ok(snippet.description);
    });
  }
});

/** A snippet with what its placeholders say. */
function expanded({ body }: Snippet): string {
  return [body]
    .flat()
    .join('\n')
    .replace(/\$\{\d+\|([^,|]*)[^}]*\|\}/g, '$1')
    .replace(/\$\{\d+:([^}]*)\}/g, '$1')
    .replaceAll('$0', '')
    .replaceAll('\t', '  ');
}
