/** Looking at the machine: tables, entries, locks. Nothing here changes anything. */
import { BITS, LEVEL, LEVELS, PGSTE_OFFSET, type EntryKind, type Level } from './bits.js';
import {
  ANON_VMA, DESC, GMAP, MM, MM_AT, MMAP_SEM, NOTIFIER, pteText, PCL_AT, RCU_AT, SEM, TableKind, type Machine,
} from './machine.js'; // prettier-ignore
import { gmapInSlot } from './operations.js';
import { radixEntries, radixSlot } from './radix.js';
import { MAX_TASKS } from './trace.js';
import { U64 } from './u64.js';

/** A table in storage. */
export interface Table {
  readonly address: number;
  readonly level: Level;
  /** First guest address it stands for (of a host table: host address). */
  readonly start: bigint;
  readonly owner: 'gmap' | 'host';
}

/** One 64-bit entry of a table. */
export interface Entry {
  readonly kind: EntryKind;
  readonly level: Level;
  readonly index: number;
  /** Where it lies in absolute storage. */
  readonly address: number;
  readonly value: bigint;
  /** First guest (in a host table: host) address that it translates. */
  readonly from: bigint;
}

/** A PTE with its PGSTE. */
export interface PageEntry {
  readonly pte: Entry;
  readonly pgste: Entry;
  readonly vmaddr: bigint;
  /** The PTE in short: `d1:03d`. */
  readonly text: string;
  /** Storage key of the frame, while keys are on and a page is mapped. */
  readonly key: number | undefined;
}

export const SPAN: Readonly<Record<Level, bigint>> = {
  r1: 1n << 53n,
  r2: 1n << 42n,
  r3: 1n << 31n,
  sg: 1n << 20n,
  pg: 1n << 12n,
};

export function wordAt(m: Machine, address: number): bigint {
  return m.word(address).toBigInt();
}

/** The table at an address of storage; undefined if there is none, or it was freed. */
export function tableAt(m: Machine, address: number): Table | undefined {
  const desc = m.descriptor(address);
  if (!desc || m.get(desc + DESC.freed)) return undefined;
  return {
    address: m.get(desc + DESC.table),
    level: LEVELS[m.get(desc + DESC.level)]!,
    start: wordAt(m, desc + DESC.start),
    owner: m.get(desc + DESC.kind) === (TableKind.Gmap as number) ? 'gmap' : 'host',
  };
}

/** The entry at an address of storage, if a table is there. A PGSTE counts as the entry that it is. */
export function entryAt(m: Machine, address: number): Entry | undefined {
  const table = tableAt(m, address);
  return table && entryOf(m, table, (address - table.address) >>> 3);
}

/** Entry number `slot` of a table; in a page table 256 and up are the PGSTEs. */
export function entryOf(m: Machine, table: Table, slot: number): Entry {
  const { level } = table;
  const pgste = level === 'pg' && slot >= 256;
  const index = pgste ? slot - 256 : slot;
  const address = table.address + slot * 8;
  const kind: EntryKind = level === 'pg' ? (pgste ? 'pgste' : 'pte') : level === 'sg' ? 'segment' : 'region';
  return {
    kind,
    level,
    index,
    address,
    value: wordAt(m, address),
    from: BigInt.asUintN(64, table.start + BigInt(index) * SPAN[level]),
  };
}

/** True if the entry holds its level's empty value (a PGSTE: zero). */
export function isEmpty(entry: Entry): boolean {
  return entry.value === (entry.kind === 'pgste' ? 0n : BigInt(LEVEL[entry.level].empty));
}

/** Entries of a table that are not empty, in index order; of a page table those with a PTE or a PGSTE. */
export function usedEntries(m: Machine, table: Table): Entry[] {
  const entries: Entry[] = [];
  const count = table.level === 'pg' ? 256 : 2048;
  const empty = LEVEL[table.level].empty;
  for (let i = 0; i < count; i++) {
    const at = table.address + i * 8;
    let used = m.hi(at) !== 0 || m.lo(at) !== empty;
    if (table.level === 'pg') used ||= (m.hi(at + PGSTE_OFFSET) | m.lo(at + PGSTE_OFFSET)) !== 0;
    if (used) entries.push(entryOf(m, table, i));
  }
  return entries;
}

/** The table that a valid region or segment entry leads to; a person may have overwritten it, and then it may lead nowhere. */
export function tableBelow(m: Machine, entry: Entry): Table | undefined {
  if (entry.level === 'pg' || entry.value & 0x20n) return undefined;
  const origin = entry.value & (entry.level === 'sg' ? ~0x7ffn : ~0xfffn);
  const table = origin < 0x1_0000_0000n ? tableAt(m, Number(origin)) : undefined;
  return table && LEVELS.indexOf(table.level) === LEVELS.indexOf(entry.level) + 1 ? table : undefined;
}

export function pageEntry(m: Machine, pte: number): PageEntry {
  const e = entryAt(m, pte)!;
  const hi = m.hi(pte);
  const lo = m.lo(pte);
  return {
    pte: e,
    pgste: entryAt(m, pte + PGSTE_OFFSET)!,
    vmaddr: m.vmaddrOf(pte).toBigInt(),
    text: pteText(hi, lo),
    key: m.skey && lo & 1 ? m.storageKey(hi, lo) : undefined,
  };
}

/** A gmap as its struct in storage says. */
export interface GmapInfo {
  readonly slot: number;
  /** Address of the struct. */
  readonly address: number;
  readonly asce: bigint;
  readonly asceEnd: bigint;
  readonly tables: number;
  readonly root: Table | undefined;
}

function gmapInfo(m: Machine, gmap: number): GmapInfo {
  return {
    slot: m.get(gmap + GMAP.slot),
    address: gmap,
    asce: wordAt(m, gmap + GMAP.asce),
    asceEnd: wordAt(m, gmap + GMAP.asce_end),
    tables: m.get(gmap + GMAP.count),
    root: tableAt(m, m.get(gmap + GMAP.table)),
  };
}

/** The gmap in a slot. */
export function gmapOf(m: Machine, slot: number): GmapInfo | undefined {
  const gmap = gmapInSlot(m, slot);
  return gmap ? gmapInfo(m, gmap) : undefined;
}

/** All gmaps of the process, newest first. */
export function gmaps(m: Machine): GmapInfo[] {
  const all: GmapInfo[] = [];
  for (let at = m.get(MM_AT + MM.gmaps); at !== 0; at = m.get(at + GMAP.next)) all.push(gmapInfo(m, at));
  return all;
}

/** Numbers of the registered notifiers, newest first: the order of calls. */
export function notifiers(m: Machine): number[] {
  const ids: number[] = [];
  for (let at = m.get(MM_AT + MM.notifiers); at !== 0; at = m.get(at + NOTIFIER.next)) {
    ids.push(m.get(at + NOTIFIER.id));
  }
  return ids;
}

/** Root table of the host process. */
export function hostRoot(m: Machine): Table {
  return tableAt(m, m.mm('pgd'))!;
}

/** Page tables of the host process, ascending. */
export function hostPageTables(m: Machine): Table[] {
  const within = (table: Table): Table[] =>
    table.level === 'pg'
      ? [table]
      : usedEntries(m, table).flatMap((entry) => {
          const below = tableBelow(m, entry);
          return below ? within(below) : [];
        });
  return within(hostRoot(m));
}

/**
 * The entries that a walk for an address reads, from the root down; it ends at the first invalid entry, or with the
 * PTE. Like the kernel's walk it masks the indexes and does not look at the limit.
 */
export function walkPath(m: Machine, root: Table, address: bigint): Entry[] {
  const path: Entry[] = [];
  let table: Table | undefined = root;
  while (table) {
    const { shift, indexBits } = LEVEL[table.level];
    const index = Number((address >> BigInt(shift)) & ((1n << BigInt(indexBits)) - 1n));
    const entry = entryOf(m, table, index);
    path.push(entry);
    table = tableBelow(m, entry);
  }
  return path;
}

/** Entries of a radix tree: key and value as addresses (host_to_guest: value is where the segment entry lies). */
export function radixTree(
  m: Machine,
  gmap: GmapInfo,
  tree: 'guest_to_host' | 'host_to_guest',
): { key: bigint; value: bigint }[] {
  return [...radixEntries(m, gmap.address + GMAP[tree])].map(({ key, slot }) => ({
    key: BigInt(key) << 20n,
    value: wordAt(m, slot),
  }));
}

/** The host address behind a guest address. */
export function translate(m: Machine, gmap: GmapInfo, gaddr: bigint): bigint | undefined {
  const slot = radixSlot(m, gmap.address + GMAP.guest_to_host, Number(gaddr >> 20n));
  const segment = slot ? wordAt(m, slot) : 0n;
  return segment === 0n ? undefined : segment | (gaddr & 0xf_ffffn);
}

/** The guest address at which a gmap has a host segment linked. */
export function linkedAt(m: Machine, gmap: GmapInfo, vmaddr: bigint): bigint | undefined {
  const slot = radixSlot(m, gmap.address + GMAP.host_to_guest, Number(vmaddr >> 20n));
  const entry = slot ? m.get(slot) : 0;
  return entry ? m.gaddrOf(entry).toBigInt() | (vmaddr & 0xf_ffffn) : undefined;
}

/** PTE slot of a host address in storage, or 0. */
export function hostPteAddress(m: Machine, vmaddr: bigint): number {
  return m.hostPte(U64.fromBigInt(vmaddr));
}

// --- locks ---

export interface HeldLock {
  /** The kernel's name: mmap_sem, ptl, guest_table_lock, pcl, rcu … */
  readonly name: string;
  readonly mode: 'read' | 'write' | undefined;
  /** ptl: host address of the segment; pcl: host address of the page. */
  readonly vmaddr: bigint | undefined;
  /** guest_table_lock: slot of the gmap. */
  readonly gmap: number | undefined;
  /** Number of the thread that holds it. */
  readonly task: number;
}

export interface LockWaiter {
  readonly name: string;
  readonly mode: 'read' | 'write';
  readonly task: number;
}

/** Every lock that is held, in the kernel's lock order. */
export function heldLocks(m: Machine): HeldLock[] {
  const held: HeldLock[] = [];
  const add = (name: string, task: number, more: Partial<HeldLock> = {}): void => {
    held.push({ name, task, mode: undefined, vmaddr: undefined, gmap: undefined, ...more });
  };
  for (const [name, sem] of [['mmap_sem', MMAP_SEM], ['anon_vma', ANON_VMA]] as const) {
    const writer = m.get(sem + SEM.writer);
    if (writer) add(name, writer - 1, { mode: 'write' });
    for (let task = 0; task < MAX_TASKS; task++) {
      if (m.get(sem + SEM.held + task * 8) > 0) add(name, task, { mode: 'read' });
    }
  } // prettier-ignore
  for (const table of hostPageTables(m)) {
    const owner = m.get(m.ptl(table.address));
    if (owner) add('ptl', owner - 1, { vmaddr: table.start });
  }
  for (let task = 0; task < MAX_TASKS; task++) {
    const pte = m.get(PCL_AT + task * 8);
    if (pte) add('pcl', task, { vmaddr: m.vmaddrOf(pte).toBigInt() });
  }
  for (let task = 0; task < MAX_TASKS; task++) if (m.get(RCU_AT + task * 16) > 0) add('rcu', task);
  for (const name of ['page_table_lock', 'gmap_lock', 'gmap_notifier_lock'] as const) {
    const owner = m.mm(name);
    if (owner) add(name, owner - 1);
  }
  for (const gmap of gmaps(m)) {
    const owner = m.get(gmap.address + GMAP.guest_table_lock);
    if (owner) add('guest_table_lock', owner - 1, { gmap: gmap.slot });
  }
  return held;
}

/** Who waits for mmap_sem or anon_vma, in the order in which they get it. */
export function lockWaiters(m: Machine): LockWaiter[] {
  return ([['mmap_sem', MMAP_SEM], ['anon_vma', ANON_VMA]] as const).flatMap(([name, sem]) =>
    m.queue(sem).map((w): LockWaiter => ({ name, task: w.task, mode: w.mode === 'r' ? 'read' : 'write' })),
  ); // prettier-ignore
}

// --- decoding ---

const SHIFTS = new Map(
  Object.values(BITS)
    .flat()
    .map((b) => [b, BigInt(b.mask.toString(2).length - b.mask.toString(2).replace(/0+$/, '').length)]),
);

/** Bits of an entry that are set or have a value, by name. */
export function decodeBits(
  kind: EntryKind,
  value: bigint,
): { name: string; kernel: string; value: bigint; doc: string }[] {
  return BITS[kind].map((b) => ({
    name: b.name,
    kernel: b.kernel,
    value: (value & b.mask) >> SHIFTS.get(b)!,
    doc: b.doc,
  }));
}
