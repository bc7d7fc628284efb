/** Numbers as people read them. */
import * as l10n from './l10n.js';
import { LEVEL } from '../engine/bits.js';
import { count as thousands } from '../debug/count.js';
import type { AddressField } from '../debug/picture/model.js';

/** `0x80102000` as `0x8010_2000`. */
export function grouped(hex: string): string {
  const digits = hex.replace(/^0x0*(?=.)/, '');
  return `0x${digits.replace(/\B(?=(?:[0-9a-f]{4})+$)/g, '_')}`;
}

export { thousands };

/** The text for one or for many; languages without that difference translate both alike. */
export const plural = (n: number, one: string, many: string): string => (n === 1 ? one : many);

export const calls = (n: number): string => plural(n, l10n.t('1 call'), l10n.t('{0} calls', thousands(n)));

export const pages = (n: number): string => plural(n, l10n.t('1 page'), l10n.t('{0} pages', thousands(n)));

export const entriesInUse = (n: number): string =>
  plural(n, l10n.t('1 entry in use'), l10n.t('{0} entries in use', thousands(n)));

export const moreEntries = (n: number): string =>
  plural(n, l10n.t('and 1 more entry'), l10n.t('and {0} more entries', thousands(n)));

/** A translated text with things that are drawn at its places `{0}`, `{1}` … */
export function filled<T>(text: string, ...parts: readonly T[]): (string | T)[] {
  return text.split(/(\{\d\})/).map((piece) => {
    const place = /^\{(\d)\}$/.exec(piece);
    return place ? parts[Number(place[1])]! : piece;
  });
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

/** A range of addresses in the largest unit that fits: `2–4 GB`; where none fits, the first address. */
export function sizeRange(from: string, to: string): string {
  const start = BigInt(from);
  const span = BigInt(to) - start + 1n;
  let unit = 0;
  while (unit < UNITS.length - 1 && span % 1024n ** BigInt(unit + 1) === 0n) unit++;
  const size = 1024n ** BigInt(unit);
  if (start % size !== 0n || start / size > 99_999n) return grouped(from);
  return `${start / size}–${(start + span) / size} ${UNITS[unit]!}`;
}

/** Where such a range begins: `2 GB`. */
export function sizeStart(from: string, to: string): string {
  const [start, rest] = sizeRange(from, to).split('–');
  return rest === undefined ? start! : `${start!} ${rest.split(' ')[1]!}`;
}

/** An inclusive range of addresses. */
export const addressRange = (start: string, end: string): string => `${grouped(start)}..${grouped(end)}`;

/** The largest address as the size that it ends: `4 TB`. */
export function sizeOf(end: string): string {
  let size = BigInt(end) + 1n;
  let unit = 0;
  while (unit < UNITS.length - 1 && size % 1024n === 0n) {
    size /= 1024n;
    unit++;
  }
  return `${size} ${UNITS[unit]!}`;
}

export function levelName(level: AddressField['level']): string {
  return level === 'byte' ? l10n.t('byte') : LEVEL[level].name;
}

/** The address a person typed, `0x8010_2000`, `4K`, `2M + 0x3000`; undefined if it is none. */
export function parseAddress(input: string): string | undefined {
  let sum = 0n;
  for (const part of input.split('+')) {
    const match = /^\s*(0[xX][\da-fA-F_]+|\d[\d_]*)([KMGTP]?)\s*$/.exec(part);
    if (!match) return undefined;
    const power = BigInt('KMGTP'.indexOf(match[2] || ' ') + 1);
    sum += BigInt(match[1]!.replaceAll('_', '')) * 1024n ** power;
  }
  return sum >> 64n === 0n ? `0x${sum.toString(16)}` : undefined;
}
