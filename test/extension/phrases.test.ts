import assert from 'node:assert/strict';
import { HOST_ACTIONS, STATEMENTS } from '../../src/scenario/words.js';
import { nameOf, phraseAt, phrasesIn, shortValue } from '../../src/extension/phrases.js';

/** The phrases of a line as `TEXT = EXPRESSION`. */
function found(line: string): string[] {
  return phrasesIn(line).map(({ start, end, expression }) => `${line.slice(start, end)} = ${expression}`);
}

/** What pointing at the first character of `part` means. */
function at(line: string, part: string): string | undefined {
  return phraseAt(line, line.indexOf(part))?.expression;
}

describe('what in a line has a value', () => {
  const cases: [line: string, ...phrases: string[]][] = [
    ['  mprotect_notify vm 0x2000 len 8K PROT_WRITE -> 0', '0x2000 = pte(vm, 0x2000)'],
    ['translate vm base + 4K -> 0x10001000', 'base + 4K = pte(vm, base + 4K)'],
    ['guest write vm 0x8000_0000', '0x8000_0000 = pte(vm, 0x8000_0000)'],
    ['fault vm 0x1000 write', '0x1000 = pte(vm, 0x1000)'],
    ['host reclaim 0x10002000', '0x10002000 = pte(0x10002000)'],
    ['host madvise dontneed 0x1000 len 4K', '0x1000 = pte(0x1000)'],
    ['host mmap 0x10000000 len 16M rw', '0x10000000 = pte(0x10000000)'],
    ['host exit'],
    ['expect pte vm 0x2000 swapped, pgste without IN', 'pte vm 0x2000 = pte(vm, 0x2000)'],
    ['expect host pte 0x10002000 swapped', 'pte 0x10002000 = pte(0x10002000)'],
    ['expect host pgste 0x10002000 with IN', 'pgste 0x10002000 = pgste(0x10002000)'],
    ['expect segment vm 0 linked', 'segment vm 0 = entry(vm, 0, segment)'],
    ['expect region3 vm 2G absent', 'region3 vm 2G = entry(vm, 2G, region3)'],
    [
      'print pte(vm, 0x2000).P, visits(gmap_table_walk)',
      'pte(vm, 0x2000).P = pte(vm, 0x2000).P',
      'visits(gmap_table_walk) = visits(gmap_table_walk)',
    ],
    ['expect vm.tables == 3', 'vm.tables = vm.tables'],
    ['# expect pte vm 0x2000 swapped'],
    ['print "pte vm 0x2000"'],
    ['gmap vm limit 4G'],
  ];
  for (const [line, ...phrases] of cases) it(line.trim(), () => assert.deepEqual(found(line), phrases));

  it('an address right behind `host WORD` or a gmap has one, but for statements about segments', () => {
    const lines = [...Object.values(HOST_ACTIONS), ...Object.values(STATEMENTS)]
      .flatMap((form) => /^(host .*|(guest )?\S+ GMAP) G?ADDR/.exec(form)?.[0] ?? [])
      .map((form) =>
        form
          .replace('read|write', 'read')
          .replace('GMAP', 'vm')
          .replace(/G?ADDR$/, '0x3000'),
      );
    assert.ok(lines.includes('host reclaim 0x3000') && lines.includes('fault vm 0x3000'));
    const missing = lines.filter((line) => !found(line).some((phrase) => phrase.startsWith('0x3000 = pte(')));
    assert.deepEqual(missing, ['map vm 0x3000', 'unmap vm 0x3000']);
  });

  it('a name in a phrase means itself, its address means the entry', () => {
    const line = '  expect pte vm 0x2000 valid';
    assert.equal(at(line, 'pte'), 'pte(vm, 0x2000)');
    assert.equal(at(line, 'vm'), 'vm');
    assert.equal(at(line, '0x2000'), 'pte(vm, 0x2000)');
    assert.equal(at(line, 'valid'), 'valid');
    assert.equal(at(line, ' pte'), undefined);
  });

  it('the parts of an expression that lead somewhere mean the whole', () => {
    const line = 'print pte(vm, 0x2000).IN';
    for (const part of ['pte', 'IN', '0x2000']) assert.equal(at(line, part), 'pte(vm, 0x2000).IN');
    assert.equal(at(line, 'vm'), 'vm');
  });

  it('a number is no word', () => {
    assert.equal(at('gmap vm limit 0xff', 'xff'), undefined);
  });
});

describe('a value beside its line', () => {
  it('has a short name', () => {
    assert.equal(nameOf('pte(vm, 0x2000)'), 'pte');
    assert.equal(nameOf('entry(vm, 0x2000, segment)'), 'segment');
    assert.equal(nameOf('pgste(vm, 0x2000).IN'), 'pgste(vm, 0x2000).IN');
  });

  it('is told in a word or two', () => {
    assert.equal(shortValue('d2:03d (0x000000010000203d), write read dirty young present'), 'd2:03d');
    assert.equal(shortValue('→ 0x18000 (0x0000000000018000)'), '→ 0x18000');
    assert.equal(shortValue('(0x0000800000000000), UC'), 'UC');
    assert.equal(shortValue('(0x0000000000000000)'), '0');
    assert.equal(shortValue('absent'), 'absent');
    assert.equal(shortValue('3'), '3');
  });
});
