/**
 * The bits of every kind of table entry, described once. Decoding, views, hovers, documentation and tests read
 * these tables; the engine takes its masks from the constants.
 *
 * Sources: z/Architecture Principles of Operation, chapter 3 (dynamic address translation), and Linux v4.8
 * arch/s390/include/asm/pgtable.h.
 */

/** Table levels from the root down, under the kernel's short names. */
export const LEVELS = ['r1', 'r2', 'r3', 'sg', 'pg'] as const;
export type Level = (typeof LEVELS)[number];

export interface LevelInfo {
  readonly level: Level;
  /** Name in the Principles of Operation. */
  readonly name: string;
  /** Lowest bit of the index in the address. */
  readonly shift: number;
  readonly indexBits: number;
  /** Value of an entry that leads nowhere. */
  readonly empty: number;
  /** Low bits of a valid entry (type and length). */
  readonly valid: number;
  /** ASCE type if the root is of this level. */
  readonly asceType: number;
}

export const LEVEL: Readonly<Record<Level, LevelInfo>> = {
  r1: { level: 'r1', name: 'region-first', shift: 53, indexBits: 11, empty: 0x2c, valid: 0x0f, asceType: 0x0c },
  r2: { level: 'r2', name: 'region-second', shift: 42, indexBits: 11, empty: 0x28, valid: 0x0b, asceType: 0x08 },
  r3: { level: 'r3', name: 'region-third', shift: 31, indexBits: 11, empty: 0x24, valid: 0x07, asceType: 0x04 },
  sg: { level: 'sg', name: 'segment', shift: 20, indexBits: 11, empty: 0x20, valid: 0, asceType: 0 },
  pg: { level: 'pg', name: 'page', shift: 12, indexBits: 8, empty: 0x400, valid: 0, asceType: 0 },
};

// Entries of region and segment tables (lower half).
export const ENTRY_INVALID = 0x20;
/** Low word of the address of the table that a region entry leads to. */
export const ENTRY_ORIGIN = 0xffff_f000;
export const SEGMENT_ORIGIN = 0xffff_f800;

// PTE (lower half).
export const PAGE_PRESENT = 0x001;
export const PAGE_YOUNG = 0x004;
export const PAGE_DIRTY = 0x008;
export const PAGE_READ = 0x010;
export const PAGE_WRITE = 0x020;
export const PAGE_SPECIAL = 0x040;
export const PAGE_PROTECT = 0x200;
export const PAGE_INVALID = 0x400;

// PGSTE, upper half.
export const PGSTE_ACC_FP = 0xf800_0000;
export const PGSTE_PCL = 0x0080_0000;
export const PGSTE_HR = 0x0040_0000;
export const PGSTE_GR = 0x0004_0000;
export const PGSTE_GC = 0x0002_0000;
export const PGSTE_UC = 0x0000_8000;
export const PGSTE_IN = 0x0000_4000;
// PGSTE, lower half: the guest page state.
export const GPS_ZERO = 0x8000_0000;
export const GPS_USAGE_MASK = 0x0300_0000;
export const GPS_USAGE_UNUSED = 0x0100_0000;

/** Distance from a PTE to its PGSTE in bytes: 256 PTEs come before their 256 PGSTEs. */
export const PGSTE_OFFSET = 2048;

export type EntryKind = 'asce' | 'region' | 'segment' | 'pte' | 'pgste';

export interface Bit {
  /** Short name that people write: `pgste.IN`. */
  readonly name: string;
  /** The kernel's constant. */
  readonly kernel: string;
  /** Name in the architecture; left out for bits that only software knows. */
  readonly architecture?: string;
  readonly mask: bigint;
  readonly doc: string;
}

const bit = (name: string, kernel: string, mask: bigint, doc: string, architecture?: string): Bit =>
  architecture === undefined ? { name, kernel, mask, doc } : { name, kernel, mask, doc, architecture };

export const BITS: Readonly<Record<EntryKind, readonly Bit[]>> = {
  asce: [
    bit('origin', '_ASCE_ORIGIN', 0xffff_ffff_ffff_f000n, 'Address of the root table.', 'table origin'),
    bit('user', '_ASCE_USER_BITS', 0x1c0n, 'Subspace group, private space, storage-alteration event.', 'G, P, S'),
    bit('type', '_ASCE_TYPE_MASK', 0x0cn, 'Level of the root: 11 region-first … 00 segment.', 'DT'),
    bit('length', '_ASCE_TABLE_LENGTH', 0x03n, 'Length of the root table in quarters, minus one.', 'TL'),
  ],
  region: [
    bit('origin', '_REGION_ENTRY_ORIGIN', 0xffff_ffff_ffff_f000n, 'Address of the next lower table.', 'table origin'),
    bit('protect', '_REGION_ENTRY_PROTECT', 0x200n, 'Everything below is write-protected.', 'P'),
    bit('I', '_REGION_ENTRY_INVALID', 0x20n, 'The entry leads nowhere.', 'I'),
    bit('type', '_REGION_ENTRY_TYPE_MASK', 0x0cn, 'Level of the table that holds the entry.', 'TT'),
    bit('length', '_REGION_ENTRY_LENGTH', 0x03n, 'Length of the next table in quarters, minus one.', 'TL'),
  ],
  segment: [
    bit('origin', '_SEGMENT_ENTRY_ORIGIN', 0xffff_ffff_ffff_f800n, 'Address of the page table.', 'page-table origin'),
    bit('protect', '_SEGMENT_ENTRY_PROTECT', 0x200n, 'Every page of the segment is write-protected.', 'P'),
    bit('I', '_SEGMENT_ENTRY_INVALID', 0x20n, 'The entry leads nowhere.', 'I'),
    bit('type', '_SEGMENT_ENTRY_TYPE', 0x0cn, 'Level of the table that holds the entry: 00.', 'TT'),
  ],
  pte: [
    bit('frame', 'PAGE_MASK', 0xffff_ffff_ffff_f000n, 'Absolute address of the page frame.', 'page-frame address'),
    bit('large', '_PAGE_LARGE', 0x800n, 'Part of a large page (software).'),
    bit('I', '_PAGE_INVALID', 0x400n, 'The hardware may not use the entry.', 'I'),
    bit('P', '_PAGE_PROTECT', 0x200n, 'The hardware refuses to store.', 'P'),
    bit('unused', '_PAGE_UNUSED', 0x080n, 'The guest does not need the content (software).'),
    bit('special', '_PAGE_SPECIAL', 0x040n, 'No struct page counts this mapping (software).'),
    bit('write', '_PAGE_WRITE', 0x020n, 'Linux may make the page writable (software).'),
    bit('read', '_PAGE_READ', 0x010n, 'Linux may make the page readable (software).'),
    bit('dirty', '_PAGE_DIRTY', 0x008n, 'The page was written (software).'),
    bit('young', '_PAGE_YOUNG', 0x004n, 'The page was used (software).'),
    bit('present', '_PAGE_PRESENT', 0x001n, 'The entry maps a page (software).'),
  ],
  pgste: [
    bit('ACC', 'PGSTE_ACC_BITS', 0xf000_0000_0000_0000n, 'Access-control bits of the guest storage key.', 'ACC'),
    bit('FP', 'PGSTE_FP_BIT', 0x0800_0000_0000_0000n, 'Fetch protection of the guest storage key.', 'F'),
    bit('PCL', 'PGSTE_PCL_BIT', 0x0080_0000_0000_0000n, 'Lock of the PTE and PGSTE pair.', 'PCL'),
    bit('HR', 'PGSTE_HR_BIT', 0x0040_0000_0000_0000n, 'Host reference backup.', 'HR'),
    bit('HC', 'PGSTE_HC_BIT', 0x0020_0000_0000_0000n, 'Host change backup.', 'HC'),
    bit('GR', 'PGSTE_GR_BIT', 0x0004_0000_0000_0000n, 'Guest reference backup.', 'GR'),
    bit('GC', 'PGSTE_GC_BIT', 0x0002_0000_0000_0000n, 'Guest change backup.', 'GC'),
    bit(
      'UC',
      'PGSTE_UC_BIT',
      0x0000_8000_0000_0000n,
      'User dirty: the page was writable since the dirty log was read.',
    ),
    bit('IN', 'PGSTE_IN_BIT', 0x0000_4000_0000_0000n, 'Invalidation notify: tell KVM before the PTE changes.'),
    bit('zero', '_PGSTE_GPS_ZERO', 0x8000_0000n, 'Guest page state: logically zero.'),
    bit(
      'usage',
      '_PGSTE_GPS_USAGE_MASK',
      0x0300_0000n,
      'Guest page state: 01 unused, 00 stable, 10 potentially volatile, 11 volatile.',
    ),
  ],
};

/** Flags of handle_mm_fault. */
export const FAULT_FLAG_WRITE = 0x01;
export const FAULT_FLAG_ALLOW_RETRY = 0x04;
export const FAULT_FLAG_TRIED = 0x20;
/** Results of handle_mm_fault. */
export const VM_FAULT_OOM = 0x001;
export const VM_FAULT_SIGBUS = 0x002;
export const VM_FAULT_RETRY = 0x400;

export const ERRNO = { ENOENT: 2, EAGAIN: 11, ENOMEM: 12, EFAULT: 14, EEXIST: 17, EINVAL: 22 } as const;
export const { ENOENT, EAGAIN, ENOMEM, EFAULT, EEXIST, EINVAL } = ERRNO;

/** `-14` becomes `-EFAULT (-14)`; anything that is no known error stays as it is. */
export function errnoName(rc: number): string | undefined {
  return Object.entries(ERRNO).find(([, n]) => n === -rc)?.[0];
}
