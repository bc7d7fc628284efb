/**
 * What must hold in every state between two steps, whatever the scenario does. docs/model.md lists these; the
 * engine looks at them on demand.
 */
import { PGSTE_OFFSET, PGSTE_PCL } from './bits.js';
import { gmaps, hostPageTables, radixTree, tableAt, tableBelow, usedEntries, wordAt, type Table } from './inspect.js';
import { PCL_AT, type Machine } from './machine.js';
import { MAX_TASKS } from './trace.js';

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

/** The first invariant that does not hold; undefined if all do. */
export function brokenInvariant(m: Machine): BrokenInvariant | undefined {
  const broken = (name: InvariantName, text: string): BrokenInvariant => ({
    name,
    text: `${INVARIANTS[name]} ${text}`,
  });
  const held = new Set<number>();
  for (let task = 0; task < MAX_TASKS; task++) {
    const pte = m.get(PCL_AT + task * 8);
    if (pte) held.add(pte);
  }
  for (const table of hostPageTables(m)) {
    for (let i = 0; i < 256; i++) {
      const pte = table.address + i * 8;
      if (m.hi(pte + PGSTE_OFFSET) & PGSTE_PCL && !held.has(pte)) {
        return broken('pcl', `It is set for host page ${m.vmaddrOf(pte).toString()}, and nobody holds it.`);
      }
    }
  }
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
