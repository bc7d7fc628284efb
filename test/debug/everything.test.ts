/** Everything that a person can look at, in every example, at moments throughout the run: it is there, and looking changes nothing. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { TreeResponse } from '../../src/debug/protocol.js';
import { Picture } from '../../src/debug/picture/model.js';
import { Timeline } from '../../src/debug/timeline-model.js';
import { Client } from './client.js';

const examples = ['examples', 'examples/history', 'examples/threads', 'examples/tutorial'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.gmap'))
    .map((name) => `${folder}/${name}`),
);

/** Moments of a run that are looked at, besides its beginning and end. */
const MOMENTS = 6;
const COMMANDS = [
  'where', 'list', 'position', 'schedule', 'info breakpoints', 'info threads', 'info locks', 'info notifiers', 'info gmaps',
  'mem 0x1000 64', 'help', 'g0,x', '1 + 2,b', '3,d',
]; // prettier-ignore
const EXPRESSIONS = [
  'rc', 'function', 'step', 'thread', 'level', 'machine.esop', 'g0.allocated', 'visits(gmap_table_walk)', 'held(mmap_sem)',
  'held(pcl)', 'word(0x1000)', 'word(0x4000).I',
]; // prettier-ignore

/** What may be asked at any moment, and have no answer there: an error for a person then. */
const MAYBE = [
  'g0.asce', 'entry(g0, 0x2000, segment)', 'translate(g0, 0x2000)', 'pte(g0, 0x2000).value', 'calls(nb0)', 'gmap', 'gaddr',
  'vmaddr', 'who pte(g0, 0x2000)', 'who g0.asce', 'pgste(g0, 0x2000).IN',
]; // prettier-ignore

async function lookAround(client: Client): Promise<void> {
  const { threads } = await client.request<{ threads: DebugProtocol.Thread[] }>('threads');
  for (const { id: threadId } of threads) {
    for (const frame of (await client.stack(threadId)).slice(0, 3)) {
      await client.request('stepInTargets', { frameId: frame.id });
      await client.request('gotoTargets', { source: frame.source, line: frame.line });
      const { scopes } = await client.request<{ scopes: DebugProtocol.Scope[] }>('scopes', { frameId: frame.id });
      for (const { variablesReference } of scopes) await open(client, variablesReference, frame.id, 3);
    }
  }
  await openTree(client, undefined, 3);
  assert.equal(Picture.check(await client.request('gmap/picture', {})), undefined);
  assert.equal(Timeline.check(await client.request('gmap/timeline', { columns: 40 })), undefined);
  await client.request('gmap/notifications');
  await client.request('gmap/position');
  await client.send('exceptionInfo', { threadId: 1 });
  for (const expression of COMMANDS) await client.request('evaluate', { expression, context: 'repl' });
  for (const expression of EXPRESSIONS) await client.evaluate(expression);
  for (const line of MAYBE) {
    const { success, message } = await client.send('evaluate', { expression: line, context: 'repl' });
    assert.ok(success || !message?.includes('made a mistake'), message);
  }
}

/** Opens variables, and asks again for those that have an expression. */
async function open(client: Client, variablesReference: number, frameId: number, depth: number): Promise<void> {
  for (const v of (await client.variables(variablesReference)).slice(0, 12)) {
    const { success, message } = await client.send('dataBreakpointInfo', { name: v.name, variablesReference });
    assert.ok(success, message);
    if (v.evaluateName !== undefined) {
      await client.request('evaluate', { expression: v.evaluateName, frameId, context: 'watch' });
    }
    if (v.variablesReference > 0 && depth > 0) await open(client, v.variablesReference, frameId, depth - 1);
  }
}

async function openTree(client: Client, parent: string | undefined, depth: number): Promise<void> {
  const { nodes } = await client.request<TreeResponse>('gmap/tree', { ...(parent && { parent }), start: 0, count: 12 });
  for (const { id, expandable, memoryReference, mask } of nodes) {
    if (memoryReference !== undefined) await client.request('gmap/history', { memoryReference, ...(mask && { mask }) });
    if (expandable && depth > 0) await openTree(client, id, depth - 1);
  }
}

describe('everything in every example', function () {
  this.timeout(60_000);
  for (const [i, program] of examples.entries()) {
    it(`can be looked at: ${program}`, async () => {
      const client = new Client();
      await client.launch({ program, stopOnEntry: true });
      await client.request('gmap/format', { format: ['decoded', 'hex', 'dec', 'bin'][i % 4] });
      await client.move('continue').catch(() => undefined);
      const { step: end } = await client.request<{ step: number }>('gmap/position');
      for (let n = 0; n <= MOMENTS; n++) {
        const step = Math.round((end * n) / MOMENTS);
        await client.move('gmap/goTo', { step });
        const state = (): Promise<unknown> => client.request('readMemory', { memoryReference: '0x0', count: 1 << 16 });
        const before = [await state(), await client.step()];
        await lookAround(client);
        assert.deepEqual([await state(), await client.step()], before);
      }
    });
  }
});
