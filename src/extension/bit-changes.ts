/** What changed in a word, bit by bit under the names of the architecture: `PCL 0 → 1, IN 0 → 1`. */
import { BITS, type EntryKind } from '../engine/bits.js';
import type { TreeNode } from '../debug/protocol.js';

/** What the word of a node is; undefined if it has no bits that have names. */
export function entryKindOf({ kind, type }: Pick<TreeNode, 'kind' | 'type'>): EntryKind | undefined {
  if (kind === 'pgste') return 'pgste';
  if (kind === 'page' || type === 'page table entry') return 'pte';
  if (kind !== 'entry') return undefined;
  return type?.startsWith('segment') ? 'segment' : 'region';
}

export function bitChanges(kind: EntryKind, before: string, after: string): string {
  const [from, to] = [BigInt(before), BigInt(after)];
  const changed = BITS[kind].filter(({ mask }) => ((from ^ to) & mask) !== 0n);
  return changed.map(({ name, mask }) => `${name} ${fieldText(from, mask)} → ${fieldText(to, mask)}`).join(', ');
}

/** An address as it is, any other field as a number of its own. */
function fieldText(word: bigint, mask: bigint): string {
  const isAddress = (mask & 0xffff_f000n) === 0xffff_f000n;
  if (isAddress) return `0x${(word & mask).toString(16)}`;
  const lowest = mask & -mask;
  return ((word & mask) / lowest).toString();
}
