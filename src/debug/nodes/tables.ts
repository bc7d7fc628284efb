/** Tables, their entries, and pages: the entries that are not empty, long runs of them folded. */
import { BITS, LEVEL, PGSTE_OFFSET } from '../../engine/bits.js';
import {
  entryAt, entryOf, pageEntry, SPAN, tableBelow, usedEntries, type Entry, type Table,
} from '../../engine/inspect.js'; // prettier-ignore
import { describeEntry } from '../../scenario/check.js';
import { entryText, wordText } from '../../scenario/moment.js';
import { bitNodes, bitText } from './bits.js';
import {
  bitDoc, count, hex, LEVEL_TABLE, plural, valueNode, wordPlace, type Node, type View,
} from './node.js'; // prettier-ignore

/** Whose tables these are: a gmap's, by its name in expressions, or the host process'. */
export interface Owner {
  readonly gmap?: string;
}

/** A table with more entries in use than this folds runs of them. */
const UNFOLDED = 32;
/** Most entries that one fold holds. Folds begin at multiples of it, so that a fold stays the same when others come. */
const FOLD = 32;
/** Shorter runs are not worth a fold. */
const SHORTEST = 4;

export function tableNode(view: View, id: string, label: string, table: Table, owner: Owner, from: bigint): Node {
  const used = usedEntries(view.target.machine, table).length;
  const size = table.level === 'pg' ? 256 : 2048;
  return {
    id,
    kind: 'table',
    label,
    text: `at ${hex(table.address)}: ${count(used)} of ${count(size)} in use`,
    type: LEVEL_TABLE(table.level),
    place: wordPlace(table.address),
    readOnly: true,
    tooltip: `${LEVEL_TABLE(table.level)} for ${hex(from)}…, ${table.level === 'pg' ? '4' : '16'} KB of storage`,
    covers: { from, to: from + SPAN[table.level] * BigInt(size) },
    children: () => tableChildren(view, id, table, owner, from),
    find: (segment) => tableChild(view, id, table, owner, from, segment),
  };
}

/** A new table's entries all changed: that is no news of an entry. */
const MOST_EMPTIED = 64;

/** Entries that are not empty, and of the empty ones those that the walk reads or that were emptied just now. */
function shownEntries(view: View, table: Table): Entry[] {
  const { machine } = view.target;
  const count = table.level === 'pg' ? 256 : 2048;
  const used = usedEntries(machine, table);
  const isUsed = new Set(used.map(({ index }) => index));
  const read: Entry[] = [];
  const emptied: Entry[] = [];
  for (let index = 0; index < count; index++) {
    if (isUsed.has(index)) continue;
    const address = table.address + index * 8;
    const before = view.changes.before(address) ?? 0n;
    if (view.path.has(address)) read.push(entryOf(machine, table, index));
    else if (before !== 0n) emptied.push(entryOf(machine, table, index));
  }
  const news = emptied.length > MOST_EMPTIED ? read : [...read, ...emptied];
  return news.length === 0 ? used : [...used, ...news].sort((a, b) => a.index - b.index);
}

const startOf = (entry: Entry, from: bigint): bigint =>
  BigInt.asUintN(64, from + BigInt(entry.index) * SPAN[entry.level]);

function childNode(view: View, id: string, entry: Entry, owner: Owner, from: bigint): Node {
  const start = startOf(entry, from);
  const child = `${id}/${entry.index}`;
  return entry.level === 'pg'
    ? pageNode(view, child, entry.address, owner, start)
    : entryNode(view, child, entry, owner, start);
}

/** @param from first address that the table stands for, as its owner sees it */
export function tableChildren(view: View, id: string, table: Table, owner: Owner, from: bigint): Node[] {
  const used = shownEntries(view, table);
  if (used.length <= UNFOLDED) return used.map((entry) => childNode(view, id, entry, owner, from));
  return runsOf(used).flatMap((run) =>
    run.length < SHORTEST
      ? run.map((entry) => childNode(view, id, entry, owner, from))
      : [foldNode(view, id, run, owner, from)],
  );
}

/** Number of these. */
function tableSize(view: View, table: Table): number {
  const used = shownEntries(view, table);
  if (used.length <= UNFOLDED) return used.length;
  return runsOf(used).reduce((sum, { length }) => sum + (length < SHORTEST ? length : 1), 0);
}

/** One child of a table, or a fold of them, by the last part of its identifier. */
export function tableChild(
  view: View,
  id: string,
  table: Table,
  owner: Owner,
  from: bigint,
  segment: string,
): Node | undefined {
  // prettier-ignore
  const [, fold, digits] = /^(f?)(\d{1,4})$/.exec(segment) ?? [];
  if (digits === undefined) return undefined;
  const index = Number(digits);
  const { machine } = view.target;
  if (!fold) {
    return index < (table.level === 'pg' ? 256 : 2048)
      ? childNode(view, id, entryOf(machine, table, index), owner, from)
      : undefined;
  }
  const run = runsOf(shownEntries(view, table)).find((entries) => entries[0]!.index === index);
  return run && foldNode(view, id, run, owner, from);
}

/** Entries side by side. */
function runsOf(used: readonly Entry[]): Entry[][] {
  const runs: Entry[][] = [];
  for (const entry of used) {
    const run = runs.at(-1);
    if (run && run.at(-1)!.index + 1 === entry.index && entry.index % FOLD !== 0) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}

function foldNode(view: View, id: string, run: readonly Entry[], owner: Owner, from: bigint): Node {
  const first = run[0]!;
  const last = run.at(-1)!;
  const addresses = run.flatMap(({ address, level }) =>
    level === 'pg' ? [address, address + PGSTE_OFFSET] : [address],
  );
  const changed = addresses.filter((address) => view.changes.before(address) !== undefined).length;
  const end = startOf(last, from) + SPAN[last.level] - 1n;
  return {
    id: `${id}/f${first.index}`,
    kind: 'fold',
    label: `[${first.index}…${last.index}] ${hex(startOf(first, from))}…${hex(BigInt.asUintN(64, end))}`,
    text: summary(view, run),
    ...(changed > 0 && { changed: plural(changed, 'change') }),
    ...(run.some(({ address }) => view.path.has(address)) && { onPath: true }),
    covers: { from: startOf(first, from), to: end + 1n },
    ...(first.level === 'pg' && { changedInside: () => changed > 0 }),
    children: () => run.map((entry) => childNode(view, id, entry, owner, from)),
  };
}

function summary(view: View, run: readonly Entry[]): string {
  const all = run[0]!.level === 'pg' ? plural(run.length, 'page') : plural(run.length, 'entry', 'entries');
  if (run[0]!.level === 'pg') {
    const valid = run.filter(({ value }) => (value & 0x400n) === 0n).length;
    return `${all}, ${valid} valid`;
  }
  const leading = run.filter((entry) => tableBelow(view.target.machine, entry)).length;
  return `${all}, ${leading} valid`;
}

// --- entries ---

/** What an expression has to say to mean this entry. */
function entryName(entry: Entry, owner: Owner, from: bigint): string {
  const address = hex(from);
  if (entry.kind === 'pte' || entry.kind === 'pgste') {
    return owner.gmap === undefined ? `${entry.kind}(${address})` : `${entry.kind}(${owner.gmap}, ${address})`;
  }
  const level = { r1: 'region1', r2: 'region2', r3: 'region3', sg: 'segment', pg: 'page' }[entry.level];
  return owner.gmap === undefined ? `word(${hex(entry.address)})` : `entry(${owner.gmap}, ${address}, ${level})`;
}

function entryTooltip(entry: Entry): string {
  const set = BITS[entry.kind]
    .filter((bit) => (entry.value & bit.mask) !== 0n)
    .map((bit) => `${bit.name}: ${bitText(bit, entry.value)} — ${bitDoc(bit)}`);
  return [`${wordText(entry.value)} at ${hex(entry.address)}`, ...set].join('\n');
}

function entryBase(view: View, entry: Entry, owner: Owner, from: bigint) {
  const before = view.changes.before(entry.address);
  return {
    text: describeEntry(entry),
    number: entry.value,
    tooltip: entryTooltip(entry),
    place: wordPlace(entry.address),
    evaluateName: entryName(entry, owner, from),
    ...(before !== undefined && { changed: describeEntry({ ...entry, value: before }) }),
    ...(view.path.has(entry.address) && { onPath: true }),
  };
}

/** A region or segment table entry: its bits, and the entries of the table that it leads to. */
export function entryNode(view: View, id: string, entry: Entry, owner: Owner, from: bigint): Node {
  const base = entryBase(view, entry, owner, from);
  const below = tableBelow(view.target.machine, entry);
  const bits: Node = {
    id: `${id}/bits`,
    kind: 'group',
    label: 'bits',
    text: wordText(entry.value),
    children: () => bitNodes(view, `${id}/bits`, entry.kind, entry.value, entry.address, base.evaluateName),
  };
  return {
    ...base,
    id,
    kind: 'entry',
    label: `[${entry.index}] ${hex(from)}`,
    type: `${LEVEL[entry.level].name} table entry`,
    covers: { from, to: from + SPAN[entry.level] },
    ...(below?.level === 'pg' && { changedInside: () => pageTableChanged(view, below) }),
    size: () => 1 + (below ? tableSize(view, below) : 0),
    children: () => [bits, ...(below ? tableChildren(view, id, below, owner, from) : [])],
    find: (segment) => (segment === 'bits' ? bits : below && tableChild(view, id, below, owner, from, segment)),
  };
}

function pageTableChanged(view: View, { address }: Table): boolean {
  for (let at = address; at < address + 2 * PGSTE_OFFSET; at += 8) {
    if (view.changes.before(at) !== undefined) return true;
  }
  return false;
}

/** A PTE or PGSTE alone. */
export function wordNode(view: View, id: string, entry: Entry, owner: Owner, from: bigint, label?: string): Node {
  const base = entryBase(view, entry, owner, from);
  return {
    ...base,
    id,
    kind: entry.kind === 'pgste' ? 'pgste' : 'entry',
    label: label ?? entry.kind,
    type: entry.kind === 'pgste' ? 'page status table entry' : 'page table entry',
    isParent: true,
    children: () => bitNodes(view, id, entry.kind, entry.value, entry.address, base.evaluateName),
  };
}

/** A page: its PTE with the PGSTE beside it. `from` is the guest (in the host's tables: host) address. */
export function pageNode(view: View, id: string, pte: number, owner: Owner, from: bigint, label?: string): Node {
  const page = pageEntry(view.target.machine, pte);
  const pteNode = wordNode(view, `${id}/pte`, page.pte, owner, from);
  const pgsteNode = wordNode(view, `${id}/pgste`, page.pgste, owner, from);
  const changed = pteNode.changed !== undefined || pgsteNode.changed !== undefined;
  const beforePte = view.changes.before(pte) ?? page.pte.value;
  const beforePgste = view.changes.before(pte + PGSTE_OFFSET) ?? page.pgste.value;
  return {
    id,
    kind: 'page',
    label: label ?? `[${page.pte.index}] ${hex(from)}`,
    text: pageText(page.pte, page.pgste),
    raw: `${wordText(page.pte.value)} · PGSTE ${wordText(page.pgste.value)}`,
    type: 'page',
    tooltip: `host address ${hex(page.vmaddr)}\nPTE: ${entryTooltip(page.pte)}\nPGSTE: ${entryTooltip(page.pgste)}`,
    place: wordPlace(pte),
    readOnly: true,
    evaluateName: entryName(page.pte, owner, from),
    ...(changed && {
      changed: pageText({ ...page.pte, value: beforePte }, { ...page.pgste, value: beforePgste }),
    }),
    ...(view.path.has(pte) && { onPath: true }),
    covers: { from, to: from + SPAN.pg },
    changedInside: () => changed,
    isParent: true,
    children: () => [
      pteNode,
      pgsteNode,
      valueNode(`${id}/vmaddr`, 'vmaddr', hex(page.vmaddr), {
        number: page.vmaddr,
        tooltip: 'The host address of the page.',
      }),
      ...(page.key === undefined
        ? []
        : [
            valueNode(`${id}/key`, 'storage key', hex(page.key), {
              number: BigInt(page.key),
              tooltip: 'Storage key of the frame: ACC, F, R, C.',
            }),
          ]),
    ],
  };
}

function pageText(pte: Entry, pgste: Entry): string {
  return `${entryText(pte)} · PGSTE ${entryText(pgste)}`;
}

/** The node of whatever entry lies at an address of storage; undefined if no table is there. */
export function nodeAtAddress(view: View, id: string, address: number, label?: string): Node | undefined {
  const entry = entryAt(view.target.machine, address);
  if (!entry) return undefined;
  const owner: Owner = {};
  const named = (node: Node): Node => (label === undefined ? node : { ...node, label });
  if (entry.kind === 'pte' || entry.kind === 'pgste') return named(wordNode(view, id, entry, owner, entry.from));
  return named(entryNode(view, id, entry, owner, entry.from));
}
