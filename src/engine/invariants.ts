/**
 * What must hold in every state between two steps, whatever the scenario does. docs/model.md lists these; the
 * engine looks at them on demand.
 */
import { PGSTE_OFFSET, PGSTE_PCL } from './bits.js';
import { gmaps, hostPageTables, radixTree, tableAt, tableBelow, usedEntries, wordAt, type Table } from './inspect.js';
import { DESC, GMAP, MM, MM_AT, PCL_AT, STRUCTURES, TableKind, type Machine } from './machine.js';
import { MAX_TASKS, type Trace } from './trace.js';

export interface BrokenInvariant {
  /** Short name. */
  readonly name: string;
  readonly text: string;
}

export const INVARIANTS = {
  'host-to-guest': 'Every host_to_guest entry points at a linked segment table entry.',
  'linked-segment': 'Every linked segment table entry is in host_to_guest, under the segment that it leads to.',
  'live-tables': 'No table entry leads to a table that was freed.',
  pcl: 'The PCL bit is set only between its lock and its unlock.',
} as const;

export type InvariantName = keyof typeof INVARIANTS;

const hexOf = (n: bigint): string => `0x${n.toString(16)}`;

const broken = (name: InvariantName, text: string): BrokenInvariant => ({ name, text: `${INVARIANTS[name]} ${text}` });

/** The first invariant that does not hold; undefined if all do. */
export function brokenInvariant(m: Machine): BrokenInvariant | undefined {
  for (const table of hostPageTables(m)) {
    for (let i = 0; i < 256; i++) {
      const found = brokenPcl(m, table.address + i * 8);
      if (found) return found;
    }
  }
  return brokenGmap(m);
}

/** The PCL bit of one PTE slot. */
function brokenPcl(m: Machine, pte: number): BrokenInvariant | undefined {
  if (!(m.hi(pte + PGSTE_OFFSET) & PGSTE_PCL)) return undefined;
  for (let task = 0; task < MAX_TASKS; task++) if (m.get(PCL_AT + task * 8) === pte) return undefined;
  return broken('pcl', `It is set for host page ${m.vmaddrOf(pte).toString()}, and nobody holds it.`);
}

/** The links between the trees and the tables of all gmaps. */
function brokenGmap(m: Machine): BrokenInvariant | undefined {
  for (const gmap of gmaps(m)) {
    const links = new Map<bigint, bigint>();
    for (const { key, value } of radixTree(m, gmap, 'host_to_guest')) {
      links.set(value, key);
      const entry = wordAt(m, Number(value));
      if (entry & 0x20n) return broken('host-to-guest', `g${gmap.slot}: the entry for ${hexOf(key)} is not linked.`);
    }
    const visit = (table: Table): BrokenInvariant | undefined => {
      for (const entry of usedEntries(m, table)) {
        if (entry.value & 0x20n) continue;
        const below = tableBelow(m, entry);
        if (!below) return broken('live-tables', `g${gmap.slot}: the entry for ${hexOf(entry.from)} does.`);
        if (entry.level === 'sg') {
          if (links.get(BigInt(entry.address)) !== below.start) {
            return broken('linked-segment', `g${gmap.slot}: the one for ${hexOf(entry.from)} is not.`);
          }
        } else {
          const inner = visit(below);
          if (inner) return inner;
        }
      }
      return undefined;
    };
    const root = gmap.root && tableAt(m, gmap.root.address);
    const found = root && visit(root);
    if (found) return found;
  }
  return undefined;
}

/**
 * Looks at a run again and again: only at what the rows since the last time may have broken. Most rows change locks and
 * PTEs, which no invariant is about.
 */
export class InvariantWatch {
  private rows = 0;
  private frames = 0;
  /** Addresses of locks inside of structures. */
  private readonly locks = new Set<number>();

  constructor(
    private readonly machine: Machine,
    private readonly trace: Trace,
  ) {}

  /** The first invariant that the rows since the last time broke. */
  broken(): BrokenInvariant | undefined {
    const { trace, machine: m } = this;
    let links = false;
    for (; this.rows < trace.length; this.rows++) {
      for (let i = 0; i < trace.changeCount(this.rows); i++) {
        const index = trace.changeIndex(this.rows, i);
        const address = (index >>> 1) * 8;
        const table = m.descriptor(address);
        if (table !== 0 && m.get(table + DESC.kind) !== (TableKind.Gmap as number)) {
          const found = address & PGSTE_OFFSET && brokenPcl(m, address - PGSTE_OFFSET);
          if (found) return found;
        } else if (address >= PCL_AT && address < PCL_AT + MAX_TASKS * 8) {
          // The slot that was held before.
          const pte = (m.mem[index]! ^ trace.changeXor(this.rows, i)) >>> 0;
          const found = pte !== 0 && brokenPcl(m, pte);
          if (found) return found;
        } else links ||= this.isLink(address);
      }
    }
    return links ? brokenGmap(m) : undefined;
  }

  /** Might a gmap's trees or tables depend on this word? */
  private isLink(address: number): boolean {
    const { machine: m } = this;
    if (address < STRUCTURES) return address === MM_AT + MM.gmaps;
    if (this.locks.has(address)) return false;
    for (const end = m.mm('top') >>> 12; this.frames < end; this.frames++) {
      const table = m.descriptor(this.frames * 0x1000);
      if (table !== 0) this.locks.add(table + DESC.ptl);
    }
    for (const gmap of gmaps(m)) this.locks.add(gmap.address + GMAP.guest_table_lock);
    return !this.locks.has(address);
  }
}
