import assert from 'node:assert/strict';
import { compileFile } from '../../src/scenario/compile.js';
import { messages } from './support.js';

const GOOD = 'host enable_sie';

/** Each text has one mistake, in its first line unless said: this message and no other. */
const MISTAKES: readonly (readonly [text: string, message: string])[] = [
  ['frobnicate g0 12', "1:1 there is no statement 'frobnicate'"],
  ['guest address of-', "1:7 expected 'read' or 'write', found 'address'"],
  ['falt g0 0 read', "1:1 there is no statement 'falt'; did you mean 'fault'?"],
  ['register kvm', "1:1 there is no statement 'register'; write notifier NAME"],
  ['munmap 0 len 4K', "1:1 there is no statement 'munmap'; write host munmap ADDRESS len LENGTH"],
  ['fault(g0, 0)', "1:1 write it without '(': fault GMAP GADDR read|write"],
  ['5', "1:1 a statement begins with a word, not with '5'"],
  ['host mmp 0 len 4K rw', "1:6 expected what the host does, found 'mmp'; did you mean 'mmap'?"],
  ['host mmap len 4K rw', "1:11 expected a number, found 'len', a word of the language"],
  ['host mmap x len 4K rw', "1:11 there is no constant 'x'"],
  ['host mmap 0 len 4K', "1:19 expected 'rw', 'ro' or 'none', found end of line"],
  ['host mmap 0 len 4K rx', "1:20 there is no protection 'rx'; did you mean 'rw'?"],
  ['host mmap 0 len 12abc rw', "1:17 '12abc' is not a number; hexadecimal starts with 0x: 0x12abc"],
  ['host mmap 0 len 0x1_0000_0000_0000_0000 rw', '1:17 0x1_0000_0000_0000_0000 needs more than 64 bits'],
  ['host mmap 0 len 8P * 8192 rw', '1:17 the value does not fit into 64 bits (it is 0x40000000000000000)'],
  ['host reclaim -4096', '1:14 a number that is not negative is needed here (it is -0x1000)'],
  ['fault g0 0 wirte', "1:12 expected 'read' or 'write', found 'wirte'; did you mean 'write'?"],
  ['fault g0 0', "1:11 expected 'read' or 'write', found end of line"],
  ['expect calls(n0) == 1 twice', "1:23 unexpected 'twice'; did you mean '2 times'?"],
  ['fault g0 0 write foo', "1:18 the statement ends before 'foo'"],
  ['fault g0 0 write }', "1:18 '}' without a '{' before it"],
  ['fault g0 0 read fault g0 0 read', '1:17 a statement begins on a line of its own'],
  ['fault vm 0 read', "1:7 there is no gmap 'vm'; 'gmap vm limit 4G' makes one"],
  ['gmap map limit 4G', "1:6 expected the name of a gmap, found 'map', a word of the language"],
  ['gmap g0 lmit 4G', "1:9 expected 'limit', found 'lmit'; did you mean 'limit'?"],
  ['gmap nb1 limit 4G', "1:6 'nb1' always names a notifier"],
  ['gmap g0 limit 010', "1:15 '010' could mean octal: write 10, or 0x10"],
  ['machine esop on', "1:9 expected '{', found 'esop'"],
  ['machine { esp on }', "1:11 there is no facility 'esp'; did you mean 'esop'?"],
  ['machine { esop }', "1:16 expected 'on', 'off' or a number, found '}'"],
  ['machine { esop onn }', "1:16 write 'esop on' or 'esop off'"],
  ['machine { attach on }', "1:18 'attach' is a number of CPUs"],
  ['machine { esop on  esop off }', "1:20 'esop' is set twice"],
  ['inject allok 3', "1:8 unexpected 'allok'; did you mean 'alloc'?"],
  ['inject alloc 1 alloc 2', "1:16 'alloc' is given twice"],
  ['let x 5', "1:7 expected '=', found '5'"],
  ['let x =', '1:8 expected a value, found end of line'],
  ['let EFAULT = 14', "1:5 'EFAULT' already has a value"],
  ['let g0 = 14', "1:5 'g0' always names a gmap"],
  ['print pte (g0, 0)', "1:7 expected a value, found 'pte', a word of the language"],
  ['print g00', "1:7 there is no name 'g00'"],
  ['print pt(g0, 0)', "1:7 there is no function 'pt'; did you mean 'pte'?"],
  ['expect', "1:7 expected something to expect, such as 'notified', 'pte' or a comparison, found end of line"],
  ['expect rc = 0', "1:11 compare with '=='"],
  ['expect rc == ', "1:11 expected a value after '=='"],
  ['expect pte 0x2000 swapped', "1:12 expected the name of a gmap, found '0x2000'"],
  ['expect pte g0 0x2000', "1:21 expected a state such as 'valid', 'with', 'without' or '=', found end of line"],
  ['expect pte g0 0 swaped', "1:17 there is no state of a pte 'swaped'; did you mean 'swapped'?"],
  [
    'expect pgste g0 0 with KEY',
    "1:24 there is no bit of a pgste 'KEY': write ACC, FP, PCL, HR, HC, GR, GC, UC, IN, zero or usage",
  ],
  ['expect segment g0 0 linked, pgste with IN', '1:29 a segment table entry has no pgste beside it'],
  ['expect notified nb0 g0 0x2000..0x1000', '1:24 the range ends before it starts'],
  ['expect notified g0', "1:17 there is no notifier 'g0'; 'notifier g0' makes one"],
  ['expect notified nb0 2', "1:22 expected 'times' or 'time', found end of line"],
  ['expect visits gmap_fualt once', "1:15 there is no function 'gmap_fualt'; did you mean 'gmap_fault'?"],
  ['expect visits walk:segmnt once', "1:15 there is no level 'segmnt'; did you mean 'segment'?"],
  ['expect held mmap_sme', "1:13 there is no lock 'mmap_sme'; did you mean 'mmap_sem'?"],
  ['expect held rcu read', '1:17 rcu is not taken for reading or writing, it is just held'],
  ['expect held ptl g0', "1:17 'g0' is a gmap; a number is needed here"],
  ['expect no lock held since here', "1:27 'since' goes with what is counted: notifications and visits"],
  ['expect no notification since here', "1:30 there is no mark 'here'"],
  ['mprotect_notify g0 0 len 4K PROT_READ ->', '1:41 expected a result such as 0 or -EFAULT, found end of line'],
  ['mprotect_notify g0 0 len 4K PROT_READ - > 0', "1:39 expected a value after '-'"],
  ['ipte_notify g0 0 len 4K', '1:1 generation after has no ipte_notify, but mprotect_notify'],
  ['generation befor', "1:12 there is no generation 'befor'; did you mean 'before'?"],
  ['repeat -1 { host age 0 }', '1:8 a number that is not negative is needed here (it is -0x1)'],
  ['repeat 3 host age 0', "1:10 expected '{', found 'host'"],
  ['vcpu v0 of g0 prefix 0x3000', '1:22 a prefix is a multiple of 8K'],
  ['enter v0', "1:7 there is no vCPU 'v0'"],
  ['down_read mmap_sme', "1:11 there is no lock 'mmap_sme'; did you mean 'mmap_sem'?"],
  ['fault g0 0 read @', "1:17 unexpected character '@'"],
  ['fault g0 0 read \0', '1:17 unexpected character U+0000'],
  ['fault g0 0 read \u2028', '1:17 unexpected character U+2028'],
  ['\ufffd\ufffdg\0', '1:1 this is no text in UTF-8: save the file in that encoding'],
  ['scenario "x" { host age “0” }', "1:25 unexpected character '“': write \""],
  ['print "abc', '1:7 the text has no closing "'],
  ['scenario "" { }', '1:10 a scenario needs a name'],
  ['generation after\ngeneration before', '2:1 the generation is already chosen above'],
  ['vcpu v0 of g0 prefix 0\nset_prefix v0 0x1000', '2:15 a prefix is a multiple of 8K'],
  ['vcpu v0 of g0 prefix 0\nvcpu v0 of g0 prefix 0x2000', "2:6 there is already a vCPU 'v0'"],
  ['vcpu v0 of g0 prefix 2G', '1:22 at most 2147483647 is possible here'],
  ['schedule random seed x', "1:22 there is no constant 'x'"],
  ['schedule pct seed x depth 2', "1:19 there is no constant 'x'"],
  ['schedule pct seed 1 depth 0', '1:27 at least 1 is needed here'],
  ['schedule pct seed 1 depth 101', '1:27 at most 100 is possible here'],
  ['schedule file 5', "1:15 expected a text in quotes, found '5'"],
  ['schedule steps a 0\nthread a {\n}', '1:18 at least 1 is needed here'],
  ['fault kvm 0 read\nlet kvm = 2', "1:7 'kvm' is a constant, not a gmap"],
  ['let x = translate(g0, 0)', '1:9 a number is needed here, known before anything runs'],
  ['let x = "a"', '1:9 a number is needed here, known before anything runs'],
  ['let x = 1 / 0', '1:13 division by zero'],
  ['let x = 000_0', "1:9 '000_0' could mean octal: write 0, or 0x0"],
  ['expect always no deadlock', "1:8 a deadlock is the end: write it without 'always'"],
  ['expect notifications x', "1:22 there is no constant 'x'"],
  ['expect notifications 0x1_0000_0000', '1:22 at most 4294967295 is possible here'],
  ['expect translate g0 x to nothing', "1:21 there is no constant 'x'"],
  ['expect translate g0 0 to x', "1:26 there is no constant 'x'"],
  ['expect notified nb0 g0 x..0x2fff', "1:24 there is no constant 'x'"],
  ['expect notified nb0 g0 0x2000..x', "1:32 there is no constant 'x'"],
  ['expect visits gmap_fault 08 times', "1:26 '08' could mean octal: write 8, or 0x8"],
  ['expect visits gmap_fault 0x1_0000_0000 times', '1:26 that is more than can be counted'],
  ['expect visits', '1:14 expected a function, or walk:LEVEL, found end of line'],
  ['expect pte g0 x valid', "1:15 there is no constant 'x'"],
  ['expect pte g0 0 = x', "1:19 there is no constant 'x'"],
  ['expect pte g0 0 not', "1:20 expected a state such as 'valid', found end of line"],
  ['expect held mmap_sem by nobody', "1:25 there is no thread 'nobody'"],
  ['expect held rcu g0', '1:17 there is only one rcu'],
  ['expect held guest_table_lock 5', '1:30 guest_table_lock belongs to a gmap: write its name'],
  ['expect held guest_table_lock nb0', '1:30 guest_table_lock belongs to a gmap: write its name'],
  ['expect held ptl x', "1:17 there is no constant 'x'"],
  ['notifier kvm calls {\n fault vm 0 read\n}', "2:8 there is no gmap 'vm'; 'gmap vm limit 4G' makes one"],
  ['down_read rcu', '1:11 only mmap_sem can be taken by a caller'],
  ['host cond_set_key 0 key 0x10 nq on nq off', "1:36 'nq' is given twice"],
  ['host set_key 0 key 0x10 nq on mr on', "1:31 set_key takes no 'mr'"],
  ['inject unlocked 1 then { host age 0 -> 0 }', '1:40 what runs in the window has no expected result'],
  ['fault g0 0 read -> 0 key 0x100', '1:26 at most 255 is possible here'],
  ['fault g0 0 read -> 0 key x', "1:26 there is no constant 'x'"],
  ['fault g0 0 read – 1', "1:17 unexpected character '–': write -"],
];

describe('mistakes in a scenario', () => {
  for (const [text, message] of MISTAKES) {
    it(`${text} → ${message}`, () => {
      assert.deepEqual(messages(`${text}\n${GOOD}\n`), [message]);
    });
  }

  it('in several lines are told each, and the lines between are read', () => {
    const text = 'frob\ngmap vm limit 4G\nfault vm 0 raed\nfault vm 0 read\nexpect pte vm 0 valdi\n';
    assert.deepEqual(messages(text), [
      "1:1 there is no statement 'frob'",
      "3:12 expected 'read' or 'write', found 'raed'; did you mean 'read'?",
      "5:17 there is no state of a pte 'valdi'; did you mean 'valid'?",
    ]);
  });

  it('in a block leave the block whole', () => {
    assert.deepEqual(messages('scenario "a" {\n  frob\n  fault g0 0 read x\n}\nscenario "b" {\n  frob\n}\n'), [
      "2:3 there is no statement 'frob'",
      "3:19 the statement ends before 'x'",
      "6:3 there is no statement 'frob'",
    ]);
  });

  it('with braces point at the brace', () => {
    assert.deepEqual(messages('scenario "a" {\n  host exit\n'), ["1:14 '{' is never closed"]);
    assert.deepEqual(messages('scenario "a {\n  host exit\n}\nhost exit\n'), ['1:10 the text has no closing "']);
    assert.deepEqual(messages('scnario "a" {\n  host exit\n}\nhost exit\n'), [
      "1:1 there is no statement 'scnario'; did you mean 'scenario'?",
    ]);
    assert.deepEqual(messages('host exit\n}\nhost exit\n'), ["2:1 '}' without a '{' before it"]);
  });

  it('in a declaration are told once, not at every use', () => {
    const text = 'gmap other limit 4G\ngmp vm limit 4G\nfault vm 0 read\nfault vm 0 read\nexpect pte vm 0 valid\n';
    assert.deepEqual(messages(text), [
      "2:1 there is no statement 'gmp'; did you mean 'gmap'?",
      "3:7 there is no gmap 'vm'",
    ]);
  });

  it('carry what would be right, for a quick fix', () => {
    const fixes = compileFile('falt g0 0 read\nhost age 100f\nmap g0 0x800 len 1M to 0\n', 'x').diagnostics;
    const replacements = fixes.flatMap(({ replacement }) => replacement ?? []);
    assert.deepEqual(replacements, ['fault', '0x100f', '0x0']);
  });

  it('nested without end are refused before the stack ends', () => {
    assert.deepEqual(messages(`print ${'('.repeat(5000)}\n${GOOD}`), ['1:107 nested too deeply']);
    assert.deepEqual(messages(`print 1${' + 1'.repeat(5000)}\n`), ['1:1609 nested too deeply']);
    assert.deepEqual(
      messages(`print ${'('.repeat(99)}1${')'.repeat(99)}\n${'repeat 2 {'.repeat(99)}${'}'.repeat(99)}`),
      [],
    );
  });

  it('never make it throw', () => {
    for (const text of [
      '',
      '\n\n',
      '\ufeffhost exit',
      'host exit\r\nhost exit\rhost exit',
      '{'.repeat(3000),
      `print ${'('.repeat(5000)}`,
      `print ${'-'.repeat(5000)}1`,
      `print 1${' + 1'.repeat(5000)}`,
      'scenario "a" { thread a { thread b { repeat 3 { expect',
      'expect notified then then\nexpect pte\ninject then {\nvcpu of\nschedule\nschedule pct seed\nthread\nlet\nmark\n',
      'machine {\n\n esop\n on\n',
      '"\\',
    ]) {
      assert.doesNotThrow(() => compileFile(text, 'x'), text.slice(0, 40));
    }
  });
});

describe('doubtful statements', () => {
  const warnings = (text: string) => messages(text, 'warning');

  it('an unaligned operand, unless the result is expected', () => {
    assert.deepEqual(warnings('gmap g0 limit 4G\nmprotect_notify g0 0x800 len 4K PROT_READ\n'), [
      '2:20 not a multiple of 4K: gmap_mprotect_notify answers -EINVAL',
    ]);
    assert.deepEqual(warnings('gmap g0 limit 4G\nmprotect_notify g0 0x800 len 4K PROT_READ -> -EINVAL\n'), []);
    assert.equal(warnings('gmap g0 limit 4G\nmprotect_notify g0 0x800 len 4K PROT_READ -> 0\n').length, 1);
  });

  it('a gmap that does not exist, or exists already', () => {
    assert.deepEqual(warnings('fault vm 0 read\ngmap vm limit 4G\ngmap vm limit 4G\nfree vm\nfault vm 0 read\n'), [
      "1:7 'vm' is not allocated here: the operation is refused (NA)",
      "3:6 'vm' is already allocated: the operation is refused (NA)",
      "5:7 'vm' is not allocated here: the operation is refused (NA)",
    ]);
    assert.deepEqual(warnings('fault g0 0 read -> NA\nunregister nb0 -> NA\n'), []);
    assert.deepEqual(warnings('gmap vm limit 4G\nfree vm\ngmap vm limit 4G\nfault vm 0 read\n'), []);
  });

  it('between threads, who allocates first is not known', () => {
    assert.deepEqual(
      warnings('thread a {\n gmap vm limit 4G\n}\nthread b {\n fault vm 0 read\n}\nfault vm 0 read\n'),
      [],
    );
  });

  it('a result that never comes', () => {
    assert.deepEqual(warnings('host reclaim 0 -> 1\nhost age 0 -> 1\nhost age 0 -> 2\nhost exit -> set\n'), [
      '1:19 reclaim never answers this: 0, or a negative error such as -EFAULT',
      '3:15 age never answers this: 0, 1 or an error',
      "4:14 exit_mm never answers this: only 'enable' and 'disable' answer with a word",
    ]);
    assert.deepEqual(warnings('gmap g0 limit 4G\nenable g0 -> 0\ntranslate g0 0 -> 0x1000\nenable g0 -> clear\n'), [
      "2:14 enable never answers this: it answers 'set'",
      "4:14 enable never answers this: 'enable' answers 'set', 'disable' answers 'clear'",
    ]);
  });

  it('faults that no operation meets', () => {
    const idle = (text: string) => {
      const found = warnings(`gmap vm limit 4G\n${text}`);
      for (const warning of found)
        assert.match(warning, / no operation meets these faults: 'inject' arms the next one only$/);
      return found.map((warning) => warning.split(' ')[0]);
    };
    const inject = 'inject alloc 1\n';
    const use = 'fault vm 0 read\n';
    assert.deepEqual(idle(inject), ['2:1']);
    assert.deepEqual(idle(`${inject}expect no notification\nprint rc\nmark m\nexpect no notification since m\n`), [
      '2:1',
    ]);
    assert.deepEqual(idle(`${inject}expect no notification\n${use}`), []);
    assert.deepEqual(idle(`${inject}${inject}${use}`), ['2:1']);
    assert.deepEqual(idle(`vcpu v of vm prefix 0\n${inject}enter v\n${inject}`), ['5:1']);
    // The set-up is followed by a scenario, a round by the next one.
    assert.deepEqual(idle(`${inject}scenario "a" {\n}\nscenario "b" {\n${use}}\n`), []);
    assert.deepEqual(idle(`${inject}scenario "a" {\n${inject}}\n`), ['2:1', '4:1']);
    assert.deepEqual(idle(`repeat 2 {\n${use}${inject}}\n`), []);
    assert.deepEqual(idle(`repeat 2 {\n${inject}repeat 2 {\n${use}}\n${inject}}\n`), ['7:1']);
    assert.deepEqual(idle(`repeat 2 {\n${inject}}\n${use}`), []);
    assert.deepEqual(idle(`repeat 2 {\n${inject}}\n`), ['3:1']);
    // Each thread has its own.
    assert.deepEqual(idle(`${inject}thread a {\n${inject}}\nthread b {\n${use}}\n`), ['2:1', '4:1']);
    assert.deepEqual(idle(`${inject}thread a {\n${use}}\n${use}`), []);
    // Behind a mistake nobody knows.
    assert.deepEqual(idle(`${inject}falt vm 0 read\n`), []);
  });

  it('constants that nobody uses, set-up after scenarios, a range that ends on a boundary', () => {
    assert.deepEqual(warnings('let a = 1\nlet b = 2\nhost age b\n'), ["1:5 'a' is never used"]);
    assert.deepEqual(warnings('scenario "a" {\n}\nhost exit\n'), [
      '3:1 this is set-up and runs before every scenario: write it above them',
    ]);
    assert.deepEqual(warnings('expect notified nb0 g0 0x2000..0x3000\n'), [
      '1:32 a range includes its end: 0x2000..0x2fff is one page',
    ]);
  });
});
