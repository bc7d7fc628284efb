import assert from 'node:assert/strict';
import { formatOperation } from '../../src/engine/operation.js';
import { compileFile, compileStatements } from '../../src/scenario/compile.js';
import type { Statement } from '../../src/scenario/program.js';
import { compiled, expectation, messages, statements, withoutPlaces } from './support.js';

/** Statements as lines of the corpus' operation language. */
function lines(list: readonly Statement[]): string[] {
  return list.map((statement) =>
    statement.kind === 'operation' ? formatOperation(statement.operation) : `(${statement.kind})`,
  );
}

describe('statements', () => {
  for (const [text, line] of [
    ['machine { esop off  idte on  attach 2 }', 'machine esop=0 idte=1 attach=2'],
    ['machine {\n  esop off\n  pgste on\n}', 'machine esop=0 pgste=1'],
    ['host mmap 0x10000000 len 16M rw', 'mmap vmaddr=0x10000000 len=0x1000000 prot=rw'],
    ['host munmap 0x10000000 len 1M', 'munmap vmaddr=0x10000000 len=0x100000'],
    ['host mprotect 0x10000000 len 4K none', 'mprotect vmaddr=0x10000000 len=0x1000 prot=none'],
    ['host madvise dontneed 0x1000 len 4K', 'madvise_dontneed vmaddr=0x1000 len=0x1000'],
    ['host read 0x1000', 'touch vmaddr=0x1000 access=r'],
    ['host write 0x1000', 'touch vmaddr=0x1000 access=w'],
    ['host reclaim 0x1000', 'reclaim vmaddr=0x1000'],
    ['host migrate 0x1000', 'migrate vmaddr=0x1000'],
    ['host migrate_start 0x1000', 'migrate_start vmaddr=0x1000'],
    ['host migrate_end 0x1000', 'migrate_end vmaddr=0x1000'],
    ['host wrprotect 0x1000', 'wrprotect vmaddr=0x1000'],
    ['host wrprotect 0x1000 private', 'wrprotect vmaddr=0x1000 share=0'],
    ['host wrprotect 0x1000 shared', 'wrprotect vmaddr=0x1000 share=1'],
    ['host mkclean 0x1000', 'mkclean vmaddr=0x1000'],
    ['host age 0x1000', 'age vmaddr=0x1000'],
    ['host essa 0x1000 zero', 'essa vmaddr=0x1000 state=zero'],
    ['host essa 0x1000 unused', 'essa vmaddr=0x1000 state=unused'],
    ['host set_key 0x1000 key 0x36 nq on', 'set_key vmaddr=0x1000 key=0x36 nq=1'],
    ['host cond_set_key 0x1000 key 0x36 mc on mr off', 'cond_set_key vmaddr=0x1000 key=0x36 mr=0 mc=1'],
    ['host get_key 0x1000', 'get_key vmaddr=0x1000'],
    ['host rrbe 0x1000', 'rrbe vmaddr=0x1000'],
    ['host test_and_clear_dirty 0x1000', 'test_clear_dirty vmaddr=0x1000'],
    ['host enable_sie', 'enable_sie'],
    ['host enable_skey', 'enable_skey'],
    ['host reset_cmma', 'reset_cmma'],
    ['host exit', 'exit_mm'],
    ['guest read g1 0x2000', 'gtouch g=1 gaddr=0x2000 access=r'],
    ['guest write g1 0x2000', 'gtouch g=1 gaddr=0x2000 access=w'],
    ['gmap g7 limit 4G', 'alloc g=7 limit=0x100000000'],
    ['free g7', 'free g=7'],
    ['enable g7', 'enable g=7'],
    ['disable g7', 'disable g=7'],
    ['map g0 0x0 len 16M to 0x10000000', 'map_segment g=0 from=0x10000000 to=0x0 len=0x1000000'],
    ['unmap g0 0x0 len 16M', 'unmap_segment g=0 to=0x0 len=0x1000000'],
    ['translate g0 0x2000', 'translate g=0 gaddr=0x2000'],
    ['fault g0 0x2000 write', 'fault g=0 gaddr=0x2000 access=w'],
    ['zap g0 0x2000', 'zap g=0 gaddr=0x2000'],
    ['discard g0 from 0x2000 to 0x4000', 'discard g=0 from=0x2000 to=0x4000'],
    ['mprotect_notify g0 0x2000 len 8K PROT_WRITE', 'mprotect_notify g=0 gaddr=0x2000 len=0x2000 prot=write'],
    ['mprotect_notify g0 0 len 8K PROT_READ | PROT_EXEC', 'mprotect_notify g=0 gaddr=0x0 len=0x2000 prot=5'],
    ['mprotect_notify g0 0 len 8K 8', 'mprotect_notify g=0 gaddr=0x0 len=0x2000 prot=8'],
    ['generation before\nipte_notify g0 0x2000 len 8K', 'ipte_notify g=0 gaddr=0x2000 len=0x2000'],
    ['notifier nb3', 'register nb=3'],
    ['unregister nb3', 'unregister nb=3'],
    ['inject alloc 3', 'inject alloc=3'],
    ['inject unlocked 2 fault 1 ksm', 'inject unlocked=2 fault=1 ksm=1'],
    ['inject unlocked 1 then { host reclaim 0x1000 }', 'inject unlocked=1 then reclaim vmaddr=0x1000'],
    [
      'inject unlocked 1 then {\n  unmap g0 0 len 1M\n}',
      'inject unlocked=1 then unmap_segment g=0 to=0x0 len=0x100000',
    ],
    ['down_read mmap_sem', 'down mode=r'],
    ['up_write mmap_sem', 'up mode=w'],
  ] as const) {
    it(text.replaceAll('\n', ' ⏎ '), () => {
      const list = statements(text);
      assert.deepEqual(lines(list), [line]);
    });
  }

  it('keep their text and place', () => {
    const [statement] = statements('# first\n\n  host  reclaim 0x1000 -> 0   # last\n');
    assert.equal(statement?.text, 'host  reclaim 0x1000 -> 0');
    assert.deepEqual(statement.range, { start: { line: 3, column: 3 }, end: { line: 3, column: 28 } });
  });

  it('say what they must return', () => {
    const expected = (result: string) => {
      const [statement] = statements(`translate g0 0 -> ${result}`);
      return withoutPlaces(statement?.kind === 'operation' ? statement.expected : undefined);
    };
    assert.deepEqual(expected('0'), { kind: 'value', value: 0n });
    assert.deepEqual(expected('-EFAULT'), { kind: 'value', value: -14n });
    assert.deepEqual(expected('0x10002000'), { kind: 'value', value: 0x10002000n });
    assert.deepEqual(expected('0 key 0x36'), { kind: 'value', value: 0n, key: 0x36n });
    assert.deepEqual(expected('NA'), { kind: 'refused' });
    assert.deepEqual(expected('BUG'), { kind: 'bug' });
    assert.deepEqual(expected('BUG "zap_page_range"'), { kind: 'bug', message: 'zap_page_range' });
    assert.deepEqual(expected('set'), { kind: 'word', word: 'set' });
  });

  it('compute with constants', () => {
    const text =
      'let prefix = 0x2000\nlet size = 2 * PAGE_SIZE\nhost age prefix + size\nhost age 0x10000000 | prefix\n';
    const file = compiled(text);
    assert.deepEqual(Object.fromEntries(file.constants), { prefix: 0x2000n, size: 0x2000n });
    assert.deepEqual(lines(file.scenarios[0]!.statements), ['age vmaddr=0x4000', 'age vmaddr=0x10002000']);
  });

  it('are repeated without being written out', () => {
    const [repeat] = statements('repeat 100_000 {\n  host age 0\n  repeat 2 { host age 0x1000 }\n}\n');
    assert.equal(repeat?.kind, 'repeat');
    assert.equal(repeat.count, 100_000);
    assert.equal(repeat.text, 'repeat 100_000');
    assert.deepEqual(lines(repeat.body), ['age vmaddr=0x0', '(repeat)']);
  });

  it('show values, headings and marks', () => {
    const list = statements('--- The page is armed ---\nprint rc\nprint pte(g0, 0).IN, "a \\"word\\""\nmark armed\n');
    assert.deepEqual(
      list.map((statement) => statement.kind),
      ['heading', 'print', 'print', 'mark'],
    );
    assert.equal(list[0]?.kind === 'heading' && list[0].title, 'The page is armed');
    const print = list[2];
    assert.ok(print?.kind === 'print');
    assert.deepEqual(
      print.values.map(({ text }) => text),
      ['pte(g0, 0).IN', '"a \\"word\\""'],
    );
    assert.equal(print.values[1]?.expression.kind === 'string' && print.values[1].expression.value, 'a "word"');
  });

  it('may be comments and blank lines only', () => {
    assert.deepEqual(statements('# nothing\n\n   \n'), []);
    assert.deepEqual(statements(''), []);
  });
});

describe('names', () => {
  it('take the lowest slots that no other name and no slot in the file uses', () => {
    const file = compiled(
      'gmap a limit 1\ngmap b limit 1\ngmap g1 limit 1\nnotifier kvm\nnotifier nb0\ngmap c limit 1\n',
    );
    assert.deepEqual(Object.fromEntries(file.slots.gmaps), { a: 0, b: 2, c: 3, g1: 1 });
    assert.deepEqual(Object.fromEntries(file.slots.notifiers), { kvm: 1, nb0: 0 });
  });

  it('see a slot that only an expression names', () => {
    assert.equal(compiled('gmap a limit 1\nprint pte(g0, 0)\n').slots.gmaps.get('a'), 1);
  });

  it('name the same slot in every scenario, and when allocated again', () => {
    const text =
      'scenario "a" {\n gmap vm limit 1\n free vm\n gmap vm limit 2\n}\nscenario "b" {\n gmap other limit 1\n gmap vm limit 1\n}\n';
    const { scenarios } = compiled(text);
    assert.deepEqual(lines(scenarios[0]!.statements), ['alloc g=0 limit=0x1', 'free g=0', 'alloc g=0 limit=0x2']);
    assert.deepEqual(lines(scenarios[1]!.statements), ['alloc g=1 limit=0x1', 'alloc g=0 limit=0x1']);
  });

  it('may be words of the language where that cannot be misread', () => {
    const text =
      'let prefix = 0x2000\ngmap guest limit 4G\nguest read guest prefix\nexpect translate guest prefix to nothing\n';
    assert.deepEqual(lines(statements(text)), [
      'alloc g=0 limit=0x100000000',
      'gtouch g=0 gaddr=0x2000 access=r',
      '(expect)',
    ]);
  });

  it('run out', () => {
    const nine = Array.from({ length: 9 }, (_, i) => `gmap vm${i} limit 1\n`).join('');
    assert.deepEqual(messages(nine), ['9:6 a file has room for 8 gmaps']);
    assert.deepEqual(messages('gmap vm limit 1\nnotifier vm\n'), ["2:10 'vm' is already the name of a gmap"]);
    assert.deepEqual(messages('let a = 1\nlet a = 2\nhost age a\n'), ["2:5 'a' is already a constant"]);
    assert.deepEqual(messages('host age a\nlet a = 2\n'), ["1:10 'a' is used before its 'let'"]);
  });

  it('of constants belong to their scenario', () => {
    const text =
      'let a = 1\nscenario "x" {\n let b = a + 1\n host age b\n}\nscenario "y" {\n let b = 5\n host age b\n}\n';
    const { scenarios } = compiled(text);
    assert.deepEqual(
      scenarios.map(({ statements: list }) => lines(list)),
      [['age vmaddr=0x2'], ['age vmaddr=0x5']],
    );
    assert.deepEqual(Object.fromEntries(scenarios[0]!.constants), { a: 1n, b: 2n });
    assert.deepEqual(messages('scenario "x" {\n let b = 1\n host age b\n}\nscenario "y" {\n host age b\n}\n'), [
      "6:11 there is no constant 'b'",
    ]);
  });
});

describe('files', () => {
  it('with scenarios have a set-up', () => {
    const { setup, scenarios } = compiled('host exit\nscenario "a" {\n  host age 0\n}\nscenario "b" {\n}\n');
    assert.deepEqual(lines(setup), ['exit_mm']);
    assert.deepEqual(
      scenarios.map(({ name, range, nameRange }) => [name, range.start.line, range.end.line, nameRange.start.column]),
      [
        ['a', 2, 4, 10],
        ['b', 5, 6, 10],
      ],
    );
  });

  it('without are one scenario of the file’s name', () => {
    const { setup, scenarios } = compiled('host exit\n', 'file:///tmp/first%20walk.gmap');
    assert.deepEqual(setup, []);
    assert.equal(scenarios[0]?.name, 'first walk');
    assert.deepEqual(lines(scenarios[0].statements), ['exit_mm']);
    assert.equal(compiled('', 'C:\\x\\100%.gmap').scenarios[0]?.name, '100%');
  });

  it('choose the generation, or their scenarios do', () => {
    assert.equal(compiled('host exit\n').generation, 'after');
    assert.equal(compiled('# old\ngeneration before\nhost exit\n').scenarios[0]?.generation, 'before');
    const both =
      'scenario "new" {\n mprotect_notify g0 0 len 4K PROT_READ\n}\nscenario "old" {\n generation before\n ipte_notify g0 0 len 4K\n}\n';
    assert.deepEqual(
      compiled(both).scenarios.map(({ generation }) => generation),
      ['after', 'before'],
    );
    assert.deepEqual(messages('host exit\ngeneration before\n'), [
      '2:1 the generation is chosen before anything happens: move it up',
    ]);
    assert.deepEqual(messages(`mprotect_notify g0 0 len 4K PROT_READ\n${both}`), [
      '1:1 generation before has no mprotect_notify, but ipte_notify',
    ]);
  });

  it('do not have two scenarios of one name', () => {
    assert.deepEqual(messages('scenario "a" { }\nscenario "a" { }\n'), ['2:10 there is already a scenario "a"']);
  });

  it('with errors give no program, and the diagnostics in order', () => {
    const { file, diagnostics } = compileFile('let a = 1\nfrob\nhost age b\n', 'x');
    assert.equal(file, undefined);
    assert.deepEqual(
      diagnostics.map(({ range, severity }) => `${range.start.line} ${severity}`),
      ['1 warning', '2 error', '3 error'],
    );
  });
});

describe('threads', () => {
  const text = [
    'gmap vm limit 4G',
    'vcpu v0 of vm prefix 0x2000',
    'schedule random seed 42',
    'thread v0 {',
    '  enter v0 -> 0',
    '  guest write vm 0x5000',
    '  set_prefix v0 0x4000',
    '  leave v0',
    '}',
    'thread host1 {',
    '  host reclaim 0x10002000',
    '}',
    'host exit',
  ].join('\n');

  it('that stand side by side run together', () => {
    const list = statements(text);
    assert.deepEqual(lines(list), ['alloc g=0 limit=0x100000000', '(vcpu)', '(threads)', 'exit_mm']);
    const group = list[2];
    assert.ok(group?.kind === 'threads');
    assert.deepEqual(withoutPlaces(group.schedule), { kind: 'random', seed: 42n });
    assert.deepEqual(
      group.threads.map(({ name, vcpu }) => [name, vcpu?.prefix]),
      [
        ['v0', 0x2000n],
        ['host1', undefined],
      ],
    );
    const steps = group.threads[0]!.statements;
    assert.deepEqual(
      steps.map((step) => (step.kind === 'vcpu' ? step.action : step.kind)),
      ['enter', 'operation', 'set_prefix', 'leave'],
    );
    assert.ok(steps[0]?.kind === 'vcpu' && steps[0].action === 'enter');
    assert.equal(steps[0].expected?.kind, 'value');
    assert.deepEqual(steps[0].vcpu, { name: 'v0', gmap: { name: 'vm', slot: 0 }, prefix: 0x2000n });
  });

  it('have a schedule', () => {
    const schedule = (choice: string) => {
      const list = statements(`schedule ${choice}\nthread a {\n}\nthread b {\n}\n`);
      return withoutPlaces(list[0]?.kind === 'threads' ? list[0].schedule : undefined);
    };
    assert.deepEqual(schedule('written'), { kind: 'written' });
    assert.deepEqual(schedule('round_robin'), { kind: 'round_robin' });
    assert.deepEqual(schedule('pct seed 7 depth 3'), { kind: 'pct', seed: 7n, depth: 3 });
    assert.deepEqual(schedule('file "race.schedule"'), { kind: 'file', file: 'race.schedule' });
    assert.deepEqual(schedule('steps a 30, b 18, a 2'), {
      kind: 'steps',
      steps: [
        { thread: 'a', count: 30 },
        { thread: 'b', count: 18 },
        { thread: 'a', count: 2 },
      ],
    });
  });

  it('have notifiers that act', () => {
    const [kvm, bad] = statements('notifier kvm kicks vcpus\nnotifier bad calls {\n  translate g0 0x2000\n}\n');
    assert.deepEqual(kvm?.kind === 'operation' && kvm.callback, { kind: 'kick-vcpus' });
    assert.ok(bad?.kind === 'operation' && bad.callback?.kind === 'operations');
    assert.deepEqual(lines(bad.callback.statements), ['translate g=0 gaddr=0x2000']);
  });

  it('are checked', () => {
    assert.deepEqual(messages('thread a {\n thread b {\n }\n}\n'), ['2:9 a thread starts no threads']);
    assert.deepEqual(messages('thread a {\n}\nthread a {\n}\n'), ["3:8 there is already a thread 'a' beside this one"]);
    const many = Array.from({ length: 16 }, (_, i) => `thread t${i} {\n}\n`).join('');
    assert.deepEqual(messages(many), ['31:8 at most 15 threads run at the same time']);
    assert.deepEqual(messages('thread a {\n machine { esop off } -> NA\n}\n', 'warning'), []);
    assert.deepEqual(messages('thread a {\n machine { esop off } -> 0\n}\n', 'warning'), [
      '2:2 while threads run the machine cannot be changed: this is refused (NA)',
    ]);
    assert.deepEqual(messages('schedule steps c 3\nthread a {\n}\n'), [
      "1:1 the schedule names 'c', which is none of the threads here",
    ]);
    assert.deepEqual(messages('thread a {\n schedule written\n}\n'), ['2:2 a thread cannot choose the schedule']);
    assert.deepEqual(messages('gmap vm limit 1\nenter v0\nvcpu v0 of vm prefix 0\n'), [
      "2:7 'v0' is used before its 'vcpu'",
    ]);
  });
});

describe('expectations', () => {
  const kvm = { name: 'kvm', slot: 0 };
  const vm = { name: 'vm', slot: 0 };
  const head = 'gmap vm limit 4G\nnotifier kvm\nnotifier nb1\nmark armed\n';
  const kind = (text: string) => withoutPlaces(expectation(`${head}expect ${text}`));
  const now = { when: 'now' };
  const once = { at: 'exactly', number: 1 };
  const some = { at: 'least', number: 1 };

  it('of notifications', () => {
    // Range and gmap of a call are `start` and `end`, which withoutPlaces() takes for a place.
    const of = (text: string) => {
      const found = expectation(`${head}expect ${text}`);
      assert.equal(found.kind, 'notified');
      return found;
    };
    const full = of('notified kvm vm 0x2000..0x3fff once');
    assert.deepEqual(full.count, once);
    const [call] = full.calls;
    assert.deepEqual([call?.notifier, call?.gmap, call?.start, call?.end], [kvm, vm, 0x2000n, 0x3fffn]);
    const page = of('notified kvm vm 0x2008').calls[0];
    assert.deepEqual([page?.start, page?.end], [0x2000n, 0x2fffn]);
    assert.deepEqual(of('notified kvm').count, some);
    assert.deepEqual(of('notified kvm 3 times').count, { at: 'exactly', number: 3 });
    assert.deepEqual(of('notified kvm at least 2 times').count, { at: 'least', number: 2 });
    assert.deepEqual(of('notified kvm at most once').count, { at: 'most', number: 1 });
    assert.deepEqual(of('notified kvm never').count, { at: 'exactly', number: 0 });
    assert.equal(of('notified kvm once since armed').since, 'armed');
    const row = of('notified kvm vm 0x2000 then nb1 then kvm vm 0x3000');
    assert.deepEqual(
      row.calls.map(({ notifier, gmap, start }) => [notifier.slot, gmap?.slot, start]),
      [
        [0, 0, 0x2000n],
        [1, 0, 0x2000n],
        [0, 0, 0x3000n],
      ],
    );
    assert.deepEqual(kind('no notification'), { kind: 'notifications', number: 0, ...now });
    assert.deepEqual(kind('notifications 3'), { kind: 'notifications', number: 3, ...now });
  });

  it('of entries', () => {
    const entry = (text: string) => {
      const found = expectation(`${head}expect ${text}`);
      assert.equal(found.kind, 'entry');
      const clauses = found.clauses.map(({ level, tests }) => {
        const words = tests.map((test) => {
          if (test.kind === 'state') return `${test.negated ? 'not ' : ''}${test.state}`;
          if (test.kind === 'value') return `= ${test.value}`;
          return `${test.set ? 'with' : 'without'} ${test.bits.map((bit) => bit.kernel).join(' ')}`;
        });
        return `${level}: ${words.join(', ')}`;
      });
      return { place: found.place, clauses };
    };
    assert.deepEqual(entry('pte vm 0x2000 swapped, pgste without IN'), {
      place: { in: 'gmap', gmap: vm, address: 0x2000n },
      clauses: ['pte: swapped', 'pgste: without PGSTE_IN_BIT'],
    });
    assert.deepEqual(entry('pte vm 0 valid not writable with young dirty without P').clauses, [
      'pte: valid, not writable, with _PAGE_YOUNG _PAGE_DIRTY, without _PAGE_PROTECT',
    ]);
    assert.deepEqual(entry('pte vm 0 zero page, = 0x400').clauses, ['pte: zero page', 'pte: = 1024']);
    assert.deepEqual(entry('host pgste 0x10000000 zero with PGSTE_UC_BIT IN'), {
      place: { in: 'host', address: 0x1000_0000n },
      clauses: ['pgste: zero, with PGSTE_UC_BIT PGSTE_IN_BIT'],
    });
    assert.deepEqual(entry('segment vm 0 linked').clauses, ['segment: linked']);
    assert.deepEqual(entry('region3 vm 0 invalid with I').clauses, ['region3: invalid, with _REGION_ENTRY_INVALID']);
  });

  it('of translations, visits and locks', () => {
    assert.deepEqual(kind('translate vm 0x2000 to 0x10002000'), {
      kind: 'translate',
      gmap: vm,
      gaddr: 0x2000n,
      vmaddr: 0x1000_2000n,
      ...now,
    });
    assert.deepEqual(kind('translate vm 0x2000 to nothing'), { kind: 'translate', gmap: vm, gaddr: 0x2000n, ...now });
    assert.deepEqual(kind('visits gmap_pte_op_fixup 2 times'), {
      kind: 'visits',
      place: { function: 'gmap_pte_op_fixup' },
      count: { at: 'exactly', number: 2 },
      ...now,
    });
    assert.deepEqual(kind('visits walk:segment at least 1 time'), {
      kind: 'visits',
      place: { walk: 'segment' },
      count: some,
      ...now,
    });
    assert.deepEqual(kind('held mmap_sem read'), {
      kind: 'held',
      negated: false,
      lock: 'mmap_sem',
      mode: 'read',
      ...now,
    });
    assert.deepEqual(kind('not held ptl 0x10000000'), {
      kind: 'held',
      negated: true,
      lock: 'ptl',
      address: 0x1000_0000n,
      ...now,
    });
    assert.deepEqual(kind('held guest_table_lock vm'), {
      kind: 'held',
      negated: false,
      lock: 'guest_table_lock',
      gmap: vm,
      ...now,
    });
    assert.deepEqual(kind('no lock held'), { kind: 'no-lock-held', ...now });
  });

  it('that hold always, or at the end', () => {
    assert.deepEqual(kind('always no invariant broken'), { kind: 'no-invariant-broken', when: 'always' });
    assert.deepEqual(kind('no deadlock'), { kind: 'no-deadlock', when: 'eventually' });
    assert.deepEqual(kind('deadlock'), { kind: 'deadlock', when: 'eventually' });
    assert.equal(expectation(`${head}expect eventually pte vm 0 valid`).when, 'eventually');
  });

  it('of any expression', () => {
    const found = expectation('gmap vm limit 4G\nexpect pgste(vm, 0x2000).IN && rc == -EFAULT');
    assert.ok(found.kind === 'holds' && found.expression.kind === 'binary');
    assert.equal(found.expression.operator, '&&');
    assert.equal(found.text, 'pgste(vm, 0x2000).IN && rc == -EFAULT');
    assert.equal(expectation('expect entry(g0, 0, segment) == absent').kind, 'holds');
    assert.equal(expectation('expect (1 + 1) * 2 == 4').kind, 'holds');
  });
});

describe('statements typed while a program runs', () => {
  const file = compiled(
    'let prefix = 0x2000\nnotifier nb0\nscenario "a" {\n gmap vm limit 4G\n vcpu v0 of vm prefix prefix\n}\n',
  );
  const typed = (text: string) => compileStatements(text, file, file.scenarios[0]!);

  it('know its names', () => {
    const { diagnostics, statements: list } = typed('fault vm prefix write\nexpect pte vm prefix valid\nenter v0');
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(lines(list ?? []), ['fault g=0 gaddr=0x2000 access=w', '(expect)', '(vcpu)']);
    assert.deepEqual(lines(typed('gmap other limit 1').statements ?? []), ['alloc g=1 limit=0x1']);
  });

  it('are checked', () => {
    assert.deepEqual(
      typed('fault vn 0 read').diagnostics.map(({ message }) => message),
      ["there is no gmap 'vn'; did you mean 'vm'?"],
    );
    assert.deepEqual(
      typed('scenario "b" { }').diagnostics.map(({ message }) => message),
      ['this stands in a file only'],
    );
    assert.deepEqual(
      typed('let prefix = 3').diagnostics.map(({ message }) => message),
      ["'prefix' is already a constant"],
    );
    assert.deepEqual(
      typed('notifier prefix').diagnostics.map(({ message }) => message),
      ["'prefix' is already the name of a constant"],
    );
    assert.equal(typed('ipte_notify vm 0 len 4K').statements, undefined);
  });
});
