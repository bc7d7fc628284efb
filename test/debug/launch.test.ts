import assert from 'node:assert/strict';
import { Client, fixture, marker } from './client.js';

const reclaim = fixture('reclaim.gmap');

describe('launching', () => {
  it('runs to the end without being told anything, and stays there to be looked at', async () => {
    const client = new Client();
    const stopped = await client.launch({ program: reclaim });
    assert.equal(stopped.reason, 'end');
    assert.equal(stopped.description, 'At the end: 4 expectations, 0 failed');
    assert.match(client.output, /--- arming\npte\(vm, 0x2000\) = d1:03d .*\nreclaim: 4 expectations, 0 failed\n/);
    assert.equal(client.events('terminated').length, 0);
    assert.match(await client.where(), /^reclaim:15$/);
    assert.match((await client.move('stepBack')).description, /in the past: step 220 of 223/);
  });

  it('stops on entry', async () => {
    const client = new Client();
    const stopped = await client.launch({ program: reclaim, stopOnEntry: true });
    assert.equal(stopped.reason, 'entry');
    assert.equal(await client.step(), 0);
    assert.equal(await client.where(), `reclaim:${marker(reclaim, 'mmap')}`);
  });

  it('takes the scenario that is named, or the one around a line, or the first', async () => {
    for (const [args, name] of [
      [{ scenario: 'wrong' }, 'wrong'],
      [{ line: marker(reclaim, 'wrong') }, 'wrong'],
      [{ line: 1 }, 'reclaim'],
      [{}, 'reclaim'],
    ] as const) {
      const client = new Client();
      await client.launch({ program: reclaim, stopOnEntry: true, ...args });
      assert.equal((await client.stack()).at(-1)!.name, name);
    }
  });

  it('takes a generation', async () => {
    const client = new Client();
    client.files.set('both.gmap', 'gmap vm limit 4G\nnotifier kvm');
    await client.launch({ program: 'both.gmap', generation: 'before' }, () =>
      client.breakpoints('setFunctionBreakpoints', { breakpoints: [{ name: 'gmap_register_ipte_notifier' }] }),
    );
    assert.match(await client.where(), /^gmap_register_ipte_notifier:2 /);
  });

  it('ends at a limit of steps, and says which', async () => {
    const client = new Client();
    const stopped = await client.launch({ program: fixture('long.gmap'), maxSteps: 1000 });
    assert.equal(stopped.reason, 'exception');
    assert.match(stopped.text ?? '', /more than 1000 steps.*maxSteps/);
  });

  it('checks the invariants, if wanted', async () => {
    const client = new Client();
    const stopped = await client.launch({ program: reclaim, checkInvariants: true });
    assert.equal(stopped.reason, 'end');
  });

  it('stops where an invariant is broken', async () => {
    const client = new Client();
    await client.launch({ program: reclaim, checkInvariants: true }, () =>
      client.setLines(reclaim, marker(reclaim, 'reclaim')),
    );
    await client.request('setExpression', { expression: 'entry(vm, 0x2000, segment)', value: '0x20' });
    await client.setLines(reclaim);
    await client.breakpoints('setExceptionBreakpoints', { filters: ['expectation'] });
    const stopped = await client.move('continue');
    assert.equal(stopped.reason, 'exception');
    assert.match(stopped.text ?? '', /no invariant is broken.*Every host_to_guest entry points at a linked segment/s);
    assert.equal(await client.where(), `reclaim:${marker(reclaim, 'reclaim')}`);
  });

  it('ends at the end, if wanted', async () => {
    for (const args of [{ stopAtEnd: false }, { noDebug: true }]) {
      const client = new Client();
      void client.launch({ program: reclaim, ...args }, () => client.setLines(reclaim, args.noDebug ? 9 : 99)).catch(() => 0);
      await client.event('terminated', 0);
      assert.deepEqual(client.events('exited').map((e) => e.body as unknown), [{ exitCode: 0 }]);
      assert.equal(client.events('stopped').length, 0);
    }
  }); // prettier-ignore

  it('says by its exit code that an expectation failed', async () => {
    const client = new Client();
    void client.launch({ program: reclaim, scenario: 'wrong', noDebug: true }).catch(() => 0);
    await client.event('terminated', 0);
    assert.deepEqual(client.events('exited')[0]!.body, { exitCode: 1 });
    assert.match(client.output, /expected: gmap_fault visited 3 times\n {2}found: {4}never/);
  });

  it('goes on past the end by ending', async () => {
    const client = new Client();
    await client.launch({ program: reclaim });
    await client.request('continue', { threadId: 1 });
    await client.event('terminated', 0);
  });

  it('restarts with the file as it is now, and with the breakpoints', async () => {
    const client = new Client();
    const text = 'host mmap 0x10000000 len 1M rw\ngmap vm limit 4G\n';
    client.files.set('a.gmap', text);
    await client.launch({ program: 'a.gmap' }, () => client.setLines('a.gmap', 2));
    assert.equal(await client.where(), 'a:2');
    client.files.set('a.gmap', `# one line more\n${text}`);
    const stopped = await client.move('restart');
    assert.equal(stopped.reason, 'breakpoint');
    assert.equal(await client.where(), 'a:2');
    assert.match((await client.stack())[0]!.name, /^a$/);
    assert.equal(client.events('breakpoint').length, 1);
    client.files.set('a.gmap', 'gmap vm');
    assert.match(await client.fails('restart'), /^a.gmap:1:8: /);
    assert.equal(await client.where(), 'a:2');
  });

  it('says what is wrong with an attribute, and what is right', async () => {
    const wrong: [Record<string, unknown>, RegExp][] = [
      [{}, /'program' is missing/],
      [{ program: 7 }, /'program' must be a text, not 7/],
      [{ program: ' ' }, /'program' is empty/],
      [{ program: 'nowhere.gmap' }, /nowhere.gmap cannot be read: .*no such file/],
      [{ program: reclaim, scenario: 'reclaims' }, /no scenario "reclaims"; did you mean 'reclaim'\?/],
      [{ program: reclaim, scenario: 'zzz' }, /there are "reclaim", "wrong"/],
      [{ program: reclaim, generation: 'then' }, /'generation' must be "after" or "before", not "then"/],
      [{ program: reclaim, stopOnEntry: 'yes' }, /'stopOnEntry' must be true or false, not "yes"/],
      [{ program: reclaim, maxSteps: 0 }, /'maxSteps' must be a whole number, 1 or more, not 0/],
      [null as never, /'program' is missing/],
      [[] as never, /the arguments must be an object/],
      [{ program: reclaim, generation: 5 }, /'generation' must be "after" or "before", not 5/],
      [{ program: reclaim, schedule: 5 }, /'schedule' must be a text, not 5/],
      [{ program: fixture('mistakes.gmap') }, /^mistakes.gmap:3:6: .*did you mean 'write'\? \(and 1 more\)/],
    ];
    for (const [args, message] of wrong) {
      const client = new Client();
      await client.request('initialize', { adapterID: 'gmap' });
      assert.match(await client.fails('launch', args), message);
      // The session goes on: a right launch still works.
      const stopped = client.event<{ reason: string }>('stopped', 0);
      await client.request('launch', { program: reclaim });
      await client.request('configurationDone');
      assert.equal((await stopped).reason, 'end');
    }
  });

  it('shows every mistake of a scenario', async () => {
    const client = new Client();
    await client.request('initialize', { adapterID: 'gmap' });
    await client.fails('launch', { program: fixture('mistakes.gmap') });
    const errors = client.events('output').map((e) => e.body as { line: number; category: string });
    assert.deepEqual(errors.map((e) => [e.line, e.category]), [[3, 'stderr'], [4, 'stderr']]);
  }); // prettier-ignore

  it('restarts with other attributes, and keeps hints to itself', async () => {
    const client = new Client();
    client.files.set('a.gmap', 'mark unused\ngmap vm limit 4G\n').set('b.gmap', 'gmap other limit 1G\n');
    await client.launch({ program: 'a.gmap' }, () => client.setLines('a.gmap', 2));
    assert.doesNotMatch(client.output, /nothing counts since/);
    await client.move('restart', { arguments: { program: 'b.gmap' } });
    assert.equal(await client.where(), 'b:1');
  });

  it('runs a file without a statement, and shows that there is nothing', async () => {
    const client = new Client();
    client.files.set('empty.gmap', '');
    assert.equal((await client.launch({ program: 'empty.gmap' })).description, 'At the end: 0 expectations, 0 failed');
    assert.equal(await client.where(), 'empty:1');
    assert.equal(await client.evaluate('rc'), 'absent');
  });

  describe('with a schedule file', () => {
    const text =
      'host mmap 0x10000000 len 1M rw\nschedule file "s.schedule"\nrepeat 2 {\nthread a {\nhost write 0x10000000\n}\nthread b {\nhost age 0x10000000\n}\n}\n';

    it('follows it in every round of a loop', async () => {
      const client = new Client();
      client.files.set('/d/s.gmap', text).set('/d/s.schedule', 'b 3\na 2\nb 100\n');
      await client.launch({ program: '/d/s.gmap' });
      const schedule = await client.evaluate('schedule', 'repl');
      assert.match(schedule, /^schedule steps b 3, a \d+, b 3, a 2, b \d+$/);
    });

    for (const [schedule, message] of [
      [undefined, /^the schedule \/d\/s.schedule cannot be read: .*no such file/],
      ['gmap schedule 1\n\na x\n', /^\/d\/s.schedule:3: 'a x' is not a thread and its number of steps/],
      ['# nobody\n', /^\/d\/s.schedule: nobody takes a step in this schedule$/],
      ['c 5\n', /^the schedule s.schedule cannot be followed: no thread of scenario "s" is named 'c'$/],
    ] as const) {
      it(`says that ${message.source}`, async () => {
        const client = new Client();
        client.files.set('/d/s.gmap', text);
        if (schedule !== undefined) client.files.set('/d/s.schedule', schedule);
        await client.request('initialize', { adapterID: 'gmap' });
        assert.match(await client.fails('launch', { program: '/d/s.gmap' }), message);
      });
    }
  });

  it('says that an attribute is none of its own', async () => {
    const client = new Client();
    await client.launch({ program: reclaim, stopOnEntri: true, __restart: 1, name: 'x', zzzzz: 1 });
    assert.match(client.output, /'zzzzz' means nothing here$/m);
    assert.match(client.output, /'stopOnEntri' means nothing here; did you mean 'stopOnEntry'\?/);
    assert.doesNotMatch(client.output, /__restart|'name'/);
  });

  it('waits for neither order of launch and breakpoints', async () => {
    const client = new Client();
    await client.request('initialize', { adapterID: 'gmap' });
    const [early] = await client.setLines(reclaim, marker(reclaim, 'arm'));
    assert.equal(early!.verified, false);
    assert.equal(early!.reason, 'pending');
    await client.request('configurationDone');
    const stopped = client.event<{ reason: string; hitBreakpointIds: number[] }>('stopped', 0);
    await client.request('launch', { program: reclaim });
    const { reason, hitBreakpointIds } = await stopped;
    assert.equal(reason, 'breakpoint');
    assert.deepEqual(hitBreakpointIds, [early!.id]);
    const changed = client.events('breakpoint')[0]!.body as { breakpoint: { verified: boolean; line: number } };
    assert.equal(changed.breakpoint.verified, true);
    assert.equal(changed.breakpoint.line, marker(reclaim, 'arm'));
  });

  it('knows a file whose name looks like an escape, and is none', async () => {
    const client = new Client();
    client.files.set('file:///d/100%zz.gmap', 'host mmap 0x10000000 len 1M rw\ngmap vm limit 4G\n');
    const program = 'file:///d/100%zz.gmap';
    const stopped = await client.launch({ program }, () => client.setLines(program, 2));
    assert.equal(stopped.reason, 'breakpoint');
    assert.equal(await client.where(), '100%zz:2');
  });

  it('counts lines and columns as the client does', async () => {
    const client = new Client();
    await client.request('initialize', { adapterID: 'gmap', linesStartAt1: false, columnsStartAt1: false });
    const launched = client.request('launch', { program: reclaim });
    const line = marker(reclaim, 'arm') - 1;
    const [set] = await client.setLines(reclaim, line);
    const stopped = client.event('stopped', 0);
    await client.request('configurationDone');
    await launched;
    await stopped;
    const [frame] = await client.stack();
    assert.deepEqual([set!.line, frame!.line, frame!.column], [line, line, 2]);
  });

  it('knows the file under the names that clients give it', async () => {
    for (const name of [reclaim, `file://${reclaim}`, reclaim.replace('/test/', '//test/./')]) {
      const client = new Client();
      await client.launch({ program: reclaim }, () => client.setLines(name, marker(reclaim, 'arm')));
      assert.equal(await client.where(), `reclaim:${marker(reclaim, 'arm')}`);
    }
  });
});
