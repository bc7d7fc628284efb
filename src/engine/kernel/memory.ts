/**
 * The host's memory management as far as the gmap code meets it: faults, zapping, migration. A small model of its
 * own, shaped after mm/memory.c, mm/gup.c and mm/migrate.c of the time: private anonymous memory only.
 */
import {
  EFAULT, ENOENT, ENOMEM, FAULT_FLAG_ALLOW_RETRY, FAULT_FLAG_TRIED, FAULT_FLAG_WRITE, PAGE_DIRTY,
  PAGE_INVALID, PAGE_PRESENT, PAGE_PROTECT, PAGE_READ, PAGE_SPECIAL, PAGE_WRITE, PAGE_YOUNG, VM_FAULT_OOM,
  VM_FAULT_RETRY, VM_FAULT_SIGBUS,
} from '../bits.js'; // prettier-ignore
import { defineFunction } from '../catalog.js';
import { isZeroPage, migratingPage, pageFrame, zeroFrame, type Machine, type Vma } from '../machine.js';
import { AllocKind, BugText, FlushKind, HostWord, LockClass, LoopWord, type Co, type Task } from '../task.js';
import { Kind } from '../trace.js';
import { PAGE_SIZE, SEGMENT_SIZE, U64 } from '../u64.js';
import {
  isSwapLike, PTE_EMPTY, ptep_clear_flush, ptep_get_and_clear, ptep_set_access_flags, set_pte_at,
} from './pgtable.js'; // prettier-ignore
import { hostTables, pageTables, TABLE_STEPS } from './tables.js';

/** First address behind every process: 2^53. */
export const TASK_SIZE = 2 ** 53;

/** The VMA that contains an address. */
export function vmaAt(m: Machine, address: U64): Vma | undefined {
  const vma = vmaAtOrAbove(m, address);
  return vma && vma.start <= address.toNumber() ? vma : undefined;
}

/** The first VMA that ends above an address (find_vma). */
export function vmaAtOrAbove(m: Machine, address: U64): Vma | undefined {
  if (address.hi >= 0x20_0000) return undefined;
  const a = address.toNumber();
  const vmas = m.vmas();
  let low = 0;
  let high = vmas.length;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if (vmas[mid]!.end > a) high = mid;
    else low = mid + 1;
  }
  return vmas[low];
}

/** Page protection of a VMA as PTE bits. */
export const pageProtection = (vma: Vma): number =>
  vma.prot === 'none' ? PAGE_PRESENT | PAGE_INVALID : PAGE_PRESENT | PAGE_READ | PAGE_INVALID | PAGE_PROTECT;

/** Only pages that can be read are accessed. */
const young = (lo: number): number => (lo | PAGE_YOUNG) & ~PAGE_INVALID;
const dirty = (lo: number): number => (lo & PAGE_WRITE ? (lo | PAGE_DIRTY) & ~PAGE_PROTECT : lo | PAGE_DIRTY);
/** Only dirty pages become writable. */
const writable = (lo: number): number => (lo | PAGE_WRITE) & ~PAGE_PROTECT;

export const isMigration = (v: U64): boolean => isSwapLike(v) && ((v.lo >>> 2) & 31) >= 30;
export const isNone = (v: U64): boolean => v.hi === 0 && v.lo === PAGE_INVALID;

/** Takes a number for a new data page, and says its name (a row of its own). */
export function* namePage(t: Task, site: number, n: number): Co {
  if (t.due()) yield;
  t.row(Kind.Data, site).num(n);
}

/** Flushes what lazy invalidations left. */
export function* flushPending(t: Task, site: number): Co {
  const { m } = t;
  if (!m.mm('flush_mm')) return;
  if (t.due()) yield;
  t.row(Kind.Flush, site).num(FlushKind.Mm);
  if (m.threaded) {
    if (t.due()) yield;
    t.row(Kind.FlushDone, site);
  }
  m.mm('flush_mm', 0);
}

// --- migration ---

/** Steps of the second half of a migration. */
export interface MigrateEndSteps {
  readonly rmap: number;
  readonly page: number;
  readonly lock: number;
  readonly raced: number;
  readonly store: number;
  readonly unlock: number;
  readonly rmapEnd: number;
}

export const MIGRATE_END_STEPS = {
  rmap: 'take anon_vma for reading',
  page: 'a migration entry is there: allocate the new page (none: use the old one again)',
  lock: 'take the lock of the page table (ptl)',
  raced: 'the entry is gone meanwhile: give up',
  store: 'set_pte_at: the new page, old and invalid',
  unlock: 'release ptl',
  rmapEnd: 'release anon_vma',
};

/** Second half of moving a page. -ENOENT unless a migration entry is there. */
export function* migrateEnd(t: Task, s: MigrateEndSteps, address: U64): Co<number> {
  const { m } = t;
  if (m.threaded) yield* t.down(s.rmap, LockClass.AnonVma, 'r');
  const rc = yield* moveIn(t, s, address);
  if (m.threaded) {
    if (t.due()) yield;
    t.up(s.rmapEnd, LockClass.AnonVma, 'r');
  }
  return rc;
}

function* moveIn(t: Task, s: MigrateEndSteps, address: U64): Co<number> {
  const { m } = t;
  const pte = m.hostPte(address);
  const vma = vmaAt(m, address);
  if (!pte || !vma || !isMigration(m.word(pte))) return -ENOENT;
  if (t.due()) yield;
  const fresh = t.alloc(s.page, AllocKind.Data) ? m.newPage() : 0;
  if (fresh) yield* namePage(t, s.page, fresh);
  const ptl = m.ptl(pte);
  if (t.mustWait(ptl, LockClass.Ptl)) yield;
  t.lock(s.lock, LockClass.Ptl, ptl);
  const entry = m.word(pte);
  if (!isMigration(entry)) return yield* raced(t, s.raced, ptl, -ENOENT);
  const old = migratingPage(entry);
  const page = fresh || old;
  // The mark "shared" moves with the page.
  if (fresh && old >= 1 && m.pageShared(old)) m.setPageShared(fresh, true);
  const now = vmaAt(m, address) ?? vma;
  let low = (pageProtection(now) & ~PAGE_YOUNG) | PAGE_INVALID;
  if ((entry.lo & 0x7c) === 0x7c && now.prot === 'rw') low |= PAGE_WRITE;
  yield* set_pte_at(t, s.store, address, pte, pageFrame(page, low));
  if (t.due()) yield;
  t.unlock(s.unlock, LockClass.Ptl, ptl);
  if (t.due()) yield;
  t.row(Kind.Host, s.unlock).num(HostWord.MigrateEnd).num(page);
  return 0;
}

/** The entry changed before it was locked: unlocks, and says so. */
export function* raced(t: Task, site: number, ptl: number, rc: number): Co<number> {
  if (t.due()) yield;
  t.unlock(site, LockClass.Ptl, ptl);
  if (t.due()) yield;
  t.host(site, HostWord.Raced);
  return rc;
}

// --- faults ---

const mm_fault = defineFunction('handle_mm_fault', {
  gives: 'ret',
  file: 'mm/memory.c',
  args: { address: 'hex', flags: 'hex' },
  returns: 'hex',
  doc: 'Faults a page in. Result bits: 1 out of memory, 2 bus error, 0x400 mmap_sem was lost, try again.',
  steps: {
    sigbus: 'ordered to fail: bus error',
    lose: 'ordered to lose mmap_sem: release it',
    window: '    the window in which others may take it',
    ...TABLE_STEPS,
    entry: 'read the PTE without lock',
    zeroLock: 'empty, for reading: take ptl',
    zero: '    set_pte_at: the zero page',
    page: 'empty, or in swap: allocate a page',
    lock: '    take ptl; is the PTE still the same?',
    swap: '    free the swap entry',
    fill: '    set_pte_at: the page',
    wait: 'migration entry: wait for the migration to end',
    rmap: '    take anon_vma for reading',
    movePage: '    allocate the new page',
    moveLock: '    take ptl',
    move: '    set_pte_at: the new page, old and invalid',
    moveUnlock: '    release ptl',
    rmapEnd: '    release anon_vma',
    writeLock: 'present, no write right yet: take ptl; is the PTE still the same?',
    reuse: '    the page is ours alone: ptep_set_access_flags',
    copyUnlock: '    zero page or shared: release ptl',
    copyPage: '    allocate a copy',
    copyLock: '    take ptl; is the PTE still the same?',
    copyClear: '    ptep_clear_flush',
    copy: '    set_pte_at: the copy',
    flagsLock: 'present: take ptl; is the PTE still the same?',
    flags: '    ptep_set_access_flags: young, for writing dirty',
    unlockPte: 'release ptl',
    raced: 'the PTE changed meanwhile: give up, the access will fault again',
    result: 'what it was',
    done: 'return',
  },
  sets: { entry: { pte: 'pteval' } },
});

const MOVE_STEPS: MigrateEndSteps = {
  rmap: mm_fault.at.rmap,
  page: mm_fault.at.movePage,
  lock: mm_fault.at.moveLock,
  raced: mm_fault.at.raced,
  store: mm_fault.at.move,
  unlock: mm_fault.at.moveUnlock,
  rmapEnd: mm_fault.at.rmapEnd,
};

/** mmap_sem is held for reading; the VMA allows the access. */
export function* handle_mm_fault(t: Task, site: number, address: U64, flags: number): Co<number> {
  const s = mm_fault.at;
  if (t.due()) yield;
  t.call(mm_fault, site).word(address.hi, address.lo).word(0, flags);
  const result = yield* faultIn(t, address, flags);
  if (t.due()) yield;
  t.ret(s.done).word(0, result);
  return result;
}

function* faultIn(t: Task, address: U64, flags: number): Co<number> {
  const { m, injection } = t;
  const s = mm_fault.at;
  if (injection && injection.fault > 0 && --injection.fault === 0) {
    if (t.due()) yield;
    t.host(s.sigbus, HostWord.InjectedSigbus);
    return VM_FAULT_SIGBUS;
  }
  if (injection && injection.unlocked > 0 && flags & FAULT_FLAG_ALLOW_RETRY) {
    injection.unlocked--;
    if (t.due()) yield;
    t.up(s.lose, LockClass.MmapSem, 'r');
    if (t.due()) yield;
    t.host(s.window, HostWord.InjectedRetry);
    const race = injection.then;
    injection.then = undefined;
    if (race) yield* race(t);
    return VM_FAULT_RETRY;
  }
  const write = (flags & FAULT_FLAG_WRITE) !== 0;
  const addr = address.page();
  const pte = yield* hostTables(t, s, addr);
  if (!pte) return VM_FAULT_OOM;
  const entry = m.word(pte);
  t.note(s.entry).word(entry.hi, entry.lo);
  const ptl = m.ptl(pte);
  const vma = vmaAt(m, address);
  const mayWrite = vma?.prot === 'rw';
  const protection = vma ? pageProtection(vma) : 0;
  const word = yield* isNone(entry) || (isSwapLike(entry) && !isMigration(entry))
    ? fillSlot(t, addr, pte, ptl, entry, write, mayWrite, protection)
    : isMigration(entry)
      ? waitForMigration(t, addr)
      : changePresent(t, addr, pte, ptl, entry, write, mayWrite, protection);
  if (word === undefined) return 0;
  if (word === VM_FAULT_OOM_WORD) return VM_FAULT_OOM;
  if (t.due()) yield;
  t.host(s.result, word);
  return 0;
}

/** Stands for "no memory" among the words that say how a fault ended; undefined: it was said already. */
const VM_FAULT_OOM_WORD = -1;

function* fillSlot(
  t: Task,
  addr: U64,
  pte: number,
  ptl: number,
  entry: U64,
  write: boolean,
  mayWrite: boolean,
  protection: number,
): Co<HostWord | -1 | undefined> {
  // prettier-ignore
  const { m } = t;
  const s = mm_fault.at;
  const swapped = !isNone(entry);
  if (!swapped && !write && !m.skey) {
    if (t.mustWait(ptl, LockClass.Ptl)) yield;
    t.lock(s.zeroLock, LockClass.Ptl, ptl);
    if (!m.word(pte).equals(entry)) {
      yield* raced(t, s.raced, ptl, 0);
      return undefined;
    }
    const zero = PAGE_SPECIAL | PAGE_YOUNG | PAGE_READ | PAGE_PRESENT | PAGE_PROTECT;
    yield* set_pte_at(t, s.zero, addr, pte, zeroFrame(zero));
    if (t.due()) yield;
    t.unlock(s.unlockPte, LockClass.Ptl, ptl);
    return HostWord.AnonZero;
  }
  if (t.due()) yield;
  if (!t.alloc(s.page, AllocKind.Data)) return VM_FAULT_OOM_WORD;
  const page = m.newPage();
  yield* namePage(t, s.page, page);
  if (t.mustWait(ptl, LockClass.Ptl)) yield;
  t.lock(s.lock, LockClass.Ptl, ptl);
  if (!m.word(pte).equals(entry)) {
    yield* raced(t, s.raced, ptl, 0);
    return undefined;
  }
  let low = young(protection);
  if (swapped) {
    if (write) low = mayWrite ? writable(dirty(low)) : dirty(low);
    if (t.due()) yield;
    t.hostPteValue(s.swap, HostWord.FreeEntry, entry.hi, entry.lo);
  } else if (mayWrite) low = writable(dirty(low));
  yield* set_pte_at(t, s.fill, addr, pte, pageFrame(page, low));
  if (t.due()) yield;
  t.unlock(s.unlockPte, LockClass.Ptl, ptl);
  return swapped ? HostWord.Swapin : HostWord.AnonPage;
}

function* waitForMigration(t: Task, addr: U64): Co<undefined> {
  if (t.due()) yield;
  t.host(mm_fault.at.wait, HostWord.MigrationWait);
  yield* migrateEnd(t, MOVE_STEPS, addr);
  return undefined;
}

function* changePresent(
  t: Task,
  addr: U64,
  pte: number,
  ptl: number,
  entry: U64,
  write: boolean,
  mayWrite: boolean,
  protection: number,
): Co<HostWord | -1 | undefined> {
  // prettier-ignore
  const { m } = t;
  const s = mm_fault.at;
  const breakCow = write && (entry.lo & PAGE_WRITE) === 0;
  const lockStep = breakCow ? s.writeLock : s.flagsLock;
  if (t.mustWait(ptl, LockClass.Ptl)) yield;
  t.lock(lockStep, LockClass.Ptl, ptl);
  if (!m.word(pte).equals(entry)) {
    yield* raced(t, s.raced, ptl, 0);
    return undefined;
  }
  if (breakCow) {
    const page = m.pageNumber(entry.hi, entry.lo);
    if (!isZeroPage(entry.hi, entry.lo) && !(page && m.pageShared(page))) {
      const value = new U64(entry.hi, writable(dirty(young(entry.lo))));
      yield* ptep_set_access_flags(t, s.reuse, addr, pte, value);
      if (t.due()) yield;
      t.unlock(s.unlockPte, LockClass.Ptl, ptl);
      return HostWord.WpReuse;
    }
    if (t.due()) yield;
    t.unlock(s.copyUnlock, LockClass.Ptl, ptl);
    if (t.due()) yield;
    if (!t.alloc(s.copyPage, AllocKind.Data)) return VM_FAULT_OOM_WORD;
    const copy = m.newPage();
    yield* namePage(t, s.copyPage, copy);
    if (t.mustWait(ptl, LockClass.Ptl)) yield;
    t.lock(s.copyLock, LockClass.Ptl, ptl);
    if (!m.word(pte).equals(entry)) {
      yield* raced(t, s.raced, ptl, 0);
      return undefined;
    }
    yield* ptep_clear_flush(t, s.copyClear, addr, pte);
    let low = dirty(young(protection));
    if (mayWrite) low = writable(low);
    yield* set_pte_at(t, s.copy, addr, pte, pageFrame(copy, low));
    if (t.due()) yield;
    t.unlock(s.unlockPte, LockClass.Ptl, ptl);
    return HostWord.WpCopy;
  }
  const low = young(write ? dirty(entry.lo) : entry.lo);
  const changed = yield* ptep_set_access_flags(t, s.flags, addr, pte, new U64(entry.hi, low));
  if (t.due()) yield;
  t.unlock(s.unlockPte, LockClass.Ptl, ptl);
  return changed ? HostWord.AccessFlags : HostWord.Spurious;
}

const fixup = defineFunction('fixup_user_fault', {
  gives: 'rc',
  file: 'mm/gup.c',
  args: { address: 'hex', fault_flags: 'hex' },
  returns: 'fixup',
  doc: 'Faults a page in for the kernel. Tells whether mmap_sem was lost on the way: then nothing may be assumed.',
  steps: {
    vma: 'the VMA must contain the address and allow the access, else -EFAULT',
    fault: 'handle_mm_fault',
    down: '    mmap_sem was lost: take it again',
    retry: '    try again, once, and without losing it',
    done: 'return',
  },
});

export interface FixupResult {
  readonly rc: number;
  readonly unlocked: boolean;
}

/** mmap_sem is held for reading, before and after. */
export function* fixup_user_fault(t: Task, site: number, address: U64, faultFlags: number): Co<FixupResult> {
  const { m } = t;
  const s = fixup.at;
  if (t.due()) yield;
  t.call(fixup, site).word(address.hi, address.lo).word(0, faultFlags);
  let flags = faultFlags | FAULT_FLAG_ALLOW_RETRY;
  let unlocked = false;
  let rc: number;
  for (;;) {
    const vma = vmaAt(m, address);
    const allowed = vma && (flags & FAULT_FLAG_WRITE ? vma.prot === 'rw' : vma.prot !== 'none');
    if (!allowed) {
      rc = -EFAULT;
      break;
    }
    const result = yield* handle_mm_fault(t, s.fault, address, flags);
    if (result & VM_FAULT_RETRY) {
      yield* t.down(s.down, LockClass.MmapSem, 'r');
      unlocked = true;
      flags = (flags & ~FAULT_FLAG_ALLOW_RETRY) | FAULT_FLAG_TRIED;
      if (t.due()) yield;
      t.loop(s.retry, LoopWord.FixupRetry);
      continue;
    }
    rc = result & VM_FAULT_OOM ? -ENOMEM : result & VM_FAULT_SIGBUS ? -EFAULT : 0;
    break;
  }
  if (t.due()) yield;
  t.ret(s.done)
    .num(rc)
    .num(unlocked ? 1 : 0);
  return { rc, unlocked };
}

// --- zapping ---

/** Steps of a function that zaps a range. */
export interface ZapSteps {
  readonly lock: number;
  readonly clear: number;
  readonly free: number;
  readonly unlock: number;
}

export const ZAP_STEPS = {
  lock: 'each page table in the range: take its ptl',
  clear: '    each present PTE: ptep_get_and_clear (process exit: plain clear)',
  free: '    each swap or migration entry: free it, clear the slot',
  unlock: '    release ptl',
};

/** Zaps the pages of [start, end), whole pages inside one VMA. `full`: the process ends, nobody is notified. */
export function* zapRange(t: Task, s: ZapSteps, start: number, end: number, full: boolean): Co {
  const { m } = t;
  for (const { segment, table } of pageTables(m, start, end)) {
    const ptl = m.ptl(table);
    if (t.mustWait(ptl, LockClass.Ptl)) yield;
    t.lock(s.lock, LockClass.Ptl, ptl);
    const last = Math.min(end, segment + SEGMENT_SIZE);
    for (let a = Math.max(start, segment); a < last; a += PAGE_SIZE) {
      const addr = U64.of(a);
      const pte = table + ((addr.lo >>> 12) & 0xff) * 8;
      const entry = m.word(pte);
      if (isNone(entry)) continue;
      if ((entry.lo & PAGE_PRESENT) === 0) {
        if (t.due()) yield;
        t.hostPteValue(s.free, HostWord.FreeEntry, entry.hi, entry.lo);
        m.store(pte, PTE_EMPTY);
        if (t.due()) yield;
        t.hostPteValue(s.free, HostWord.ClearNonpresent, addr.hi, addr.lo);
      } else if (full) {
        m.store(pte, PTE_EMPTY);
        if (t.due()) yield;
        t.hostPteValue(s.clear, HostWord.ClearFull, addr.hi, addr.lo);
      } else yield* ptep_get_and_clear(t, s.clear, addr, pte);
    }
    if (t.due()) yield;
    t.unlock(s.unlock, LockClass.Ptl, ptl);
  }
}

const zap_range = defineFunction('zap_page_range', {
  file: 'mm/memory.c',
  args: { start: 'hex', size: 'hex' },
  doc: 'Throws the pages of a range away, in this VMA and those behind it.',
  steps: { ...ZAP_STEPS, flush: 'flush what lazy invalidations left', done: 'return' },
});

export function* zap_page_range(t: Task, site: number, vma: Vma | undefined, start: U64, size: U64): Co {
  const { m } = t;
  const s = zap_range.at;
  if (t.due()) yield;
  t.call(zap_range, site).word(start.hi, start.lo).word(size.hi, size.lo);
  if (!vma) t.bug(s.lock, BugText.ZapNullVma);
  const from = start.page().toNumber();
  const to = Math.min(TASK_SIZE, Math.ceil((start.toNumber() + size.toNumber()) / PAGE_SIZE) * PAGE_SIZE);
  for (const v of m.vmas()) {
    if (v.start >= to || v.end <= from) continue;
    yield* zapRange(t, s, Math.max(from, v.start), Math.min(to, v.end), false);
  }
  yield* flushPending(t, s.flush);
  if (t.due()) yield;
  t.ret(s.done);
}
