/** The tables that a walk goes through, each with the entry that it reads, its neighbours and what changed. */
import { LEVEL, type Level } from '../../engine/bits.js';
import {
  entryOf, hostRoot, linkedAt, pageEntry, SPAN, tableAt, usedEntries, walkPath, type Entry, type Table,
} from '../../engine/inspect.js'; // prettier-ignore
import type { Difference } from '../../recording/history.js';
import { entryText, gmapName } from '../../scenario/moment.js';
import { WALK_LEVELS } from '../../scenario/words.js';
import type { ScenarioRun } from '../../scenario/run.js';
import type { Focus } from './focus.js';
import type { EntryView, Fold, PageTableView, PageView, PictureArguments, TableView, WalkView } from './model.js';
import type { Progress } from './progress.js';
import { chooseRows } from './rows.js';

export interface Drawing {
  readonly run: ScenarioRun;
  readonly focus: Focus;
  readonly difference: Difference | undefined;
  /** Addresses of the words that changed, ascending. */
  readonly changed: readonly number[];
  readonly progress: Progress;
  readonly unfold: NonNullable<PictureArguments['unfold']>;
}

const PATH_MOST = 5;
const PAGE_MOST = 8;

export const hexOf = (value: bigint | number): string => `0x${value.toString(16)}`;

/** The two walks to the page, and the page table at their end. */
export function drawWalks(d: Drawing): { guest?: WalkView; host?: WalkView; page?: PageTableView } {
  const { machine } = d.run.recording;
  const { gmap, gaddr, vmaddr } = d.focus;
  const root = hostRoot(machine);
  const guestPath = gmap?.root && gaddr !== undefined ? walkPath(machine, gmap.root, gaddr) : undefined;
  const hostPath = vmaddr === undefined ? undefined : walkPath(machine, root, vmaddr);
  const [guestPte, hostPte] = [lastPte(guestPath), lastPte(hostPath)];
  const pte = guestPte ?? hostPte;
  return {
    ...(guestPath && { guest: walkView(d, guestPath, gmap!.asce, 'guest') }),
    ...(hostPath && { host: walkView(d, hostPath, asceOf(root), 'host') }),
    ...(pte && {
      page: pageTableView(d, pte, guestPte !== undefined, hostPte?.address === pte.address),
    }),
  };
}

const lastPte = (path: readonly Entry[] | undefined): Entry | undefined => {
  const last = path?.at(-1);
  return last?.kind === 'pte' ? last : undefined;
};

/** What the control register of the process holds: the origin of the root and its level. */
const asceOf = (root: Table): bigint => BigInt(root.address) | 0x1c0n | BigInt(LEVEL[root.level].asceType) | 3n;

function walkView(d: Drawing, path: readonly Entry[], asce: bigint, side: 'guest' | 'host'): WalkView {
  const { machine } = d.run.recording;
  const upper = path.filter((entry) => entry.kind !== 'pte');
  return {
    asce: hexOf(asce),
    root: path[0]!.level,
    tables: upper.map((entry) => tableView(d, tableAt(machine, entry.address)!, entry, side)),
    end: lastPte(path) ? 'page' : 'invalid',
  };
}

function tableView(d: Drawing, table: Table, path: Entry, side: 'guest' | 'host'): TableView {
  const { machine } = d.run.recording;
  const used = usedEntries(machine, table).map((entry) => entry.index);
  const changed = changedIndexes(d, table, 2048);
  const rows = chooseRows({
    length: 2048,
    path: path.index,
    used,
    marked: [...changed],
    changed,
    unfold: unfolded(d, table),
    most: PATH_MOST,
  });
  return {
    address: hexOf(table.address),
    level: table.level,
    used: used.length,
    rows: rows.map((row) =>
      typeof row === 'number' ? entryView(d, entryOf(machine, table, row), path, side) : fold(row),
    ),
  };
}

const fold = (row: Fold): { kind: 'fold' } & Fold => ({ kind: 'fold', ...row });

const unfolded = (d: Drawing, table: Table): number[] =>
  d.unfold.filter((one) => Number(one.table) === table.address).map((one) => one.index);

/** Indexes of the entries that changed; a PGSTE counts for its PTE. */
function changedIndexes({ changed }: Drawing, { address }: Table, length: number): Set<number> {
  const indexes = new Set<number>();
  let at = 0;
  for (let end = changed.length; at < end;) {
    const mid = (at + end) >>> 1;
    if (changed[mid]! < address) at = mid + 1;
    else end = mid;
  }
  const size = length === 256 ? 4096 : length * 8;
  for (; at < changed.length && changed[at]! < address + size; at++)
    indexes.add(((changed[at]! - address) >>> 3) % length);
  return indexes;
}

function entryView(d: Drawing, entry: Entry, path: Entry, side: 'guest' | 'host'): { kind: 'entry' } & EntryView {
  const before = d.difference?.before(entry.address);
  const isPath = entry.address === path.address;
  const reach = isPath ? d.progress.reach(entry.address, side) : undefined;
  return {
    kind: 'entry',
    index: entry.index,
    address: hexOf(entry.address),
    value: hexOf(entry.value),
    ...(before === undefined ? {} : { before: hexOf(before) }),
    text: entryText(entry),
    from: hexOf(entry.from),
    to: hexOf(BigInt.asUintN(64, entry.from + SPAN[entry.level] - 1n)),
    path: isPath,
    ...(reach && { reach }),
    expression: entryExpression(d, entry, side),
  };
}

const levelWord = (level: Level): string => Object.entries(WALK_LEVELS).find(([, short]) => short === level)![0];

/** An entry above the pages as an expression of the scenario language. */
export function entryExpression({ run, focus }: Drawing, entry: Entry, side: 'guest' | 'host'): string {
  if (side === 'host' || !focus.gmap) return `word(${hexOf(entry.address)})`;
  return `entry(${gmapName(run.names, focus.gmap.slot)}, ${hexOf(entry.from)}, ${levelWord(entry.level)})`;
}

function pageTableView(d: Drawing, pte: Entry, guest: boolean, host: boolean): PageTableView {
  const { machine } = d.run.recording;
  const table = tableAt(machine, pte.address)!;
  const used = usedEntries(machine, table).map((entry) => entry.index);
  const changed = changedIndexes(d, table, 256);
  const armed = used.filter((index) => machine.hi(table.address + index * 8 + 2048) & 0x4000);
  const rows = chooseRows({
    length: 256,
    path: pte.index,
    used,
    marked: [...new Set([...changed, ...armed])],
    changed,
    unfold: unfolded(d, table),
    most: PAGE_MOST,
  });
  return {
    address: hexOf(table.address),
    guest,
    host,
    vmaddr: hexOf(table.start),
    used: used.length,
    rows: rows.map((row) => (typeof row === 'number' ? pageView(d, table, row, pte.index) : fold(row))),
  };
}

function pageView(d: Drawing, table: Table, index: number, path: number): { kind: 'page' } & PageView {
  const { machine } = d.run.recording;
  const { pte, pgste, vmaddr, text, key } = pageEntry(machine, table.address + index * 8);
  const pteBefore = d.difference?.before(pte.address);
  const pgsteBefore = d.difference?.before(pgste.address);
  const gaddr = guestAddress(d, index, vmaddr);
  const where = gaddr === undefined ? hexOf(vmaddr) : `${gmapName(d.run.names, d.focus.gmap!.slot)}, ${hexOf(gaddr)}`;
  const reach = index === path ? d.progress.reach(pte.address, 'guest') : undefined;
  return {
    kind: 'page',
    index,
    address: hexOf(pte.address),
    pte: hexOf(pte.value),
    ...(pteBefore === undefined ? {} : { pteBefore: hexOf(pteBefore) }),
    pgste: hexOf(pgste.value),
    ...(pgsteBefore === undefined ? {} : { pgsteBefore: hexOf(pgsteBefore) }),
    text,
    vmaddr: hexOf(vmaddr),
    ...(gaddr === undefined ? {} : { gaddr: hexOf(gaddr) }),
    ...(key === undefined ? {} : { key }),
    path: index === path,
    ...(reach && { reach }),
    expression: `pte(${where})`,
    pgsteExpression: `pgste(${where})`,
  };
}

/** Where the gmap that is drawn has a page linked. */
function guestAddress({ run, focus }: Drawing, index: number, vmaddr: bigint): bigint | undefined {
  if (!focus.gmap) return undefined;
  if (focus.gaddr !== undefined && focus.vmaddr !== undefined && vmaddr >> 20n === focus.vmaddr >> 20n) {
    const linked = linkedAt(run.recording.machine, focus.gmap, vmaddr);
    return linked === undefined ? undefined : (focus.gaddr & ~0xf_ffffn) | BigInt(index << 12);
  }
  return linkedAt(run.recording.machine, focus.gmap, vmaddr);
}
