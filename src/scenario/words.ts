/**
 * The words of the language that come from a table: each with the sentence that hover, completion and the reference
 * show. Bits come from src/engine/bits.ts, operations from src/engine/operation.ts.
 */
import { BITS, ERRNO, PAGE_INVALID, PAGE_PRESENT, PAGE_PROTECT, PAGE_WRITE } from '../engine/bits.js';
import type { Bit, EntryKind, Level } from '../engine/bits.js';
import { allFunctions } from '../engine/catalog.js';
// Describes the functions to the catalogue.
import '../engine/operations.js';

/** Words with what they mean. */
export type Words<K extends string = string> = Readonly<Record<K, string>>;

export function isWord<K extends string>(words: Words<K>, word: string): word is K {
  return Object.hasOwn(words, word);
}

export const GENERATIONS: Words<'after' | 'before'> = {
  after: 'The commit itself: gmap_mprotect_notify.',
  before: 'The kernel before the commit: gmap_ipte_notify.',
};

export const FACILITIES: Words = {
  esop: 'Enhanced suppression on protection: the hardware tells a protection fault precisely.',
  idte: 'INVALIDATE DAT TABLE ENTRY: the TLB entries of one address space can be flushed.',
  tlblc: 'Local TLB clearing: IPTE can stay on this CPU.',
  cpulocal: 'The address space has run on this CPU only.',
  attach: 'How many CPUs the address space is attached to.',
  active: 'The address space is the active one on this CPU.',
  pgste: 'Page tables have PGSTEs.',
  alloc_pgste: 'New processes get page tables with PGSTEs.',
};

export const PROTECTIONS: Words<'rw' | 'ro' | 'none'> = {
  rw: 'The process may read and write.',
  ro: 'The process may read.',
  none: 'The process may do nothing.',
};

export const ADVICES: Words = { dontneed: 'Throw the pages away (MADV_DONTNEED).' };

export const SHARES: Words<'private' | 'shared'> = {
  private: 'The page stays the only user of its frame: the next write makes it writable again.',
  shared: 'The frame has another user: the next write copies it.',
};

export const USAGES: Words = {
  unused: 'The guest does not need the content.',
  stable: 'The guest needs the content.',
  zero: 'The guest takes the content to be zero.',
};

/** Levels of a walk as people write them, and the engine's short names. */
export const WALK_LEVELS: Readonly<Record<string, Level>> = {
  region1: 'r1',
  region2: 'r2',
  region3: 'r3',
  segment: 'sg',
  page: 'pg',
};

/** The lock names of the kernel, with what tells one lock of that name from another. */
export interface LockInfo {
  readonly operand: 'none' | 'gmap' | 'address';
  /** Taken for reading or for writing. */
  readonly modes?: boolean;
  readonly doc: string;
}

export const LOCKS: Readonly<Record<string, LockInfo>> = {
  mmap_sem: { operand: 'none', modes: true, doc: 'Guards the VMAs of the process.' },
  anon_vma: {
    operand: 'none',
    modes: true,
    doc: 'Guards the reverse map; keeps page tables alive for reclaim and migration.',
  },
  page_table_lock: { operand: 'none', doc: 'Guards the upper tables of the process and of its gmaps.' },
  ptl: { operand: 'address', doc: 'Lock of the host page table of a segment.' },
  pcl: { operand: 'address', doc: 'The PCL bit: lock of one PTE and its PGSTE.' },
  guest_table_lock: { operand: 'gmap', doc: 'Guards the radix trees and the segment entries of a gmap.' },
  gmap_lock: { operand: 'none', doc: "Guards the process' list of gmaps." },
  gmap_notifier_lock: { operand: 'none', doc: 'Guards the list of notifiers.' },
  rcu: { operand: 'none', doc: 'An RCU read section is open.' },
};

// ---- entries ----------------------------------------------------------------------------------------------------

/** Levels of an entry as people write them. */
export const ENTRY_LEVELS: Words<'pte' | 'pgste' | 'segment' | 'region3' | 'region2' | 'region1'> = {
  pte: 'Page table entry.',
  pgste: 'Page status table entry: the guest half beside a PTE.',
  segment: 'Segment table entry.',
  region3: 'Region-third table entry.',
  region2: 'Region-second table entry.',
  region1: 'Region-first table entry.',
};
export type EntryLevelName = keyof typeof ENTRY_LEVELS;

/**
 * A state an entry can be expected to have. `value` tests the entry's bits: (entry & mask) equals `equals`.
 * The few states that bits alone do not tell are left to who evaluates: `test` is missing.
 */
export interface StateInfo {
  readonly doc: string;
  readonly test?: { readonly mask: bigint; readonly equals: bigint };
}

const bits = (mask: number, equals: number): { mask: bigint; equals: bigint } => ({
  mask: BigInt(mask),
  equals: BigInt(equals),
});
const set = (mask: number) => bits(mask, mask);
const clear = (mask: number) => bits(mask, 0);
const pteBit = (name: string): number => Number(BITS.pte.find((b) => b.name === name)!.mask);

const PTE_STATES: Readonly<Record<string, StateInfo>> = {
  absent: { doc: 'Empty: nothing was ever there, or it was thrown away. Also where a table on the way is missing.' },
  valid: { doc: 'The I bit is clear: the hardware may use the entry.', test: clear(PAGE_INVALID) },
  invalid: { doc: 'The I bit is set: an access faults.', test: set(PAGE_INVALID) },
  present: { doc: 'Maps a page, whether the hardware may use it or not.', test: set(PAGE_PRESENT) },
  swapped: { doc: 'The page is on swap.' },
  migrating: { doc: 'The page is being moved: a migration entry.' },
  'zero page': { doc: 'Maps the page of zeros that all processes share.' },
  writable: {
    doc: 'Linux may write (_PAGE_WRITE) and the P bit is clear.',
    test: bits(PAGE_WRITE | PAGE_PROTECT, PAGE_WRITE),
  },
  protected: { doc: 'The P bit is set: the hardware refuses to store.', test: set(PAGE_PROTECT) },
  dirty: { doc: 'Marked as written.', test: set(pteBit('dirty')) },
  clean: { doc: 'Not marked as written.', test: clear(pteBit('dirty')) },
  young: { doc: 'Marked as used.', test: set(pteBit('young')) },
  old: { doc: 'Not marked as used.', test: clear(pteBit('young')) },
  special: { doc: 'No struct page counts this mapping.', test: set(pteBit('special')) },
};

const PGSTE_STATES: Readonly<Record<string, StateInfo>> = {
  empty: { doc: 'All bits are zero.', test: { mask: (1n << 64n) - 1n, equals: 0n } },
  locked: { doc: 'The PCL bit is set.', test: { mask: pgsteBit('PCL'), equals: pgsteBit('PCL') } },
  unlocked: { doc: 'The PCL bit is clear.', test: { mask: pgsteBit('PCL'), equals: 0n } },
  stable: {
    doc: 'Guest page state: the guest needs the content.',
    test: { mask: pgsteBit('usage') | pgsteBit('zero'), equals: 0n },
  },
  unused: {
    doc: 'Guest page state: the guest does not need the content.',
    test: { mask: pgsteBit('usage'), equals: 0x0100_0000n },
  },
  zero: {
    doc: 'Guest page state: the guest takes the content to be zero.',
    test: { mask: pgsteBit('zero'), equals: pgsteBit('zero') },
  },
};

const TABLE_STATES: Readonly<Record<string, StateInfo>> = {
  absent: { doc: 'Empty; also where a table on the way is missing.' },
  valid: { doc: 'The I bit is clear: the walk goes on.', test: clear(0x20) },
  invalid: { doc: 'The I bit is set: the walk ends here.', test: set(0x20) },
};

const SEGMENT_STATES: Readonly<Record<string, StateInfo>> = {
  ...TABLE_STATES,
  linked: { doc: "Leads to the host's page table.", test: clear(0x20) },
  unlinked: { doc: 'Leads nowhere: the next fault links it.' },
};

function pgsteBit(name: string): bigint {
  return BITS.pgste.find((b) => b.name === name)!.mask;
}

export function entryStates(level: EntryLevelName): Readonly<Record<string, StateInfo>> {
  if (level === 'pte') return PTE_STATES;
  if (level === 'pgste') return PGSTE_STATES;
  return level === 'segment' ? SEGMENT_STATES : TABLE_STATES;
}

export function entryKind(level: EntryLevelName): EntryKind {
  return level === 'pte' || level === 'pgste' || level === 'segment' ? level : 'region';
}

/** The bits a person can name at a level: `IN`, or the kernel's own `PGSTE_IN_BIT`. */
export function entryBits(level: EntryLevelName): readonly Bit[] {
  return BITS[entryKind(level)];
}

export function findBit(level: EntryLevelName, name: string): Bit | undefined {
  return entryBits(level).find((bit) => bit.name === name || bit.kernel === name);
}

// ---- constants --------------------------------------------------------------------------------------------------

export interface Constant {
  readonly value: bigint;
  readonly doc: string;
}

function buildConstants(): ReadonlyMap<string, Constant> {
  const constants = new Map<string, Constant>();
  const add = (name: string, value: bigint, doc: string) => constants.set(name, { value, doc });
  for (const [name, value] of Object.entries(ERRNO))
    add(name, BigInt(value), `Error ${value}; results have it negative: -${name}.`);
  add('PROT_NONE', 0n, 'No access.');
  add('PROT_READ', 1n, 'Read access.');
  add('PROT_WRITE', 2n, 'Write access.');
  add('PROT_EXEC', 4n, 'Execute access.');
  add('PAGE_SIZE', 0x1000n, 'Bytes of a page.');
  add('PMD_SIZE', 0x10_0000n, 'Bytes of a segment.');
  for (const kind of ['asce', 'region', 'segment', 'pte', 'pgste'] as const) {
    for (const bit of BITS[kind]) if (!constants.has(bit.kernel)) add(bit.kernel, bit.mask, bit.doc);
  }
  return constants;
}

/** Names that stand for a number everywhere: errors, rights, bits of entries. */
export const CONSTANTS = buildConstants();

// ---- places that can be visited ---------------------------------------------------------------------------------

/** The functions whose visits can be counted, under the names of both generations. */
export const KERNEL_FUNCTIONS: readonly string[] = allFunctions()
  .filter((fn) => !fn.operation)
  .flatMap((fn) => (fn.nameBefore === undefined ? [fn.name] : [fn.name, fn.nameBefore]));

// ---- statements -------------------------------------------------------------------------------------------------

/** The words a statement begins with. */
export const STATEMENTS: Words = {
  scenario: 'scenario "NAME" { … }: a scenario; what stands outside is the set-up of each.',
  generation: 'generation after|before: which kernel is modelled.',
  machine: 'machine { esop on  idte on … }: facilities and counters.',
  host: 'host mmap|read|reclaim|…: something the host process, or its memory management, does.',
  guest: 'guest read|write GMAP GADDR: an access by the guest: the hardware walk, and gmap_fault on a miss.',
  gmap: 'gmap NAME limit SIZE: gmap_alloc; the limit picks the top table level.',
  free: 'free GMAP: gmap_free.',
  enable: 'enable GMAP: gmap_enable.',
  disable: 'disable GMAP: gmap_disable.',
  map: 'map GMAP GADDR len LENGTH to VMADDR: gmap_map_segment.',
  unmap: 'unmap GMAP GADDR len LENGTH: gmap_unmap_segment.',
  translate: 'translate GMAP GADDR: gmap_translate.',
  fault: 'fault GMAP GADDR read|write: gmap_fault.',
  zap: 'zap GMAP GADDR: __gmap_zap.',
  discard: 'discard GMAP from GADDR to GADDR: gmap_discard.',
  mprotect_notify: 'mprotect_notify GMAP GADDR len LENGTH PROT: gmap_mprotect_notify.',
  ipte_notify: 'ipte_notify GMAP GADDR len LENGTH: gmap_ipte_notify, in generation before.',
  notifier: 'notifier NAME: gmap_register_pte_notifier.',
  unregister: 'unregister NOTIFIER: gmap_unregister_pte_notifier.',
  inject: 'inject alloc K | unlocked N | fault K | ksm  then { STATEMENT }: faults for the next operation.',
  down_read: 'down_read mmap_sem: takes mmap_sem for reading.',
  down_write: 'down_write mmap_sem: takes mmap_sem for writing.',
  up_read: 'up_read mmap_sem: releases it.',
  up_write: 'up_write mmap_sem: releases it.',
  let: 'let NAME = NUMBER: a constant.',
  repeat: 'repeat N { … }: the statements N times.',
  thread: 'thread NAME { … }: runs beside the threads next to it.',
  vcpu: 'vcpu NAME of GMAP prefix GADDR: a virtual CPU of the guest.',
  enter: 'enter VCPU: handles its requests and enters SIE.',
  leave: 'leave VCPU: leaves SIE.',
  set_prefix: 'set_prefix VCPU GADDR: moves its prefix pages.',
  schedule: 'schedule written|round_robin|random|pct|file|steps: who runs next.',
  mark: 'mark NAME: names this moment, for `since NAME`.',
  print: 'print EXPRESSION: shows a value.',
  expect: 'expect …: what must hold here.',
};

/** What `host` can do. */
export const HOST_ACTIONS: Words = {
  mmap: 'host mmap ADDRESS len LENGTH rw|ro|none',
  munmap: 'host munmap ADDRESS len LENGTH',
  mprotect: 'host mprotect ADDRESS len LENGTH rw|ro|none',
  madvise: 'host madvise dontneed ADDRESS len LENGTH',
  read: 'host read ADDRESS',
  write: 'host write ADDRESS',
  reclaim: 'host reclaim ADDRESS',
  migrate: 'host migrate ADDRESS',
  migrate_start: 'host migrate_start ADDRESS',
  migrate_end: 'host migrate_end ADDRESS',
  wrprotect: 'host wrprotect ADDRESS private|shared',
  mkclean: 'host mkclean ADDRESS',
  age: 'host age ADDRESS',
  essa: 'host essa ADDRESS unused|stable|zero',
  enable_sie: 'host enable_sie',
  enable_skey: 'host enable_skey',
  reset_cmma: 'host reset_cmma',
  set_key: 'host set_key ADDRESS key KEY',
  cond_set_key: 'host cond_set_key ADDRESS key KEY',
  get_key: 'host get_key ADDRESS',
  rrbe: 'host rrbe ADDRESS',
  test_and_clear_dirty: 'host test_and_clear_dirty ADDRESS',
  exit: 'host exit',
};

/** Names that people know from the kernel or from the operation language, and what to write. */
export const OTHER_NAMES: Readonly<Record<string, string>> = {
  alloc: 'gmap NAME limit SIZE',
  gmap_alloc: 'gmap NAME limit SIZE',
  register: 'notifier NAME',
  map_segment: 'map GMAP GADDR len LENGTH to VMADDR',
  unmap_segment: 'unmap GMAP GADDR len LENGTH',
  touch: 'host read ADDRESS or host write ADDRESS',
  gtouch: 'guest read GMAP GADDR or guest write GMAP GADDR',
  madvise_dontneed: 'host madvise dontneed ADDRESS len LENGTH',
  exit_mm: 'host exit',
  test_clear_dirty: 'host test_and_clear_dirty ADDRESS',
  down: 'down_read mmap_sem or down_write mmap_sem',
  up: 'up_read mmap_sem or up_write mmap_sem',
  ...HOST_ACTIONS,
};
