/**
 * The modelled machine: one absolute storage that holds everything.
 *
 * Tables, kernel structures, locks and counters are 64-bit big-endian words at addresses. Every change goes through
 * {@link Machine.put}, which records it, so that any moment of a run can be restored. What does not fit into words
 * (lists of VMAs, queues) is an immutable value in a side table whose index is such a word.
 *
 * Fresh memory is filled without recording: nothing can point to it before the allocation, and it is never
 * handed out twice.
 */
import { ENTRY_INVALID, ENTRY_ORIGIN, LEVEL, PAGE_INVALID, PGSTE_PCL, SEGMENT_ORIGIN, type Level } from './bits.js';
import type { Generation } from './operation.js';
import { MAX_TASKS, Trace } from './trace.js';
import { U64 } from './u64.js';

/** Rights of a VMA. */
export type VmaProt = 'rw' | 'ro' | 'none';

/** A virtual memory area; addresses are host virtual, in bytes, `end` exclusive, both below or at 2^53. */
export interface Vma {
  readonly start: number;
  readonly end: number;
  readonly prot: VmaProt;
}

/** The tables need more storage than allowed. */
export class StorageLimitError extends Error {
  constructor(readonly limit: number) {
    super(`the tables of this run need more than ${limit >>> 20} MB of storage; map less memory or free gmaps`);
  }
}

/** Fields of a structure, a word each, with their byte offsets. */
export function layout<K extends string>(names: readonly K[]): Record<K, number> {
  return Object.fromEntries(names.map((n, i) => [n, i * 8])) as Record<K, number>;
}

/** Words of the machine and of its one host process (mm). */
export const MM = layout([
  'top', 'slab', 'slabEnd',
  'esop', 'idte', 'tlblc', 'cpulocal', 'attach', 'active', 'pgste', 'alloc_pgste', 'skey', 'flush_mm',
  'pgd', 'vmas', 'gmaps', 'notifiers', 'pages', 'swaps', 'zeroKey', 'current',
  'vcpus',
  'page_table_lock', 'gmap_lock', 'gmap_notifier_lock',
]); // prettier-ignore

/** struct gmap. `tables` heads the list of its region and segment tables, newest first. */
export const GMAP = layout([
  'next', 'slot', 'asce', 'asce_end', 'table', 'tables', 'count', 'guest_table_lock',
  'guest_to_host', 'guest_to_host_height', 'host_to_guest', 'host_to_guest_height', 'freed',
]); // prettier-ignore

/** What struct page keeps for a table: the address it stands for, its list, its lock. */
export const DESC = layout(['kind', 'level', 'start', 'next', 'ptl', 'freed', 'table']);
export const enum TableKind {
  Host = 1,
  Gmap = 2,
  Page = 3,
}

/** A registered notifier block. */
export const NOTIFIER = layout(['next', 'id', 'registered', 'busy']);

/** A fair reader/writer semaphore; behind `held` a count for each task. */
export const SEM = layout(['readers', 'writer', 'queue', 'held']);
const SEM_BYTES = SEM.held + MAX_TASKS * 8;

export interface Waiter {
  readonly task: number;
  readonly mode: 'r' | 'w';
}

const BASE = 0x1000;
/** Machine and mm words. */
export const MM_AT = BASE;
export const MMAP_SEM = BASE + 0x200;
export const ANON_VMA = MMAP_SEM + SEM_BYTES;
export const NOTIFIERS_AT = BASE + 0x800;
export const SLOTS_AT = BASE + 0x900;
/** For each task: depth of RCU read sections, and the number of its current outermost one. */
export const RCU_AT = BASE + 0xa00;
/** For each task: the PTE slot whose PCL bit it holds, or 0. */
export const PCL_AT = BASE + 0xb00;
/** The zero page has its frame at 128 TB: no swap slot and no data page reaches that number. */
const ZERO_PAGE_HI = 0x8000;
/** Tables and structures that are allocated begin here. */
export const STRUCTURES = 0x4000;
/** Data page dN has its frame at 4 GB + N pages: above everything that holds tables. */
export const DATA_HI = 1;

/** Index in memory of the word that says how much storage is in use. */
const TOP = ((MM_AT + MM.top) >>> 2) + 1;

const VALUES_EMPTY: readonly Vma[] = Object.freeze([]);
const QUEUE_EMPTY: readonly Waiter[] = Object.freeze([]);

/** A notifier's own code, called from step `site` of gmap_call_notifier by a task of the engine (see task.ts). */
export interface NotifierHook {
  /**
   * @param id number of the notifier @param gmap address of the struct @param end inclusive
   * @returns what happens, as a coroutine of the engine; undefined: nothing
   */
  call(
    task: { readonly id: number },
    id: number,
    gmap: number,
    start: U64,
    end: U64,
    site: number,
  ): Generator<void, void, void> | undefined;
}

export interface MachineOptions {
  readonly generation?: Generation;
  readonly trace?: Trace;
  /** Most bytes of storage for tables and kernel structures. */
  readonly maxStorage?: number;
}

/** How far the tables beside the memory reach. */
export interface Beside {
  readonly values: number;
  readonly frames: number;
  readonly pageBlocks: readonly number[];
}

export class Machine {
  mem = new Uint32Array(1 << 16);
  readonly generation: Generation;
  readonly trace: Trace;
  readonly maxStorage: number;
  /** What a notifier does when it is called, besides being recorded. The task is the one that calls it. */
  onNotify: NotifierHook | undefined;
  /** True while the threads of a concurrent block run (more locks and steps are visible then). */
  threaded = false;
  private readonly values: unknown[] = [VALUES_EMPTY, QUEUE_EMPTY];
  private readonly descriptors: number[] = [];
  private readonly pageBlocks: number[] = [];

  constructor(options: MachineOptions = {}) {
    this.generation = options.generation ?? 'after';
    this.maxStorage = Math.min(options.maxStorage ?? 1 << 30, 0xf000_0000);
    const trace = (this.trace = options.trace ?? new Trace());
    const recording = trace.recording;
    trace.recording = false; // the state that a run starts from
    this.mm('top', STRUCTURES);
    for (const flag of ['esop', 'idte', 'cpulocal', 'attach', 'active', 'pgste', 'alloc_pgste'] as const) {
      this.mm(flag, 1);
    }
    this.mm('zeroKey', 0x04);
    for (const sem of [MMAP_SEM, ANON_VMA]) this.set(sem + SEM.queue, 1);
    for (let id = 0; id < 4; id++) this.set(NOTIFIERS_AT + id * 32 + NOTIFIER.id, id);
    this.mm('pgd', this.allocTable('r2', TableKind.Host, 0, 0));
    trace.recording = recording;
  }

  // --- words ---

  hi(address: number): number {
    return this.mem[address >>> 2]!;
  }

  lo(address: number): number {
    return this.mem[(address >>> 2) + 1]!;
  }

  word(address: number): U64 {
    return new U64(this.hi(address), this.lo(address));
  }

  /** Stores one 32-bit half (index counts 32-bit words) and records the change. */
  private half(index: number, value: number): void {
    const old = this.mem[index]!;
    const xor = old ^ value;
    if (xor !== 0) {
      this.trace.changed(index, xor);
      this.mem[index] = value;
    }
  }

  /** Stores a 64-bit word. */
  put(address: number, hi: number, lo: number): void {
    this.half(address >>> 2, hi);
    this.half((address >>> 2) + 1, lo);
  }

  store(address: number, value: U64): void {
    this.put(address, value.hi, value.lo);
  }

  /** A structure's word as a small number or pointer. */
  get(address: number): number {
    return this.mem[(address >>> 2) + 1]!;
  }

  set(address: number, value: number): void {
    this.half((address >>> 2) + 1, value);
  }

  // --- machine and mm ---

  /** Reads (one argument) or sets a word of the machine and its mm. */
  mm(name: keyof typeof MM, value?: number): number {
    const at = MM_AT + MM[name];
    if (value !== undefined) this.set(at, value);
    return this.get(at);
  }

  get esop(): boolean {
    return this.get(MM_AT + MM.esop) !== 0;
  }

  get hasPgste(): boolean {
    return this.get(MM_AT + MM.pgste) !== 0;
  }

  get skey(): boolean {
    return this.get(MM_AT + MM.skey) !== 0;
  }

  /** The TLB of this mm may be flushed later: it is attached to no CPU but this one. */
  get flushMayWait(): boolean {
    return (this.mm('attach') & 0xffff) <= (this.mm('active') ? 1 : 0);
  }

  vmas(): readonly Vma[] {
    return this.values[this.mm('vmas')] as readonly Vma[];
  }

  setVmas(vmas: readonly Vma[]): void {
    this.mm('vmas', this.values.push(Object.freeze(vmas)) - 1);
  }

  queue(sem: number): readonly Waiter[] {
    return this.values[this.get(sem + SEM.queue)] as readonly Waiter[];
  }

  setQueue(sem: number, queue: readonly Waiter[]): void {
    this.set(sem + SEM.queue, queue.length === 0 ? 1 : this.values.push(Object.freeze(queue)) - 1);
  }

  /** What stands beside the memory at this moment; the memory itself is the caller's to keep. */
  beside(): Beside {
    return { values: this.values.length, frames: this.descriptors.length, pageBlocks: [...this.pageBlocks] };
  }

  /** Puts back what stood beside the memory, for who has put the memory back and goes on from there another way. */
  putBack({ values, frames, pageBlocks }: Beside): void {
    this.values.length = values;
    this.descriptors.length = frames;
    this.pageBlocks.splice(0, this.pageBlocks.length, ...pageBlocks);
  }

  // --- allocation ---

  private reserve(size: number, align: number): number {
    const at = Math.ceil(this.mm('top') / align) * align;
    const top = at + size;
    if (top > this.maxStorage) throw new StorageLimitError(this.maxStorage);
    if (top > this.mem.byteLength) {
      // No single piece is larger than all there was.
      const bigger = new Uint32Array(this.mem.length * 2);
      bigger.set(this.mem);
      this.mem = bigger;
    }
    this.mm('top', top);
    return at;
  }

  /** Zeroed memory for a kernel structure; `size` is a multiple of 8, at most 4096. */
  allocObject(size: number): number {
    let at = this.mm('slab');
    if (at + size > this.mm('slabEnd')) {
      at = this.reserve(0x1000, 0x1000);
      this.mm('slabEnd', at + 0x1000);
    }
    this.mm('slab', at + size);
    this.mem.fill(0, at >>> 2, (at + size) >>> 2);
    return at;
  }

  /** A table full of empty entries (2,048 of 8 bytes; a page table: 256 and their PGSTEs), and its descriptor. */
  allocTable(level: Level, kind: TableKind, startHi: number, startLo: number): number {
    const size = level === 'pg' ? 0x1000 : 0x4000;
    const at = this.reserve(size, size);
    const index = at >>> 2;
    this.mem.fill(0, index, index + (size >>> 2));
    const entries = level === 'pg' ? 256 : 2048;
    const empty = level === 'pg' ? PAGE_INVALID : LEVEL[level].empty;
    for (let i = 0; i < entries; i++) this.mem[index + 2 * i + 1] = empty;
    const desc = this.allocObject(64);
    this.set(desc + DESC.kind, kind);
    this.set(desc + DESC.level, level === 'pg' ? 4 : ['r1', 'r2', 'r3', 'sg'].indexOf(level));
    this.put(desc + DESC.start, startHi, startLo);
    this.set(desc + DESC.table, at);
    for (let frame = at >>> 12; frame < (at + size) >>> 12; frame++) this.descriptors[frame] = desc;
    return at;
  }

  /** Descriptor of the table that an address lies in; 0 if there is none. */
  descriptor(address: number): number {
    return address < this.mem[TOP]! ? (this.descriptors[address >>> 12] ?? 0) : 0;
  }

  /** Can a walk through a gmap ever read an entry there? What is not handed out yet may become such a table. */
  canBeWalked(address: number): boolean {
    if (address >= this.mem[TOP]!) return true;
    const desc = this.descriptor(address);
    return desc !== 0 && this.lo(desc + DESC.kind) === (TableKind.Gmap as number);
  }

  // --- page tables ---

  /** Host address that a PTE slot stands for. */
  vmaddrOf(pte: number): U64 {
    const desc = this.descriptor(pte);
    return this.word(desc + DESC.start).or(((pte & 0x7f8) >>> 3) << 12);
  }

  /** Guest address that a segment table entry of a gmap stands for: from its place, not from any stored address. */
  gaddrOf(entry: number): U64 {
    const desc = this.descriptor(entry);
    const offset = (entry & 0x3fff) >>> 3;
    return this.word(desc + DESC.start).or(offset << 20);
  }

  /** Lock word of the page table that holds `pte`. */
  ptl(pte: number): number {
    return this.descriptor(pte) + DESC.ptl;
  }

  pclHeld(pte: number): boolean {
    return (this.hi(pte + 2048) & PGSTE_PCL) !== 0;
  }

  /** Address of the entry for a host address in the host table of `level`, or 0 if a table above is missing. */
  hostEntry(vmaddr: U64, level: 'r2' | 'r3' | 'sg'): number {
    if (vmaddr.hi >= 0x20_0000) return 0;
    let at = this.mm('pgd') + ((vmaddr.hi >>> 10) & 0x7ff) * 8;
    if (level === 'r2') return at;
    let entry = this.lo(at);
    if (entry & ENTRY_INVALID) return 0;
    at = ((entry & ENTRY_ORIGIN) >>> 0) + (((vmaddr.hi << 1) | (vmaddr.lo >>> 31)) & 0x7ff) * 8;
    if (level === 'r3') return at;
    entry = this.lo(at);
    if (entry & ENTRY_INVALID) return 0;
    return ((entry & ENTRY_ORIGIN) >>> 0) + ((vmaddr.lo >>> 20) & 0x7ff) * 8;
  }

  /** Address of the PTE slot of a host address, or 0 if its segment has no page table. */
  hostPte(vmaddr: U64): number {
    const segment = this.hostEntry(vmaddr, 'sg');
    if (segment === 0) return 0;
    const entry = this.lo(segment);
    if (entry & ENTRY_INVALID) return 0;
    return ((entry & SEGMENT_ORIGIN) >>> 0) + ((vmaddr.lo >>> 12) & 0xff) * 8;
  }

  // --- page frames ---

  /** Takes the number of a new data page; its storage key starts as 0x06 (referenced and changed). */
  newPage(): number {
    const n = this.mm('pages') + 1;
    this.mm('pages', n);
    this.pageBlocks[n >>> 9] ??= this.allocObject(0x1000);
    this.set(this.pageWord(n), 0x06);
    return n;
  }

  private pageWord(n: number): number {
    return this.pageBlocks[n >>> 9]! + (n & 511) * 8;
  }

  /** Number N of the data page dN that a frame belongs to; 0 if it is none. */
  pageNumber(hi: number, lo: number): number {
    const n = (hi - DATA_HI) * 0x10_0000 + (lo >>> 12);
    return hi >= DATA_HI && n >= 1 && n <= this.mm('pages') ? n : 0;
  }

  /** Storage key of a frame: ACC and FP in 0xf8, R 0x04, C 0x02. */
  storageKey(hi: number, lo: number): number {
    const n = this.pageNumber(hi, lo);
    return n ? this.get(this.pageWord(n)) & 0xff : isZeroPage(hi, lo) ? this.mm('zeroKey') : 0;
  }

  setStorageKey(hi: number, lo: number, key: number): void {
    const n = this.pageNumber(hi, lo);
    if (n) this.set(this.pageWord(n), (this.get(this.pageWord(n)) & ~0xff) | key);
    else if (isZeroPage(hi, lo)) this.mm('zeroKey', key);
  }

  pageShared(n: number): boolean {
    return (this.get(this.pageWord(n)) & 0x100) !== 0;
  }

  setPageShared(n: number, shared: boolean): void {
    const at = this.pageWord(n);
    this.set(at, shared ? this.get(at) | 0x100 : this.get(at) & ~0x100);
  }
}

export function isZeroPage(hi: number, lo: number): boolean {
  return hi === ZERO_PAGE_HI && lo >>> 12 === 0;
}

/** Frame address of the zero page with low 12 bits. */
export function zeroFrame(low: number): U64 {
  return new U64(ZERO_PAGE_HI, low);
}

/** Frame address of data page dN with low 12 bits. */
export function pageFrame(n: number, low: number): U64 {
  return new U64(DATA_HI + Math.floor(n / 0x10_0000), (n << 12) | low);
}

/** Swap entry of slot N. */
export function swapEntry(n: number): U64 {
  return new U64(n >>> 20, (n << 12) | 0x600);
}

/** Number N of the data page dN that a migration entry stands for. */
export function migratingPage({ hi, lo }: U64): number {
  return (hi - DATA_HI) * 0x10_0000 + (lo >>> 12);
}

/** Migration entry of data page dN. */
export function migrationEntry(n: number, write: boolean): U64 {
  const pfn = DATA_HI * 0x10_0000 + n;
  return new U64(pfn >>> 20, (pfn << 12) | (write ? 0x67c : 0x678));
}

/** Text of a PTE value: frame and low 12 bits, `d1:03d`, `z:255`, `s1:600`, `m2:67c`, or `none`. */
export function pteText(hi: number, lo: number): string {
  if (hi === 0 && lo === PAGE_INVALID) return 'none';
  const low = (lo & 0xfff).toString(16).padStart(3, '0');
  const pfn = hi * 0x10_0000 + (lo >>> 12);
  if ((lo & 0x201) === 0x200) {
    const type = (lo >>> 2) & 31;
    if (type >= 30) return `m${pfn - DATA_HI * 0x10_0000}:${low}`;
    return `s${pfn}:${low}`;
  }
  if (isZeroPage(hi, lo)) return `z:${low}`;
  if (hi >= DATA_HI) return `d${pfn - DATA_HI * 0x10_0000}:${low}`;
  return `?:${low}`;
}
