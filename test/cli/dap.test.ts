import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { folder, gmap, SETUP, start } from './support.js';

interface Message {
  readonly type: string;
  readonly command?: string;
  readonly event?: string;
  readonly success?: boolean;
  readonly body?: Record<string, unknown>;
}

/** As much of the Debug Adapter Protocol as a client needs to run a program. */
class Client {
  private sequence = 0;
  private rest = Buffer.alloc(0);
  private readonly seen: Message[] = [];
  private readonly waiting = new Set<() => void>();

  constructor(
    input: Readable,
    private readonly output: Writable,
  ) {
    input.on('data', (data: Buffer) => {
      this.rest = Buffer.concat([this.rest, data]);
      for (;;) {
        const head = /^Content-Length: (\d+)\r\n\r\n/.exec(this.rest.toString('latin1', 0, 64));
        const end = head ? head[0].length + Number(head[1]) : Infinity;
        if (this.rest.length < end) break;
        this.seen.push(JSON.parse(this.rest.toString('utf8', head![0].length, end)) as Message);
        this.rest = this.rest.subarray(end);
      }
      for (const look of this.waiting) look();
    });
  }

  send(command: string, args: object = {}): void {
    const text = JSON.stringify({ seq: ++this.sequence, type: 'request', command, arguments: args });
    this.output.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  /** The next message that fits, also one that came already; each is taken once. */
  receive(fits: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve) => {
      const look = (): void => {
        const i = this.seen.findIndex(fits);
        if (i < 0) return;
        this.waiting.delete(look);
        resolve(this.seen.splice(i, 1)[0]!);
      };
      this.waiting.add(look);
      look();
    });
  }

  async request(command: string, args: object = {}): Promise<Message> {
    this.send(command, args);
    const answer = await this.receive((m) => m.type === 'response' && m.command === command);
    assert.ok(answer.success, JSON.stringify(answer));
    return answer;
  }

  event(name: string): Promise<Message> {
    return this.receive((m) => m.type === 'event' && m.event === name);
  }

  /** Stops at the first statement, steps in, and goes on to the end. */
  async run(program: string): Promise<void> {
    await this.request('initialize', { adapterID: 'gmap', pathFormat: 'path' });
    this.send('launch', { program, stopOnEntry: true });
    await this.event('initialized');
    await this.request('configurationDone');
    assert.equal((await this.event('stopped')).body!['reason'], 'entry');
    const { threads } = (await this.request('threads')).body as { threads: { id: number }[] };
    const threadId = threads[0]!.id;
    const { stackFrames } = (await this.request('stackTrace', { threadId })).body as {
      stackFrames: { line: number }[];
    };
    assert.equal(stackFrames.at(-1)!.line, 1);
    await this.request('continue', { threadId });
    await this.receive((m) => m.type === 'event' && (m.event === 'stopped' || m.event === 'terminated'));
    await this.request('disconnect');
  }
}

describe('gmap dap', function () {
  this.timeout(120_000);

  const cwd = folder({ 'first.gmap': `${SETUP}guest write vm 0x2000 -> 0\n` });
  const program = join(cwd, 'first.gmap');

  it('debugs on standard input and output, and ends with its client', async () => {
    const child = await start(['dap'], { cwd });
    let errors = '';
    child.stderr!.on('data', (data: Buffer) => (errors += data.toString()));
    const ended = once(child, 'exit');
    await new Client(child.stdout!, child.stdin!).run(program);
    child.stdin!.end();
    assert.deepEqual(await ended, [0, null]);
    assert.equal(errors, '');
  });

  it('debugs on a port, one client after the other', async () => {
    const child = await start(['dap', '--port', '0'], { cwd });
    try {
      const [line] = (await once(child.stdout!, 'data')) as [Buffer];
      const [, host, port] = /^listening on (127\.0\.0\.1):(\d+)\n$/.exec(line.toString())!;
      for (let i = 0; i < 2; i++) {
        const socket = connect(Number(port), host);
        await once(socket, 'connect');
        await new Client(socket, socket).run(program);
        socket.destroy();
      }
      const taken = await gmap(['dap', '--port', port!]);
      assert.equal(taken.code, 2);
      assert.match(taken.stderr, /port \d+ is taken by another program/);
    } finally {
      child.kill();
    }
  });

  it('listens on this machine only', async () => {
    const { code, stderr } = await gmap(['dap', '--port', '0', '--host', '0.0.0.0']);
    assert.equal(code, 2);
    assert.match(stderr, /listens on this machine only: .*, not 0\.0\.0\.0/);
    assert.equal((await gmap(['dap', '--port', '99999'])).code, 2);
  });
});
