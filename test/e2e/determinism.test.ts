// A run is the same everywhere: `gmap trace --json` says byte for byte the same in Node and in the browser.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { build, type Plugin } from 'esbuild';
import type { Page } from 'playwright-core';
import { fromRoot } from '../../tools/lib/root.mjs';
import { gmap } from '../cli/support.js';
import { theBrowser } from './editor.js';

/** What of Node the command asks for, on top of `files`, a map from paths to texts. */
const standIns: Readonly<Record<string, string>> = {
  fs: 'export const readFileSync = (path) => files[path];',
  'fs/promises': 'export const readFile = async (path) => files[path], readdir = undefined, stat = undefined;',
  path: `export const dirname = (path) => path.replace(/[/][^/]*$/, ''),
    join = (...parts) => parts.join('/'), resolve = join;`,
  'timers/promises': 'export const setImmediate = () => new Promise((resolve) => setTimeout(resolve));',
};

const nodeStandIns: Plugin = {
  name: 'node-stand-ins',
  setup(bundle) {
    bundle.onResolve({ filter: /^node:/ }, ({ path }) => ({ path: path.replace('node:', ''), namespace: 'stand-in' }));
    bundle.onLoad({ filter: /.*/, namespace: 'stand-in' }, ({ path }) => ({ contents: standIns[path] ?? '' }));
  },
};

/** The program for the browser: `trace(path, options)` gives what the command writes. */
async function program(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: fromRoot(),
    stdin: {
      contents: `
        import { traceCommand } from './src/cli/trace.js';
        globalThis.trace = async (path, options) => {
          const texts = [];
          const stdout = { on() {}, write(text, done) { texts.push(text); done(); } };
          globalThis.process = { env: {}, once() {}, off() {}, stdout, stderr: stdout };
          await traceCommand(path, { json: true, scenario: [], function: [], ...options });
          return texts.join('');
        };`,
      resolveDir: fromRoot(),
    },
    bundle: true,
    write: false,
    format: 'iife',
    mainFields: ['browser', 'module', 'main'],
    plugins: [nodeStandIns],
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

const texts = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(fromRoot(folder))
      .filter((name) => /[.](gmap|schedule)$/.test(name))
      .map((name) => [`${folder}/${name}`, readFileSync(fromRoot(`${folder}/${name}`), 'utf8')]),
  );
const files: Readonly<Record<string, string>> = {
  ...texts('examples'),
  ...texts('examples/history'),
  ...texts('examples/threads'),
};

describe('a trace in Node and in the browser', function () {
  this.timeout(60_000);
  let page: Page;

  before(async () => {
    page = await (await theBrowser()).newPage();
    await page.evaluate(`globalThis.files = ${JSON.stringify(files)};`);
    await page.evaluate(await program());
  });
  after(() => page.close());

  /** Compares the traces of a file; `options` are options of the command. */
  const same = async (path: string, options: Readonly<Record<string, string>> = {}): Promise<void> => {
    const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    const { code, stdout } = await gmap(['trace', '--json', path, ...flags]);
    assert.equal(code, 0);
    assert.ok(stdout.split('\n').length > 20, stdout);
    const there = await page.evaluate(`trace(${JSON.stringify(path)}, ${JSON.stringify(options)})`);
    assert.ok(there === stdout, `${path} runs in another way in the browser`);
  };

  const plain = ['first-walk', 'both-generations', 'dirty-log', 'mmap-sem-lost', 'storage-keys', 'topmost-segment'];
  const history = ['S3-beyond-the-limit', 'S5-two-guest-aliases'].map((name) => `history/${name}`);
  const threads = [
    'arming-meets-reclaim',
    'deadlock-recursive-read',
    'misuse-free-during-arm',
    'vcpu-prefix-reclaimed',
  ];
  for (const name of [...plain, ...history, ...threads.map((thread) => `threads/${thread}`)]) {
    it(`is the same: ${name}`, () => same(`examples/${name}.gmap`));
  }

  for (const generation of ['after', 'before']) {
    it(`is the same in generation ${generation}`, () => same('examples/walk-beyond-the-limit.gmap', { generation }));
  }

  it('is the same with a schedule that is followed', () => {
    const path = 'examples/threads/arm-vs-reclaim-at-ptl';
    return same(`${path}.gmap`, { schedule: `${path}.schedule` });
  });
});
