import assert from 'node:assert/strict';
import { COMMANDS } from '../../src/debug/console/console.js';
import { Client, fixture, marker, type Stopped } from './client.js';

const reclaim = fixture('reclaim.gmap');

async function at(name: string): Promise<Client> {
  const client = new Client();
  await client.launch({ program: reclaim }, () => client.setLines(reclaim, marker(reclaim, name)));
  return client;
}

const repl = (client: Client, expression: string): Promise<string> => client.evaluate(expression, 'repl');

/** A command that moves the cursor. */
async function go(client: Client, expression: string): Promise<string> {
  const seen = client.events('stopped').length;
  assert.equal(await repl(client, expression), '');
  await client.event<Stopped>('stopped', seen);
  return (await client.where()).split(' < ')[0]!;
}

const wrong = (client: Client, expression: string): Promise<string> =>
  client.fails('evaluate', { expression, context: 'repl' });

describe('the debug console', () => {
  it('lists every command', async () => {
    const client = await at('arm');
    const help = await repl(client, 'help');
    for (const { name, doc } of COMMANDS) {
      assert.match(help, new RegExp(`^ {2}${name}\\b`, 'm'));
      assert.ok((await repl(client, `help ${name}`)).includes(doc));
    }
    assert.match(await wrong(client, 'help brek'), /there is no command 'brek'; did you mean 'break'\?/);
  });

  it('steps in both directions', async () => {
    const client = await at('arm');
    assert.equal(await go(client, 'in'), 'gmap_mprotect_notify:3');
    assert.equal(await go(client, 'in'), 'gmap_mprotect_notify:4');
    assert.equal(await go(client, 'next'), 'gmap_mprotect_notify:7');
    assert.equal(await go(client, 'backover'), 'gmap_mprotect_notify:4');
    assert.equal(await go(client, 'in'), 'gmap_pte_op_walk:2');
    assert.equal(await go(client, 'out'), 'gmap_mprotect_notify:7');
    assert.equal(await go(client, 'back'), 'gmap_pte_op_walk:3');
    assert.equal(await go(client, 'backout'), 'gmap_mprotect_notify:4');
    assert.equal(await go(client, 'in gmap_pte_op_fixup'), 'gmap_pte_op_fixup:2');
    assert.match(await wrong(client, 'in gmap_table_walk'), /nothing here calls 'gmap_table_walk'/);
    assert.equal(await go(client, 'rcontinue'), `reclaim:${marker(reclaim, 'arm')}`);
    assert.equal(await go(client, 'continue'), 'reclaim:15');
  });

  it('goes to any moment', async () => {
    const client = await at('arm');
    assert.equal(await go(client, 'step 190'), 'gmap_call_notifier:2');
    assert.equal(await go(client, 'goto -1'), 'ptep_notify:6');
    assert.equal(await go(client, 'goto +1'), 'gmap_call_notifier:2');
    assert.equal(await go(client, 'goto start'), 'reclaim:2');
    assert.equal(await go(client, 'goto end'), 'reclaim:15');
    assert.equal(await go(client, 'goto call 1'), 'gmap_call_notifier:2');
    assert.equal(await go(client, 'goto call 1 kvm'), 'gmap_call_notifier:2');
    assert.equal(await go(client, `goto line ${marker(reclaim, 'reclaim')}`), `reclaim:${marker(reclaim, 'reclaim')}`);
    assert.equal(await go(client, 'goto last pgste(vm, 0x2000).IN'), 'ptep_force_prot:9');
    assert.equal(await go(client, 'goto 179'), `reclaim:${marker(reclaim, 'reclaim')}`);
    assert.equal(await go(client, 'goto next pgste(vm, 0x2000).IN'), 'ptep_xchg_direct:8');
    const moment = (await repl(client, 'position')).split('\n')[1]!;
    await go(client, 'goto start');
    assert.equal(await go(client, `goto ${moment}`), 'ptep_xchg_direct:8');
    for (const [text, message] of [
      ['goto 100000', /there is no step 100,000: the run has 223/],
      ['goto', /^write goto N \| \+N \|/],
      ['goto line 99', /no step is at line 99/],
      ['goto call 2', /there is no call 2 recorded so far/],
      ['goto failure', /there is no failure 1: 0 recorded so far/],
      ['goto last pte(vm, 0x7000)', /no earlier write/],
      ['goto gmap:00000000#12 other', /belongs to scenario "other"/],
    ] as const) {
      assert.match(await wrong(client, text), message, text);
    }
  });

  it('goes to where an expectation failed', async () => {
    const client = new Client();
    await client.launch({ program: reclaim, scenario: 'wrong' });
    assert.equal(await go(client, 'goto failure'), `wrong:${marker(reclaim, 'wrong')}`);
  });

  it('sets breakpoints of every kind, lists and deletes them', async () => {
    const client = await at('arm');
    assert.equal(
      await repl(client, 'break gmap_pte_op_fixup if gaddr == 0x2000'),
      'breakpoint 2: gmap_pte_op_fixup if gaddr == 0x2000',
    );
    assert.equal(await repl(client, 'break walk:segment visit 2'), 'breakpoint 3: walk:segment at visit 2');
    assert.equal(
      await repl(client, `break ${marker(reclaim, 'reclaim')}`),
      `breakpoint 4: reclaim.gmap:${marker(reclaim, 'reclaim')}`,
    );
    assert.equal(
      await repl(client, 'break ptep_xchg_direct:4 log at {step}'),
      'breakpoint 5: ptep_xchg_direct:4 log at {step}',
    );
    assert.equal(await repl(client, 'catch notifier if start == 0x2000'), 'breakpoint 6: notifier if start == 0x2000');
    assert.equal(await go(client, 'continue'), 'gmap_pte_op_fixup:2');
    assert.equal(await go(client, 'continue'), 'gmap_table_walk:5');
    assert.equal(await go(client, 'continue'), `reclaim:${marker(reclaim, 'reclaim')}`);
    assert.equal(await repl(client, 'watch pgste(vm, 0x2000).IN'), 'breakpoint 7: pgste(vm, 0x2000).IN');
    assert.equal(await go(client, 'continue'), 'gmap_call_notifier:2');
    assert.equal(await go(client, 'continue'), 'ptep_xchg_direct:8');
    assert.match(client.output, /^at 195$/m);
    assert.match(await repl(client, 'info breakpoints'), /^1 {2}reclaim.gmap:9\n2 .*\n7 {2}pgste\(vm, 0x2000\).IN$/s);
    assert.equal(await repl(client, 'delete 3'), 'breakpoint 3 is gone: walk:segment at visit 2');
    assert.equal((await repl(client, 'delete all')).split('\n').length, 5);
    assert.equal(await repl(client, 'info breakpoints'), '1  reclaim.gmap:9');
    assert.equal(client.events('breakpoint').length, 0);
    await repl(client, 'delete 1');
    assert.equal((client.events('breakpoint')[0]!.body as { reason: string }).reason, 'removed');
    assert.equal(await repl(client, 'info breakpoints'), 'no breakpoints');
    for (const [text, message] of [
      ['break gmap_fualt', /did you mean 'gmap_fault'/],
      ['break gmap_fault if 1 +', /condition: expected a value/],
      ['break 99', /no statement stands here or below/],
      ['watch rc', /'rc' is not in storage/],
      ['watch pte(vm, 0x8000_0000)', /is absent here/],
      ['catch fish', /there is no filter 'fish'/],
      ['delete 99', /there is no breakpoint 99/],
      ['delete', /^write delete \(d\) N \| all$/],
    ] as const) {
      assert.match(await wrong(client, text), message, text);
    }
    assert.equal(await repl(client, 'info breakpoints'), 'no breakpoints');
  });

  it('shows the stack, the text, memory, and who wrote it', async () => {
    const client = await at('arm');
    await go(client, 'goto call 1');
    assert.equal((await repl(client, 'where')).split('\n')[0], '#0 gmap_call_notifier at gmap_call_notifier:2');
    assert.match(await repl(client, 'list'), /^ {2}1 {2}gmap_call_notifier\(gmap, start, end\)\n> 2 {6}call each/);
    assert.match(
      await repl(client, 'who pgste(vm, 0x2000).IN'),
      /^ {2}step 168 {2}0x0 → 0x400000000000 {2}ptep_force_prot: mprotect_notify .*\n> step 198 /,
    );
    assert.match(await repl(client, 'mem pgste(vm, 0x2000) 8'), /^0x000[0-9a-f]+ {2}0080c00000000000$/);
    assert.match(await repl(client, 'mem 0x4000 32'), /^0x00004000 {2}000000000001000b 0{14}28\n0x00004010 /);
    assert.match(await wrong(client, 'mem 0x7fffffff0000'), /./);
    assert.match(await repl(client, 'info locks'), /^mmap_sem|ptl 0x10000000: held by scenario/);
    assert.equal(await repl(client, 'info notifiers'), 'kvm: registered, 0 calls');
    assert.match(await repl(client, 'info gmaps'), /^vm: gmap up to/);
    assert.equal(await repl(client, 'info threads'), '> scenario');
    assert.match(await wrong(client, 'info fish'), /^write info \(i\) locals \| walk \| gmaps/);
    assert.equal(await repl(client, 'print start,x'), '0x2000');
    assert.equal(await repl(client, 'format hex'), 'numbers are shown hex');
    assert.equal(await repl(client, 'machine.attach'), '0x1');
    assert.match(await wrong(client, 'format fish'), /^write format decoded \| hex/);
  });

  it('takes names that are also commands for expressions, where they are', async () => {
    const client = await at('arm');
    assert.equal(await repl(client, 'step'), '105');
    assert.equal(await repl(client, 'step == 105'), 'true');
    assert.equal(await repl(client, 'step - 5'), '100');
    assert.equal(await repl(client, 'translate(vm, 0x2000)'), '0x10002000');
    const named = new Client();
    named.files.set('/named.gmap', 'let watch = 3\ngmap who limit 1G\n');
    await named.launch({ program: '/named.gmap', stopOnEntry: true });
    assert.equal(await repl(named, 'watch'), '3');
    assert.equal(await repl(named, 'watch + 1'), '4');
    await go(named, 'goto end');
    assert.match(await repl(named, 'who'), /^gmap up to /);
  });

  it('says how a command is used that has too many words, or none where some are needed', async () => {
    const client = await at('arm');
    for (const text of ['undo 3', 'quit now', 'where now', 'list x', 'position now', 'next 3', 'continue now', 'restart now']) {
      assert.match(await wrong(client, text), new RegExp(`^write ${text.split(' ')[0]!}( \\(.*\\))?( \\[.*\\])?$`), text);
    }
    for (const text of ['break', 'watch', 'catch', 'who', 'mem', 'until', 'print']) {
      assert.match(await wrong(client, text), new RegExp(`^write ${text} .*[A-Z]`), text);
    }
    assert.match(await wrong(client, 'schedule now'), /expected 'written', 'round_robin'/);
  }); // prettier-ignore

  it('says what is wrong with the operands of a command', async () => {
    const client = await at('arm');
    for (const [text, message] of [
      ['set pte', /^write set EXPR = VALUE$/],
      ['set pte(vm, 0x2000) = 5', /^'pte\(vm, 0x2000\)' is absent here: a table on the way is missing$/],
      ['alone scenario', /^no threads run beside each other here$/],
      ['alone', /^write alone \(switch\) THREAD \[N\]$/],
      ['alone a b c', /^write alone \(switch\) THREAD \[N\]$/],
      ['terminate', /^write terminate THREAD$/],
      ['t', /^write thread \(t\) NAME$/],
      ['thread nobody', /^there is no thread 'nobody'; there are scenario$/],
      ['info visits', /^write info visits PLACE/],
      ['info visits gmap_fualt', /did you mean 'gmap_fault'/],
      ['mem 0x4000 0', /^there is no storage at 0x4000$/],
      ['mem -1', /^there is no storage at -1$/],
      ['mem "text"', /^'"text"' is not in storage/],
      ['goto failure 2', /^there is no failure 2: 0 recorded so far$/],
      ['goto call 9 of kvm', /^there is no call 9 of kvm recorded so far$/],
      ['goto call 1 of kvm now', /^write goto N/],
      ['goto next 0x9000', /^no later write of 0x9000 is recorded$/],
      ['goto others 0x9000', /^no earlier write of 0x9000 by another thread is recorded$/],
      ['goto line x', /^no step is at line x$/],
      ['break gmap_ipte_notify:3', /^gmap_ipte_notify exists only in the generation 'before'; this run is 'after'$/],
      ['break nofn:3', /^there is no function 'nofn'$/],
      ['break gmap_fault visit 0', /'0' never stops: visits are counted from 1$/],
      ['break gmap_fault visit <1', /'<1' never stops/],
      ['break gmap_fault visit %0', /% 0 never stops: divide by 1 or more$/],
      ['watch 0x4000 bytes 0', /'bytes' must be 1 to 268435456, not 0$/],
      ['rwatch 0x1000', /only reads of region and segment table entries .* are recorded$/],
      ['fault vm 0x2000', /^expected 'read' or 'write', found end of file \(column 16\)$/],
    ] as const) {
      assert.match(await wrong(client, text), message, text);
    }
  });

  it('lists what there is, also where there is nothing', async () => {
    const client = await at('arm');
    assert.equal(await repl(client, 'delete all'), 'the console has set no breakpoint');
    assert.equal(await repl(client, 'schedule'), 'no threads have run beside each other so far');
    assert.equal(await repl(client, 'info exception'), 'nothing out of the ordinary');
    assert.equal(await repl(client, 'info visits gmap_fault'), 'no visit is recorded');
    assert.equal(await repl(client, 'info visits walk:segment'), 'visit 1  step 147\nvisit 2  step 160');
    assert.equal(await repl(client, 'info walk'), 'no walk is in progress here');
    assert.equal(await repl(client, 'info vcpus'), 'no vCPU');
    assert.equal(await repl(client, 'info calls'), 'step 106  gmap_mprotect_notify');
    assert.equal(await repl(client, 'who 0x9000'), 'nobody has written 0x9000 so far');
    assert.match(await repl(client, 'info sources'), /reclaim\.gmap\n(.*\/)*kvm_gmap_notifier\n/);
    assert.equal((await repl(client, 'list 1')).split('\n').length, 3);
    assert.equal(await repl(client, 'break gmap_fault visit >0'), 'breakpoint 2: gmap_fault at visit >0');
    assert.equal(await repl(client, 'watch 0x4000 bytes 2'), 'breakpoint 3: 2 bytes at 0x4000');
    await client.breakpoints('setFunctionBreakpoints', { breakpoints: [{ name: 'gmap_fualt' }] });
    assert.match(await repl(client, 'info breakpoints'), /^4 {2}gmap_fualt {2}\(never hits: there is no function/m);
    assert.match(await repl(client, 'tree'), /^vm: gmap up to .*\nhost:? /ms);
    assert.equal(await repl(client, 'tree 5'), '5: 5');
    assert.match(await repl(client, 'break gmap_table_walk if frob log never said'), /^breakpoint 5: /);
    assert.match(await repl(client, 'break gmap_pte_op_walk log in {function}'), /^breakpoint 6: /);
    await go(client, 'goto end');
    assert.match(client.output, /^in gmap_pte_op_walk$/m);
    assert.match(client.output, /^the condition 'frob' has no value here: there is no 'frob' here$/m);
    assert.equal(await repl(client, 'info calls'), 'nothing more is called from here');
    assert.match(await wrong(client, 'in gmap_fault'), /^nothing here calls 'gmap_fault'$/);
    assert.match(await repl(client, 'list'), /^> 15 {2}}$/m);
  });

  it('looks for visits a little ahead, where none is recorded', async () => {
    const client = new Client();
    await client.launch({ program: fixture('long.gmap'), stopOnEntry: true });
    for (const before of [0, 20_000]) {
      await go(client, `goto ${before}`);
      const visits = (await repl(client, 'info visits gmap_fault')).match(/(?<=step )[\d,]+/g)!;
      const steps = visits.map((text) => Number(text.replace(/,/g, '')));
      assert.deepEqual(
        steps,
        [...new Set(steps)].sort((a, b) => a - b),
      );
      assert.ok(steps.at(-1)! > before);
    }
  });

  it('pauses a long run', async () => {
    const long = fixture('long.gmap');
    const client = new Client();
    await client.launch({ program: long }, () => client.setLines(long, marker(long, 'fault')));
    await client.setLines(long);
    assert.match(await repl(client, 'position'), /^step [\d,]+\n/);
    const stopped = client.event<Stopped>('stopped');
    const progress = client.event('progressStart');
    await client.request('continue', { threadId: 1 });
    await progress;
    assert.equal(await repl(client, ' pause '), '');
    assert.equal((await stopped).reason, 'pause');
  });

  it('completes where columns are counted from 0', async () => {
    const client = new Client();
    await client.request('initialize', { adapterID: 'gmap', columnsStartAt1: false });
    const stopped = client.event('stopped', 0);
    await client.request('launch', { program: reclaim, stopOnEntry: true });
    await client.request('configurationDone');
    await stopped;
    const { targets } = await client.request<{ targets: object[] }>('completions', { text: 'rco', column: 3 });
    assert.deepEqual(targets.map((t) => ({ ...t, detail: '' })), [
      { label: 'rcontinue', type: 'keyword', start: 0, length: 3, detail: '' },
    ]);
  }); // prettier-ignore

  it('lists breakpoints that can never hit by what was asked for', async () => {
    const client = await at('arm');
    await client.setLines('/other.gmap', 3);
    await client.request('setBreakpoints', { source: { sourceReference: 99999 }, breakpoints: [{ line: 4 }] });
    await client.breakpoints('setFunctionBreakpoints', { breakpoints: [{ name: 'nothing' }] });
    await client.breakpoints('setDataBreakpoints', { breakpoints: [{ dataId: 'no data' }] });
    await client.request('setExceptionBreakpoints', { filters: ['fish'] });
    const listed = (await repl(client, 'info breakpoints')).split('\n').slice(1);
    assert.equal(listed.length, 5);
    for (const line of listed) assert.match(line, /^\d+ {2}\S.* {2}\(never hits: .+\)$/);
  });

  it('means the frame that the client has chosen', async () => {
    const client = await at('reclaim');
    await client.move('gmap/goTo', { step: 183 });
    const [inner, outer] = await client.stack();
    const ask = (frameId: number, expression: string): Promise<{ result: string }> =>
      client.request('evaluate', { expression, frameId, context: 'repl' });
    assert.notEqual((await ask(inner!.id, 'function')).result, (await ask(outer!.id, 'function')).result);
    assert.match((await ask(outer!.id, 'watch pte(vm, 0x2000)')).result, /^breakpoint 2: pte\(vm, 0x2000\)$/);
    assert.match((await ask(outer!.id, 'watch word(0x4000)')).result, /^breakpoint 3: word\(0x4000\)$/);
    assert.match(await wrong(client, 'watch pte(vm, 0x8000_0000).P'), /^'pte\(vm, 0x8000_0000\)' is absent here/);
  });

  it('gives a moment another name once something was done to the run', async () => {
    const client = await at('reclaim');
    const moment = async (): Promise<string> => (await repl(client, 'position')).split('\n')[1]!.split('#')[0]!;
    const first = await moment();
    await repl(client, 'host age 0x10003000');
    const second = await moment();
    await repl(client, 'host age 0x10003000');
    assert.equal(new Set([first, second, await moment()]).size, 3);
    await repl(client, 'undo');
    assert.equal(await moment(), second);
  });

  it('shows only so many lines of a long tree, and marks the way of a walk', async () => {
    const client = new Client();
    const pages = 'host mmap 0x10000000 len 1M rw\ngmap vm limit 1G\nmap vm 0x0 len 1M to 0x10000000\n';
    const touch = Array.from({ length: 200 }, (_, i) => `guest write vm ${i * 0x1000}\n`).join('');
    client.files.set('/many.gmap', `${pages}${touch}fault vm 0x0 read\n`);
    await client.launch({ program: '/many.gmap', stopOnEntry: true });
    await go(client, 'goto end');
    const lines = (await repl(client, 'tree')).split('\n');
    assert.equal(lines.length, 401);
    assert.equal(lines.at(-1), '… more than 400 lines: ask for a part of it');
    const visits = (await repl(client, 'info visits walk:segment')).split('\n');
    assert.equal(visits.length, 201);
    assert.match(visits[0]!, /^… \d+ before$/);
    await repl(client, 'break walk:segment');
    await go(client, 'rcontinue');
    assert.match(await repl(client, 'tree vm'), /^ +\[0\] 0x0: .* \*$/m);
  });

  it('completes commands, places, statements, names and members', async () => {
    const client = await at('reclaim');
    const labels = async (text: string): Promise<string[]> => {
      const { targets } = await client.request<{ targets: { label: string; start: number; length: number }[] }>(
        'completions',
        { text, column: text.length + 1 },
      );
      for (const { label, start, length } of targets) {
        assert.ok(label.toLowerCase().startsWith(text.slice(start - 1, start - 1 + length).toLowerCase()));
        assert.equal(start - 1 + length, text.length);
      }
      return targets.map((t) => t.label);
    };
    assert.ok((await labels('')).includes('continue'));
    assert.deepEqual(await labels('rc'), ['rcontinue', 'rc', 'rcu']);
    assert.ok((await labels('break gmap_p')).includes('gmap_pte_op_walk'));
    assert.deepEqual(await labels('break walk:r'), ['walk:region1', 'walk:region2', 'walk:region3']);
    assert.deepEqual(await labels('catch walk:s'), ['walk:segment']);
    assert.deepEqual(await labels('break gmap_fault i'), ['if']);
    assert.ok((await labels('break gmap_fault if v')).includes('vm'));
    assert.deepEqual(await labels('info t'), ['threads']);
    assert.deepEqual(await labels('delete '), ['1']);
    assert.deepEqual(await labels('host rec'), ['reclaim']);
    assert.deepEqual(await labels('pgste(vm, 0x2000).I'), ['IN', 'index']);
    assert.deepEqual(await labels('vm.asce_'), ['asce_end']);
    assert.deepEqual(await labels('1 + pgs'), ['pgste']);
    assert.deepEqual(await labels('nothing.'), []);
    assert.deepEqual(await labels('catch error '), ['if']);
    assert.deepEqual(await labels('help br'), ['break']);
    assert.deepEqual(await labels('print pgst'), ['pgste']);
    assert.deepEqual(await labels('quit '), []);
    assert.deepEqual(await labels('goto next pgst'), ['pgste']);
    assert.deepEqual(await labels('pgste(vm, 0x9999_0000).I'), ['IN']);
    assert.deepEqual(await labels('entry(vm, 0x9999_0000, segment).'), []);
    assert.deepEqual(await labels('kvm.'), ['calls']);
    assert.ok((await labels('machine.')).includes('esop'));
  });

  it('reaches everything that clients without function, data and exception breakpoints cannot set', async () => {
    const client = new Client();
    await client.request('initialize', { adapterID: 'gmap' });
    const stopped = client.event('stopped', 0);
    await client.request('launch', { program: reclaim, stopOnEntry: true });
    await client.request('configurationDone');
    await stopped;
    await repl(client, 'break walk:segment if function == gmap_table_walk');
    await repl(client, 'catch error if result == -EFAULT');
    assert.equal(await go(client, 'continue'), 'gmap_table_walk:5');
    assert.equal(await go(client, 'continue'), '__gmap_translate:3');
    assert.equal(await go(client, 'rcontinue'), 'gmap_table_walk:5');
  });
});
