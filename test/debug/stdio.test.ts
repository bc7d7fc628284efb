/** The adapter as editors start it: a program of its own, over standard input and output or a port. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { serveTcp } from '../../src/debug/node-adapter.js';
import { fixture, marker } from './client.js';

const main = new URL('adapter.ts', import.meta.url).pathname;
const reclaim = fixture('reclaim.gmap');
const levels = fixture('levels.gmap');
const env = { ...process.env, NODE_OPTIONS: '--import=tsx' };

describe('the adapter over standard input and output', function () {
  this.timeout(30_000);
  let dc: DebugClient;

  beforeEach(async () => {
    dc = new DebugClient('node', main, 'gmap', { env });
    dc.defaultTimeout = 15_000;
    await dc.start();
  });

  afterEach(() => dc.stop());

  const top = async (): Promise<DebugProtocol.StackFrame> =>
    (await dc.stackTraceRequest({ threadId: 1 })).body.stackFrames[0]!;

  it('stops at a breakpoint', async () => {
    await dc.hitBreakpoint({ program: reclaim }, { path: reclaim, line: marker(reclaim, 'arm') });
  });

  it('steps into gmap_mprotect_notify, gmap_pte_op_walk and gmap_table_walk, level by level', async () => {
    await dc.hitBreakpoint({ program: levels }, { path: levels, line: marker(levels, 'second') });
    const stepIn = async (): Promise<string> => {
      await Promise.all([dc.stepInRequest({ threadId: 1 }), dc.waitForEvent('stopped')]);
      const { name, line } = await top();
      return `${name}:${line}`;
    };
    const visited: string[] = [];
    for (let i = 0; i < 8; i++) visited.push(await stepIn());
    assert.deepEqual(visited, [
      'gmap_mprotect_notify:3', 'gmap_mprotect_notify:4', 'gmap_pte_op_walk:2', 'gmap_table_walk:2', 'gmap_table_walk:3',
      'gmap_table_walk:4', 'gmap_table_walk:5', 'gmap_table_walk:7',
    ]); // prettier-ignore
    await Promise.all([dc.stepBackRequest({ threadId: 1 }), dc.waitForEvent('stopped')]);
    assert.equal((await top()).line, 5);
    await Promise.all([dc.reverseContinueRequest({ threadId: 1 }), dc.waitForEvent('stopped')]);
    assert.equal((await top()).line, marker(levels, 'second'));
  });

  it('says what is wrong with a launch, and goes on', async () => {
    await dc.initializeRequest();
    await assert.rejects(
      dc.launchRequest({ program: 'nowhere.gmap' } as never),
      /nowhere.gmap cannot be read: there is no such file/,
    );
    await assert.rejects(dc.launchRequest({}), /'program' is missing/);
    const stopped = dc.waitForEvent('stopped') as Promise<DebugProtocol.StoppedEvent>;
    await dc.launchRequest({ program: reclaim, stopOnEntry: true } as never);
    await dc.configurationDoneRequest();
    assert.equal((await stopped).body.reason, 'entry');
  });

  it('says what the scenario says, with its place', async () => {
    const output = dc.assertOutput('stdout', '--- arming\npte(vm, 0x2000) = d1:03d');
    const stopped = dc.waitForEvent('stopped');
    await dc.launch({ program: reclaim });
    await dc.configurationDoneRequest();
    await Promise.all([output, stopped]);
  });

  it('survives what is no message', async () => {
    const process = (dc as unknown as { _adapterProcess: ChildProcess })._adapterProcess;
    process.stdin!.write('Content-Length: 3\r\n\r\n{a}');
    process.stdin!.write('Content-Length: 4\r\n\r\nnull');
    process.stdin!.write('Content-Length: 2\r\n\r\n[]');
    await dc.hitBreakpoint({ program: reclaim }, { path: reclaim, line: marker(reclaim, 'arm') });
  });
});

describe('another client', function () {
  this.timeout(30_000);

  it('that sends what nvim-dap sends, in its order, gets along', async () => {
    const dc = new DebugClient('node', main, 'gmap', { env });
    dc.defaultTimeout = 15_000;
    await dc.start();
    const initialized = dc.waitForEvent('initialized');
    const { body } = await dc.initializeRequest({
      adapterID: 'nvim-dap', clientID: 'neovim', clientName: 'neovim', columnsStartAt1: true, linesStartAt1: true,
      locale: 'C', pathFormat: 'path', supportsProgressReporting: true, supportsRunInTerminalRequest: true,
      supportsStartDebuggingRequest: true, supportsVariableType: true,
    }); // prettier-ignore
    const filters = body!.exceptionBreakpointFilters!.filter((f) => f.default).map((f) => f.filter);
    const launched = dc.launchRequest({ program: reclaim, name: 'x', type: 'gmap', request: 'launch' } as never);
    await initialized;
    const stopped = dc.waitForEvent('stopped');
    const line = marker(reclaim, 'arm');
    await dc.setBreakpointsRequest({
      source: { path: reclaim, name: 'reclaim.gmap' },
      breakpoints: [{ line }],
      lines: [line],
      sourceModified: false,
    });
    await dc.setExceptionBreakpointsRequest({ filters });
    await dc.configurationDoneRequest();
    await launched;
    await stopped;
    const { threads } = (await dc.threadsRequest()).body;
    const { stackFrames } = (await dc.stackTraceRequest({ threadId: threads[0]!.id, startFrame: 0 })).body;
    assert.equal(stackFrames[0]!.line, line);
    const { scopes } = (await dc.scopesRequest({ frameId: stackFrames[0]!.id })).body;
    for (const scope of scopes) await dc.variablesRequest({ variablesReference: scope.variablesReference });
    // Everything else goes through its console.
    const repl = async (expression: string): Promise<string> =>
      (await dc.evaluateRequest({ expression, context: 'repl', frameId: stackFrames[0]!.id })).body.result;
    await repl('break walk:segment if function == gmap_table_walk');
    const moved = dc.waitForEvent('stopped') as Promise<DebugProtocol.StoppedEvent>;
    await repl('continue');
    assert.equal((await moved).body.reason, 'function breakpoint');
    await dc.stop();
  });
});

describe('the adapter on a port', () => {
  it('gives each connection a session of its own', async () => {
    const { server, port } = await serveTcp({ port: 0 });
    try {
      const clients = [new DebugClient('', '', 'gmap'), new DebugClient('', '', 'gmap')];
      for (const client of clients) await client.start(port);
      for (const [i, client] of clients.entries()) {
        const name = ['arm', 'reclaim'][i]!;
        await client.hitBreakpoint({ program: reclaim }, { path: reclaim, line: marker(reclaim, name) });
      }
      for (const client of clients) await client.disconnectRequest();
    } finally {
      server.close();
    }
  });

  it('is for this machine only', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.0.1', 'example.org', '']) {
      await assert.rejects(
        serveTcp({ port: 0, host }),
        /listens on this machine only: 127.0.0.1, ::1, localhost, not /,
      );
    }
    await assert.rejects(serveTcp({ port: 70_000 }), /a port is 0 to 65535, not 70000/);
  });

  it('can be reached at no other address', async () => {
    const { server, port } = await serveTcp({ port: 0 });
    try {
      assert.equal((server.address() as AddressInfo).address, '127.0.0.1');
      const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
      const others = addresses.filter(({ internal, scopeid = 0 }) => !internal && scopeid === 0);
      for (const { address } of others) {
        const socket = createConnection(port, address);
        const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
        assert.equal(error.code, 'ECONNREFUSED', address);
      }
    } finally {
      server.close();
    }
  });

  it('turns a web page away', async () => {
    const said: string[] = [];
    const { server, port } = await serveTcp({ port: 0, log: (text) => said.push(text) });
    try {
      const message = JSON.stringify({ seq: 1, type: 'request', command: 'initialize', arguments: {} });
      const socket = createConnection(port, '127.0.0.1');
      let answer = '';
      socket.on('data', (data: Buffer) => (answer += data.toString()));
      socket.write(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${message.length}\r\n\r\n${message}`);
      await once(socket, 'close');
      assert.equal(answer, '');
      assert.match(said.join(), /HTTP, was turned away/);
    } finally {
      server.close();
    }
  });

  it('outlives a client that goes without a word', async () => {
    const { server, port } = await serveTcp({ port: 0 });
    try {
      const socket = createConnection(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.destroy();
      const client = new DebugClient('', '', 'gmap');
      await client.start(port);
      await client.initializeRequest();
      await client.disconnectRequest();
    } finally {
      server.close();
    }
  });
});
