/** Words decoded bit by bit, under the kernel's names. */
import { BITS, type Bit, type EntryKind } from '../../engine/bits.js';
import { bitDoc, hex, lowestBit, type Node, type View } from './node.js';

/** The bits of a word as nodes. Without an address it is a value that lies nowhere, such as a local variable. */
export function bitNodes(
  view: View,
  id: string,
  kind: EntryKind,
  value: bigint,
  address: number | undefined,
  evaluateName?: string,
): Node[] {
  // prettier-ignore
  return BITS[kind].map((bit) => {
    const text = bitText(bit, value);
    const before = address === undefined ? undefined : view.changes.before(address, bit.mask);
    return {
      id: `${id}/${bit.name}`,
      kind: 'bit',
      label: bit.name,
      text,
      number: (value & bit.mask) >> lowestBit(bit.mask),
      type: bit.kernel,
      tooltip: bitDoc(bit),
      ...(address !== undefined && { place: { address, mask: bit.mask } }),
      ...(evaluateName && { evaluateName: `${evaluateName}.${bit.name}` }),
      ...(before !== undefined && { changed: bitText(bit, before) }),
    };
  });
}

/** An address for origins and frames, else the plain number. */
export function bitText(bit: Bit, value: bigint): string {
  const number = (value & bit.mask) >> lowestBit(bit.mask);
  const isAddress = bit.name === 'origin' || bit.name === 'frame';
  return isAddress ? hex(value & bit.mask) : String(number);
}
