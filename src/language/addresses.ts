/** What can be said of an address or a length without running anything. */
import { LEVEL, LEVELS } from '../engine/bits.js';
import type { Level } from '../engine/bits.js';
import { formatAddress, formatLength } from '../scenario/numbers.js';

export const PAGE = 0x1000n;
export const SEGMENT = 0x10_0000n;

/** The level of the top table that gmap_alloc picks for a limit, and how much it can map. */
export function topLevel(limit: bigint): { readonly level: Level; readonly size: bigint } {
  const level = (['sg', 'r3', 'r2'] as const).find((at) => limit < sizeOf(at)) ?? 'r1';
  return { level, size: sizeOf(level) };
}

function sizeOf(level: Level): bigint {
  return 1n << BigInt(LEVEL[level].shift + LEVEL[level].indexBits);
}

/** `region-third`, `segment`. */
export function levelName(level: Level): string {
  return LEVEL[level].name;
}

/** The index of an address in a table of a level. */
function indexAt(level: Level, address: bigint): bigint {
  const { shift, indexBits } = LEVEL[level];
  return (address >> BigInt(shift)) & ((1n << BigInt(indexBits)) - 1n);
}

/** `2 pages`, `1 segment`; undefined for a length that is no number of pages. */
export function countOf(length: bigint): string | undefined {
  if (length <= 0n || length % PAGE !== 0n) return undefined;
  const [count, unit] = length % SEGMENT === 0n ? [length / SEGMENT, 'segment'] : [length / PAGE, 'page'];
  return `${count} ${unit}${count === 1n ? '' : 's'}`;
}

/** An address as a table: its indexes from the top level down, and its offset in the page. */
export function indexTable(address: bigint, top: Level = 'r1'): string {
  const levels = LEVELS.slice(LEVELS.indexOf(top));
  const columns = [
    ...levels.map((level) => [levelName(level), indexAt(level, address)] as const),
    ['byte', address & (PAGE - 1n)] as const,
  ];
  return [
    `| ${columns.map(([name]) => name).join(' | ')} |`,
    `|${columns.map(() => '---').join('|')}|`,
    `| ${columns.map(([, index]) => `\`${formatAddress(index)}\``).join(' | ')} |`,
  ].join('\n');
}

/** The page and the segment that hold an address. */
export function surroundings(address: bigint): string {
  const range = (size: bigint) => {
    const start = address - (address % size);
    return `\`${formatAddress(start)}..${formatAddress(start + size - 1n)}\``;
  };
  return `Page ${range(PAGE)}, segment ${range(SEGMENT)}.`;
}

/** A number in the ways people write it: `0x2000 = 8192 = 8K`. */
export function spellings(value: bigint): string {
  const all = new Set([formatAddress(value), String(value), value > 0n ? formatLength(value) : '0']);
  return [...all].map((text) => `\`${text}\``).join(' = ');
}
