/** What there is besides tables: the host process, notifiers, locks, vCPUs, the machine. */
import { hostPageTables, hostRoot, heldLocks, notifiers } from '../../engine/inspect.js';
import { MM, MM_AT } from '../../engine/machine.js';
import { VCPU, vcpuNumbered } from '../../engine/kernel/kvm.js';
import { gmapName, notifierCall, notifierName } from '../../scenario/moment.js';
import { FACILITIES, LOCKS } from '../../scenario/words.js';
import { waiters } from '../locks.js';
import { tableNode } from './tables.js';
import { count, groupNode, hex, plural, valueNode, wordPlace, type Node, type View } from './node.js';

// --- the host process ---

export function hostNode(view: View): Node {
  const { machine } = view.target;
  const tables = hostPageTables(machine);
  const areas = machine.vmas();
  return {
    id: 'host',
    kind: 'host',
    label: 'host process',
    text: `${plural(areas.length, 'area')}, ${plural(tables.length, 'page table')}`,
    type: 'struct mm_struct',
    tooltip: 'The process that the guest runs in: its memory areas and page tables.',
    children: () => [
      groupNode('host/vmas', 'memory areas', plural(areas.length, 'area'), () =>
        areas.map(({ start, end, prot }) =>
          valueNode(`host/vmas/${start.toString(16)}`, `${hex(start)}…${hex(end - 1)}`, prot, {
            type: 'struct vm_area_struct',
            covers: { from: BigInt(start), to: BigInt(end) },
            tooltip: `${count((end - start) / 1024)} KB, ${prot === 'rw' ? 'read and write' : prot === 'ro' ? 'read only' : 'no access'}`,
          }),
        ),
      ),
      groupNode('host/pt', 'page tables', plural(tables.length, 'table'), () =>
        tables.map((table) =>
          tableNode(view, `host/pt/${table.start.toString(16)}`, hex(table.start), table, {}, table.start),
        ),
      ),
      tableNode(view, 'host/t', 'region-second table', hostRoot(machine), {}, 0n),
    ],
  };
}

// --- notifiers ---

/** Calls that are listed: the newest. `gmap/notifications` has them all. */
const LISTED = 100;

export function notifiersNode(view: View): Node {
  const { target } = view;
  const { index, trace } = target.recording;
  const registered = notifiers(target.machine);
  const before = index.notifications.countBefore(target.position);
  // How often each was called, and its newest calls: there may be many thousands.
  const counts = new Map<number, number>();
  for (let i = 0; i < before; i++) {
    const id = trace.operand(index.notifications.at(i), 0);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const ids = [...new Set([...target.run.names.notifiers.values(), ...registered, ...counts.keys()])];
  const newest = (id: number): Node[] => {
    const nodes: Node[] = [];
    let number = counts.get(id) ?? 0;
    for (let i = before - 1; i >= 0 && nodes.length < LISTED && number > 0; i--) {
      const row = index.notifications.at(i);
      if (trace.operand(row, 0) !== id) continue;
      const { gmap, start, end } = notifierCall(trace, row);
      const text = `${gmapName(target.run.names, gmap)} ${hex(start)}..${hex(end)} at step ${count(row)}`;
      nodes.unshift(valueNode(`notifiers/${id}/${row}`, `call ${count(number)}`, text));
      number--;
    }
    return nodes;
  };
  const node = (id: number): Node => {
    const name = notifierName(target.run.names, id);
    const isRegistered = registered.includes(id);
    const calls = counts.get(id) ?? 0;
    return {
      id: `notifiers/${id}`,
      kind: 'group',
      label: name,
      text: `${isRegistered ? 'registered' : 'not registered'}, ${plural(calls, 'call')}`,
      type: 'struct gmap_notifier',
      evaluateName: `calls(${name})`,
      size: () => Math.min(calls, LISTED),
      children: () => newest(id),
    };
  };
  return groupNode('notifiers', 'notifiers', `${registered.length} registered, ${plural(before, 'call')} so far`, () =>
    ids.sort((a, b) => a - b).map(node),
  );
}

// --- locks ---

export function locksNode(view: View): Node {
  const { target } = view;
  const held = heldLocks(target.machine);
  const waiting = waiters(target);
  const name = (lock: (typeof held)[number]): { which: string; argument: string } => {
    if (lock.gmap !== undefined) {
      const gmap = gmapName(target.run.names, lock.gmap);
      return { which: ` ${gmap}`, argument: `, ${gmap}` };
    }
    const at = lock.vmaddr === undefined ? '' : hex(lock.vmaddr);
    return at ? { which: ` ${at}`, argument: `, ${at}` } : { which: '', argument: '' };
  };
  const text = `${held.length} held${waiting.length ? `, ${waiting.length} waiting` : ''}`;
  return groupNode('locks', 'locks', text, () => [
    ...held.map((lock) => {
      const { which, argument } = name(lock);
      const mode = lock.mode ? ` for ${lock.mode === 'read' ? 'reading' : 'writing'}` : '';
      return valueNode(
        `locks/${lock.name}${which}:${lock.task}`,
        `${lock.name}${which}`,
        `held by ${target.threadName(lock.task)}${mode}`,
        { evaluateName: `held(${lock.name}${argument})`, tooltip: LOCKS[lock.name]!.doc },
      );
    }),
    ...waiting.map(({ task, lock, holders }) =>
      valueNode(
        `locks/waiting:${task}`,
        `${target.threadName(task)} waits`,
        `for ${lock}, held by ${holders.join(', ') || 'nobody'}`,
      ),
    ),
  ]);
}

// --- the machine ---

const SETTINGS = [
  'esop',
  'idte',
  'tlblc',
  'cpulocal',
  'attach',
  'active',
  'pgste',
  'alloc_pgste',
  'skey',
  'flush_mm',
] as const;
const SETTING_DOC: Readonly<Record<string, string>> = {
  ...FACILITIES,
  skey: 'The guest uses storage keys.',
  flush_mm: 'Lazy invalidations wait for a flush.',
};

export function machineNode(view: View): Node {
  const { machine } = view.target;
  const on = SETTINGS.filter((name) => machine.mm(name) !== 0);
  return groupNode('machine', 'machine', on.join(' '), () =>
    SETTINGS.map((name) => {
      const address = MM_AT + MM[name];
      const before = view.changes.before(address);
      const value = machine.mm(name);
      return valueNode(`machine/${name}`, name, String(value), {
        number: BigInt(value),
        tooltip: SETTING_DOC[name]!,
        place: wordPlace(address),
        evaluateName: `machine.${name}`,
        ...(before !== undefined && { changed: String(before) }),
      });
    }),
  );
}

// --- vCPUs ---

/** The vCPUs in the order in which they were made; undefined while there is none. */
export function vcpusNode(view: View): Node | undefined {
  const { machine, run } = view.target;
  const vcpus: { id: number; at: number }[] = [];
  for (let id = 0, at = vcpuNumbered(machine, id); at !== 0; at = vcpuNumbered(machine, ++id)) vcpus.push({ id, at });
  if (vcpus.length === 0) return undefined;
  const flag = (at: number, key: string, label: string, field: number, tooltip: string): Node => {
    const before = view.changes.before(at + field);
    const value = machine.get(at + field);
    return valueNode(key, label, String(value), {
      number: BigInt(value),
      tooltip,
      place: wordPlace(at + field),
      ...(before !== undefined && { changed: String(before) }),
    });
  };
  return groupNode('vcpus', 'vCPUs', plural(vcpus.length, 'vCPU'), () =>
    vcpus.map(({ id, at }): Node => {
      const prefix = machine.word(at + VCPU.prefix).toBigInt();
      const prefixBefore = view.changes.before(at + VCPU.prefix);
      const node = `vcpus/${id}`;
      return {
        id: node,
        kind: 'group',
        label: run.vcpus[id]!,
        text: `${machine.get(at + VCPU.in_sie) ? 'in SIE' : 'not in SIE'}${machine.get(at + VCPU.request) ? ', PROG_REQUEST' : ''}`,
        type: 'struct kvm_vcpu',
        place: wordPlace(at),
        readOnly: true,
        children: () => [
          valueNode(`${node}/prefix`, 'prefix', hex(prefix), {
            number: prefix,
            place: wordPlace(at + VCPU.prefix),
            tooltip: 'Guest address of its two prefix pages.',
            ...(prefixBefore !== undefined && { changed: hex(prefixBefore) }),
          }),
          flag(at, `${node}/in_sie`, 'in SIE', VCPU.in_sie, 'The vCPU runs guest code.'),
          flag(at, `${node}/request`, 'PROG_REQUEST', VCPU.request, 'Keeps the vCPU out of SIE.'),
          flag(at, `${node}/reload`, 'reload', VCPU.reload, 'The prefix pages are to be refreshed.'),
        ],
      };
    }),
  );
}
