import assert from 'node:assert/strict';
import { hostPteAddress, tableAt } from '../../src/engine/inspect.js';
import {
  ANON_VMA, GMAP, Machine, migratingPage, migrationEntry, MM, MM_AT, MMAP_SEM, NOTIFIER, NOTIFIERS_AT, PCL_AT, pageFrame, pteText, RCU_AT,
  SEM, SLOTS_AT, STRUCTURES, StorageLimitError, swapEntry, TableKind, zeroFrame,
} from '../../src/engine/machine.js'; // prettier-ignore
import { snapshot } from '../../src/engine/snapshot.js';
import { Kind, MAX_TASKS, Trace } from '../../src/engine/trace.js';
import { U64 } from '../../src/engine/u64.js';
import { Bench, SMALL_GUEST } from './bench.js';

const words = (layout: Readonly<Record<string, number>>): number => Object.keys(layout).length;

describe('the fixed places of storage', () => {
  it('do not overlap, and nothing lies at address 0', () => {
    const places: [at: number, words: number][] = [
      [MM_AT, words(MM)],
      [MMAP_SEM, words(SEM) - 1 + MAX_TASKS],
      [ANON_VMA, words(SEM) - 1 + MAX_TASKS],
      [NOTIFIERS_AT, 4 * words(NOTIFIER)],
      [SLOTS_AT, 8],
      [RCU_AT, MAX_TASKS],
      [PCL_AT, MAX_TASKS],
    ];
    let free = MM_AT;
    for (const [at, count] of places.sort(([a], [b]) => a - b)) {
      assert.equal(at % 8, 0);
      assert.ok(at >= free, `0x${at.toString(16)} is behind 0x${free.toString(16)}`);
      free = at + count * 8;
    }
    assert.ok(MM_AT > 0);
    assert.ok(free <= STRUCTURES);
  });

  it('hold the fields of a structure one behind the other', () => {
    assert.deepEqual(
      Object.values(GMAP),
      Array.from({ length: words(GMAP) }, (_, i) => i * 8),
    );
  });
});

describe('storage', () => {
  it('has a limit, which is told in megabytes', () => {
    assert.equal(new Machine().maxStorage, 1 << 30);
    assert.equal(new Machine({ maxStorage: 2 ** 40 }).maxStorage, 0xf000_0000);
    const machine = new Machine({ maxStorage: 3 << 20 });
    assert.throws(
      () => {
        for (;;) machine.allocTable('sg', TableKind.Host, 0, 0);
      },
      (error) => error instanceof StorageLimitError && / more than 3 MB of storage/.test(error.message),
    );
    assert.ok(machine.mm('top') <= 3 << 20);
  });

  it('grows, and keeps what it holds', () => {
    const machine = new Machine({ trace: new Trace() });
    machine.trace.begin(Kind.Edit, 0, 0, 0, -1);
    const tables = Array.from({ length: 200 }, () => machine.allocTable('pg', TableKind.Page, 0, 0));
    for (const table of tables) machine.store(table, new U64(table, ~table));
    for (const table of tables) assert.ok(machine.word(table).equals(new U64(table, ~table)));
  });

  it('is given out zeroed, whatever stood there before', () => {
    const trace = new Trace();
    const machine = new Machine({ trace });
    const before = machine.beside();
    const back = (): void => {
      trace.toggle(machine.mem, 0, trace.length);
      machine.putBack(before);
      trace.truncate(0);
      trace.begin(Kind.Edit, 0, 0, 0, -1);
    };
    trace.begin(Kind.Edit, 0, 0, 0, -1);
    const slab = machine.mm('slab');
    for (let i = 0; i < 100; i++) machine.allocTable('sg', TableKind.Host, 0, 0);
    back();
    assert.equal(machine.mm('slab'), slab);
    // Some of these lie where there were segment tables, full of empty entries.
    for (let i = 0; i < 8; i++) {
      const table = machine.allocTable('pg', TableKind.Page, 0, 0);
      const object = machine.allocObject(0x1000);
      for (let at = 0; at < 0x1000; at += 8) {
        assert.ok(machine.word(object + at).isZero());
        assert.ok(machine.word(table + at).equals(new U64(0, at < 0x800 ? 0x400 : 0)));
      }
    }
  });

  it('can be taken back word by word', () => {
    const bench = new Bench();
    const start = snapshot(bench.machine);
    bench.run(...SMALL_GUEST, 'fault g=0 gaddr=0x2000 access=w', 'reclaim vmaddr=0x10002000');
    const end = snapshot(bench.machine);
    bench.trace.toggle(bench.machine.mem, 0, bench.trace.length);
    assert.deepEqual(snapshot(bench.machine), start);
    bench.trace.toggle(bench.machine.mem, 0, bench.trace.length);
    assert.deepEqual(snapshot(bench.machine), end);
  });

  it('is read by walks where tables of a gmap lie, or may come to lie', () => {
    const bench = new Bench();
    bench.run(...SMALL_GUEST);
    const { machine } = bench;
    assert.equal(machine.canBeWalked(machine.mm('pgd')), false);
    assert.equal(machine.canBeWalked(MM_AT), false);
    assert.equal(machine.canBeWalked(machine.mm('top')), true);
  });
});

describe('tables of the host', () => {
  // Every bit of every index is set in one of them.
  for (const vmaddr of [0x1f_ffff_fff0_0000n, 0x10_0000_0000_0000n, 0x0a_aaaa_aaa0_0000n, 0x15_5555_5550_0000n]) {
    it(`know which addresses they are for, at 0x${vmaddr.toString(16)}`, () => {
      const bench = new Bench();
      const hex = `0x${vmaddr.toString(16)}`;
      assert.equal(bench.run(`mmap vmaddr=${hex} len=0x100000 prot=rw`), '0');
      assert.equal(bench.run(`touch vmaddr=0x${(vmaddr + 0xff123n).toString(16)} access=w`), '0');
      const { machine } = bench;
      const pte = hostPteAddress(machine, vmaddr + 0xff000n);
      assert.equal(machine.vmaddrOf(pte).toBigInt(), vmaddr + 0xff000n);
      const address = U64.fromBigInt(vmaddr);
      for (const [level, bits] of [['r2', 53n], ['r3', 42n], ['sg', 31n]] as const) {
        const table = tableAt(machine, machine.hostEntry(address, level))!;
        assert.equal(table.start, (vmaddr >> bits) << bits, level);
        const index = Number((vmaddr >> (bits - 11n)) & 0x7ffn);
        assert.equal(machine.hostEntry(address, level), table.address + index * 8, level);
      }
    });
  } // prettier-ignore

  it('end where the address space of a process ends', () => {
    const bench = new Bench();
    assert.equal(bench.run('mmap vmaddr=0x1ffffffff00000 len=0x200000 prot=rw'), '-12');
    assert.equal(bench.run('mmap vmaddr=0x1ffffffff00000 len=0x100000 prot=rw'), '0');
    assert.equal(bench.machine.hostEntry(new U64(0x20_0000, 0), 'r2'), 0);
  });
});

describe('pages', () => {
  it('have a number each, and a storage key, also when there are many', () => {
    const machine = new Machine();
    for (let n = 1; n <= 1100; n++) {
      assert.equal(machine.newPage(), n);
      const { hi, lo } = pageFrame(n, 0);
      machine.setStorageKey(hi, lo, n & 0xfe);
      machine.setPageShared(n, n % 3 === 0);
    }
    for (let n = 1; n <= 1100; n++) {
      const { hi, lo } = pageFrame(n, 0x3d);
      assert.equal(machine.pageNumber(hi, lo), n);
      assert.equal(machine.storageKey(hi, lo), n & 0xfe);
      assert.equal(machine.pageShared(n), n % 3 === 0);
      machine.setPageShared(n, n % 2 === 0);
      machine.setStorageKey(hi, lo, 0xfe);
      assert.equal(machine.pageShared(n), n % 2 === 0);
      assert.equal(machine.storageKey(hi, lo), 0xfe);
    }
    assert.equal(machine.pageNumber(1, 0), 0);
    assert.equal(machine.pageNumber(1, 1101 << 12), 0);
    assert.equal(machine.pageNumber(2, 5 << 12), 0);
    machine.mm('pages', 0x10_0005);
    assert.equal(machine.pageNumber(2, 5 << 12), 0x10_0005);
  });

  it('of zeros are one, with a key of its own', () => {
    const machine = new Machine();
    machine.setStorageKey(0x8000, 0x255, 0x36);
    assert.equal(machine.storageKey(0x8000, 0x23d), 0x36);
    assert.equal(machine.storageKey(0x8000, 0x1255), 0);
    assert.equal(machine.storageKey(0x7fff, 0x255), 0);
  });

  it('are told from their entries, whatever their number', () => {
    for (const n of [1, 0x123, 0xf_ffff, 0x10_0000, 0x23_4567]) {
      const page = pageFrame(n, 0x3d);
      assert.equal(pteText(page.hi, page.lo), `d${n}:03d`);
      assert.equal(pteText(swapEntry(n).hi, swapEntry(n).lo), `s${n}:600`);
      for (const write of [false, true]) {
        const entry = migrationEntry(n, write);
        assert.equal(migratingPage(entry), n);
        assert.equal(pteText(entry.hi, entry.lo), `m${n}:${write ? '67c' : '678'}`);
      }
    }
    assert.equal(zeroFrame(0x255).toString(), '0x800000000255');
    assert.equal(pteText(0x8000, 0x255), 'z:255');
    assert.equal(pteText(1, 0x1fff), 'd1:fff');
  });
});

describe('a PGSTE', () => {
  it('is locked by its own PCL bit', () => {
    const machine = new Machine({ trace: new Trace() });
    machine.trace.begin(Kind.Edit, 0, 0, 0, -1);
    const table = machine.allocTable('pg', TableKind.Page, 0, 0);
    const slot = (i: number): number => table + i * 8;
    machine.put(slot(200) + 2048, 0x0080_0000, 0);
    for (let i = 0; i < 256; i++) assert.equal(machine.pclHeld(slot(i)), i === 200);
  });
});

describe('a flush', () => {
  it('may wait while no other CPU is attached', () => {
    const machine = new Machine();
    for (const [attach, active, wait] of [
      [0, 0, true],
      [1, 0, false],
      [1, 1, true],
      [2, 1, false],
      [0x8000, 1, false],
      [0x1_0001, 1, true],
    ] as const) {
      machine.mm('attach', attach);
      machine.mm('active', active);
      assert.equal(machine.flushMayWait, wait, `${attach} ${active}`);
    }
  });
});
