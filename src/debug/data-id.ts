/** Names of data that breakpoints watch. Clients keep them and give them back; they say all there is to know. */
import { ALL_BITS, hex, type Node } from './nodes/node.js';

export interface DataInfo {
  /** Bytes from `from` up to, not including, `to`. */
  readonly from: number;
  readonly to: number;
  /** Only these bits of the doubleword. */
  readonly mask?: bigint;
  readonly label: string;
}

/** The data that a node shows; a text: why there is none. */
export function dataOf({ place, label, evaluateName }: Node): DataInfo | string {
  if (!place) return `'${label}' is not in storage: it is a copy, or worked out`;
  const { address, mask } = place;
  return { from: address, to: address + 8, mask, label: evaluateName ?? `${label} at ${hex(address)}` };
}

export function formatDataId({ from, to, mask, label }: DataInfo): string {
  const bits = mask === undefined || mask === ALL_BITS ? '' : `&${mask.toString(16)}`;
  return `${from.toString(16)}+${(to - from).toString(16)}${bits} ${label}`;
}

export function parseDataId(text: string): DataInfo | undefined {
  const match = /^([0-9a-f]{1,13})\+([0-9a-f]{1,8})(?:&([0-9a-f]{1,16}))? (.*)$/s.exec(text);
  if (!match) return undefined;
  const from = parseInt(match[1]!, 16);
  const length = parseInt(match[2]!, 16);
  if (length === 0) return undefined;
  const mask = match[3] === undefined ? undefined : BigInt(`0x${match[3]}`);
  return { from, to: from + length, ...(mask !== undefined && { mask }), label: match[4]! };
}

/**
 * Function breakpoints can watch data too, for editors whose extensions may set no data breakpoints: `write:0x8010`, or
 * `write:0x8010&0x200 pte(vm, 0x2000).P` with some bits and words for a person.
 */
export function parseWriteName(name: string): DataInfo | undefined {
  const match = /^write:\s*0x([0-9a-f]{1,13})(?:\s*&\s*0x([0-9a-f]{1,16}))?(?:\s+(.*))?$/is.exec(name.trim());
  if (!match) return undefined;
  const from = parseInt(match[1]!, 16);
  const mask = match[2] === undefined ? undefined : BigInt(`0x${match[2]}`);
  const label = match[3] ?? `0x${from.toString(16)}`;
  return { from, to: from + 8, ...(mask !== undefined && { mask }), label };
}
