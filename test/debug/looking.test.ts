import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { Core } from '../../src/debug/core.js';
import type { NotificationsResponse, TreeNode, TreeResponse } from '../../src/debug/protocol.js';
import { requestHandlers } from '../../src/debug/requests.js';
import { Client, fixture, marker } from './client.js';

const reclaim = fixture('reclaim.gmap');

async function at(name: string, file = reclaim): Promise<Client> {
  const client = new Client();
  await client.launch({ program: file }, () => client.setLines(file, marker(file, name)));
  return client;
}

const tree = async (client: Client, parent?: string, more: object = {}): Promise<readonly TreeNode[]> =>
  (await client.request<TreeResponse>('gmap/tree', { parent, ...more })).nodes;

/** Everything that can be opened, down to the bits. */
async function openAll(
  client: Client,
  reference: number,
  into: Map<string, number>,
  path: string,
  depth = 9,
): Promise<void> {
  for (const v of await client.variables(reference)) {
    const name = `${path}/${v.name}`;
    into.set(name, v.variablesReference);
    if (v.variablesReference > 0 && depth > 0) await openAll(client, v.variablesReference, into, name, depth - 1);
  }
}

async function allHandles(client: Client): Promise<Map<string, number>> {
  const handles = new Map<string, number>();
  for (const [name, reference] of await client.scopes()) {
    handles.set(name, reference);
    await openAll(client, reference, handles, name);
  }
  return handles;
}

/** All of storage: there is no state elsewhere. */
async function memory(client: Client): Promise<string> {
  const all = { memoryReference: '0x0', count: 1 << 22 };
  const { data, unreadableBytes } = await client.request<{ data: string; unreadableBytes?: number }>('readMemory', all);
  assert.ok(unreadableBytes, 'that was all of it');
  return data;
}

describe('looking', () => {
  it('shows what a function knows', async () => {
    const client = await at('arm');
    await client.breakpoints('setExceptionBreakpoints', { filters: ['notifier'] });
    await client.move('continue');
    assert.deepEqual([...(await client.scopes()).keys()], [
      'Arguments and locals', 'Tables', 'Host memory', 'Notifiers', 'Locks', 'Machine',
    ]); // prettier-ignore
    const locals = await client.variables((await client.scopes()).get('Arguments and locals')!);
    assert.deepEqual(locals.map((v) => [v.name, v.value, v.type]).slice(1), [
      ['start', '0x2000', 'argument'],
      ['end', '0x2fff', 'argument'],
    ]);
    assert.match(locals[0]!.value, /^vm$/);
    assert.equal((await client.variable('Locks', 'rcu')).value, 'held by scenario');
    assert.equal((await client.variable('Machine', 'esop')).value, '1');
    assert.equal((await client.variable('Notifiers', 'kvm')).value, 'registered, 0 calls');
    // A frame further out knows other things.
    const outer = await client.variables((await client.scopes(3)).get('Arguments and locals')!);
    assert.deepEqual(outer.map((v) => v.name), ['addr', 'ptep', 'new']);
    const scenario = await client.variables((await client.scopes(5)).get('Scenario')!);
    assert.equal(scenario[0]!.name, 'rc');
  }); // prettier-ignore

  it('decodes entries bit by bit, under the names of the kernel', async () => {
    const client = await at('reclaim');
    const page = await client.variable('Tables', 'vm', 'region-third', '[0]', '[0]', '[2]');
    assert.equal(page.value, 'd1:03d · PGSTE UC IN');
    assert.equal(page.evaluateName, 'pte(vm, 0x2000)');
    assert.match(page.memoryReference!, /^0x[0-9a-f]+$/);
    const [pte, pgste, vmaddr] = await client.variables(page.variablesReference);
    assert.equal(vmaddr!.value, '0x10002000');
    const bits = await client.variables(pgste!.variablesReference);
    assert.deepEqual(bits.map((b) => `${b.name}=${b.value}`).join(' '), 'ACC=0 FP=0 PCL=0 HR=0 HC=0 GR=0 GC=0 UC=1 IN=1 zero=0 usage=0');
    assert.equal(bits.find((b) => b.name === 'IN')!.type, 'PGSTE_IN_BIT');
    assert.equal(bits.find((b) => b.name === 'IN')!.evaluateName, 'pgste(vm, 0x2000).IN');
    assert.deepEqual((await client.variables(pte!.variablesReference)).find((b) => b.name === 'frame')!.value, '0x100001000');
    // What can be evaluated means the same.
    for (const v of [page, pte!, pgste!, ...bits]) {
      if (v.evaluateName) await client.evaluate(v.evaluateName);
    }
  }); // prettier-ignore

  it('keeps the handle of everything that stays', async () => {
    const client = await at('arm');
    let before = await allHandles(client);
    for (let i = 0; i < 60; i++) {
      await client.move('stepIn');
      const now = await allHandles(client);
      for (const [name, handle] of now) {
        if (name.startsWith('Arguments') || name.startsWith('Walk') || name.startsWith('Scenario')) continue;
        const old = before.get(name);
        if (old !== undefined && old > 0 && handle > 0) assert.equal(handle, old, name);
      }
      before = now;
    }
  });

  it('numbers the same frame in the same way from stop to stop', async () => {
    const client = await at('arm');
    await client.move('stepIn');
    const [first] = await client.stack();
    await client.move('next');
    const [second] = await client.stack();
    assert.equal(second!.id, first!.id);
  });

  /** Requests that begin, move, change or end something; every other one only looks. */
  const DOING = new Set([
    'initialize', 'launch', 'attach', 'configurationDone', 'restart', 'terminate', 'disconnect', 'cancel', 'terminateThreads',
    'continue', 'reverseContinue', 'next', 'stepIn', 'stepOut', 'stepBack', 'pause', 'goto', 'restartFrame',
    'gmap/goTo', 'gmap/stepBackOver', 'gmap/stepBackOut',
    'setBreakpoints', 'setFunctionBreakpoints', 'setExceptionBreakpoints', 'setDataBreakpoints',
    'setVariable', 'setExpression', 'writeMemory', 'gmap/format',
  ]); // prettier-ignore

  it('changes nothing, whatever is asked', async () => {
    const client = await at('reclaim');
    await client.breakpoints('setExceptionBreakpoints', { filters: ['notifier'] });
    await client.move('continue');
    const { position, state } = { position: await client.request('gmap/position'), state: await memory(client) };
    const { output } = client;
    const [frame] = await client.stack();
    const { scopes } = await client.request<{ scopes: DebugProtocol.Scope[] }>('scopes', { frameId: frame!.id });
    const evaluate = (expression: string, context = 'repl'): [string, object] => ['evaluate', { expression, context }];
    const asked: [string, object?][] = [
      ['threads'], ['stackTrace', { threadId: 1 }], ['scopes', { frameId: frame!.id }],
      ...scopes.map(({ variablesReference }): [string, object] => ['variables', { variablesReference }]),
      evaluate('pte(vm, 0x2000)', 'hover'), evaluate('pte(vm, 0x2000)', 'clipboard'),
      ['evaluate', { expression: 'visits(gmap_fault)', context: 'watch', frameId: frame!.id }],
      ...['who pte(vm, 0x2000)', 'mem 0x4000 64', 'list', 'where', 'position', 'schedule', 'tree', 'tree vm', 'help',
        'info locals', 'info walk', 'info gmaps', 'info host', 'info notifiers', 'info locks', 'info vcpus',
        'info machine', 'info breakpoints', 'info threads', 'info calls', 'info visits gmap_call_notifier',
        'info exception', 'info sources', 'expect pte vm 0x2000 valid', 'print pte(vm, 0x2000), machine.esop',
      ].map((line) => evaluate(line)),
      ['completions', { text: 'pgste(vm, 0x2000).', column: 19 }],
      ['gmap/tree'], ['gmap/tree', { parent: 'g0' }], ['gmap/tree', { changed: true, address: '0x2000' }],
      ['gmap/residents', { memoryReference: '0x0', count: 1 << 20 }], ['gmap/notifications'], ['gmap/position'], ['gmap/schedule'],
      ['gmap/picture'], ['gmap/timeline', { columns: 80 }], ['gmap/history', { memoryReference: '0x18010' }],
      ['readMemory', { memoryReference: '0x18000', count: 4096 }],
      ['dataBreakpointInfo', { name: 'pte(vm, 0x2000)' }], ['exceptionInfo', { threadId: 1 }],
      ['gotoTargets', { source: { path: reclaim }, line: 9 }],
      ['stepInTargets', { frameId: frame!.id }],
      ['breakpointLocations', { source: { path: reclaim }, line: 1, endLine: 30 }],
      ['loadedSources'], ['source', { sourceReference: 5 }],
    ]; // prettier-ignore
    for (const [command, args] of asked) {
      await client.request(command, args);
      assert.deepEqual(await client.request('gmap/position'), position, command);
      assert.equal(await memory(client), state, `${command} ${JSON.stringify(args)}`);
    }
    await client.fails('evaluate', { expression: 'nothing', context: 'repl' });
    await allHandles(client);
    assert.equal(await memory(client), state);
    assert.equal(client.output, output);

    const known = requestHandlers(new Core({ readFile: () => Promise.resolve('') }, () => undefined), () => undefined);
    const looking = [...known.keys()].filter((name) => !DOING.has(name));
    assert.deepEqual(looking.filter((name) => !asked.some(([command]) => command === name)), []);
  }); // prettier-ignore

  it('marks what changed, with the value before, and the way of the walk', async () => {
    const client = await at('arm');
    await client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'walk:segment' }] });
    await client.move('continue'); // the walk of __gmap_link
    await client.move('continue'); // the walk that succeeds
    const [entry] = await tree(client, 'g0/t');
    assert.equal(entry!.onPath, true);
    const [bits, segment] = await tree(client, 'g0/t/0');
    assert.equal(bits!.kind, 'group');
    assert.equal(segment!.onPath, true);
    assert.equal(segment!.changed, 'empty (0x0000000000000020), I');
    const page = (await tree(client, 'g0/t/0/0')).find((n) => n.kind === 'page')!;
    assert.equal(page.changed, undefined);
    await client.setLines(reclaim, marker(reclaim, 'reclaim'));
    await client.move('continue');
    const [pte, pgste] = await tree(client, page.id);
    assert.equal(pte!.changed, undefined);
    assert.equal(pgste!.changed, '(0x0000800000000000), UC');
    const bit = (await tree(client, pgste!.id)).find((n) => n.label === 'IN')!;
    assert.deepEqual([bit.description, bit.changed, bit.mask], ['1', '0', '0x400000000000']);
    assert.equal(bit.onPath, undefined);
  });

  it('shows the same things in the tree, by identifiers that stay', async () => {
    const client = await at('reclaim');
    const roots = await tree(client);
    assert.deepEqual(roots.map((n) => [n.id, n.kind]), [
      ['g0', 'gmap'], ['host', 'host'], ['notifiers', 'group'], ['locks', 'group'], ['machine', 'group'],
    ]);
    const ids = async (parent?: string): Promise<string[]> => {
      const found: string[] = [];
      for (const node of await tree(client, parent)) {
        found.push(node.id);
        if (node.expandable) found.push(...(await ids(node.id)));
      }
      return found;
    };
    const all = await ids();
    assert.equal(new Set(all).size, all.length);
    await client.move('stepIn');
    const later = new Set(await ids());
    assert.deepEqual(all.filter((id) => !later.has(id)), []);
    assert.match(await client.fails('gmap/tree', { parent: 'g7' }), /there is no node 'g7' now/);
  }); // prettier-ignore

  it('folds long tables, and pages', async () => {
    const client = new Client();
    client.files.set('big.gmap', [
      'host mmap 0x10000000 len 256M rw',
      'gmap vm limit 4G',
      'map vm 0x0 len 256M to 0x10000000',
      ...Array.from({ length: 120 }, (_, i) => `fault vm 0x${(i * 0x200000).toString(16)} write`),
      ...Array.from({ length: 60 }, (_, i) => `fault vm 0x${(i * 0x1000).toString(16)} write`),
    ].join('\n')); // prettier-ignore
    await client.launch({ program: 'big.gmap' });
    // Pages side by side are folded, 32 at most.
    const pages = await tree(client, 'g0/t/0/0');
    assert.deepEqual(
      pages.map((n) => [n.kind, n.id, n.description]),
      [
        ['group', 'g0/t/0/0/bits', '0x0000000000018000'],
        ['fold', 'g0/t/0/0/f0', '32 pages, 32 valid'],
        ['fold', 'g0/t/0/0/f32', '28 pages, 28 valid'],
      ],
    );
    const folded = await tree(client, 'g0/t/0/0/f32');
    assert.equal(folded[0]!.id, 'g0/t/0/0/32');
    assert.equal((await tree(client, folded[0]!.id))[0]!.label, 'pte');
    // Segments that lie apart are not: they come in pages.
    const response = await client.request<TreeResponse>('gmap/tree', { parent: 'g0/t/0', start: 100, count: 10 });
    assert.deepEqual([response.nodes.length, response.total], [10, 121]);
    const region = await client.variable('Tables', 'vm', 'region-third', '[0]');
    assert.equal(region.indexedVariables, 121);
    const page = await client.variables(region.variablesReference, { filter: 'indexed', start: 100, count: 50 });
    assert.equal(page.length, 21);
    assert.deepEqual(await client.variables(region.variablesReference, { filter: 'named' }), []);
  });

  it('shows of the tree what is wanted: what changed, one gmap, the way to an address, single nodes', async () => {
    const client = await at('reclaim');
    const labels = async (parent?: string, more: object = {}): Promise<string[]> =>
      (await tree(client, parent, more)).map(({ label }) => label);

    assert.deepEqual(await labels(undefined, { gmap: 'vm' }), ['vm']);
    assert.deepEqual(await labels(undefined, { gmap: 'nobody' }), []);

    const address = { address: '0x2fff' };
    assert.deepEqual(await labels(undefined, address), ['vm', 'host process']);
    assert.deepEqual(await labels('g0', address), ['region-third table']);
    assert.deepEqual(await labels('g0/t', address), ['[0] 0x0']);
    assert.deepEqual(await labels('g0/t/0/0', address), ['bits', '[2] 0x2000']);
    assert.deepEqual(await labels('g0/t', { address: '0x80000000' }), []);
    assert.deepEqual(await labels('g0/t/0/0/2', address), await labels('g0/t/0/0/2'));
    assert.match(await client.fails('gmap/tree', { address: '12' }), /'address' must be hexadecimal/);

    const [pgste, ...others] = await tree(client, undefined, { nodes: ['g0/t/0/0/2/pgste', 'g7', 'nonsense/1'] });
    assert.equal(pgste!.id, 'g0/t/0/0/2/pgste');
    assert.deepEqual(others, []);
    assert.match(await client.fails('gmap/tree', { nodes: [1] }), /'nodes' must be identifiers/);

    // The reclaim changes one page: everywhere only the way to it is left.
    await client.move('next');
    const changed = { changed: true };
    assert.deepEqual(await labels('g0/t/0', changed), ['[0] 0x0']);
    const [page, ...rest] = await tree(client, 'g0/t/0/0', changed);
    assert.match(page!.label, /0x2000$/);
    assert.deepEqual(rest, []);
    assert.deepEqual(await labels(page!.id, changed), ['pte', 'pgste']);
    assert.ok(!(await labels(undefined, changed)).includes('machine'));
  });

  it('shows numbers in the base that is wanted', async () => {
    const client = await at('reclaim');
    const [, ref] = [...(await client.scopes())].find(([name]) => name === 'Machine')!;
    assert.equal((await client.variables(ref, { format: { hex: true } }))[0]!.value, '0x1');
    assert.equal(await client.evaluate('pgste(vm, 0x2000).UC + 10,x'), '0xb');
    assert.equal(await client.evaluate('0xb0,b'), '0b1011_0000');
    assert.equal(await client.evaluate('0xb0,d'), '176');
    await client.request('gmap/format', { format: 'bin' });
    await client.event('invalidated', 0);
    assert.equal((await client.variables(ref))[0]!.value, '0b1');
    assert.equal(await client.evaluate('machine.attach', 'clipboard'), '0b1');
    assert.match(await client.fails('gmap/format', { format: 'octal' }), /must be decoded, hex, dec, bin/);
  });

  it('evaluates for hovers and watches, and says what is wrong', async () => {
    const client = await at('reclaim');
    assert.equal(await client.evaluate('translate(vm, 0x2000)', 'hover'), '0x10002000');
    assert.match(await client.evaluate('vm', 'hover'), /^gmap up to/);
    assert.equal(await client.evaluate('-14'), '-EFAULT (-14)');
    assert.equal(await client.evaluate('pte(vm, 0x9000_0000)'), 'absent');
    const { variablesReference } = await client.request<{ variablesReference: number }>('evaluate', {
      expression: 'pgste(vm, 0x2000)', context: 'watch',
    }); // prettier-ignore
    assert.equal((await client.variables(variablesReference)).length, 11);
    for (const [text, message] of [
      ['', /./],
      ['1 +', /expected a value/],
      ['pte(wm, 0)', /there is no 'wm' here; did you mean 'vm'\? \(column 5\)/],
      ['pte(vm)', /./],
      ['1 / 0', /division by zero/],
      ['vm.asc', /did you mean 'asce'/],
    ] as const) {
      assert.match(await client.fails('evaluate', { expression: text, context: 'watch' }), message, text);
    }
  });

  it('gives no indexed children to what has only named ones, and says what rights memory has', async () => {
    const client = new Client();
    client.files.set('a.gmap', 'host mmap 0x10000000 len 1M none\nhost mmap 0x20000000 len 1M ro\ngmap vm limit 4G\n');
    await client.launch({ program: 'a.gmap' });
    const scopes = await client.scopes();
    assert.deepEqual(await client.variables(scopes.get('Tables')!, { filter: 'indexed' }), []);
    assert.notDeepEqual(await client.variables(scopes.get('Tables')!, { filter: 'named' }), []);
    const host = await tree(client, 'host');
    const areas = await tree(client, host.find(({ label }) => label === 'memory areas')!.id);
    assert.deepEqual(areas.map(({ tooltip }) => tooltip), ['1,024 KB, no access', '1,024 KB, read only']);
  }); // prettier-ignore

  it('has no node where there is none', async () => {
    const client = await at('reclaim');
    for (const parent of ['bogus', 'g0/zz', 'g0/f1', 'host/zz', 'notifiers/77']) {
      assert.equal(await client.fails('gmap/tree', { parent }), `gmap/tree: there is no node '${parent}' now`);
    }
  });

  it('reads memory: big-endian, sparse, at an address or where something lies', async () => {
    const client = await at('reclaim');
    const read = (memoryReference: string, count: number, offset = 0) =>
      client.request<{ address: string; data?: string; unreadableBytes?: number }>('readMemory', {
        memoryReference, count, offset,
      }); // prettier-ignore
    const { memoryReference, value } = await client.variable('Tables', 'vm', 'asce');
    const { data } = await read(memoryReference!, 8);
    assert.equal(`0x${Buffer.from(data!, 'base64').toString('hex')}`, value);
    assert.equal(Buffer.from((await read(memoryReference!, 3, 5)).data!, 'base64').toString('hex'), value.slice(-6));
    const { memoryReference: entry } = await client.request<{ memoryReference: string }>('evaluate', {
      expression: 'pte(vm, 0x2000)',
    });
    assert.deepEqual(await read('pte(vm, 0x2000)', 8), await read(entry, 8));
    assert.deepEqual(await read('0x1_8000', 8), await read('0x18000', 8));
    const large = await read('0x0', 1 << 18);
    const bytes = Buffer.from(large.data!, 'base64').length;
    assert.equal(bytes + large.unreadableBytes!, 1 << 18);
    assert.deepEqual(await read('0x7000000000', 1 << 18), { address: '0x7000000000', unreadableBytes: 1 << 18 });
    assert.deepEqual(await read('0x0', 16, -8), { address: '0x0', unreadableBytes: 16 });
    assert.deepEqual(await read('0x0', 0), { address: '0x0' });
    for (const args of [
      { memoryReference: 'kvm', count: 8 },
      { memoryReference: 'here', count: 8 },
      { memoryReference: '0x0', count: -1 },
      { count: 8 },
    ]) {
      assert.notEqual(await client.fails('readMemory', args), '');
    }
  });

  it('tells a client that shows memory when it changes', async () => {
    const client = new Client();
    await client.request('initialize', { adapterID: 'gmap', supportsMemoryEvent: true });
    const stopped = client.event('stopped', 0);
    await client.request('launch', { program: reclaim });
    await client.setLines(reclaim, marker(reclaim, 'reclaim'));
    await client.request('configurationDone');
    await stopped;
    const address = await client.evaluate('pgste(vm, 0x2000).address,x');
    await client.request('readMemory', { memoryReference: address, count: 8 });
    await client.request('readMemory', { memoryReference: '0x4000', count: 8 });
    await client.move('stepIn');
    await client.move('next');
    await client.move('stepIn');
    assert.equal(client.events('memory').length, 0);
    await client.move('next'); // takes PCL
    assert.deepEqual(client.events('memory').map((e) => e.body as unknown), [
      { memoryReference: address, offset: 0, count: 8 },
    ]); // prettier-ignore
  });

  it('lists every call of a notifier', async () => {
    const client = await at('expect');
    const { calls } = await client.request<{ calls: Record<string, unknown>[] }>('gmap/notifications');
    assert.deepEqual(calls, [
      {
        step: 190, notifier: 'kvm', gmap: 'vm', start: '0x2000', end: '0x2fff', cause: 'ptep_xchg_direct',
        statement: 'host reclaim 0x10002000', thread: 'scenario',
        source: { path: reclaim, line: 11, column: 3, endLine: 11, endColumn: 26 },
      },
    ]); // prettier-ignore
    // In the past they stay to be gone to.
    await client.move('reverseContinue');
    assert.deepEqual((await client.request<{ calls: object[] }>('gmap/notifications')).calls, calls);
  });

  it('lists of very many calls those around the cursor', async () => {
    const round = 'mprotect_notify vm 0x0 len 4K PROT_WRITE\nhost reclaim 0x10000000\n';
    const text = `host mmap 0x10000000 len 1M rw\ngmap vm limit 2G\nmap vm 0x0 len 1M to 0x10000000\nnotifier kvm\nrepeat 1500 {\n${round}}\n`;
    const client = new Client();
    client.files.set('many.gmap', text);
    await client.launch({ program: 'many.gmap', stopOnEntry: true });
    const around = async () => {
      const { calls, earlier, later } = await client.request<NotificationsResponse>('gmap/notifications');
      return [earlier, calls.length, later];
    };
    await client.move('continue');
    assert.deepEqual(await around(), [500, 1000, 0]);
    await client.move('evaluate', { expression: 'goto call 900', context: 'repl' });
    assert.deepEqual(await around(), [399, 1000, 101]);
    await client.move('evaluate', { expression: 'goto start', context: 'repl' });
    assert.deepEqual(await around(), [0, 1000, 500]);
  });

  it('knows who wrote a word, or a bit', async () => {
    const client = await at('expect');
    const { memoryReference } = await client.variable('Tables', 'vm', 'region-third', '[0]', '[0]', '[2]', 'pgste');
    const history = async (mask?: string) =>
      (await client.request<{ changes: Record<string, unknown>[] }>('gmap/history', { memoryReference, mask })).changes;
    const all = await history();
    assert.equal(all.length, 8);
    const [set, cleared, ...more] = await history('0x400000000000');
    assert.equal(more.length, 0);
    assert.deepEqual(set, {
      step: 168, before: '0x0', after: '0x400000000000', function: 'ptep_force_prot',
      statement: 'mprotect_notify vm 0x2000 len 4K PROT_WRITE -> 0', thread: 'scenario',
    }); // prettier-ignore
    assert.equal(cleared!['function'], 'ptep_xchg_direct');
    // The same from every moment.
    await client.move('gmap/goTo', { step: 100 });
    assert.deepEqual(await history(), all);
    assert.match(await client.fails('gmap/history', { memoryReference, mask: 'IN' }), /'mask' must be hexadecimal/);
  });

  it('shows the sources: the file, and a listing for each function', async () => {
    const client = await at('arm');
    const { sources } = await client.request<{ sources: DebugProtocol.Source[] }>('loadedSources');
    assert.equal(sources[0]!.path, reclaim);
    const walk = sources.find((s) => s.name === 'gmap_table_walk')!;
    assert.equal(walk.path, 'arch/s390/mm/gmap.c/gmap_table_walk');
    const { content } = await client.request<{ content: string }>('source', { sourceReference: walk.sourceReference });
    assert.match(content, /^gmap_table_walk\(gmap, gaddr\)\n {4}root is region-first: visit its entry\n/);
    assert.equal(sources.some((s) => s.name === 'gmap_ipte_notify'), false);
    assert.match(await client.fails('source', { sourceReference: 9999 }), /there is no source 9999/);
  }); // prettier-ignore

  it('gives a stack in pieces', async () => {
    const client = await at('arm');
    await client.breakpoints('setExceptionBreakpoints', { filters: ['notifier'] });
    await client.move('continue');
    const piece = (startFrame: number, levels: number) =>
      client.request<{ stackFrames: DebugProtocol.StackFrame[]; totalFrames: number }>('stackTrace', {
        threadId: 1, startFrame, levels,
      }); // prettier-ignore
    const all = await client.stack();
    assert.equal(all.length, 6);
    const { stackFrames, totalFrames } = await piece(1, 2);
    assert.deepEqual([stackFrames, totalFrames], [all.slice(1, 3), 6]);
    assert.deepEqual((await piece(5, 20)).stackFrames, all.slice(5));
    assert.deepEqual((await piece(50, 20)).stackFrames, []);
  });

  it('shows the prefix of a vCPU as it is now, and what it was before the last step', async () => {
    const client = new Client();
    const text =
      'gmap vm limit 1G\nvcpu a of vm prefix 0x2000\nvcpu b of vm prefix 0x6000\nset_prefix b 0x8000\nenter b\n';
    client.files.set('/vcpus.gmap', text);
    await client.launch({ program: '/vcpus.gmap' }, () => client.setLines('/vcpus.gmap', 4));
    await client.move('next', { threadId: 1 });
    const vcpus = await tree(client, 'vcpus');
    assert.deepEqual(vcpus.map(({ label }) => label), ['a', 'b']); // prettier-ignore
    const { description, changed } = (await tree(client, vcpus[1]!.id)).find(({ label }) => label === 'prefix')!;
    assert.deepEqual({ description, changed }, { description: '0x8000', changed: '0x6000' });
  });
});
