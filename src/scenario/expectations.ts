/** `expect …`: what must hold, as data. */
import { functionNamed } from '../engine/catalog.js';
import type { Context } from './context.js';
import { FUNCTIONS, MOMENT_NAMES } from './expression/builtins.js';
import * as ast from './generated/ast.js';
import { isMistake, parseNumber } from './numbers.js';
import type {
  CountBound,
  EntryClause,
  EntryTest,
  ExpectStatement,
  ExpectationKind,
  ExpectedCall,
  HeldExpectation,
} from './program.js';
import { rangeOf, textOf } from './source.js';
import type { EntryLevelName } from './words.js';
import { ENTRY_LEVELS, KERNEL_FUNCTIONS, LOCKS, WALK_LEVELS, entryBits, entryStates, findBit } from './words.js';

const PAGE_MASK = 0xfffn;
const MOST = 0xffff_ffffn;

export function compileExpect(node: ast.Expect, context: Context): ExpectStatement | undefined {
  const inner = node.expectation as ast.Expectation | undefined;
  if (!inner || context.isBroken(node)) return undefined;
  const kind = compileKind(inner, context);
  const { since } = node;
  if (since !== undefined) checkSince(node, since, inner, context);
  if (!kind) return undefined;
  const isDeadlock = kind.kind === 'deadlock' || kind.kind === 'no-deadlock';
  if (isDeadlock && node.when) {
    context.error('when', `a deadlock is the end: write it without '${node.when}'`, node, 'when');
  }
  const text = textOf(node);
  return {
    kind: 'expect',
    range: rangeOf(node),
    text,
    expectation: {
      ...kind,
      when: isDeadlock ? 'eventually' : (node.when ?? 'now'),
      ...(since !== undefined && { since }),
      range: rangeOf(inner),
      text: text.replace(/^expect\s+/, ''),
    },
  };
}

function checkSince(node: ast.Expect, since: string, inner: ast.Expectation, context: Context): void {
  const counts = ast.isNotified(inner) || ast.isNotifications(inner) || ast.isVisits(inner);
  if (!counts && !(ast.isNothing(inner) && inner.what === 'notification')) {
    context.error('since', "'since' goes with what is counted: notifications and visits", node, 'since');
  } else if (!context.names.at(node, 'since')) {
    context.unknown('mark', since, context.names.visible(['mark'], context.scenario), rangeOf(node, 'since'));
  }
}

function compileKind(node: ast.Expectation, context: Context): ExpectationKind | undefined {
  if (ast.isNotified(node)) return compileNotified(node, context);
  if (ast.isNotifications(node)) {
    const number = context.number(node.number, { max: MOST });
    return number === undefined ? undefined : { kind: 'notifications', number: Number(number) };
  }
  if (ast.isNothing(node)) {
    if (node.what === 'notification') return { kind: 'notifications', number: 0 };
    if (node.what === 'deadlock') return { kind: 'no-deadlock' };
    return { kind: node.what === 'lock' ? 'no-lock-held' : 'no-invariant-broken' };
  }
  if (ast.isDeadlock(node)) return { kind: 'deadlock' };
  if (ast.isEntryExpectation(node)) return compileEntry(node, context);
  if (ast.isTranslateExpectation(node)) {
    const gmap = context.slot('gmap', node, 'g');
    const gaddr = context.number(node.gaddr);
    const vmaddr = node.vmaddr && context.number(node.vmaddr);
    if (!gmap || gaddr === undefined || (node.vmaddr && vmaddr === undefined)) return undefined;
    return { kind: 'translate', gmap, gaddr, ...(vmaddr !== undefined && { vmaddr }) };
  }
  if (ast.isVisits(node)) return compileVisits(node, context);
  if (ast.isHeld(node)) return compileHeld(node, context);
  const expression = context.dynamic(node.expression, FUNCTIONS, MOMENT_NAMES);
  return expression && { kind: 'holds', expression };
}

function compileNotified(node: ast.Notified, context: Context): ExpectationKind | undefined {
  const calls: ExpectedCall[] = [];
  for (const call of node.calls) {
    const notifier = context.slot('notifier', call, 'nb');
    const gmap = call.g === undefined ? undefined : context.slot('gmap', call, 'g');
    const range = compileRange(call.range, context);
    if (!notifier || (call.g !== undefined && !gmap) || range === 'wrong') return undefined;
    // `then nb1` means: for the same gmap and range.
    const before = call.g === undefined ? calls.at(-1) : undefined;
    calls.push({
      notifier,
      ...(before?.gmap && { gmap: before.gmap }),
      ...(before?.start !== undefined && { start: before.start }),
      ...(before?.end !== undefined && { end: before.end }),
      ...(gmap && { gmap }),
      ...range,
      range: rangeOf(call),
    });
  }
  return { kind: 'notified', calls, count: compileCount(node.count, context) };
}

/** A range of addresses; one address alone stands for its page. */
function compileRange(
  node: ast.AddressRange | undefined,
  context: Context,
): { start: bigint; end: bigint } | 'wrong' | undefined {
  if (!node) return undefined;
  const start = context.number(node.start);
  if (start === undefined) return 'wrong';
  if (!node.end) return { start: start & ~PAGE_MASK, end: start | PAGE_MASK };
  const end = context.number(node.end);
  if (end === undefined) return 'wrong';
  if (end < start) {
    context.error('range', 'the range ends before it starts', node);
    return 'wrong';
  }
  if ((end & PAGE_MASK) === 0n && end > start) {
    context.warn(
      'range',
      'a range includes its end: 0x2000..0x2fff is one page',
      node,
      'end',
      `0x${(end - 1n).toString(16)}`,
    );
  }
  return { start, end };
}

/** Without a count: at least once. */
function compileCount(node: ast.Count | undefined, context: Context): CountBound {
  if (!node) return { at: 'least', number: 1 };
  const at = node.bound ?? 'exactly';
  if (node.word) return { at, number: node.word === 'once' ? 1 : 0 };
  const value = node.number === undefined ? 0n : parseNumber(node.number);
  if (isMistake(value)) {
    context.report('error', 'number', value.message, rangeOf(node, 'number'), value.replacement);
    return { at, number: 0 };
  }
  if (value > MOST) context.error('range', 'that is more than can be counted', node, 'number');
  return { at, number: Number(value) };
}

function compileEntry(node: ast.EntryExpectation, context: Context): ExpectationKind | undefined {
  const inHost = node.g === undefined;
  const gmap = inHost ? undefined : context.slot('gmap', node, 'g');
  const address = context.number(node.address);
  let level: EntryLevelName = node.level;
  const clauses: EntryClause[] = [];
  for (const clause of node.clauses) {
    if (clause.level !== undefined) {
      if (level !== 'pte' && level !== 'pgste') {
        const message = `a ${ENTRY_LEVELS[level].toLowerCase().replace(/\.$/, '')} has no ${clause.level} beside it`;
        context.error('level', message, clause, 'level');
      }
      level = clause.level;
    }
    const tests = clause.tests.flatMap((test) => compileTest(test, level, context) ?? []);
    clauses.push({ level, tests, range: rangeOf(clause) });
  }
  if (address === undefined) return undefined;
  if (gmap) return { kind: 'entry', place: { in: 'gmap', gmap, address }, clauses };
  return inHost ? { kind: 'entry', place: { in: 'host', address }, clauses } : undefined;
}

function compileTest(node: ast.EntryTest, level: EntryLevelName, context: Context): EntryTest | undefined {
  const place = { range: rangeOf(node), text: textOf(node) };
  if (node.kind === '=') {
    const value = context.number(node.value);
    return value === undefined ? undefined : { kind: 'value', value, ...place };
  }
  if (node.kind !== undefined) {
    const bits = node.bits.map((name, index) => {
      const bit = findBit(level, name);
      const known = entryBits(level).map((b) => b.name);
      return bit ?? context.unknown(`bit of a ${level}`, name, known, rangeOf(node, 'bits', index), true);
    });
    if (bits.some((bit) => !bit)) return undefined;
    return { kind: 'bits', bits: bits.filter((bit) => bit !== undefined), set: node.kind === 'with', ...place };
  }
  if (node.state === undefined) return undefined;
  const state = node.page ? `${node.state} page` : node.state;
  const states = entryStates(level);
  const info = Object.hasOwn(states, state) ? states[state] : undefined;
  if (!info) return context.unknown(`state of a ${level}`, state, Object.keys(states), rangeOf(node, 'state'), true);
  return { kind: 'state', state, info, negated: node.not, ...place };
}

function compileVisits(node: ast.Visits, context: Context): ExpectationKind | undefined {
  const count = compileCount(node.count, context);
  const place = node.place as string | undefined;
  if (place === undefined) return undefined;
  if (place.startsWith('walk:')) {
    const walk = place.slice('walk:'.length);
    if (Object.hasOwn(WALK_LEVELS, walk)) return { kind: 'visits', place: { walk }, count };
    return context.unknown('level', walk, Object.keys(WALK_LEVELS), rangeOf(node, 'place'), true);
  }
  if (KERNEL_FUNCTIONS.includes(place)) {
    const only = functionNamed(place)?.generation;
    const other = context.generations.find((generation) => only !== undefined && generation !== only);
    if (other && count.number > 0) context.warn('generation', `generation ${other} has no ${place}`, node, 'place');
    return { kind: 'visits', place: { function: place }, count };
  }
  return context.unknown('function', place, KERNEL_FUNCTIONS, rangeOf(node, 'place'));
}

function compileHeld(node: ast.Held, context: Context): HeldExpectation | undefined {
  const lock = context.word(node, 'lock', 'lock', Object.fromEntries(Object.keys(LOCKS).map((name) => [name, ''])));
  const info = lock === undefined ? undefined : LOCKS[lock];
  if (!lock || !info) return undefined;
  const { thread, mode } = node;
  if (thread !== undefined && !context.names.at(node, 'thread')) {
    context.unknownName(['thread'], thread, rangeOf(node, 'thread'));
  }
  if (mode !== undefined && !info.modes) {
    context.error('lock', `${lock} is not taken for reading or writing, it is just held`, node, 'mode');
  }
  const held = {
    kind: 'held' as const,
    negated: node.not,
    lock,
    ...(mode !== undefined && { mode }),
    ...(thread !== undefined && { thread }),
  };
  if (!node.operand) return held;
  if (info.operand === 'none') {
    context.error('lock', `there is only one ${lock}`, node, 'operand');
    return undefined;
  }
  if (info.operand === 'address') {
    const address = context.number(node.operand);
    return address === undefined ? undefined : { ...held, address };
  }
  const name = ast.isNameExpression(node.operand) ? node.operand.name : undefined;
  const found = name === undefined ? undefined : context.names.at(node.operand, 'name');
  if (name !== undefined && found?.kind === 'gmap' && found.slot !== undefined) {
    return { ...held, gmap: { name, slot: found.slot } };
  }
  context.error('lock', `${lock} belongs to a gmap: write its name`, node, 'operand');
  return undefined;
}
