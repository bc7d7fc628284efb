/** The two radix trees of a gmap as the kernel functions use them: one row for each access. */
import { EEXIST } from '../bits.js';
import { GMAP, type Machine } from '../machine.js';
import { radixSlot, radixSlotCreate } from '../radix.js';
import { BugText, type Co, type Task } from '../task.js';
import { Kind } from '../trace.js';
import { ZERO, type U64 } from '../u64.js';

/** Number of the gmap's slot, as rows name it. */
export const slotOf = (m: Machine, gmap: number): number => m.get(gmap + GMAP.slot);

/** Which of the two radix trees. */
export const enum Tree {
  G2h,
  H2g,
}

export const treeRoot = (gmap: number, tree: Tree): number =>
  gmap + (tree === Tree.G2h ? GMAP.guest_to_host : GMAP.host_to_guest);

/** A radix-tree row: tree, gmap, key, value (a host address, or where a segment entry points from). */
export function treeRow(t: Task, kind: Kind, site: number, gmap: number, tree: Tree, key: number, value: U64) {
  if (t.m.get(gmap + GMAP.freed)) t.bug(site, BugText.FreedGmap, slotOf(t.m, gmap));
  const row = t
    .row(kind, site)
    .num(tree)
    .num(slotOf(t.m, gmap))
    .word(Math.floor(key / 0x1_0000_0000), key);
  const present = !value.isZero();
  if (!row.recording) return row;
  const shown = tree === Tree.H2g && present ? t.m.gaddrOf(value.lo) : value;
  return row.num(present ? 1 : 0).word(shown.hi, shown.lo);
}

function treeGet(t: Task, gmap: number, tree: Tree, key: number): U64 {
  const slot = radixSlot(t.m, treeRoot(gmap, tree), key);
  return slot ? t.m.word(slot) : ZERO;
}

export function* lookup(t: Task, site: number, gmap: number, tree: Tree, key: number): Co<U64> {
  if (t.due()) yield;
  const value = treeGet(t, gmap, tree, key);
  treeRow(t, Kind.Lookup, site, gmap, tree, key, value);
  return value;
}

export function treeDelete(t: Task, site: number, gmap: number, tree: Tree, key: number): U64 {
  const value = treeGet(t, gmap, tree, key);
  treeRow(t, Kind.Delete, site, gmap, tree, key, value);
  if (!value.isZero()) t.m.store(radixSlot(t.m, treeRoot(gmap, tree), key), ZERO);
  return value;
}

/** Inserts unless something is there (-EEXIST). Storing a null value stores nothing. */
export function treeInsert(t: Task, site: number, gmap: number, tree: Tree, key: number, value: U64): number {
  const rc = treeGet(t, gmap, tree, key).isZero() ? 0 : -EEXIST;
  treeRow(t, Kind.Insert, site, gmap, tree, key, value).num(rc);
  if (rc === 0 && !value.isZero()) t.m.store(radixSlotCreate(t.m, treeRoot(gmap, tree), key), value);
  return rc;
}
