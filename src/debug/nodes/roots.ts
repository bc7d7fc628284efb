/** Where looking starts: the roots of the tree, and finding a node by its identifier. */
import { kernelFrames } from '../stack.js';
import { gmapNode, gmapNodes } from './gmaps.js';
import { localNodes } from './locals.js';
import { hostNode, locksNode, machineNode, notifiersNode, vcpusNode } from './others.js';
import { nodeAtAddress } from './tables.js';
import { groupNode, hex, plural, valueNode, type Node, type View } from './node.js';
import { walkNodes } from './walk.js';
import { asNumber, formatValue, type Value } from '../../scenario/expression/scope.js';

/** The tree of the sidebar. */
export function rootNodes(view: View): Node[] {
  const vcpus = vcpusNode(view);
  return [
    ...gmapNodes(view),
    hostNode(view),
    notifiersNode(view),
    locksNode(view),
    ...(vcpus ? [vcpus] : []),
    machineNode(view),
  ];
}

/** Every gmap, as a scope. */
export function tablesNode(view: View): Node {
  const nodes = gmapNodes(view);
  return groupNode('tables', 'Tables', plural(nodes.length, 'gmap'), () => nodes);
}

export function localsNode(view: View, task: number, call: number): Node {
  const id = `locals:${task}:${call}`;
  const frame = kernelFrames(view.target, task).find((f) => f.call === call);
  return groupNode(id, 'Arguments and locals', '', () =>
    frame ? localNodes(view, id, frame, view.target.position) : [],
  );
}

export function walkNode(view: View, task: number, call: number): Node {
  const id = `walk:${task}:${call}`;
  return groupNode(id, 'Walk', '', () => walkNodes(view, id, task, call));
}

/** The scenario's own names: constants, the result of the last operation. */
export function scenarioNode(view: View, task: number): Node {
  const id = `scenario:${task}`;
  const { target } = view;
  const moment = target.run.moment(task);
  return groupNode(id, 'Scenario', '', () => {
    const rc = moment.name('rc') ?? null;
    const result = valueNode(`${id}/rc`, 'rc', formatValue(rc), {
      evaluateName: 'rc',
      tooltip: 'Result of the last operation.',
      ...numberOf(rc),
    });
    const constants = [...target.run.names.constants].map(([name, value]) =>
      valueNode(`${id}/${name}`, name, hex(value), { number: value, evaluateName: name, type: 'constant' }),
    );
    return [result, ...constants];
  });
}

const numberOf = (value: Value): { number?: bigint } => {
  const number = asNumber(value);
  return number === undefined ? {} : { number };
};

/** The node for what an expression means: things can be opened, numbers and texts cannot. */
export function valueNodeOf(view: View, label: string, value: Value): Node {
  const plain = valueNode(`value:${label}`, label, formatValue(value), numberOf(value));
  if (typeof value !== 'object' || value === null) return plain;
  switch (value.kind) {
    case 'entry':
      return { ...plain, ...nodeAtAddress(view, `at:${value.id}`, Number(value.id), label), evaluateName: label };
    case 'gmap':
      return gmapNode(view, `g${value.id}`, Number(value.id)) ?? plain;
    case 'notifier':
      return nodeNamed(view, `notifiers/${value.id}`) ?? plain;
    case 'machine':
      return machineNode(view);
    default:
      return plain;
  }
}

/** Finds a node by its identifier; undefined if there is nothing (any more). */
export function nodeNamed(view: View, id: string): Node | undefined {
  const [first = '', ...rest] = id.split('/');
  let node = rootNamed(view, first);
  for (const segment of rest) {
    if (!node) return undefined;
    const wanted = segment;
    node = node.find
      ? node.find(wanted)
      : node.children?.().find((child) => child.id.slice(child.id.lastIndexOf('/') + 1) === wanted);
  }
  return node;
}

function rootNamed(view: View, name: string): Node | undefined {
  const [kind, a, b] = name.split(':');
  switch (kind ?? '') {
    case 'tables':
      return tablesNode(view);
    case 'host':
      return hostNode(view);
    case 'notifiers':
      return notifiersNode(view);
    case 'locks':
      return locksNode(view);
    case 'machine':
      return machineNode(view);
    case 'vcpus':
      return vcpusNode(view);
    case 'locals':
      return localsNode(view, Number(a), Number(b));
    case 'walk':
      return walkNode(view, Number(a), Number(b));
    case 'scenario':
      return scenarioNode(view, Number(a));
    case 'at':
      return nodeAtAddress(view, name, Number(a));
  }
  const slot = /^g([0-7])$/.exec(name)?.[1];
  return slot === undefined ? undefined : gmapNode(view, name, Number(slot));
}

/** A number in the base that the client asked for. */
export function formatNumber(value: bigint, base: 'hex' | 'dec' | 'bin'): string {
  const sign = value < 0n ? '-' : '';
  const magnitude = value < 0n ? -value : value;
  if (base === 'dec') return `${sign}${magnitude}`;
  if (base === 'hex') return `${sign}0x${magnitude.toString(16)}`;
  const digits = magnitude.toString(2);
  return `${sign}0b${digits.replace(/\B(?=(.{4})+$)/g, '_')}`;
}
