import assert from 'node:assert/strict';
import { Client, fixture, marker, type Stopped } from './client.js';

const reclaim = fixture('reclaim.gmap');

async function at(name: string): Promise<Client> {
  const client = new Client();
  await client.request('initialize', { adapterID: 'gmap', supportsInvalidatedEvent: true, supportsMemoryEvent: true });
  const stopped = client.event<Stopped>('stopped', 0);
  await client.request('launch', { program: reclaim });
  await client.setLines(reclaim, marker(reclaim, name));
  await client.breakpoints('setExceptionBreakpoints', { filters: ['expectation', 'bug'] });
  await client.request('configurationDone');
  await stopped;
  return client;
}

const repl = (client: Client, expression: string): Promise<string> => client.evaluate(expression, 'repl');

describe('changing', () => {
  it('a bit, by its variable: a step of its own, from which another future starts', async () => {
    const client = await at('reclaim');
    const before = await client.step();
    const pgste = await client.variable('Tables', 'vm', 'region-third', '[0]', '[0]', '[2]', 'pgste');
    const set = await client.request('setVariable', {
      variablesReference: pgste.variablesReference, name: 'IN', value: '0',
    }); // prettier-ignore
    assert.equal(set['value'], '0');
    assert.equal(client.events('invalidated').length, 1);
    assert.equal(await client.evaluate('pgste(vm, 0x2000).IN'), '0');
    assert.equal(await client.step(), before + 1);
    assert.equal(await client.where(), `reclaim:${marker(reclaim, 'reclaim')}`);
    // Nobody is told now, and the expectation fails.
    const stopped = await client.move('continue');
    assert.match(stopped.text ?? '', /found 0 of these; no notification/);
    // The change is a step: going back over it takes it back.
    await client.move('gmap/goTo', { step: before });
    assert.equal(await client.evaluate('pgste(vm, 0x2000).IN'), '1');
    await client.move('stepIn');
    assert.equal(await client.evaluate('pgste(vm, 0x2000).IN'), '0');
    assert.match(client.output, new RegExp(`^step ${before}: 0x[0-9a-f]+ was changed$`, 'm'));
    const { changes } = await client.request<{ changes: { step: number }[] }>('gmap/history', {
      memoryReference: pgste.memoryReference,
    });
    assert.ok(changes.some((c) => c.step === before));
  });

  it('in the past: what followed is discarded, which is said, and done when it is asked for again', async () => {
    const client = await at('beyond');
    await client.move('gmap/goTo', { step: 179 });
    const change = { expression: 'pgste(vm, 0x2000).IN', value: '0' };
    const refused =
      /^step 179 is in the past: the 29 steps that followed would be discarded; do the same again to go on$/;
    assert.match(await client.fails('setExpression', change), refused);
    // Another change in between is another question.
    assert.match(await client.fails('setExpression', { expression: 'machine.esop', value: '0' }), refused);
    assert.match(await client.fails('setExpression', change), refused);
    await client.request('setExpression', change);
    assert.match(client.output, /step 179: .*; what followed is discarded \(29 steps\)/);
    const { past, recorded } = await client.request<{ past: boolean; recorded: number }>('gmap/position');
    assert.equal(past, false);
    assert.ok(recorded > 179);
    await client.move('reverseContinue');
    assert.equal(await client.step(), 0);
  });

  it('can be undone, step by step', async () => {
    const client = await at('reclaim');
    const value = await client.evaluate('pte(vm, 0x2000).value,x');
    await repl(client, 'set pte(vm, 0x2000) = 0x400');
    await repl(client, 'set pgste(vm, 0x2000) = 0');
    assert.equal(await client.evaluate('pte(vm, 0x2000).value,x'), '0x400');
    assert.match(await repl(client, 'undo'), /the change at step 180 is undone/);
    assert.equal(await client.evaluate('pgste(vm, 0x2000).IN'), '1');
    assert.match(await repl(client, 'undo'), /the change at step 179 is undone/);
    assert.equal(await client.evaluate('pte(vm, 0x2000).value,x'), value);
    assert.match(await client.fails('evaluate', { expression: 'undo', context: 'repl' }), /nothing was changed/);
  });

  it('is the same again after the recording went on', async () => {
    const client = await at('arm');
    await repl(client, 'set machine.esop = 0');
    await client.move('gmap/goTo', { step: 150 });
    await repl(client, 'set machine.idte = 0');
    assert.equal(await client.evaluate('machine.esop'), '0');
    await client.move('gmap/goTo', { step: 105 });
    assert.equal(await client.evaluate('machine.esop'), '1');
    await client.move('stepIn');
    assert.equal(await client.evaluate('machine.esop'), '0');
    assert.equal(await client.evaluate('machine.idte'), '1');
  });

  it('writes memory by address', async () => {
    const client = await at('reclaim');
    const address = await client.evaluate('pgste(vm, 0x2000).address,x');
    await client.request('readMemory', { memoryReference: address, count: 8 });
    // The third byte holds IN.
    const { bytesWritten } = await client.request<{ bytesWritten: number }>('writeMemory', {
      memoryReference: address, offset: 2, data: Buffer.from([0x40]).toString('base64'),
    }); // prettier-ignore
    assert.equal(bytesWritten, 1);
    assert.equal(await client.evaluate('pgste(vm, 0x2000).value,x'), '0x400000000000');
    assert.deepEqual(client.events('memory').map((e) => e.body as unknown), [
      { memoryReference: address, offset: 0, count: 8 },
    ]);
    // Over the end of the tables, in part if that is wanted.
    const data = Buffer.alloc(1 << 17).toString('base64');
    assert.match(await client.fails('writeMemory', { memoryReference: address, data }), /only tables can be written/);
    assert.match(await client.fails('writeMemory', { memoryReference: '0x1000', data: 'AAAA' }), /no table at 0x1000/);
    assert.match(await client.fails('writeMemory', { memoryReference: address, data: '*' }), /'data' is not base64/);
    const some = await client.request<{ bytesWritten: number }>('writeMemory', {
      memoryReference: address, data, allowPartial: true,
    }); // prettier-ignore
    assert.ok(some.bytesWritten > 0 && some.bytesWritten < 1 << 17);
  }); // prettier-ignore

  it('says what cannot be set, and to what', async () => {
    const client = await at('reclaim');
    await client.move('stepIn');
    await client.move('stepIn');
    await client.move('stepIn');
    for (const [expression, value, message] of [
      ['pgste(vm, 0x2000).IN', '2', /'IN' takes 0 to 1, not 2/],
      ['pte(vm, 0x2000).frame', '0x1234', /0x1234 is no frame/],
      ['pte(vm, 0x2000)', '1 << 64', /does not fit into 64 bits/],
      ['pte(vm, 0x2000)', 'vm', /'vm' is not a number/],
      ['pte(vm, 0x2000)', '1 +', /expected a value/],
      ['new', '0', /'new' cannot be set/],
      ['vm.tables', '0', /'tables' cannot be set/],
      ['pte(vm, 0x8000_0000)', '0', /is absent here/],
      ['fish', '0', /there is no 'fish'/],
    ] as const) {
      assert.match(await client.fails('setExpression', { expression, value }), message, expression);
    }
    const step = await client.step();
    // The same value is no change.
    await client.request('setExpression', { expression: 'machine.esop', value: '1' });
    assert.equal(await client.step(), step);
  });

  it('in the middle of a step is done at the next point where the run can be interrupted', async () => {
    const client = await at('arm');
    await client.breakpoints('setFunctionBreakpoints', { breakpoints: [{ name: 'walk:page' }] });
    await client.move('continue');
    const step = await client.step();
    await repl(client, 'set machine.idte = 0');
    assert.match(
      client.output,
      new RegExp(`step ${step + 1} \\(the first step at which the run can be interrupted\\)`),
    );
  });

  it('runs statements at the cursor', async () => {
    const client = await at('reclaim');
    assert.match(await repl(client, 'host reclaim 0x10002000'), /^host reclaim 0x10002000: \d+ steps$/);
    assert.match(await client.evaluate('pte(vm, 0x2000)'), /^s1:600 /);
    assert.equal(await client.where(), `reclaim:${marker(reclaim, 'reclaim')}`);
    // Its steps are steps like others.
    await client.move('stepBack');
    assert.match(await client.where(), /^reclaim:7 < reclaim:\d+$/);
    await client.move('gmap/stepBackOut');
    await client.move('gmap/stepBackOver');
    assert.match(await client.evaluate('pte(vm, 0x2000)'), /^d1:03d /);
    const statement = 'translate vm 0x2000 -> 5';
    assert.match(await client.fails('evaluate', { expression: statement, context: 'repl' }), /do the same again/);
    assert.match(await repl(client, statement), /expected result 5, found result 0x10002000/);
  });

  it('runs statements inside of a function as another thread would', async () => {
    const client = await at('arm');
    await client.breakpoints('setFunctionBreakpoints', { breakpoints: [{ name: 'gmap_pte_op_fixup' }] });
    await client.move('continue');
    const where = await client.where();
    assert.match(await repl(client, 'host read 0x10005000'), /steps$/);
    assert.equal(await client.where(), where);
    assert.match(await client.evaluate('pte(0x10005000)'), /^z:|^d/);
    // mmap_sem is held for reading: nobody can write.
    const failed = await client.fails('evaluate', { expression: 'host mmap 0x40000000 len 1M rw', context: 'repl' });
    assert.match(failed, /it would have to wait for mmap_sem:w, which is held here/);
    assert.equal(await client.where(), where);
  });

  it('checks expectations at the cursor, which changes nothing', async () => {
    const client = await at('reclaim');
    const step = await client.step();
    assert.equal(await repl(client, 'expect pte vm 0x2000 valid writable, pgste with IN'), 'as expected');
    assert.match(await repl(client, 'expect no notification'), /^as expected$/);
    assert.match(await repl(client, 'expect pte vm 0x2000 swapped'), /^expected pte swapped; found pte d1:03d/);
    assert.match(
      await repl(client, 'print pte(vm, 0x2000), machine.esop'),
      /^pte\(vm, 0x2000\) = d1.*\nmachine.esop = 1$/,
    );
    assert.equal(await client.step(), step);
  });

  it('says what is wrong with a statement', async () => {
    const client = await at('reclaim');
    for (const [text, message] of [
      ['host wirte 0x10002000', /did you mean 'write'/],
      ['host reclaim', /./],
      ['thread a {', /./],
      ['mark here', /'mark' cannot be run here/],
      ['let x = 5', /^nothing to run$/],
      ['frob x', /^the expression ends before 'x'/],
      ['expect pte(g5, 0).I', /^pte: gmap g5 is not allocated$/],
      ['fault vn 0x2000 read', /there is no gmap 'vn'; did you mean 'vm'/],
    ] as const) {
      assert.match(await client.fails('evaluate', { expression: text, context: 'repl' }), message, text);
    }
  });

  it('says what else a statement led to', async () => {
    const client = await at('reclaim');
    await repl(client, 'free vm');
    assert.match(await repl(client, 'fault vm 0x2000 read -> 0'), /steps; expected result 0, found result NA$/);
    const other = new Client();
    const crash = fixture('crash.gmap');
    await other.launch({ program: crash }, () => other.setLines(crash, marker(crash, 'crash')));
    assert.match(await repl(other, 'discard vm from 0x0 to 0x1000'), / steps; BUG zap_page_range with NULL vma$/);
    assert.match(
      await other.fails('evaluate', { expression: 'host age 0x10000000', context: 'repl' }),
      /the run has ended/,
    );
  });

  it('answers in the base that is asked for', async () => {
    const client = await at('reclaim');
    const { variablesReference } = await client.variable('Tables', 'vm', 'region-third', '[0]', '[0]', '[2]');
    const set = { variablesReference, name: 'pgste', value: '0' };
    assert.equal(
      (await client.request<{ value: string }>('setVariable', { ...set, format: { hex: true } })).value,
      '0x0',
    );
  });

  it('is the work of the console, if a kernel function is under way', async () => {
    const client = await at('reclaim');
    await client.move('gmap/goTo', { step: 183 });
    assert.match(await repl(client, 'host write 0x10102000'), /^host write 0x10102000: \d+ steps$/);
    assert.match(await repl(client, 'who pte(0x10102000)'), /\(console\)/);
  });

  it('may leave an entry that leads nowhere, or round in a circle: all can still be looked at', async () => {
    for (const entry of ['AAAAAAAAAAA=', 'AAAAAAAAQAc=']) {
      const client = await at('reclaim');
      await client.request('writeMemory', { memoryReference: '0x4000', data: entry });
      for (const reference of (await client.scopes()).values()) {
        for (const { variablesReference: inner } of await client.variables(reference)) {
          if (inner > 0) await client.variables(inner);
        }
      }
      await client.request('gmap/tree');
      await client.request('gmap/picture', {});
      await client.evaluate('info locks', 'repl');
    }
  });

  it('is not possible after the end', async () => {
    const client = await at('reclaim');
    await client.setLines(reclaim);
    await client.move('continue');
    assert.match(
      await client.fails('setExpression', { expression: 'machine.esop', value: '0' }),
      /the run has ended: go back a step/,
    );
    await client.move('stepBack');
    await client.fails('setExpression', { expression: 'machine.esop', value: '0' });
    await client.request('setExpression', { expression: 'machine.esop', value: '0' });
  });
});
