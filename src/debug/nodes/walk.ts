/** The walk through a gmap's tables: what it read at each level, and why it went on or gave up. */
import { LEVEL, LEVELS } from '../../engine/bits.js';
import { assignedLocals } from '../../engine/events.js';
import { entryAt, hostPteAddress, type Entry } from '../../engine/inspect.js';
import { pteText } from '../../engine/machine.js';
import { Kind } from '../../engine/trace.js';
import { wordText } from '../../scenario/moment.js';
import type { Target } from '../target.js';
import { bitNodes } from './bits.js';
import { hex, wordPlace, type Node, type View } from './node.js';

/** One entry that a walk read, or is about to read. */
export interface Visit {
  readonly row: number;
  /** 0 region-first … 3 segment, 4 page. */
  readonly level: number;
  /** Where the entry lies. */
  readonly address: number;
  readonly index: number;
  /** What the walk found there; for the step that comes next: what it will find. */
  readonly value: bigint;
  /** It comes next. */
  readonly next: boolean;
}

/**
 * The last walk inside a call, up to the cursor and with the step that comes next if it belongs to the walk. A walk ends
 * with its function; the PTE that the caller then reads belongs to it.
 */
export function lastWalk(target: Target, task: number, call: number): Visit[] {
  const { trace, recording, triggers } = target;
  const next = target.nextRow(task);
  const visits: Visit[] = [];
  const last = Math.min(next ?? target.position, recording.length - 1);
  let walker: number | undefined;
  for (let row = last; row > call; row--) {
    if (trace.task(row) !== task || (row >= target.position && row !== next)) continue;
    const level = triggers.walkLevel(row);
    if (level === undefined) continue;
    if (!inside(target, row, call)) continue;
    if (level === 4) {
      if (walker !== undefined || visits.length > 0) break;
      visits.unshift(pageVisit(target, row, row === next));
      continue;
    }
    const caller = trace.caller(row);
    if (walker !== undefined && caller !== walker) break;
    // A PTE belongs to the walk that the same function asked for.
    if (walker === undefined && visits.length > 0 && trace.caller(caller) !== trace.caller(visits[0]!.row)) break;
    walker = caller;
    visits.unshift({
      row,
      level,
      index: trace.operand(row, 1),
      value: (BigInt(trace.operand(row, 2)) << 32n) | BigInt(trace.operand(row, 3)),
      address: trace.operand(row, 4),
      next: row === next,
    });
  }
  return visits;
}

function inside(target: Target, row: number, call: number): boolean {
  let at = target.trace.caller(row);
  while (at > call) at = target.trace.caller(at);
  return at === call;
}

function pageVisit(target: Target, row: number, next: boolean): Visit {
  const [ptep, pte] = assignedLocals(target.trace, row);
  const address = hostPteAddress(target.machine, ptep?.value ?? 0n);
  return { row, level: 4, address, index: (address & 0x7f8) >>> 3, value: pte?.value ?? 0n, next };
}

/** Addresses of the entries that the walk of the operation in progress goes through. */
export function walkAddresses(target: Target, task: number): Set<number> {
  const row = target.nextRow(task);
  if (row === undefined || row >= target.recording.length) return new Set();
  let bottom = target.trace.caller(row);
  while (bottom >= 0 && target.trace.caller(bottom) >= 0) bottom = target.trace.caller(bottom);
  if (bottom < 0 || target.trace.kind(row) === Kind.End) return new Set();
  return new Set(lastWalk(target, task, bottom).map(({ address }) => address));
}

/** One node for each level of the last walk in a call. */
export function walkNodes(view: View, id: string, task: number, call: number): Node[] {
  const visits = lastWalk(view.target, task, call);
  return visits.map((visit, i) => visitNode(view, `${id}/${LEVELS[visit.level]!}`, visit, visits[i + 1]));
}

function visitNode(view: View, id: string, visit: Visit, after: Visit | undefined): Node {
  const { level, index, value, address } = visit;
  const { name } = LEVEL[LEVELS[level]!];
  const kind = level === 4 ? 'pte' : level === 3 ? 'segment' : 'region';
  const entry: Entry | undefined = address ? entryAt(view.target.machine, address) : undefined;
  const now = entry && entry.value !== value ? `; now ${wordText(entry.value)}` : '';
  const origin = value & (level === 3 ? ~0x7ffn : ~0xfffn);
  const shown = level === 4 ? pteText(Number(value >> 32n), Number(value & 0xffff_ffffn)) : `→ ${hex(origin)}`;
  const invalid = level < 4 && (value & 0x20n) !== 0n;
  return {
    id,
    kind: level === 4 ? 'page' : 'entry',
    label: `${name} [${index}]`,
    text: `${invalid ? 'invalid' : shown} (${wordText(value)}): ${verdict(visit, invalid, after)}${now}`,
    number: value,
    type: `${name} table entry`,
    tooltip: `The entry at ${hex(address)}, as the walk ${visit.next ? 'is about to read' : 'read'} it.`,
    ...(address !== 0 && { place: wordPlace(address) }),
    readOnly: true,
    onPath: true,
    children: () => bitNodes(view, id, kind, value, undefined),
  };
}

/** Why the walk went on or gave up. */
function verdict({ next, level }: Visit, invalid: boolean, after: Visit | undefined): string {
  if (next) return 'the walk reads it next';
  if (level === 4) return 'the walk ends at this page';
  if (invalid) {
    return level === 3 ? 'the I bit is set: no page table is linked' : 'the I bit is set: the walk gives up';
  }
  if (level === 3) return after ? 'valid: it leads to the page table' : 'valid: a page table is linked';
  return 'valid: the walk goes on';
}
