import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { FILTERS } from '../../src/debug/filters.js';
import { Client, fixture, marker } from './client.js';

const reclaim = fixture('reclaim.gmap');
const levels = fixture('levels.gmap');
const long = fixture('long.gmap');

async function stopped(
  file: string,
  configure: (client: Client) => Promise<unknown>,
  args: object = {},
): Promise<Client> {
  const client = new Client();
  await client.launch({ program: file, ...args }, () => configure(client));
  return client;
}

const filters = (...names: string[]) => (client: Client): Promise<unknown> =>
  client.breakpoints('setExceptionBreakpoints', { filters: names }); // prettier-ignore

const functions = (...names: (string | object)[]) => (client: Client): Promise<DebugProtocol.Breakpoint[]> =>
  client.breakpoints('setFunctionBreakpoints', {
    breakpoints: names.map((name) => (typeof name === 'string' ? { name } : name)),
  }); // prettier-ignore

/** Where continue stops, until the end. */
async function stops(client: Client): Promise<string[]> {
  const found: string[] = [];
  for (let stop = client.events('stopped').at(-1)!.body as { reason: string }; stop.reason !== 'end';) {
    found.push((await client.where()).split(' < ')[0]!);
    stop = await client.move('continue');
  }
  return found;
}

describe('breakpoints', () => {
  it('stand on lines of the scenario, or move to the next statement', async () => {
    const client = await stopped(reclaim, (c) => c.setLines(reclaim, 1), { stopOnEntry: true });
    const set = await client.setLines(reclaim, 1, 2, 7, marker(reclaim, 'wrong'), 99);
    assert.deepEqual(
      set.map((b) => [b.verified, b.line, b.message ?? '']),
      [
        [true, 2, ''],
        [true, 2, ''],
        [true, 8, ''],
        [false, 19, 'scenario "wrong" is not the one that runs: it is "reclaim"'],
        [false, 99, 'no statement stands here or below'],
      ],
    );
    const [other] = await client.setLines('/elsewhere/a.gmap', 1);
    assert.equal(other!.message, 'this session debugs reclaim.gmap, not a.gmap');
  });

  it('stand in the middle of a statement of several lines', async () => {
    const client = new Client();
    client.files.set('m.gmap', 'machine {\n  esop on\n  idte off\n}\ngmap vm limit 4G\n');
    await client.launch({ program: 'm.gmap', stopOnEntry: true });
    const set = await client.setLines('m.gmap', 3, 5);
    assert.deepEqual(set.map((b) => b.line), [1, 5]);
  }); // prettier-ignore

  it('keep their numbers when they are set again', async () => {
    const client = await stopped(reclaim, (c) => c.setLines(reclaim, 9), {});
    const [first] = await client.setLines(reclaim, 9);
    const [again, more] = await client.setLines(reclaim, 9, 11);
    assert.equal(again!.id, first!.id);
    assert.notEqual(more!.id, first!.id);
  });

  it('stand in listings', async () => {
    const client = await stopped(reclaim, (c) => c.setLines(reclaim, marker(reclaim, 'arm')));
    await client.move('stepIn');
    const [{ source }] = (await client.stack()) as [DebugProtocol.StackFrame];
    const { breakpoints } = await client.request<{ breakpoints: DebugProtocol.BreakpointLocation[] }>(
      'breakpointLocations',
      { source, line: 1, endLine: 99 },
    );
    assert.deepEqual(breakpoints.map((b) => b.line), [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const set = await client.breakpoints('setBreakpoints', { source, breakpoints: [{ line: 1 }, { line: 7 }] });
    assert.deepEqual(set.map((b) => [b.verified, b.line]), [[true, 2], [true, 7]]);
    await client.move('continue');
    assert.match(await client.where(), /^gmap_mprotect_notify:7 /);
  }); // prettier-ignore

  it('stand in listings that were opened without a session', async () => {
    const path = 'gmap-listing:/linux/arch/s390/mm/gmap.c/gmap_mprotect_notify';
    const client = await stopped(reclaim, (c) => c.setLines(path, 7));
    assert.match(await client.where(), /^gmap_mprotect_notify:7 /);
    const [gone] = await client.setLines(path.replace('mprotect', 'ipte'), 7);
    assert.equal(gone!.message, 'this session debugs reclaim.gmap, not gmap_ipte_notify');
  });

  it('say where they can be', async () => {
    const client = await stopped(reclaim, (c) => c.setLines(reclaim, 9));
    const { breakpoints } = await client.request<{ breakpoints: DebugProtocol.BreakpointLocation[] }>(
      'breakpointLocations',
      { source: { path: reclaim }, line: 1, endLine: 99 },
    );
    assert.deepEqual(breakpoints.map((b) => [b.line, b.column]), [
      [2, 1], [3, 1], [4, 1], [5, 1], [8, 3], [9, 3], [10, 3], [11, 3], [12, 3], [13, 3], [14, 3],
    ]);
  }); // prettier-ignore

  it('stop behind the call of a function, so that it is on top', async () => {
    const client = await stopped(reclaim, functions('gmap_table_walk', 'gmap_pte_op_fixup()'));
    assert.deepEqual(await stops(client), [
      'gmap_table_walk:4',
      'gmap_pte_op_fixup:2',
      'gmap_table_walk:4',
      'gmap_table_walk:4', // beyond the mapped memory
    ]);
  });

  it('stop at walk levels', async () => {
    const client = await stopped(levels, functions('walk:segment', 'walk:page'));
    assert.deepEqual(await stops(client), [
      '__gmap_link:9',
      'gmap_table_walk:5',
      'gmap_pte_op_walk:4',
      'gmap_table_walk:5',
      'gmap_pte_op_walk:4',
    ]);
  });

  it('stop by name at what has a checkbox, with a condition', async () => {
    const client = await stopped(reclaim, functions(), { stopOnEntry: true });
    const condition = 'notifier == kvm && gmap == vm && start == 0x2000';
    await client.breakpoints('setFunctionBreakpoints', { breakpoints: [{ name: 'notifier', condition }] });
    await client.move('continue');
    assert.match(await client.where(), /^gmap_call_notifier:/);
    assert.equal(await client.evaluate('start'), '0x2000');
  });

  it('say why a function can never be reached', async () => {
    const client = await stopped(reclaim, functions(), { stopOnEntry: true });
    const set = await functions(
      'gmap_ipte_notify',
      'gmap_fualt',
      'walk:segmet',
      'reclaim',
      'pgste_ipte_notify',
    )(client);
    assert.deepEqual(
      set.map((b) => b.message ?? 'verified'),
      [
        "gmap_ipte_notify exists only in the generation 'before'; this run is 'after'",
        "there is no function 'gmap_fualt'; did you mean 'gmap_fault'?",
        "'segmet' is no walk level: write walk:region1, walk:region2, walk:region3, walk:segment, walk:page",
        'verified',
        'verified', // a name of the generation before, for the same function
      ],
    );
  });

  it('have conditions over what the function knows', async () => {
    const condition = 'gaddr == 0x8000_0000 && gmap == vm';
    const client = await stopped(reclaim, functions({ name: 'gmap_table_walk', condition }));
    assert.deepEqual(await stops(client), ['gmap_table_walk:4']);
    await client.move('reverseContinue');
    assert.equal(await client.evaluate('gaddr'), '0x80000000');
  });

  it('say where a condition is wrong', async () => {
    const client = await stopped(reclaim, functions(), { stopOnEntry: true });
    const [bad, wrongHit, badLog] = await functions(
      { name: 'gmap_fault', condition: 'gaddr == ' },
      { name: 'gmap_fault', hitCondition: 'often' },
    )(client);
    assert.match(bad!.message!, /^condition: expected a value after '=='/);
    assert.match(wrongHit!.message!, /^hit condition: 'often' is no hit condition: write 3,/);
    assert.equal(badLog, undefined);
    const [log] = await client.setLines(reclaim, { line: 9, logMessage: 'a {b' });
    assert.match(log!.message!, /^log message: '\{' at column 3 has no '\}'/);
  });

  it('stop with a message where a condition has no value', async () => {
    const client = await stopped(reclaim, functions({ name: 'gmap_table_walk', condition: 'gadr == 1' }));
    const { text } = client.events('stopped')[0]!.body as { text: string };
    assert.match(text, /^the condition 'gadr == 1' has no value here: there is no 'gadr' here; did you mean 'gaddr'\?/);
  });

  it('count their hits', async () => {
    const walks = 4;
    for (const [hitCondition, numbers] of [
      ['2', [2]],
      ['== 2', [2]],
      ['>= 3', [3, 4]],
      ['> 3', [4]],
      ['< 2', [1]],
      ['<=2', [1, 2]],
      ['%2', [2, 4]],
    ] as const) {
      const client = await stopped(reclaim, functions({ name: 'walk:region3', hitCondition }));
      const visits: number[] = [];
      for (let stop = client.events('stopped').at(-1)!.body as { reason: string }; stop.reason !== 'end';) {
        visits.push(Number(await client.evaluate('visits(walk:region3)')) + 1);
        stop = await client.move('continue');
      }
      assert.deepEqual(visits, numbers, hitCondition);
      assert.ok(visits.every((v) => v <= walks));
      // The same visits backwards.
      const back: number[] = [];
      while ((await client.move('reverseContinue')).reason !== 'entry') {
        back.push(Number(await client.evaluate('visits(walk:region3)')) + 1);
      }
      assert.deepEqual(back.toReversed(), numbers, hitCondition);
    }
  });

  it('count only hits that meet the condition', async () => {
    const client = await stopped(
      reclaim,
      functions({ name: 'walk:region3', condition: 'function == gmap_table_walk', hitCondition: '2' }),
    );
    assert.match(await client.where(), /^gmap_table_walk/);
    assert.equal(await client.evaluate('visits(walk:region3)'), '2');
  });

  it('log, now and for what is past', async () => {
    const client = await stopped(reclaim, (c) =>
      c.setLines(reclaim, {
        line: marker(reclaim, 'reclaim'),
        logMessage: 'IN is {pgste(vm, 0x2000).IN}, {{not this}} {oops}',
      }),
    );
    assert.equal((client.events('stopped')[0]!.body as { reason: string }).reason, 'end');
    assert.match(client.output, /^IN is 1, \{not this\} \{there is no 'oops' here\}$/m);
    // Set at the end, it says what it would have said.
    const line = marker(reclaim, 'expect');
    await client.setLines(reclaim, { line, logMessage: '{calls(kvm)} calls', condition: 'calls(kvm) > 0' });
    const said = client.events('output').at(-1)!.body as { output: string; line: number };
    assert.deepEqual([said.output, said.line], ['1 calls\n', line]);
    await client.setLines(reclaim, { line, logMessage: 'at {step,x} {pgste(vm, 0x2000).UC,b}' });
    assert.match(client.output, /^at 0xce 0b1$/m);
    // Once is enough.
    await client.move('reverseContinue');
    const { length } = client.output;
    await client.move('continue');
    assert.equal(client.output.length, length);
  });
});

describe('exception filters', () => {
  it('are announced with a label each, and two are on', async () => {
    const client = new Client();
    const { exceptionBreakpointFilters: all } = await client.request<DebugProtocol.Capabilities>('initialize', {
      adapterID: 'gmap',
    });
    assert.deepEqual(all!.map((f) => f.filter), FILTERS.map((f) => f.id));
    assert.deepEqual(all!.filter((f) => f.default).map((f) => f.filter), ['expectation', 'bug']);
    assert.equal(all!.find((f) => f.filter === 'walk:region1')!.label, 'Walk: region-first table');
    assert.ok(all!.every((f) => f.supportsCondition));
  }); // prettier-ignore

  for (const [filter, expected] of [
    ['walk:region1', ['gmap_table_walk:2', '__gmap_link:2', 'gmap_table_walk:2', 'gmap_table_walk:2']],
    ['walk:region2', ['__gmap_link:4', 'gmap_table_walk:3', 'gmap_table_walk:3']],
    ['walk:region3', ['__gmap_link:6', 'gmap_table_walk:4', 'gmap_table_walk:4']],
    ['walk:segment', ['__gmap_link:9', 'gmap_table_walk:5', 'gmap_table_walk:5']],
    ['walk:page', ['gmap_pte_op_walk:4', 'gmap_pte_op_walk:4']],
    ['retry', ['gmap_mprotect_notify:9']],
    ['error', []],
    ['notifier', []],
  ] as const) {
    it(`${filter} stops in the walk`, async () => {
      const client = await stopped(levels, filters(filter));
      assert.deepEqual(await stops(client), expected);
    });
  }

  it('a notifier is called', async () => {
    const client = await stopped(reclaim, filters('notifier'));
    assert.deepEqual(await stops(client), ['gmap_call_notifier:2']);
    await client.move('reverseContinue');
    const info = await client.request<{ exceptionId: string; description: string }>('exceptionInfo', { threadId: 1 });
    assert.deepEqual([info.exceptionId, info.description], ['notifier', 'kvm is called for vm 0x2000..0x2fff']);
  });

  it('a call returns an error', async () => {
    const client = await stopped(reclaim, filters('error'));
    assert.deepEqual(await stops(client), ['__gmap_translate:3', 'gmap_mprotect_notify:12']);
    await client.move('reverseContinue');
    const { text } = client.events('stopped').at(-1)!.body as { text: string };
    assert.equal(text, 'gmap_mprotect_notify returns -EFAULT (-14)');
    assert.equal(await client.evaluate('result'), '-EFAULT (-14)');
  });

  it('an expectation fails: expected and found', async () => {
    const client = await stopped(reclaim, filters('expectation', 'bug'), { scenario: 'wrong' });
    assert.equal(await client.where(), `wrong:${marker(reclaim, 'wrong')}`);
    const info = await client.request<DebugProtocol.ExceptionInfoResponse['body']>('exceptionInfo', { threadId: 1 });
    assert.equal(info.exceptionId, 'expectation');
    assert.equal(info.description, 'expected gmap_fault visited 3 times; found never');
    assert.equal(info.details!.message, 'expected: gmap_fault visited 3 times\nfound:    never');
    assert.match(client.output, /expected: gmap_fault visited 3 times/);
  });

  it('a result is not as expected', async () => {
    const client = new Client();
    client.files.set('r.gmap', 'gmap vm limit 4G\ntranslate vm 0x1000 -> 0x5000\n');
    await client.launch({ program: 'r.gmap' }, () => filters('expectation')(client));
    assert.equal(await client.where(), 'r:2');
    const { text } = client.events('stopped')[0]!.body as { text: string };
    assert.match(text, /^expected result 0x5000; found result -EFAULT \(-14\)$/);
  });

  it('the kernel would crash', async () => {
    const client = await stopped(fixture('crash.gmap'), filters('bug'));
    assert.match(await client.where(), /^zap_page_range:2 < gmap_discard:5 < crash:6$/);
    assert.equal((await client.move('continue')).reason, 'exception');
    assert.equal(await client.where(), 'crash:6');
  });

  it('a deadlock stops at the end, with who waits for what', async () => {
    const client = await stopped(fixture('crash.gmap'), filters(), { scenario: 'deadlock' });
    const stop = client.events('stopped')[0]!.body as { reason: string; text: string };
    assert.deepEqual([stop.reason, stop.text], ['exception', 'Deadlock: waits for mmap_sem:r held by scenario']);
    assert.match(await client.where(), /^touch:\d+ < deadlock:11$/);
  });

  it('have conditions', async () => {
    const options = (condition: string) => (c: Client): Promise<DebugProtocol.Breakpoint[]> =>
      c.breakpoints('setExceptionBreakpoints', { filters: [], filterOptions: [{ filterId: 'walk:region3', condition }] }); // prettier-ignore
    const client = await stopped(reclaim, options('gaddr == 0x8000_0000 && gmap == vm'));
    assert.equal(await client.evaluate('gaddr'), '0x80000000');
    assert.equal((await client.move('continue')).reason, 'end');
    const [bad] = await options('gaddr ==')(client);
    assert.equal(bad!.verified, false);
    const [unknown] = await client.breakpoints('setExceptionBreakpoints', { filters: ['walk:segmnt'] });
    assert.match(unknown!.message!, /there is no filter 'walk:segmnt'; did you mean 'walk:segment'\?/);
    const client2 = await stopped(reclaim, (c) =>
      c.breakpoints('setExceptionBreakpoints', {
        filters: [],
        filterOptions: [{ filterId: 'notifier', condition: 'notifier == kvm && start == 0x2000 && end == 0x2fff' }],
      }),
    );
    assert.match(await client2.where(), /^gmap_call_notifier:2/);
  });

  it('can be off', async () => {
    const client = await stopped(reclaim, filters(), { scenario: 'wrong' });
    assert.equal((client.events('stopped')[0]!.body as { reason: string }).reason, 'end');
  });
});

describe('data breakpoints', () => {
  type Info = { dataId: string | null; description: string; accessTypes?: string[] };

  async function armed(): Promise<Client> {
    return await stopped(reclaim, (c) => c.setLines(reclaim, marker(reclaim, 'reclaim')));
  }

  const watch = (client: Client, dataId: string | null, accessType = 'write'): Promise<DebugProtocol.Breakpoint[]> =>
    client.breakpoints('setDataBreakpoints', { breakpoints: [{ dataId, accessType }] });

  it('watch a bit, by expression', async () => {
    const client = await armed();
    const info = await client.request<Info>('dataBreakpointInfo', { name: 'pgste(vm, 0x2000).IN' });
    assert.deepEqual(info.accessTypes, ['write']);
    await client.setLines(reclaim);
    const [set] = await watch(client, info.dataId);
    assert.equal(set!.verified, true);
    assert.equal((await client.move('continue')).reason, 'data breakpoint');
    // The step that has just been done cleared it.
    assert.match(await client.where(), /^ptep_xchg_direct:8 /);
    assert.equal(await client.evaluate('pgste(vm, 0x2000).IN'), '0');
    await client.move('stepBack');
    assert.equal(await client.evaluate('pgste(vm, 0x2000).IN'), '1');
    // Set once before, by arming.
    assert.equal((await client.move('reverseContinue')).reason, 'data breakpoint');
    assert.match(await client.where(), /^ptep_force_prot:10 /);
  });

  it('watch a word, from a variable', async () => {
    const client = await armed();
    const pages = await client.variable('Tables', 'vm', 'region-third', '[0]', '[0]', '[2]');
    const info = await client.request<Info>('dataBreakpointInfo', {
      variablesReference: pages.variablesReference,
      name: 'pte',
    });
    assert.equal(info.description, 'pte(vm, 0x2000)');
    await client.setLines(reclaim);
    await watch(client, info.dataId);
    const writes: string[] = [];
    while ((await client.move('continue')).reason !== 'end') writes.push((await client.where()).split(' < ')[0]!);
    assert.deepEqual(writes, ['ptep_flush_direct:3', 'ptep_xchg_direct:7', 'ptep_set_pte_at:4']);
  });

  it('watch bytes at an address', async () => {
    const client = await armed();
    const address = await client.evaluate('pgste(vm, 0x2000).address,x');
    const info = await client.request<Info>('dataBreakpointInfo', { name: address, asAddress: true, bytes: 2 });
    assert.equal(info.description, `2 bytes at ${address}`);
    await client.setLines(reclaim);
    await watch(client, info.dataId);
    // Only the upper two bytes: the PCL bit.
    await client.move('continue');
    assert.match(await client.where(), /^ptep_xchg_direct:3 /);
    const none = await client.request<Info>('dataBreakpointInfo', { name: address, asAddress: true, bytes: 1 });
    await watch(client, none.dataId);
    assert.equal((await client.move('continue')).reason, 'end');
  });

  it('watch what a walk reads', async () => {
    const client = await armed();
    const info = await client.request<Info>('dataBreakpointInfo', { name: 'entry(vm, 0x2000, segment)' });
    assert.deepEqual(info.accessTypes, ['write', 'read', 'readWrite']);
    await client.setLines(reclaim);
    await watch(client, info.dataId, 'read');
    await client.move('reverseContinue');
    assert.match(await client.where(), /^gmap_table_walk:7 /);
  });

  it('have conditions', async () => {
    const client = await armed();
    const info = await client.request<Info>('dataBreakpointInfo', { name: 'pte(vm, 0x2000)' });
    await client.setLines(reclaim);
    await client.breakpoints('setDataBreakpoints', {
      breakpoints: [{ dataId: info.dataId, accessType: 'write', condition: 'pte(vm, 0x2000) == 0x1600' }],
    });
    await client.move('continue');
    assert.match(await client.where(), /^ptep_set_pte_at:4 /);
  });

  it('say what cannot be watched', async () => {
    const client = await armed();
    await client.move('stepIn');
    for (const [args, message] of [
      [{ name: 'rc' }, /'rc' is not in storage/],
      [{ name: 'pte(vm, 0x8000_0000)' }, /is absent here/],
      [{ name: 'pte(vm' }, /./],
      [{ name: 'kvm', asAddress: true }, /is no address/],
      [{ name: '0xffffffffff', asAddress: true }, /there is no storage/],
    ] as const) {
      const response = await client.send('dataBreakpointInfo', args);
      const text = response.success ? (response.body as Info).description : response.message!;
      assert.match(text, message);
      if (response.success) assert.equal((response.body as Info).dataId, null);
    }
    for (const [dataId, accessType, message] of [
      ['nonsense', 'write', "there is no data 'nonsense'"],
      ['1000+0 nothing', 'write', "there is no data '1000+0 nothing'"],
      ['18010+8 a word', 'eat', "'eat' is no access: write, read, readWrite"],
      ['ffffffffff+8 far', 'write', 'there is no storage at 0xffffffffff'],
    ] as const) {
      const [no] = await client.breakpoints('setDataBreakpoints', { breakpoints: [{ dataId, accessType }] });
      assert.equal(no!.verified, false);
      assert.equal(no!.message, message);
    }
  });

  it('can be set by the name of a function, with some bits or all', async () => {
    const client = await armed();
    const set = (name: string): Promise<DebugProtocol.Breakpoint[]> =>
      client.breakpoints('setFunctionBreakpoints', { breakpoints: [{ name }] });
    const address = (await client.evaluate('mem pgste(vm, 0x2000) 8', 'repl')).split(' ', 1)[0]!;
    await set(`write:${address} & 0x40000000000000`);
    assert.equal((await client.move('continue')).reason, 'end');
    await client.move('gmap/goTo', { step: 105 });
    for (const [name, where] of [
      [`write: ${address}`, /^ptep_set_pte_at:/],
      [`write:${address}&0x400000000000 pgste(vm, 0x2000).IN`, /^ptep_force_prot:/],
    ] as const) {
      const [one] = await set(name);
      assert.equal(one!.verified, true);
      await client.move('continue');
      assert.match(await client.where(), where);
    }
    const [far] = await set('write:0xffffffffff');
    assert.equal(far!.verified, false);
    assert.equal(far!.message, 'there is no storage at 0xffffffffff');
  });
});

describe('long runs', () => {
  it('can be paused, show progress, and can be cancelled', async function () {
    this.timeout(30_000);
    const client = await stopped(long, (c) => c.setLines(long, marker(long, 'fault')));
    await client.setLines(long);
    for (const how of ['pause', 'cancel'] as const) {
      const seen = client.events('progressStart').length;
      await client.request('continue', { threadId: 1 });
      const progress = client.event<{ progressId: string }>('progressStart', seen);
      const { progressId } = await progress;
      assert.deepEqual(
        (await client.request<{ stackFrames: object[] }>('stackTrace', { threadId: 1 })).stackFrames,
        [],
      );
      assert.match(await client.fails('variables', { variablesReference: 1 }), /is running: pause it first/);
      const stop = client.event<{ reason: string }>('stopped');
      if (how === 'pause') await client.request('pause', { threadId: 1 });
      else await client.request('cancel', { progressId });
      assert.equal((await stop).reason, 'pause');
      await client.event('progressEnd', seen);
    }
    // Where it stands is where it says.
    const step = await client.step();
    await client.move('stepBack');
    assert.ok((await client.step()) < step);
  });

  it('go on with breakpoints that are set while they run', async () => {
    const client = await stopped(long, (c) => c.setLines(long, marker(long, 'fault')));
    await client.setLines(long);
    const stop = client.event<{ reason: string }>('stopped');
    await client.request('continue', { threadId: 1 });
    await client.setLines(long, marker(long, 'fault'));
    assert.equal((await stop).reason, 'breakpoint');
  });

  it('end when the client leaves', async () => {
    const client = await stopped(long, (c) => c.setLines(long, marker(long, 'fault')));
    await client.setLines(long);
    await client.request('continue', { threadId: 1 });
    await client.request('disconnect');
    const stops = client.events('stopped').length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(client.events('stopped').length, stops);
    assert.match(await client.fails('stackTrace', { threadId: 1 }), /the session is over/);
  });
});
