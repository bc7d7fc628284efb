/** The whole state as plain data, in the form of the conformance corpus (its section "State"). */
import { LEVEL, PAGE_INVALID, type Level } from './bits.js';
import { DESC, GMAP, MM_AT, MM, NOTIFIER, pteText, type Machine } from './machine.js';
import { GMAP_SLOTS } from './operation.js';
import { gmapInSlot } from './operations.js';
import { radixEntries } from './radix.js';
import { pageTables } from './kernel/tables.js';
import { hex, U64 } from './u64.js';

export type TableState = readonly [level: string, start: string, entries: Readonly<Record<string, string>>];

export interface GmapState {
  readonly asce: string;
  readonly end: string;
  readonly ncrst: number;
  readonly tab: readonly TableState[];
  readonly g2h: Readonly<Record<string, string>>;
  readonly h2g: Readonly<Record<string, string>>;
}

export interface MachineState {
  readonly m: string;
  readonly vma: readonly (readonly [string, string, string])[];
  readonly pt: readonly string[];
  readonly nb: readonly number[];
  readonly gl: readonly number[];
  readonly g: Readonly<Record<string, GmapState>>;
  readonly pte: Readonly<Record<string, string>>;
}

const FLAGS = [
  'esop',
  'idte',
  'tlblc',
  'cpulocal',
  'attach',
  'active',
  'pgste',
  'alloc_pgste',
  'skey',
  'flush_mm',
] as const;
const LEVELS = ['r1', 'r2', 'r3', 'sg'] as const;

const hexOf = (n: number): string => U64.of(n).toString();

/** Numbers of the elements of a list in storage, in list order. */
function list(m: Machine, head: number, next: number, id: number): number[] {
  const ids: number[] = [];
  for (let at = m.get(head); at !== 0; at = m.get(at + next)) ids.push(m.get(at + id));
  return ids;
}

function gmapState(m: Machine, gmap: number): GmapState {
  const tab: TableState[] = [];
  const numbers = new Map<number, number>();
  const visit = (table: number): number => {
    const desc = m.descriptor(table);
    const level = LEVELS[m.get(desc + DESC.level)]!;
    const entries: Record<string, string> = {};
    const number = tab.push([level, m.word(desc + DESC.start).toString(), entries]) - 1;
    numbers.set(table, number);
    for (let i = 0; i < 2048; i++) {
      const at = table + i * 8;
      const hi = m.hi(at);
      const lo = m.lo(at);
      if (hi === 0 && lo === LEVEL[level as Level].empty) continue;
      if (level === 'sg') {
        const pageTable = (lo & 0xffff_f800) >>> 0;
        const low = (lo & 0x7ff).toString(16).padStart(3, '0');
        const target = m.descriptor(pageTable);
        const stale = !target || m.get(target + DESC.freed);
        entries[i] = `${stale ? 'stale' : `P${m.word(target + DESC.start).toString()}`}:${low}`;
      } else {
        const below = (lo & 0xffff_f000) >>> 0;
        const low = (lo & 0xfff).toString(16).padStart(3, '0');
        entries[i] = lo & 0x20 || !m.descriptor(below) ? `?:${low}` : `T${visit(below)}:${low}`;
      }
    }
    return number;
  };
  visit(m.get(gmap + GMAP.table));
  const g2h: Record<string, string> = {};
  for (const { key, slot } of radixEntries(m, gmap + GMAP.guest_to_host)) {
    g2h[new U64(key >= 4096 ? Math.floor(key / 4096) : 0, key << 20).toString()] = m.word(slot).toString();
  }
  const h2g: Record<string, string> = {};
  for (const { key, slot } of radixEntries(m, gmap + GMAP.host_to_guest)) {
    const entry = m.get(slot);
    const table = entry & ~0x3fff;
    h2g[new U64(key >= 4096 ? Math.floor(key / 4096) : 0, key << 20).toString()] =
      `T${numbers.get(table >>> 0) ?? '?'}[${(entry & 0x3fff) >>> 3}]`;
  }
  return {
    asce: hex(0, m.lo(gmap + GMAP.asce) & 0xfff),
    end: m.word(gmap + GMAP.asce_end).toString(),
    ncrst: m.get(gmap + GMAP.count),
    tab,
    g2h,
    h2g,
  };
}

export function snapshot(m: Machine): MachineState {
  const g: Record<string, GmapState> = {};
  for (let slot = 0; slot < GMAP_SLOTS; slot++) {
    const gmap = gmapInSlot(m, slot);
    if (gmap) g[slot] = gmapState(m, gmap);
  }
  const pt: string[] = [];
  const pte: Record<string, string> = {};
  for (const { segment, table } of pageTables(m, 0, 2 ** 53)) {
    pt.push(hexOf(segment));
    for (let i = 0; i < 256; i++) {
      const at = table + i * 8;
      const hi = m.hi(at);
      const lo = m.lo(at);
      const gh = m.hi(at + 2048);
      const gl = m.lo(at + 2048);
      if (hi === 0 && lo === PAGE_INVALID && (gh | gl) === 0) continue;
      const key = m.skey && lo & 1 ? `/${m.storageKey(hi, lo).toString(16).padStart(2, '0')}` : '';
      pte[hexOf(segment + i * 4096)] = `${pteText(hi, lo)}/${hex(gh, gl)}${key}`;
    }
  }
  return {
    m: FLAGS.map((f) => `${f}=${m.mm(f)}`).join(' '),
    vma: m.vmas().map((v) => [hexOf(v.start), hexOf(v.end), v.prot] as const),
    pt,
    nb: list(m, MM_AT + MM.notifiers, NOTIFIER.next, NOTIFIER.id),
    gl: list(m, MM_AT + MM.gmaps, GMAP.next, GMAP.slot),
    g,
    pte,
  };
}
