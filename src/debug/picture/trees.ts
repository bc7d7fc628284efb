/** The radix trees of a gmap, near the address that is drawn. */
import { radixTree, type GmapInfo } from '../../engine/inspect.js';
import type { Machine } from '../../engine/machine.js';
import type { Focus } from './focus.js';
import type { TreeView } from './model.js';

const ROWS = 5;

interface Entry {
  readonly key: bigint;
  readonly value: bigint;
}
export type Trees = Readonly<Record<TreeView['name'], readonly Entry[]>>;

export function treesOf(machine: Machine, gmap: GmapInfo | undefined): Trees {
  const entries = (name: TreeView['name']): Entry[] => (gmap ? radixTree(machine, gmap, name) : []);
  return { guest_to_host: entries('guest_to_host'), host_to_guest: entries('host_to_guest') };
}

/** @param earlier the trees at the last stop; undefined: not known */
export function drawTrees(now: Trees, earlier: Trees | undefined, { gaddr, vmaddr }: Focus): TreeView[] {
  return [treeView('guest_to_host', now, earlier, gaddr), treeView('host_to_guest', now, earlier, vmaddr)];
}

function treeView(name: TreeView['name'], now: Trees, earlier: Trees | undefined, near: bigint | undefined): TreeView {
  const before = new Map(earlier?.[name].map(({ key, value }) => [key, value]));
  const all = now[name];
  const segment = near === undefined ? undefined : (near >> 20n) << 20n;
  const rows = all.map(({ key, value }) => {
    const old = before.get(key);
    return {
      key: `0x${key.toString(16)}`,
      value: `0x${value.toString(16)}`,
      path: key === segment,
      ...(old !== undefined && old !== value && { before: `0x${old.toString(16)}` }),
      isNew: earlier !== undefined && old === undefined,
    };
  });
  const at = rows.findIndex((row) => row.path);
  const first = Math.max(0, Math.min(at < 0 ? 0 : at - 2, rows.length - ROWS));
  return { name, total: rows.length, rows: rows.slice(first, first + ROWS) };
}
