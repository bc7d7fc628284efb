/**
 * What holds for every scenario: steps visit what breakpoints everywhere visit, reverse-continue mirrors continue, and a
 * moment is the same whether it is reached forwards or backwards.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { compileFile } from '../../src/scenario/compile.js';
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

/** Goes on until the end (or the beginning) and says where it stopped on the way. */
async function visit(client: Client, command: string, last: string): Promise<number[]> {
  const visited: number[] = [];
  for (;;) {
    const stopped: Stopped = await client.move(command);
    if (stopped.reason === last) return visited;
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

/** Everything in storage, as one number. */
async function hash(client: Client): Promise<number> {
  const { data = '' } = await client.request<{ data?: string }>('readMemory', { memoryReference: '0', count: 1 << 20 });
  let h = 0x811c9dc5;
  for (let i = 0; i < data.length; i++) h = Math.imul(h ^ data.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

describe('moving through every example', () => {
  for (const { title, path, scenario, threaded } of scenarios) {
    it(title, async () => {
      const client = new Client();
      await client.launch({ program: path, scenario, stopOnEntry: true });
      const first = await client.step();
      await breakEverywhere(client, path);
      const forwards = [first, ...(await visit(client, 'continue', 'end'))];
      const backwards = await visit(client, 'reverseContinue', 'entry');
      // The very first stop has a breakpoint too.
      assert.deepEqual(backwards.toReversed(), forwards);

      const stepper = new Client();
      await stepper.launch({ program: path, scenario, stopOnEntry: true });
      if (threaded) return;
      const stepped = [first, ...(await visit(stepper, 'stepIn', 'end'))];
      assert.deepEqual(stepped, forwards);
      const back = await visit(stepper, 'stepBack', 'entry');
      assert.deepEqual(back.toReversed(), forwards);
    });
  }

  it('a moment is the same from both sides', async () => {
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
