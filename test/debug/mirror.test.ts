/**
 * What holds for every scenario: steps visit what breakpoints everywhere visit, reverse-continue mirrors continue, and a
 * moment is the same whether it is reached forwards or backwards.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import fc from 'fast-check';
import type { PositionResponse } from '../../src/debug/protocol.js';
import { parseOperation } from '../../src/engine/operation.js';
import { compileFile } from '../../src/scenario/compile.js';
import { operationsToScenario } from '../../src/scenario/corpus.js';
import { ScenarioRun } from '../../src/scenario/run.js';
import { isThreaded, readCorpus } from '../conformance/corpus.js';
import { program } from '../engine/programs.js';
import { Client, type Stopped } from './client.js';

const examples = new URL('../../examples', import.meta.url).pathname;
const files = readdirSync(examples, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gmap'));

const scenarios = files.sort().flatMap((name) => {
  const path = join(examples, name);
  const { file } = compileFile(readFileSync(path, 'utf8'), path);
  return (file?.scenarios ?? []).map((scenario) => ({
    title: `${name}: ${scenario.name}`,
    path,
    scenario: scenario.name,
    threaded: scenario.statements.some((s) => s.kind === 'threads'),
  }));
});

/** The run stands at its end, or at its first stop. */
async function atEdge(client: Client, { reason }: Stopped): Promise<boolean> {
  if (reason === 'end' || reason === 'entry') return true;
  // A crash or a deadlock is an end too.
  const { step, recorded, ended } = await client.request<PositionResponse>('gmap/position');
  return ended && step === recorded;
}

/** Goes on until the end (or the beginning) and says where it stopped on the way. */
async function visit(client: Client, command: string): Promise<number[]> {
  const visited: number[] = [];
  for (;;) {
    if (await atEdge(client, await client.move(command))) return visited;
    visited.push(await client.step());
    assert.ok(visited.length < 20_000);
  }
}

async function breakEverywhere(client: Client, path: string): Promise<void> {
  const { sources } = await client.request<{ sources: DebugProtocol.Source[] }>('loadedSources');
  for (const source of sources) {
    const all = await client.request<{ breakpoints: DebugProtocol.BreakpointLocation[] }>('breakpointLocations', {
      source,
      line: 1,
      endLine: 10_000,
    });
    const breakpoints = all.breakpoints.map(({ line }) => ({ line }));
    const set = await client.breakpoints('setBreakpoints', { source, breakpoints });
    assert.ok(set.every((b) => b.verified), `${path}: ${JSON.stringify(set.find((b) => !b.verified))}`);
  } // prettier-ignore
}

/** All of storage, as a hash. */
async function hash(client: Client): Promise<string> {
  const memory = { memoryReference: '0', count: 1 << 22 };
  const { data, unreadableBytes } = await client.request<{ data: string; unreadableBytes?: number }>(
    'readMemory',
    memory,
  );
  assert.ok(unreadableBytes, 'that was all of it');
  return createHash('sha1').update(data).digest('hex');
}

/** What holds for any scenario, however it is gone through. */
async function mirrors(start: () => Promise<Client>, path: string, threaded: boolean): Promise<void> {
  const client = await start();
  const first = await client.step();
  await breakEverywhere(client, path);
  const forwards = [first, ...(await visit(client, 'continue'))];
  const end = await hash(client);
  const backwards = await visit(client, 'reverseContinue');
  // The very first stop has a breakpoint too.
  assert.deepEqual(backwards.toReversed(), forwards);

  const free = await start();
  assert.ok(await atEdge(free, await free.move('continue')));
  assert.equal(await hash(free), end, 'breakpoints change nothing');

  const stepper = await start();
  if (threaded) return;
  const states = new Map<number, string>();
  const stepped = [first];
  const some = Math.ceil(forwards.length / 12);
  for (;;) {
    if (stepped.length % some === 0) states.set(stepped.at(-1)!, await hash(stepper));
    if (await atEdge(stepper, await stepper.move('stepIn'))) break;
    stepped.push(await stepper.step());
  }
  assert.deepEqual(stepped, forwards);
  assert.equal(await hash(stepper), end, 'steps change nothing');
  const back: number[] = [];
  while (!(await atEdge(stepper, await stepper.move('stepBack')))) {
    const step = await stepper.step();
    back.push(step);
    if (states.has(step)) assert.equal(await hash(stepper), states.get(step), `step ${step}`);
  }
  assert.deepEqual(back.toReversed(), forwards);
}

/** A program of the corpus' language as a scenario. Loops over gigabytes show nothing new: undefined. */
function shortScenario(generation: 'after' | 'before', lines: readonly string[]): string | undefined {
  const text = operationsToScenario('program', generation, lines.map(parseOperation));
  const { file } = compileFile(text, 'program.gmap');
  const run = new ScenarioRun(file!, file!.scenarios[0]!);
  run.advance(1000);
  return run.ended ? text : undefined;
}

function mirrorsText(text: string): Promise<void> {
  const start = async (): Promise<Client> => {
    const client = new Client();
    client.files.set('program.gmap', text);
    await client.launch({ program: 'program.gmap', stopOnEntry: true });
    return client;
  };
  return mirrors(start, 'program.gmap', false);
}

describe('moving through every example', () => {
  for (const { title, path, scenario, threaded } of scenarios) {
    it(title, () => {
      const start = async (): Promise<Client> => {
        const client = new Client();
        await client.launch({ program: path, scenario, stopOnEntry: true });
        return client;
      };
      return mirrors(start, path, threaded);
    });
  }
});

describe('moving through programs', function () {
  this.timeout(120_000);

  for (const name of ['handmade', 'before-handmade', 'random-a']) {
    it(`of the corpus: ${name}`, async () => {
      let count = 0;
      for await (const record of readCorpus(`test/corpus/traces/${name}.jsonl.gz`)) {
        assert.ok(!isThreaded(record));
        const text = shortScenario(record.gen, record.recs.map(({ op }) => op)); // prettier-ignore
        if (text === undefined) continue;
        try {
          await mirrorsText(text);
        } catch (error) {
          throw new Error(`${record.name}: ${String(error)}`, { cause: error });
        }
        if (++count === 12) break;
      }
      assert.equal(count, 12);
    });
  }

  for (const generation of ['after', 'before'] as const) {
    it(`that chance wrote (${generation})`, () =>
      fc.assert(
        fc.asyncProperty(program(generation), async (lines) => {
          const text = shortScenario(generation, lines);
          fc.pre(text !== undefined);
          await mirrorsText(text);
        }),
        { numRuns: 20 },
      ));
  }
});

describe('every kind of breakpoint', () => {
  const path = join(examples, 'who-notifies.gmap');
  const KINDS = [
    'break gmap_call_notifier',
    'break walk:segment if gaddr == 0x2000',
    'break gmap_table_walk:5 visit >= 1',
    'break 12',
    'catch walk:page',
    'catch notifier if notifier == kvm',
    'watch pgste(vm, 0x2000)',
    'watch pgste(vm, 0x2000).IN',
    'watch pte(vm, 0x2000).address bytes 8',
    'rwatch entry(vm, 0x2000, segment)',
    'awatch entry(vm, 0x2000, segment) if step > 100',
  ];
  for (const kind of KINDS) {
    it(`stops at the same places in both directions: ${kind}`, async () => {
      const client = new Client();
      await client.launch({ program: path });
      await client.evaluate(kind, 'repl');
      const backwards = await visit(client, 'reverseContinue');
      assert.notDeepEqual(backwards, []);
      assert.deepEqual(await visit(client, 'continue'), backwards.toReversed());
    });
  }
});

describe('a breakpoint on a function', () => {
  it('stops wherever stepping comes into it', async () => {
    for (const name of ['first-walk.gmap', 'who-notifies.gmap', 'storage-keys.gmap', 'threads/discard-vs-fault.gmap']) {
      const stepper = new Client();
      const path = join(examples, name);
      await stepper.launch({ program: path, stopOnEntry: true });
      const entered = new Set<string>();
      for (let stopped = await stepper.move('stepIn'); !(await atEdge(stepper, stopped));) {
        const [top, ...callers] = await stepper.stack(stopped.threadId);
        if (callers.length > 0) entered.add(top!.name);
        stopped = await stepper.move('stepIn', { threadId: stopped.threadId });
      }
      assert.ok(entered.size > 3);
      for (const fn of entered) {
        const client = new Client();
        const stopped = await client.launch({ program: path }, () =>
          client.breakpoints('setFunctionBreakpoints', { breakpoints: [{ name: fn }] }),
        );
        assert.equal(stopped.reason, 'function breakpoint', `${name}: ${fn}`);
        assert.equal((await client.stack(stopped.threadId))[0]!.name, fn);
      }
    }
  });
});

describe('a moment', () => {
  it('is the same from both sides', async () => {
    for (const name of ['fresh-page.gmap', 'mmap-sem-lost.gmap', 'two-gmaps.gmap']) {
      const client = new Client();
      await client.launch({ program: join(examples, name), stopOnEntry: true });
      const there = new Map<number, string>();
      const seen = async (): Promise<string> => `${await hash(client)} ${await client.where()}`;
      const length = await (async () => {
        await client.move('continue');
        return client.step();
      })();
      for (let n = 0; n < length; n += 3) {
        await client.move('gmap/goTo', { step: n });
        there.set(await client.step(), await seen());
      }
      for (const [n, state] of [...there].toReversed()) {
        await client.move('gmap/goTo', { step: n });
        assert.equal(await seen(), state, `step ${n}`);
      }
    }
  });
});
