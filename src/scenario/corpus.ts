/** Programs of the corpus as scenario text: each operation is one statement. Compiling the text gives them back. */
import type { Generation, Operation, OperandValue } from '../engine/operation.js';
import { formatAddress, formatLength } from './numbers.js';

/** Scenario text for a program; `name` becomes the scenario's name. */
export function operationsToScenario(name: string, generation: Generation, operations: readonly Operation[]): string {
  const lines = operations.map((operation) => `  ${operationToStatement(operation)}\n`).join('');
  const head = generation === 'before' ? 'generation before\n\n' : '';
  return `${head}scenario ${quote(name)} {\n${lines}}\n`;
}

/** A program with threads: what runs before them, beside each other and after them, and who runs when. */
export interface ThreadedProgram {
  readonly setup: readonly Operation[];
  readonly threads: readonly (readonly Operation[])[];
  readonly after: readonly Operation[];
  /** Thread number and how many steps it runs, in turn. */
  readonly schedule: readonly (readonly [thread: number, steps: number])[];
}

/** Scenario text for a program with threads `t0`, `t1` … under its schedule. */
export function threadsToScenario(name: string, program: ThreadedProgram): string {
  const lines = (operations: readonly Operation[], indent: string) =>
    operations.map((operation) => `${indent}${operationToStatement(operation)}\n`).join('');
  const threads = program.threads.map((thread, i) => `  thread t${i} {\n${lines(thread, '    ')}  }\n`).join('');
  const steps = program.schedule.map(([thread, count]) => `t${thread} ${count}`).join(', ');
  const schedule = steps && `  schedule steps ${steps}\n`;
  return `scenario ${quote(name)} {\n${lines(program.setup, '  ')}${schedule}${threads}${lines(program.after, '  ')}}\n`;
}

/** The statement that stands for an operation. */
export function operationToStatement({ name, args, then }: Operation): string {
  const value = (key: string): OperandValue => args[key]!;
  const address = (key: string) => formatAddress(value(key) as bigint);
  const len = () => `len ${formatLength(value('len') as bigint)}`;
  const gmap = () => `g${value('g')}`;
  const access = () => (value('access') === 'w' ? 'write' : 'read');
  switch (name) {
    case 'machine':
      return join(
        'machine {',
        Object.entries(args)
          .map(([facility, state]) => setting(facility, state))
          .join('  '),
        '}',
      );
    case 'mmap':
    case 'mprotect':
      return join('host', name, address('vmaddr'), len(), value('prot') as string);
    case 'munmap':
      return join('host munmap', address('vmaddr'), len());
    case 'madvise_dontneed':
      return join('host madvise dontneed', address('vmaddr'), len());
    case 'touch':
      return join('host', access(), address('vmaddr'));
    case 'exit_mm':
      return 'host exit';
    case 'test_clear_dirty':
      return join('host test_and_clear_dirty', address('vmaddr'));
    case 'wrprotect':
      return join('host wrprotect', address('vmaddr'), share(args['share']));
    case 'essa':
      return join('host essa', address('vmaddr'), value('state') as string);
    case 'set_key':
    case 'cond_set_key': {
      const flags = ['nq', 'mr', 'mc'].filter((flag) => flag in args).map((flag) => `${flag} ${onOff(args[flag])}`);
      return join('host', name, address('vmaddr'), 'key', address('key'), ...flags);
    }
    case 'register':
      return `notifier nb${value('nb')}`;
    case 'unregister':
      return `unregister nb${value('nb')}`;
    case 'alloc':
      return join('gmap', gmap(), 'limit', address('limit'));
    case 'free':
    case 'enable':
    case 'disable':
      return join(name, gmap());
    case 'map_segment':
      return join('map', gmap(), address('to'), len(), 'to', address('from'));
    case 'unmap_segment':
      return join('unmap', gmap(), address('to'), len());
    case 'fault':
      return join('fault', gmap(), address('gaddr'), access());
    case 'gtouch':
      return join('guest', access(), gmap(), address('gaddr'));
    case 'discard':
      return join('discard', gmap(), 'from', address('from'), 'to', address('to'));
    case 'mprotect_notify':
      return join('mprotect_notify', gmap(), address('gaddr'), len(), protection(value('prot') as bigint));
    case 'ipte_notify':
      return join('ipte_notify', gmap(), address('gaddr'), len());
    case 'down':
    case 'up':
      return `${name}_${value('mode') === 'w' ? 'write' : 'read'} mmap_sem`;
    case 'inject': {
      const faults = Object.entries(args).map(([fault, k]) => (fault === 'ksm' ? `ksm ${onOff(k)}` : `${fault} ${k}`));
      return join('inject', ...faults, then && `then { ${operationToStatement(then)} }`);
    }
    default:
      // Everything else is done to one guest address, by the host to one of its addresses, or to the whole process.
      if ('gaddr' in args) return join(name, gmap(), address('gaddr'));
      return join('host', name, 'vmaddr' in args && address('vmaddr'));
  }
}

function join(...words: (string | undefined | false)[]): string {
  return words.filter(Boolean).join(' ');
}

function onOff(value: OperandValue | undefined): string {
  return value === 1n ? 'on' : 'off';
}

function setting(facility: string, state: OperandValue): string {
  return `${facility} ${facility === 'attach' ? state : onOff(state)}`;
}

function share(value: OperandValue | undefined): string | undefined {
  return value === undefined ? undefined : value === 1n ? 'shared' : 'private';
}

/** Rights as the kernel writes them, where the number is a combination of them. */
function protection(value: bigint): string {
  if (value === 0n) return 'PROT_NONE';
  if (value > 7n) return String(value);
  const names = ['PROT_READ', 'PROT_WRITE', 'PROT_EXEC'];
  return names.filter((_, bit) => (value >> BigInt(bit)) & 1n).join(' | ');
}

function quote(name: string): string {
  return `"${name.replace(/[\\"]/g, '\\$&')}"`;
}
