import assert from 'node:assert/strict';
import * as bits from '../../src/engine/bits.js';
import { decodeBits } from '../../src/engine/inspect.js';

/** Bits as the Principles of Operation number them: 0 is the leftmost of 64. */
const ARCHITECTURE: Readonly<Record<bits.EntryKind, Readonly<Record<string, readonly [first: number, last: number]>>>> =
  {
    asce: { origin: [0, 51], user: [55, 57], type: [60, 61], length: [62, 63] },
    region: { origin: [0, 51], protect: [54, 54], I: [58, 58], type: [60, 61], length: [62, 63] },
    segment: { origin: [0, 52], protect: [54, 54], I: [58, 58], type: [60, 61] },
    pte: {
      frame: [0, 51], large: [52, 52], I: [53, 53], P: [54, 54], unused: [56, 56], special: [57, 57], write: [58, 58],
      read: [59, 59], dirty: [60, 60], young: [61, 61], present: [63, 63],
    },
    pgste: {
      ACC: [0, 3], FP: [4, 4], PCL: [8, 8], HR: [9, 9], HC: [10, 10], GR: [13, 13], GC: [14, 14], UC: [16, 16],
      IN: [17, 17], zero: [32, 32], usage: [38, 39],
    },
  }; // prettier-ignore

const mask = (first: number, last: number): bigint => ((1n << BigInt(last - first + 1)) - 1n) << BigInt(63 - last);

describe('bits', () => {
  for (const kind of Object.keys(bits.BITS) as bits.EntryKind[]) {
    it(`of ${kind} entries are where the architecture has them`, () => {
      const expected = Object.entries(ARCHITECTURE[kind]).map(([name, [first, last]]) => [name, mask(first, last)]);
      assert.deepEqual(
        bits.BITS[kind].map((b) => [b.name, b.mask]),
        expected,
      );
      for (const [name, value] of expected as [string, bigint][]) {
        const decoded = decodeBits(kind, value).filter((b) => b.value !== 0n);
        assert.deepEqual(decoded.map((b) => b.name), [name]);
      } // prettier-ignore
    });
  }

  it('that the engine works with are those that are described', () => {
    const named = (kind: bits.EntryKind, ...names: string[]): bigint =>
      bits.BITS[kind].filter((b) => names.includes(b.name)).reduce((all, b) => all | b.mask, 0n);
    const high = (kind: bits.EntryKind, ...names: string[]): number => Number(named(kind, ...names) >> 32n);
    const low = (kind: bits.EntryKind, ...names: string[]): number => Number(named(kind, ...names) & 0xffff_ffffn);
    const pte = { PRESENT: 'present', YOUNG: 'young', DIRTY: 'dirty', READ: 'read', WRITE: 'write', SPECIAL: 'special', PROTECT: 'P', INVALID: 'I' }; // prettier-ignore
    for (const [name, bit] of Object.entries(pte)) {
      assert.equal(bits[`PAGE_${name as keyof typeof pte}`], low('pte', bit), name);
    }
    for (const name of ['PCL', 'HR', 'GR', 'GC', 'UC', 'IN'] as const) {
      assert.equal(bits[`PGSTE_${name}`], high('pgste', name), name);
    }
    assert.equal(bits.PGSTE_ACC_FP, high('pgste', 'ACC', 'FP'));
    assert.equal(bits.GPS_ZERO, low('pgste', 'zero'));
    assert.equal(bits.GPS_USAGE_MASK, low('pgste', 'usage'));
    assert.equal(bits.GPS_USAGE_UNUSED, Number(mask(39, 39)));
    assert.equal(bits.ENTRY_INVALID, low('segment', 'I'));
    assert.equal(bits.SEGMENT_ORIGIN, low('segment', 'origin'));
    assert.equal(bits.PGSTE_OFFSET, 256 * 8);
  });

  it('of addresses pick an entry on each level', () => {
    let lowest = 12;
    for (const level of [...bits.LEVELS].reverse()) {
      const { shift, indexBits } = bits.LEVEL[level];
      assert.equal(shift, lowest);
      assert.equal(indexBits, level === 'pg' ? 8 : 11);
      lowest += indexBits;
    }
    assert.equal(lowest, 64);
  });

  it('of tables say their level, and that they are empty', () => {
    const type = { r1: 3, r2: 2, r3: 1, sg: 0 };
    for (const [level, number] of Object.entries(type) as [keyof typeof type, number][]) {
      const { empty, valid, asceType } = bits.LEVEL[level];
      assert.equal(asceType, number << 2);
      assert.equal(empty, (number << 2) | bits.ENTRY_INVALID);
      assert.equal(valid, number === 0 ? 0 : (number << 2) | 3);
    }
    const { empty, valid, asceType } = bits.LEVEL.pg;
    assert.deepEqual([empty, valid, asceType], [bits.PAGE_INVALID, 0, 0]);
  });

  it('of errors are Linux’s numbers', () => {
    const numbers = { ENOENT: 2, EAGAIN: 11, ENOMEM: 12, EFAULT: 14, EEXIST: 17, EINVAL: 22 };
    assert.deepEqual(bits.ERRNO, numbers);
    assert.equal(bits.errnoName(-14), 'EFAULT');
    assert.equal(bits.errnoName(14), undefined);
  });

  it('of faults are Linux’s', () => {
    assert.deepEqual([bits.FAULT_FLAG_WRITE, bits.FAULT_FLAG_ALLOW_RETRY, bits.FAULT_FLAG_TRIED], [1, 4, 32]);
    assert.deepEqual([bits.VM_FAULT_OOM, bits.VM_FAULT_SIGBUS, bits.VM_FAULT_RETRY], [1, 2, 0x400]);
  });
});
