import assert from 'node:assert/strict';
import { BITS, LEVEL } from '../../src/engine/bits.js';
import { gmapOf, hostPteAddress, pageEntry, translate, walkPath } from '../../src/engine/inspect.js';
import { Bench } from './bench.js';

describe('a walk', () => {
  /** Links one segment at a guest address of a gmap with this limit. */
  function linked(limit: string, to: string): Bench {
    const bench = new Bench();
    bench.run(
      'mmap vmaddr=0x10000000 len=0x100000 prot=rw',
      `alloc g=0 limit=${limit}`,
      `map_segment g=0 from=0x10000000 to=${to} len=0x100000`,
    );
    assert.equal(bench.run(`fault g=0 gaddr=${to} access=w`), '0');
    return bench;
  }

  for (const [limit, levels] of [
    ['0x7fffffff', ['sg', 'pg']],
    ['0x3ffffffffff', ['r3', 'sg', 'pg']],
    ['0x1fffffffffffff', ['r2', 'r3', 'sg', 'pg']],
    ['0xffffffffffffffff', ['r1', 'r2', 'r3', 'sg', 'pg']],
  ] as const) {
    it(`goes through ${levels.join(', ')} below a limit of ${limit}`, () => {
      const bench = linked(limit, '0x100000');
      const path = walkPath(bench.machine, gmapOf(bench.machine, 0)!.root!, 0x100000n);
      assert.deepEqual(
        path.map((e) => e.level),
        levels,
      );
      assert.equal(path.at(-1)!.address, hostPteAddress(bench.machine, 0x10000000n));
    });
  }

  // Each index with all bits set, and with only its highest bit: a mask one bit short shows here.
  for (const gaddr of [0xffff_ffff_ffe0_0000n, 1n << 63n, 1n << 52n, 1n << 41n, 1n << 30n, 0x7ffn << 42n]) {
    it(`finds the entries of 0x${gaddr.toString(16)}`, () => {
      const bench = linked('0xffffffffffffffff', `0x${gaddr.toString(16)}`);
      const path = walkPath(bench.machine, gmapOf(bench.machine, 0)!.root!, gaddr);
      for (const entry of path) {
        const { shift, indexBits } = LEVEL[entry.level];
        assert.equal(BigInt(entry.index), (gaddr >> BigInt(shift)) & ((1n << BigInt(indexBits)) - 1n));
      }
      assert.equal(path.length, 5);
      assert.equal(translate(bench.machine, gmapOf(bench.machine, 0)!, gaddr | 0xabcden), 0x10000000n | 0xabcden);
      const visited = bench.events().filter((e) => e.startsWith('W '));
      assert.deepEqual(
        visited.map((e) => /\[(\d+)\]/.exec(e)![1]),
        path.slice(0, 4).map((e) => String(e.index)),
      );
    });
  }
});

describe('the descriptions of bits', () => {
  for (const [kind, bits] of Object.entries(BITS)) {
    it(`of ${kind} do not overlap, and have names of their own`, () => {
      let seen = 0n;
      for (const bit of bits) {
        assert.equal(seen & bit.mask, 0n, bit.name);
        seen |= bit.mask;
        assert.ok(bit.doc.endsWith('.'), bit.name);
      }
      assert.equal(new Set(bits.map((b) => b.name)).size, bits.length);
      assert.equal(new Set(bits.map((b) => b.kernel)).size, bits.length);
    });
  }

  it('tell a PTE and its PGSTE apart', () => {
    const bench = new Bench();
    bench.run(
      'mmap vmaddr=0x10000000 len=0x100000 prot=rw',
      'alloc g=0 limit=0x7fffffff',
      'map_segment g=0 from=0x10000000 to=0x0 len=0x100000',
      'mprotect_notify g=0 gaddr=0x3000 len=0x1000 prot=write',
    );
    const entry = pageEntry(bench.machine, hostPteAddress(bench.machine, 0x10003000n));
    assert.equal(entry.text, 'd1:03d');
    assert.equal(entry.pgste.value, 0x0000_c000_0000_0000n);
    assert.equal(entry.pgste.address - entry.pte.address, 2048);
  });
});
