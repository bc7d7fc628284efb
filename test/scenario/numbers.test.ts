import assert from 'node:assert/strict';
import { formatLength, isMistake, parseNumber } from '../../src/scenario/numbers.js';

function read(text: string): bigint | string {
  const result = parseNumber(text);
  return isMistake(result) ? result.message : result;
}

describe('numbers of the scenario language', () => {
  it('reads them as people write them', () => {
    assert.equal(read('0'), 0n);
    assert.equal(read('4096'), 4096n);
    assert.equal(read('0x1000'), 0x1000n);
    assert.equal(read('0X1f'), 0x1fn);
    assert.equal(read('0x8000_0000'), 0x8000_0000n);
    assert.equal(read('1_000'), 1000n);
    assert.equal(read('8K'), 8192n);
    assert.equal(read('2M'), 2n << 20n);
    assert.equal(read('4G'), 4n << 30n);
    assert.equal(read('3T'), 3n << 40n);
    assert.equal(read('8P'), 1n << 53n);
    assert.equal(read('0x10K'), 0x4000n);
    assert.equal(read('0xffff_ffff_ffff_ffff'), (1n << 64n) - 1n);
  });

  it('says what is wrong with the others', () => {
    assert.match(String(read('12abc')), /hexadecimal starts with 0x: 0x12abc/);
    assert.match(String(read('0x1_0000_0000_0000_0000')), /needs more than 64 bits/);
    assert.match(String(read('16777216T')), /needs more than 64 bits/);
    assert.match(String(read('010')), /octal: write 10, or 0x10/);
    assert.match(String(read('4k')), /capital letter: 4K/);
    assert.match(String(read('0x')), /no digits/);
    assert.match(String(read('1__0')), /between two digits/);
    assert.match(String(read('1_')), /between two digits/);
    assert.match(String(read('12xyz')), /write 4096, 0x1000 or 4K/);
  });

  it('writes lengths so that they read back', () => {
    for (const value of [
      0n,
      1n,
      4096n,
      8192n,
      1n << 20n,
      3n << 30n,
      0x1800n,
      1023n << 20n,
      1025n << 20n,
      (1n << 64n) - 1n,
    ]) {
      assert.equal(read(formatLength(value)), value);
    }
    assert.equal(formatLength(0x2000n), '8K');
    assert.equal(formatLength(0x1000_0000n), '256M');
    assert.equal(formatLength(0x1801n), '0x1801');
  });
});
