import assert from 'node:assert/strict';
import { ScenarioRun, type RunOptions } from '../../src/scenario/run.js';
import { compiled } from './support.js';

/** One segment of guest memory, and a notifier. */
const HEAD = `
host mmap 0x10000000 len 1M rw
gmap vm limit 4G
map vm 0x0 len 1M to 0x10000000
notifier kvm
let page = 0x2000
`;

function run(text: string, options?: RunOptions): ScenarioRun {
  const file = compiled(`${HEAD}${text}\n`);
  const one = new ScenarioRun(file, file.scenarios[0]!, options);
  one.finish();
  return one;
}

/** `expected; found` of each failure. */
const failures = (text: string, options?: RunOptions): string[] =>
  run(text, options).failures.map(({ expected, found }) => `${expected}; ${found}`);

const printed = (text: string): string => [...run(text).shown.values()].join('\n');

const ARMED = 'mprotect_notify vm page len 4K PROT_WRITE\n';
const NOTIFIED = `${ARMED}host reclaim 0x10002000\n`;

/** Each expectation does not hold: what it says. */
const FAILING: readonly (readonly [text: string, failure: string])[] = [
  [`${NOTIFIED}expect notified kvm vm page never`, 'notified kvm vm page never; 1 of these; notified: kvm vm 0x2000..0x2fff'],
  [`${NOTIFIED}expect notified kvm vm page at most 0 times`, 'notified kvm vm page at most 0 times; 1 of these; notified: kvm vm 0x2000..0x2fff'],
  ['expect notified kvm at least 2 times', 'notified kvm at least 2 times; 0 of these; no notification'],
  ['expect notifications 2', '2 notifications; no notification'],
  [`${NOTIFIED}expect no notification`, 'no notification; notified: kvm vm 0x2000..0x2fff'],
  [
    `repeat 9 {\n${NOTIFIED}}\nexpect notifications 8`,
    `8 notifications; notified: ${Array<string>(8).fill('kvm vm 0x2000..0x2fff').join('; ')}; … 9 in all`,
  ],
  ['expect translate vm page to nothing', '0x2000 translates to nothing; 0x10002000'],
  ['expect translate vm 0x10_0000 to 0x1000', '0x100000 translates to 0x1000; nothing'],
  ['free vm\nexpect translate vm page to 0x10002000', '0x2000 translates to 0x10002000; vm is not allocated'],
  ['expect visits gmap_fault once', 'gmap_fault visited once; never'],
  ['fault vm page read\nexpect visits gmap_fault at least 2 times', 'gmap_fault visited at least 2 times; once'],
  ['fault vm page read\nexpect visits gmap_fault at most 0 times', 'gmap_fault visited at most 0 times; once'],
  ['fault vm page read\nfault vm page read\nexpect visits walk:segment once', 'walk:segment visited once; 2 times'],
  ['down_read mmap_sem\nexpect no lock held\nup_read mmap_sem', 'no lock is held; mmap_sem (read)'],
  ['expect held mmap_sem', 'mmap_sem is held; no lock is held'],
  ['down_read mmap_sem\nexpect not held mmap_sem read\nup_read mmap_sem', 'mmap_sem is not held; held: mmap_sem (read) by scenario'],
  ['expect pte vm page valid', 'pte valid; no pte: a table on the way is missing'],
  ['fault vm page write\nexpect pte vm page swapped, pgste with IN', 'pte swapped; pte d1:03d (0x000000010000103d), write read dirty young present'],
  ['gmap small limit 1G\nexpect segment small page linked', 'segment linked; segment empty (0x0000000000000020), I'],
  ['free vm\nexpect segment vm page linked', 'segment linked; no segment: a table on the way is missing'],
  ['expect host pte 0x10002000 valid', 'pte valid; no pte: a table on the way is missing'],
  ['expect page == 3', 'page == 3; 0x2000 == 3 is false'],
  ['expect held(mmap_sem)', 'held(mmap_sem); false'],
  ['expect pte(vm, page) == absent && visits(gmap_fault) == 1', 'pte(vm, page) == absent && visits(gmap_fault) == 1; true && false is false'],
  ['fault vm page read -> -EFAULT', 'result -EFAULT; result 0'],
  ['fault vm 0x10_0000 read -> 0', 'result 0; result -EFAULT (-14)'],
  ['fault vm page read -> BUG', 'result BUG; result 0'],
  ['fault vm page read -> NA', 'result NA; result 0'],
  ['fault g5 page read -> 0', 'result 0; result NA'],
  ['translate vm page -> 0x10003000', 'result 0x10003000; result 0x10002000'],
  ['enable vm -> clear', 'result clear; result set'],
  ['host get_key 0x10002000 -> 0 key 0x10', 'result 0 key 0x10; result 0 key 0x0'],
  ['expect eventually pte vm page valid', 'pte valid; no pte: a table on the way is missing'],
  ['expect deadlock', 'a deadlock; none'],
  ['expect pte(g5, page).I', 'pte(g5, page).I; pte: gmap g5 is not allocated'],
]; // prettier-ignore

describe('an expectation that does not hold', () => {
  for (const [text, failure] of FAILING) {
    it(`${text.replaceAll('\n', ' ⏎ ')} → ${failure}`, () => assert.deepEqual(failures(text), [failure]));
  }

  it('at every moment is told once, at the first where it does not', () => {
    assert.deepEqual(failures('expect always pte vm page absent\nfault vm page read\nfault vm page write'), [
      'pte absent; pte z:255 (0x0000800000000255), P special read young present',
    ]);
  });

  it('about threads says who holds what', () => {
    const holder = 'thread a {\ndown_read mmap_sem\nexpect held mmap_sem by a\nexpect held mmap_sem by b\nexpect held guest_table_lock vm\nup_read mmap_sem\n}';
    assert.deepEqual(failures(`${holder}\nthread b {\nhost exit\n}`), [
      'mmap_sem is held by b; held: mmap_sem (read) by a',
      'guest_table_lock is held; held: mmap_sem (read) by a',
    ]);
  }); // prettier-ignore

  it('is no deadlock, or one that nobody has expected', () => {
    const text = 'down_read mmap_sem\ndown_write mmap_sem';
    const deadlock = { kind: 'deadlock', text: 'waits for mmap_sem:w held by scenario' };
    assert.deepEqual(run(text).outcome, { ...deadlock, expected: false });
    assert.deepEqual(run(`expect deadlock\n${text}`).outcome, { ...deadlock, expected: true });
    assert.deepEqual(failures(`expect no deadlock\n${text}`), [`no deadlock; ${deadlock.text}`]);
  });

  it('comes with checked invariants where a notifier of the person takes locks as no notifier may', () => {
    const text = `notifier rude calls {\nhost munmap 0x10000000 len 1M\n}\n${NOTIFIED}`;
    assert.deepEqual(failures(text, { checkInvariants: true }), [
      'locks are taken in their order; mmap_sem may sleep, and is taken while ptl is held',
    ]);
  });
});

describe('a run', () => {
  it('ends where it gets too long', () => {
    const { outcome } = run('repeat 1000 {\nhost read 0x10002000\n}', { maxSteps: 200 });
    assert.equal(outcome?.kind, 'limit');
    assert.match(outcome.text, /more than 200 steps/);
  });

  it('lets a vCPU enter SIE only for accesses of its own guest', () => {
    const text = (gmap: string): string =>
      `gmap other limit 4G\nmap other 0x0 len 1M to 0x10000000\nvcpu v0 of vm prefix page\nthread v0 {\nguest read ${gmap} 0x5000\nhost age 0x10002000\n}\nexpect visits vcpu_pre_run never`;
    assert.deepEqual(failures(text('other')), []);
    assert.deepEqual(failures(text('vm')), ['vcpu_pre_run visited never; once']);
  });
});

describe('an expression', () => {
  for (const [text, value] of [
    ['pte(vm, page).index, pte(vm, page).level', 'pte(vm, page).index = 2, pte(vm, page).level = "page"'],
    ['entry(vm, page, segment).address == pte(vm, page).address', 'entry(vm, page, segment).address == pte(vm, page).address = false'],
    ['word(pte(vm, page).address)', 'word(pte(vm, page).address) = d1:03d (0x000000010000103d)'],
    ['entry(vm, page, 5)', 'entry(vm, page, 5): entry: the third argument is a level: region1, region2, region3, segment or page'],
    ['entry(5, page, segment)', 'entry(5, page, segment): entry: the first argument is a gmap'],
    ['translate(kvm, page)', 'translate(kvm, page): translate: the first argument is a gmap'],
    ['visits(5)', 'visits(5): visits: the argument is a kernel function or walk:LEVEL'],
    ['visits("walk:page")', `visits("walk:page"): visits: 'page' is no walk level`],
    ['visits("nothing")', `visits("nothing"): visits: 'nothing' is no kernel function`],
    ['calls(vm)', 'calls(vm): calls: the argument is a notifier'],
    ['kvm.calls, calls(kvm)', 'kvm.calls = 0, calls(kvm) = 0'],
    ['held(5)', 'held(5): held: the argument is the name of a lock'],
    ['held(ptl, vm)', 'held(ptl, vm) = false'],
    ['word(4)', 'word(4): word: no doubleword is there'],
    ['word(1 << 40)', 'word(1 << 40): word: no doubleword is there'],
    ['word(vm)', 'word(vm): word: an address is expected'],
    ['pte(1 << 64)', 'pte(1 << 64): pte: the address does not fit into 64 bits'],
    ['vm.foo', "vm.foo: vm has no 'foo'; it has allocated, asce, asce_end, tables"],
    ['kvm.foo', "kvm.foo: kvm has no 'foo'; it has calls"],
    ['machine.ESOP', "machine.ESOP: machine has no 'ESOP'; did you mean 'esop'?"],
    ['(1).foo', "(1).foo: 1 has no 'foo'"],
    ['pgste(vm, page).uc', "pgste(vm, page).uc: UC IN (0x0000c00000000000) has no 'uc'; did you mean 'UC'?"],
    ['g5.allocated, g5.asce', 'g5.allocated = false, g5.asce = absent'],
    ['vm && 1, "" || 0, 1 || 1 / 0', 'vm && 1 = true, "" || 0 = false, 1 || 1 / 0 = true'],
    ['2 <= 2, 2 >= 3', '2 <= 2 = true, 2 >= 3 = false'],
    ['-4000, -5000', '-4000 = -4000, -5000 = -0x1388'],
  ] as const) {
    it(`print ${text}`, () => assert.equal(printed(`${ARMED}print ${text}`), value));
  } // prettier-ignore

  it('knows the last result, whatever kind it is', () => {
    assert.equal(printed('enable vm\nprint rc\ntranslate vm page\nprint rc'), 'rc = "set"\nrc = 0x10002000');
  });
});
