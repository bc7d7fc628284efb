/**
 * What can be looked at, as a tree of nodes. Variables, the tree in the sidebar, hovers and watches are projections of it.
 *
 * A node is made when it is asked for, from the memory at the cursor. Its identifier is its path (`g0/t/0/3/pte/I`), so
 * the same thing has the same identifier from stop to stop.
 */
import { count } from '../count.js';
import { LEVEL, type Bit, type Level } from '../../engine/bits.js';
import type { Difference } from '../../recording/history.js';
import { gmapName } from '../../scenario/moment.js';
import type { TreeNode } from '../protocol.js';
import type { Target } from '../target.js';

/** A doubleword in storage, or some bits of it. */
export interface Place {
  readonly address: number;
  readonly mask: bigint;
}

export interface Node {
  readonly id: string;
  readonly kind: TreeNode['kind'];
  readonly label: string;
  /** The value, decoded. */
  readonly text: string;
  /** The value as a number, where it is one. */
  readonly number?: bigint;
  /** The value as numbers, where it is more than one. */
  readonly raw?: string;
  readonly type?: string;
  readonly tooltip?: string;
  /** Where it lies in absolute storage. */
  readonly place?: Place;
  /** It is not the place's to decide: the place cannot be written by name. */
  readonly readOnly?: boolean;
  readonly evaluateName?: string;
  /** The value before, if it changed since the stop before. */
  readonly changed?: string;
  readonly onPath?: boolean;
  /** First address that it translates, and the first behind it: a guest address, in the host's tables a host address. */
  readonly covers?: { readonly from: bigint; readonly to: bigint };
  /** Did something inside of it change; only where going through the children would be slow. */
  readonly changedInside?: () => boolean;
  /** Missing: it has none. */
  readonly children?: () => readonly Node[];
  /** Number of its children, where counting them would be slow. */
  readonly size?: () => number;
  /** It has children, and not so many that clients want to page: they are made when somebody opens it. */
  readonly isParent?: true;
  /** The child with this last part of its identifier; only where going through the children would be slow or wrong. */
  readonly find?: (segment: string) => Node | undefined;
}

/** What nodes are made from. */
export interface View {
  readonly target: Target;
  readonly changes: Difference;
  /** Addresses of the entries that the walk in progress goes through. */
  readonly path: ReadonlySet<number>;
}

export const ALL_BITS = 0xffff_ffff_ffff_ffffn;
export const hex = (n: bigint | number): string => `0x${n.toString(16)}`;
export { count };
export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

export const wordPlace = (address: number): Place => ({ address, mask: ALL_BITS });

export function gmapLabel(view: View, slot: number): string {
  return gmapName(view.target.run.names, slot);
}

export const LEVEL_TABLE = (level: Level): string => `${LEVEL[level].name} table`;

/** A node without a place in memory. */
export function valueNode(id: string, label: string, text: string, more: Partial<Node> = {}): Node {
  return { id, kind: 'value', label, text, ...more };
}

export function groupNode(id: string, label: string, text: string, children: () => readonly Node[]): Node {
  return { id, kind: 'group', label, text, children };
}

export const lowestBit = (mask: bigint): bigint => BigInt((mask & -mask).toString(2).length - 1);

/** `bit 17`, or `bits 0–51`, counted from the left as the architecture does. */
export function bitNumbers(mask: bigint): string {
  const low = Number(lowestBit(mask));
  const high = mask.toString(2).length - 1;
  return high === low ? `bit ${63 - low}` : `bits ${63 - high}–${63 - low}`;
}

const bitDocs = new Map<Bit, string>();

export function bitDoc(bit: Bit): string {
  const known = bitDocs.get(bit);
  if (known !== undefined) return known;
  const architecture = bit.architecture ? `, ${bit.architecture} in the architecture` : '';
  const doc = `${bit.kernel} (${bitNumbers(bit.mask)}${architecture}). ${bit.doc}`;
  bitDocs.set(bit, doc);
  return doc;
}
