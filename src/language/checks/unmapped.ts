/** Calls that will fail for what is mapped, or is not, while the scenario does not say that they should. */
import type * as ast from '../../scenario/generated/ast.js';
import { formatAddress, formatLength } from '../../scenario/numbers.js';
import { PAGE, SEGMENT, levelName, topLevel } from '../addresses.js';
import type { Analysis } from '../document.js';
import { toRange } from '../document.js';
import { expectResult, lineAbove } from '../edits.js';
import type { Memory } from '../memory.js';
import { hostAddress, moments } from '../memory.js';
import type { Fix, Problem } from '../problem.js';
import { firstGap, pieceAt } from '../ranges.js';
import { rangeOf } from '../../scenario/source.js';

export function unmapped(analysis: Analysis): Problem[] {
  const problems: Problem[] = [];
  let injected = false;
  for (const { node, memory } of moments(analysis, () => true)) {
    const operation = node.$type === 'GmapOperation' || node.$type === 'GuestOperation' ? node : undefined;
    if (operation && isToSucceed(operation, analysis) && memory.certain && !injected) {
      const found = check(operation, memory, analysis);
      if (found) problems.push(found);
    }
    // Ordered faults change what the next operation answers.
    injected = node.$type === 'InjectOperation';
  }
  return problems;
}

/** Whether the scenario does not expect an error. */
function isToSucceed({ expected }: ast.Operation, { values }: Analysis): boolean {
  return !expected || (expected.value !== undefined && (values.number(expected.value) ?? -1n) >= 0n);
}

function check(node: ast.GmapOperation | ast.GuestOperation, memory: Memory, analysis: Analysis): Problem | undefined {
  const guest = memory.guests.get(node.g);
  if (!guest) return undefined;
  const { level, size } = topLevel(guest.limit ?? 0n);
  const { values } = analysis;
  if (node.$type === 'GmapOperation' && node.op === 'map') {
    const start = values.number(node.to);
    const length = values.number(node.len);
    if (guest.limit === undefined || start === undefined || !length || start % SEGMENT || length % SEGMENT)
      return undefined;
    if (start + length <= size) return undefined;
    const end = formatAddress(size - 1n);
    const message = `beyond the ${levelName(level)} table of '${node.g}', which ends at ${end}: gmap_map_segment answers -EINVAL`;
    return problem(node, 'to', 'limit', message, [expectResult(node, '-EINVAL')]);
  }
  if (node.op === 'mprotect_notify' && !memory.esop && values.number(node.prot) === 1n) {
    const message = 'PROT_READ needs ESOP, which this machine has not: gmap_mprotect_notify answers -EINVAL';
    return problem(node, 'prot', 'esop', message, [expectResult(node, '-EINVAL')]);
  }
  const range = accessed(node, analysis);
  // Behind the end of its tables a walk wraps around, and finds what lies there.
  if (!range || guest.limit === undefined || range.end > size) return undefined;
  const { start, end } = range;
  const calls = node.$type === 'GuestOperation' || node.op === 'fault' ? 'gmap_fault' : `gmap_${node.op}`;
  const gap = firstGap(guest.mapped, start, end);
  if (gap !== undefined) {
    // What lies before the gap can fail in other ways.
    const answer = gap === start ? `${calls} answers -EFAULT` : `${calls} fails`;
    const message = `'${node.g}' maps nothing at ${formatAddress(gap)} here: ${answer}`;
    return problem(node, 'gaddr', 'unmapped', message, [
      expectResult(node, '-EFAULT'),
      ...mapAbove(node, gap, memory, analysis),
    ]);
  }
  const vmaddr = hostGap(node, memory, start, end);
  if (vmaddr === undefined || !needsMemory(node, analysis)) return undefined;
  const answer = hostAddress(memory, node.g, start) === vmaddr ? `${calls} answers -EFAULT` : `${calls} fails`;
  const message = `no host memory at ${formatAddress(vmaddr)} behind it: ${answer}`;
  const add = `host mmap ${formatAddress(vmaddr - (vmaddr % SEGMENT))} len 1M rw`;
  const fixes = [expectResult(node, '-EFAULT'), { title: `Add '${add}'`, edits: [lineAbove(node, add, analysis)] }];
  return problem(node, 'gaddr', 'unmapped', message, fixes);
}

function problem(node: ast.Operation, property: string, code: string, message: string, fixes: readonly Fix[]): Problem {
  return { severity: 'warning', code, message, range: toRange(rangeOf(node, property)), fixes };
}

/** The guest addresses that an operation needs, where it answers an error without them. */
function accessed(node: ast.GmapOperation | ast.GuestOperation, { values }: Analysis) {
  const start = values.number(node.gaddr);
  if (start === undefined) return undefined;
  if (node.$type === 'GuestOperation' || /^(translate|fault)$/.test(node.op)) return { start, end: start + 1n };
  if (!/^(mprotect_notify|ipte_notify)$/.test(node.op)) return undefined;
  const length = values.number(node.len);
  return !length || start % PAGE || length % PAGE ? undefined : { start, end: start + length };
}

/** The first host address behind a guest range that no VMA holds. */
function hostGap(
  node: ast.GmapOperation | ast.GuestOperation,
  memory: Memory,
  start: bigint,
  end: bigint,
): bigint | undefined {
  const { mapped } = memory.guests.get(node.g)!;
  for (let at = start; at < end;) {
    const piece = pieceAt(mapped, at)!;
    const until = piece.end < end ? piece.end : end;
    const from = hostAddress(memory, node.g, at)!;
    const gap = firstGap(memory.host, from, from + (until - at));
    if (gap !== undefined) return gap;
    at = until;
  }
  return undefined;
}

/** Whether the host page must be there: to translate it need not, and to take rights away neither. */
function needsMemory(node: ast.GmapOperation | ast.GuestOperation, { values }: Analysis): boolean {
  if (node.$type === 'GuestOperation') return true;
  if (node.op === 'mprotect_notify') return (values.number(node.prot) ?? 0n) !== 0n;
  return node.op !== 'translate';
}

/** Maps the segment, if there is host memory that no guest address has yet. */
function mapAbove(node: ast.Operation & { g: string }, gap: bigint, memory: Memory, analysis: Analysis): Fix[] {
  const segment = gap - (gap % SEGMENT);
  const { mapped } = memory.guests.get(node.g)!;
  const taken = (vmaddr: bigint) =>
    mapped.some(({ start, end, value }) => value <= vmaddr && vmaddr < value + (end - start));
  for (const { start, end } of memory.host) {
    let vmaddr = start % SEGMENT ? start - (start % SEGMENT) + SEGMENT : start;
    while (vmaddr + SEGMENT <= end && taken(vmaddr)) vmaddr += SEGMENT;
    if (vmaddr + SEGMENT > end) continue;
    const length = formatLength(SEGMENT);
    const statement = `map ${node.g} ${formatAddress(segment)} len ${length} to ${formatAddress(vmaddr)}`;
    return [{ title: `Add '${statement}'`, edits: [lineAbove(node, statement, analysis)] }];
  }
  return [];
}
