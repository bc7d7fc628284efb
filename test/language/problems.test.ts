import assert from 'node:assert/strict';
import { codeActions } from '../../src/language/actions.js';
import { problemsOf } from '../../src/language/problems.js';
import { EXAMPLES } from './texts.js';
import { Marked } from './markers.js';

const SETUP = 'host mmap 0x10000000 len 16M rw\ngmap vm limit 4G\nnotifier kvm\nmap vm 0x0 len 16M to 0x10000000\n';
const USES = '\nexpect notified kvm vm\n';

/** The problems of a line in a sound file, and what the file's line is after each fix. */
function problemsIn(line: string): { message: string; fixes: Record<string, string> }[] {
  const text = new Marked(`${SETUP}${line}${USES}`);
  return problemsOf(text.analysis).map(({ message, fixes }) => ({
    message,
    fixes: Object.fromEntries(
      fixes.map(({ title, edits }) => [title, text.edited(edits).slice(SETUP.length, -USES.length)]),
    ),
  }));
}

/** The only problem of a line. */
function problem(line: string): { message: string; fixes: Record<string, string> } {
  const problems = problemsIn(line);
  assert.equal(problems.length, 1, `${line}: ${JSON.stringify(problems)}`);
  return problems[0]!;
}

describe('problems and what can be done about them', () => {
  for (const [line, message, fixes] of [
    [
      'fault vn 0x0 read',
      /no gmap 'vn'/,
      { "Change to 'vm'": 'fault vm 0x0 read', "Add 'gmap vn limit 4G'": 'gmap vn limit 4G\nfault vn 0x0 read' },
    ],
    ['falt vm 0x0 read', /no statement 'falt'/, { "Change to 'fault'": 'fault vm 0x0 read' }],
    ['host reclaim 1000f000', /starts with 0x/, { "Change to '0x1000f000'": 'host reclaim 0x1000f000' }],
    [
      'repeat 010 { host age 0x10000000 }',
      /octal/,
      {
        "Change to '10'": 'repeat 10 { host age 0x10000000 }',
        "Change to '0x10'": 'repeat 0x10 { host age 0x10000000 }',
      },
    ],
    [
      'mprotect_notify vm 0x2010 len 4K PROT_READ',
      /not a multiple of 4K/,
      {
        "Change to '0x2000'": 'mprotect_notify vm 0x2000 len 4K PROT_READ',
        "Change to '0x3000'": 'mprotect_notify vm 0x3000 len 4K PROT_READ',
        'Expect -EINVAL': 'mprotect_notify vm 0x2010 len 4K PROT_READ -> -EINVAL',
      },
    ],
    [
      'mprotect_notify vm 0x2000 len 0x1004 PROT_READ -> 0',
      /not a multiple of 4K/,
      {
        "Change to '0x1000'": 'mprotect_notify vm 0x2000 len 0x1000 PROT_READ -> 0',
        "Change to '0x2000'": 'mprotect_notify vm 0x2000 len 0x2000 PROT_READ -> 0',
        'Expect -EINVAL': 'mprotect_notify vm 0x2000 len 0x1004 PROT_READ -> -EINVAL',
      },
    ],
    [
      'translate vm 0x8000_0000 -> 0x10000000',
      /'vm' maps nothing at 0x80000000 here: gmap_translate answers -EFAULT/,
      { 'Expect -EFAULT': 'translate vm 0x8000_0000 -> -EFAULT' },
    ],
    [
      'unmap vm 0x180000 len 1M',
      /not a multiple of 1M/,
      {
        "Change to '0x100000'": 'unmap vm 0x100000 len 1M',
        "Change to '0x200000'": 'unmap vm 0x200000 len 1M',
        'Expect -EINVAL': 'unmap vm 0x180000 len 1M -> -EINVAL',
      },
    ],
    [
      'fault vm 0x8000_0000 read',
      /'vm' maps nothing at 0x80000000 here: gmap_fault answers -EFAULT/,
      { 'Expect -EFAULT': 'fault vm 0x8000_0000 read -> -EFAULT' },
    ],
    [
      'map vm 0x80000000000 len 1M to 0x10000000',
      /beyond the region-third table/,
      { 'Expect -EINVAL': 'map vm 0x80000000000 len 1M to 0x10000000 -> -EINVAL' },
    ],
    ['fault vm 0x0 read -> 7', /never answers this/, { 'Expect nothing': 'fault vm 0x0 read' }],
    [
      'munmap 0x10000000 len 4K',
      /no statement 'munmap'/,
      { "Change to 'host munmap'": 'host munmap 0x10000000 len 4K' },
    ],
    [
      'expect pte vm 0x0 valid invalid',
      /'invalid' contradicts 'valid'/,
      { "Leave out 'invalid'": 'expect pte vm 0x0 valid', "Leave out 'valid'": 'expect pte vm 0x0 invalid' },
    ],
    ['expect pte vm 0x0 swapped, pgste empty, pte present', /'present' contradicts 'swapped'/, {}],
    [
      'expect pgste vm 0x0 with IN = 0',
      /'= 0' contradicts 'with IN'/,
      { "Leave out '= 0'": 'expect pgste vm 0x0 with IN', "Leave out 'with IN'": 'expect pgste vm 0x0 = 0' },
    ],
    [
      'expect translate vm 0x2000 to 0x10003000',
      /last five digits/,
      { 'Change to 0x10002000': 'expect translate vm 0x2000 to 0x10002000' },
    ],
    [
      'expect notified kvm vm 0x2001..0x2fff',
      /no whole page/,
      { 'Change to 0x2000..0x2fff': 'expect notified kvm vm 0x2000..0x2fff' },
    ],
    ['expect notified nb3', /never registered/, {}],
    ['expect 2 < 1', /whatever happens/, {}],
    ['let a = 4K', /'a' is never used/, { "Remove 'a'": '' }],
    ['gmap g7 limit 4G', /'g7' is never used/, { "Remove gmap 'g7'": '' }],
    [
      'free g5',
      /'g5' is not allocated here/,
      { "Add 'gmap g5 limit 4G'": 'gmap g5 limit 4G\nfree g5', 'Expect NA': 'free g5 -> NA' },
    ],
    ['free five', /no gmap 'five'/, { "Add 'gmap five limit 4G'": 'gmap five limit 4G\nfree five' }],
    ['host age 0x10000000 host exit', /line of its own/, { 'Begin a line': 'host age 0x10000000\nhost exit' }],
    ['print "abc', /no closing/, { 'Close the text': 'print "abc"' }],
  ] as const) {
    it(line, () => {
      const found = problem(line);
      assert.match(found.message, message);
      const { fixes: wanted } = { fixes: fixes as Record<string, string> };
      const withoutNewline = Object.fromEntries(
        Object.entries(found.fixes).map(([title, text]) => [title, wanted[title] === '' ? text.trim() : text]),
      );
      assert.deepEqual(withoutNewline, wanted);
    });
  }

  for (const line of [
    'fault vm 0x8000_0000 read -> -EFAULT',
    'mprotect_notify vm 0x2010 len 4K PROT_READ -> -EINVAL',
    'expect pte vm 0x0 absent, pgste without IN',
    'expect pte vm 0x0 absent without I',
    'expect pte vm 0x0 valid not dirty with write',
    'expect pte vm 0x0 swapped, pgste with IN',
    'expect notified kvm vm 0x2001..0x2fff never',
    'unmap vm 0x0 len 16M',
    'inject alloc 1\nfault vm 0x8000_0000 read',
  ]) {
    it(`nothing about ${JSON.stringify(line)}`, () => assert.deepEqual(problemsIn(line), []));
  }

  it('an unclosed block can be closed', () => {
    const text = new Marked('scenario "a" {\n  host exit\n');
    const [found] = problemsOf(text.analysis);
    assert.equal(text.edited(found!.fixes[0]!.edits), 'scenario "a" {\n  host exit\n}\n');
  });

  it('no example has an error or a warning', () => {
    for (const [name, example] of EXAMPLES) {
      const problems = problemsOf(new Marked(example).analysis);
      assert.deepEqual(
        problems.filter(({ severity }) => severity !== 'hint').map(({ message }) => message),
        [],
        name,
      );
    }
  });

  it('are actions where they touch the selection', () => {
    const text = new Marked('gmap vm limit 4G\nfault vn 0x0 read\n#     ^ wrong\nfault vm 0x0 red\n#     ^ right');
    const titles = (name: string) => codeActions(text.analysis, text.range(name)).map(({ title }) => title);
    assert.deepEqual(titles('wrong'), ["Change to 'vm'", "Add 'gmap vn limit 4G'"]);
    assert.deepEqual(titles('right'), []);
  });

  it('are fixed all at once where the fix is plain', () => {
    const text = new Marked('gmap vm limit 4G\nfault vn 0x0 read\nfalt vm 0x0 write\n');
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    const [all] = codeActions(text.analysis, range, ['source.fixAll']);
    assert.equal(
      text.edited(all!.edit!.changes!['untitled:test.gmap']!),
      'gmap vm limit 4G\nfault vm 0x0 read\nfault vm 0x0 write\n',
    );
  });
});
