/** Clients that go without a word, files that go or change, many sessions: nothing breaks, and nothing is left. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { nodeHost, serveStdio, serveTcp } from '../../src/debug/node-adapter.js';
import { createSession } from '../../src/debug/session.js';
import { bundle, folder, SETUP, start } from '../cli/support.js';
import { Client } from './client.js';

const ENDLESS = `${SETUP}repeat 1000000000 {\n  guest write vm 0x2000\n}\n`;
const SHORT = `${SETUP}guest write vm 0x2000 -> 0\nhost reclaim 0x10002000\n`;

const frame = (message: object): string => {
  const text = JSON.stringify({ type: 'request', ...message });
  return `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
};
/** Everything that a client says until the scenario runs. */
const running = (program: string): string =>
  [
    { seq: 1, command: 'initialize', arguments: { adapterID: 'gmap' } },
    { seq: 2, command: 'launch', arguments: { program } },
    { seq: 3, command: 'configurationDone' },
  ].map(frame).join(''); // prettier-ignore

/** Resolves when a stream has said something. */
async function said(stream: NodeJS.ReadableStream, text: string): Promise<void> {
  for (let all = ''; !all.includes(text);) all += ((await once(stream, 'data')) as [Buffer])[0].toString();
}

const closed = (server: Server): Promise<unknown> => new Promise((resolve) => server.close(resolve));

/** What keeps this process alive, or goes on in it; the timers are those of the test's own time limit. */
async function resources(): Promise<string[]> {
  // What ends needs a few turns for it.
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
  return process.getActiveResourcesInfo().filter((name) => name !== 'Timeout').sort(); // prettier-ignore
}

describe('a client that goes', function () {
  this.timeout(60_000);
  const cwd = folder({ 'endless.gmap': ENDLESS, 'short.gmap': SHORT });
  const endless = join(cwd, 'endless.gmap');

  it('by closing its end, in the midst of a run, ends the adapter', async () => {
    const child = await start(['dap']);
    const ended = once(child, 'exit');
    child.stdin!.write(running(endless));
    await said(child.stdout!, '"event":"process"');
    child.stdin!.end();
    assert.deepEqual(await ended, [0, null]);
  });

  it('killed, in the midst of a run, ends the adapter', async () => {
    // The client hands its own standard error on: that is closed when both processes are gone.
    const program = `
      const adapter = require('child_process').spawn(process.execPath, [${JSON.stringify(await bundle())}, 'dap'], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      adapter.stdout.pipe(process.stdout);
      adapter.stdin.write(${JSON.stringify(running(endless))});`;
    const client = spawn(process.execPath, ['--eval', program], { stdio: ['ignore', 'pipe', 'pipe'] });
    const both = finished(client.stderr.resume());
    await said(client.stdout, '"event":"process"');
    client.kill('SIGKILL');
    await both;
  });

  it('by dropping its connection, in the midst of a run, leaves nothing behind on the server', async () => {
    const before = await resources();
    const { server, port } = await serveTcp({ port: 0 });
    const socket = connect(port, '127.0.0.1');
    socket.write(running(endless));
    await said(socket, '"event":"process"');
    socket.resetAndDestroy();
    await closed(server);
    assert.deepEqual(await resources(), before);
  });

  it('while its file is read, starts nothing', async () => {
    let read: (text: string) => void = () => undefined;
    const session = createSession({ readFile: () => new Promise((resolve) => (read = resolve)) });
    const events: string[] = [];
    session.onDidSendMessage((message) => events.push((message as unknown as { event: string }).event));
    const send = (command: string, args = {}): void =>
      session.handleMessage({ seq: 1, type: 'request', command, arguments: args } as never);
    send('launch', { program: 'a.gmap' });
    send('configurationDone');
    send('disconnect');
    read(SHORT);
    await resources();
    assert.ok(!events.includes('process') && !events.includes('stopped'), events.join());
  });

  it('that announces a message without end is not waited for', async () => {
    const said: string[] = [];
    const { server, port } = await serveTcp({ port: 0, maxMessageMb: 1, log: (text) => said.push(text) });
    for (const text of [`Content-Length: ${2 ** 20 + 1}\r\n\r\n{`, 'x'.repeat(20_000)]) {
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      socket.resume();
      await once(socket, 'close');
    }
    assert.equal(said.filter((text) => /longer than 1 MB \(--max-message raises/.test(text)).length, 2);
    server.close();
  });

  it('may send messages up to the limit that was chosen', async () => {
    const child = await start(['dap', '--max-message', '1']);
    const ended = once(child, 'exit');
    child.stdin!.write(frame({ seq: 1, command: 'initialize', arguments: { adapterID: 'x'.repeat(2 ** 20 - 200) } }));
    await said(child.stdout!, '"command":"initialize"');
    child.stdin!.write(`Content-Length: ${2 ** 20 + 1}\r\n\r\n`);
    await said(child.stderr!, 'longer than 1 MB');
    await ended;
  });

  it('in the midst of a message, or with half a header, is no error', async () => {
    const before = await resources();
    for (const text of ['Content-Length: 100\r\n\r\n{"seq":1,', 'Content-Le', '\r\n\r\n', '\0'.repeat(1000)]) {
      const input = new PassThrough();
      const output = new PassThrough().resume();
      const served = serveStdio({ input, output });
      input.end(text);
      await served;
    }
    assert.deepEqual(await resources(), before);
  });
});

describe('a file that the system refuses', () => {
  it('is refused in words', async () => {
    const cwd = folder({ file: '' });
    symlinkSync('loop', join(cwd, 'loop'));
    for (const [path, problem] of [
      ['missing', 'there is no such file or folder'],
      ['.', 'it is a folder, not a file'],
      ['file/inside', 'a part of its path is not a folder'],
      ['loop', 'symbolic links lead back to themselves'],
    ] as const) {
      await assert.rejects(nodeHost.readFile(join(cwd, path)), { message: problem });
    }
  });
});

describe('the scenario file of a session', () => {
  const cwd = folder({ 'a.gmap': SHORT });
  const file = join(cwd, 'a.gmap');

  /** A client whose session reads real files. */
  async function stopped(line: number): Promise<Client> {
    writeFileSync(file, SHORT);
    const client = new Client();
    await client.launch({ program: file }, () => client.setLines(file, line));
    assert.equal(await client.where(), `a:${line}`);
    return client;
  }

  it('may be deleted: what ran can be looked at to its end; a restart says what is wrong', async () => {
    const client = await stopped(5);
    rmSync(file);
    await client.move('next');
    assert.equal(await client.where(), 'a:6');
    assert.match(await client.evaluate('pte(vm, 0x2000)'), /^d1/);
    await client.move('stepBack', { granularity: 'statement' });
    assert.match(await client.fails('restart'), /the scenario file .*a\.gmap cannot be read/);
    assert.equal(await client.where(), 'a:5');
    writeFileSync(file, SHORT);
    await client.move('restart');
    assert.equal(await client.where(), 'a:5');
  });

  it('may change: the session stays with what it runs until a restart', async () => {
    const client = await stopped(5);
    writeFileSync(file, 'host mmap 0x10000000 len 1M rw\n');
    await client.move('next');
    assert.equal(await client.where(), 'a:6');
    const end = await client.move('restart');
    assert.equal(end.reason, 'end');
  });

  it('may be debugged twice at the same time', async () => {
    const [first, second] = [await stopped(6), await stopped(6)];
    await first.request('setExpression', { expression: 'pgste(vm, 0x2000).IN', value: '1' });
    assert.equal(await second.where(), 'a:6');
    assert.equal(await second.evaluate('pgste(vm, 0x2000).IN'), '0');
    await first.request('disconnect');
    await second.move('stepBack', { granularity: 'statement' });
    assert.equal(await second.where(), 'a:5');
  });
});

describe('twenty sessions, started and stopped', function () {
  this.timeout(120_000);
  const cwd = folder({ 'short.gmap': SHORT });
  const program = join(cwd, 'short.gmap');

  it('on a port leave no handle and no port', async () => {
    const before = await resources();
    const { server, port } = await serveTcp({ port: 0 });
    for (let i = 0; i < 20; i++) {
      const socket = connect(port, '127.0.0.1');
      const gone = once(socket, 'close');
      socket.write(running(program));
      await said(socket, '"event":"stopped"');
      // Some say that they go, the others just do.
      if (i % 2) socket.write(frame({ seq: 4, command: 'disconnect' }));
      else socket.destroy();
      await gone;
    }
    await closed(server);
    assert.deepEqual(await resources(), before);
    const again = await serveTcp({ port });
    await closed(again.server);
  });

  it('on standard input and output leave no process', async () => {
    for (let round = 0; round < 5; round++) {
      const children = await Promise.all(Array.from({ length: 4 }, () => start(['dap'])));
      const ends = children.map((child) => once(child, 'close'));
      for (const child of children) {
        child.stdin!.write(running(program));
        await said(child.stdout!, '"event":"stopped"');
        child.stdin!.write(frame({ seq: 4, command: 'disconnect' }));
      }
      for (const end of ends) assert.deepEqual(await end, [0, null]);
    }
  });

  it('in one process leave nothing that goes on', async () => {
    const before = await resources();
    for (let i = 0; i < 20; i++) {
      const session = createSession(nodeHost);
      const stopped = new Promise<void>((resolve) => {
        session.onDidSendMessage((message) => {
          if ((message as unknown as { event?: string }).event === 'stopped') resolve();
        });
      });
      session.handleMessage({ seq: 1, type: 'request', command: 'initialize', arguments: {} } as never);
      session.handleMessage({ seq: 2, type: 'request', command: 'launch', arguments: { program } } as never);
      session.handleMessage({ seq: 3, type: 'request', command: 'configurationDone' } as never);
      await stopped;
      session.dispose();
    }
    assert.deepEqual(await resources(), before);
  });
});
