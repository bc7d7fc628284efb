/**
 * Unsigned 64-bit words.
 *
 * BigInt is 20 to 60 times slower in a table walk than two 32-bit halves, so the engine works on halves and
 * BigInt stays at the edges. This file is the only one that knows how a 64-bit value is split.
 */
const TWO32 = 0x1_0000_0000;

/** An immutable unsigned 64-bit word: addresses, table entries, PTE and PGSTE values. Arithmetic wraps. */
export class U64 {
  readonly hi: number;
  readonly lo: number;

  /** @param hi upper 32 bits @param lo lower 32 bits; any int32 or uint32 */
  constructor(hi: number, lo: number) {
    this.hi = hi >>> 0;
    this.lo = lo >>> 0;
  }

  /** From a non-negative integer below 2^53. */
  static of(n: number): U64 {
    return new U64(Math.floor(n / TWO32), n >>> 0);
  }

  static fromBigInt(n: bigint): U64 {
    return new U64(Number((n >> 32n) & 0xffff_ffffn), Number(n & 0xffff_ffffn));
  }

  toBigInt(): bigint {
    return (BigInt(this.hi) << 32n) | BigInt(this.lo);
  }

  toString(): string {
    return hex(this.hi, this.lo);
  }

  isZero(): boolean {
    return (this.hi | this.lo) === 0;
  }

  equals(o: U64): boolean {
    return this.hi === o.hi && this.lo === o.lo;
  }

  lessThan(o: U64): boolean {
    return this.hi < o.hi || (this.hi === o.hi && this.lo < o.lo);
  }

  plus(o: U64): U64 {
    const lo = this.lo + o.lo;
    return new U64(this.hi + o.hi + (lo >= TWO32 ? 1 : 0), lo);
  }

  /** Adds a non-negative integer below 2^32. */
  plusNumber(n: number): U64 {
    const lo = this.lo + n;
    return new U64(lo >= TWO32 ? this.hi + 1 : this.hi, lo);
  }

  minus(o: U64): U64 {
    const lo = this.lo - o.lo;
    return new U64(this.hi - o.hi - (lo < 0 ? 1 : 0), lo);
  }

  /** The same word with the bits of a low-half mask set. */
  or(lo: number): U64 {
    return new U64(this.hi, this.lo | lo);
  }

  /** The same word with the bits of a low-half mask cleared. */
  without(lo: number): U64 {
    return new U64(this.hi, this.lo & ~lo);
  }

  /** True if the word is a multiple of 4096 (a page). */
  pageAligned(): boolean {
    return (this.lo & 0xfff) === 0;
  }

  /** True if the word is a multiple of 1 MB (a segment). */
  segmentAligned(): boolean {
    return (this.lo & 0xf_ffff) === 0;
  }

  page(): U64 {
    return new U64(this.hi, this.lo & ~0xfff);
  }

  segment(): U64 {
    return new U64(this.hi, this.lo & ~0xf_ffff);
  }

  /** Number of the 1 MB segment, at most 2^44 - 1: exact. */
  segmentNumber(): number {
    return this.hi * 0x1000 + (this.lo >>> 20);
  }

  /** As a number; exact below 2^53. */
  toNumber(): number {
    return this.hi * TWO32 + this.lo;
  }
}

export const ZERO = new U64(0, 0);
export const PAGE_SIZE = 0x1000;
export const SEGMENT_SIZE = 0x10_0000;

/** Lower-case hexadecimal with 0x and no leading zeros. */
export function hex(hi: number, lo: number): string {
  return hi === 0
    ? `0x${(lo >>> 0).toString(16)}`
    : `0x${(hi >>> 0).toString(16)}${(lo >>> 0).toString(16).padStart(8, '0')}`;
}
