import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { Client, fixture, marker, type Stopped } from './client.js';

const file = fixture('threads.gmap');
const crash = fixture('crash.gmap');

async function at(name: string): Promise<Client> {
  const client = new Client();
  await client.launch({ program: file }, () => client.setLines(file, marker(file, name)));
  await client.setLines(file);
  return client;
}

const alwaysBroken = `host mmap 0x10000000 len 16M rw
gmap vm limit 4G
notifier kvm
map vm 0x0 len 16M to 0x10000000

scenario "always" {
  mprotect_notify vm 0x2000 len 4K PROT_WRITE -> 0
  expect always pgste(vm, 0x2000).IN == 1
  thread host {
    host reclaim 0x10002000
  }
  thread guest {
    fault vm 0x3000 write
  }
}
`;

const names = async (client: Client): Promise<string[]> =>
  (await client.request<{ threads: DebugProtocol.Thread[] }>('threads')).threads.map((t) => `${t.id} ${t.name}`);

describe('threads', () => {
  it('are one before a group, all of them in it, and one behind it', async () => {
    const client = await at('threads');
    assert.deepEqual(await names(client), ['1 scenario']);
    const stopped = await client.move('stepIn');
    assert.equal(stopped.threadId, 2);
    assert.deepEqual(await names(client), ['1 scenario', '2 host', '3 guest']);
    assert.equal(await client.where(1), `in turn:${marker(file, 'threads')}`);
    assert.equal(await client.where(2), `in turn:${marker(file, 'host')}`);
    assert.equal(await client.where(3), `in turn:${marker(file, 'guest')}`);
    await client.setLines(file, marker(file, 'after'));
    await client.move('continue');
    assert.deepEqual(await names(client), ['1 scenario']);
  });

  it('are stepped over as a whole', async () => {
    const client = await at('threads');
    await client.move('next');
    assert.equal(await client.where(), `in turn:${marker(file, 'after')}`);
    await client.move('gmap/stepBackOver');
    assert.equal(await client.where(), `in turn:${marker(file, 'threads')}`);
  });

  it('step one while the others go by the schedule', async () => {
    const client = await at('threads');
    await client.move('stepIn');
    const own: string[] = [];
    for (let i = 0; i < 5; i++) {
      const stopped = await client.move('stepIn', { threadId: 2 });
      assert.equal(stopped.threadId, 2);
      own.push((await client.where(2)).split(' < ')[0]!);
    }
    assert.equal(own[0], 'reclaim:2');
    const guest = await client.where(3);
    assert.notEqual(guest, `in turn:${marker(file, 'guest')}`);
    // And back, exactly.
    for (let i = 3; i >= 0; i--) {
      await client.move('stepBack', { threadId: 2 });
      assert.equal((await client.where(2)).split(' < ')[0], own[i]);
    }
    const other = await client.move('stepIn', { threadId: 3 });
    assert.equal(other.threadId, 3);
  });

  it('when one has ended, the next step is somebody else', async () => {
    const client = await at('threads');
    await client.move('stepIn');
    let stopped: Stopped;
    let steps = 0;
    do stopped = await client.move('next', { threadId: 3 });
    while (stopped.threadId === 3 && steps++ < 100);
    assert.notEqual(stopped.threadId, 3);
    assert.match(await client.fails('stackTrace', { threadId: 9 }), /there is no thread 9/);
  });

  it('are known, however long another runs before them', async () => {
    const client = new Client();
    const text = 'host mmap 0x10000000 len 1M rw\nthread long {\n  repeat 9000 {\n    host age 0x10000000\n  }\n}\nthread last {\n  host read 0x10000000\n}\n';
    client.files.set('long.gmap', text);
    await client.launch({ program: 'long.gmap' }, () => client.setLines('long.gmap', 4));
    await client.setLines('long.gmap');
    assert.deepEqual(await names(client), ['1 scenario', '2 long', '3 last']);
    assert.equal(await client.where(3), 'long:8');
    await client.move('next', { threadId: 2, singleThread: true });
    assert.equal(await client.where(2), 'long:4');
    const seen = client.events('stopped').length;
    await client.evaluate('goto line 8', 'repl');
    await client.event('stopped', seen);
    assert.equal(await client.where(3), 'long:8');
  }); // prettier-ignore

  it('say what they wait for, and who holds it', async () => {
    const client = await at('threads');
    await client.breakpoints('setFunctionBreakpoints', { breakpoints: [{ name: 'ptep_xchg_direct' }] });
    await client.move('continue');
    for (let i = 0; i < 3; i++) await client.move('next', { threadId: 2 });
    assert.deepEqual(await names(client), ['1 scenario', '2 host', '3 guest (waits for ptl@0x10000000 held by host)']);
    assert.equal(
      await client.evaluate('info locks', 'repl').then((s) => s.split('\n').at(-1)),
      'guest waits: for ptl@0x10000000, held by host',
    );
  });

  it('have expressions of their own', async () => {
    const client = await at('threads');
    await client.breakpoints('setFunctionBreakpoints', { breakpoints: [{ name: 'gmap_fault' }] });
    const stopped = await client.move('continue');
    assert.equal(stopped.threadId, 3);
    assert.equal(await client.evaluate('thread'), '"guest"');
    assert.equal(await client.evaluate('gaddr'), '0x3000');
    const [frame] = await client.stack(2);
    const { result } = await client.request<{ result: string }>('evaluate', {
      expression: 'thread',
      frameId: frame!.id,
    });
    assert.equal(result, '"host"');
    assert.equal(await client.evaluate('thread host', 'repl'), 'now host');
    assert.equal(await client.evaluate('thread'), '"host"');
    assert.match(
      await client.fails('evaluate', { expression: 'thread nobody', context: 'repl' }),
      /there are scenario, host, guest/,
    );
  });

  it('stop at a condition for one of them', async () => {
    const client = await at('threads');
    await client.breakpoints('setFunctionBreakpoints', {
      breakpoints: [{ name: 'handle_mm_fault', condition: 'thread == guest' }],
    });
    const stopped = await client.move('continue');
    assert.equal(stopped.threadId, 3);
    assert.equal(await client.evaluate('thread == "guest"'), 'true');
  });

  it('that wait for each other for ever are shown where they wait', async () => {
    const client = new Client();
    const program = new URL('../../examples/threads/caller-holds-mmap-sem.gmap', import.meta.url).pathname;
    const stopped = await client.launch({ program, scenario: 'a writer does' });
    assert.equal(stopped.reason, 'end'); // it is expected
    assert.deepEqual(await names(client), [
      '1 scenario',
      '2 reader (waits for mmap_sem:r held by reader)',
      '3 writer (waits for mmap_sem:w held by reader)',
    ]);
    assert.match(await client.where(2), /^__gmap_translate|^gmap_translate/);
    assert.match(await client.where(3), /^munmap:/);
    type Lanes = { lanes: { thread: string; waits: { text: string }[] }[] };
    const { lanes } = await client.request<Lanes>('gmap/timeline', {});
    assert.deepEqual(
      lanes.map(({ thread, waits }) => [thread, waits.length > 0]),
      [
        ['reader', true],
        ['writer', true],
      ],
    );
  });

  it('stop at the step of the one that breaks what has to hold at every step', async () => {
    const client = new Client();
    client.files.set('/always.gmap', alwaysBroken);
    await client.launch({ program: '/always.gmap', stopOnEntry: true });
    await client.breakpoints('setExceptionBreakpoints', { filters: ['expectation'] });
    const stopped = await client.move('continue');
    assert.equal(stopped.reason, 'exception');
    assert.equal(stopped.threadId, 2);
    assert.match(stopped.text ?? '', /^line 8: expect always .*: expected .*; found /);
    assert.match(await client.where(2), /^ptep_xchg_direct:7 < reclaim:\d+ < always:10$/);
    // The step that did it is the one before.
    await client.move('stepBack');
    assert.equal(await client.evaluate('pgste(vm, 0x2000).IN'), '1');
  });

  it('the scenario alone can wait for itself', async () => {
    const client = new Client();
    const stopped = await client.launch({ program: crash, scenario: 'deadlock' });
    assert.equal(stopped.text, 'Deadlock: waits for mmap_sem:r held by scenario');
    assert.deepEqual(await names(client), ['1 scenario (waits for mmap_sem:r held by scenario)']);
    await client.move('stepBack');
    assert.deepEqual(await names(client), ['1 scenario']);
  });

  it('are switched to from the console: the next step is theirs', async () => {
    const client = await at('threads');
    await client.move('stepIn');
    const host = await client.where(2);
    await client.move('evaluate', { expression: 'switch guest', context: 'repl' });
    assert.equal(await client.where(2), host);
    assert.match(await client.evaluate('schedule', 'repl'), /^schedule steps guest \d+$/);
  });

  it('go to what another one changed under them', async () => {
    const client = new Client();
    const program = new URL('../../examples/threads/two-arms-read-write-pingpong.gmap', import.meta.url).pathname;
    const schedule = 'two-arms-read-write-pingpong.schedule';
    await client.launch({ program, schedule, stopOnEntry: true });
    await client.breakpoints('setFunctionBreakpoints', {
      breakpoints: [{ name: 'handle_mm_fault', condition: 'thread == write' }],
    });
    await client.move('continue');
    await client.move('continue');
    assert.equal(await client.evaluate('thread'), '"write"');
    const stopped = await client.move('evaluate', { expression: 'goto others pte(vm, 0x0)', context: 'repl' });
    assert.match(await client.where(stopped.threadId), /^ptep_flush_direct:3 < ptep_force_prot:.*:16$/);
    assert.equal(await client.evaluate('thread'), '"read_only"');
    assert.match(
      await client.fails('evaluate', { expression: 'goto others pte(vm, 0x7000)', context: 'repl' }),
      /no earlier write of pte\(vm, 0x7000\) by another thread is recorded/,
    );
  });

  it('step alone, while the others stand: the choice becomes part of the schedule', async () => {
    const client = await at('threads');
    await client.move('stepIn');
    const guest = await client.where(3);
    for (let i = 0; i < 6; i++) {
      const stopped = await client.move('stepIn', { threadId: 2, singleThread: true });
      assert.equal(stopped.threadId, 2);
      assert.equal(await client.where(3), guest);
    }
    const { text, steps } = await client.request<{ text: string; steps: object[] }>('gmap/schedule');
    assert.match(text, /^schedule steps host \d+$/);
    assert.equal(steps.length, 1);
    // The whole statement, with all that it calls.
    while (!/^in turn/.test(await client.where(2))) await client.move('stepOut', { threadId: 2, singleThread: true });
    assert.equal(await client.where(2), `in turn:${marker(file, 'host') + 1}`);
    assert.equal(await client.where(3), guest);
    // Then the other.
    await client.move('next', { threadId: 3, singleThread: true });
    assert.equal(await client.evaluate('schedule', 'repl').then((s) => s.split(',').length), 2);
    // Backwards it is as it was.
    await client.move('reverseContinue');
    assert.equal(await client.step(), 0);
  });

  it('cannot step alone while they wait for another', async () => {
    const client = await at('threads');
    await client.breakpoints('setFunctionBreakpoints', { breakpoints: [{ name: 'ptep_xchg_direct' }] });
    await client.move('continue');
    for (let i = 0; i < 3; i++) await client.move('next', { threadId: 2 });
    const message = await client.fails('next', { threadId: 3, singleThread: true });
    assert.match(message, /^guest cannot go on: it waits for ptl@0x10000000, held by host$/);
    assert.match(await client.fails('evaluate', { expression: 'alone guest', context: 'repl' }), /guest cannot go on/);
  });

  it('stop alone where they have to wait', async () => {
    const client = await at('threads');
    await client.breakpoints('setFunctionBreakpoints', {
      breakpoints: [{ name: 'ptep_xchg_direct', condition: 'addr == 0x10003000' }],
    });
    await client.move('continue');
    const before = await client.where(2);
    const stopped = await client.move('stepOut', { threadId: 3, singleThread: true });
    assert.equal(stopped.threadId, 3);
    assert.equal(await client.where(2), before);
  });

  it('are terminated with the statement that they are in; the others go on', async () => {
    const client = await at('threads');
    await client.move('stepIn');
    await client.move('stepIn', { threadId: 2 });
    const run = async (): Promise<string> => /gmap:\w+/.exec(await client.evaluate('position', 'repl'))![0];
    const before = await run();
    await client.request('terminateThreads', { threadIds: [2] });
    assert.notEqual(await run(), before);
    assert.match(client.output, /host ends with its statement/);
    await client.setLines(file, marker(file, 'after'));
    await client.move('continue');
    assert.equal(await client.where(), `in turn:${marker(file, 'after')}`);
    // It did not come to its second statement: that page is still there.
    assert.match(await client.evaluate('pte(vm, 0x2000)'), /^s/);
    assert.match(await client.evaluate('pte(vm, 0x3000)'), /^d/);
    assert.match(await client.evaluate('calls(kvm)'), /^1$/);
    assert.match(await client.fails('terminateThreads', { threadIds: [1] }), /scenario cannot be terminated alone/);
    assert.match(await client.fails('terminateThreads', { threadIds: [9] }), /thread/);
  });

  it('go on alone, by the console too, and from the past', async () => {
    const client = await at('threads');
    await client.move('stepIn');
    await client.move('stepIn', { threadId: 3 });
    await client.move('gmap/goTo', { step: 240 });
    const seen = client.events('stopped').length;
    assert.equal(await client.evaluate('alone guest 3', 'repl'), '');
    const stopped = await client.event<Stopped>('stopped', seen);
    assert.equal(stopped.threadId, 3);
    assert.match(client.output, /step 240: guest goes on alone; what followed is discarded \(\d+ steps?\)/);
    assert.equal(await client.where(2), `in turn:${marker(file, 'host')}`);
    const seen2 = client.events('stopped').length;
    await client.request('continue', { threadId: 3, singleThread: true });
    const ended = await client.event<Stopped>('stopped', seen2);
    assert.equal(ended.threadId, 2);
    assert.deepEqual(await names(client), ['1 scenario', '2 host']);
  });

  it('step alone by default, if the launch configuration says so', async () => {
    const client = new Client();
    await client.launch({ program: file, singleThread: true }, () => client.setLines(file, marker(file, 'threads')));
    await client.move('stepIn');
    const guest = await client.where(3);
    await client.move('next', { threadId: 2 });
    assert.equal(await client.where(3), guest);
    await client.move('next', { threadId: 2, singleThread: false });
    assert.notEqual(await client.where(3), guest);
  });
});
