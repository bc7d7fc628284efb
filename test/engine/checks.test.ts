import assert from 'node:assert/strict';
import { gmapOf, walkPath } from '../../src/engine/inspect.js';
import { brokenInvariant, InvariantWatch } from '../../src/engine/invariants.js';
import { LockOrder } from '../../src/engine/lockdep.js';
import { DESC, PCL_AT } from '../../src/engine/machine.js';
import { AllocKind, LockClass } from '../../src/engine/task.js';
import { Kind, Trace } from '../../src/engine/trace.js';
import { Bench, SMALL_GUEST } from './bench.js';

describe('the invariants', () => {
  const linked = (): { bench: Bench; entries: number[]; noticed: () => (string | undefined)[] } => {
    const bench = new Bench();
    const watch = new InvariantWatch(bench.machine, bench.trace);
    bench.run(...SMALL_GUEST, 'fault g=0 gaddr=0x100000 access=w');
    const path = walkPath(bench.machine, gmapOf(bench.machine, 0)!.root!, 0x10_0000n);
    assert.equal(watch.broken(), undefined);
    bench.edit();
    return {
      bench,
      entries: path.map((e) => e.address),
      /** What a look at everything finds, and one at what changed. */
      noticed: () => {
        const names = [brokenInvariant(bench.machine)?.name, watch.broken()?.name];
        bench.edit();
        return names;
      },
    };
  };

  it('hold after a fault', () => {
    assert.deepEqual(linked().noticed(), [undefined, undefined]);
  });

  it('notice a segment entry that lost its link', () => {
    const { bench, entries, noticed } = linked();
    bench.machine.put(entries[3]!, 0, 0x20);
    assert.deepEqual(noticed(), ['host-to-guest', 'host-to-guest']);
  });

  it('notice a link that host_to_guest does not know', () => {
    const { bench, entries, noticed } = linked();
    const { machine } = bench;
    machine.store(entries[3]! + 8, machine.word(entries[3]!));
    assert.deepEqual(noticed(), ['linked-segment', 'linked-segment']);
  });

  it('notice an entry that leads to no table', () => {
    const { bench, entries, noticed } = linked();
    bench.machine.put(entries[1]!, 0x1234, 0x0b);
    assert.deepEqual(noticed(), ['live-tables', 'live-tables']);
  });

  it('notice a table that is freed while an entry leads to it', () => {
    const { bench, entries, noticed } = linked();
    const { machine } = bench;
    machine.set(machine.descriptor(entries[3]!) + DESC.freed, 1);
    assert.deepEqual(noticed(), ['live-tables', 'live-tables']);
  });

  it('notice a PCL bit that nobody holds', () => {
    const { bench, entries, noticed } = linked();
    const pgste = entries[4]! + 2048;
    bench.machine.put(pgste, bench.machine.hi(pgste) | 0x0080_0000, 0);
    assert.deepEqual(noticed(), ['pcl', 'pcl']);
  });

  it('notice a PCL bit that outlives its holder', () => {
    const { bench, entries, noticed } = linked();
    const { machine } = bench;
    const pte = entries[4]!;
    machine.set(PCL_AT + 8, pte);
    machine.put(pte + 2048, machine.hi(pte + 2048) | 0x0080_0000, 0);
    assert.deepEqual(noticed(), [undefined, undefined]);
    machine.set(PCL_AT + 8, 0);
    assert.deepEqual(noticed(), ['pcl', 'pcl']);
  });
});

describe('the lock-order checker', () => {
  /** Rows of locks and allocations, as `L class`, `U class`, `A`; the problems it finds. */
  function check(...steps: readonly (readonly ['L' | 'U', LockClass] | readonly ['A'])[]): string[] {
    const trace = new Trace();
    const order = new LockOrder();
    const problems: string[] = [];
    for (const [what, cls] of steps) {
      if (what === 'A') trace.begin(Kind.Alloc, 0, 0, 0, -1);
      else trace.begin(what === 'L' ? Kind.Lock : Kind.Unlock, 0, 0, 0, -1);
      trace.num(what === 'A' ? AllocKind.Crst : cls).word(0, 0);
      const problem = order.take(trace, trace.length - 1);
      if (problem) problems.push(problem);
    }
    return problems;
  }

  it('accepts locks that nest in one order', () => {
    const { Ptl, Pcl, Gtl } = { Ptl: LockClass.Ptl, Pcl: LockClass.Pcl, Gtl: LockClass.Gtl };
    assert.deepEqual(check(['L', Ptl], ['L', Pcl], ['U', Pcl], ['U', Ptl], ['L', Pcl], ['L', Gtl]), []);
  });

  it('reports an inversion', () => {
    const problems = check(
      ['L', LockClass.Ptl],
      ['L', LockClass.Gtl],
      ['U', LockClass.Gtl],
      ['U', LockClass.Ptl],
      ['L', LockClass.Gtl],
      ['L', LockClass.Ptl],
    );
    assert.deepEqual(problems, ['ptl is taken while guest_table_lock is held; elsewhere it is the other way round']);
  });

  it('reports what may sleep under a spinlock', () => {
    assert.deepEqual(check(['L', LockClass.Ptl], ['A']), ['an allocation that may sleep, while ptl is held']);
    assert.deepEqual(check(['L', LockClass.Ptl], ['L', LockClass.MmapSem]), [
      'mmap_sem may sleep, and is taken while ptl is held',
    ]);
  });

  it('reports the release of a lock that is not held', () => {
    assert.deepEqual(check(['U', LockClass.Gtl]), ['guest_table_lock is released, but this thread does not hold it']);
  });
});
