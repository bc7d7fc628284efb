import assert from 'node:assert/strict';
import { hostPteAddress } from '../../src/engine/inspect.js';
import { Bench, SMALL_GUEST } from './bench.js';

const VMADDR = 'vmaddr=0x10002000';

describe('storage keys', () => {
  let bench: Bench;
  const key = (): number => Number(/^0 key=(0x[0-9a-f]+)$/.exec(bench.run(`get_key ${VMADDR}`))![1]);
  const setKey = (value: number): void => void bench.run(`set_key ${VMADDR} key=0x${value.toString(16)} nq=0`);
  const pgste = (): number => bench.machine.hi(hostPteAddress(bench.machine, 0x1000_2000n) + 2048);

  beforeEach(() => {
    bench = new Bench();
    bench.run(...SMALL_GUEST, 'enable_skey', 'fault g=0 gaddr=0x2000 access=w');
  });

  it('go with a page that is swapped out, and come back with it, whatever they are', () => {
    for (let value = 0; value < 0x100; value++) {
      setKey(value);
      assert.equal(key(), value & 0xfe);
      assert.equal(bench.run(`reclaim ${VMADDR}`), '0');
      assert.equal(pgste() >>> 24, value & 0xf8);
      assert.equal((pgste() >>> 16) & 0x06, value & 0x06);
      assert.equal(key(), value & 0xfe);
      bench.run('fault g=0 gaddr=0x2000 access=r');
      assert.equal(key(), value & 0xfe);
      // The guest's bits have moved; the rest of the PGSTE is not theirs.
      assert.equal(pgste() >>> 24, value & 0xf8);
    }
  });

  it('are kept in the PGSTE of a page that is not there', () => {
    bench.run(`reclaim ${VMADDR}`);
    for (let value = 0; value < 0x100; value++) {
      setKey(value);
      assert.equal(pgste() >>> 24, value & 0xf8);
      assert.equal(key(), value & 0xfe);
    }
  });
});
