/** Does an expectation hold at a moment? If not: what was expected, and what was found. */
import { decodeBits, translate, walkPath, type Entry, type HeldLock } from '../engine/inspect.js';
import { brokenInvariant } from '../engine/invariants.js';
import { errnoName } from '../engine/bits.js';
import { hostPteAddress, entryAt } from '../engine/inspect.js';
import { evaluate } from './expression/evaluate.js';
import { formatValue, isTrue } from './expression/scope.js';
import type { Expression } from './expression/tree.js';
import { entryText, gmapName, notifierName, threadName, wordText, type Moment, type NotifierCall } from './moment.js';
import type {
  CountBound, EntryExpectation, EntryTest, Expectation, ExpectedCall, ExpectedResult, HeldExpectation,
} from './program.js'; // prettier-ignore
import type { EntryLevelName } from './words.js';

/** An expectation that does not hold. */
export interface Failure {
  readonly expected: string;
  readonly found: string;
}

const hex = (n: bigint): string => `0x${n.toString(16)}`;

const countText = ({ at, number }: CountBound): string => {
  if (at === 'exactly' && number === 0) return 'never';
  const times = number === 1 ? 'once' : `${number} times`;
  return at === 'exactly' ? times : `at ${at} ${times}`;
};

const within = ({ at, number }: CountBound, n: number): boolean =>
  at === 'exactly' ? n === number : at === 'least' ? n >= number : n <= number;

/**
 * Undefined if the expectation holds.
 * @throws ExpressionError if its expression has no value here
 */
export function checkExpectation(e: Expectation, moment: Moment): Failure | undefined {
  switch (e.kind) {
    case 'notified': {
      const calls = moment.notifications();
      const n = countMatches(e.calls, calls);
      if (within(e.count, n)) return undefined;
      return { expected: e.text, found: `${n} of these; ${callsText(calls, moment)}` };
    }
    case 'notifications': {
      const calls = moment.notifications();
      if (calls.length === e.number) return undefined;
      return {
        expected: e.number === 0 ? 'no notification' : `${e.number} notifications`,
        found: callsText(calls, moment),
      };
    }
    case 'entry':
      return checkEntry(e, moment);
    case 'translate': {
      const gmap = moment.gmap(e.gmap.slot);
      const found = gmap && translate(moment.recording.machine, gmap, e.gaddr);
      if (found === e.vmaddr) return undefined;
      const text = (v: bigint | undefined): string => (v === undefined ? 'nothing' : hex(v));
      return {
        expected: `${hex(e.gaddr)} translates to ${text(e.vmaddr)}`,
        found: gmap ? text(found) : `${e.gmap.name} is not allocated`,
      };
    }
    case 'visits': {
      const place = 'function' in e.place ? e.place.function : `walk:${e.place.walk}`;
      const n = moment.visits(place);
      return within(e.count, n)
        ? undefined
        : { expected: `${place} visited ${countText(e.count)}`, found: countText({ at: 'exactly', number: n }) };
    }
    case 'held':
      return checkHeld(e, moment);
    case 'no-lock-held': {
      const held = moment.locksHeld();
      return held.length === 0
        ? undefined
        : { expected: 'no lock is held', found: held.map((l) => lockText(l, moment)).join(', ') };
    }
    case 'deadlock':
    case 'no-deadlock':
      return undefined; // a deadlock ends the run: the runner answers
    case 'no-invariant-broken': {
      const broken = brokenInvariant(moment.recording.machine);
      return broken && { expected: 'no invariant is broken', found: broken.text };
    }
    case 'holds': {
      const value = evaluate(e.expression, moment);
      return isTrue(value) ? undefined : { expected: e.text, found: operandsText(e.expression, moment) };
    }
  }
}

/** Left and right side of a comparison that does not hold; else the value. */
function operandsText(expression: Expression, moment: Moment): string {
  if (expression.kind !== 'binary') return formatValue(evaluate(expression, moment));
  const side = (x: Expression): string => formatValue(evaluate(x, moment));
  return `${side(expression.left)} ${expression.operator} ${side(expression.right)} is false`;
}

function matches(expected: ExpectedCall, call: NotifierCall): boolean {
  return (
    call.notifier === expected.notifier.slot &&
    (!expected.gmap || call.gmap === expected.gmap.slot) &&
    (expected.start === undefined || call.start >= expected.start) &&
    (expected.end === undefined || call.end <= expected.end)
  );
}

function countMatches(expected: readonly ExpectedCall[], calls: readonly NotifierCall[]): number {
  let rounds = 0;
  let next = 0;
  for (const call of calls) {
    if (!matches(expected[next]!, call)) continue;
    if (++next === expected.length) {
      next = 0;
      rounds++;
    }
  }
  return rounds;
}

export function callText(call: NotifierCall, moment: Moment): string {
  const { scenario: names } = moment;
  return `${notifierName(names, call.notifier)} ${gmapName(names, call.gmap)} ${hex(call.start)}..${hex(call.end)}`;
}

/** Most calls that a message lists. */
const MAX_LISTED = 8;

function callsText(calls: readonly NotifierCall[], moment: Moment): string {
  if (calls.length === 0) return 'no notification';
  const listed = calls.slice(0, MAX_LISTED).map((c) => callText(c, moment));
  if (calls.length > MAX_LISTED) listed.push(`… ${calls.length} in all`);
  return `notified: ${listed.join('; ')}`;
}

// --- entries ---

const LEVEL_OF: Readonly<Record<Exclude<EntryLevelName, 'pte' | 'pgste'>, string>> = {
  region1: 'r1',
  region2: 'r2',
  region3: 'r3',
  segment: 'sg',
};

function findEntry(e: EntryExpectation, level: EntryLevelName, moment: Moment): Entry | undefined {
  const { machine } = moment.recording;
  if (level === 'pte' || level === 'pgste') {
    const slot =
      e.place.in === 'host'
        ? hostPteAddress(machine, e.place.address)
        : ((gmap) => (gmap ? moment.pteSlot(gmap, e.place.address) : 0))(moment.gmap(e.place.gmap.slot));
    return slot ? entryAt(machine, level === 'pgste' ? slot + 2048 : slot) : undefined;
  }
  if (e.place.in === 'host') return undefined;
  const root = moment.gmap(e.place.gmap.slot)?.root;
  return root && walkPath(machine, root, e.place.address).find((entry) => entry.level === LEVEL_OF[level]);
}

function holds(test: EntryTest, entry: Entry | undefined, moment: Moment): boolean {
  switch (test.kind) {
    case 'value':
      return entry?.value === test.value;
    case 'bits':
      return test.set
        ? entry !== undefined && test.bits.every((b) => (entry.value & b.mask) !== 0n)
        : entry === undefined || test.bits.every((b) => (entry.value & b.mask) === 0n);
    case 'state':
      return inState(test, entry, moment) !== test.negated;
  }
}

function inState(test: EntryTest & { kind: 'state' }, entry: Entry | undefined, moment: Moment): boolean {
  const { test: bits } = test.info;
  const swapLike = entry !== undefined && (entry.value & 0x201n) === 0x200n;
  const migration = swapLike && (entry.value & 0x78n) === 0x78n;
  switch (test.state) {
    case 'absent':
      return entry === undefined || entry.value === EMPTY[entry.level];
    case 'unlinked':
      return entry === undefined || (entry.value & 0x20n) !== 0n;
    case 'swapped':
      return swapLike && !migration;
    case 'migrating':
      return migration;
    case 'zero page':
      return entry !== undefined && !swapLike && moment.isZeroPage(entry);
  }
  return entry !== undefined && bits !== undefined && (entry.value & bits.mask) === bits.equals;
}

const EMPTY: Readonly<Record<string, bigint>> = { r1: 0x2cn, r2: 0x28n, r3: 0x24n, sg: 0x20n, pg: 0x400n };

function checkEntry(e: EntryExpectation, moment: Moment): Failure | undefined {
  for (const clause of e.clauses) {
    const entry = findEntry(e, clause.level, moment);
    const failing = clause.tests.find((test) => !holds(test, entry, moment));
    if (failing) {
      return {
        expected: `${clause.level} ${failing.text}`,
        found: entry ? `${clause.level} ${describeEntry(entry)}` : `no ${clause.level}: a table on the way is missing`,
      };
    }
  }
  return undefined;
}

/** `d1:03d (0x…), present young dirty read write`. */
export function describeEntry(entry: Entry): string {
  const flags = decodeBits(entry.kind, entry.value)
    .filter((b) => b.value !== 0n && !['frame', 'origin', 'length', 'type'].includes(b.name))
    .map((b) => (b.value === 1n ? b.name : `${b.name}=${b.value}`));
  const text = entry.kind === 'pgste' ? '' : `${entryText(entry)} `;
  return `${text}(${wordText(entry.value)})${flags.length ? `, ${flags.join(' ')}` : ''}`;
}

// --- locks ---

export function lockText(lock: HeldLock, moment: Moment): string {
  const which =
    lock.gmap !== undefined
      ? ` ${gmapName(moment.scenario, lock.gmap)}`
      : lock.vmaddr !== undefined
        ? ` ${hex(lock.vmaddr)}`
        : '';
  return `${lock.name}${which}${lock.mode ? ` (${lock.mode})` : ''}`;
}

function checkHeld(e: HeldExpectation, moment: Moment): Failure | undefined {
  const which = e.gmap ? { kind: 'gmap', id: String(e.gmap.slot), text: e.gmap.name } : e.address;
  const held = moment.held(e.lock, which).filter(
    (l) => (!e.mode || l.mode === e.mode) && (!e.thread || threadName(moment.scenario, l.task) === e.thread),
  ); // prettier-ignore
  if (held.length > 0 !== e.negated) return undefined;
  const all = moment.locksHeld().map((l) => `${lockText(l, moment)} by ${threadName(moment.scenario, l.task)}`);
  return {
    expected: `${e.lock} is ${e.negated ? 'not ' : ''}held${e.thread ? ` by ${e.thread}` : ''}`,
    found: all.length ? `held: ${all.join(', ')}` : 'no lock is held',
  };
}

// --- results ---

/** What an operation answered, as the engine's End row (or the end of the run) says. */
export type Answer =
  | { readonly kind: 'number' | 'address'; readonly value: bigint; readonly key?: bigint }
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'bug'; readonly message: string };

export function answerText(answer: Answer): string {
  switch (answer.kind) {
    case 'bug':
      return `BUG ${answer.message}`;
    case 'word':
      return answer.word;
    default: {
      const error = answer.kind === 'number' && answer.value < 0n ? errnoName(Number(answer.value)) : undefined;
      const text = error
        ? `-${error} (${answer.value})`
        : answer.kind === 'address'
          ? hex(answer.value)
          : String(answer.value);
      return answer.key === undefined ? text : `${text} key ${hex(answer.key)}`;
    }
  }
}

export function checkResult(expected: ExpectedResult, answer: Answer): Failure | undefined {
  const ok = ((): boolean => {
    switch (expected.kind) {
      case 'value':
        return (
          (answer.kind === 'number' || answer.kind === 'address') &&
          answer.value === expected.value &&
          (expected.key === undefined || answer.key === expected.key)
        );
      case 'bug':
        return answer.kind === 'bug' && (expected.message === undefined || expected.message === answer.message);
      case 'refused':
        return answer.kind === 'word' && answer.word === 'NA';
      case 'word':
        return answer.kind === 'word' && answer.word === expected.word;
    }
  })();
  return ok ? undefined : { expected: `result ${expected.text}`, found: `result ${answerText(answer)}` };
}
