import assert from 'node:assert/strict';
import { hostPteAddress } from '../../src/engine/inspect.js';
import { PAGE_INVALID, PAGE_PROTECT, PGSTE_GC, PGSTE_GR, PGSTE_HR, PGSTE_IN, PGSTE_UC } from '../../src/engine/bits.js';
import { parseOperation } from '../../src/engine/operation.js';
import { runOperation } from '../../src/engine/operations.js';
import { Scheduler } from '../../src/engine/scheduler.js';
import { Task } from '../../src/engine/task.js';
import { Kind } from '../../src/engine/trace.js';
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
      // The lowest bit of a key is none.
      assert.equal(pgste() & 0x0001_0000, 0);
    }
  });

  /** Sets or clears bits of the PGSTE's upper half behind the kernel's back. */
  const put = (set: number, clear: number): void => {
    const at = hostPteAddress(bench.machine, 0x1000_2000n) + 2048;
    bench.edit();
    bench.machine.put(at, (bench.machine.hi(at) & ~clear) | set, bench.machine.lo(at));
  };

  it('are a change of user data only if they are others than before', () => {
    for (const value of [0, 0x36, 0xf8]) {
      setKey(value);
      put(0, PGSTE_UC);
      setKey(value);
      assert.equal(pgste() & PGSTE_UC, 0);
      for (const bit of [0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02]) {
        setKey(value ^ bit);
        assert.notEqual(pgste() & PGSTE_UC, 0, `${value} ^ ${bit}`);
        setKey(value);
        put(0, PGSTE_UC);
      }
    }
  });

  it('are set unless they already agree, but for what is ignored', () => {
    for (const [mr, mc] of [[1, 0], [0, 1], [1, 1]] as const) {
      for (const bit of [0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0]) {
        setKey(0x36);
        const ignored = bit === 0 || (bit === 0x04 && mr === 1) || (bit === 0x02 && mc === 1);
        const answer = bench.run(`cond_set_key ${VMADDR} key=0x${(0x36 ^ bit).toString(16)} nq=0 mr=${mr} mc=${mc}`);
        assert.equal(answer.split(' ')[0], ignored ? '0' : '1', `${bit}, mr ${mr}, mc ${mc}`);
        assert.equal(key(), ignored ? 0x36 : 0x36 ^ bit);
      }
    }
  }); // prettier-ignore

  it('lose their reference bit, which the host remembers', () => {
    for (const [frame, guest] of [[0, 0], [0, PGSTE_GR], [0x04, 0], [0x04, PGSTE_GR], [0x02, 0]] as const) {
      const { machine } = bench;
      const pte = hostPteAddress(machine, 0x1000_2000n);
      setKey(0x30);
      put(guest, PGSTE_GR | PGSTE_GC | PGSTE_HR | PGSTE_UC);
      machine.setStorageKey(machine.hi(pte), machine.lo(pte), 0x30 | frame);
      assert.equal(bench.run(`rrbe ${VMADDR}`), '0');
      assert.equal(pgste() & PGSTE_HR, frame & 0x04 ? PGSTE_HR : 0);
      assert.equal(pgste() & PGSTE_UC, guest ? PGSTE_UC : 0);
      assert.equal(pgste() & PGSTE_GR, 0);
      assert.equal(key(), 0x30 | (frame & 0x02));
    }
  }); // prettier-ignore
});

describe('a PTE and its PGSTE', () => {
  const events = (generation: 'after' | 'before', before: readonly string[], line: string): string[] => {
    const bench = new Bench(generation);
    bench.run(...SMALL_GUEST, ...before);
    const from = bench.trace.length;
    bench.run(line);
    return bench.events(from);
  };
  const written = ['fault g=0 gaddr=0x2000 access=w'];

  it('keep the state of the page when a notifier is armed the old way', () => {
    const [unlock] = events('before', [...written, `essa ${VMADDR} state=unused`], 'ipte_notify g=0 gaddr=0x2000 len=0x1000').filter((e) => e.startsWith('U pcl')).slice(-1); // prettier-ignore
    assert.equal(unlock, 'U pcl pte@0x10002000 0xc00001000000');
  });

  it('tell that an unused page goes', () => {
    const notes = (...state: string[]): number => {
      const bench = new Bench();
      bench.run(...SMALL_GUEST, ...written, ...state);
      const from = bench.trace.length;
      bench.run(`reclaim ${VMADDR}`);
      return Array.from({ length: bench.trace.length - from }, (_, i) => bench.trace.kind(from + i)).filter(
        (kind) => kind === Kind.Note,
      ).length;
    };
    assert.equal(notes(`essa ${VMADDR} state=unused`), notes() + 1);
    assert.equal(notes(`essa ${VMADDR} state=zero`), notes());
  });

  it('are protected, or invalid without ESOP if they were writable, once their dirty bit is taken', () => {
    const bits = (...more: string[]): string => {
      const bench = new Bench();
      bench.run(...SMALL_GUEST, ...more);
      assert.equal(bench.run(`test_clear_dirty ${VMADDR}`), '1');
      const { lo } = bench.machine.word(hostPteAddress(bench.machine, 0x1000_2000n));
      return `${lo & PAGE_PROTECT ? 'P' : ''}${lo & PAGE_INVALID ? 'I' : ''}`;
    };
    const readOnly = 'mprotect vmaddr=0x10000000 len=0x1000000 prot=ro';
    assert.equal(bits(...written), 'P');
    assert.equal(bits('machine esop=0', ...written), 'I');
    assert.equal(bits('machine esop=0', ...written, readOnly), 'P');
  });

  it('are found for any byte of their page', () => {
    const zap = events('after', [...written, `reclaim ${VMADDR}`], 'zap g=0 gaddr=0x2001');
    assert.ok(zap.includes('> ptep_zap_unused 0x10002001 pte@0x10002000 0'));
    const discard = events('after', [...written, `reclaim ${VMADDR}`], 'discard g=0 from=0x2001 to=0x3003');
    assert.ok(discard.includes('> zap_page_range 0x10002001 0x1002'));
  });

  it('are armed the old way only while the page is there to be written, whenever it goes', () => {
    let races = 0;
    for (let steps = 0; ; steps++) {
      const bench = new Bench('before');
      const { machine } = bench;
      bench.run(...SMALL_GUEST, ...written);
      machine.threaded = true;
      const lines = ['ipte_notify g=0 gaddr=0x2000 len=0x1000', `reclaim ${VMADDR}`];
      const scheduler = new Scheduler(
        machine,
        lines.map((line, id) => {
          const task = new Task(machine, id);
          return { task, body: runOperation(task, parseOperation(line), 0) };
        }),
      );
      for (let i = 0; i < steps && scheduler.canRun(0); i++) scheduler.step(0);
      if (!scheduler.canRun(0)) break;
      while (!scheduler.outcome()) scheduler.step(scheduler.canRun(1) ? 1 : 0);
      const pte = hostPteAddress(machine, 0x1000_2000n);
      const there = (machine.lo(pte) & (PAGE_INVALID | PAGE_PROTECT)) === 0;
      assert.equal(there, (machine.hi(pte + 2048) & PGSTE_IN) !== 0, `reclaim after ${steps} steps`);
      races++;
    }
    assert.ok(races > 20, `${races} interleavings`);
  });
});
