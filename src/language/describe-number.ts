/** What a number stands for where it is written: an address, a length, a size. */
import { AstUtils } from 'langium';
import type { AstNode } from 'langium';
import * as ast from '../scenario/generated/ast.js';
import { formatAddress } from '../scenario/numbers.js';
import { countOf, indexTable, levelName, spellings, surroundings, topLevel } from './addresses.js';
import { paragraphs } from './describe.js';
import type { Analysis } from './document.js';
import type { Memory } from './memory.js';
import { after, guestAddresses, hostAddress, memoryAt } from './memory.js';
import type { Place } from './places.js';
import { pieceAt } from './ranges.js';

/** What an expression of a statement is there. */
export interface Operand {
  /** The whole expression: `0x2000` in `prefix + 0x2000` is only a part of it. */
  readonly node: AstNode;
  readonly role: 'guest' | 'host' | 'length' | 'limit' | 'other';
  /** The gmap whose guest address it is. */
  readonly gmap?: string;
}

/** Properties that hold addresses of the host. */
const HOST = /^(vmaddr)$/;
/** Properties that hold guest addresses. */
const GUEST = /^(gaddr|address|start|end|prefix)$/;

export function operandOf(expression: AstNode): Operand {
  let node = expression;
  while (node.$container && ast.isExpression(node.$container)) node = node.$container;
  const owner = node.$container;
  const property = node.$containerProperty ?? '';
  if (!owner || ast.isExpression(node.$container)) return { node, role: 'other' };
  if (property === 'len') return { node, role: 'length' };
  if (property === 'limit') return { node, role: 'limit' };
  const { op, g } = owner as { op?: string; g?: string };
  const gmap = g ?? (AstUtils.getContainerOfType(node, ast.isNotifierCall) as { g?: string } | undefined)?.g;
  const guest: Operand = { node, role: 'guest', ...(gmap !== undefined && { gmap }) };
  // `map GMAP to … to from`: the kernel calls the host address `from`.
  if (ast.isGmapOperation(owner) && (property === 'to' || property === 'from')) {
    return op === 'map' && property === 'from' ? { node, role: 'host' } : guest;
  }
  if (HOST.test(property)) return { node, role: 'host' };
  if (ast.isEntryExpectation(owner) && property === 'address') return g === undefined ? { node, role: 'host' } : guest;
  if (ast.isHeld(owner) && property === 'operand') return { node, role: 'host' };
  return GUEST.test(property) ? guest : { node, role: 'other' };
}

/** What a name that stands alone is where it stands: an address, a length. */
export function describeOperand(place: Place, analysis: Analysis): string | undefined {
  const { node, role } = operandOf(place.node);
  return node === place.node && role !== 'other' ? describeNumber(place, analysis) : undefined;
}

export function describeNumber(place: Place, analysis: Analysis): string | undefined {
  const operand = operandOf(place.node);
  const { node, role } = operand;
  const value = analysis.values.number(node);
  const own = analysis.values.number(place.node);
  // A part of an expression, or no expression: `3 times`.
  if (own === undefined || !ast.isExpression(place.node)) return undefined;
  if (node !== place.node || value === undefined) return spellings(own);
  switch (role) {
    case 'length': {
      const count = countOf(value);
      return paragraphs(spellings(value), count === undefined ? 'No whole number of pages.' : `${count}.`);
    }
    case 'limit': {
      const { level, size } = topLevel(value);
      const top = `Top table: ${levelName(level)}; it maps up to \`${formatAddress(size - 1n)}\`.`;
      return paragraphs(spellings(value), top);
    }
    case 'guest':
    case 'host':
      return describeAddress(value, operand, memoryOf(node, place, analysis));
    default:
      return spellings(value);
  }
}

/** The memory that an operand is about: of a statement that maps something, the memory after it. */
function memoryOf(node: AstNode, place: Place, analysis: Analysis): Memory {
  const memory = memoryAt(analysis, node, place.scenario);
  const owner = node.$container;
  const maps = ast.isGmapOperation(owner) ? owner.op === 'map' : ast.isHostOperation(owner) && owner.op === 'mmap';
  return maps ? after(owner as ast.Operation, memory, analysis) : memory;
}

export function describeAddress(address: bigint, { role, gmap }: Operand, memory: Memory): string {
  const guest = role === 'guest';
  const limit = gmap === undefined ? undefined : memory.guests.get(gmap)?.limit;
  const { level, size } = topLevel(limit ?? (1n << 64n) - 1n);
  return paragraphs(
    `${guest ? 'Guest' : 'Host'} address \`${formatAddress(address)}\``,
    indexTable(address, guest && limit !== undefined ? level : guest ? 'r1' : 'r2'),
    surroundings(address),
    guest && gmap !== undefined && limit !== undefined && address >= size
      ? `Beyond the ${levelName(level)} table of \`${gmap}\`: a walk looks only at these indexes, and wraps around.`
      : undefined,
    guest ? behind(address, gmap, memory) : atHost(address, memory),
  );
}

function behind(gaddr: bigint, gmap: string | undefined, memory: Memory): string | undefined {
  if (gmap === undefined || !memory.guests.has(gmap)) return undefined;
  const vmaddr = hostAddress(memory, gmap, gaddr);
  if (vmaddr === undefined) return `\`${gmap}\` maps nothing here.`;
  const vma = pieceAt(memory.host, vmaddr);
  const host = vma ? `${vma.value} memory of the process` : 'where the process has no memory';
  return `\`${gmap}\` maps it to host \`${formatAddress(vmaddr)}\`, ${host}.`;
}

function atHost(vmaddr: bigint, memory: Memory): string {
  const vma = pieceAt(memory.host, vmaddr);
  const own = vma
    ? `In the mapping \`${formatAddress(vma.start)}..${formatAddress(vma.end - 1n)}\`, ${vma.value}.`
    : 'The process has no memory here.';
  const guests = guestAddresses(memory, vmaddr).map(({ gmap, gaddr }) => `\`${gmap} ${formatAddress(gaddr)}\``);
  return guests.length ? `${own} Guest address ${guests.join(', ')}.` : own;
}
