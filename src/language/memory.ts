/**
 * What is mapped where at each statement of a file, as far as it can be told without running it: the memory of the host
 * process, and what each gmap maps. Hovers, hints and the checks of addresses ask for it.
 */
import type { AstNode } from 'langium';
import type * as ast from '../scenario/generated/ast.js';
import type { Analysis } from './document.js';
import type { Pieces } from './ranges.js';
import { including, pieceAt, without } from './ranges.js';

const SEGMENT = 0x10_0000n;
const PAGE = 0x1000n;
const TASK_SIZE = 1n << 53n;

export interface GuestMemory {
  readonly limit: bigint | undefined;
  /** Host address behind the start of each piece, by guest address. */
  readonly mapped: Pieces<bigint>;
}

/** Memory at one moment. */
export interface Memory {
  /** Rights (`rw`, `ro`, `none`) of the host's VMAs. */
  readonly host: Pieces<string>;
  /** By the name of the gmap: those that are allocated. */
  readonly guests: ReadonlyMap<string, GuestMemory>;
  /** Whether it is just like this: not between threads, not after something whose outcome cannot be told. */
  readonly certain: boolean;
  /** Whether the machine has ESOP. */
  readonly esop: boolean;
}

const NOTHING: Memory = { host: [], guests: new Map(), certain: true, esop: true };

/** A statement, and the memory that it finds. */
export interface Moment {
  readonly node: ast.Statement;
  readonly memory: Memory;
}

/**
 * The statements of a file in the order in which they run; of scenarios only those that are wanted. In the end, the memory
 * after them.
 */
export function* moments(
  analysis: Analysis,
  wanted: (scenario: ast.Scenario) => boolean,
): Generator<Moment, Memory, undefined> {
  const { items } = analysis.file;
  const outside = items.filter(
    (item): item is ast.Statement => item.$type !== 'Scenario' && item.$type !== 'Generation',
  );
  const setup = yield* walk(outside, NOTHING, analysis);
  let memory = setup;
  for (const item of items) {
    if (item.$type !== 'Scenario' || !wanted(item)) continue;
    const statements = item.statements.filter((statement) => statement.$type !== 'Generation');
    memory = yield* walk(statements, setup, analysis);
  }
  return memory;
}

/** The memory that a statement on a line (from 0) finds, or would find. */
export function memoryAtLine(analysis: Analysis, line: number, scenario: ast.Scenario | undefined): Memory {
  const all = moments(analysis, (other) => other === scenario);
  for (;;) {
    const { done, value } = all.next();
    if (done) return value;
    if ((value.node.$cstNode?.range.start.line ?? 0) >= line) return value.memory;
  }
}

/** The memory that a node's statement finds. */
export function memoryAt(analysis: Analysis, node: AstNode, scenario: ast.Scenario | undefined): Memory {
  const around = new Set<AstNode>();
  for (let at: AstNode | undefined = node; at; at = at.$container) around.add(at);
  let memory = NOTHING;
  for (const moment of moments(analysis, (other) => other === scenario)) {
    if (around.has(moment.node)) memory = moment.memory;
    else if (memory !== NOTHING) break;
  }
  return memory;
}

/** Runs through statements; gives the memory after them. */
function* walk(
  statements: readonly ast.Statement[],
  memory: Memory,
  analysis: Analysis,
): Generator<Moment, Memory, undefined> {
  let injected = false;
  for (const node of statements) {
    yield { node, memory };
    // Whether it succeeds under ordered faults cannot be told.
    if (injected && changesMaps(node)) memory = { ...memory, certain: false };
    injected = node.$type === 'InjectOperation';
    if (node.$type === 'Repeat') {
      const after = yield* walk(node.statements, memory, analysis);
      // The second round begins where the first ended.
      memory = after === memory ? memory : { ...after, certain: false };
    } else if (node.$type === 'Thread') {
      const after = yield* walk(node.statements, { ...memory, certain: false }, analysis);
      memory = { ...after, certain: after.certain || (memory.certain && sameMaps(after, memory)) };
    } else if (node.$type === 'NotifierOperation' && node.callback?.statements.some(changesMaps)) {
      memory = { ...memory, certain: false };
    } else if (node.$type === 'InjectOperation') {
      if (node.then && changesMaps(node.then)) memory = { ...after(node.then, memory, analysis), certain: false };
    } else memory = after(node, memory, analysis);
  }
  return memory;
}

function sameMaps(a: Memory, b: Memory): boolean {
  return a.host === b.host && a.guests === b.guests;
}

function changesMaps(node: ast.Statement): boolean {
  if (node.$type === 'GmapOperation') return /^(gmap|free|map|unmap)$/.test(node.op);
  return node.$type === 'HostOperation' && /^(mmap|munmap|mprotect|exit)$/.test(node.op);
}

/** The memory after an operation that goes well. Where it is expected to fail, that is the memory before. */
export function after(node: ast.Statement, memory: Memory, analysis: Analysis): Memory {
  const { values } = analysis;
  if (node.$type === 'MachineOperation') {
    const esop = node.settings.find(({ name }) => name === 'esop')?.state;
    return esop ? { ...memory, esop: esop === 'on' } : memory;
  }
  if (node.$type === 'HostOperation') {
    if (fails(node, analysis)) return memory;
    if (node.op === 'exit') return { ...memory, host: [] };
    const start = values.number(node.vmaddr);
    const length = values.number(node.len);
    if (!/^(mmap|munmap|mprotect)$/.test(node.op) || start === undefined || !length) return memory;
    const end = start + length;
    if (start % PAGE || length % PAGE || end > TASK_SIZE) return memory;
    if (node.op === 'munmap') return { ...memory, host: without(memory.host, start, end) };
    // Over memory that is mapped already, mmap fails; mprotect changes only what is there.
    const value = node.prot ?? 'rw';
    if (node.op === 'mmap') {
      const free = memory.host.every((piece) => piece.end <= start || end <= piece.start);
      return free ? { ...memory, host: including(memory.host, { start, end, value }) } : memory;
    }
    const host = memory.host.flatMap((piece) => {
      const inside = { start: max(piece.start, start), end: min(piece.end, end), value };
      return inside.start < inside.end ? including([piece], inside) : [piece];
    });
    return { ...memory, host };
  }
  return node.$type === 'GmapOperation' ? afterGmap(node, memory, analysis) : memory;
}

function afterGmap(node: ast.GmapOperation, memory: Memory, analysis: Analysis): Memory {
  const { values } = analysis;
  if (!node.g || fails(node, analysis)) return memory;
  const guests = new Map(memory.guests);
  const guest = guests.get(node.g);
  if (node.op === 'gmap') {
    if (guest) return memory;
    guests.set(node.g, { limit: values.number(node.limit), mapped: [] });
  } else if (node.op === 'free') guests.delete(node.g);
  else if (node.op === 'map' || node.op === 'unmap') {
    const start = values.number(node.to);
    const length = values.number(node.len);
    if (!guest) return memory;
    if (start === undefined || length === undefined) return { ...memory, certain: false };
    const end = start + length;
    if (length === 0n || start % SEGMENT || length % SEGMENT || end > TASK_SIZE << 11n) return memory;
    const cut = (value: bigint, by: bigint) => value + by;
    let mapped = without(guest.mapped, start, end, cut);
    if (node.op === 'map') {
      const value = values.number(node.from);
      if (value === undefined) return { ...memory, certain: false };
      if (value % SEGMENT || value + length > TASK_SIZE) return memory;
      mapped = including(mapped, { start, end, value }, cut);
    }
    guests.set(node.g, { ...guest, mapped });
  } else return memory;
  return { ...memory, guests };
}

/** Whether the scenario says that the operation does not succeed. */
function fails({ expected }: ast.Operation, { values }: Analysis): boolean {
  if (!expected) return false;
  const value = values.number(expected.value);
  return Boolean(expected.refused || expected.bug || (value !== undefined && value < 0n));
}

/** The host address behind a guest address. */
export function hostAddress(memory: Memory, gmap: string, gaddr: bigint): bigint | undefined {
  const guest = memory.guests.get(gmap);
  const piece = guest && pieceAt(guest.mapped, gaddr);
  return piece && piece.value + (gaddr - piece.start);
}

/** The guest addresses at which a host address is mapped. */
export function guestAddresses(memory: Memory, vmaddr: bigint): { gmap: string; gaddr: bigint }[] {
  return [...memory.guests].flatMap(([gmap, { mapped }]) =>
    mapped
      .filter(({ start, end, value }) => value <= vmaddr && vmaddr - value < end - start)
      .map(({ start, value }) => ({ gmap, gaddr: start + (vmaddr - value) })),
  );
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
