/** `info` and `tree`: what there is, in the words of the variables and the tree of an editor. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { ErrorId, RequestError } from '../errors.js';
import { nodeForExpression } from '../evaluate.js';
import { exceptionInfo } from '../exceptions.js';
import { loadedSources } from '../inspection.js';
import { stepInTargets, visitsOf } from '../jumps.js';
import { count, plural, type Node } from '../nodes/node.js';
import { rootNodes } from '../nodes/roots.js';
import { nodesOfScope, type ScopeName } from '../scopes.js';
import { threadId, threads } from '../stack.js';
import { shownText } from '../view.js';
import { listed, say, type Command, type ConsoleContext } from './command.js';
import { framesOf } from './frames.js';
import { placeOf } from './stopping.js';

type Topic = (context: ConsoleContext, operands: string) => string;

/** What a scope of variables shows. */
const scope =
  (name: ScopeName, none: string): Topic =>
  (context) => {
    const { core } = context;
    const { chosen } = framesOf(context);
    const { ref } = core.frame('evaluate', chosen?.id);
    const nodes = ref ? nodesOfScope(core, ref, name) : [];
    return nodes.map((node) => lineOf(context, node)).join('\n') || none;
  };

const TOPICS: Readonly<Record<string, Topic>> = {
  locals: scope('Arguments and locals', 'nothing is known here'),
  walk: scope('Walk', 'no walk is in progress here'),
  gmaps: scope('Tables', 'no gmap'),
  host: scope('Host memory', 'the host has no memory'),
  notifiers: scope('Notifiers', 'no notifier'),
  locks: scope('Locks', 'no lock is held'),
  vcpus: scope('vCPUs', 'no vCPU'),
  machine: scope('Machine', ''),
  breakpoints: ({ core }) =>
    core.breakpoints
      .all()
      .map((b) => `${b.id}  ${b.label}${b.verified ? '' : `  (never hits: ${b.message!})`}`)
      .join('\n') || 'no breakpoints',
  threads: ({ core }) =>
    threads(core.stopped('evaluate'))
      .map(({ id, name }) => `${id === threadId(core.task) ? '>' : ' '} ${name}`)
      .join('\n'),
  calls: (context) => {
    const { core } = context;
    const { ref } = core.frame('evaluate', framesOf(context).chosen?.id);
    const calls = ref ? stepInTargets(core.stopped('evaluate'), ref) : [];
    return calls.map(({ id, label }) => `step ${count(id)}  ${label}`).join('\n') || 'nothing more is called from here';
  },
  visits: (context, place) => {
    if (place === '') throw new RequestError(ErrorId.Expression, 'write info visits PLACE, a place as for break');
    const target = context.core.stopped('evaluate');
    const { located, all } = visitsOf(target, placeOf(context, place));
    if (!located.triggers) throw new RequestError(ErrorId.Unknown, located.message!);
    const past = all.filter((step) => step < target.position).length;
    return listed(all, past, (step, i) => `visit ${count(i + 1)}  step ${count(step)}`) || 'no visit is recorded';
  },
  exception: ({ core }) => {
    const target = core.stopped('evaluate');
    const exception = core.stop?.exception;
    if (!exception) return 'nothing out of the ordinary';
    const { details } = exceptionInfo(target, exception);
    return `${details!.typeName!}\n${details!.message!}`;
  },
  sources: ({ core }) =>
    loadedSources(core)
      .map(({ name = '', path = '' }: DebugProtocol.Source) => (path.endsWith(`/${name}`) ? path : `${name}  ${path}`))
      .join('\n'),
};

const NAMES = Object.keys(TOPICS);

export const INFO: Command = {
  name: 'info',
  aliases: ['i'],
  operands: NAMES.join(' | ').replace('visits', 'visits PLACE'),
  doc: 'What there is of something. `calls`: what is still called from here; `visits`: the moments at which a place is visited.',
  completes: NAMES,
  run: (context, operands) => {
    const [, name = '', rest = ''] = /^(\w*)\s*(.*)$/s.exec(operands)!;
    const topic = Object.hasOwn(TOPICS, name) ? TOPICS[name] : undefined;
    if (!topic) return undefined;
    context.core.stopped('evaluate');
    return say(topic(context, rest));
  },
};

/** Most lines of a tree. */
const MOST = 400;

export const TREE: Command = {
  name: 'tree',
  operands: '[EXPR]',
  doc: 'The tables of all gmaps and of the host, or what a gmap or an entry consists of. `was` marks what changed since the stop before, `*` the way of the walk in progress.',
  completes: 'expression',
  run: (context, operands) => {
    const { core, frameId } = context;
    core.stopped('evaluate');
    const roots = operands === '' ? rootNodes(core.view) : [nodeForExpression(core, operands, frameId)];
    const lines: string[] = [];
    const add = (node: Node, depth: number): void => {
      lines.push('  '.repeat(depth) + lineOf(context, node));
      // Bits are shown where they are asked for: the line of their entry decodes them.
      if (depth > 0 && !OPENED.has(node.kind)) return;
      for (const child of node.children?.() ?? []) {
        if (depth > 0 && node.kind === 'entry' && child.kind === 'group') continue;
        if (lines.length > MOST) return;
        add(child, depth + 1);
      }
    };
    for (const root of roots) add(root, 0);
    const more = lines.length > MOST ? [`… more than ${plural(MOST, 'line')}: ask for a part of it`] : [];
    return say([...lines.slice(0, MOST), ...more].join('\n'));
  },
};

const OPENED: ReadonlySet<Node['kind']> = new Set(['gmap', 'host', 'table', 'entry', 'fold', 'tree']);

/** `IN: 1 (was 0)` */
function lineOf({ core }: ConsoleContext, node: Node): string {
  const changed = node.changed === undefined ? '' : ` (was ${node.changed})`;
  return `${node.label}: ${shownText(node, core.format)}${changed}${node.onPath ? ' *' : ''}`;
}
