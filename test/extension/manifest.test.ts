// package.json says what the extension contributes: here it is held against what there is.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { unknownAttributes } from '../../src/debug/launch.js';
import { fromRoot } from '../../tools/lib/root.mjs';

interface Command {
  readonly command: string;
  readonly icon?: string | { readonly light: string; readonly dark: string };
}
interface Manifest {
  readonly icon: string;
  readonly contributes: {
    readonly commands: readonly Command[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly keybindings: readonly { readonly command: string }[];
    readonly views: { readonly debug: readonly { readonly id: string; readonly icon: string }[] };
    readonly debuggers: readonly {
      readonly configurationAttributes: { readonly launch: { readonly properties: Readonly<Record<string, unknown>> } };
    }[];
  };
}

const read = (path: string): string => readFileSync(fromRoot(path), 'utf8');
const text = read('package.json');
const manifest = JSON.parse(text) as Manifest;
const sources = readdirSync(fromRoot('src/extension'))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => read(`src/extension/${name}`))
  .join('\n');
const { commands, menus, keybindings, views, debuggers } = manifest.contributes;

describe('what package.json contributes', () => {
  it('has a text for each key, and a key for each text', () => {
    const used = new Set(Array.from(text.matchAll(/"%([\w.-]+)%"/g), ([, key]) => key!));
    const given = Object.keys(JSON.parse(read('package.nls.json')) as object);
    assert.deepEqual([...used].sort(), given.sort());
  });

  it('has code behind each command', () => {
    for (const { command } of commands) {
      // Groups of commands are registered by the last part of their names.
      const parts = [command, command.replace(/^gmap\./, ''), command.split('.').at(-1)!];
      assert.ok(
        parts.some((part) => sources.includes(`'${part}'`)),
        command,
      );
    }
  });

  it('has code behind each view', () => {
    for (const { id } of views.debug) assert.ok(sources.includes(`'${id}'`), id);
  });

  it('names only commands that there are, in menus and for keys', () => {
    const known = new Set(commands.map(({ command }) => command));
    const named = [...Object.values(menus).flat(), ...keybindings].map(({ command }) => command);
    assert.deepEqual(
      named.filter((command) => command.startsWith('gmap.') && !known.has(command)),
      [],
    );
  });

  it('says for each command where the palette offers it', () => {
    const said = new Set(menus['commandPalette']!.map(({ command }) => command));
    const everywhere = new Set(['gmap.newScenario', 'gmap.openExample']);
    assert.deepEqual(
      commands.map(({ command }) => command).filter((command) => !said.has(command) && !everywhere.has(command)),
      [],
    );
  });

  it('has each picture', () => {
    const icons = commands.flatMap(({ icon }) => (typeof icon === 'object' ? [icon.light, icon.dark] : []));
    for (const path of [manifest.icon, ...views.debug.map(({ icon }) => icon), ...icons]) {
      assert.ok(existsSync(fromRoot(path)), path);
    }
  });

  it('describes the launch attributes that the session knows', () => {
    const { properties } = debuggers[0]!.configurationAttributes.launch;
    for (const name of Object.keys(properties)) assert.deepEqual(unknownAttributes({ [name]: 1 }), [], name);
    const documented = Array.from(read('docs/debugger.md').matchAll(/^\| `(\w+)` \|/gm), ([, name]) => name!);
    const missing = documented.filter((name) => unknownAttributes({ [name]: 1 }).length === 0 && !(name in properties));
    // VS Code has a way of its own to say these two.
    assert.deepEqual([...new Set(missing)].sort(), ['line', 'noDebug']);
  });
});
