/** A client in the same process: requests in, responses and events out. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { createSession, type GmapDebugSession } from '../../src/debug/session.js';

export const fixture = (name: string): string => new URL(`./fixtures/${name}`, import.meta.url).pathname;

/** 1-based line of the marker comment `# BP: NAME`. */
export function marker(file: string, name: string): number {
  const lines = readFileSync(file, 'utf8').split('\n');
  const line = lines.findIndex((text) => new RegExp(`# BP: ${name}\\b`).test(text)) + 1;
  assert.ok(line > 0, `${file} has no marker ${name}`);
  return line;
}

type Body = Record<string, never>;

export interface Stopped {
  readonly reason: string;
  readonly threadId: number;
  readonly description: string;
  readonly text?: string;
  readonly hitBreakpointIds?: number[];
}

export class Client {
  readonly session: GmapDebugSession;
  readonly messages: DebugProtocol.ProtocolMessage[] = [];
  /** Everything said, in both directions. */
  readonly log: { readonly from: 'client' | 'session'; readonly message: DebugProtocol.ProtocolMessage }[] = [];
  /** Texts of files that are not on disk. */
  readonly files = new Map<string, string>();
  private readonly waiting = new Map<number, (response: DebugProtocol.Response) => void>();
  private readonly listeners = new Set<() => void>();
  private seq = 1;

  constructor() {
    this.session = createSession({
      readFile: (path) => {
        const text = this.files.get(path);
        if (text !== undefined) return Promise.resolve(text);
        return new Promise((resolve) => resolve(readFileSync(path, 'utf8')));
      },
    });
    this.session.onDidSendMessage((message) => {
      const m = structuredClone(message) as DebugProtocol.ProtocolMessage;
      this.messages.push(m);
      this.log.push({ from: 'session', message: m });
      if (m.type === 'response') {
        const response = m as DebugProtocol.Response;
        this.waiting.get(response.request_seq)?.(response);
      }
      for (const listener of this.listeners) listener();
    });
  }

  /** Sends a request; its response may be an error. */
  send(command: string, args?: unknown): Promise<DebugProtocol.Response> {
    const seq = this.seq++;
    const response = new Promise<DebugProtocol.Response>((resolve) => this.waiting.set(seq, resolve));
    const message = { type: 'request', seq, command, arguments: args } as DebugProtocol.Request;
    this.log.push({ from: 'client', message });
    this.session.handleMessage(message);
    return response;
  }

  /** Body of a request that must succeed. */
  async request<T = Body>(command: string, args?: unknown): Promise<T> {
    const response = await this.send(command, args);
    assert.ok(response.success, `${command}: ${response.message ?? ''}`);
    return response.body as T;
  }

  /** Message of a request that must fail. */
  async fails(command: string, args?: unknown): Promise<string> {
    const response = await this.send(command, args);
    assert.equal(response.success, false, `${command} must fail`);
    return response.message ?? '';
  }

  events(name: string): DebugProtocol.Event[] {
    return this.messages.filter(
      (m): m is DebugProtocol.Event => m.type === 'event' && (m as DebugProtocol.Event).event === name,
    );
  }

  get output(): string {
    return this.events('output').map((e) => (e.body as { output: string }).output).join('');
  } // prettier-ignore

  /** Waits for one more event of a name than there are now (or than `seen`). */
  async event<T = Body>(name: string, seen = this.events(name).length): Promise<T> {
    const found = (): DebugProtocol.Event | undefined => this.events(name)[seen];
    if (!found()) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no ${name} event came`)), 15_000);
        const listener = (): void => {
          if (!found()) return;
          clearTimeout(timer);
          this.listeners.delete(listener);
          resolve();
        };
        this.listeners.add(listener);
      });
    }
    return found()!.body as T;
  }

  /** Launches, with breakpoints set by `configure`, and waits for the first stop. */
  async launch(args: Record<string, unknown>, configure?: () => Promise<unknown>): Promise<Stopped> {
    await this.request('initialize', { adapterID: 'gmap', pathFormat: 'path', supportsProgressReporting: true });
    const launched = this.request('launch', args);
    const stopped = this.event<Stopped>('stopped', 0);
    await configure?.();
    await this.request('configurationDone');
    await launched;
    return stopped;
  }

  /** A request that moves the cursor, and the stop that it leads to. */
  async move(command: string, args: Record<string, unknown> = {}): Promise<Stopped> {
    const seen = this.events('stopped').length;
    await this.request(command, { threadId: 1, ...args });
    return this.event<Stopped>('stopped', seen);
  }

  async stack(threadId = 1): Promise<DebugProtocol.StackFrame[]> {
    const { stackFrames } = await this.request<{ stackFrames: DebugProtocol.StackFrame[] }>('stackTrace', { threadId });
    return stackFrames;
  }

  /** `gmap_table_walk:4 < gmap_pte_op_walk:2 < …` */
  async where(threadId = 1): Promise<string> {
    return (await this.stack(threadId)).map((f) => `${f.name}:${f.line}`).join(' < ');
  }

  async step(): Promise<number> {
    return (await this.request<{ step: number }>('gmap/position')).step;
  }

  async scopes(frame = 0, threadId = 1): Promise<Map<string, number>> {
    const frames = await this.stack(threadId);
    const { scopes } = await this.request<{ scopes: DebugProtocol.Scope[] }>('scopes', { frameId: frames[frame]!.id });
    return new Map(scopes.map((s) => [s.name, s.variablesReference]));
  }

  async variables(reference: number, more: object = {}): Promise<DebugProtocol.Variable[]> {
    const body = await this.request<{ variables: DebugProtocol.Variable[] }>('variables', {
      variablesReference: reference,
      ...more,
    });
    return body.variables;
  }

  /** A variable by its path, from a scope on. */
  async variable(...path: string[]): Promise<DebugProtocol.Variable> {
    let reference = (await this.scopes()).get(path[0]!);
    let found: DebugProtocol.Variable | undefined;
    for (const name of path.slice(1)) {
      assert.ok(reference, `nothing to open for ${name}`);
      const list = await this.variables(reference);
      found = list.find((v) => v.name === name || v.name.startsWith(`${name} `));
      assert.ok(found, `no '${name}' among ${list.map((v) => v.name).join(', ')}`);
      reference = found.variablesReference;
    }
    return found!;
  }

  async evaluate(expression: string, context = 'watch'): Promise<string> {
    return (await this.request<{ result: string }>('evaluate', { expression, context })).result;
  }

  setLines(path: string, ...lines: (number | DebugProtocol.SourceBreakpoint)[]): Promise<DebugProtocol.Breakpoint[]> {
    const breakpoints = lines.map((line) => (typeof line === 'number' ? { line } : line));
    return this.breakpoints('setBreakpoints', { source: { path }, breakpoints });
  }

  async breakpoints(command: string, args: object): Promise<DebugProtocol.Breakpoint[]> {
    return (await this.request<{ breakpoints: DebugProtocol.Breakpoint[] }>(command, args)).breakpoints;
  }
}
