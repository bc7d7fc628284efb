/**
 * arch/s390/mm/gmap.c: guest mappings, and the PTE notifier.
 *
 * A `gmap` parameter is the address of the struct in storage; a table or entry pointer is an absolute address.
 */
import {
  EAGAIN, EFAULT, EINVAL, ENOMEM, ENTRY_INVALID, ENTRY_ORIGIN, FAULT_FLAG_WRITE, LEVEL, PAGE_INVALID, PAGE_PROTECT,
  SEGMENT_ORIGIN, type Level,
} from '../bits.js'; // prettier-ignore
import { defineFunction } from '../catalog.js';
import { DESC, GMAP, MM, MM_AT, NOTIFIER, TableKind, type Machine } from '../machine.js';
import { radixEntries } from '../radix.js';
import { AllocKind, BugText, FlushKind, LockClass, LoopWord, type Co, type Task } from '../task.js';
import { Kind } from '../trace.js';
import { PAGE_SIZE, SEGMENT_SIZE, U64, ZERO } from '../u64.js';
import { fixup_user_fault, vmaAtOrAbove, zap_page_range } from './memory.js';
import { ptep_force_prot, ptep_set_notify, ptep_zap_unused } from './pgtable.js';
import { get_locked_pte } from './tables.js';
import { lookup, slotOf, Tree, treeDelete, treeInsert, treeRoot, treeRow } from './trees.js';

const FILE = 'arch/s390/mm/gmap.c';
const PAGE_TABLE_LOCK = MM_AT + MM.page_table_lock;
const GMAP_LOCK = MM_AT + MM.gmap_lock;
const NOTIFIER_LOCK = MM_AT + MM.gmap_notifier_lock;
const GMAP_LIST = MM_AT + MM.gmaps;
const NOTIFIER_LIST = MM_AT + MM.notifiers;
/** First address that no process can have. */
const TASK_MAX_SIZE = new U64(0x20_0000, 0);

const gtl = (gmap: number): number => gmap + GMAP.guest_table_lock;

// --- life of a gmap ---

const alloc = defineFunction('gmap_alloc', {
  gives: 'gmap',
  file: FILE,
  args: { limit: 'hex' },
  returns: 'gmap',
  doc: 'Allocates a gmap. The highest guest address picks the level of its root table.',
  steps: {
    struct: 'pick the root level from the limit; allocate the struct',
    table: 'allocate the root table',
    undo: '    no memory: free the struct',
    lock: 'take gmap_lock; put the gmap first in the list of its process',
    unlock: 'release gmap_lock',
    done: 'return the gmap (null: no memory)',
  },
});

const ROOTS: readonly { level: Level; asce: number; below: U64; end: U64 }[] = [
  { level: 'sg', asce: 0x1c3, below: new U64(0, 0x8000_0000), end: new U64(0, 0x7fff_ffff) },
  { level: 'r3', asce: 0x1c7, below: new U64(0x400, 0), end: new U64(0x3ff, 0xffff_ffff) },
  { level: 'r2', asce: 0x1cb, below: new U64(0x20_0000, 0), end: new U64(0x1f_ffff, 0xffff_ffff) },
];
const ROOT_FIRST = { level: 'r1' as Level, asce: 0x1cf, end: new U64(0xffff_ffff, 0xffff_ffff) };

/** Returns the address of the gmap, or 0. */
export function* gmap_alloc(t: Task, site: number, limit: U64, slot: number): Co<number> {
  const { m } = t;
  const s = alloc.at;
  if (t.due()) yield;
  t.call(alloc, site).word(limit.hi, limit.lo);
  const root = ROOTS.find((r) => limit.lessThan(r.below)) ?? ROOT_FIRST;
  if (t.due()) yield;
  let gmap = 0;
  if (t.alloc(s.struct, AllocKind.Kzalloc)) {
    gmap = m.allocObject(128);
    m.set(gmap + GMAP.slot, slot);
    if (t.due()) yield;
    if (t.alloc(s.table, AllocKind.Crst)) {
      const table = m.allocTable(root.level, TableKind.Gmap, 0, 0);
      addTable(m, gmap, table);
      m.set(gmap + GMAP.table, table);
      m.put(gmap + GMAP.asce, 0, table | root.asce);
      m.store(gmap + GMAP.asce_end, root.end);
      if (t.mustWait(GMAP_LOCK, LockClass.GmapLock)) yield;
      t.lock(s.lock, LockClass.GmapLock, GMAP_LOCK);
      m.set(gmap + GMAP.next, m.get(GMAP_LIST));
      m.set(GMAP_LIST, gmap);
      if (t.due()) yield;
      t.unlock(s.unlock, LockClass.GmapLock, GMAP_LOCK);
    } else {
      if (t.due()) yield;
      t.row(Kind.Free, s.undo).num(1);
      m.set(gmap + GMAP.freed, 1);
      gmap = 0;
    }
  }
  if (t.due()) yield;
  t.ret(s.done).num(gmap ? slot + 1 : 0);
  return gmap;
}

function addTable(m: Machine, gmap: number, table: number): void {
  const desc = m.descriptor(table);
  m.set(desc + DESC.next, m.get(gmap + GMAP.tables));
  m.set(gmap + GMAP.tables, desc);
  m.set(gmap + GMAP.count, m.get(gmap + GMAP.count) + 1);
}

/** Takes an element out of a list; it keeps its own next pointer for readers that stand on it. */
function unlinkFrom(m: Machine, head: number, element: number, next: number): void {
  for (let at = head; m.get(at) !== 0; at = m.get(at) + next) {
    if (m.get(at) === element) {
      m.set(at, m.get(element + next));
      return;
    }
  }
}

const flush_tlb = defineFunction('gmap_flush_tlb', {
  file: FILE,
  args: { gmap: 'gmap' },
  doc: 'Flushes the TLB entries of a gmap: by its ASCE if the machine has IDTE, else everything.',
  steps: { flush: 'IDTE: flush by ASCE; else flush the whole TLB', done: 'return' },
});

function flushRow(t: Task, site: number, gmap: number): void {
  if (t.m.mm('idte')) t.row(Kind.Flush, site).num(FlushKind.Asce).num(slotOf(t.m, gmap));
  else t.row(Kind.Flush, site).num(FlushKind.Global);
}

function* gmap_flush_tlb(t: Task, site: number, gmap: number): Co {
  if (t.due()) yield;
  t.call(flush_tlb, site).num(slotOf(t.m, gmap));
  if (t.due()) yield;
  flushRow(t, flush_tlb.at.flush, gmap);
  if (t.due()) yield;
  t.ret(flush_tlb.at.done);
}

const free = defineFunction('gmap_free', {
  file: FILE,
  args: { gmap: 'gmap' },
  doc: 'Frees a gmap. Nobody is notified; PTEs keep their IN bits.',
  steps: {
    flush: 'flush the TLB: by ASCE with IDTE, else everything',
    lock: 'take gmap_lock; take the gmap off the list',
    unlock: 'release gmap_lock',
    rcu: 'synchronize_rcu: wait until no walker stands on the gmap',
    table: 'free each table',
    g2h: 'delete each guest_to_host entry',
    h2g: 'delete each host_to_guest entry',
    struct: 'free the struct',
    done: 'return',
  },
});

export function* gmap_free(t: Task, site: number, gmap: number): Co {
  const { m } = t;
  const s = free.at;
  if (t.due()) yield;
  t.call(free, site).num(slotOf(m, gmap));
  if (t.due()) yield;
  flushRow(t, s.flush, gmap);
  if (t.mustWait(GMAP_LOCK, LockClass.GmapLock)) yield;
  t.lock(s.lock, LockClass.GmapLock, GMAP_LOCK);
  unlinkFrom(m, GMAP_LIST, gmap, GMAP.next);
  if (t.due()) yield;
  t.unlock(s.unlock, LockClass.GmapLock, GMAP_LOCK);
  yield* t.rcuSync(s.rcu);
  for (let desc = m.get(gmap + GMAP.tables); desc !== 0; desc = m.get(desc + DESC.next)) {
    if (t.due()) yield;
    t.row(Kind.Free, s.table).num(0);
    m.set(desc + DESC.freed, 1);
  }
  for (const tree of [Tree.G2h, Tree.H2g]) {
    for (const { key } of radixEntries(m, treeRoot(gmap, tree))) {
      if (t.due()) yield;
      treeDelete(t, tree === Tree.G2h ? s.g2h : s.h2g, gmap, tree, key);
    }
  }
  if (t.due()) yield;
  t.row(Kind.Free, s.struct).num(1);
  m.set(gmap + GMAP.freed, 1);
  if (t.due()) yield;
  t.ret(s.done);
}

// --- segments ---

const alloc_table = defineFunction('gmap_alloc_table', {
  gives: 'rc',
  file: FILE,
  args: { gmap: 'gmap', table: 'index', init: 'hex', gaddr: 'hex' },
  returns: 'dec',
  doc: 'Makes the table below a region table entry.',
  steps: {
    alloc: 'allocate a table full of invalid entries',
    nomem: '    no memory: return -ENOMEM',
    lock: 'take page_table_lock; enter the table if the entry is still invalid',
    unlock: 'release page_table_lock',
    loser: 'somebody else was faster: free the table again',
    done: 'return 0',
  },
});

function* gmap_alloc_table(t: Task, site: number, gmap: number, entry: number, below: Level, gaddr: U64): Co<number> {
  const { m } = t;
  const s = alloc_table.at;
  const desc = m.descriptor(entry);
  const own = (['r1', 'r2', 'r3'] as const)[m.get(desc + DESC.level)]!;
  if (t.due()) yield;
  t.call(alloc_table, site)
    .num(slotOf(m, gmap))
    .num((entry & 0x3fff) >>> 3)
    .word(0, LEVEL[below].empty)
    .word(gaddr.hi, gaddr.lo);
  if (t.due()) yield;
  if (!t.alloc(s.alloc, AllocKind.Crst)) {
    if (t.due()) yield;
    t.ret(s.nomem).num(-ENOMEM);
    return -ENOMEM;
  }
  const table = m.allocTable(below, TableKind.Gmap, gaddr.hi, gaddr.lo);
  if (t.mustWait(PAGE_TABLE_LOCK, LockClass.PageTable)) yield;
  t.lock(s.lock, LockClass.PageTable, PAGE_TABLE_LOCK);
  const mine = (m.lo(entry) & ENTRY_INVALID) !== 0;
  if (mine) {
    addTable(m, gmap, table);
    m.put(entry, 0, table | LEVEL[own].valid);
  }
  if (t.due()) yield;
  t.unlock(s.unlock, LockClass.PageTable, PAGE_TABLE_LOCK);
  if (!mine) {
    if (t.due()) yield;
    t.row(Kind.Free, s.loser).num(0);
    m.set(m.descriptor(table) + DESC.freed, 1);
  }
  if (t.due()) yield;
  t.ret(s.done).num(0);
  return 0;
}

const unlink_by_vmaddr = defineFunction('__gmap_unlink_by_vmaddr', {
  gives: 'flush',
  file: FILE,
  args: { gmap: 'gmap', vmaddr: 'hex' },
  returns: 'dec',
  doc: 'Unlinks the segment of a host address from a gmap: the segment table entry becomes invalid.',
  steps: {
    lock: 'take guest_table_lock',
    delete: 'delete it from host_to_guest; it was there: make the segment entry invalid, a flush is needed',
    unlock: 'release guest_table_lock',
    done: 'return whether a flush is needed',
  },
});

function* __gmap_unlink_by_vmaddr(t: Task, site: number, gmap: number, vmaddr: U64): Co<number> {
  const { m } = t;
  const s = unlink_by_vmaddr.at;
  if (t.due()) yield;
  t.call(unlink_by_vmaddr, site).num(slotOf(m, gmap)).word(vmaddr.hi, vmaddr.lo);
  if (t.mustWait(gtl(gmap), LockClass.Gtl)) yield;
  t.lock(s.lock, LockClass.Gtl, gtl(gmap));
  if (t.due()) yield;
  const entry = treeDelete(t, s.delete, gmap, Tree.H2g, vmaddr.segmentNumber()).lo;
  let flush = 0;
  if (entry) {
    flush = m.hi(entry) !== 0 || m.lo(entry) !== LEVEL.sg.empty ? 1 : 0;
    m.put(entry, 0, LEVEL.sg.empty);
  }
  if (t.due()) yield;
  t.unlock(s.unlock, LockClass.Gtl, gtl(gmap));
  if (t.due()) yield;
  t.ret(s.done).num(flush);
  return flush;
}

const unmap_by_gaddr = defineFunction('__gmap_unmap_by_gaddr', {
  gives: 'flush',
  file: FILE,
  args: { gmap: 'gmap', gaddr: 'hex' },
  returns: 'dec',
  doc: 'Takes one segment out of guest_to_host, and unlinks the host segment that was behind it.',
  steps: {
    delete: 'delete it from guest_to_host',
    unlink: '    it was mapped: __gmap_unlink_by_vmaddr',
    done: 'return whether a flush is needed',
  },
});

function* __gmap_unmap_by_gaddr(t: Task, site: number, gmap: number, gaddr: U64): Co<number> {
  const s = unmap_by_gaddr.at;
  if (t.due()) yield;
  t.call(unmap_by_gaddr, site).num(slotOf(t.m, gmap)).word(gaddr.hi, gaddr.lo);
  if (t.due()) yield;
  const vmaddr = treeDelete(t, s.delete, gmap, Tree.G2h, gaddr.segmentNumber());
  const flush = vmaddr.isZero() ? 0 : yield* __gmap_unlink_by_vmaddr(t, s.unlink, gmap, vmaddr);
  if (t.due()) yield;
  t.ret(s.done).num(flush);
  return flush;
}

const unmap_segment = defineFunction('gmap_unmap_segment', {
  gives: 'rc',
  file: FILE,
  args: { gmap: 'gmap', to: 'hex', len: 'hex' },
  returns: 'dec',
  doc: 'Unmaps guest segments.',
  steps: {
    invalid: 'not on segment boundaries, empty, or wraps: return -EINVAL',
    down: 'take mmap_sem for writing',
    each: 'each segment: __gmap_unmap_by_gaddr',
    up: 'release mmap_sem',
    flush: 'a flush is needed: gmap_flush_tlb',
    done: 'return 0',
  },
});

export function* gmap_unmap_segment(t: Task, site: number, gmap: number, to: U64, len: U64): Co<number> {
  const s = unmap_segment.at;
  if (t.due()) yield;
  t.call(unmap_segment, site).num(slotOf(t.m, gmap)).word(to.hi, to.lo).word(len.hi, len.lo);
  if (!to.segmentAligned() || !len.segmentAligned() || len.isZero() || to.plus(len).lessThan(to)) {
    if (t.due()) yield;
    t.ret(s.invalid).num(-EINVAL);
    return -EINVAL;
  }
  yield* t.down(s.down, LockClass.MmapSem, 'w');
  let flush = 0;
  for (let off = ZERO; off.lessThan(len); off = off.plusNumber(SEGMENT_SIZE)) {
    flush |= yield* __gmap_unmap_by_gaddr(t, s.each, gmap, to.plus(off));
  }
  if (t.due()) yield;
  t.up(s.up, LockClass.MmapSem, 'w');
  if (flush) yield* gmap_flush_tlb(t, s.flush, gmap);
  if (t.due()) yield;
  t.ret(s.done).num(0);
  return 0;
}

const map_segment = defineFunction('gmap_map_segment', {
  gives: 'rc',
  file: FILE,
  args: { gmap: 'gmap', from: 'hex', to: 'hex', len: 'hex' },
  returns: 'dec',
  doc: 'Maps host segments at a guest address. Only fills guest_to_host: tables come with the first fault.',
  steps: {
    invalid: 'not on segment boundaries, empty, wraps, or beyond an address space: return -EINVAL',
    down: 'take mmap_sem for writing',
    unmap: 'each segment: __gmap_unmap_by_gaddr what is there',
    alloc: '    memory for guest_to_host',
    insert: '    insert the host address into guest_to_host',
    up: 'release mmap_sem',
    flush: 'a flush is needed: gmap_flush_tlb',
    done: 'all segments are mapped: return 0',
    undo: 'else gmap_unmap_segment the whole range',
    nomem: 'return -ENOMEM',
  },
});

export function* gmap_map_segment(t: Task, site: number, gmap: number, from: U64, to: U64, len: U64): Co<number> {
  const { m } = t;
  const s = map_segment.at;
  if (t.due()) yield;
  t.call(map_segment, site).num(slotOf(m, gmap)).word(from.hi, from.lo).word(to.hi, to.lo).word(len.hi, len.lo);
  const last = len.minus(U64.of(1));
  if (
    !from.segmentAligned() ||
    !to.segmentAligned() ||
    !len.segmentAligned() ||
    len.isZero() ||
    from.plus(len).lessThan(from) ||
    to.plus(len).lessThan(to) ||
    TASK_MAX_SIZE.lessThan(from.plus(last)) ||
    m.word(gmap + GMAP.asce_end).lessThan(to.plus(last))
  ) {
    // prettier-ignore
    if (t.due()) yield;
    t.ret(s.invalid).num(-EINVAL);
    return -EINVAL;
  }
  yield* t.down(s.down, LockClass.MmapSem, 'w');
  let flush = 0;
  let off = ZERO;
  for (; off.lessThan(len); off = off.plusNumber(SEGMENT_SIZE)) {
    flush |= yield* __gmap_unmap_by_gaddr(t, s.unmap, gmap, to.plus(off));
    if (t.due()) yield;
    const memory = t.alloc(s.alloc, AllocKind.Radix);
    if (t.due()) yield;
    const key = to.plus(off).segmentNumber();
    if (!memory) {
      treeRow(t, Kind.Insert, s.insert, gmap, Tree.G2h, key, from.plus(off)).num(-ENOMEM);
      break;
    }
    if (treeInsert(t, s.insert, gmap, Tree.G2h, key, from.plus(off))) break;
  }
  if (t.due()) yield;
  t.up(s.up, LockClass.MmapSem, 'w');
  if (flush) yield* gmap_flush_tlb(t, s.flush, gmap);
  if (!off.lessThan(len)) {
    if (t.due()) yield;
    t.ret(s.done).num(0);
    return 0;
  }
  yield* gmap_unmap_segment(t, s.undo, gmap, to, len);
  if (t.due()) yield;
  t.ret(s.nomem).num(-ENOMEM);
  return -ENOMEM;
}

const translate_locked = defineFunction('__gmap_translate', {
  gives: 'vmaddr',
  file: FILE,
  args: { gmap: 'gmap', gaddr: 'hex' },
  returns: 'address',
  doc: 'Looks a guest address up in guest_to_host. mmap_sem is held.',
  steps: { lookup: 'look the segment up in guest_to_host', done: 'return the host address; not mapped: -EFAULT' },
});

/** Returns the host address; undefined: -EFAULT. */
function* __gmap_translate(t: Task, site: number, gmap: number, gaddr: U64): Co<U64 | undefined> {
  const s = translate_locked.at;
  if (t.due()) yield;
  t.call(translate_locked, site).num(slotOf(t.m, gmap)).word(gaddr.hi, gaddr.lo);
  const segment = yield* lookup(t, s.lookup, gmap, Tree.G2h, gaddr.segmentNumber());
  const vmaddr = segment.isZero() ? undefined : segment.or(gaddr.lo & (SEGMENT_SIZE - 1));
  if (t.due()) yield;
  returnAddress(t, s.done, vmaddr);
  return vmaddr;
}

function returnAddress(t: Task, site: number, vmaddr: U64 | undefined): void {
  if (vmaddr) t.ret(site).word(vmaddr.hi, vmaddr.lo);
  else t.ret(site).word(-1, -EFAULT);
}

const translate = defineFunction('gmap_translate', {
  gives: 'vmaddr',
  file: FILE,
  args: { gmap: 'gmap', gaddr: 'hex' },
  returns: 'address',
  doc: 'Translates a guest address to the host address.',
  steps: {
    down: 'take mmap_sem for reading',
    translate: '__gmap_translate',
    up: 'release mmap_sem',
    done: 'return the host address, or -EFAULT',
  },
});

export function* gmap_translate(t: Task, site: number, gmap: number, gaddr: U64): Co<U64 | undefined> {
  const s = translate.at;
  if (t.due()) yield;
  t.call(translate, site).num(slotOf(t.m, gmap)).word(gaddr.hi, gaddr.lo);
  yield* t.down(s.down, LockClass.MmapSem, 'r');
  const vmaddr = yield* __gmap_translate(t, s.translate, gmap, gaddr);
  if (t.due()) yield;
  t.up(s.up, LockClass.MmapSem, 'r');
  if (t.due()) yield;
  returnAddress(t, s.done, vmaddr);
  return vmaddr;
}

const unlink = defineFunction('gmap_unlink', {
  file: FILE,
  args: { vmaddr: 'hex' },
  doc: 'A host page table goes away: unlinks it from every gmap. The host entry is already invalid.',
  steps: {
    rcu: 'enter an RCU read section',
    each: 'each gmap of the process: __gmap_unlink_by_vmaddr',
    flush: '    a flush is needed: gmap_flush_tlb',
    rcuEnd: 'leave the RCU read section',
    done: 'return',
  },
});

export function* gmap_unlink(t: Task, site: number, vmaddr: U64): Co {
  const { m } = t;
  const s = unlink.at;
  if (t.due()) yield;
  t.call(unlink, site).word(vmaddr.hi, vmaddr.lo);
  if (t.due()) yield;
  t.rcuLock(s.rcu);
  for (let gmap = m.get(GMAP_LIST); gmap !== 0; gmap = m.get(gmap + GMAP.next)) {
    const flush = yield* __gmap_unlink_by_vmaddr(t, s.each, gmap, vmaddr);
    if (flush) yield* gmap_flush_tlb(t, s.flush, gmap);
  }
  if (t.due()) yield;
  t.rcuUnlock(s.rcuEnd);
  if (t.due()) yield;
  t.ret(s.done);
}

const WALK_LEVELS = ['r1', 'r2', 'r3', 'sg'] as const;

/** Index of the root level of a gmap in the order region-first … segment. */
const rootLevel = (m: Machine, gmap: number): number => m.get(m.descriptor(m.get(gmap + GMAP.table)) + DESC.level);

/** Index of an address in a table of the given level; bits above the level are ignored. */
function tableIndex(gaddr: U64, level: Level): number {
  switch (level) {
    case 'r1':
      return gaddr.hi >>> 21;
    case 'r2':
      return (gaddr.hi >>> 10) & 0x7ff;
    case 'r3':
      return ((gaddr.hi << 1) | (gaddr.lo >>> 31)) & 0x7ff;
    case 'sg':
      return (gaddr.lo >>> 20) & 0x7ff;
    case 'pg':
      return (gaddr.lo >>> 12) & 0xff;
  }
}

/** Start address that is recorded for the table below an entry of this level. */
function tableStart(gaddr: U64, level: Level): U64 {
  switch (level) {
    case 'r1':
      return new U64(gaddr.hi & 0xffe0_0000, 0);
    case 'r2':
      return new U64(gaddr.hi & 0xffff_fc00, 0);
    default:
      return new U64(gaddr.hi, gaddr.lo & 0x8000_0000);
  }
}

const link = defineFunction('__gmap_link', {
  gives: 'rc',
  file: FILE,
  args: { gmap: 'gmap', gaddr: 'hex', vmaddr: 'hex' },
  returns: 'dec',
  doc: 'Links the host page table of a segment into the guest tables; makes the tables above it. mmap_sem is held.',
  steps: {
    r1: 'root is region-first: visit its entry',
    r1Alloc: '    invalid: gmap_alloc_table',
    r2: 'root is region-second or above: visit its entry',
    r2Alloc: '    invalid: gmap_alloc_table',
    r3: 'root is region-third or above: visit its entry',
    r3Alloc: '    invalid: gmap_alloc_table',
    nomem: '    no memory: return -ENOMEM',
    sg: 'visit the segment table entry',
    preload: 'memory for host_to_guest',
    preloadFailed: '    none: return -ENOMEM',
    lock: 'take page_table_lock',
    gtl: 'take guest_table_lock; is the segment entry still empty?',
    insert: '    insert it into host_to_guest; done: copy the host segment entry',
    gtlEnd: 'release guest_table_lock',
    unlock: 'release page_table_lock',
    done: 'return 0, or -EEXIST if the host segment is linked elsewhere',
  },
});

const LINK_STEPS = [
  [link.at.r1, link.at.r1Alloc],
  [link.at.r2, link.at.r2Alloc],
  [link.at.r3, link.at.r3Alloc],
] as const;

function* __gmap_link(t: Task, site: number, gmap: number, gaddr: U64, vmaddr: U64): Co<number> {
  const { m } = t;
  const s = link.at;
  if (t.due()) yield;
  t.call(link, site).num(slotOf(m, gmap)).word(gaddr.hi, gaddr.lo).word(vmaddr.hi, vmaddr.lo);
  let table = m.get(gmap + GMAP.table);
  for (let i = rootLevel(m, gmap); i < 3; i++) {
    const level = WALK_LEVELS[i]!;
    const entry = table + tableIndex(gaddr, level) * 8;
    const [visit, make] = LINK_STEPS[i]!;
    if (t.due()) yield;
    t.walk(visit, i, entry);
    if (m.lo(entry) & ENTRY_INVALID) {
      const rc = yield* gmap_alloc_table(t, make, gmap, entry, WALK_LEVELS[i + 1]!, tableStart(gaddr, level));
      if (rc) {
        if (t.due()) yield;
        t.ret(s.nomem).num(rc);
        return rc;
      }
    }
    table = originOf(t, visit, entry);
  }
  const entry = table + tableIndex(gaddr, 'sg') * 8;
  if (t.due()) yield;
  t.walk(s.sg, 3, entry);
  if (t.due()) yield;
  if (!t.alloc(s.preload, AllocKind.Preload)) {
    if (t.due()) yield;
    t.ret(s.preloadFailed).num(-ENOMEM);
    return -ENOMEM;
  }
  if (t.mustWait(PAGE_TABLE_LOCK, LockClass.PageTable)) yield;
  t.lock(s.lock, LockClass.PageTable, PAGE_TABLE_LOCK);
  if (t.mustWait(gtl(gmap), LockClass.Gtl)) yield;
  t.lock(s.gtl, LockClass.Gtl, gtl(gmap));
  let rc = 0;
  if (m.lo(entry) === LEVEL.sg.empty && m.hi(entry) === 0) {
    if (t.due()) yield;
    rc = treeInsert(t, s.insert, gmap, Tree.H2g, vmaddr.segmentNumber(), new U64(0, entry));
    if (rc === 0) m.store(entry, m.word(m.hostEntry(vmaddr, 'sg')));
  }
  if (t.due()) yield;
  t.unlock(s.gtlEnd, LockClass.Gtl, gtl(gmap));
  if (t.due()) yield;
  t.unlock(s.unlock, LockClass.PageTable, PAGE_TABLE_LOCK);
  if (t.due()) yield;
  t.ret(s.done).num(rc);
  return rc;
}

/** Table that a region entry points to. */
function originOf(t: Task, site: number, entry: number): number {
  const { m } = t;
  if (m.hi(entry) !== 0) t.bug(site, BugText.Wild);
  return (m.lo(entry) & ENTRY_ORIGIN) >>> 0;
}

const fault = defineFunction('gmap_fault', {
  gives: 'rc',
  file: FILE,
  args: { gmap: 'gmap', gaddr: 'hex', fault_flags: 'hex' },
  returns: 'dec',
  doc: 'Resolves a guest fault: faults the host page in and links its page table.',
  steps: {
    down: 'take mmap_sem for reading',
    translate: 'retry: __gmap_translate; error: stop with it',
    fixup: 'fixup_user_fault; any error: stop with -EFAULT',
    retry: '    mmap_sem was lost meanwhile: go to retry',
    link: '__gmap_link',
    up: 'release mmap_sem',
    done: 'return',
  },
});

export function* gmap_fault(t: Task, site: number, gmap: number, gaddr: U64, flags: number): Co<number> {
  const s = fault.at;
  if (t.due()) yield;
  t.call(fault, site).num(slotOf(t.m, gmap)).word(gaddr.hi, gaddr.lo).word(0, flags);
  yield* t.down(s.down, LockClass.MmapSem, 'r');
  let rc: number;
  for (;;) {
    const vmaddr = yield* __gmap_translate(t, s.translate, gmap, gaddr);
    if (!vmaddr) {
      rc = -EFAULT;
      break;
    }
    const fixed = yield* fixup_user_fault(t, s.fixup, vmaddr, flags);
    if (fixed.rc) {
      rc = -EFAULT;
      break;
    }
    if (fixed.unlocked) {
      if (t.due()) yield;
      t.loop(s.retry, LoopWord.GotoRetry);
      continue;
    }
    rc = yield* __gmap_link(t, s.link, gmap, gaddr, vmaddr);
    break;
  }
  if (t.due()) yield;
  t.up(s.up, LockClass.MmapSem, 'r');
  if (t.due()) yield;
  t.ret(s.done).num(rc);
  return rc;
}

// --- dropping pages ---

const zap = defineFunction('__gmap_zap', {
  file: FILE,
  args: { gmap: 'gmap', gaddr: 'hex' },
  doc: 'Drops the swap entry behind a guest address if the guest does not need the page. mmap_sem is held.',
  steps: {
    lookup: 'look the segment up in guest_to_host',
    get: 'mapped: get_locked_pte (may allocate host tables)',
    zap: '    ptep_zap_unused',
    unlock: '    unlock the page table (the kernel does not check that there is one)',
    done: 'return',
  },
});

export function* __gmap_zap(t: Task, site: number, gmap: number, gaddr: U64): Co {
  const { m } = t;
  const s = zap.at;
  if (t.due()) yield;
  t.call(zap, site).num(slotOf(m, gmap)).word(gaddr.hi, gaddr.lo);
  const segment = yield* lookup(t, s.lookup, gmap, Tree.G2h, gaddr.segmentNumber());
  if (!segment.isZero()) {
    const vmaddr = segment.or(gaddr.lo & (SEGMENT_SIZE - 1));
    const pte = yield* get_locked_pte(t, s.get, vmaddr);
    if (!pte) t.bug(s.unlock, BugText.UnlockUninitialised);
    yield* ptep_zap_unused(t, s.zap, vmaddr, pte, false);
    if (t.due()) yield;
    t.unlock(s.unlock, LockClass.Ptl, m.ptl(pte));
  }
  if (t.due()) yield;
  t.ret(s.done);
}

const discard = defineFunction('gmap_discard', {
  file: FILE,
  args: { gmap: 'gmap', from: 'hex', to: 'hex' },
  doc: 'Throws the host pages behind a guest range away.',
  steps: {
    down: 'take mmap_sem for reading',
    lookup: 'each segment: look it up in guest_to_host',
    skip: '    not mapped: continue',
    zap: '    find_vma, zap_page_range (nobody checks that there is a VMA)',
    up: 'release mmap_sem',
    done: 'return',
  },
});

export function* gmap_discard(t: Task, site: number, gmap: number, from: U64, to: U64): Co {
  const s = discard.at;
  if (t.due()) yield;
  t.call(discard, site).num(slotOf(t.m, gmap)).word(from.hi, from.lo).word(to.hi, to.lo);
  yield* t.down(s.down, LockClass.MmapSem, 'r');
  for (let gaddr = from; gaddr.lessThan(to);) {
    const segment = yield* lookup(t, s.lookup, gmap, Tree.G2h, gaddr.segmentNumber());
    if (segment.isZero()) {
      if (t.due()) yield;
      t.loop(s.skip, LoopWord.Continue);
    } else {
      const offset = gaddr.lo & (SEGMENT_SIZE - 1);
      const rest = U64.of(SEGMENT_SIZE - offset);
      const left = to.minus(gaddr);
      const vmaddr = segment.or(offset);
      const vma = vmaAtOrAbove(t.m, vmaddr);
      yield* zap_page_range(t, s.zap, vma, vmaddr, left.lessThan(rest) ? left : rest);
    }
    const next = gaddr.segment().plusNumber(SEGMENT_SIZE);
    if (next.lessThan(gaddr)) break; // the kernel would go round the whole address space for ever
    gaddr = next;
  }
  if (t.due()) yield;
  t.up(s.up, LockClass.MmapSem, 'r');
  if (t.due()) yield;
  t.ret(s.done);
}

// --- the notifier ---

const REGISTER_STEPS = {
  lock: 'take gmap_notifier_lock; put the notifier first in the list',
  unlock: 'release gmap_notifier_lock',
  done: 'return',
};

const register = defineFunction('gmap_register_pte_notifier', {
  nameBefore: 'gmap_register_ipte_notifier',
  file: FILE,
  args: { nb: 'notifier' },
  doc: 'Registers a notifier: from now on it is called for every gmap.',
  steps: REGISTER_STEPS,
});

export function* gmap_register_pte_notifier(t: Task, site: number, nb: number): Co {
  const { m } = t;
  const s = register.at;
  if (t.due()) yield;
  t.call(register, site).num(m.get(nb + NOTIFIER.id));
  if (t.mustWait(NOTIFIER_LOCK, LockClass.NotifierLock)) yield;
  t.lock(s.lock, LockClass.NotifierLock, NOTIFIER_LOCK);
  m.set(nb + NOTIFIER.next, m.get(NOTIFIER_LIST));
  m.set(NOTIFIER_LIST, nb);
  if (t.due()) yield;
  t.unlock(s.unlock, LockClass.NotifierLock, NOTIFIER_LOCK);
  if (t.due()) yield;
  t.ret(s.done);
}

const unregister = defineFunction('gmap_unregister_pte_notifier', {
  nameBefore: 'gmap_unregister_ipte_notifier',
  file: FILE,
  args: { nb: 'notifier' },
  doc: 'Takes a notifier away: after the return it is never called again.',
  steps: {
    lock: 'take gmap_notifier_lock; take the notifier off the list',
    unlock: 'release gmap_notifier_lock',
    rcu: 'synchronize_rcu: wait until nobody is calling it',
    done: 'return',
  },
});

export function* gmap_unregister_pte_notifier(t: Task, site: number, nb: number): Co {
  const { m } = t;
  const s = unregister.at;
  if (t.due()) yield;
  t.call(unregister, site).num(m.get(nb + NOTIFIER.id));
  if (t.mustWait(NOTIFIER_LOCK, LockClass.NotifierLock)) yield;
  t.lock(s.lock, LockClass.NotifierLock, NOTIFIER_LOCK);
  unlinkFrom(m, NOTIFIER_LIST, nb, NOTIFIER.next);
  if (t.due()) yield;
  t.unlock(s.unlock, LockClass.NotifierLock, NOTIFIER_LOCK);
  yield* t.rcuSync(s.rcu);
  if (t.due()) yield;
  t.ret(s.done);
}

// --- arming the notifier ---

const table_walk = defineFunction('gmap_table_walk', {
  gives: 'table',
  file: FILE,
  generation: 'after',
  args: { gmap: 'gmap', gaddr: 'hex' },
  returns: 'sg',
  doc: 'Walks the guest tables down to the segment table entry. Looks only at masked indexes, not at the limit.',
  steps: {
    r1: 'root is region-first: visit its entry',
    r2: 'root is region-second or above: visit its entry',
    r3: 'root is region-third or above: visit its entry',
    sg: 'visit the segment table entry (whether it is valid, the caller tests)',
    gone: 'a region entry is invalid: return null',
    done: 'return the segment table entry',
  },
});

const WALK_STEPS = [table_walk.at.r1, table_walk.at.r2, table_walk.at.r3] as const;

function sgOperand(t: Task, site: number, entry: number): void {
  const row = t.ret(site);
  if (!row.recording) return;
  const g = entry ? t.m.gaddrOf(entry) : ZERO;
  row.num(entry ? 1 : 0).word(g.hi, g.lo);
}

/** Returns the address of the segment table entry, or 0. */
function* gmap_table_walk(t: Task, site: number, gmap: number, gaddr: U64): Co<number> {
  const { m } = t;
  const s = table_walk.at;
  if (t.due()) yield;
  t.call(table_walk, site).num(slotOf(m, gmap)).word(gaddr.hi, gaddr.lo);
  let table = m.get(gmap + GMAP.table);
  for (let i = rootLevel(m, gmap); i < 3; i++) {
    const level = WALK_LEVELS[i]!;
    const entry = table + tableIndex(gaddr, level) * 8;
    if (t.due()) yield;
    t.walk(WALK_STEPS[i]!, i, entry);
    if (m.lo(entry) & ENTRY_INVALID) {
      if (t.due()) yield;
      sgOperand(t, s.gone, 0);
      return 0;
    }
    table = originOf(t, WALK_STEPS[i]!, entry);
  }
  const entry = table + tableIndex(gaddr, 'sg') * 8;
  if (t.due()) yield;
  t.walk(s.sg, 3, entry);
  if (t.due()) yield;
  sgOperand(t, s.done, entry);
  return entry;
}

const pte_op_walk = defineFunction('gmap_pte_op_walk', {
  gives: 'ptep',
  file: FILE,
  generation: 'after',
  args: { gmap: 'gmap', gaddr: 'hex' },
  returns: 'ptep',
  doc: 'Walks to the PTE of a guest address and locks its page table.',
  steps: {
    walk: 'gmap_table_walk',
    gone: 'no segment entry, or it is invalid: return null',
    page: 'read the PTE slot that the segment entry leads to',
    lock: 'take the lock of the host page table (ptl)',
    done: 'return the PTE slot',
  },
  sets: { page: { ptep: 'pte', pte: 'pteval' } },
});

/** Returns the address of the PTE slot with its page table locked, or 0. */
function* gmap_pte_op_walk(t: Task, site: number, gmap: number, gaddr: U64): Co<number> {
  const { m } = t;
  const s = pte_op_walk.at;
  if (t.due()) yield;
  t.call(pte_op_walk, site).num(slotOf(m, gmap)).word(gaddr.hi, gaddr.lo);
  const entry = yield* gmap_table_walk(t, s.walk, gmap, gaddr);
  if (entry === 0 || (m.lo(entry) & ENTRY_INVALID) !== 0) {
    if (t.due()) yield;
    t.ret(s.gone).num(0).word(0, 0);
    return 0;
  }
  const pte = (m.lo(entry) & SEGMENT_ORIGIN) + tableIndex(gaddr, 'pg') * 8;
  if (m.hi(entry) !== 0 || m.get(m.descriptor(pte >>> 0) + DESC.kind) !== TableKind.Page) t.bug(s.page, BugText.Wild);
  const slot = pte >>> 0;
  const v = m.vmaddrOf(slot);
  t.note(s.page).word(v.hi, v.lo).word(m.hi(slot), m.lo(slot));
  if (t.mustWait(m.ptl(slot), LockClass.Ptl)) yield;
  t.lock(s.lock, LockClass.Ptl, m.ptl(slot));
  if (t.due()) yield;
  t.ret(s.done).num(1).word(v.hi, v.lo);
  return slot;
}

const pte_op_fixup = defineFunction('gmap_pte_op_fixup', {
  gives: 'rc',
  file: FILE,
  generation: 'after',
  args: { gmap: 'gmap', gaddr: 'hex', vmaddr: 'hex' },
  returns: 'dec',
  doc: 'Makes a guest page ready: faults the host page in, always for writing, and links its page table.',
  steps: {
    fixup: 'fixup_user_fault for writing',
    failed: '    any error: return -EFAULT',
    unlocked: '    mmap_sem was lost meanwhile: return 0, the caller walks again',
    link: '__gmap_link',
    done: 'return its result',
  },
});

function* gmap_pte_op_fixup(t: Task, site: number, gmap: number, gaddr: U64, vmaddr: U64): Co<number> {
  const s = pte_op_fixup.at;
  if (t.due()) yield;
  t.call(pte_op_fixup, site).num(slotOf(t.m, gmap)).word(gaddr.hi, gaddr.lo).word(vmaddr.hi, vmaddr.lo);
  const fixed = yield* fixup_user_fault(t, s.fixup, vmaddr, FAULT_FLAG_WRITE);
  const rc = fixed.rc ? -EFAULT : fixed.unlocked ? 0 : yield* __gmap_link(t, s.link, gmap, gaddr, vmaddr);
  if (t.due()) yield;
  t.ret(fixed.rc ? s.failed : fixed.unlocked ? s.unlocked : s.done).num(rc);
  return rc;
}

const pte_op_end = defineFunction('gmap_pte_op_end', {
  file: FILE,
  generation: 'after',
  doc: 'Ends an operation on a PTE.',
  steps: { unlock: 'release the lock of the page table (ptl)', done: 'return' },
});

function* gmap_pte_op_end(t: Task, site: number, ptl: number): Co {
  if (t.due()) yield;
  t.call(pte_op_end, site);
  if (t.due()) yield;
  t.unlock(pte_op_end.at.unlock, LockClass.Ptl, ptl);
  if (t.due()) yield;
  t.ret(pte_op_end.at.done);
}

const mprotect_notify = defineFunction('gmap_mprotect_notify', {
  gives: 'rc',
  file: FILE,
  generation: 'after',
  args: { gmap: 'gmap', gaddr: 'hex', len: 'hex', prot: 'dec' },
  returns: 'dec',
  doc:
    'Sets the rights of guest pages and arms the notifier for them. Stops at the first error; ' +
    'pages before it keep their new rights and stay armed.',
  steps: {
    invalid: 'not on page boundaries, or PROT_READ without ESOP: return -EINVAL',
    down: 'take mmap_sem for reading',
    walk: 'each page: gmap_pte_op_walk (none: -EAGAIN)',
    force: '    ptep_force_prot',
    end: '    gmap_pte_op_end',
    translate: '    -EAGAIN: __gmap_translate; error: stop',
    fixup: '    gmap_pte_op_fixup; error: stop',
    again: '    the same page again',
    next: '    next page',
    up: 'release mmap_sem',
    done: 'return',
  },
  sets: { next: { gaddr: 'hex', len: 'hex' } },
});

export function* gmap_mprotect_notify(
  t: Task,
  site: number,
  gmap: number,
  gaddr: U64,
  len: U64,
  prot: number,
): Co<number> {
  // prettier-ignore
  const { m } = t;
  const s = mprotect_notify.at;
  if (t.due()) yield;
  t.call(mprotect_notify, site).num(slotOf(m, gmap)).word(gaddr.hi, gaddr.lo).word(len.hi, len.lo).num(prot);
  if (!gaddr.pageAligned() || !len.pageAligned() || (!m.esop && prot === 1)) {
    if (t.due()) yield;
    t.ret(s.invalid).num(-EINVAL);
    return -EINVAL;
  }
  yield* t.down(s.down, LockClass.MmapSem, 'r');
  const page = new U64(0, PAGE_SIZE);
  let rc = 0;
  while (!len.isZero()) {
    rc = -EAGAIN;
    const pte = yield* gmap_pte_op_walk(t, s.walk, gmap, gaddr);
    if (pte) {
      const ptl = m.ptl(pte);
      rc = yield* ptep_force_prot(t, s.force, gaddr, pte, prot);
      yield* gmap_pte_op_end(t, s.end, ptl);
    }
    if (rc) {
      const vmaddr = yield* __gmap_translate(t, s.translate, gmap, gaddr);
      if (!vmaddr) {
        rc = -EFAULT;
        break;
      }
      rc = yield* gmap_pte_op_fixup(t, s.fixup, gmap, gaddr, vmaddr);
      if (rc) break;
      if (t.due()) yield;
      t.loop(s.again, LoopWord.Continue);
      continue;
    }
    gaddr = gaddr.plus(page);
    len = len.minus(page);
    t.note(s.next).word(gaddr.hi, gaddr.lo).word(len.hi, len.lo);
  }
  if (t.due()) yield;
  t.up(s.up, LockClass.MmapSem, 'r');
  if (t.due()) yield;
  t.ret(s.done).num(rc);
  return rc;
}

const ipte_notify = defineFunction('gmap_ipte_notify', {
  gives: 'rc',
  file: FILE,
  generation: 'before',
  args: { gmap: 'gmap', gaddr: 'hex', len: 'hex' },
  returns: 'dec',
  doc: 'Makes guest pages writable and arms the notifier for them. Faults every page, even if it is ready.',
  steps: {
    invalid: 'not on page boundaries: return -EINVAL',
    down: 'take mmap_sem for reading',
    translate: 'each page: __gmap_translate; error: stop',
    fixup: '    fixup_user_fault for writing; any error: stop with -EFAULT',
    again: '    mmap_sem was lost meanwhile: the same page again',
    link: '    __gmap_link; error: stop',
    get: '    get_locked_pte',
    set: '    valid and not protected: ptep_set_notify, next page',
    next: '        next page',
    unlock: '    unlock the page table',
    up: 'release mmap_sem',
    done: 'return',
  },
  sets: { next: { gaddr: 'hex', len: 'hex' } },
});

export function* gmap_ipte_notify(t: Task, site: number, gmap: number, gaddr: U64, len: U64): Co<number> {
  const { m } = t;
  const s = ipte_notify.at;
  if (t.due()) yield;
  t.call(ipte_notify, site).num(slotOf(m, gmap)).word(gaddr.hi, gaddr.lo).word(len.hi, len.lo);
  if (!gaddr.pageAligned() || !len.pageAligned()) {
    if (t.due()) yield;
    t.ret(s.invalid).num(-EINVAL);
    return -EINVAL;
  }
  yield* t.down(s.down, LockClass.MmapSem, 'r');
  const page = new U64(0, PAGE_SIZE);
  let rc = 0;
  while (!len.isZero()) {
    const vmaddr = yield* __gmap_translate(t, s.translate, gmap, gaddr);
    if (!vmaddr) {
      rc = -EFAULT;
      break;
    }
    const fixed = yield* fixup_user_fault(t, s.fixup, vmaddr, FAULT_FLAG_WRITE);
    if (fixed.rc) {
      rc = -EFAULT;
      break;
    }
    if (fixed.unlocked) {
      if (t.due()) yield;
      t.loop(s.again, LoopWord.Continue);
      continue;
    }
    rc = yield* __gmap_link(t, s.link, gmap, gaddr, vmaddr);
    if (rc) break;
    const pte = yield* get_locked_pte(t, s.get, vmaddr);
    if (!pte) {
      rc = -EFAULT;
      break;
    }
    const ptl = m.ptl(pte);
    if ((m.lo(pte) & (PAGE_INVALID | PAGE_PROTECT)) === 0) {
      yield* ptep_set_notify(t, s.set, vmaddr, pte);
      gaddr = gaddr.plus(page);
      len = len.minus(page);
      t.note(s.next).word(gaddr.hi, gaddr.lo).word(len.hi, len.lo);
    }
    if (t.due()) yield;
    t.unlock(s.unlock, LockClass.Ptl, ptl);
  }
  if (t.due()) yield;
  t.up(s.up, LockClass.MmapSem, 'r');
  if (t.due()) yield;
  t.ret(s.done).num(rc);
  return rc;
}

/** The hardware's walk for a guest access: address of the PTE slot, or 0 where it meets an invalid entry. */
export function guestPte(t: Task, site: number, gmap: number, gaddr: U64): number {
  const { m } = t;
  if (m.get(gmap + GMAP.freed) || m.word(gmap + GMAP.asce_end).lessThan(gaddr)) return 0;
  let table = m.get(gmap + GMAP.table);
  for (let i = rootLevel(m, gmap); i < 3; i++) {
    const entry = table + tableIndex(gaddr, WALK_LEVELS[i]!) * 8;
    if (m.lo(entry) & ENTRY_INVALID) return 0;
    table = originOf(t, site, entry);
  }
  const segment = table + tableIndex(gaddr, 'sg') * 8;
  if (m.lo(segment) & ENTRY_INVALID) return 0;
  return ((m.lo(segment) & SEGMENT_ORIGIN) >>> 0) + tableIndex(gaddr, 'pg') * 8;
}
