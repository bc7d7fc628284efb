/** Expectations that no run can fulfil. */
import type { AstNode } from 'langium';
import type * as ast from '../../scenario/generated/ast.js';
import { rangeOf, textOf } from '../../scenario/source.js';
import type { EntryLevelName } from '../../scenario/words.js';
import { entryStates, findBit } from '../../scenario/words.js';
import { PAGE, SEGMENT } from '../addresses.js';
import type { Analysis } from '../document.js';
import { toRange } from '../document.js';
import { removal } from '../edits.js';
import { lookup } from '../lookup.js';
import { stateOf } from '../tree.js';
import type { Fix, Problem } from '../problem.js';

export function impossible(analysis: Analysis): Problem[] {
  return [...expectations(analysis.file.items)].flatMap((node) => {
    switch (node.$type) {
      case 'EntryExpectation':
        return entry(node, analysis);
      case 'TranslateExpectation':
        return translation(node, analysis);
      case 'Notified':
        return node.calls.flatMap((call) => notified(call, node.count, analysis));
      case 'Holds':
        return analysis.values.number(node.expression) === 0n
          ? [problem(node, undefined, 'this is false, whatever happens')]
          : [];
      default:
        return [];
    }
  });
}

function* expectations(statements: readonly AstNode[]): Generator<ast.Expectation> {
  for (const node of statements) {
    const { statements: inner, expectation } = node as { statements?: AstNode[]; expectation?: ast.Expectation };
    if (node.$type === 'Expect' && expectation) yield expectation;
    if (inner) yield* expectations(inner);
  }
}

function problem(node: AstNode, property: string | undefined, message: string, fixes: readonly Fix[] = []): Problem {
  return { severity: 'warning', code: 'impossible', message, range: toRange(rangeOf(node, property)), fixes };
}

// ---- entries ----------------------------------------------------------------------------------------------------

/** What a test says of the 64 bits of an entry. */
interface Demand {
  readonly test: ast.EntryTest;
  readonly set: bigint;
  readonly clear: bigint;
  /** Bits of which one must be set. */
  readonly some: bigint;
  /** Whether it holds where there is no entry at all. */
  readonly missing: boolean;
}

const ALL = (1n << 64n) - 1n;
const EMPTY: Readonly<Record<EntryLevelName, bigint>> = {
  region1: 0x2cn,
  region2: 0x28n,
  region3: 0x24n,
  segment: 0x20n,
  pte: 0x400n,
  pgste: 0n,
};

/** States that a mask of StateInfo does not tell: bits that are set, and bits that are clear. */
const SHAPES: Readonly<Record<string, readonly [set: bigint, clear: bigint]>> = {
  // Not present, and the bit that marks swap entries; what is migrating has a type of its own.
  swapped: [0x600n, 0x001n],
  migrating: [0x678n, 0x001n],
  'zero page': [0x001n, 0n],
  unlinked: [0x020n, 0n],
};

function entry(node: ast.EntryExpectation, analysis: Analysis): Problem[] {
  const demands = new Map<EntryLevelName, Demand[]>();
  let level: EntryLevelName = node.level;
  for (const clause of node.clauses) {
    level = clause.level ?? level;
    const before = demands.get(level) ?? [];
    demands.set(level, before);
    for (const test of clause.tests) {
      const demand = demandOf(test, level, analysis);
      if (!demand) continue;
      const other = before.find((earlier) => contradict(earlier, demand));
      before.push(demand);
      if (!other) continue;
      const message = `'${textOf(test)}' contradicts '${textOf(other.test)}': this can never hold`;
      return [problem(test, undefined, message, leaveOut([test, other.test], analysis))];
    }
  }
  return [];
}

function leaveOut(tests: readonly ast.EntryTest[], analysis: Analysis): Fix[] {
  return tests.flatMap((test) => {
    const clause = test.$container;
    // A clause without tests is none.
    if (clause.tests.length < 2) return [];
    const { range } = removal(test, analysis);
    const line = analysis.lines.line(range.start.line);
    const space = /\s/.test(line[range.start.character - 1] ?? '') ? 1 : 0;
    const start = { line: range.start.line, character: range.start.character - space };
    return [{ title: `Leave out '${textOf(test)}'`, edits: [{ range: { start, end: range.end }, newText: '' }] }];
  });
}

function contradict(a: Demand, b: Demand): boolean {
  if (a.missing && b.missing) return false;
  const states = [a.test.state, b.test.state].sort().join();
  if (states === 'migrating,swapped' && !a.test.not && !b.test.not) return true;
  if ((a.set & b.clear) !== 0n || (b.set & a.clear) !== 0n) return true;
  const impossibleSome = (some: bigint, clear: bigint) => some !== 0n && (some & ~clear) === 0n;
  return impossibleSome(a.some, b.clear) || impossibleSome(b.some, a.clear);
}

function demandOf(test: ast.EntryTest, level: EntryLevelName, { values }: Analysis): Demand | undefined {
  const demand = (set: bigint, clear: bigint, missing = false, some = 0n): Demand => ({
    test,
    set,
    clear,
    missing,
    some,
  });
  if (test.kind === '=') {
    const value = values.number(test.value);
    return value === undefined ? undefined : demand(value & ALL, ~value & ALL);
  }
  if (test.kind !== undefined) {
    const masks = test.bits.map((name) => findBit(level, name)?.mask ?? 0n);
    const all = masks.reduce((a, b) => a | b, 0n);
    if (test.kind === 'without') return demand(0n, all, true);
    const single = masks.filter((mask) => (mask & (mask - 1n)) === 0n).reduce((a, b) => a | b, 0n);
    return demand(single, 0n, false, masks.find((mask) => (mask & (mask - 1n)) !== 0n) ?? 0n);
  }
  return test.state === undefined ? undefined : stateDemand(test, level, demand);
}

function stateDemand(
  test: ast.EntryTest,
  level: EntryLevelName,
  demand: (set: bigint, clear: bigint, missing?: boolean) => Demand,
): Demand | undefined {
  const state = stateOf(test);
  const bits = lookup(entryStates(level), state)?.test;
  if (test.not) {
    // The opposite of one bit is one bit.
    if (!bits || (bits.mask & (bits.mask - 1n)) !== 0n) return undefined;
    return demand(bits.mask & ~bits.equals, bits.mask & bits.equals, true);
  }
  if (bits) return demand(bits.equals, bits.mask & ~bits.equals);
  if (state === 'absent') return demand(EMPTY[level], ~EMPTY[level] & ALL, true);
  const shape = lookup(SHAPES, state);
  return shape && demand(shape[0], shape[1], state === 'unlinked');
}

// ---- the rest ---------------------------------------------------------------------------------------------------

function translation(node: ast.TranslateExpectation, { values }: Analysis): Problem[] {
  const gaddr = values.number(node.gaddr);
  const vmaddr = values.number(node.vmaddr);
  if (gaddr === undefined || vmaddr === undefined || gaddr % SEGMENT === vmaddr % SEGMENT) return [];
  const right = `0x${(vmaddr - (vmaddr % SEGMENT) + (gaddr % SEGMENT)).toString(16)}`;
  const message = `a gmap maps whole segments: the last five digits of both addresses are the same, as in ${right}`;
  const range = toRange(rangeOf(node, 'vmaddr'));
  return [
    problem(node, 'vmaddr', message, [
      { title: `Change to ${right}`, edits: [{ range, newText: right }], preferred: true },
    ]),
  ];
}

function notified(call: ast.NotifierCall, count: ast.Count | undefined, { values, names }: Analysis): Problem[] {
  if (!isWanted(count)) return [];
  const notifier = names.at(call, 'nb');
  if (notifier && !notifier.occurrences.some(({ declares }) => declares)) {
    return [problem(call, 'nb', `'${notifier.name}' is never registered: no call can come`)];
  }
  const start = values.number(call.range?.start);
  const end = values.number(call.range?.end);
  if (!call.range || start === undefined || end === undefined || end < start) return [];
  const page = start + ((PAGE - (start % PAGE)) % PAGE);
  if (page + PAGE - 1n <= end) return [];
  const first = start - (start % PAGE);
  const right = `0x${first.toString(16)}..0x${(first + PAGE - 1n).toString(16)}`;
  const range = toRange(rangeOf(call, 'range'));
  const fix: Fix = { title: `Change to ${right}`, edits: [{ range, newText: right }], preferred: true };
  return [problem(call, 'range', 'calls are for whole pages, and no whole page lies in this range', [fix])];
}

/** Whether at least one call must come. */
function isWanted(count: ast.Count | undefined): boolean {
  if (!count) return true;
  return count.bound !== 'most' && count.word !== 'never' && !/^[0x_]+$/i.test(count.number ?? '1');
}
