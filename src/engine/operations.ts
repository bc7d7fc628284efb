/**
 * What each operation does: the test bench around the kernel functions. The host's own actions (reclaim, munmap …)
 * are small models of the kernel's generic code; the rest calls the modelled functions.
 */
import {
  EEXIST, EFAULT, EINVAL, ENOENT, ENOMEM, FAULT_FLAG_WRITE, GPS_USAGE_MASK, GPS_USAGE_UNUSED, GPS_ZERO,
  PAGE_DIRTY, PAGE_INVALID, PAGE_PRESENT, PAGE_PROTECT, PAGE_READ, PAGE_SPECIAL, PAGE_WRITE, PAGE_YOUNG,
  ENTRY_INVALID, VM_FAULT_OOM, VM_FAULT_SIGBUS,
} from './bits.js'; // prettier-ignore
import { defineFunction, type DefinedFunction } from './catalog.js';
import {
  __gmap_zap, gmap_alloc, gmap_discard, gmap_fault, gmap_free, gmap_ipte_notify, gmap_map_segment,
  gmap_mprotect_notify, gmap_register_pte_notifier, gmap_translate, gmap_unlink, gmap_unmap_segment,
  gmap_unregister_pte_notifier, guestPte,
} from './kernel/gmap.js'; // prettier-ignore
import { createVcpu, leaveSie, setPrefix, vcpu_pre_run, vcpuNumbered } from './kernel/kvm.js';
import {
  flushPending, handle_mm_fault, isMigration, migrateEnd, MIGRATE_END_STEPS, pageProtection, raced, TASK_SIZE,
  vmaAt, zap_page_range, ZAP_STEPS, zapRange,
} from './kernel/memory.js'; // prettier-ignore
import {
  cond_set_guest_storage_key, get_guest_storage_key, ptep_clear_flush, ptep_modify_prot_commit,
  ptep_modify_prot_start, ptep_set_wrprotect, ptep_test_and_clear_young, ptep_zap_key, ptep_zap_unused,
  reset_guest_reference_bit, set_guest_storage_key, set_pte_at, test_and_clear_guest_dirty,
} from './kernel/pgtable.js'; // prettier-ignore
import { pageTables } from './kernel/tables.js';
import {
  DESC, isZeroPage, migrationEntry, NOTIFIER, NOTIFIERS_AT, SLOTS_AT, swapEntry, type Machine, type Vma, type VmaProt,
} from './machine.js'; // prettier-ignore
import { MACHINE_FLAGS, type Operation } from './operation.js';
import { BugText, HostWord, LockClass, type Co, type Task } from './task.js';
import { Kind } from './trace.js';
import { PAGE_SIZE, SEGMENT_SIZE, U64 } from './u64.js';

/** Result of an operation: a number; an address; a storage key besides a number; or a word. */
export type Result =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'address'; readonly value: U64 }
  | { readonly kind: 'key'; readonly value: number; readonly key: number }
  /** NA: the operation was refused; set, clear: answers of enable and disable; bug: the kernel would crash. */
  | { readonly kind: 'word'; readonly value: 'NA' | 'set' | 'clear' };

const number = (value: number): Result => ({ kind: 'number', value });
const NA: Result = { kind: 'word', value: 'NA' };

/** Operands by name, decoded. */
class Operands {
  constructor(readonly operation: Operation) {}

  u64(name: string): U64 {
    return U64.fromBigInt(this.big(name));
  }

  num(name: string): number {
    return Number(this.big(name));
  }

  word(name: string): string {
    return String(this.operation.args[name]);
  }

  has(name: string): boolean {
    return name in this.operation.args;
  }

  private big(name: string): bigint {
    const value = this.operation.args[name];
    return typeof value === 'bigint' ? value : 0n;
  }
}

type Body = (t: Task, a: Operands, gmap: number) => Co<Result>;

interface Driver {
  readonly fn: DefinedFunction<string>;
  readonly body: Body;
}

const drivers = new Map<string, Driver>();

function operation<K extends string>(
  name: string,
  doc: string,
  steps: Record<K, string>,
  body: (t: Task, a: Operands, s: Readonly<Record<K, number>>, gmap: number) => Co<Result>,
): void {
  const fn = defineFunction<K>(`op:${name}`, { file: 'host', doc, operation: true, steps });
  drivers.set(name, { fn, body: (t, a, gmap) => body(t, a, fn.at, gmap) });
}

/** An operation that does nothing but call a kernel function. */
function wrapper(
  name: string,
  callee: string,
  body: (t: Task, site: number, a: Operands, gmap: number) => Co<Result>,
): void {
  const fn = defineFunction(`op:${name}`, {
    file: 'host',
    doc: `Calls ${callee}.`,
    operation: true,
    wrapper: true,
    steps: { call: callee },
  });
  drivers.set(name, { fn, body: (t, a, gmap) => body(t, fn.at.call, a, gmap) });
}

// --- the machine ---

operation('machine', 'Sets facilities of the machine.', { set: 'set the facilities' }, function* (t, a, s) {
  const { m } = t;
  if (t.due()) yield;
  t.note(s.set);
  for (const flag of [...MACHINE_FLAGS, 'attach'] as const) if (a.has(flag)) m.mm(flag, a.num(flag));
  return number(0);
});

operation('inject', 'Arms faults for the next operation.', { arm: 'arm the faults' }, function* (t, a) {
  const { then } = a.operation;
  t.injection = {
    alloc: a.num('alloc'),
    unlocked: a.num('unlocked'),
    fault: a.num('fault'),
    ksm: a.num('ksm') !== 0,
    then: then && ((task) => raceWindow(task, then)),
  };
  return number(0);
});

const race = defineFunction('op:race', {
  file: 'host',
  doc: 'The operation that runs while mmap_sem is free.',
  operation: true,
  steps: { begin: 'somebody else runs', end: 'mmap_sem can be taken again' },
});

function* raceWindow(t: Task, then: Operation): Co {
  if (t.due()) yield;
  t.row(Kind.RaceBegin, race.at.begin);
  const refused = then.name === 'alloc' || then.name === 'free';
  const result = refused ? NA : yield* perform(t, then);
  if (t.due()) yield;
  resultOperands(t.row(Kind.RaceEnd, race.at.end), result);
}

// --- VMAs ---

const aligned = (...values: U64[]): boolean => values.every((v) => v.pageAligned());

const overlaps = (m: Machine, start: number, end: number): boolean =>
  m.vmas().some((v) => v.start < end && v.end > start);

/** Sets the VMAs of [start, end) to rights, or to none at all; neighbours with the same rights merge. */
function setRange(m: Machine, start: number, end: number, prot: VmaProt | undefined): void {
  const parts: Vma[] = [];
  for (const v of m.vmas()) {
    if (v.start < start) parts.push({ start: v.start, end: Math.min(v.end, start), prot: v.prot });
    if (v.end > end) parts.push({ start: Math.max(v.start, end), end: v.end, prot: v.prot });
  }
  if (prot) parts.push({ start, end, prot });
  parts.sort((x, y) => x.start - y.start);
  const merged: Vma[] = [];
  for (const part of parts) {
    const before = merged.at(-1);
    if (before && before.end === part.start && before.prot === part.prot) {
      merged[merged.length - 1] = { ...before, end: part.end };
    } else merged.push(part);
  }
  m.setVmas(merged);
}

/** The parts of VMAs inside [start, end). */
function pieces(m: Machine, start: number, end: number): Vma[] {
  return m
    .vmas()
    .filter((v) => v.start < end && v.end > start)
    .map((v) => ({ start: Math.max(v.start, start), end: Math.min(v.end, end), prot: v.prot }));
}

const covered = (parts: readonly Vma[], start: number, end: number): boolean => {
  let at = start;
  for (const p of parts) {
    if (p.start !== at) return false;
    at = p.end;
  }
  return at === end;
};

/** Takes and releases anon_vma for writing; `inside` happens while it is held. Only visible between threads. */
function* anonVma(t: Task, site: number, inside?: () => void): Co {
  if (!t.m.threaded) {
    inside?.();
    return;
  }
  yield* t.down(site, LockClass.AnonVma, 'w');
  inside?.();
  if (t.due()) yield;
  t.up(site, LockClass.AnonVma, 'w');
}

operation(
  'mmap',
  'The process maps private anonymous memory.',
  {
    check: 'the range must be aligned, inside the address space, and free',
    down: 'take mmap_sem for writing',
    insert: 'insert the VMA, merge it with equal neighbours',
    up: 'release mmap_sem',
  },
  function* (t, a, s) {
    const { m } = t;
    const vmaddr = a.u64('vmaddr');
    const len = a.u64('len');
    if (!aligned(vmaddr, len) || len.isZero()) return number(-EINVAL);
    const beyond = (v: U64): boolean => U64.of(TASK_SIZE).lessThan(v);
    if (vmaddr.plus(len).lessThan(vmaddr) || beyond(vmaddr.plus(len))) return number(-ENOMEM);
    const start = vmaddr.toNumber();
    const end = start + len.toNumber();
    if (overlaps(m, start, end)) return number(-EEXIST);
    yield* t.down(s.down, LockClass.MmapSem, 'w');
    const free = !overlaps(m, start, end);
    if (free) yield* anonVma(t, s.insert, () => setRange(m, start, end, a.word('prot') as VmaProt));
    if (t.due()) yield;
    t.up(s.up, LockClass.MmapSem, 'w');
    return number(free ? 0 : -EEXIST);
  },
);

const UNMAP_STEPS = {
  check: 'the range must be aligned and inside the address space',
  down: 'take mmap_sem for writing',
  split: 'split the VMAs at the ends of the range',
  ...ZAP_STEPS,
  remove: 'remove the VMAs',
  table: 'each page table that no VMA needs any more: make the host entry invalid',
  unlink: '    gmap_unlink',
  flush: 'flush what lazy invalidations left',
  up: 'release mmap_sem',
};

function* unmapRange(
  t: Task,
  s: Readonly<Record<keyof typeof UNMAP_STEPS, number>>,
  start: number,
  end: number,
  full: boolean,
): Co<Result> {
  // prettier-ignore
  const { m } = t;
  yield* t.down(s.down, LockClass.MmapSem, 'w');
  yield* anonVma(t, s.split);
  const gone = pieces(m, start, end);
  for (const piece of gone) yield* zapRange(t, s, piece.start, piece.end, full);
  yield* anonVma(t, s.remove, () => setRange(m, start, end, undefined));
  if (gone.length > 0) {
    for (const { segment, table } of pageTables(m, gone[0]!.start, gone.at(-1)!.end)) {
      if (overlaps(m, segment, segment + SEGMENT_SIZE)) continue;
      const at = U64.of(segment);
      if (t.due()) yield;
      t.hostPteValue(s.table, HostWord.FreePgtable, at.hi, at.lo);
      m.put(m.hostEntry(at, 'sg'), 0, ENTRY_INVALID);
      yield* gmap_unlink(t, s.unlink, at);
      m.set(m.descriptor(table) + DESC.freed, 1);
    }
  }
  yield* flushPending(t, s.flush);
  if (t.due()) yield;
  t.up(s.up, LockClass.MmapSem, 'w');
  return number(0);
}

operation('munmap', 'The process unmaps a range.', UNMAP_STEPS, function* (t, a, s) {
  const vmaddr = a.u64('vmaddr');
  const len = a.u64('len');
  const end = vmaddr.plus(len);
  if (!aligned(vmaddr, len) || len.isZero() || end.lessThan(vmaddr) || U64.of(TASK_SIZE).lessThan(end)) {
    return number(-EINVAL);
  }
  return yield* unmapRange(t, s, vmaddr.toNumber(), end.toNumber(), false);
});

operation('exit_mm', 'The process ends: everything is unmapped.', UNMAP_STEPS, function* (t, _a, s) {
  return yield* unmapRange(t, s, 0, TASK_SIZE, true);
});

operation(
  'mprotect',
  'The process changes the rights of a range.',
  {
    check: 'the range must be aligned',
    down: 'take mmap_sem for writing; a hole in the range: -ENOMEM',
    split: 'split the VMAs at the ends of the range',
    lock: 'each VMA with other rights, each of its page tables: take ptl',
    start: '    each present PTE: ptep_modify_prot_start',
    commit: '    ptep_modify_prot_commit with the new rights',
    migration: '    each migration entry for writing: set_pte_at, for reading',
    unlock: '    release ptl',
    flush: 'flush what lazy invalidations left',
    merge: 'merge equal neighbours',
    up: 'release mmap_sem',
  },
  function* (t, a, s) {
    const { m } = t;
    const vmaddr = a.u64('vmaddr');
    const len = a.u64('len');
    const prot = a.word('prot') as VmaProt;
    if (!aligned(vmaddr, len) || vmaddr.plus(len).lessThan(vmaddr)) return number(-EINVAL);
    if (len.isZero()) return number(0);
    const start = vmaddr.toNumber();
    const end = start + len.toNumber();
    yield* t.down(s.down, LockClass.MmapSem, 'w');
    const parts = pieces(m, start, end);
    const whole = covered(parts, start, end);
    if (whole) {
      yield* anonVma(t, s.split);
      for (const part of parts) {
        if (part.prot === prot) continue;
        setRange(m, part.start, part.end, prot);
        yield* changeProtection(t, s, { ...part, prot });
        yield* flushPending(t, s.flush);
      }
      yield* anonVma(t, s.merge);
    }
    if (t.due()) yield;
    t.up(s.up, LockClass.MmapSem, 'w');
    return number(whole ? 0 : -ENOMEM);
  },
);

function* changeProtection(
  t: Task,
  s: Readonly<Record<'lock' | 'start' | 'commit' | 'migration' | 'unlock', number>>,
  vma: Vma,
): Co {
  // prettier-ignore
  const { m } = t;
  const protection = pageProtection(vma);
  for (const { segment, table } of pageTables(m, vma.start, vma.end)) {
    const ptl = m.ptl(table);
    if (t.mustWait(ptl, LockClass.Ptl)) yield;
    t.lock(s.lock, LockClass.Ptl, ptl);
    const last = Math.min(vma.end, segment + SEGMENT_SIZE);
    for (let a = Math.max(vma.start, segment); a < last; a += PAGE_SIZE) {
      const addr = U64.of(a);
      const pte = table + ((addr.lo >>> 12) & 0xff) * 8;
      const entry = m.word(pte);
      if (entry.lo & PAGE_PRESENT) {
        const old = yield* ptep_modify_prot_start(t, s.start, addr, pte);
        let low = (old.lo & (0xffff_f000 | PAGE_SPECIAL | PAGE_DIRTY | PAGE_YOUNG)) | protection;
        if (low & PAGE_YOUNG && low & PAGE_READ) low &= ~PAGE_INVALID;
        if (low & PAGE_DIRTY && low & PAGE_WRITE) low &= ~PAGE_PROTECT;
        yield* ptep_modify_prot_commit(t, s.commit, addr, pte, new U64(old.hi, low));
      } else if (isMigration(entry) && (entry.lo & 0x7c) === 0x7c) {
        yield* set_pte_at(t, s.migration, addr, pte, entry.without(0x04));
      }
    }
    if (t.due()) yield;
    t.unlock(s.unlock, LockClass.Ptl, ptl);
  }
}

operation(
  'madvise_dontneed',
  'The process throws the pages of a range away.',
  {
    check: 'the range must be aligned',
    down: 'take mmap_sem for reading',
    zap: 'a VMA is in the range: zap_page_range',
    up: 'release mmap_sem; a hole in the range: -ENOMEM',
  },
  function* (t, a, s) {
    const { m } = t;
    const vmaddr = a.u64('vmaddr');
    const len = a.u64('len');
    if (!aligned(vmaddr, len) || vmaddr.plus(len).lessThan(vmaddr)) return number(-EINVAL);
    if (len.isZero()) return number(0);
    const start = vmaddr.toNumber();
    const end = start + len.toNumber();
    yield* t.down(s.down, LockClass.MmapSem, 'r');
    const parts = pieces(m, start, end);
    if (parts.length > 0) yield* zap_page_range(t, s.zap, parts[0], vmaddr, len);
    if (t.due()) yield;
    t.up(s.up, LockClass.MmapSem, 'r');
    return number(covered(parts, start, end) ? 0 : -ENOMEM);
  },
);

// --- reverse-map operations: they find a PTE by its page, and take only anon_vma and ptl ---

const RMAP_STEPS = {
  rmap: 'take anon_vma for reading; look at the PTE without lock',
  lock: 'take the lock of the page table (ptl); look again',
  raced: '    it changed: give up',
};

type RmapSteps = Readonly<Record<'rmap' | 'lock' | 'raced' | 'unlock', number>>;

/** Runs `change` on a present page of the process, between ptl and its release. */
function* onPresentPage(
  t: Task,
  s: RmapSteps,
  address: U64,
  change: (pte: number, entry: U64) => Co<number>,
): Co<number> {
  // prettier-ignore
  const { m } = t;
  if (m.threaded) yield* t.down(s.rmap, LockClass.AnonVma, 'r');
  const pte = m.hostPte(address);
  const usable = (): boolean => (m.lo(pte) & (PAGE_PRESENT | PAGE_SPECIAL)) === PAGE_PRESENT;
  let rc = -ENOENT;
  if (pte && vmaAt(m, address) && usable()) {
    const ptl = m.ptl(pte);
    if (t.mustWait(ptl, LockClass.Ptl)) yield;
    t.lock(s.lock, LockClass.Ptl, ptl);
    if (usable()) {
      rc = yield* change(pte, m.word(pte));
      if (t.due()) yield;
      t.unlock(s.unlock, LockClass.Ptl, ptl);
    } else rc = yield* raced(t, s.raced, ptl, -ENOENT);
  }
  if (m.threaded) {
    if (t.due()) yield;
    t.up(s.unlock, LockClass.AnonVma, 'r');
  }
  return rc;
}

operation(
  'reclaim',
  'The host swaps one anonymous page out.',
  {
    ...RMAP_STEPS,
    clear: 'ptep_clear_flush: the page is gone',
    swap: 'set_pte_at: the entry of the next swap slot',
    unlock: 'release ptl and anon_vma',
  },
  function* (t, a, s) {
    const { m } = t;
    const address = a.u64('vmaddr');
    return number(
      yield* onPresentPage(t, s, address, function* (pte) {
        yield* ptep_clear_flush(t, s.clear, address, pte);
        const slot = m.mm('swaps', m.mm('swaps') + 1);
        yield* set_pte_at(t, s.swap, address, pte, swapEntry(slot));
        return 0;
      }),
    );
  },
);

const MIGRATE_START_STEPS = {
  ...RMAP_STEPS,
  clear: 'ptep_clear_flush',
  entry: 'set_pte_at: a migration entry, for writing if the page was writable',
  unlock: 'release ptl and anon_vma',
};

function* migrateStart(
  t: Task,
  s: Readonly<Record<keyof typeof MIGRATE_START_STEPS, number>>,
  address: U64,
): Co<number> {
  // prettier-ignore
  return yield* onPresentPage(t, s, address, function* (pte) {
    const old = yield* ptep_clear_flush(t, s.clear, address, pte);
    const entry = migrationEntry(t.m.pageNumber(old.hi, old.lo), (old.lo & PAGE_WRITE) !== 0);
    yield* set_pte_at(t, s.entry, address, pte, entry);
    return 0;
  });
}

operation('migrate_start', 'First half of moving a page.', MIGRATE_START_STEPS, function* (t, a, s) {
  return number(yield* migrateStart(t, s, a.u64('vmaddr')));
});

operation('migrate_end', 'Second half of moving a page.', MIGRATE_END_STEPS, function* (t, a, s) {
  return number(yield* migrateEnd(t, s, a.u64('vmaddr')));
});

const START = drivers.get('migrate_start')!.fn.at as Readonly<Record<keyof typeof MIGRATE_START_STEPS, number>>;
const END = drivers.get('migrate_end')!.fn.at as Readonly<Record<keyof typeof MIGRATE_END_STEPS, number>>;

operation('migrate', 'Moves a page: both halves.', { start: 'migrate_start', end: 'migrate_end' }, function* (t, a) {
  const address = a.u64('vmaddr');
  const rc = yield* migrateStart(t, START, address);
  return number(rc || (yield* migrateEnd(t, END, address)));
});

operation(
  'wrprotect',
  'Write-protects a page as fork does.',
  {
    check: 'a present page must be there',
    down: 'take mmap_sem for writing',
    lock: 'take the lock of the page table (ptl); look again',
    raced: '    it changed: give up',
    protect: 'ptep_set_wrprotect; mark the page shared if asked',
    unlock: 'release ptl',
    flush: 'flush what lazy invalidations left',
    up: 'release mmap_sem',
  },
  function* (t, a, s) {
    const { m } = t;
    const address = a.u64('vmaddr');
    const present = (): number => {
      const pte = m.hostPte(address);
      return pte && vmaAt(m, address) && m.lo(pte) & PAGE_PRESENT ? pte : 0;
    };
    if (!present()) return number(-ENOENT);
    yield* t.down(s.down, LockClass.MmapSem, 'w');
    const pte = present();
    let rc = -ENOENT;
    if (pte) {
      const ptl = m.ptl(pte);
      if (t.mustWait(ptl, LockClass.Ptl)) yield;
      t.lock(s.lock, LockClass.Ptl, ptl);
      if (m.lo(pte) & PAGE_PRESENT) {
        rc = 0;
        const page = m.pageNumber(m.hi(pte), m.lo(pte));
        yield* ptep_set_wrprotect(t, s.protect, address, pte);
        if (a.num('share') && page) m.setPageShared(page, true);
        if (t.due()) yield;
        t.unlock(s.unlock, LockClass.Ptl, ptl);
        yield* flushPending(t, s.flush);
      } else rc = yield* raced(t, s.raced, ptl, -ENOENT);
    }
    if (t.due()) yield;
    t.up(s.up, LockClass.MmapSem, 'w');
    return number(rc);
  },
);

operation(
  'mkclean',
  'Write-protects and cleans a page, as writeback does.',
  {
    ...RMAP_STEPS,
    clear: 'dirty or writable: ptep_clear_flush',
    store: '    set_pte_at: clean and protected',
    unlock: 'release ptl and anon_vma',
  },
  function* (t, a, s) {
    const address = a.u64('vmaddr');
    return number(
      yield* onPresentPage(t, s, address, function* (pte, entry) {
        if ((entry.lo & (PAGE_DIRTY | PAGE_WRITE)) === 0) return 0;
        const old = yield* ptep_clear_flush(t, s.clear, address, pte);
        yield* set_pte_at(t, s.store, address, pte, old.without(PAGE_WRITE | PAGE_DIRTY).or(PAGE_PROTECT));
        return 1;
      }),
    );
  },
);

operation(
  'age',
  'Tests and clears the young bit.',
  { ...RMAP_STEPS, young: 'ptep_test_and_clear_young', unlock: 'release ptl and anon_vma' },
  function* (t, a, s) {
    const address = a.u64('vmaddr');
    return number(yield* onPresentPage(t, s, address, (pte) => ptep_test_and_clear_young(t, s.young, address, pte)));
  },
);

// --- accesses ---

/** Rounds after which an access gives up. */
const ROUNDS = 10;
const ROUNDS_THREADED = 60;

/** The hardware's part of an access: PTE valid, and not protected for a write. Sets R and C of the key. */
function access(t: Task, site: number, pte: number, write: boolean): boolean {
  const { m } = t;
  const entry = pte ? m.word(pte) : undefined;
  const ok = entry !== undefined && (entry.lo & PAGE_INVALID) === 0 && !(write && entry.lo & PAGE_PROTECT);
  t.row(Kind.Access, site).num(ok ? 1 : 0);
  if (ok) m.setStorageKey(entry.hi, entry.lo, m.storageKey(entry.hi, entry.lo) | (write ? 0x06 : 0x04));
  return ok;
}

operation(
  'touch',
  'The host process reads or writes a byte.',
  {
    access: 'the hardware walks the host tables: valid, and writable for a write?',
    down: 'fault: take mmap_sem for reading; the VMA must allow the access',
    fault: '    handle_mm_fault',
    up: '    release mmap_sem; try again',
  },
  function* (t, a, s) {
    const { m } = t;
    const address = a.u64('vmaddr');
    const write = a.word('access') === 'w';
    for (let round = m.threaded ? ROUNDS_THREADED : ROUNDS; round > 0; round--) {
      if (t.due()) yield;
      if (access(t, s.access, m.hostPte(address), write)) return number(0);
      yield* t.down(s.down, LockClass.MmapSem, 'r');
      const vma = vmaAt(m, address);
      const allowed = vma && (write ? vma.prot === 'rw' : vma.prot !== 'none');
      const result = allowed ? yield* handle_mm_fault(t, s.fault, address, write ? FAULT_FLAG_WRITE : 0) : 0;
      if (t.due()) yield;
      t.up(s.up, LockClass.MmapSem, 'r');
      if (!allowed || result & VM_FAULT_SIGBUS) return number(-EFAULT);
      if (result & VM_FAULT_OOM) return number(-ENOMEM);
    }
    return number(-EFAULT);
  },
);

operation(
  'gtouch',
  'The guest reads or writes a byte.',
  {
    access: 'the hardware walks the guest tables: valid, and writable for a write?',
    fault: 'fault: gmap_fault; try again',
  },
  function* (t, a, s, gmap) {
    const gaddr = a.u64('gaddr');
    const write = a.word('access') === 'w';
    for (let round = t.m.threaded ? ROUNDS_THREADED : ROUNDS; round > 0; round--) {
      if (t.due()) yield;
      if (access(t, s.access, guestPte(t, s.access, gmap, gaddr), write)) return number(0);
      const rc = yield* gmap_fault(t, s.fault, gmap, gaddr, write ? FAULT_FLAG_WRITE : 0);
      if (rc) return number(rc);
    }
    return number(-EFAULT);
  },
);

// --- guest page states and storage keys ---

/** KVM calls these with mmap_sem held for reading; visible only between threads. */
function* underMmapSem<T>(t: Task, site: number, body: Co<T>): Co<T> {
  const { threaded } = t.m;
  if (threaded) yield* t.down(site, LockClass.MmapSem, 'r');
  const result = yield* body;
  if (threaded) {
    if (t.due()) yield;
    t.up(site, LockClass.MmapSem, 'r');
  }
  return result;
}

operation(
  'essa',
  'Sets the guest page state of a page in its PGSTE.',
  {
    down: 'take mmap_sem for reading',
    lock: 'a page table is there: take its ptl',
    pcl: 'lock the PGSTE (set PCL)',
    state: 'set the usage state; unlock the PGSTE',
    unlock: 'release ptl',
  },
  function* (t, a, s) {
    const address = a.u64('vmaddr');
    const state = a.word('state');
    return number(
      yield* underMmapSem(t, s.down, (function* () {
        const { m } = t;
        const pte = m.hostPte(address);
        if (!pte) return -ENOENT;
        const ptl = m.ptl(pte);
        if (t.mustWait(ptl, LockClass.Ptl)) yield;
        t.lock(s.lock, LockClass.Ptl, ptl);
        if (m.threaded) {
          if (t.mustWaitPcl(pte)) yield;
          t.lockPcl(s.pcl, pte);
        }
        const gh = m.hi(pte + 2048);
        let gl = m.lo(pte + 2048);
        if (state === 'zero') gl |= GPS_ZERO;
        else gl = (gl & ~(GPS_USAGE_MASK | GPS_ZERO)) | (state === 'unused' ? GPS_USAGE_UNUSED : 0);
        if (m.threaded) {
          if (t.due()) yield;
          t.unlockPcl(s.state, pte, gh, gl);
        } else m.put(pte + 2048, gh, gl);
        if (t.due()) yield;
        t.unlock(s.unlock, LockClass.Ptl, ptl);
        return 0;
      })()),
    );
  },
); // prettier-ignore

const KEY_STEPS = { down: 'take mmap_sem for reading', call: 'call the function' };

operation('set_key', 'Sets the guest storage key of a page.', KEY_STEPS, function* (t, a, s) {
  const call = set_guest_storage_key(t, s.call, a.u64('vmaddr'), a.num('key'), a.num('nq'));
  return number(yield* underMmapSem(t, s.down, call));
});

operation('cond_set_key', 'Sets the guest storage key unless it fits.', KEY_STEPS, function* (t, a, s) {
  const call = cond_set_guest_storage_key(
    t, s.call, a.u64('vmaddr'), a.num('key'), a.num('nq'), a.num('mr'), a.num('mc'),
  ); // prettier-ignore
  const { rc, old } = yield* underMmapSem(t, s.down, call);
  return { kind: 'key', value: rc, key: old };
});

operation('get_key', 'Reads the guest storage key of a page.', KEY_STEPS, function* (t, a, s) {
  const key = yield* underMmapSem(t, s.down, get_guest_storage_key(t, s.call, a.u64('vmaddr')));
  return { kind: 'key', value: Math.min(key, 0), key: Math.max(key, 0) };
});

operation('rrbe', 'Resets the guest reference bit of a page.', KEY_STEPS, function* (t, a, s) {
  return number(yield* underMmapSem(t, s.down, reset_guest_reference_bit(t, s.call, a.u64('vmaddr'))));
});

operation('test_clear_dirty', 'Reads and clears the dirty-log bit.', KEY_STEPS, function* (t, a, s) {
  return number(yield* underMmapSem(t, s.down, test_and_clear_guest_dirty(t, s.call, a.u64('vmaddr'))));
});

const enable_sie = defineFunction('s390_enable_sie', {
  gives: 'rc',
  file: 'arch/s390/mm/gmap.c',
  returns: 'dec',
  doc: 'Switches the PGSTEs of the process on.',
  steps: {
    already: 'they are on: return 0',
    refused: 'the process was not started for it: return -EINVAL',
    down: 'take mmap_sem for writing; switch them on',
    up: 'release mmap_sem',
    done: 'return 0',
  },
});

wrapper('enable_sie', 's390_enable_sie', function* (t, site) {
  const { m } = t;
  const s = enable_sie.at;
  if (t.due()) yield;
  t.call(enable_sie, site);
  const [step, rc] = m.hasPgste ? [s.already, 0] : m.mm('alloc_pgste') ? [s.done, 0] : [s.refused, -EINVAL];
  if (step === s.done) {
    yield* t.down(s.down, LockClass.MmapSem, 'w');
    m.mm('pgste', 1);
    if (t.due()) yield;
    t.up(s.up, LockClass.MmapSem, 'w');
  }
  if (t.due()) yield;
  t.ret(step).num(rc);
  return number(rc);
});

/** Every slot of existing page tables inside VMAs, ascending. */
function* mappedSlots(m: Machine): Generator<{ addr: U64; pte: number }> {
  for (const vma of m.vmas()) {
    for (const { segment, table } of pageTables(m, vma.start, vma.end)) {
      const last = Math.min(vma.end, segment + SEGMENT_SIZE);
      for (let a = Math.max(vma.start, segment); a < last; a += PAGE_SIZE) {
        const addr = U64.of(a);
        yield { addr, pte: table + ((addr.lo >>> 12) & 0xff) * 8 };
      }
    }
  }
}

const enable_skey = defineFunction('s390_enable_skey', {
  gives: 'rc',
  file: 'arch/s390/mm/gmap.c',
  returns: 'dec',
  doc: 'Switches the storage keys of the process on. Takes no ptl.',
  steps: {
    down: 'take mmap_sem for writing; already on: return 0; switch them on',
    ksm: 'each VMA: ksm_madvise; it fails: switch them off again, the result is -ENOMEM',
    zero: 'each PTE: a zero page is replaced by nothing',
    key: '    ptep_zap_key',
    up: 'release mmap_sem',
    done: 'return',
  },
});

wrapper('enable_skey', 's390_enable_skey', function* (t, site) {
  const { m } = t;
  const s = enable_skey.at;
  if (t.due()) yield;
  t.call(enable_skey, site);
  yield* t.down(s.down, LockClass.MmapSem, 'w');
  let rc = 0;
  if (!m.skey) {
    m.mm('skey', 1);
    if (t.injection?.ksm && m.vmas().length > 0) {
      if (t.due()) yield;
      t.host(s.ksm, HostWord.KsmFail);
      m.mm('skey', 0);
      rc = -ENOMEM;
    } else {
      for (const { addr, pte } of mappedSlots(m)) {
        if (isZeroPage(m.hi(pte), m.lo(pte))) yield* ptep_clear_flush(t, s.zero, addr, pte);
        yield* ptep_zap_key(t, s.key, addr, pte);
      }
    }
  }
  if (t.due()) yield;
  t.up(s.up, LockClass.MmapSem, 'w');
  if (t.due()) yield;
  t.ret(s.done).num(rc);
  return number(rc);
});

const reset_cmma = defineFunction('s390_reset_cmma', {
  file: 'arch/s390/mm/gmap.c',
  doc: 'Resets the guest page states of the whole process. Takes no ptl.',
  steps: {
    down: 'take mmap_sem for writing',
    zap: 'each PTE: ptep_zap_unused with reset',
    up: 'release mmap_sem',
    done: 'return',
  },
});

wrapper('reset_cmma', 's390_reset_cmma', function* (t, site) {
  const s = reset_cmma.at;
  if (t.due()) yield;
  t.call(reset_cmma, site);
  yield* t.down(s.down, LockClass.MmapSem, 'w');
  for (const { addr, pte } of mappedSlots(t.m)) yield* ptep_zap_unused(t, s.zap, addr, pte, true);
  if (t.due()) yield;
  t.up(s.up, LockClass.MmapSem, 'w');
  if (t.due()) yield;
  t.ret(s.done);
  return number(0);
});

// --- notifiers ---

const notifierAt = (a: Operands): number => NOTIFIERS_AT + a.num('nb') * 32;

function* exclusively(t: Task, nb: number, wanted: 0 | 1, call: () => Co): Co<Result> {
  const { m } = t;
  if (m.get(nb + NOTIFIER.registered) === wanted || m.get(nb + NOTIFIER.busy)) return NA;
  m.set(nb + NOTIFIER.busy, 1);
  m.set(nb + NOTIFIER.registered, wanted);
  yield* call();
  m.set(nb + NOTIFIER.busy, 0);
  return number(0);
}

wrapper('register', 'gmap_register_pte_notifier', function* (t, site, a) {
  const nb = notifierAt(a);
  return yield* exclusively(t, nb, 1, () => gmap_register_pte_notifier(t, site, nb));
});

wrapper('unregister', 'gmap_unregister_pte_notifier', function* (t, site, a) {
  const nb = notifierAt(a);
  return yield* exclusively(t, nb, 0, () => gmap_unregister_pte_notifier(t, site, nb));
});

// --- gmaps ---

/** A slot that holds no address of a gmap, but may not be used either: its alloc is still running. */
const RESERVED = 1;

wrapper('alloc', 'gmap_alloc', function* (t, site, a) {
  const { m } = t;
  const slot = SLOTS_AT + a.num('g') * 16;
  if (m.get(slot) !== 0 || m.get(slot + 8) !== 0) return NA;
  m.set(slot, RESERVED);
  const gmap = yield* gmap_alloc(t, site, a.u64('limit'), a.num('g'));
  m.set(slot, gmap);
  return number(gmap ? 0 : -ENOMEM);
});

wrapper('free', 'gmap_free', function* (t, site, a, gmap) {
  const { m } = t;
  const slot = SLOTS_AT + a.num('g') * 16;
  m.set(slot, 0);
  m.set(slot + 8, gmap); // the number can be used again when the free has ended
  if (m.mm('current') === gmap) m.mm('current', 0);
  yield* gmap_free(t, site, gmap);
  m.set(slot + 8, 0);
  return number(0);
});

wrapper('enable', 'gmap_enable', function* ({ m }, _site, _a, gmap) {
  m.mm('current', gmap);
  return { kind: 'word', value: 'set' };
});

wrapper('disable', 'gmap_disable', function* ({ m }) {
  m.mm('current', 0);
  return { kind: 'word', value: 'clear' };
});

wrapper('map_segment', 'gmap_map_segment', function* (t, site, a, gmap) {
  return number(yield* gmap_map_segment(t, site, gmap, a.u64('from'), a.u64('to'), a.u64('len')));
});

wrapper('unmap_segment', 'gmap_unmap_segment', function* (t, site, a, gmap) {
  return number(yield* gmap_unmap_segment(t, site, gmap, a.u64('to'), a.u64('len')));
});

wrapper('translate', 'gmap_translate', function* (t, site, a, gmap) {
  const vmaddr = yield* gmap_translate(t, site, gmap, a.u64('gaddr'));
  return vmaddr ? { kind: 'address', value: vmaddr } : number(-EFAULT);
});

wrapper('fault', 'gmap_fault', function* (t, site, a, gmap) {
  return number(yield* gmap_fault(t, site, gmap, a.u64('gaddr'), a.word('access') === 'w' ? FAULT_FLAG_WRITE : 0));
});

operation(
  'zap',
  'Drops the swap entry of an unused page.',
  { down: 'take mmap_sem for reading', call: '__gmap_zap', up: 'release mmap_sem' },
  function* (t, a, s, gmap) {
    yield* t.down(s.down, LockClass.MmapSem, 'r');
    yield* __gmap_zap(t, s.call, gmap, a.u64('gaddr'));
    if (t.due()) yield;
    t.up(s.up, LockClass.MmapSem, 'r');
    return number(0);
  },
);

wrapper('discard', 'gmap_discard', function* (t, site, a, gmap) {
  yield* gmap_discard(t, site, gmap, a.u64('from'), a.u64('to'));
  return number(0);
});

wrapper('mprotect_notify', 'gmap_mprotect_notify', function* (t, site, a, gmap) {
  if (t.m.generation !== 'after') return NA;
  return number(yield* gmap_mprotect_notify(t, site, gmap, a.u64('gaddr'), a.u64('len'), a.num('prot')));
});

wrapper('ipte_notify', 'gmap_ipte_notify', function* (t, site, a, gmap) {
  if (t.m.generation !== 'before') return NA;
  return number(yield* gmap_ipte_notify(t, site, gmap, a.u64('gaddr'), a.u64('len')));
});

// --- vCPUs ---

/** Performs `body` for a vCPU; refused if there is none of that number. */
function* forVcpu(t: Task, a: Operands, body: (vcpu: number) => Co<number>): Co<Result> {
  const vcpu = vcpuNumbered(t.m, a.num('v'));
  return vcpu ? number(yield* body(vcpu)) : NA;
}

wrapper('vcpu', 'kvm_arch_vcpu_create', function* (t, _site, a, gmap) {
  if (vcpuNumbered(t.m, a.num('v'))) return NA;
  createVcpu(t.m, a.num('v'), gmap, a.u64('prefix'));
  return number(0);
});

wrapper('vcpu_enter', 'vcpu_pre_run', (t, site, a) => forVcpu(t, a, (vcpu) => vcpu_pre_run(t, site, vcpu)));

operation('vcpu_leave', 'The vCPU leaves SIE.', { leave: 'leave SIE' }, (t, a, s) =>
  forVcpu(t, a, function* (vcpu) {
    if (t.due()) yield;
    t.note(s.leave);
    leaveSie(t.m, vcpu);
    return 0;
  }),
);

operation('vcpu_set_prefix', 'Moves the prefix pages.', { set: 'set the prefix; ask for a refresh' }, (t, a, s) =>
  forVcpu(t, a, function* (vcpu) {
    if (t.due()) yield;
    t.note(s.set);
    setPrefix(t.m, vcpu, a.u64('prefix'));
    return 0;
  }),
);

// --- callers that hold mmap_sem ---

const mode = (a: Operands): 'r' | 'w' => a.word('mode') as 'r' | 'w';

operation('down', 'Takes mmap_sem.', { down: 'take mmap_sem' }, function* (t, a, s) {
  yield* t.down(s.down, LockClass.MmapSem, mode(a));
  t.balance = 0;
  return number(0);
});

operation('up', 'Releases mmap_sem.', { up: 'release mmap_sem' }, function* (t, a, s) {
  if (t.due()) yield;
  t.up(s.up, LockClass.MmapSem, mode(a));
  t.balance = 0;
  return number(0);
});

// --- performing ---

/** The gmap in a slot, or 0. */
export function gmapInSlot(m: Machine, slot: number): number {
  const gmap = m.get(SLOTS_AT + slot * 16);
  return gmap === RESERVED ? 0 : gmap;
}

/** Performs an operation without the rows that frame it. */
function* perform(t: Task, op: Operation): Co<Result> {
  const driver = drivers.get(op.name);
  if (!driver) return NA;
  const a = new Operands(op);
  let gmap = 0;
  if (a.has('g') && op.name !== 'alloc') {
    gmap = gmapInSlot(t.m, a.num('g'));
    if (!gmap) return NA;
  }
  if (t.m.threaded && op.name === 'machine') return NA;
  return yield* driver.body(t, a, gmap);
}

export const enum ResultCode {
  Number,
  Address,
  Key,
  Na,
  Set,
  Clear,
}

function resultOperands(row: ReturnType<Task['row']>, result: Result): void {
  switch (result.kind) {
    case 'number':
      row.num(ResultCode.Number).word(0, result.value);
      break;
    case 'address':
      row.num(ResultCode.Address).word(result.value.hi, result.value.lo);
      break;
    case 'key':
      row.num(ResultCode.Key).word(result.key, result.value);
      break;
    case 'word':
      row
        .num(result.value === 'NA' ? ResultCode.Na : result.value === 'set' ? ResultCode.Set : ResultCode.Clear)
        .word(0, 0);
  }
}

/**
 * Runs one operation as a thread's next: its first row, what it does, and its result.
 * @param index number that the first row carries (a statement's, or the operation's in its program)
 * @throws KernelBug where the kernel would crash; the row that says so is recorded
 */
export function* runOperation(t: Task, op: Operation, index: number): Co<Result> {
  const fn = drivers.get(op.name)!.fn;
  if (t.due()) yield;
  t.op(fn, index);
  t.balance = 0;
  const injection = t.injection;
  const result = yield* perform(t, op);
  if (op.name !== 'inject' && t.injection === injection) t.injection = undefined;
  const { balance } = t;
  resultOperands(t.endOp(0), result);
  if (balance !== 0) t.row(Kind.Bug, 0).num(BugText.Unbalanced).num(balance);
  return result;
}
