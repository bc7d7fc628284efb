/** Gmaps: their ASCE, tables and radix trees. */
import { LEVEL } from '../../engine/bits.js';
import { gmapOf, gmaps, type GmapInfo } from '../../engine/inspect.js';
import { GMAP } from '../../engine/machine.js';
import { radixEntries } from '../../engine/radix.js';
import { wordText } from '../../scenario/moment.js';
import { bitNodes } from './bits.js';
import { tableNode } from './tables.js';
import { gmapLabel, hex, plural, valueNode, wordPlace, type Node, type View } from './node.js';

/** Every gmap of the process, in the order of their numbers. */
export function gmapNodes(view: View): Node[] {
  return gmaps(view.target.machine)
    .sort((a, b) => a.slot - b.slot)
    .flatMap(({ slot }) => gmapNode(view, `g${slot}`, slot) ?? []);
}

export function gmapNode(view: View, id: string, slot: number): Node | undefined {
  const gmap = gmapOf(view.target.machine, slot);
  if (!gmap) return undefined;
  const name = gmapLabel(view, slot);
  const root = gmap.root ? `${LEVEL[gmap.root.level].name} root, ` : '';
  return {
    id,
    kind: 'gmap',
    label: name,
    text: `gmap up to ${hex(gmap.asceEnd)}: ${root}${plural(gmap.tables, 'table')}`,
    number: BigInt(slot),
    type: 'struct gmap',
    tooltip: `struct gmap at ${hex(gmap.address)}, gmap number ${slot}`,
    place: wordPlace(gmap.address),
    readOnly: true,
    evaluateName: name,
    isParent: true,
    children: () => gmapChildren(view, id, gmap, name),
  };
}

function gmapChildren(view: View, id: string, gmap: GmapInfo, name: string): Node[] {
  const word = (field: 'asce_end' | 'count', label: string, text: string, number: bigint, tooltip: string): Node => {
    // How many tables there are is not to be set: it is what lies in the list of tables.
    const readOnly = field === 'count';
    const before = view.changes.before(gmap.address + GMAP[field]);
    return valueNode(`${id}/${label}`, label, text, {
      number,
      tooltip,
      readOnly,
      place: wordPlace(gmap.address + GMAP[field]),
      evaluateName: `${name}.${label}`,
      ...(before !== undefined && { changed: field === 'count' ? String(before) : hex(before) }),
    });
  };
  const asce = `${id}/asce`;
  const asceAddress = gmap.address + GMAP.asce;
  const nodes: Node[] = [];
  if (gmap.root)
    nodes.push(tableNode(view, `${id}/t`, LEVEL[gmap.root.level].name + ' table', gmap.root, { gmap: name }, 0n));
  nodes.push(
    valueNode(asce, 'asce', wordText(gmap.asce), {
      number: gmap.asce,
      type: 'address-space-control element',
      place: wordPlace(asceAddress),
      evaluateName: `${name}.asce`,
      children: () => bitNodes(view, asce, 'asce', gmap.asce, asceAddress),
    }),
    word('asce_end', 'asce_end', hex(gmap.asceEnd), gmap.asceEnd, 'Highest guest address.'),
    word('count', 'tables', String(gmap.tables), BigInt(gmap.tables), 'Region and segment tables of the gmap.'),
    radixNode(view, `${id}/g2h`, gmap, 'guest_to_host'),
    radixNode(view, `${id}/h2g`, gmap, 'host_to_guest'),
  );
  return nodes;
}

/** Longer radix trees show ranges that lie in line as one. */
const LONG_TREE = 16;

interface RadixRun {
  readonly key: bigint;
  value: bigint;
  end: bigint;
  readonly slot: number;
}

function radixNode(view: View, id: string, gmap: GmapInfo, tree: 'guest_to_host' | 'host_to_guest'): Node {
  const { machine } = view.target;
  const toHost = tree === 'guest_to_host';
  const entries = [...radixEntries(machine, gmap.address + GMAP[tree])].map(({ key, slot }): RadixRun => {
    const stored = machine.word(slot).toBigInt();
    const value = toHost ? stored : machine.gaddrOf(Number(stored)).toBigInt();
    const from = BigInt(key) << 20n;
    return { key: from, value, end: from + 0x10_0000n, slot };
  });
  const step = 0x10_0000n;
  const runs: RadixRun[] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    const inLine = run && run.end === entry.key && run.value + (entry.key - run.key) === entry.value;
    if (entries.length > LONG_TREE && inLine) run.end = entry.key + step;
    else runs.push({ ...entry });
  }
  const [from, to] = toHost ? ['guest', 'host'] : ['host', 'guest'];
  return {
    id,
    kind: 'tree',
    label: tree,
    text: plural(entries.length, 'segment'),
    type: 'struct radix_tree_root',
    tooltip: toHost
      ? 'Which host segment is mapped at a guest segment.'
      : 'Where a host segment is linked: the segment table entry, and with it the guest address.',
    children: () =>
      runs.map(({ key, value, end, slot }) => {
        const before = view.changes.before(slot);
        const single = end - key === step;
        return valueNode(
          `${id}/${key.toString(16)}`,
          single ? hex(key) : `${hex(key)}…${hex(end - 1n)}`,
          `→ ${hex(value)}`,
          {
            number: value,
            tooltip: `${from} ${hex(key)} → ${to} ${hex(value)}${single ? '' : ` and so on, ${plural(Number((end - key) / step), 'segment')}`}`,
            ...(single && { place: wordPlace(slot), readOnly: true }),
            ...(single && before !== undefined && { changed: before === 0n ? 'nothing' : hex(before) }),
          },
        );
      }),
  };
}
