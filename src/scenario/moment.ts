/** What expressions and expectations can ask about one moment of a run. Looking changes nothing. */
import type { EntryKind } from '../engine/bits.js';
import { functionNamed } from '../engine/catalog.js';
import { resultText, type Decoded } from '../engine/events.js';
import {
  decodeBits, entryAt, gmapOf, gmaps, heldLocks, hostPteAddress, isEmpty, translate, wordAt, walkPath,
  type Entry, type GmapInfo, type HeldLock,
} from '../engine/inspect.js'; // prettier-ignore
import { isZeroPage, pteText, type Machine } from '../engine/machine.js';
import { Kind } from '../engine/trace.js';
import type { Frame, Recording } from '../recording/recording.js';
import { EXPRESSION_FUNCTIONS } from './expression/builtins.js';
import type { ExpressionScope, NameInfo, Thing, Value } from './expression/scope.js';
import { isThing } from './expression/scope.js';
import { WALK_LEVELS } from './words.js';

/** Names of a scenario. */
export interface ScenarioNames {
  readonly gmaps: ReadonlyMap<string, number>;
  readonly notifiers: ReadonlyMap<string, number>;
  readonly constants: ReadonlyMap<string, bigint>;
  readonly threads: readonly string[];
}

export interface MomentOptions {
  readonly recording: Recording;
  readonly names: ScenarioNames;
  /** Thread that is looked at. */
  readonly task: number;
  /** Row from which visits and calls are counted. */
  readonly since: number;
  /** Frame that is looked at: 0 is the innermost. */
  readonly frame?: number;
  /** Row that comes next in the thread, where that is not the next one behind the cursor: it waits for ever. */
  readonly row?: number | undefined;
}

interface GmapThing extends Thing {
  readonly kind: 'gmap';
  readonly slot: number;
}

interface EntryThing extends Thing {
  readonly kind: 'entry';
  readonly entry: Entry;
}

export function gmapName(names: ScenarioNames, slot: number): string {
  for (const [name, number] of names.gmaps) if (number === slot) return name;
  return `g${slot}`;
}

export function notifierName(names: ScenarioNames, id: number): string {
  for (const [name, number] of names.notifiers) if (number === id) return name;
  return `nb${id}`;
}

export function threadName(names: ScenarioNames, task: number): string {
  return task === 0 ? 'scenario' : (names.threads[task - 1] ?? `thread ${task}`);
}

/** A word of memory as text: 16 digits, in groups of four. */
export function wordText(value: bigint): string {
  return `0x${value.toString(16).padStart(16, '0')}`;
}

/** An entry in words: `d1:03d`, `→ 0x…`, `invalid`. */
export function entryText(entry: Entry): string {
  switch (entry.kind) {
    case 'pte':
      return pteText(Number(entry.value >> 32n), Number(entry.value & 0xffff_ffffn));
    case 'pgste': {
      const bits = decodeBits('pgste', entry.value).filter((b) => b.value !== 0n);
      return bits.length
        ? bits.map((b) => (b.name === 'ACC' || b.name === 'usage' ? `${b.name}=${b.value}` : b.name)).join(' ')
        : '0';
    }
    default:
      if (entry.value & 0x20n) return isEmpty(entry) ? 'empty' : 'invalid';
      return `→ 0x${(entry.value & (entry.level === 'sg' ? ~0x7ffn : ~0xfffn)).toString(16)}`;
  }
}

const LEVEL_WORD: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(WALK_LEVELS).map(([word, level]) => [level, word]),
);

export class Moment implements ExpressionScope {
  readonly recording: Recording;
  readonly scenario: ScenarioNames;
  readonly task: number;
  readonly since: number;
  private readonly frameNumber: number;
  private readonly row: number | undefined;
  private context: { row: number; frames: Frame[] } | undefined;

  constructor(options: MomentOptions) {
    this.recording = options.recording;
    this.scenario = options.names;
    this.task = options.task;
    this.since = options.since;
    this.frameNumber = options.frame ?? 0;
    this.row = options.row;
  }

  private get machine(): Machine {
    return this.recording.machine;
  }

  /** Row that comes next in the thread that is looked at, with its stack. */
  private here(): { row: number; frames: Frame[] } {
    if (this.context) return this.context;
    const { recording } = this;
    const row = this.row ?? recording.nextRowOf(this.task, recording.position);
    return (this.context = { row, frames: recording.frames(row) });
  }

  /** An argument or local of the current function, or else of those that called it. */
  private local(name: string): Decoded | undefined {
    const { recording } = this;
    let end = recording.position;
    for (const frame of this.here().frames.slice(this.frameNumber)) {
      const found = recording.local(frame, name, end) ?? recording.arguments(frame).find((d) => d.name === name);
      if (found) return found;
      // What the caller did lies before this call.
      end = Math.min(end, frame.call);
    }
    return undefined;
  }

  /** All of them. */
  private locals(): Map<string, Decoded> {
    const { recording } = this;
    const frames = this.here().frames.slice(this.frameNumber).reverse();
    return new Map(frames.flatMap((frame) => [...recording.variables(frame, recording.position)]));
  }

  // --- ExpressionScope ---

  name(id: string): Value | undefined {
    const { scenario: names } = this;
    const local = this.local(id);
    if (local) return this.decodedValue(local);
    switch (id) {
      case 'rc': {
        return this.lastResult();
      }
      case 'function':
        return this.here().frames[this.frameNumber]?.fn.name.replace(/^op:/, '') ?? null;
      case 'step':
        return BigInt(this.recording.position);
      case 'thread':
        return threadName(names, this.task);
      case 'level': {
        const { row } = this.here();
        const { trace } = this.recording;
        if (row >= trace.length || trace.kind(row) !== Kind.Walk) return null;
        return LEVEL_WORD[['r1', 'r2', 'r3', 'sg'][trace.operand(row, 0)]!]!;
      }
      case 'machine':
        return { kind: 'machine', id: 'machine', text: 'machine' };
      case 'gmap':
      case 'gaddr':
      case 'vmaddr':
        return null;
    }
    const constant = names.constants.get(id);
    if (constant !== undefined) return constant;
    const slot = names.gmaps.get(id) ?? /^g([0-7])$/.exec(id)?.[1];
    if (slot !== undefined) return this.gmapThing(Number(slot));
    const nb = names.notifiers.get(id) ?? /^nb([0-3])$/.exec(id)?.[1];
    if (nb !== undefined) return this.notifierThing(Number(nb));
    // `thread == reclaim`: threads are compared by their names.
    return names.threads.includes(id) ? id : undefined;
  }

  private decodedValue(d: Decoded): Value {
    if (d.value === undefined) return null;
    switch (d.kind) {
      case 'gmap':
        return this.gmapThing(Number(d.value));
      case 'notifier':
        return this.notifierThing(Number(d.value));
      case 'pte':
      case 'ptep':
        return this.entryThing(hostPteAddress(this.machine, d.value));
      case 'pteval':
        return { kind: 'pte', id: String(d.value), text: d.text, raw: d.value };
      case 'pgste':
        return { kind: 'pgste', id: String(d.value), text: d.text, raw: d.value };
      default:
        return d.value;
    }
  }

  private gmapThing(slot: number): GmapThing {
    return { kind: 'gmap', id: String(slot), slot, text: gmapName(this.scenario, slot) };
  }

  private notifierThing(id: number): Thing {
    return { kind: 'notifier', id: String(id), text: notifierName(this.scenario, id) };
  }

  private entryThing(address: number): EntryThing | null {
    const entry = address ? entryAt(this.machine, address) : undefined;
    return entry ? this.entryValue(entry) : null;
  }

  private entryValue(entry: Entry): EntryThing {
    return {
      kind: 'entry',
      id: String(entry.address),
      entry,
      text: `${entryText(entry)} (${wordText(entry.value)})`,
      raw: entry.value,
    };
  }

  private lastResult(): Value {
    const { trace, index, position } = this.recording;
    for (let i = index.ends.countBefore(position) - 1; i >= 0; i--) {
      const n = index.ends.at(i);
      if (trace.task(n) !== this.task) continue;
      const text = resultText(trace, n);
      if (/^-?(0x[0-9a-f]+|\d+)/.test(text)) return BigInt(/^-?(0x[0-9a-f]+|\d+)/.exec(text)![0]);
      return text;
    }
    return null;
  }

  call(fn: string, args: readonly Value[]): Value | undefined {
    switch (fn) {
      case 'pte':
        return this.entryThing(this.slotArgument(args));
      case 'pgste': {
        const slot = this.slotArgument(args);
        return slot ? this.entryThing(slot + 2048) : null;
      }
      case 'entry': {
        const gmap = this.gmapArgument(args[0]);
        const level = typeof args[2] === 'string' ? WALK_LEVELS[args[2]] : undefined;
        if (!level) throw new Error('the third argument is a level: region1, region2, region3, segment or page');
        const entry = gmap.root && walkPath(this.machine, gmap.root, address(args[1])).find((e) => e.level === level);
        return entry ? this.entryValue(entry) : null;
      }
      case 'translate': {
        const gmap = this.gmapArgument(args[0]);
        return translate(this.machine, gmap, address(args[1])) ?? null;
      }
      case 'visits': {
        const place = args[0];
        if (typeof place !== 'string') throw new Error('the argument is a kernel function or walk:LEVEL');
        return BigInt(this.visits(place));
      }
      case 'calls': {
        const nb = args[0];
        if (!isThing(nb) || nb.kind !== 'notifier') throw new Error('the argument is a notifier');
        return BigInt(this.notifications().filter((c) => c.notifier === Number(nb.id)).length);
      }
      case 'held': {
        const name = args[0];
        if (typeof name !== 'string') throw new Error('the argument is the name of a lock');
        return this.held(name, args[1]).length > 0;
      }
      case 'word': {
        const at = address(args[0]);
        if (at >= BigInt(this.machine.mem.byteLength) || at & 7n) throw new Error('no doubleword is there');
        return this.entryThing(Number(at)) ?? wordAt(this.machine, Number(at));
      }
    }
    return undefined;
  }

  private slotArgument(args: readonly Value[]): number {
    if (args.length === 1) return hostPteAddress(this.machine, address(args[0]));
    return this.pteSlot(this.gmapArgument(args[0]), address(args[1]));
  }

  private gmapArgument(value: Value | undefined): GmapInfo {
    if (!isThing(value) || value.kind !== 'gmap') throw new Error('the first argument is a gmap');
    const gmap = gmapOf(this.machine, Number(value.id));
    if (!gmap) throw new Error(`gmap ${value.text} is not allocated`);
    return gmap;
  }

  member(value: Value, name: string): Value | undefined {
    if (!isThing(value)) return undefined;
    switch (value.kind) {
      case 'entry': {
        const { entry } = value as EntryThing;
        switch (name) {
          case 'value':
            return entry.value;
          case 'address':
            return BigInt(entry.address);
          case 'index':
            return BigInt(entry.index);
          case 'level':
            return LEVEL_WORD[entry.level]!;
        }
        const bit = decodeBits(entry.kind, entry.value).find((b) => b.name === name || b.kernel === name);
        return bit?.value;
      }
      case 'pte':
      case 'pgste': {
        const bit = decodeBits(value.kind, value.raw!).find((b) => b.name === name || b.kernel === name);
        return bit?.value;
      }
      case 'gmap': {
        const gmap = gmapOf(this.machine, Number(value.id));
        if (!gmap) return name === 'allocated' ? false : null;
        switch (name) {
          case 'allocated':
            return true;
          case 'asce':
            return gmap.asce;
          case 'asce_end':
            return gmap.asceEnd;
          case 'tables':
            return BigInt(gmap.tables);
        }
        return undefined;
      }
      case 'notifier':
        return name === 'calls' ? this.call('calls', [value]) : undefined;
      case 'machine':
        return (MACHINE_MEMBERS as readonly string[]).includes(name)
          ? BigInt(this.machine.mm(name as (typeof MACHINE_MEMBERS)[number]))
          : undefined;
    }
    return undefined;
  }

  names(): readonly NameInfo[] {
    const { scenario: names } = this;
    const info = (name: string, detail: string): NameInfo => ({ name, detail });
    return [
      ...[...this.locals().values()].map((d) => info(d.name, `${d.text}, in the current function`)),
      info('rc', 'Result of the last operation, or of the last call in this function.'),
      info('function', 'Name of the current kernel function.'),
      info('level', 'Level of the walk step that comes next.'),
      info('thread', 'Name of the current thread.'),
      info('step', 'Number of the current step.'),
      info('machine', 'Facilities and counters.'),
      ...[...names.gmaps.keys()].map((n) => info(n, 'A gmap of this scenario.')),
      ...[...names.notifiers.keys()].map((n) => info(n, 'A notifier of this scenario.')),
      ...names.threads.map((n) => info(n, 'A thread of this scenario.')),
      ...[...names.constants].map(([n, v]) => info(n, `The constant ${v}.`)),
      ...EXPRESSION_FUNCTIONS.map((f) => info(`${f.name}(`, f.detail)),
    ];
  }

  members(value: Value): readonly NameInfo[] {
    if (!isThing(value)) return [];
    const bits = (kind: EntryKind): NameInfo[] => decodeBits(kind, 0n).map((b) => ({ name: b.name, detail: b.doc }));
    switch (value.kind) {
      case 'entry':
        return [
          ...bits((value as EntryThing).entry.kind),
          { name: 'value', detail: 'All 64 bits.' },
          { name: 'address', detail: 'Where the entry lies in absolute storage.' },
          { name: 'index', detail: 'Its index in the table.' },
          { name: 'level', detail: 'Level of the table.' },
        ];
      case 'pte':
      case 'pgste':
        return bits(value.kind);
      case 'gmap':
        return ['allocated', 'asce', 'asce_end', 'tables'].map((name) => ({ name, detail: '' }));
      case 'notifier':
        return [{ name: 'calls', detail: 'How often it was called in this scenario.' }];
      case 'machine':
        return MACHINE_MEMBERS.map((name) => ({ name, detail: '' }));
    }
    return [];
  }

  // --- what expectations need besides ---

  /** PTE slot that the tables of a gmap lead to, or 0. */
  pteSlot(gmap: GmapInfo, gaddr: bigint): number {
    const last = gmap.root && walkPath(this.machine, gmap.root, gaddr).at(-1);
    return last?.kind === 'pte' ? last.address : 0;
  }

  gmap(slot: number): GmapInfo | undefined {
    return gmapOf(this.machine, slot);
  }

  get allGmaps(): GmapInfo[] {
    return gmaps(this.machine);
  }

  /** How often a function was called, or a walk level visited, since the start of counting. */
  visits(place: string): number {
    const { index, position } = this.recording;
    const walk = /^walk:(.*)$/.exec(place)?.[1];
    if (walk !== undefined) {
      const level = ['r1', 'r2', 'r3', 'sg'].indexOf(WALK_LEVELS[walk] ?? '');
      if (level < 0) throw new Error(`'${walk}' is no walk level`);
      return index.walksOf(level).count(this.since, position);
    }
    const fn = functionNamed(place);
    if (!fn) throw new Error(`'${place}' is no kernel function`);
    return index.callsOf(fn.id).count(this.since, position);
  }

  /** Notifier calls since the start of counting, in order. */
  notifications(since = this.since): NotifierCall[] {
    const { index, position, trace } = this.recording;
    const calls: NotifierCall[] = [];
    const list = index.notifications;
    for (let i = list.countBefore(since); i < list.countBefore(position); i++)
      calls.push(notifierCall(trace, list.at(i)));
    return calls;
  }

  held(name: string, which?: Value): HeldLock[] {
    return heldLocks(this.machine).filter((l) => {
      if (l.name !== name) return false;
      if (which === undefined || which === null) return true;
      if (isThing(which) && which.kind === 'gmap') return l.gmap === Number(which.id);
      const at = typeof which === 'bigint' ? which : undefined;
      if (at === undefined || l.vmaddr === undefined) return false;
      return name === 'ptl' ? l.vmaddr >> 20n === at >> 20n : l.vmaddr >> 12n === at >> 12n;
    });
  }

  locksHeld(): HeldLock[] {
    return heldLocks(this.machine);
  }

  isZeroPage(entry: Entry): boolean {
    return isZeroPage(Number(entry.value >> 32n), Number(entry.value & 0xffff_ffffn));
  }
}

const MACHINE_MEMBERS = [
  'esop', 'idte', 'tlblc', 'cpulocal', 'attach', 'active', 'pgste', 'alloc_pgste', 'skey', 'flush_mm',
] as const; // prettier-ignore

/** One call of a notifier. */
export interface NotifierCall {
  readonly row: number;
  readonly task: number;
  readonly notifier: number;
  readonly gmap: number;
  readonly start: bigint;
  /** Inclusive. */
  readonly end: bigint;
}

export function notifierCall(trace: Recording['trace'], row: number): NotifierCall {
  const word = (i: number): bigint => (BigInt(trace.operand(row, i)) << 32n) | BigInt(trace.operand(row, i + 1));
  return {
    row,
    task: trace.task(row),
    notifier: trace.operand(row, 0),
    gmap: trace.operand(row, 1),
    start: word(2),
    end: word(4),
  };
}

function address(value: Value | undefined): bigint {
  const n = typeof value === 'bigint' ? value : isThing(value) ? value.raw : undefined;
  if (n === undefined) throw new Error('an address is expected');
  if (n < 0n || n >> 64n !== 0n) throw new Error('the address does not fit into 64 bits');
  return n;
}
