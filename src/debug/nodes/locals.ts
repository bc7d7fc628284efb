/** What a kernel function knows: its arguments and local variables. */
import type { Decoded } from '../../engine/events.js';
import { errnoName } from '../../engine/bits.js';
import { gmapOf, hostPteAddress, walkPath } from '../../engine/inspect.js';
import type { Frame } from '../../recording/recording.js';
import { entryText, notifierName } from '../../scenario/moment.js';
import { gmapNode } from './gmaps.js';
import { bitNodes } from './bits.js';
import { entryNode, pageNode } from './tables.js';
import { gmapLabel, hex, valueNode, type Node, type View } from './node.js';

/** Arguments and local variables of a frame when the thread's next row comes. */
export function localNodes(view: View, id: string, frame: Frame, position: number): Node[] {
  const { recording } = view.target;
  const named = recording.variables(frame, position);
  const passed = new Set(recording.arguments(frame).map((d) => d.name));
  const gmap = [...named.values()].find((d) => d.kind === 'gmap')?.value;
  return [...named.values()].map((d) => {
    const node = localNode(view, `${id}/${d.name}`, d, gmap);
    return { ...node, label: d.name, evaluateName: d.name, type: passed.has(d.name) ? 'argument' : 'local variable' };
  });
}

function localNode(view: View, id: string, d: Decoded, gmap: bigint | undefined): Node {
  const plain = (text: string): Node => valueNode(id, d.name, text, d.value === undefined ? {} : { number: d.value });
  if (d.value === undefined) return plain('null');
  switch (d.kind) {
    case 'gmap': {
      const name = gmapLabel(view, Number(d.value));
      const node = gmapNode(view, id, Number(d.value));
      // Which it is matters here; what it is, it says when it is opened.
      return node ? { ...node, text: name } : plain(name);
    }
    case 'notifier':
      return plain(notifierName(view.target.run.names, Number(d.value)));
    case 'dec': {
      const error = d.value < 0n ? errnoName(Number(d.value)) : undefined;
      return plain(error ? `-${error} (${d.value})` : d.text);
    }
    case 'pte':
    case 'ptep': {
      const address = hostPteAddress(view.target.machine, d.value);
      if (!address) return plain(`page ${hex(d.value)}`);
      const node = pageNode(view, id, address, {}, d.value);
      return { ...node, text: `page ${hex(d.value)}: ${node.text}` };
    }
    case 'sg': {
      const info = gmap === undefined ? undefined : gmapOf(view.target.machine, Number(gmap));
      const entry = info?.root && walkPath(view.target.machine, info.root, d.value).find((e) => e.level === 'sg');
      if (!entry) return plain(`segment ${hex(d.value)}`);
      const node = entryNode(view, id, entry, { gmap: gmapLabel(view, Number(gmap)) }, d.value);
      return { ...node, text: `segment ${hex(d.value)}: ${entryText(entry)}` };
    }
    case 'pteval':
    case 'pgste': {
      const kind = d.kind === 'pgste' ? 'pgste' : 'pte';
      const value = d.value;
      return { ...plain(d.text), isParent: true, children: () => bitNodes(view, id, kind, value, undefined, d.name) };
    }
    default:
      return plain(d.text);
  }
}
