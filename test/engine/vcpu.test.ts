import assert from 'node:assert/strict';
import { Bench, SMALL_GUEST } from './bench.js';

describe('a vCPU', () => {
  for (const [generation, arm] of [
    ['after', 'gmap_mprotect_notify'],
    ['before', 'gmap_ipte_notify'],
  ] as const) {
    it(`arms its two prefix pages before it enters SIE (${generation})`, () => {
      const bench = new Bench(generation);
      bench.run(...SMALL_GUEST, 'vcpu v=0 g=0 prefix=0x2000');
      const from = bench.trace.length;
      assert.equal(bench.run('vcpu_enter v=0'), '0');
      const calls = bench.events(from).filter((e) => e.startsWith(`> ${arm} `));
      assert.deepEqual(calls, [`> ${arm} g0 0x2000 0x2000${generation === 'after' ? ' 2' : ''}`]);
      // Nothing is asked for any more: the next entry arms nothing.
      const again = bench.trace.length;
      bench.run('vcpu_leave v=0', 'vcpu_enter v=0');
      assert.ok(!bench.events(again).some((e) => e.startsWith(`> ${arm} `)));
    });
  }

  it('keeps its request if the prefix pages cannot be mapped', () => {
    const bench = new Bench();
    bench.run('alloc g=0 limit=0x7fffffff', 'vcpu v=0 g=0 prefix=0x2000');
    assert.equal(bench.run('vcpu_enter v=0'), '-14');
    assert.equal(bench.run('vcpu_enter v=0'), '-14');
  });

  it('must exist', () => {
    const bench = new Bench();
    assert.equal(bench.run('vcpu_enter v=3'), 'NA');
  });
});
