// The npm package as a person gets it: packed, then used in empty folders without a network.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fromRoot } from '../../tools/lib/root.mjs';
import { cleanEnvironment, npmCommand } from '../../tools/lib/run.mjs';

const { version } = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8')) as { version: string };
const MB = 1_000_000;

describe('the npm package', function () {
  this.timeout(180_000);
  const scratch = mkdtempSync(join(tmpdir(), 'gmap-debug-npm-'));
  const tarball = `gmap-debug-${version}.tgz`;
  const installed = join(scratch, 'installed');
  let content: string[] = [];

  /** A new folder with nothing but the tarball. */
  function emptyFolder(name: string): string {
    const folder = join(scratch, name);
    mkdirSync(folder);
    cpSync(join(scratch, tarball), join(folder, tarball));
    return folder;
  }

  interface Said {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
  }

  /** Runs npm or a program in a folder, with an empty home and cache, and no way to a registry. */
  async function say(cwd: string, command: readonly string[]): Promise<Said> {
    const [program = '', ...args] = command;
    const env = {
      ...cleanEnvironment(),
      HOME: scratch,
      USERPROFILE: scratch,
      NO_COLOR: '1',
      npm_config_cache: join(scratch, 'cache'),
      npm_config_offline: 'true',
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_update_notifier: 'false',
      npm_config_userconfig: join(scratch, 'npmrc'),
    };
    try {
      return { code: 0, ...(await promisify(execFile)(program, args, { cwd, env, maxBuffer: 64 * MB })) };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string };
      assert.equal(typeof code, 'number', String(error));
      return { code: code as number, stdout, stderr };
    }
  }

  const npx = (cwd: string, ...args: string[]): Promise<Said> => {
    return say(cwd, [...npmCommand(), 'exec', '--yes', '--', `./${tarball}`, ...args] as [string, ...string[]]);
  };
  const node = (cwd: string, ...args: string[]): Promise<Said> => say(cwd, [process.execPath, ...args]);

  before(async () => {
    const [npm, ...args] = npmCommand() as [string, ...string[]];
    const options = { cwd: fromRoot(), env: cleanEnvironment() };
    const pack = [...args, 'pack', '--json', '--silent', '--pack-destination', scratch];
    const { stdout } = await promisify(execFile)(npm, pack, options);
    content = (JSON.parse(stdout) as [{ files: { path: string }[] }])[0].files.map(({ path }) => path);
    emptyFolder('installed');
    const { code, stderr } = await say(installed, [...npmCommand(), 'install', `./${tarball}`]);
    assert.equal(code, 0, stderr);
  });

  after(() => rmSync(scratch, { recursive: true, force: true }));

  it('holds what is needed, and nothing else', () => {
    const folders = /^(docs|editors|examples)\//;
    assert.deepEqual(content.filter((path) => !folders.test(path)).sort(), [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'THIRD-PARTY-NOTICES',
      'dist/api/index.d.ts',
      'dist/api/index.js',
      'dist/api/types.d.ts',
      'dist/explore-worker.js',
      'dist/gmap.js',
      'package.json',
    ]);
    const kinds = new Set(content.filter((path) => folders.test(path)).map((path) => /[^.]*$/.exec(path)![0]));
    for (const kind of kinds) assert.match(kind, /^(md|gmap|vim|el|schedule)$/);
  });

  it('is small', () => assert.ok(statSync(join(scratch, tarball)).size < 1.5 * MB));

  it('brings no other package', () => {
    const packages = readdirSync(join(installed, 'node_modules')).filter((name) => !name.startsWith('.'));
    assert.deepEqual(packages, ['gmap-debug']);
  });

  describe('with npx, in an empty folder', () => {
    const folder = join(scratch, 'empty');
    before(() => emptyFolder('empty'));

    it('says its version', async () => {
      const { code, stdout } = await npx(folder, '--version');
      assert.deepEqual({ code, stdout }, { code: 0, stdout: `${version}\n` });
    });

    it('helps', async () => {
      const { code, stdout } = await npx(folder, '--help');
      assert.equal(code, 0);
      for (const command of ['run', 'trace', 'check', 'diff', 'dap'])
        assert.match(stdout, new RegExp(`^  ${command} `, 'm'));
    });

    it('runs a scenario, and fails where it fails', async () => {
      cpSync(fromRoot('examples/first-walk.gmap'), join(folder, 'good.gmap'));
      writeFileSync(join(folder, 'bad.gmap'), 'host mmap 0x10000000 len 1M rw -> -EINVAL\n');
      assert.equal((await npx(folder, 'run', 'good.gmap')).code, 0);
      const { code, stdout, stderr } = await npx(folder, 'run', 'bad.gmap');
      assert.equal(code, 1);
      assert.match(stdout + stderr, /bad\.gmap:1/);
    });
  });

  it('runs every example that it brings', async () => {
    const bin = join(installed, 'node_modules/gmap-debug/dist/gmap.js');
    const { code, stdout } = await node(installed, bin, 'run', '--quiet', 'node_modules/gmap-debug/examples');
    assert.equal(code, 0, stdout);
  });

  it('is a debug adapter', async () => {
    const bin = join(installed, 'node_modules/.bin/gmap');
    const body = JSON.stringify({ seq: 1, type: 'request', command: 'initialize', arguments: { adapterID: 'gmap' } });
    const adapter = spawn(bin, ['dap'], {
      cwd: installed,
      stdio: ['pipe', 'pipe', 'inherit'],
      shell: process.platform === 'win32',
    });
    let answer = '';
    adapter.stdout.on('data', (data: Buffer) => (answer += data.toString()));
    adapter.stdin.end(`Content-Length: ${body.length}\r\n\r\n${body}`);
    await new Promise((resolve) => adapter.on('close', resolve));
    assert.match(answer, /"supportsStepBack":true/);
  });

  describe('as a library', () => {
    const page = readFileSync(fromRoot('docs/api.md'), 'utf8');
    const [, example] = /^```js\n(.*?)^```$/ms.exec(page)!;
    const [, printed] = /^```text\n(.*?)^```$/ms.exec(page)!;

    before(() => cpSync(fromRoot('examples/first-walk.gmap'), join(installed, 'first-walk.gmap')));

    it('runs the example of docs/api.md, which prints what the page says', async () => {
      writeFileSync(join(installed, 'example.mjs'), example!);
      const { code, stdout, stderr } = await node(installed, 'example.mjs');
      assert.equal(code, 0, stderr);
      assert.equal(stdout, printed);
    });

    it('can be required, too', async () => {
      const program = `const { compile, run } = require('gmap-debug');
        run(compile('host mmap 0x1000 len 4K rw -> 0')).then((r) => console.log(r.passed, r.scenario, r.walk().next().value.kind));`;
      const { stdout, stderr } = await node(installed, '--eval', program);
      assert.equal(stdout, 'true scenario operation\n', stderr);
    });

    it('has types, which need no others', async () => {
      writeFileSync(join(installed, 'example.mts'), example!.replace('hex(number)', 'hex(number: bigint): string'));
      const tsc = fromRoot('node_modules/typescript/bin/tsc');
      const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--lib', 'es2023,dom'];
      const { code, stdout } = await node(installed, tsc, ...options, '--typeRoots', '.', 'example.mts');
      assert.equal(code, 0, stdout);
    });
  });
});
