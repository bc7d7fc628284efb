/** What a person waits for: the adapter as a program of its own, asked over standard input and output. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProtocolClient } from '@vscode/debugadapter-testsupport/lib/protocolClient.js';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { long, LONG_ROUNDS } from './long.js';
import { compared, figure, median, row, type Row } from './measure.js';

const ADAPTER = [resolve('dist/gmap.js'), 'dap'];
const ROUNDS = 5;
const STEPS = 200;
const FAR = 10_000_000;
/** Rounds of {@link long} that make more than a million micro-steps. */
const MILLION_ROUNDS = 80;

/** A scenario of so many statements; it stops in the first that arms. */
function scenario(statements: number): string {
  const lines = [
    'host mmap 0x10000000 len 16M rw',
    'gmap vm limit 4G',
    'notifier kvm',
    'map vm 0x0 len 16M to 0x10000000',
  ];
  while (lines.length < statements) {
    lines.push('mprotect_notify vm 0x2000 len 8K PROT_WRITE -> 0', 'host reclaim 0x10002000');
  }
  return `${lines.slice(0, statements).join('\n')}\n`;
}

class Adapter extends ProtocolClient {
  private readonly child;

  constructor(command: readonly string[]) {
    super();
    this.child = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.connect(this.child.stdout, this.child.stdin);
  }

  async ask<T>(command: string, args?: object): Promise<T> {
    const response: DebugProtocol.Response = await this.send(command as 'next', args as never);
    return response.body as T;
  }

  /** Sends a request that lets the program go on, and waits until it stands. */
  async move(command: string, args: object = { threadId: 1 }): Promise<void> {
    const stopped = once(this, 'stopped');
    await this.ask(command, args);
    await stopped;
  }

  async launch(args: object): Promise<void> {
    const initialized = once(this, 'initialized');
    await this.ask('initialize', {
      adapterID: 'bench',
      pathFormat: 'path',
      linesStartAt1: true,
      columnsStartAt1: true,
    });
    const stopped = once(this, 'stopped');
    const launched = this.ask('launch', { stopOnEntry: true, ...args });
    await initialized;
    await this.ask('configurationDone');
    await Promise.all([launched, stopped]);
  }

  /** What an editor asks at each stop: the stack, the scopes of the top frame, the variables of the one that it opens by itself. */
  async look(): Promise<void> {
    const stack = { threadId: 1, levels: 20 };
    const { stackFrames } = await this.ask<DebugProtocol.StackTraceResponse['body']>('stackTrace', stack);
    const { scopes } = await this.ask<DebugProtocol.ScopesResponse['body']>('scopes', { frameId: stackFrames[0]!.id });
    const { variablesReference } = scopes.find((scope) => !scope.expensive)!;
    await this.ask('variables', { variablesReference });
  }

  async end(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.stdin.end();
    setTimeout(() => this.child.kill('SIGKILL'), 1000).unref();
    await gone;
  }
}

/** Milliseconds of one step and all that is asked after it: the median of many. */
async function steps(adapter: Adapter, command: string, count = STEPS): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const from = performance.now();
    await adapter.move(command);
    await adapter.look();
    times.push(performance.now() - from);
  }
  return median(times);
}

/** Steps forward and back in turn, round by round. */
async function thereAndBack(adapter: Adapter): Promise<{ forward: number; back: number }> {
  const forward: number[] = [];
  const back: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    forward.push(await steps(adapter, 'stepIn', STEPS / 2));
    back.push(await steps(adapter, 'stepBack', STEPS / 2));
  }
  return { forward: median(forward), back: median(back) };
}

/** The adapter to compare with: mock-debug where a checkout of it is given, else the least that a session can do. */
function other(): { name: string; aim: number; command: string[] } {
  const checkout = process.env['MOCK_DEBUG'];
  if (checkout) {
    const command = [join(checkout, 'dist/debugAdapter.js')];
    if (!existsSync(command[0]!)) throw new Error(`MOCK_DEBUG: there is no ${command[0]!}; build it first`);
    return { name: 'mock-debug', aim: 0.4, command };
  }
  return { name: 'an empty session', aim: 1.5, command: [resolve('dist/bench-floor.js')] };
}

export async function measureDebugger(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'gmap-bench-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  try {
    return [
      ...(await measureSteps(
        file('long.gmap', long(LONG_ROUNDS)),
        file('text.md', 'a line\n'.repeat(2 * ROUNDS * STEPS)),
      )),
      ...(await measureContinue(file('million.gmap', long(MILLION_ROUNDS)))),
      ...(await measureInterruption(join(folder, 'long.gmap'))),
      ...(await measureStart((statements) => file(`start-${statements}.gmap`, scenario(statements)))),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param text a file with a line for each step of the other adapter */
async function measureSteps(program: string, text: string): Promise<Row[]> {
  const rival = other();
  const ours = new Adapter(ADAPTER);
  const theirs = new Adapter(rival.command);
  await ours.launch({ program });
  await theirs.launch({ program: text });
  // Into the first call, out of the long preparation.
  await ours.move('gmap/goTo', { step: 2_000 });
  // Neither is compiled at first.
  await steps(ours, 'stepIn');
  await steps(theirs, 'next');
  const [mine, his]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    mine.push(await steps(ours, 'stepIn', STEPS / 4));
    his.push(await steps(theirs, 'next', STEPS / 4));
  }
  await theirs.end();
  const near = await thereAndBack(ours);
  await ours.move('gmap/goTo', { step: FAR });
  const far = await thereAndBack(ours);
  await ours.end();
  return [
    compared(
      `step, stack, scopes, variables over stdio, beside ${rival.name}`,
      'ms',
      median(mine),
      median(his),
      rival.aim,
    ),
    compared('the same as a step back, beside a step forward, near the start', 'ms', near.back, near.forward, 1.1),
    compared('the same as a step back, after 10 million micro-steps', 'ms', far.back, far.forward, 1.1),
  ];
}

async function measureContinue(program: string): Promise<Row[]> {
  const recording: number[] = [];
  const recorded: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const adapter = new Adapter(ADAPTER);
    await adapter.launch({ program });
    const never = [{ name: 'gmap_pte_op_walk', condition: 'gaddr == 0xdead000' }];
    await adapter.ask('setFunctionBreakpoints', { breakpoints: never });
    const timed = async (): Promise<number> => {
      const from = performance.now();
      await adapter.move('continue');
      const took = performance.now() - from;
      const { recorded } = await adapter.ask<{ recorded: number }>('gmap/position');
      return (took / recorded) * 1_000_000;
    };
    recording.push(await timed());
    await adapter.move('gmap/goTo', { step: 0 });
    recorded.push(await timed());
    await adapter.end();
  }
  const name = 'continue over 1 million micro-steps with a condition that never holds';
  return [row(name, 'ms', median(recorded), 150, true), figure(`${name}, recording them`, 'ms', median(recording))];
}

/** A run that goes on is paused; then the picture and the whole time line of what it recorded are asked for. */
async function measureInterruption(program: string): Promise<Row[]> {
  const pauses: number[] = [];
  const pictures: number[] = [];
  const adapter = new Adapter(ADAPTER);
  await adapter.launch({ program });
  for (let round = 0; round < ROUNDS; round++) {
    await adapter.ask('continue', { threadId: 1 });
    await sleep(200);
    const stopped = once(adapter, 'stopped');
    const asked = performance.now();
    await adapter.ask('pause', { threadId: 1 });
    await stopped;
    pauses.push(performance.now() - asked);
    const drawn = performance.now();
    await adapter.ask('gmap/picture', {});
    await adapter.ask('gmap/timeline', { columns: 300 });
    pictures.push(performance.now() - drawn);
  }
  await adapter.end();
  return [
    row('pause, until the run stands', 'ms', median(pauses), 100, true),
    figure('picture and whole time line, at a pause in a long run', 'ms', median(pictures)),
  ];
}

async function measureStart(file: (statements: number) => string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const statements of [50, 100, 1000, 10_000]) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const from = performance.now();
      const adapter = new Adapter(ADAPTER);
      await adapter.launch({ program: file(statements) });
      times.push(performance.now() - from);
      await adapter.end();
    }
    const name = `spawn to first stop, ${statements.toLocaleString('en')} statements`;
    rows.push(statements === 50 ? row(name, 'ms', median(times), 250, true) : figure(name, 'ms', median(times)));
  }
  return rows;
}
