import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hex, U64 } from '../../src/engine/u64.js';

const MASK = (1n << 64n) - 1n;
const word = fc.bigInt({ min: 0n, max: MASK });

describe('64-bit words', () => {
  it('calculate as unsigned 64-bit integers that wrap', () => {
    fc.assert(
      fc.property(word, word, (x, y) => {
        const a = U64.fromBigInt(x);
        const b = U64.fromBigInt(y);
        assert.equal(a.toBigInt(), x);
        assert.equal(a.plus(b).toBigInt(), (x + y) & MASK);
        assert.equal(a.minus(b).toBigInt(), (x - y) & MASK);
        assert.equal(a.lessThan(b), x < y);
        assert.equal(a.equals(b), x === y);
        assert.equal(a.plusNumber(0xffff_ffff).toBigInt(), (x + 0xffff_ffffn) & MASK);
      }),
    );
  });

  it('know their page and segment up to the highest bit', () => {
    fc.assert(
      fc.property(word, (x) => {
        const a = U64.fromBigInt(x);
        assert.equal(a.page().toBigInt(), x & ~0xfffn);
        assert.equal(a.segment().toBigInt(), x & ~0xf_ffffn);
        assert.equal(BigInt(a.segmentNumber()), x >> 20n);
        assert.equal(a.pageAligned(), (x & 0xfffn) === 0n);
        assert.equal(a.segmentAligned(), (x & 0xf_ffffn) === 0n);
      }),
    );
  });

  it('are aligned to pages and segments if every bit below is clear', () => {
    for (let bit = 0n; bit < 64n; bit++) {
      const a = U64.fromBigInt(1n << bit);
      assert.equal(a.pageAligned(), bit >= 12n, String(bit));
      assert.equal(a.segmentAligned(), bit >= 20n, String(bit));
    }
  });

  it('print as hexadecimal without leading zeros', () => {
    fc.assert(fc.property(word, (x) => assert.equal(U64.fromBigInt(x).toString(), `0x${x.toString(16)}`)));
    assert.equal(hex(-1, -1), '0xffffffffffffffff');
    assert.equal(hex(0, 0), '0x0');
  });
});
