/** Entries bit by bit, as src/engine/bits.ts describes them. */
import { BITS, type Bit, type EntryKind } from '../engine/bits.js';

export interface BitView {
  readonly bit: Bit;
  /** More than one bit wide: a field. */
  readonly field: boolean;
  readonly value: bigint;
  /** The value at the last stop, if it was another. */
  readonly before: bigint | undefined;
}

/** Addresses inside entries: shown as where they lead, not as bits. */
const TARGETS: ReadonlySet<string> = new Set(['origin', 'frame']);

export function bitsOf(kind: EntryKind, value: string, before?: string): BitView[] {
  const now = BigInt(value);
  const old = before === undefined ? now : BigInt(before);
  return BITS[kind].map((bit) => {
    const shift = shiftOf(bit.mask);
    const [a, b] = [(now & bit.mask) >> shift, (old & bit.mask) >> shift];
    return { bit, field: bit.mask >> shift !== 1n, value: a, before: a === b ? undefined : b };
  });
}

/** Without the address that the entry holds. */
export function flagsOf(kind: EntryKind, value: string, before?: string): BitView[] {
  return bitsOf(kind, value, before).filter(({ bit }) => !TARGETS.has(bit.name));
}

/** A field as binary digits of its width, a single bit as 0 or 1. */
export function bitText({ bit, field }: BitView, value: bigint): string {
  return field ? value.toString(2).padStart((bit.mask >> shiftOf(bit.mask)).toString(2).length, '0') : String(value);
}

/** `P 0 → 1, IN 0 → 1`; the address that an entry holds in hexadecimal. */
export function differences(kind: EntryKind, before: string, after: string): string {
  return bitsOf(kind, after, before)
    .filter((view) => view.before !== undefined)
    .map((view) => {
      if (!TARGETS.has(view.bit.name)) {
        return `${view.bit.name} ${bitText(view, view.before!)} → ${bitText(view, view.value)}`;
      }
      const shift = shiftOf(view.bit.mask);
      const hex = (value: bigint): string => `0x${(value << shift).toString(16)}`;
      return `${view.bit.name} ${hex(view.before!)} → ${hex(view.value)}`;
    })
    .join(', ');
}

function shiftOf(mask: bigint): bigint {
  let shift = 0n;
  while (((mask >> shift) & 1n) === 0n) shift++;
  return shift;
}
