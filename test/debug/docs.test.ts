import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { capabilities } from '../../src/debug/capabilities.js';
import { COMMANDS } from '../../src/debug/console/console.js';
import { FILTERS } from '../../src/debug/filters.js';
import { ATTRIBUTE_NAMES } from '../../src/debug/launch.js';
import { Requests } from '../../src/debug/protocol.js';

const text = readFileSync(new URL('../../docs/debugger.md', import.meta.url), 'utf8');

describe('docs/debugger.md', () => {
  it('has a line for each capability that is announced, and for none that is not', () => {
    const announced = Object.keys(capabilities()).filter((name) => name !== 'completionTriggerCharacters');
    const table = text.slice(text.indexOf('## What it can do'), text.indexOf('## Changing things'));
    const listed = [...table.matchAll(/`((?:supports?|exception)[A-Z]\w+)`/g)].map((m) => m[1]!);
    assert.deepEqual(listed.sort(), announced.sort());
  });

  it('and docs/cli.md has every short form of a command', () => {
    const cli = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
    const missing = COMMANDS.filter((c) => c.aliases?.some((alias) => !cli.includes(`\`${alias}\``)));
    assert.deepEqual(missing, []);
  });

  it('names every launch attribute, command, filter and request', () => {
    const names = [
      ...ATTRIBUTE_NAMES,
      ...COMMANDS.map((c) => c.name),
      ...FILTERS.map((f) => f.id.replace(/^walk:.*/, 'walk:')),
      ...Object.values(Requests),
    ];
    assert.deepEqual(
      names.filter((name) => !new RegExp(`\`${name}\\b`).test(text) && !text.includes(`\`${name}`)),
      [],
    );
  });
});
