/**
 * Operations: what a scenario can make the modelled machine do, one at a time.
 *
 * The table below is the only place that says which operations exist and what their operands are. The
 * corpus reader, the scenario language, the engine's dispatch and the reference documentation all read it.
 */

/** Which generation of the kernel code is modelled: the commit ("after") or the code it replaced ("before"). */
export type Generation = 'after' | 'before';

/** Highest gmap slot and notifier number an operation can name. */
export const GMAP_SLOTS = 8;
export const NOTIFIERS = 4;

/** The kinds of operand: an unsigned 64-bit number (bigint), a small number, or one of a few words. */
export type OperandKind = 'address' | 'number' | 'flag' | 'gmap' | 'notifier' | readonly string[];

export interface OperandInfo {
  readonly name: string;
  readonly kind: OperandKind;
  /** Left out means: required. */
  readonly optional?: boolean;
}

export interface OperationInfo {
  readonly name: string;
  /** Who acts: the machine itself, the host process, KVM through the gmap interface, or the test bench. */
  readonly group: 'machine' | 'host' | 'gmap' | 'notifier' | 'vcpu' | 'inject';
  /** The kernel function called, where there is one. */
  readonly calls?: string;
  readonly operands: readonly OperandInfo[];
  readonly generation?: Generation;
  /** Only exists between threads. */
  readonly threads?: boolean;
  readonly doc: string;
}

const ACCESS = ['r', 'w'] as const;
const PROT = ['rw', 'ro', 'none'] as const;

const at = (name = 'vmaddr'): OperandInfo => ({ name, kind: 'address' });
const opt = (name: string, kind: OperandKind): OperandInfo => ({ name, kind, optional: true });
const gmap: OperandInfo = { name: 'g', kind: 'gmap' };
const vcpu: OperandInfo = { name: 'v', kind: 'number' };
const len: OperandInfo = { name: 'len', kind: 'address' };

export const MACHINE_FLAGS = ['esop', 'idte', 'tlblc', 'cpulocal', 'active', 'pgste', 'alloc_pgste'] as const;

export const OPERATIONS: readonly OperationInfo[] = [
  {
    name: 'machine',
    group: 'machine',
    operands: [...MACHINE_FLAGS.map((name) => opt(name, 'flag')), opt('attach', 'number')],
    doc: 'Sets facilities and counters of the machine.',
  },
  {
    name: 'mmap',
    group: 'host',
    operands: [at(), len, { name: 'prot', kind: PROT }],
    doc: 'The process maps private anonymous memory.',
  },
  { name: 'munmap', group: 'host', operands: [at(), len], doc: 'The process unmaps a range.' },
  { name: 'exit_mm', group: 'host', operands: [], doc: 'The process ends: everything is unmapped.' },
  {
    name: 'mprotect',
    group: 'host',
    operands: [at(), len, { name: 'prot', kind: PROT }],
    doc: 'The process changes the rights of a range.',
  },
  {
    name: 'madvise_dontneed',
    group: 'host',
    operands: [at(), len],
    doc: 'The process throws the pages of a range away.',
  },
  { name: 'reclaim', group: 'host', operands: [at()], doc: 'The host swaps one anonymous page out.' },
  { name: 'migrate_start', group: 'host', operands: [at()], doc: 'First half of moving a page: the migration entry.' },
  { name: 'migrate_end', group: 'host', operands: [at()], doc: 'Second half of moving a page: the new page.' },
  { name: 'migrate', group: 'host', operands: [at()], doc: 'Moves a page: both halves.' },
  {
    name: 'wrprotect',
    group: 'host',
    operands: [at(), opt('share', 'flag')],
    doc: 'Write-protects a page as fork does; share=1 marks it shared, so that the next write copies it.',
  },
  { name: 'mkclean', group: 'host', operands: [at()], doc: 'Write-protects and cleans a page, as writeback does.' },
  { name: 'age', group: 'host', operands: [at()], doc: 'Tests and clears the young bit; returns what it was.' },
  {
    name: 'touch',
    group: 'host',
    operands: [at(), { name: 'access', kind: ACCESS }],
    doc: 'The host process reads or writes a byte.',
  },
  {
    name: 'essa',
    group: 'host',
    operands: [at(), { name: 'state', kind: ['unused', 'stable', 'zero'] }],
    doc: 'Sets the guest page state in the PGSTE.',
  },
  { name: 'enable_sie', group: 'host', calls: 's390_enable_sie', operands: [], doc: 'Switches PGSTEs on.' },
  { name: 'enable_skey', group: 'host', calls: 's390_enable_skey', operands: [], doc: 'Switches storage keys on.' },
  { name: 'reset_cmma', group: 'host', calls: 's390_reset_cmma', operands: [], doc: 'Resets all guest page states.' },
  {
    name: 'set_key',
    group: 'host',
    calls: 'set_guest_storage_key',
    operands: [at(), { name: 'key', kind: 'number' }, opt('nq', 'flag')],
    doc: 'Sets the guest storage key of a page.',
  },
  {
    name: 'cond_set_key',
    group: 'host',
    calls: 'cond_set_guest_storage_key',
    operands: [at(), { name: 'key', kind: 'number' }, opt('nq', 'flag'), opt('mr', 'flag'), opt('mc', 'flag')],
    doc: 'Sets the guest storage key unless it already fits under the mask.',
  },
  { name: 'get_key', group: 'host', calls: 'get_guest_storage_key', operands: [at()], doc: 'Reads a storage key.' },
  {
    name: 'rrbe',
    group: 'host',
    calls: 'reset_guest_reference_bit',
    operands: [at()],
    doc: 'Resets the guest reference bit of a page.',
  },
  {
    name: 'test_clear_dirty',
    group: 'host',
    calls: 'test_and_clear_guest_dirty',
    operands: [at()],
    doc: 'Reads and clears the dirty-log bit of a page.',
  },
  {
    name: 'register',
    group: 'notifier',
    calls: 'gmap_register_pte_notifier',
    operands: [{ name: 'nb', kind: 'notifier' }],
    doc: 'Registers a notifier.',
  },
  {
    name: 'unregister',
    group: 'notifier',
    calls: 'gmap_unregister_pte_notifier',
    operands: [{ name: 'nb', kind: 'notifier' }],
    doc: 'Takes a notifier away.',
  },
  {
    name: 'alloc',
    group: 'gmap',
    calls: 'gmap_alloc',
    operands: [gmap, { name: 'limit', kind: 'address' }],
    doc: 'Allocates a gmap; the limit picks the top table level.',
  },
  { name: 'free', group: 'gmap', calls: 'gmap_free', operands: [gmap], doc: 'Frees a gmap.' },
  { name: 'enable', group: 'gmap', calls: 'gmap_enable', operands: [gmap], doc: 'Makes a gmap current on this CPU.' },
  { name: 'disable', group: 'gmap', calls: 'gmap_disable', operands: [gmap], doc: 'Makes no gmap current.' },
  {
    name: 'map_segment',
    group: 'gmap',
    calls: 'gmap_map_segment',
    operands: [gmap, at('from'), at('to'), len],
    doc: 'Maps host memory at a guest address, in segments of 1 MB.',
  },
  {
    name: 'unmap_segment',
    group: 'gmap',
    calls: 'gmap_unmap_segment',
    operands: [gmap, at('to'), len],
    doc: 'Unmaps guest memory, in segments of 1 MB.',
  },
  {
    name: 'translate',
    group: 'gmap',
    calls: 'gmap_translate',
    operands: [gmap, at('gaddr')],
    doc: 'Translates a guest address to the host address.',
  },
  {
    name: 'fault',
    group: 'gmap',
    calls: 'gmap_fault',
    operands: [gmap, at('gaddr'), { name: 'access', kind: ACCESS }],
    doc: 'Resolves a guest fault.',
  },
  {
    name: 'gtouch',
    group: 'gmap',
    operands: [gmap, at('gaddr'), { name: 'access', kind: ACCESS }],
    doc: 'The guest reads or writes a byte: the hardware walk, and gmap_fault on a miss.',
  },
  {
    name: 'zap',
    group: 'gmap',
    calls: '__gmap_zap',
    operands: [gmap, at('gaddr')],
    doc: 'Drops the swap entry of an unused page.',
  },
  {
    name: 'discard',
    group: 'gmap',
    calls: 'gmap_discard',
    operands: [gmap, at('from'), at('to')],
    doc: 'Throws guest pages away.',
  },
  {
    name: 'mprotect_notify',
    group: 'gmap',
    calls: 'gmap_mprotect_notify',
    generation: 'after',
    operands: [gmap, at('gaddr'), len, { name: 'prot', kind: 'number' }],
    doc: 'Gives pages the wanted rights and arms the notifier for them.',
  },
  {
    name: 'ipte_notify',
    group: 'gmap',
    calls: 'gmap_ipte_notify',
    generation: 'before',
    operands: [gmap, at('gaddr'), len],
    doc: 'Makes pages writable and arms the notifier for them.',
  },
  {
    name: 'down',
    group: 'host',
    threads: true,
    operands: [{ name: 'mode', kind: ACCESS }],
    doc: 'Takes mmap_sem, as a caller that holds it around another call.',
  },
  { name: 'up', group: 'host', threads: true, operands: [{ name: 'mode', kind: ACCESS }], doc: 'Releases mmap_sem.' },
  {
    name: 'vcpu',
    group: 'vcpu',
    operands: [vcpu, gmap, at('prefix')],
    doc: 'Creates a vCPU of a guest; its two prefix pages begin at the prefix.',
  },
  {
    name: 'vcpu_enter',
    group: 'vcpu',
    calls: 'vcpu_pre_run',
    operands: [vcpu],
    doc: 'The vCPU handles its requests and enters SIE.',
  },
  { name: 'vcpu_leave', group: 'vcpu', operands: [vcpu], doc: 'The vCPU leaves SIE.' },
  { name: 'vcpu_set_prefix', group: 'vcpu', operands: [vcpu, at('prefix')], doc: 'Moves the prefix pages of a vCPU.' },
  {
    name: 'inject',
    group: 'inject',
    operands: [opt('alloc', 'number'), opt('unlocked', 'number'), opt('fault', 'number'), opt('ksm', 'flag')],
    doc: 'Arms faults for the next operation; `then OP` runs in the first unlocked window.',
  },
];

export type OperandValue = bigint | string;

/** One operation with its operands. Numbers are bigints; words are strings. */
export interface Operation {
  readonly name: string;
  readonly args: Readonly<Record<string, OperandValue>>;
  /** Only for `inject`: the operation that runs while mmap_sem is free. */
  readonly then?: Operation;
}

const BY_NAME = new Map(OPERATIONS.map((info) => [info.name, info]));

export function operationInfo(name: string): OperationInfo | undefined {
  return BY_NAME.get(name);
}

/** The words of mprotect_notify's `prot` that stand for the numbers 0, 1 and 2. */
export const NOTIFY_PROT = ['none', 'read', 'write'] as const;

export class OperationSyntaxError extends Error {}

const U64_MAX = (1n << 64n) - 1n;

function parseOperand(op: string, info: OperandInfo, text: string): OperandValue {
  const { name, kind } = info;
  if (typeof kind !== 'string') {
    if (!kind.includes(text)) {
      throw new OperationSyntaxError(`${op}: ${name} must be one of ${kind.join(', ')}, not '${text}'`);
    }
    return text;
  }
  if (name === 'prot') {
    const word = (NOTIFY_PROT as readonly string[]).indexOf(text);
    if (word >= 0) return BigInt(word);
  }
  if (!/^(0x[0-9a-f]+|[0-9]+)$/i.test(text)) {
    throw new OperationSyntaxError(`${op}: ${name} must be a number, not '${text}'`);
  }
  const value = BigInt(text);
  const max =
    kind === 'address'
      ? U64_MAX
      : kind === 'flag'
        ? 1n
        : kind === 'gmap'
          ? BigInt(GMAP_SLOTS - 1)
          : kind === 'notifier'
            ? BigInt(NOTIFIERS - 1)
            : 0xffff_ffffn;
  if (value > max) throw new OperationSyntaxError(`${op}: ${name}=${text} is too large (at most ${max})`);
  return value;
}

/**
 * Reads one line of the corpus' operation language, `name key=value …`.
 * @throws OperationSyntaxError that says which word is wrong
 */
export function parseOperation(line: string): Operation {
  const words = line.trim().split(/\s+/);
  const name = words[0] ?? '';
  const info = operationInfo(name);
  if (!info) throw new OperationSyntaxError(`unknown operation '${name}'`);
  const args: Record<string, OperandValue> = {};
  let then: Operation | undefined;
  for (let i = 1; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === 'then' && name === 'inject') {
      then = parseOperation(words.slice(i + 1).join(' '));
      break;
    }
    const eq = word.indexOf('=');
    const key = word.slice(0, eq);
    const operand = info.operands.find((o) => o.name === key);
    if (eq < 1 || !operand) throw new OperationSyntaxError(`${name}: unknown operand '${word}'`);
    if (key in args) throw new OperationSyntaxError(`${name}: operand '${key}' is given twice`);
    args[key] = parseOperand(name, operand, word.slice(eq + 1));
  }
  for (const operand of info.operands) {
    if (!operand.optional && !(operand.name in args)) {
      throw new OperationSyntaxError(`${name}: operand '${operand.name}' is missing`);
    }
  }
  return then ? { name, args, then } : { name, args };
}

/** Writes an operation as a line of the corpus' operation language; the inverse of {@link parseOperation}. */
export function formatOperation(operation: Operation): string {
  const info = operationInfo(operation.name);
  const words = [operation.name];
  for (const [key, value] of Object.entries(operation.args)) {
    const kind = info?.operands.find((o) => o.name === key)?.kind;
    const text =
      typeof value === 'string'
        ? value
        : key === 'prot'
          ? (NOTIFY_PROT[Number(value)] ?? String(value))
          : kind === 'address' || key === 'key'
            ? `0x${value.toString(16)}`
            : String(value);
    words.push(`${key}=${text}`);
  }
  if (operation.then) words.push('then', formatOperation(operation.then));
  return words.join(' ');
}
