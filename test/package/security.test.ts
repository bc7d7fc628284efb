// What ships evaluates no text, talks to nobody, and writes nowhere but where a person says.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { fromRoot } from '../../tools/lib/root.mjs';

/** The modules of Node that each bundle may ask for. `net` is for the server of the debug adapter, see below. */
const MODULES: Readonly<Record<string, readonly string[]>> = {
  'extension.js': ['./heavy.js', 'vscode'],
  'heavy.js': ['events', 'fs', 'net', 'path', 'url', 'util'],
  'extension.web.js': ['util', 'vscode'],
  'panel.js': [],
  'gmap.js': [
    'child_process', 'crypto', 'events', 'fs', 'fs/promises', 'net', 'os', 'path', 'process', 'readline',
    'stream', 'timers/promises', 'url', 'util', 'worker_threads', 'zlib',
  ],
  'explore-worker.js': ['worker_threads'],
  'api/index.js': ['fs', 'fs/promises', 'path', 'timers/promises', 'util'],
}; // prettier-ignore

/** Globals that evaluate text or reach the network. */
const FORBIDDEN = new Set([
  'eval', 'Function', 'fetch', 'XMLHttpRequest', 'WebSocket', 'WebTransport', 'EventSource', 'importScripts',
  'RTCPeerConnection', 'Worker', 'SharedWorker',
]); // prettier-ignore

interface Uses {
  readonly modules: Set<string>;
  /** Calls of forbidden globals, and others that evaluate text. */
  readonly forbidden: string[];
  /** Calls of the module `net`. */
  readonly net: Set<string>;
}

/** What a bundle calls and asks for, from its syntax. */
function usesOf(text: string): Uses {
  const uses: Uses = { modules: new Set(), forbidden: [], net: new Set() };
  const nets = new Set<string>();
  const source = ts.createSourceFile('bundle.js', text, ts.ScriptTarget.Latest);
  const required = (node: ts.Node): string | undefined => {
    if (!ts.isCallExpression(node)) return undefined;
    const [first] = node.arguments;
    if (node.expression.getText(source) === '__toESM') return first && required(first);
    const isRequire = /(^|[.])require$/.test(node.expression.getText(source));
    return isRequire && first && ts.isStringLiteral(first) ? first.text.replace(/^node:/, '') : undefined;
  };
  const visit = (node: ts.Node): void => {
    const module = required(node);
    if (module !== undefined) uses.modules.add(module);
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const callee = node.expression;
      const [first] = node.arguments ?? [];
      const timer = ts.isIdentifier(callee) && /^set(Timeout|Interval)$/.test(callee.text);
      const asked = ts.isIdentifier(callee) && callee.text === 'require' && module === undefined;
      const imported = callee.kind === ts.SyntaxKind.ImportKeyword;
      const bad = ts.isIdentifier(callee) && FORBIDDEN.has(callee.text);
      const ofGlobal =
        ts.isPropertyAccessExpression(callee) &&
        /^(globalThis|self|window|global)$/.test(callee.expression.getText(source)) &&
        FORBIDDEN.has(callee.name.text);
      if (bad || ofGlobal || asked || imported || (timer && first && ts.isStringLiteralLike(first))) {
        uses.forbidden.push(node.getText(source).slice(0, 100));
      }
    }
    if (ts.isVariableDeclaration(node) && node.initializer && required(node.initializer) === 'net') {
      nets.add(node.name.getText(source));
    }
    if (ts.isPropertyAccessExpression(node) && nets.has(node.expression.getText(source))) {
      // Minified: `(0, net.createServer)(…)`.
      uses.net.add(node.name.text + /^[)]?([(][^(]*?[)])?/.exec(text.slice(node.end))![0]);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return uses;
}

describe('what ships', function () {
  this.timeout(180_000);
  const all = new Map<string, Uses>();
  const scratch = mkdtempSync(join(tmpdir(), 'gmap-debug-security-'));
  after(() => rmSync(scratch, { recursive: true, force: true }));

  before(async () => {
    const build = fromRoot('tools/build.mjs');
    const names = ['extension', 'heavy', 'web', 'panel', 'cli', 'explore-worker', 'api'];
    await promisify(execFile)(process.execPath, [build, ...names, '--production']);
    for (const name of Object.keys(MODULES)) all.set(name, usesOf(readFileSync(fromRoot('dist', name), 'utf8')));
    cpSync(fromRoot('examples'), join(scratch, 'examples'), { recursive: true });
  });

  it('evaluates no text, and uses nothing that reaches the network', () => {
    for (const [name, { forbidden }] of all) assert.deepEqual(forbidden, [], name);
  });

  it('asks for no module of Node beyond those it needs', () => {
    for (const [name, { modules }] of all) assert.deepEqual([...modules].sort(), MODULES[name], name);
  });

  it('opens no connection: of Node’s net it takes the server, and what stays on this machine', () => {
    // The last two are the ways of a package to reach an editor by a pipe or a port of this machine; gmap lsp has no such option.
    const local = /^(createServer\b|createConnection[)][(](pipeName|port,\s*"127[.]0[.]0[.]1")[)])/;
    const calls = [...all.values()].flatMap(({ net }) => [...net]);
    assert.ok(calls.some((call) => call.startsWith('createServer')));
    assert.deepEqual(
      calls.filter((call) => !local.test(call)),
      [],
    );
  });

  // Node refuses every write, and to start anything; to read is allowed.
  const permission = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  const readOnly = [permission, '--allow-fs-read=*', '--no-warnings', fromRoot('dist/gmap.js')];

  it('runs, traces and checks scenarios where nothing may be written', async () => {
    const say = (...args: string[]) => promisify(execFile)(process.execPath, [...readOnly, ...args], { cwd: scratch });
    assert.match((await say('run', 'examples/first-walk.gmap', 'examples/threads')).stdout, /\bpassed\b/);
    assert.match((await say('trace', '--json', 'examples/first-walk.gmap')).stdout, /gmap_mprotect_notify/);
    assert.equal((await say('check', 'examples')).stderr, '');
    await assert.rejects(say('run', '--junit', 'x.xml', 'examples/first-walk.gmap'), /cannot be written/);
  });

  it('debugs where nothing may be written, whatever paths a launch names', async () => {
    const adapter = spawn(process.execPath, [...readOnly, 'dap'], { cwd: scratch, stdio: ['pipe', 'pipe', 'inherit'] });
    let answers = '';
    adapter.stdout.on('data', (data: Buffer) => (answers += data.toString()));
    const program = join(scratch, 'examples/first-walk.gmap');
    const requests: [string, object][] = [
      ['initialize', { adapterID: 'gmap', pathFormat: 'path' }],
      ['launch', { program, kernelSource: scratch, logFile: join(scratch, 'log'), stopOnEntry: true }],
      ['configurationDone', {}],
    ];
    for (const [seq, [command, args]] of requests.entries()) {
      const text = JSON.stringify({ seq: seq + 1, type: 'request', command, arguments: args });
      adapter.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    }
    while (!answers.includes('"event":"stopped"')) await new Promise((resolve) => adapter.stdout.once('data', resolve));
    adapter.stdin.end();
    const [code] = await new Promise<[number]>((resolve) => adapter.once('exit', (...end) => resolve(end as never)));
    assert.equal(code, 0);
    assert.doesNotMatch(answers, /ERR_ACCESS_DENIED|made a mistake/);
  });
});
