/**
 * What nvim-dap 0.10.0 sends, in its order, recorded from neovim 0.7.2. It knows no function and data breakpoints, asks for
 * no memory, and sends no conditions for exception filters: all that goes through `evaluate`, with the context `repl`.
 */
import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { fromRoot } from '../../tools/lib/root.mjs';
import { Place } from './support.js';

type Adapter = ChildProcessByStdio<Writable, Readable, null>;

/** The client's side of the protocol, as plain as possible. */
class Wire {
  readonly events: DebugProtocol.Event[] = [];
  private readonly answers = new Map<number, (answer: DebugProtocol.Response) => void>();
  private readonly listeners = new Set<() => void>();
  private rest = Buffer.alloc(0);
  private seq = 0;

  constructor(private readonly adapter: Adapter) {
    adapter.stdout.on('data', (data: Buffer) => this.read(data));
  }

  private read(data: Buffer): void {
    this.rest = Buffer.concat([this.rest, data]);
    for (;;) {
      const head = /^Content-Length: (\d+)\r\n\r\n/.exec(this.rest.toString('latin1', 0, 100));
      const end = head ? head[0].length + Number(head[1]) : Infinity;
      if (!head || this.rest.length < end) return;
      const message = JSON.parse(this.rest.toString('utf8', head[0].length, end)) as DebugProtocol.ProtocolMessage;
      this.rest = this.rest.subarray(end);
      if (message.type === 'event') this.events.push(message as DebugProtocol.Event);
      else this.answers.get((message as DebugProtocol.Response).request_seq)?.(message as DebugProtocol.Response);
      for (const listener of this.listeners) listener();
    }
  }

  async send<T = Record<string, never>>(command: string, args?: object): Promise<T> {
    const seq = ++this.seq;
    const answer = new Promise<DebugProtocol.Response>((resolve) => this.answers.set(seq, resolve));
    const body = JSON.stringify({ seq, type: 'request', command, ...(args && { arguments: args }) });
    this.adapter.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    const response = await answer;
    assert.ok(response.success, `${command}: ${response.message ?? ''}`);
    return response.body as T;
  }

  /** The n-th event of a name, counted from 0. */
  async event<T>(name: string, n = 0): Promise<T> {
    const found = (): DebugProtocol.Event | undefined => this.events.filter((e) => e.event === name)[n];
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${name} event came`)), 20_000);
      const look = (): void => {
        if (!found()) return;
        clearTimeout(timer);
        this.listeners.delete(look);
        resolve();
      };
      this.listeners.add(look);
      look();
    });
    return found()!.body as T;
  }
}

describe('gmap dap, for nvim-dap', function () {
  this.timeout(60_000);
  const place = new Place();
  let adapter: Adapter;
  let wire: Wire;
  let stops = 0;
  let thread = 0;

  before(() => {
    adapter = spawn(process.execPath, [fromRoot('dist/gmap.js'), 'dap'], { stdio: ['pipe', 'pipe', 'inherit'] });
    wire = new Wire(adapter);
  });
  after(() => {
    adapter.kill();
    place.remove();
  });

  /** What nvim-dap asks at each stop; gives the innermost frame. */
  async function stopped(): Promise<string> {
    const { threadId } = await wire.event<{ threadId: number }>('stopped', stops++);
    thread = threadId;
    const { stackFrames } = await wire.send<{ stackFrames: DebugProtocol.StackFrame[] }>('stackTrace', {
      threadId,
      startFrame: 0,
    });
    const [frame] = stackFrames;
    const source = frame!.source;
    if (source?.sourceReference) {
      const { sourceReference } = source;
      const { content } = await wire.send<{ content: string }>('source', { sourceReference, source });
      assert.match(content, new RegExp(`^${frame!.name}\\(`));
    }
    const { scopes } = await wire.send<{ scopes: DebugProtocol.Scope[] }>('scopes', { frameId: frame!.id });
    for (const { variablesReference } of scopes.filter(({ expensive }) => !expensive)) {
      await wire.send('variables', { variablesReference });
    }
    return `${frame!.name}:${frame!.line}`;
  }

  async function step(command: string): Promise<string> {
    await wire.send(command, { threadId: thread, granularity: 'statement' });
    return stopped();
  }

  /** A line typed into the REPL; where it leads to another stop, `moves` says so. */
  async function console(expression: string, moves = false): Promise<string> {
    const { stackFrames } = await wire.send<{ stackFrames: DebugProtocol.StackFrame[] }>('stackTrace', {
      threadId: thread,
      startFrame: 0,
    });
    const args = { expression, context: 'repl', frameId: stackFrames[0]!.id };
    const { result } = await wire.send<{ result: string }>('evaluate', args);
    return moves ? stopped() : result;
  }

  it('starts, and stops on a breakpoint', async () => {
    await wire.send('initialize', {
      clientName: 'neovim',
      clientID: 'neovim',
      adapterID: 'nvim-dap',
      pathFormat: 'path',
      columnsStartAt1: true,
      linesStartAt1: true,
      supportsRunInTerminalRequest: true,
      supportsVariableType: true,
      supportsProgressReporting: true,
      supportsStartDebuggingRequest: true,
      locale: 'C.UTF-8',
    });
    const launch = { request: 'launch', type: 'gmap', name: 'Debug this scenario', program: place.scenario };
    const launched = wire.send('launch', launch);
    await wire.event('initialized');
    await wire.send('setBreakpoints', {
      lines: [12],
      sourceModified: false,
      breakpoints: [{ line: 12 }],
      source: { name: 'first-walk.gmap', path: place.scenario },
    });
    await wire.send('setExceptionBreakpoints', { filters: ['expectation', 'bug'] });
    await wire.send('configurationDone');
    await launched;
    const { threads } = await wire.send<{ threads: DebugProtocol.Thread[] }>('threads');
    assert.equal(threads.length, 1);
    assert.equal(await stopped(), 'a reclaimed prefix page is notified once:12');
  });

  it('steps into a walk, and back', async () => {
    assert.equal(await step('stepIn'), 'gmap_mprotect_notify:3');
    assert.equal(await step('stepIn'), 'gmap_mprotect_notify:4');
    assert.equal(await step('stepIn'), 'gmap_pte_op_walk:2');
    assert.equal(await step('stepBack'), 'gmap_mprotect_notify:4');
    assert.equal(await step('stepOut'), 'a reclaimed prefix page is notified once:13');
    assert.equal(await step('reverseContinue'), 'a reclaimed prefix page is notified once:12');
  });

  it('does in the console what nvim-dap has no request for', async () => {
    assert.match(await console('break gmap_table_walk if gaddr == 0x3000'), /breakpoint/);
    assert.match(await step('continue'), /^gmap_table_walk:/);
    assert.equal(await console('gaddr'), '0x3000');
    assert.match(await console('watch pgste(vm, 0x2000).IN'), /breakpoint/);
    assert.match(await console('catch notifier if notifier == kvm'), /breakpoint/);
    assert.match(await console('delete 2'), /./);
    assert.match(await console('goto end', true), /^a reclaimed prefix page is notified once:/);
    assert.match(await step('reverseContinue'), /^ptep_xchg_direct:/);
    assert.match(await step('reverseContinue'), /^gmap_call_notifier:/);
    assert.match(await console('where'), /ptep_notify[^]*reclaim/);
    assert.match(await console('back', true), /^ptep_notify:/);
    assert.match(await console('who pgste(vm, 0x2000).IN'), /ptep_force_prot[^]*ptep_xchg_direct/);
  });

  it('ends', async () => {
    await wire.send('disconnect', { restart: false, terminateDebuggee: true });
    if (adapter.exitCode === null) await new Promise((resolve) => adapter.once('close', resolve));
    assert.equal(adapter.exitCode, 0);
  });
});
