import assert from 'node:assert/strict';
import { gmapServices } from '../../src/scenario/language.js';
import { describeLevel, describeStatement } from '../../src/language/describe.js';
import { hover, keywordSentence } from '../../src/language/hover.js';
import { leavesOf } from '../../src/language/tree.js';
import { EXAMPLES } from './texts.js';
import { Marked } from './markers.js';

const text = new Marked(`
let size = 8K
host mmap 0x10000000 len 16M rw
#         ^ vma               ^ rights
gmap vm limit 4G
#             ^ limit
map vm 0x0 len 16M to 0x10000000
#      ^ mapped here
notifier kvm
vcpu v0 of vm prefix 0x4000
scenario "a" {
  mprotect_notify vm 0x2000 len size PROT_WRITE -> -EFAULT
# ^ statement     ^ gmap     ^ len      ^ prot      ^ error
#                    ^ guest      ^ constant
  expect pte vm 0x2000 valid not young, pgste with IN
#        ^ level       ^ state                     ^ bit
  expect visits gmap_pte_op_fixup 2 times
#               ^ function          ^ times
  expect held guest_table_lock vm
#             ^ lock
  expect pgste(vm, 0x2000).IN && machine.esop
#        ^ call            ^ member      ^ facility
  host reclaim 0x1000_2000
#      ^ action  ^ host
  expect notified kvm vm 0x2000..0x2fff
#                 ^ notifier
  print prefix_of + 0x10
#                   ^ part
}
# a comment
# ^ comment
`);

function at(name: string): string {
  const found = hover(text.analysis, text.at(name));
  return (found?.contents as { value: string } | undefined)?.value ?? '';
}

describe('hover', () => {
  const says: Readonly<Record<string, readonly RegExp[]>> = {
    statement: [
      /gmap_mprotect_notify/,
      /Returns a number, or a negative error\./,
      /Takes `mmap_sem`/,
      /gmap_pte_op_walk/,
    ],
    gmap: [/gmap vm limit 4G/, /slot 0/, /region-third/, /`0x0\.\.0xffffff` → host `0x10000000\.\.0x10ffffff`/],
    guest: [
      /\| region-third \| segment \| page \| byte \|/,
      /Page `0x2000\.\.0x2fff`, segment `0x0\.\.0xfffff`/,
      /`vm` maps it to host `0x10002000`, rw memory/,
    ],
    host: [/In the mapping `0x10000000\.\.0x10ffffff`, rw/, /Guest address `vm 0x2000`/],
    vma: [/In the mapping/],
    'mapped here': [/`vm` maps it to host `0x10000000`/],
    limit: [/`0x100000000` = `4294967296` = `4G`/, /Top table: region-third/],
    constant: [/let size = 8K/, /`0x2000` = `8192` = `8K`/, /2 pages/],
    prot: [/PROT_WRITE.*Write access/],
    error: [/EFAULT.*Error 14/],
    rights: [/may read and write/],
    len: [/length in bytes/],
    level: [/Page table entry/],
    state: [/I bit is clear/],
    bit: [/PGSTE_IN_BIT/, /Invalidation notify/, /0x400000000000/],
    function: [/faults the host page in/],
    times: [/Exactly so often/],
    lock: [/radix trees/, /One for each gmap/],
    call: [/The PGSTE of a guest address/],
    member: [/PGSTE_IN_BIT/],
    facility: [/Enhanced suppression/],
    action: [/host reclaim VMADDR/, /swaps one anonymous page out/],
    notifier: [/notifier kvm/, /notifier, slot 0/],
    part: [/^`0x10` = `16`$/],
    comment: [/^$/],
  };
  for (const [place, patterns] of Object.entries(says)) {
    it(`over a ${place}`, () => patterns.forEach((pattern) => assert.match(at(place), pattern)));
  }

  it('says something of every word of every example', () => {
    const silent = new Set<string>();
    for (const [, example] of EXAMPLES) {
      const { analysis } = new Marked(example);
      for (const item of analysis.file.items) {
        for (const leaf of item.$cstNode ? leavesOf(item.$cstNode) : []) {
          if (!/^\w/.test(leaf.text) || hover(analysis, leaf.range.start)) continue;
          silent.add(`${leaf.text} (${leaf.astNode.$type})`);
        }
      }
    }
    // A count is what it is.
    assert.deepEqual(
      [...silent].filter((word) => !/^\d+ \(Count\)$/.test(word)),
      [],
    );
  });

  it('knows a sentence for every keyword of the grammar', () => {
    const { definition } = gmapServices().gmap.parser.Lexer;
    const names = Object.values(definition).map(({ name }) => name);
    const words = names.filter((name) => /^[a-z]|^(BUG|NA)$/.test(name));
    const known = (word: string) =>
      ['', 'HostOperation', 'Access', 'InjectFault', 'EntryTest', 'UsageWord'].some((rule) =>
        keywordSentence(rule, word),
      ) ||
      describeStatement(word) ||
      describeStatement(`host ${word}`) ||
      describeLevel(word) ||
      word === 'zero';
    assert.ok(words.length > 100);
    assert.deepEqual(
      words.filter((word) => !known(word)),
      [],
    );
  });
});
