import assert from 'node:assert/strict';
import { Client, fixture, marker } from './client.js';

const reclaim = fixture('reclaim.gmap');
const levels = fixture('levels.gmap');

async function at(file: string, name: string, args: object = {}): Promise<Client> {
  const client = new Client();
  await client.launch({ program: file, ...args }, () => client.setLines(file, marker(file, name)));
  return client;
}

describe('stepping', () => {
  it('goes into the walk, level by level', async () => {
    const client = await at(levels, 'second');
    const steps: string[] = [];
    for (let i = 0; i < 9; i++) {
      await client.move('stepIn');
      steps.push((await client.where()).replace(/ < levels:\d+$/, ''));
    }
    const inWalk = (line: number): string => `gmap_table_walk:${line} < gmap_pte_op_walk:2 < gmap_mprotect_notify:4`;
    assert.deepEqual(steps, [
      'gmap_mprotect_notify:3',
      'gmap_mprotect_notify:4',
      'gmap_pte_op_walk:2 < gmap_mprotect_notify:4',
      inWalk(2), // region-first
      inWalk(3),
      inWalk(4),
      inWalk(5), // segment
      inWalk(7),
      'gmap_pte_op_walk:4 < gmap_mprotect_notify:4', // the PTE
    ]);
    assert.equal((await client.variable('Walk', 'segment'))?.value.endsWith('it leads to the page table'), true);
    assert.match((await client.variable('Walk', 'region-first')).value, /^→ 0x.*: valid: the walk goes on$/);
    assert.match((await client.variable('Walk', 'page')).value, /^d1:03d .*: the walk reads it next$/);
  });

  it('says why a walk gives up', async () => {
    const client = await at(levels, 'first');
    for (let i = 0; i < 5; i++) await client.move('stepIn');
    assert.match(await client.where(), /^gmap_table_walk:6 /);
    assert.match(
      (await client.variable('Walk', 'region-first')).value,
      /^invalid .*: the I bit is set: the walk gives up$/,
    );
  });

  it('goes over a call, out of it, and over a whole statement', async () => {
    const client = await at(reclaim, 'arm');
    await client.move('next');
    assert.equal(await client.where(), `reclaim:${marker(reclaim, 'arm') + 1}`);
    await client.move('stepBack');
    await client.move('gmap/stepBackOut');
    assert.equal(await client.where(), `reclaim:${marker(reclaim, 'arm')}`);
    await client.move('stepIn');
    await client.move('next');
    assert.equal(await client.where(), `gmap_mprotect_notify:4 < reclaim:${marker(reclaim, 'arm')}`);
    await client.move('next'); // over gmap_pte_op_walk
    assert.equal(await client.where(), `gmap_mprotect_notify:7 < reclaim:${marker(reclaim, 'arm')}`);
    await client.move('stepIn');
    assert.match(await client.where(), /^__gmap_translate:2 < gmap_mprotect_notify:7/);
    await client.move('stepOut');
    assert.match(await client.where(), /^gmap_mprotect_notify:8 < /);
    await client.move('stepOut');
    assert.equal(await client.where(), `reclaim:${marker(reclaim, 'arm') + 1}`);
  });

  it('mirrors each step backwards', async () => {
    const client = await at(reclaim, 'reclaim');
    await client.move('gmap/stepBackOver');
    await client.move('gmap/stepBackOver');
    assert.equal(await client.where(), `reclaim:${marker(reclaim, 'arm')}`);
    for (const [there, back] of [
      ['stepIn', 'stepBack'],
      ['stepIn', 'gmap/stepBackOut'],
      ['next', 'gmap/stepBackOver'],
    ] as const) {
      const from = await client.step();
      await client.move(there);
      await client.move(back);
      assert.equal(await client.step(), from, `${there} and ${back}`);
    }
  });

  it('goes back to the very first step, and stays there', async () => {
    const client = await at(reclaim, 'arm');
    let steps = 0;
    while ((await client.move('stepBack')).reason !== 'entry') steps++;
    assert.equal(await client.step(), 0);
    assert.equal(steps, 98);
    assert.equal((await client.move('reverseContinue')).reason, 'entry');
    assert.equal((await client.move('stepIn')).reason, 'step');
  });

  it('stays at the end when there is nothing left to step', async () => {
    const client = await at(reclaim, 'beyond');
    assert.equal((await client.move('next')).reason, 'end');
    assert.equal((await client.move('stepIn')).reason, 'end');
    assert.equal((await client.move('stepOut')).reason, 'end');
  });

  it('honours granularity', async () => {
    const client = await at(reclaim, 'reclaim');
    // Back by a statement of the scenario; without granularity by a step.
    await client.move('stepBack', { granularity: 'statement' });
    await client.move('stepBack', { granularity: 'statement' });
    assert.equal(await client.where(), `reclaim:${marker(reclaim, 'arm')}`);
    await client.move('next');
    await client.move('stepBack', { granularity: 'instruction' });
    assert.match(await client.where(), /^gmap_mprotect_notify:12 /);
    // handle_mm_fault allocates a page and takes it: two steps of one line.
    await client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'handle_mm_fault' }] });
    await client.move('reverseContinue');
    while (!/^handle_mm_fault:12 /.test(await client.where())) await client.move('next');
    const step = await client.step();
    await client.move('next', { granularity: 'line' });
    assert.match(await client.where(), /^handle_mm_fault:13 /);
    assert.equal(await client.step(), step + 2);
  });

  it('stops at breakpoints on the way', async () => {
    const client = await at(reclaim, 'arm');
    await client.breakpoints('setFunctionBreakpoints', { breakpoints: [{ name: '__gmap_link' }] });
    const stopped = await client.move('next');
    assert.equal(stopped.reason, 'function breakpoint');
    assert.match(await client.where(), /^__gmap_link:/);
  });

  it('steps into the call that is chosen', async () => {
    const client = await at(reclaim, 'reclaim');
    const [frame] = await client.stack();
    const { targets } = await client.request<{ targets: { id: number; label: string }[] }>('stepInTargets', {
      frameId: frame!.id,
    });
    assert.deepEqual(targets.map((t) => t.label), ['ptep_xchg_direct', 'ptep_set_pte_at']);
    await client.move('stepIn', { targetId: targets[1]!.id });
    assert.match(await client.where(), /^ptep_set_pte_at:2 /);
  }); // prettier-ignore

  it('restarts a frame', async () => {
    const client = await at(reclaim, 'reclaim');
    await client.breakpoints('setExceptionBreakpoints', { filters: ['notifier'] });
    await client.move('continue');
    const frames = await client.stack();
    const restarted = frames.find((f) => f.name === 'ptep_xchg_direct')!;
    await client.move('restartFrame', { frameId: restarted.id });
    assert.match(await client.where(), /^ptep_xchg_direct:2 /);
    await client.move('restartFrame', { frameId: frames.at(-1)!.id });
    assert.equal(await client.where(), `reclaim:${marker(reclaim, 'reclaim')}`);
    assert.match(await client.fails('restartFrame', { frameId: frames[0]!.id }), /not on the stack any more/);
  });

  it('jumps to the visits of a line', async () => {
    const client = await at(fixture('long.gmap'), 'fault', { maxSteps: 50_000 });
    const line = marker(fixture('long.gmap'), 'fault');
    const targets = async (): Promise<{ id: number; label: string }[]> => {
      const source = { path: fixture('long.gmap') };
      return (await client.request<{ targets: { id: number; label: string }[] }>('gotoTargets', { source, line }))
        .targets;
    };
    const all = await targets();
    assert.equal(all.length, 25);
    assert.match(all[2]!.label, /^visit 3 of [\d,]+, step [\d,]+$/);
    const stopped = await client.move('goto', { targetId: all[2]!.id });
    assert.equal(stopped.reason, 'goto');
    assert.equal(await client.step(), all[2]!.id);
    assert.equal(await client.where(), `long:${line}`);
  });

  it('jumps to a step, and to a moment that was copied', async () => {
    const client = await at(reclaim, 'arm');
    await client.move('gmap/goTo', { step: 190 });
    assert.match(await client.where(), /^gmap_call_notifier:2 /);
    const { moment } = await client.request<{ moment: string }>('gmap/position');
    const other = await at(reclaim, 'arm');
    await other.move('gmap/goTo', { moment });
    assert.equal(await other.step(), 190);
    const third = await at(levels, 'first');
    assert.match(await third.fails('gmap/goTo', { moment }), /belongs to scenario "reclaim"/);
    assert.match(await third.fails('gmap/goTo', { step: 100_000 }), /no step 100,000: the run has 217/);
  });

  it('shows what a notifier does as statements inside of it', async () => {
    const client = new Client();
    client.files.set('n.gmap', [
      'host mmap 0x10000000 len 2M rw',
      'gmap vm limit 4G',
      'map vm 0x0 len 2M to 0x10000000',
      'notifier nice calls {',
      '  translate vm 0x5000',
      '  down_read mmap_sem',
      '  up_read mmap_sem',
      '}',
      'mprotect_notify vm 0x2000 len 4K PROT_WRITE',
      'host reclaim 0x10002000',
    ].join('\n')); // prettier-ignore
    await client.launch({ program: 'n.gmap' }, () => client.setLines('n.gmap', 5, 6));
    assert.match(await client.where(), /^n:5 < gmap_call_notifier:2 < .* < reclaim:5 < n:10$/);
    await client.move('stepIn');
    assert.match(await client.where(), /^gmap_translate:2 < n:5 < gmap_call_notifier:2 < /);
    const [inner, statement] = await client.stack();
    const evaluate = async (frameId: number): Promise<string> =>
      (await client.request<{ result: string }>('evaluate', { expression: 'gaddr', frameId })).result;
    assert.equal(await evaluate(inner!.id), '0x5000');
    await client.move('stepOut');
    assert.match(await client.where(), /^n:6 < gmap_call_notifier:2 < /);
    assert.match(await client.fails('restartFrame', { frameId: statement!.id }), /not on the stack any more/);
    await client.move('stepIn');
    assert.match(await client.where(), /^down:2 < n:6 < gmap_call_notifier:2 < /);
    await client.move('restartFrame', { frameId: (await client.stack())[1]!.id });
    assert.match(await client.where(), /^n:6 < gmap_call_notifier:2 < /);
  });

  it('shows who runs in the window in which a function has let go of its lock', async () => {
    const client = new Client();
    client.files.set('w.gmap', [
      'host mmap 0x10000000 len 2M rw',
      'gmap vm limit 4G',
      'map vm 0x0 len 2M to 0x10000000',
      'fault vm 0x3000 write',
      'inject unlocked 1 then { host reclaim 0x10003000 }',
      'fault vm 0x2000 write',
    ].join('\n')); // prettier-ignore
    const reclaim = async (): Promise<unknown> => {
      const set = await client.breakpoints('setFunctionBreakpoints', { breakpoints: [{ name: 'ptep_xchg_direct' }] });
      assert.equal(set[0]!.verified, true);
      return set;
    };
    await client.launch({ program: 'w.gmap' }, reclaim);
    assert.match(
      await client.where(),
      /^ptep_xchg_direct:2 < reclaim:5 < handle_mm_fault:4 < fixup_user_fault:3 < gmap_fault:4 < w:6$/,
    );
    await client.move('gmap/stepBackOut');
    assert.match(await client.where(), /^reclaim:5 < handle_mm_fault:4 < /);
    assert.deepEqual(await client.variables((await client.scopes()).get('Arguments and locals')!), []);
    await client.move('restartFrame', { frameId: (await client.stack())[0]!.id });
    assert.match(await client.where(), /^reclaim:3 < handle_mm_fault:4 < /);
  });
});
