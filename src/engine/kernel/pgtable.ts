/**
 * arch/s390/mm/pgtable.c and the inline helpers of pgtable.h: changing PTEs and their PGSTEs.
 *
 * All of these run with the page table's lock (ptl) held unless their description says otherwise. A PGSTE is
 * locked by its PCL bit; meanwhile the function works on a copy, here as two halves `gh`, `gl`.
 */
import {
  EFAULT, GPS_USAGE_MASK, GPS_USAGE_UNUSED, GPS_ZERO, PAGE_DIRTY, PAGE_INVALID, PAGE_PRESENT, PAGE_PROTECT,
  PAGE_WRITE, PAGE_YOUNG, PGSTE_ACC_FP, PGSTE_GC, PGSTE_GR, PGSTE_HR, PGSTE_IN,
  PGSTE_UC, EAGAIN,
} from '../bits.js'; // prettier-ignore
import { defineFunction } from '../catalog.js';
import type { Machine } from '../machine.js';
import { HostWord, InvalidateKind, KeyAction, LockClass, type Co, type Task } from '../task.js';
import { Kind } from '../trace.js';
import { U64 } from '../u64.js';
import { ptep_notify } from './notifier.js';
import { get_locked_pte } from './tables.js';

const FILE = 'arch/s390/mm/pgtable.c';
const EMPTY = new U64(0, PAGE_INVALID);
export { EMPTY as PTE_EMPTY };

export const PTE_ARGS = { addr: 'hex', ptep: 'pte' } as const;

/** Puts host address `addr` and the PTE slot behind a call row. */
function at(t: Task, row: ReturnType<Task['call']>, addr: U64, pte: number) {
  if (!row.recording) return row;
  const v = t.m.vmaddrOf(pte);
  return row.word(addr.hi, addr.lo).word(v.hi, v.lo);
}

const isSwapLike = (v: U64): boolean => (v.lo & 0x201) === 0x200;

// --- flushing ---

const flush_direct = defineFunction('ptep_flush_direct', {
  gives: 'old',
  file: FILE,
  args: PTE_ARGS,
  returns: 'pteval',
  doc: 'Makes a PTE invalid now, on every CPU that may have it in its TLB (IPTE). Returns the PTE before.',
  steps: {
    ipte: 'old is valid: invalidate with IPTE (on this CPU alone if only it can know the mapping)',
    done: 'return old',
  },
});

const flush_lazy = defineFunction('ptep_flush_lazy', {
  gives: 'old',
  file: FILE,
  args: PTE_ARGS,
  returns: 'pteval',
  doc: 'Makes a PTE invalid; the TLB flush may wait if no other CPU uses this address space. Returns the PTE before.',
  steps: {
    invalidate: 'old is valid: set I in memory and flush later, or IPTE if other CPUs are attached',
    done: 'return old',
  },
});

function* invalidate(t: Task, site: number, addr: U64, pte: number, kind: InvalidateKind): Co {
  if (t.due()) yield;
  const { m } = t;
  const v = m.vmaddrOf(pte);
  t.row(Kind.Invalidate, site).num(kind).word(addr.hi, addr.lo).word(v.hi, v.lo);
  m.put(pte, m.hi(pte), m.lo(pte) | PAGE_INVALID);
  if (kind === InvalidateKind.Lazy) m.mm('flush_mm', 1);
}

export function* ptep_flush_direct(t: Task, site: number, addr: U64, pte: number): Co<U64> {
  const { m } = t;
  if (t.due()) yield;
  at(t, t.call(flush_direct, site), addr, pte);
  const old = m.word(pte);
  if ((old.lo & PAGE_INVALID) === 0) {
    const local = m.mm('tlblc') !== 0 && m.flushMayWait && m.mm('cpulocal') !== 0;
    yield* invalidate(t, flush_direct.at.ipte, addr, pte, local ? InvalidateKind.IpteLocal : InvalidateKind.Ipte);
  }
  if (t.due()) yield;
  t.ret(flush_direct.at.done).word(old.hi, old.lo);
  return old;
}

export function* ptep_flush_lazy(t: Task, site: number, addr: U64, pte: number): Co<U64> {
  const { m } = t;
  if (t.due()) yield;
  at(t, t.call(flush_lazy, site), addr, pte);
  const old = m.word(pte);
  if ((old.lo & PAGE_INVALID) === 0) {
    const kind = m.flushMayWait ? InvalidateKind.Lazy : InvalidateKind.Ipte;
    yield* invalidate(t, flush_lazy.at.invalidate, addr, pte, kind);
  }
  if (t.due()) yield;
  t.ret(flush_lazy.at.done).word(old.hi, old.lo);
  return old;
}

// --- PGSTE helpers ---

/**
 * Stores a PTE as the PGSTE rules want it: without ESOP a writable page is made dirty and loses P at once; a page
 * that becomes writable sets UC (user dirty). Returns the new upper half of the PGSTE copy.
 */
function setPte(m: Machine, pte: number, gh: number, value: U64): number {
  if ((value.lo & (PAGE_PRESENT | PAGE_WRITE)) === (PAGE_PRESENT | PAGE_WRITE) && (value.lo & PAGE_INVALID) === 0) {
    if (!m.esop) value = value.without(PAGE_PROTECT).or(PAGE_DIRTY);
    if ((value.lo & PAGE_PROTECT) === 0) gh |= PGSTE_UC;
  }
  m.store(pte, value);
  return gh;
}

/** Brings the frame's storage key into the PGSTE copy before the page goes. Returns the new upper half. */
function* keyOut(t: Task, site: number, old: U64, gh: number): Co<number> {
  const { m } = t;
  if (!m.skey || (old.lo & PAGE_INVALID) !== 0) return gh;
  if (t.due()) yield;
  const key = m.storageKey(old.hi, old.lo);
  t.key(site, KeyAction.Get, old, key, false);
  gh |= (key & 0x06) << 16;
  return (gh & ~PGSTE_ACC_FP) | ((key & 0xf8) << 24);
}

/** Gives the frame of a new valid PTE the guest's storage key. */
function* keyIn(t: Task, site: number, value: U64, gh: number): Co {
  const { m } = t;
  if (!m.skey || (value.lo & PAGE_INVALID) !== 0) return;
  if (t.due()) yield;
  const key = ((gh >>> 24) & 0xf8) | ((gh >>> 16) & 0x06);
  t.key(site, KeyAction.Set, value, key, false);
  m.setStorageKey(value.hi, value.lo, key);
}

const pte_notify = defineFunction('pgste_pte_notify', {
  gives: 'pgste',
  nameBefore: 'pgste_ipte_notify',
  file: FILE,
  args: { ...PTE_ARGS, pgste: 'pgste' },
  returns: 'pgste',
  doc: 'Tells KVM that a PTE is about to change, if its PGSTE has the IN bit; the bit is used up by that.',
  steps: {
    call: 'IN is set: clear it in the copy and call ptep_notify',
    done: 'return the copy of the PGSTE',
  },
});

/** Returns the new upper half of the PGSTE copy. */
function* pgste_pte_notify(t: Task, site: number, addr: U64, pte: number, gh: number, gl: number): Co<number> {
  if (t.due()) yield;
  at(t, t.call(pte_notify, site), addr, pte).word(gh, gl);
  if (gh & PGSTE_IN) {
    gh &= ~PGSTE_IN;
    yield* ptep_notify(t, pte_notify.at.call, addr, pte);
  }
  if (t.due()) yield;
  t.ret(pte_notify.at.done).word(gh, gl);
  return gh;
}

// --- exchange ---

interface ExchangeSteps {
  readonly lock: number;
  readonly notify: number;
  readonly flush: number;
  readonly keyIn: number;
  readonly keyOut: number;
  readonly unlock: number;
  readonly done: number;
}

const EXCHANGE_STEPS = {
  lock: 'lock the PGSTE (set PCL), take a copy',
  notify: 'pgste_pte_notify: tell KVM if IN is set',
  flush: 'flush the PTE; old = what it was',
  keyIn: 'old was invalid: give the new frame the storage key of the PGSTE',
  keyOut: 'new is invalid: save the storage key of the old frame in the PGSTE (its "unused" result gets lost)',
  unlock: 'store new; unlock the PGSTE with the copy',
  done: 'return old',
};

const xchg_direct = defineFunction('ptep_xchg_direct', {
  gives: 'old',
  file: FILE,
  args: { ...PTE_ARGS, new: 'pteval' },
  returns: 'pteval',
  doc: 'Exchanges a PTE, with an immediate TLB flush. Returns the PTE before.',
  steps: EXCHANGE_STEPS,
});

const xchg_lazy = defineFunction('ptep_xchg_lazy', {
  gives: 'old',
  file: FILE,
  args: { ...PTE_ARGS, new: 'pteval' },
  returns: 'pteval',
  doc: 'Exchanges a PTE; the TLB flush may wait. Returns the PTE before.',
  steps: EXCHANGE_STEPS,
});

function* exchange(t: Task, s: ExchangeSteps, lazy: boolean, addr: U64, pte: number, value: U64): Co<U64> {
  const { m } = t;
  let gh = 0;
  let gl = 0;
  if (m.hasPgste) {
    if (t.mustWaitPcl(pte)) yield;
    t.lockPcl(s.lock, pte);
    gh = m.hi(pte + 2048);
    gl = m.lo(pte + 2048);
    gh = yield* pgste_pte_notify(t, s.notify, addr, pte, gh, gl);
  }
  const old = yield* lazy ? ptep_flush_lazy(t, s.flush, addr, pte) : ptep_flush_direct(t, s.flush, addr, pte);
  // The second test is the kernel's too: PGSTEs may have been switched on meanwhile.
  if (m.hasPgste) {
    if (old.lo & PAGE_INVALID) yield* keyIn(t, s.keyIn, value, gh);
    if (value.lo & PAGE_INVALID) {
      gh = yield* keyOut(t, s.keyOut, old, gh);
      if ((gl & GPS_USAGE_MASK) >>> 0 === GPS_USAGE_UNUSED) t.note(s.keyOut);
    }
    gh = setPte(m, pte, gh, value);
    if (t.due()) yield;
    t.unlockPcl(s.unlock, pte, gh, gl);
  } else m.store(pte, value);
  if (t.due()) yield;
  t.ret(s.done).word(old.hi, old.lo);
  return old;
}

export function* ptep_xchg_direct(t: Task, site: number, addr: U64, pte: number, value: U64): Co<U64> {
  if (t.due()) yield;
  at(t, t.call(xchg_direct, site), addr, pte).word(value.hi, value.lo);
  return yield* exchange(t, xchg_direct.at, false, addr, pte, value);
}

export function* ptep_xchg_lazy(t: Task, site: number, addr: U64, pte: number, value: U64): Co<U64> {
  if (t.due()) yield;
  at(t, t.call(xchg_lazy, site), addr, pte).word(value.hi, value.lo);
  return yield* exchange(t, xchg_lazy.at, true, addr, pte, value);
}

const prot_start = defineFunction('ptep_modify_prot_start', {
  gives: 'old',
  file: FILE,
  args: PTE_ARGS,
  returns: 'pteval',
  doc: 'First half of changing the rights of a PTE: makes it invalid, and keeps the PGSTE locked.',
  steps: {
    lock: 'lock the PGSTE (set PCL), take a copy',
    notify: 'pgste_pte_notify: tell KVM if IN is set',
    flush: 'ptep_flush_lazy; old = what it was',
    keyOut: 'save the storage key of the old frame in the PGSTE; store the copy, PCL still set',
    done: 'return old',
  },
});

export function* ptep_modify_prot_start(t: Task, site: number, addr: U64, pte: number): Co<U64> {
  const { m } = t;
  const s = prot_start.at;
  if (t.due()) yield;
  at(t, t.call(prot_start, site), addr, pte);
  let gh = 0;
  let gl = 0;
  const pgste = m.hasPgste;
  if (pgste) {
    if (t.mustWaitPcl(pte)) yield;
    t.lockPcl(s.lock, pte);
    gh = m.hi(pte + 2048);
    gl = m.lo(pte + 2048);
    gh = yield* pgste_pte_notify(t, s.notify, addr, pte, gh, gl);
  }
  const old = yield* ptep_flush_lazy(t, s.flush, addr, pte);
  if (m.hasPgste) {
    gh = yield* keyOut(t, s.keyOut, old, gh);
    m.put(pte + 2048, gh, gl);
  }
  if (t.due()) yield;
  t.ret(s.done).word(old.hi, old.lo);
  return old;
}

const prot_commit = defineFunction('ptep_modify_prot_commit', {
  file: FILE,
  args: { ...PTE_ARGS, pte: 'pteval' },
  doc: 'Second half of changing the rights of a PTE: stores the new one and unlocks the PGSTE.',
  steps: {
    keyIn: 'give the frame the storage key of the PGSTE',
    unlock: 'store the new PTE; unlock the PGSTE',
    done: 'return',
  },
});

export function* ptep_modify_prot_commit(t: Task, site: number, addr: U64, pte: number, value: U64): Co {
  const { m } = t;
  const s = prot_commit.at;
  if (t.due()) yield;
  at(t, t.call(prot_commit, site), addr, pte).word(value.hi, value.lo);
  if (m.hasPgste) {
    let gh = m.hi(pte + 2048);
    const gl = m.lo(pte + 2048);
    yield* keyIn(t, s.keyIn, value, gh);
    gh = setPte(m, pte, gh, value);
    if (t.due()) yield;
    t.unlockPcl(s.unlock, pte, gh, gl);
  } else m.store(pte, value);
  if (t.due()) yield;
  t.ret(s.done);
}

const set_at = defineFunction('ptep_set_pte_at', {
  file: FILE,
  args: { ...PTE_ARGS, entry: 'pteval' },
  doc: 'Fills a PTE slot that holds nothing valid. Does not notify: an armed slot becomes accessible silently.',
  steps: {
    lock: 'lock the PGSTE (set PCL), take a copy, clear its logically-zero state',
    keyIn: 'give the frame the storage key of the PGSTE',
    unlock: 'store the entry; unlock the PGSTE with the copy',
    done: 'return',
  },
});

/** set_pte_at: with PGSTEs the function above, else a plain store. */
export function* set_pte_at(t: Task, site: number, addr: U64, pte: number, value: U64): Co {
  const { m } = t;
  if (!m.hasPgste) {
    m.store(pte, value);
    return;
  }
  const s = set_at.at;
  if (t.due()) yield;
  at(t, t.call(set_at, site), addr, pte).word(value.hi, value.lo);
  if (t.mustWaitPcl(pte)) yield;
  t.lockPcl(s.lock, pte);
  let gh = m.hi(pte + 2048);
  const gl = m.lo(pte + 2048) & ~GPS_ZERO;
  yield* keyIn(t, s.keyIn, value, gh);
  gh = setPte(m, pte, gh, value);
  if (t.due()) yield;
  t.unlockPcl(s.unlock, pte, gh, gl);
  if (t.due()) yield;
  t.ret(s.done);
}

// --- inline users of the exchange ---

export function ptep_clear_flush(t: Task, site: number, addr: U64, pte: number): Co<U64> {
  return ptep_xchg_direct(t, site, addr, pte, EMPTY);
}

export function ptep_get_and_clear(t: Task, site: number, addr: U64, pte: number): Co<U64> {
  return ptep_xchg_lazy(t, site, addr, pte, EMPTY);
}

/** Returns 1 if the page was young. */
export function* ptep_test_and_clear_young(t: Task, site: number, addr: U64, pte: number): Co<number> {
  const value = t.m.word(pte).without(PAGE_YOUNG).or(PAGE_INVALID);
  const old = yield* ptep_xchg_direct(t, site, addr, pte, value);
  return old.lo & PAGE_YOUNG ? 1 : 0;
}

export function* ptep_set_wrprotect(t: Task, site: number, addr: U64, pte: number): Co {
  const value = t.m.word(pte);
  if (value.lo & PAGE_WRITE) {
    yield* ptep_xchg_lazy(t, site, addr, pte, value.without(PAGE_WRITE).or(PAGE_PROTECT));
  }
}

/** Returns true if the PTE changed. */
export function* ptep_set_access_flags(t: Task, site: number, addr: U64, pte: number, value: U64): Co<boolean> {
  if (t.m.word(pte).equals(value)) return false;
  yield* ptep_xchg_direct(t, site, addr, pte, value);
  return true;
}

// --- the notifier's side ---

const set_notify = defineFunction('ptep_set_notify', {
  file: FILE,
  generation: 'before',
  args: PTE_ARGS,
  doc: 'Arms the notifier for a PTE.',
  steps: { lock: 'lock the PGSTE (set PCL), take a copy', unlock: 'set IN in the copy; unlock', done: 'return' },
});

export function* ptep_set_notify(t: Task, site: number, addr: U64, pte: number): Co {
  const { m } = t;
  const s = set_notify.at;
  if (t.due()) yield;
  at(t, t.call(set_notify, site), addr, pte);
  if (t.mustWaitPcl(pte)) yield;
  t.lockPcl(s.lock, pte);
  const gh = m.hi(pte + 2048) | PGSTE_IN;
  const gl = m.lo(pte + 2048);
  if (t.due()) yield;
  t.unlockPcl(s.unlock, pte, gh, gl);
  if (t.due()) yield;
  t.ret(s.done);
}

const force_prot = defineFunction('ptep_force_prot', {
  gives: 'rc',
  file: FILE,
  generation: 'after',
  args: { ...PTE_ARGS, prot: 'dec' },
  returns: 'dec',
  doc:
    'Takes rights away from a PTE (PROT_NONE, PROT_READ) or checks that it has them, and arms the notifier. ' +
    'Never gives rights: -EAGAIN asks the caller to fault the page in. Gets the guest address where all other ' +
    'functions get the host address; it only passes it on to the flush.',
  steps: {
    lock: 'lock the PGSTE (set PCL), take a copy',
    read: 'read the PTE: i = it is invalid, p = it is protected',
    again: 'page absent but rights wanted, or protected but PROT_WRITE wanted: unlock, nothing changed',
    retryable: '    return -EAGAIN',
    none: 'PROT_NONE and still valid: ptep_flush_direct, make it invalid',
    noneKey: '    save the storage key of the frame in the PGSTE',
    protect: 'PROT_READ and not yet protected: ptep_flush_direct, make it protected',
    unlock: 'set IN in the copy; store the PTE; unlock the PGSTE',
    done: 'return 0',
  },
  sets: { read: { pte: 'pteval', pgste: 'pgste', i: 'dec', p: 'dec' } },
});

export function* ptep_force_prot(t: Task, site: number, addr: U64, pte: number, prot: number): Co<number> {
  const { m } = t;
  const s = force_prot.at;
  if (t.due()) yield;
  at(t, t.call(force_prot, site), addr, pte).num(prot);
  if (t.mustWaitPcl(pte)) yield;
  t.lockPcl(s.lock, pte);
  let gh = m.hi(pte + 2048);
  const gl = m.lo(pte + 2048);
  let entry = m.word(pte);
  const i = (entry.lo & PAGE_INVALID) !== 0;
  const p = (entry.lo & PAGE_PROTECT) !== 0;
  t.note(s.read)
    .word(entry.hi, entry.lo)
    .word(gh, gl)
    .num(i ? 1 : 0)
    .num(p ? 1 : 0);
  if ((i && prot !== 0) || (p && (prot & 2) !== 0)) {
    if (t.due()) yield;
    t.unlockPcl(s.again, pte, gh, gl);
    if (t.due()) yield;
    t.ret(s.retryable).num(-EAGAIN);
    return -EAGAIN;
  }
  if (prot === 0 && !i) {
    yield* ptep_flush_direct(t, s.none, addr, pte);
    gh = yield* keyOut(t, s.noneKey, entry, gh);
    entry = entry.or(PAGE_INVALID);
  }
  if (prot === 1 && !p) {
    yield* ptep_flush_direct(t, s.protect, addr, pte);
    entry = entry.without(PAGE_INVALID).or(PAGE_PROTECT);
  }
  gh |= PGSTE_IN;
  gh = setPte(m, pte, gh, entry);
  if (t.due()) yield;
  t.unlockPcl(s.unlock, pte, gh, gl);
  if (t.due()) yield;
  t.ret(s.done).num(0);
  return 0;
}

// --- guest page states and storage keys ---

const zap_unused = defineFunction('ptep_zap_unused', {
  file: FILE,
  args: { ...PTE_ARGS, reset: 'dec' },
  doc: 'Drops the swap or migration entry of a page that the guest does not need any more.',
  steps: {
    lock: 'lock the PGSTE (set PCL), take a copy',
    zap: 'swap-type entry and state unused or zero: free the entry, make the slot empty',
    unlock: 'reset: clear the usage state; unlock the PGSTE with the copy',
    done: 'return',
  },
});

export function* ptep_zap_unused(t: Task, site: number, addr: U64, pte: number, reset: boolean): Co {
  const { m } = t;
  const s = zap_unused.at;
  if (t.due()) yield;
  at(t, t.call(zap_unused, site), addr, pte).num(reset ? 1 : 0);
  if (t.mustWaitPcl(pte)) yield;
  t.lockPcl(s.lock, pte);
  const gh = m.hi(pte + 2048);
  let gl = m.lo(pte + 2048);
  const entry = m.word(pte);
  if (isSwapLike(entry) && ((gl & GPS_USAGE_MASK) >>> 0 === GPS_USAGE_UNUSED || (gl & GPS_ZERO) !== 0)) {
    if (t.due()) yield;
    t.hostPteValue(s.zap, HostWord.FreeEntry, entry.hi, entry.lo);
    m.store(pte, EMPTY);
  }
  if (reset) gl &= ~GPS_USAGE_MASK;
  if (t.due()) yield;
  t.unlockPcl(s.unlock, pte, gh, gl);
  if (t.due()) yield;
  t.ret(s.done);
}

const zap_key = defineFunction('ptep_zap_key', {
  file: FILE,
  args: PTE_ARGS,
  doc: 'Clears the guest storage key of a page: in the PGSTE, and in the frame if the page is writable.',
  steps: {
    lock: 'lock the PGSTE (set PCL), take a copy; clear ACC, FP, GR, GC in it',
    frame: 'the PTE is valid and writable: set the key of the frame to 0',
    unlock: 'unlock the PGSTE with the copy',
    done: 'return',
  },
});

export function* ptep_zap_key(t: Task, site: number, addr: U64, pte: number): Co {
  const { m } = t;
  const s = zap_key.at;
  if (t.due()) yield;
  at(t, t.call(zap_key, site), addr, pte);
  if (t.mustWaitPcl(pte)) yield;
  t.lockPcl(s.lock, pte);
  const gh = m.hi(pte + 2048) & ~(PGSTE_ACC_FP | PGSTE_GR | PGSTE_GC);
  const gl = m.lo(pte + 2048);
  const entry = m.word(pte);
  if ((entry.lo & PAGE_INVALID) === 0 && (entry.lo & PAGE_WRITE) !== 0) {
    if (t.due()) yield;
    t.key(s.frame, KeyAction.Set, entry, 0, true);
    m.setStorageKey(entry.hi, entry.lo, 0);
  }
  if (t.due()) yield;
  t.unlockPcl(s.unlock, pte, gh, gl);
  if (t.due()) yield;
  t.ret(s.done);
}

const clear_dirty = defineFunction('test_and_clear_guest_dirty', {
  gives: 'dirty',
  file: FILE,
  args: { addr: 'hex' },
  returns: 'dec',
  doc: 'Reads and clears the dirty-log bit (UC) of a page, and write-protects it so that the next write sets it again.',
  steps: {
    get: 'get_locked_pte; none: return 0',
    lock: 'lock the PGSTE (set PCL), take a copy; dirty = UC; clear UC',
    notify: 'dirty and present: pgste_pte_notify',
    ipte: '    IPTE; store the PTE protected (without ESOP and writable: invalid)',
    unlock: 'unlock the PGSTE with the copy',
    unmap: 'unlock the page table',
    done: 'return dirty',
  },
});

export function* test_and_clear_guest_dirty(t: Task, site: number, addr: U64): Co<number> {
  const { m } = t;
  const s = clear_dirty.at;
  if (t.due()) yield;
  t.call(clear_dirty, site).word(addr.hi, addr.lo);
  const pte = yield* get_locked_pte(t, s.get, addr);
  let dirty = 0;
  if (pte) {
    if (t.mustWaitPcl(pte)) yield;
    t.lockPcl(s.lock, pte);
    let gh = m.hi(pte + 2048);
    const gl = m.lo(pte + 2048);
    dirty = gh & PGSTE_UC ? 1 : 0;
    gh &= ~PGSTE_UC;
    const entry = m.word(pte);
    if (dirty && entry.lo & PAGE_PRESENT) {
      gh = yield* pgste_pte_notify(t, s.notify, addr, pte, gh, gl);
      yield* invalidate(t, s.ipte, addr, pte, InvalidateKind.Ipte);
      m.store(pte, entry.or(m.esop || (entry.lo & PAGE_WRITE) === 0 ? PAGE_PROTECT : PAGE_INVALID));
    }
    if (t.due()) yield;
    t.unlockPcl(s.unlock, pte, gh, gl);
    if (t.due()) yield;
    t.unlock(s.unmap, LockClass.Ptl, m.ptl(pte));
  }
  if (t.due()) yield;
  t.ret(s.done).num(dirty);
  return dirty;
}

const set_key = defineFunction('set_guest_storage_key', {
  gives: 'rc',
  file: FILE,
  args: { addr: 'hex', key: 'hex', nq: 'dec' },
  returns: 'dec',
  doc: 'Sets the guest storage key of a page: in the PGSTE, and in the frame if the page is there.',
  steps: {
    get: 'get_locked_pte',
    fail: '    none: return -EFAULT',
    lock: 'lock the PGSTE (set PCL), take a copy; put the key into it',
    read: 'the PTE is valid: read the key of the frame, keep its R and C as HR and HC',
    write: '    set the key of the frame',
    unlock: 'the key changed: set UC; unlock the PGSTE with the copy',
    unmap: 'unlock the page table',
    done: 'return 0',
  },
});

export function* set_guest_storage_key(t: Task, site: number, addr: U64, key: number, nq: number): Co<number> {
  const { m } = t;
  const s = set_key.at;
  if (t.due()) yield;
  t.call(set_key, site).word(addr.hi, addr.lo).word(0, key).num(nq);
  const pte = yield* get_locked_pte(t, s.get, addr);
  if (!pte) {
    if (t.due()) yield;
    t.ret(s.fail).num(-EFAULT);
    return -EFAULT;
  }
  if (t.mustWaitPcl(pte)) yield;
  t.lockPcl(s.lock, pte);
  const before = m.hi(pte + 2048);
  const gl = m.lo(pte + 2048);
  const keyBits = PGSTE_ACC_FP | PGSTE_GR | PGSTE_GC;
  let gh = (before & ~keyBits) | ((key & 0x06) << 16) | ((key & 0xf8) << 24);
  const entry = m.word(pte);
  if ((entry.lo & PAGE_INVALID) === 0) {
    if (t.due()) yield;
    const old = m.storageKey(entry.hi, entry.lo);
    t.key(s.read, KeyAction.Get, entry, old, false);
    gh |= (old & 0x06) << 20;
    if (t.due()) yield;
    t.key(s.write, KeyAction.Set, entry, key & 0xf8, nq === 0);
    m.setStorageKey(entry.hi, entry.lo, key & 0xf8);
  }
  if (((before ^ gh) & keyBits) !== 0) gh |= PGSTE_UC;
  if (t.due()) yield;
  t.unlockPcl(s.unlock, pte, gh, gl);
  if (t.due()) yield;
  t.unlock(s.unmap, LockClass.Ptl, m.ptl(pte));
  if (t.due()) yield;
  t.ret(s.done).num(0);
  return 0;
}

const get_key = defineFunction('get_guest_storage_key', {
  gives: 'rc',
  file: FILE,
  args: { addr: 'hex' },
  returns: 'dec',
  doc: 'Reads the guest storage key of a page.',
  steps: {
    get: 'get_locked_pte',
    fail: '    none: return -EFAULT',
    lock: 'lock the PGSTE (set PCL); key = ACC and FP',
    read: 'the PTE is valid: key = the key of the frame',
    unlock: 'add GR and GC as R and C; unlock the PGSTE',
    unmap: 'unlock the page table',
    done: 'return 0 and the key',
  },
});

/** Returns the key, or a negative error. */
export function* get_guest_storage_key(t: Task, site: number, addr: U64): Co<number> {
  const { m } = t;
  const s = get_key.at;
  if (t.due()) yield;
  t.call(get_key, site).word(addr.hi, addr.lo);
  const pte = yield* get_locked_pte(t, s.get, addr);
  if (!pte) {
    if (t.due()) yield;
    t.ret(s.fail).num(-EFAULT);
    return -EFAULT;
  }
  if (t.mustWaitPcl(pte)) yield;
  t.lockPcl(s.lock, pte);
  const gh = m.hi(pte + 2048);
  const gl = m.lo(pte + 2048);
  let key = (gh >>> 24) & 0xf8;
  const entry = m.word(pte);
  if ((entry.lo & PAGE_INVALID) === 0) {
    if (t.due()) yield;
    key = m.storageKey(entry.hi, entry.lo);
    t.key(s.read, KeyAction.Get, entry, key, false);
  }
  key |= (gh >>> 16) & 0x06;
  if (t.due()) yield;
  t.unlockPcl(s.unlock, pte, gh, gl);
  if (t.due()) yield;
  t.unlock(s.unmap, LockClass.Ptl, m.ptl(pte));
  if (t.due()) yield;
  t.ret(s.done).num(0);
  return key;
}

const cond_set_key = defineFunction('cond_set_guest_storage_key', {
  gives: 'rc',
  file: FILE,
  args: { addr: 'hex', key: 'hex', nq: 'dec', mr: 'dec', mc: 'dec' },
  returns: 'dec',
  doc: 'Sets the guest storage key unless the old one already agrees under the mask (mr: ignore R, mc: ignore C).',
  steps: {
    get: 'mr or mc: get_guest_storage_key',
    fail: '    it failed: return its error',
    same: '    no difference under the mask: return 0',
    set: 'set_guest_storage_key',
    done: 'return 1, or the error',
  },
});

/** Result code, and the old key where it was read. */
export function* cond_set_guest_storage_key(
  t: Task,
  site: number,
  addr: U64,
  key: number,
  nq: number,
  mr: number,
  mc: number,
): Co<{ rc: number; old: number }> {
  // prettier-ignore
  const s = cond_set_key.at;
  if (t.due()) yield;
  t.call(cond_set_key, site).word(addr.hi, addr.lo).word(0, key).num(nq).num(mr).num(mc);
  let old = 0;
  if (mr || mc) {
    const got = yield* get_guest_storage_key(t, s.get, addr);
    if (got < 0) {
      if (t.due()) yield;
      t.ret(s.fail).num(got);
      return { rc: got, old };
    }
    old = got;
    const mask = 0xf8 | (mr ? 0 : 0x04) | (mc ? 0 : 0x02);
    if (((old ^ key) & mask) === 0) {
      if (t.due()) yield;
      t.ret(s.same).num(0);
      return { rc: 0, old };
    }
  }
  const rc = yield* set_guest_storage_key(t, s.set, addr, key, nq);
  if (t.due()) yield;
  const result = rc < 0 ? rc : 1;
  t.ret(s.done).num(result);
  return { rc: result, old };
}

const reset_reference = defineFunction('reset_guest_reference_bit', {
  gives: 'rc',
  file: FILE,
  args: { addr: 'hex' },
  returns: 'dec',
  doc: 'Resets the guest reference bit of a page. Works out a condition code, and returns 0 all the same.',
  steps: {
    get: 'get_locked_pte',
    fail: '    none: return -EFAULT',
    lock: 'lock the PGSTE (set PCL), take a copy; clear GR in it',
    frame: 'the PTE is valid: RRBE on the frame; the old reference bit goes to HR',
    unlock: 'GR changed: set UC; unlock the PGSTE with the copy',
    unmap: 'unlock the page table',
    done: 'return 0',
  },
});

export function* reset_guest_reference_bit(t: Task, site: number, addr: U64): Co<number> {
  const { m } = t;
  const s = reset_reference.at;
  if (t.due()) yield;
  t.call(reset_reference, site).word(addr.hi, addr.lo);
  const pte = yield* get_locked_pte(t, s.get, addr);
  if (!pte) {
    if (t.due()) yield;
    t.ret(s.fail).num(-EFAULT);
    return -EFAULT;
  }
  if (t.mustWaitPcl(pte)) yield;
  t.lockPcl(s.lock, pte);
  const before = m.hi(pte + 2048);
  const gl = m.lo(pte + 2048);
  let gh = before & ~PGSTE_GR;
  const entry = m.word(pte);
  if ((entry.lo & PAGE_INVALID) === 0) {
    if (t.due()) yield;
    const key = m.storageKey(entry.hi, entry.lo);
    const cc = (key & 0x06) >>> 1;
    t.key(s.frame, KeyAction.Rrbe, entry, cc, false);
    m.setStorageKey(entry.hi, entry.lo, key & ~0x04);
    if (cc & 2) gh |= PGSTE_HR;
  }
  if (((before ^ gh) & PGSTE_GR) !== 0) gh |= PGSTE_UC;
  if (t.due()) yield;
  t.unlockPcl(s.unlock, pte, gh, gl);
  if (t.due()) yield;
  t.unlock(s.unmap, LockClass.Ptl, m.ptl(pte));
  if (t.due()) yield;
  t.ret(s.done).num(0);
  return 0;
}

export { isSwapLike };
