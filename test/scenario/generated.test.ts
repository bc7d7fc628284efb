/** Scenario texts that chance wrote: whatever they say, the invariants of the model hold. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseOperation, type Generation } from '../../src/engine/operation.js';
import { Document } from '../../src/language/document.js';
import { format } from '../../src/language/format.js';
import { applied } from '../../src/language/navigation.js';
import { operationToStatement } from '../../src/scenario/corpus.js';
import type { CompiledFile } from '../../src/scenario/program.js';
import { ScenarioRun } from '../../src/scenario/run.js';
import { operation, START, threadOperation } from '../engine/programs.js';
import { compiled, withoutPlaces } from './support.js';

/** An operation as a statement; some of the slots have names. */
const NAMES: Readonly<Record<string, string>> = { g0: 'vm', nb0: 'kvm', nb1: 'dirty' };
const statement = (line: string): string =>
  operationToStatement(parseOperation(line)).replace(/\b(g0|nb0|nb1)\b/g, (slot) => NAMES[slot]!);
const block = (head: string, body: readonly string[]): string => `${head} {\n${body.join('\n')}\n}`;
const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const some = <T>(item: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[]> => fc.array(item, { minLength: 1, maxLength }); // prettier-ignore

const ADDRESS = pick('0x0', 'page', 'page + 4K', '0x10_1000', '0x8000_0000');
const LEVEL = pick('pte', 'pgste', 'segment', 'region3');
const COUNT = pick('', ' never', ' once', ' at most 2 times', ' at least once since here');

/** Statements that look, and change nothing. Whether they hold does not matter here: they may always be asked. */
const looking = fc.oneof(
  fc.tuple(LEVEL, ADDRESS, pick('absent', 'valid', 'not valid')).map(([level, at, state]) => `expect ${level} vm ${at} ${level === 'pgste' ? 'unlocked' : state}`),
  fc.tuple(pick('notified kvm', 'notified kvm vm page', 'notified kvm then dirty', 'visits gmap_fault', 'visits walk:segment'), COUNT).map(([what, count]) => `expect ${what}${count}`),
  ADDRESS.map((at) => `expect translate vm ${at} to nothing`),
  ADDRESS.map((at) => `print pte(vm, ${at}), pgste(vm, ${at}).IN, translate(vm, ${at}), entry(vm, ${at}, segment), rc, calls(kvm)`),
  pick('expect no lock held', 'expect no invariant broken', 'expect always no invariant broken', 'expect eventually no lock held', '--- a heading'),
); // prettier-ignore

const plain = (generation: Generation): fc.Arbitrary<string> =>
  fc.oneof({ weight: 6, arbitrary: operation(generation).map(statement) }, { weight: 1, arbitrary: looking });

const repeated = (generation: Generation): fc.Arbitrary<string> =>
  fc.tuple(pick(0, 1, 3), some(plain(generation), 3)).map(([times, body]) => block(`repeat ${times}`, body));

const SCHEDULE = fc.oneof(
  pick('schedule written', 'schedule round_robin'),
  fc.nat(1000).map((seed) => `schedule random seed ${seed}`),
  fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 4 })).map(([seed, depth]) => `schedule pct seed ${seed} depth ${depth}`),
  fc.array(fc.tuple(pick('a', 'b'), fc.integer({ min: 1, max: 20 })), { minLength: 1, maxLength: 6 }).map((steps) => `schedule steps ${steps.map(([name, n]) => `${name} ${n}`).join(', ')}`),
); // prettier-ignore

/** Two threads and, sometimes, a vCPU that runs in SIE. */
const threads = fc
  .tuple(SCHEDULE, some(threadOperation, 3), some(threadOperation, 3), fc.boolean())
  .map(([schedule, a, b, sie]) => {
    const guest = sie ? [block('thread cpu', ['enter cpu', 'guest write vm page', 'leave cpu'])] : [];
    return [schedule, block('thread a', a.map(statement)), block('thread b', b.map(statement)), ...guest].join('\n');
  });

const SETUP = [
  'let page = 0x2000',
  ...START.map(statement).map((line) => (line === 'notifier kvm' ? `${line} kicks vcpus` : line)),
  'notifier dirty',
  'vcpu cpu of vm prefix page',
];

/** A file with one scenario, badly set. */
const scenarioText = pick<Generation>('after', 'before').chain((generation) =>
  fc
    .tuple(
      pick('', 'machine { esop off  attach 2 }', 'machine { idte off\n tlblc on }'),
      fc.array(fc.oneof({ weight: 4, arbitrary: plain(generation) }, { weight: 1, arbitrary: repeated(generation) }), { maxLength: 12 }),
      fc.option(generation === 'after' ? threads : fc.constant('thread cpu {\nenter cpu\n}')),
      fc.array(plain(generation), { maxLength: 4 }),
      some(pick('', '  ', '\t', '      '), 5),
    )
    .map(([machine, before, group, after, indents]) => {
      const body = ['mark here', ...before, group ?? '', ...after].join('\n').split('\n');
      const indented = body.map((line, i) => `${indents[i % indents.length]!}${line}`);
      return [`generation ${generation}`, machine, ...SETUP, block('scenario   "by chance"', indented), ''].join('\n');
    }),
); // prettier-ignore

function run(file: CompiledFile): ScenarioRun {
  const one = new ScenarioRun(file, file.scenarios[0]!, { checkInvariants: true });
  one.finish();
  return one;
}

/** Everything that was recorded, as numbers. */
function recorded({ recording: { trace } }: ScenarioRun): number[] {
  const words: number[] = [];
  for (let n = 0; n < trace.length; n++) {
    words.push(trace.kind(n), trace.site(n), trace.task(n), trace.depth(n), trace.caller(n));
    for (let i = 0; i < trace.operandCount(n); i++) words.push(trace.operand(n, i));
    for (let i = 0; i < trace.changeCount(n); i++) words.push(trace.changeIndex(n, i), trace.changeXor(n, i));
  }
  return words;
}

describe('scenarios that chance wrote', function () {
  this.timeout(60_000);
  const holds = (check: (text: string, file: CompiledFile) => void, numRuns: number): void =>
    fc.assert(
      fc.property(scenarioText, (text) => check(text, compiled(text))),
      { numRuns, seed: 7 },
    );

  it('keep the invariants and the order of locks, and end as the model lets a run end', () => {
    const seen = new Set<string>();
    holds((text, file) => {
      const { failures, outcome, statements } = run(file);
      const ours = failures.filter(({ statement: number }) => statements[number]!.kind !== 'expect');
      assert.deepEqual(ours, [], text);
      assert.ok(outcome && outcome.kind !== 'limit', text);
      seen.add(outcome.kind);
    }, 100);
    assert.ok(seen.has('ended') && seen.has('bug'), [...seen].join(' '));
  });

  it('run the same way every time', () => {
    holds((text, file) => {
      assert.deepEqual(recorded(run(compiled(text))), recorded(run(file)), text);
    }, 40);
  });

  it('mean the same when they are formatted', () => {
    holds((text, file) => {
      const { analysis } = new Document('test.gmap', 1, text);
      const tidy = applied(analysis, format(analysis, { tabSize: 2, insertSpaces: true }));
      assert.notEqual(tidy, text);
      assert.deepEqual(withoutPlaces(compiled(tidy)), withoutPlaces(file), text);
    }, 60);
  });
});
