/** Nodes for clients: as variables of the protocol, and as the tree of a sidebar. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { ErrorId, RequestError } from './errors.js';
import type { Handles } from './handles.js';
import { walkAddresses } from './nodes/walk.js';
import { filtered } from './nodes/filter.js';
import { formatNumber, nodeNamed, rootNodes } from './nodes/roots.js';
import type { Node, View } from './nodes/node.js';
import type { TreeArguments, TreeNode, TreeResponse } from './protocol.js';
import type { Target } from './target.js';

/** How numbers are shown: decoded, or in a base. */
export type Format = 'decoded' | 'hex' | 'dec' | 'bin';

export function viewOf(target: Target, task: number): View {
  return { target, changes: target.changes(), path: walkAddresses(target, task) };
}

/** Containers with more children than this tell clients to page. */
const PAGED = 100;

/** What clients know a container by: its identifier as a node. */
export type ContainerHandles = Handles<string>;

/** Number of a node's children; of one that need not be counted, 1. */
function sizeOf(node: Node): number {
  return node.size?.() ?? (node.isParent ? 1 : (node.children?.().length ?? 0));
}

export function shownText(node: Node, format: Format): string {
  if (format === 'decoded' || node.number === undefined) return node.text;
  return formatNumber(node.number, format);
}

export function toVariable(node: Node, handles: ContainerHandles, format: Format): DebugProtocol.Variable {
  const canSet = node.place !== undefined && !node.readOnly;
  const size = sizeOf(node);
  const address = node.place === undefined ? undefined : `0x${node.place.address.toString(16)}`;
  return {
    name: node.label,
    value: shownText(node, format),
    ...(node.type !== undefined && { type: node.type }),
    ...(node.evaluateName !== undefined && { evaluateName: node.evaluateName }),
    variablesReference: size > 0 ? handles.of(node.id, node.id) : 0,
    ...(size > PAGED ? { indexedVariables: size } : {}),
    ...(address !== undefined && { memoryReference: address }),
    presentationHint: {
      kind: node.kind === 'bit' ? 'property' : 'data',
      ...(canSet ? {} : { attributes: ['readOnly'] }),
    },
  };
}

/** The nodes inside a container. */
export function childrenOf(view: View, id: string): readonly Node[] {
  return nodeNamed(view, id)?.children?.() ?? [];
}

export function variables(
  view: View,
  id: string,
  handles: ContainerHandles,
  format: Format,
  args: DebugProtocol.VariablesArguments,
): DebugProtocol.Variable[] {
  // prettier-ignore
  const nodes = childrenOf(view, id);
  const indexed = nodes.length > PAGED;
  if (args.filter === 'named' && indexed) return [];
  if (args.filter === 'indexed' && !indexed) return [];
  const start = args.start ?? 0;
  const page = args.count ? nodes.slice(start, start + args.count) : nodes.slice(start);
  return page.map((node) => toVariable(node, handles, format));
}

// --- the tree ---

export function toTreeNode(node: Node): TreeNode {
  const address = node.place === undefined ? undefined : `0x${node.place.address.toString(16)}`;
  return {
    id: node.id,
    kind: node.kind,
    label: node.label,
    description: node.text,
    ...(node.tooltip !== undefined && { tooltip: node.tooltip }),
    ...(node.type !== undefined && { type: node.type }),
    expandable: sizeOf(node) > 0,
    ...(node.raw !== undefined && { raw: node.raw }),
    ...(node.changed !== undefined && { changed: node.changed }),
    ...(node.onPath && { onPath: true }),
    ...(address !== undefined && { memoryReference: address }),
    ...(node.number !== undefined &&
      node.place !== undefined && { value: `0x${BigInt.asUintN(64, node.number).toString(16)}` }),
    ...(node.place && node.kind === 'bit' && { mask: `0x${node.place.mask.toString(16)}` }),
    ...(node.evaluateName !== undefined && { evaluateName: node.evaluateName }),
  };
}

export function tree(view: View, args: TreeArguments): TreeResponse {
  if (args.nodes) {
    const named = args.nodes.flatMap((id) => nodeNamed(view, id) ?? []);
    return { nodes: named.map(toTreeNode), total: named.length };
  }
  const parent = args.parent === undefined ? undefined : nodeNamed(view, args.parent);
  if (args.parent !== undefined && !parent) {
    throw new RequestError(ErrorId.Unknown, `gmap/tree: there is no node '${args.parent}' now`);
  }
  const { address, ...filter } = args;
  const all = parent ? (parent.children?.() ?? []) : rootNodes(view);
  const nodes = filtered(parent, all, { ...filter, ...(address !== undefined && { address: BigInt(address) }) });
  const start = args.start ?? 0;
  const page = args.count === undefined ? nodes.slice(start) : nodes.slice(start, start + args.count);
  return { nodes: page.map(toTreeNode), total: nodes.length };
}
