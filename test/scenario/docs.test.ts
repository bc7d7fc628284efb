import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { compileFile } from '../../src/scenario/compile.js';
import * as words from '../../src/scenario/words.js';

const text = readFileSync(new URL('../../docs/language.md', import.meta.url), 'utf8');
const examples = [...text.matchAll(/^```gmap\n(.*?)^```$/gms)].map(([, code], i) => ({ code: code!, i }));

describe('docs/language.md', () => {
  for (const { code, i } of examples) {
    it(`example ${i + 1} is sound`, () => {
      // Pieces use what the page declared before.
      const before = [
        /^\s*gmap vm /m.test(code) ? '' : 'gmap vm limit 4G\n',
        /^\s*notifier kvm/m.test(code) ? '' : 'notifier kvm\n',
        'notifier nb1\n',
      ];
      const { diagnostics } = compileFile(/^generation/m.test(code) ? code : before.join('') + code, 'docs');
      const found = diagnostics.map(({ range, message }) => `${range.start.line - before.length}: ${message}`);
      assert.deepEqual(found, [], code);
    });
  }

  it('names every word', () => {
    const tables = [
      words.STATEMENTS,
      words.HOST_ACTIONS,
      words.FACILITIES,
      words.PROTECTIONS,
      words.SHARES,
      words.USAGES,
      words.LOCKS,
      words.ENTRY_LEVELS,
      ...(Object.keys(words.ENTRY_LEVELS) as words.EntryLevelName[]).map(words.entryStates),
    ];
    for (const word of tables.flatMap((table) => Object.keys(table))) {
      assert.match(text, new RegExp(`(^|[^\\w])${word}([^\\w]|$)`, 'm'), word);
    }
  });
});
