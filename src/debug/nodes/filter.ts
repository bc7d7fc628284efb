/** What of the tree a person wants to see: only what changed, one gmap, or the way to an address. */
import type { TreeArguments } from '../protocol.js';
import type { Node } from './node.js';

export type TreeFilter = Pick<TreeArguments, 'changed' | 'gmap'> & { readonly address?: bigint };

/** @param parent whose children the nodes are; undefined: they are the roots */
export function filtered(parent: Node | undefined, nodes: readonly Node[], filter: TreeFilter): readonly Node[] {
  const { changed, gmap, address } = filter;
  return nodes.filter(
    (node) =>
      (gmap === undefined || parent !== undefined || (node.kind === 'gmap' && node.label === gmap)) &&
      (address === undefined || leadsTo(parent, node, address)) &&
      (!changed || hasChanged(node)),
  );
}

function leadsTo(parent: Node | undefined, { covers, kind }: Node, address: bigint): boolean {
  if (covers) return covers.from <= address && address < covers.to;
  if (!parent) return kind === 'gmap' || kind === 'host';
  return parent.kind !== 'gmap' || kind === 'table';
}

function hasChanged(node: Node): boolean {
  if (node.changed !== undefined) return true;
  return node.changedInside ? node.changedInside() : (node.children?.() ?? []).some(hasChanged);
}
