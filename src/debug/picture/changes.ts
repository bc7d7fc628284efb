/** What changed in the tables since another moment, and which step did it. */
import { BITS, LEVEL, type EntryKind } from '../../engine/bits.js';
import { nameIn } from '../../engine/catalog.js';
import { entryAt, gmaps, linkedAt, type Entry } from '../../engine/inspect.js';
import { DESC, GMAP, type Machine } from '../../engine/machine.js';
import type { Difference } from '../../recording/history.js';
import { gmapName } from '../../scenario/moment.js';
import type { ScenarioRun } from '../../scenario/run.js';
import type { Focus } from './focus.js';
import type { ChangeView } from './model.js';

const LISTED = 12;
/** Changed words that are looked at, and steps that are searched for who changed them. */
const LOOKED = 2000;
const SEARCHED = 200_000;

const nameOf = ({ kind, level }: Entry): string =>
  kind === 'pte' ? 'PTE' : kind === 'pgste' ? 'PGSTE' : `${LEVEL[level].name} entry`;

export function tableChanges(
  run: ScenarioRun,
  difference: Difference,
  changed: readonly number[],
  focus: Focus,
  drawn: ReadonlyMap<number, number>,
  since: number,
): { changes: ChangeView[]; moreChanges: number } {
  const { machine, position } = run.recording;
  const found: { entry: Entry; before: bigint }[] = [];
  let more = 0;
  for (const address of changed) {
    if (!machine.descriptor(address)) continue;
    const before = found.length < LOOKED ? difference.before(address) : undefined;
    const entry = before === undefined ? undefined : entryAt(machine, address);
    if (entry) found.push({ entry, before: before! });
    else more++;
  }
  // What the picture is about comes first.
  found.sort((a, b) => (drawn.get(b.entry.address) ?? 0) - (drawn.get(a.entry.address) ?? 0));
  const listed = found.slice(0, LISTED);
  const writers = lastWriters(run, new Set(listed.map(({ entry }) => entry.address)), since, position);
  return {
    changes: listed.map(({ entry, before }) => changeView(run, focus, entry, before, writers.get(entry.address))),
    moreChanges: more + found.length - listed.length,
  };
}

function changeView(run: ScenarioRun, focus: Focus, entry: Entry, before: bigint, row: number | undefined): ChangeView {
  const fn = row === undefined ? undefined : run.recording.functionAt(row);
  return {
    address: `0x${entry.address.toString(16)}`,
    kind: entry.kind === 'asce' ? 'region' : entry.kind,
    what: `${nameOf(entry)} of ${ownerText(run, focus, entry)}`,
    before: `0x${before.toString(16)}`,
    after: `0x${entry.value.toString(16)}`,
    bits: changedBits(entry.kind, before, entry.value),
    ...(row === undefined ? {} : { step: row }),
    ...(fn ? { function: nameIn(fn, run.recording.generation).replace(/^op:/, '') } : {}),
  };
}

/** `vm 0x2000`, or for what no gmap has linked `host 0x10002000`. */
function ownerText(run: ScenarioRun, focus: Focus, entry: Entry): string {
  const { machine } = run.recording;
  const at = `0x${entry.from.toString(16)}`;
  if (entry.level !== 'pg') {
    const slot = gmapOfTable(machine, machine.descriptor(entry.address));
    return slot === undefined ? `host ${at}` : `${gmapName(run.names, slot)} ${at}`;
  }
  const gaddr = focus.gmap && linkedAt(machine, focus.gmap, entry.from);
  return gaddr === undefined ? `host ${at}` : `${gmapName(run.names, focus.gmap!.slot)} 0x${gaddr.toString(16)}`;
}

/** Slot of the gmap that a table belongs to, by its descriptor. */
function gmapOfTable(machine: Machine, descriptor: number): number | undefined {
  for (const gmap of gmaps(machine)) {
    let desc = machine.get(gmap.address + GMAP.tables);
    for (; desc !== 0; desc = machine.get(desc + DESC.next)) if (desc === descriptor) return gmap.slot;
  }
  return undefined;
}

/** The bits and fields of an entry whose value differs. */
export function changedBits(kind: EntryKind, before: bigint, after: bigint): ChangeView['bits'] {
  return BITS[kind]
    .filter(({ mask }) => (before & mask) !== (after & mask))
    .map(({ name, mask }) => {
      const shift = BigInt(mask.toString(2).length - mask.toString(2).replace(/0+$/, '').length);
      const single = mask >> shift === 1n;
      const show = (value: bigint): string => {
        const bits = (value & mask) >> shift;
        return single
          ? String(bits)
          : `0x${(name === 'origin' || name === 'frame' ? bits << shift : bits).toString(16)}`;
      };
      return { name, before: show(before), after: show(after) };
    });
}

/** For each address the newest row between two moments that changed it. */
function lastWriters(run: ScenarioRun, addresses: Set<number>, since: number, position: number): Map<number, number> {
  const { trace } = run.recording;
  const writers = new Map<number, number>();
  const [from, to] = since < position ? [since, position] : [position, since];
  for (let n = to - 1; n >= Math.max(from, to - SEARCHED) && writers.size < addresses.size; n--) {
    for (let i = trace.changeCount(n) - 1; i >= 0; i--) {
      const address = (trace.changeIndex(n, i) >>> 1) * 8;
      if (addresses.has(address) && !writers.has(address)) writers.set(address, n);
    }
  }
  return writers;
}
