/** The host's own tables: making them, and locking a PTE in them (our model of mm/memory.c). */
import { ENTRY_INVALID, ENTRY_ORIGIN, LEVEL, SEGMENT_ORIGIN, type Level } from '../bits.js';
import { defineFunction } from '../catalog.js';
import { DESC, MM, MM_AT, TableKind, type Machine } from '../machine.js';
import { AllocKind, LockClass, type Co, type Task } from '../task.js';
import { Kind } from '../trace.js';
import { U64 } from '../u64.js';

const FILE = 'mm/memory.c';
const PAGE_TABLE_LOCK = MM_AT + MM.page_table_lock;

/** Steps of a function that makes host tables. */
export interface TableSteps {
  readonly alloc: number;
  readonly enter: number;
  readonly unlock: number;
  readonly loser: number;
}

export const TABLE_STEPS = {
  alloc: 'each missing host table: allocate it',
  enter: '    take page_table_lock; enter it if the entry is still invalid',
  unlock: '    release page_table_lock',
  loser: '    somebody else was faster: free it again',
};

const MAKE: readonly { level: 'r2' | 'r3' | 'sg'; below: Level; start: (a: U64) => U64 }[] = [
  { level: 'r2', below: 'r3', start: (a) => new U64(a.hi & 0xffff_fc00, 0) },
  { level: 'r3', below: 'sg', start: (a) => new U64(a.hi, a.lo & 0x8000_0000) },
  { level: 'sg', below: 'pg', start: (a) => a.segment() },
];

/** Makes the host tables of an address. Returns the address of the PTE slot; 0 if memory ran out. */
export function* hostTables(t: Task, s: TableSteps, vmaddr: U64): Co<number> {
  const { m } = t;
  for (const { level, below, start } of MAKE) {
    const entry = m.hostEntry(vmaddr, level);
    if ((m.lo(entry) & ENTRY_INVALID) === 0) continue;
    if (t.due()) yield;
    if (!t.alloc(s.alloc, below === 'pg' ? AllocKind.Pgtable : AllocKind.Crst)) return 0;
    const from = start(vmaddr);
    const table = m.allocTable(below, below === 'pg' ? TableKind.Page : TableKind.Host, from.hi, from.lo);
    if (t.mustWait(PAGE_TABLE_LOCK, LockClass.PageTable)) yield;
    t.lock(s.enter, LockClass.PageTable, PAGE_TABLE_LOCK);
    const mine = (m.lo(entry) & ENTRY_INVALID) !== 0;
    if (mine) m.put(entry, 0, table | LEVEL[level].valid);
    if (t.due()) yield;
    t.unlock(s.unlock, LockClass.PageTable, PAGE_TABLE_LOCK);
    if (!mine) {
      if (t.due()) yield;
      t.row(Kind.Free, s.loser).num(below === 'pg' ? 2 : 0);
      m.set(m.descriptor(table) + DESC.freed, 1);
    }
  }
  return m.hostPte(vmaddr);
}

const locked_pte = defineFunction('get_locked_pte', {
  gives: 'ptep',
  file: FILE,
  args: { addr: 'hex' },
  returns: 'ptep',
  doc: 'Finds the PTE slot of a host address, making the tables above it, and locks its page table.',
  steps: { ...TABLE_STEPS, nomem: 'no memory: return null', lock: 'take the lock of the page table (ptl)', done: 'return the PTE slot' },
}); // prettier-ignore

/** Returns the address of the PTE slot with its page table locked, or 0. */
export function* get_locked_pte(t: Task, site: number, addr: U64): Co<number> {
  const { m } = t;
  const s = locked_pte.at;
  if (t.due()) yield;
  t.call(locked_pte, site).word(addr.hi, addr.lo);
  const pte = yield* hostTables(t, s, addr);
  if (!pte) {
    if (t.due()) yield;
    t.ret(s.nomem).num(0).word(0, 0);
    return 0;
  }
  if (t.mustWait(m.ptl(pte), LockClass.Ptl)) yield;
  t.lock(s.lock, LockClass.Ptl, m.ptl(pte));
  if (t.due()) yield;
  const v = m.vmaddrOf(pte);
  t.ret(s.done).num(1).word(v.hi, v.lo);
  return pte;
}

/** Valid entries, and where they begin, of a table whose entries span `size` bytes each from `base` on, as far as they touch [start, end). */
function* entriesWithin(
  m: Machine,
  table: number,
  base: number,
  size: number,
  start: number,
  end: number,
): Generator<[number, number]> {
  const last = Math.min(2048, Math.ceil((end - base) / size));
  for (let i = Math.max(0, Math.floor((start - base) / size)); i < last; i++) {
    const entry = m.lo(table + i * 8);
    if ((entry & ENTRY_INVALID) === 0) yield [entry, base + i * size];
  }
}

/** Page tables whose segments touch [start, end), ascending; addresses are host virtual, `end` at most 2^53. */
export function* pageTables(m: Machine, start: number, end: number): Generator<{ segment: number; table: number }> {
  for (const [third, at3] of entriesWithin(m, m.mm('pgd'), 0, 2 ** 42, start, end)) {
    for (const [segments, at2] of entriesWithin(m, third & ENTRY_ORIGIN, at3, 2 ** 31, start, end)) {
      for (const [entry, segment] of entriesWithin(m, segments & ENTRY_ORIGIN, at2, 2 ** 20, start, end)) {
        yield { segment, table: (entry & SEGMENT_ORIGIN) >>> 0 };
      }
    }
  }
}
