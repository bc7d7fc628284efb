import assert from 'node:assert/strict';
import { functionNamed, type FunctionInfo } from '../../src/engine/catalog.js';
import { Kind, Trace } from '../../src/engine/trace.js';
import { CoverageCollector, type FunctionCoverage } from '../../src/recording/coverage.js';
import { KNOWN_BRANCHES } from '../../src/recording/known-branches.js';
import { ScenarioRun } from '../../src/scenario/run.js';
import { compiled } from '../scenario/support.js';
import { branchPoints, takenBranches } from './branches.js';

const walk = functionNamed('gmap_pte_op_walk')!;
const lock = functionNamed('get_locked_pte')!;
const race = functionNamed('op:race')!;

/** Writes rows of calls that need not make sense. */
class Rows {
  readonly trace = new Trace();

  row(kind: Kind, { steps }: FunctionInfo, key: string, caller: number, operand = 0, task = 0): number {
    this.trace.begin(kind, steps.find((step) => step.key === key)!.id, task, 0, caller);
    this.trace.num(operand);
    return this.trace.length - 1;
  }

  call(fn: FunctionInfo, task = 0): number {
    return this.row(Kind.Call, race, 'begin', -1, fn.id, task);
  }

  of(fn: FunctionInfo): FunctionCoverage {
    return collected(this.trace).get(fn.name)!;
  }
}

function collected(...traces: Trace[]): Map<string, FunctionCoverage> {
  const collector = new CoverageCollector();
  for (const trace of traces) collector.add(trace, 'after');
  return new Map(collector.result().functions.map((fn) => [fn.name, fn]));
}

/** The branches that were taken: `walk page 2` is twice from one step to the other. */
function taken(fn: FunctionCoverage): string[] {
  const key = (line: number): string => functionNamed(fn.name)!.steps[line - 2]!.key;
  return fn.steps.flatMap(({ line, branches }) =>
    branches.filter((b) => b.taken > 0).map((b) => `${key(line)} ${key(b.to)} ${b.taken}`),
  );
}

function traceOf(text: string): Trace {
  const file = compiled(text);
  const run = new ScenarioRun(file, file.scenarios[0]!);
  run.finish();
  return run.recording.trace;
}

describe('coverage', () => {
  it('counts the branches of each step that has more than one', () => {
    const rows = new Rows();
    for (const next of ['page', 'gone', 'page']) {
      const call = rows.call(walk);
      rows.row(Kind.Note, walk, 'walk', call);
      rows.row(Kind.Return, walk, next, call);
    }
    const coverage = rows.of(walk);
    assert.deepEqual(taken(coverage), ['walk gone 1', 'walk page 2']);
    assert.deepEqual([coverage.calls, coverage.branchesTaken, coverage.branchesTotal], [3, 2, 2]);
    assert.deepEqual(
      coverage.steps.flatMap(({ line, branches }) => branches.map(({ to }) => [line, to])),
      [
        [2, 3],
        [2, 4],
      ],
    );
  });

  it('follows each call by itself, whoever runs in between', () => {
    const rows = new Rows();
    const [a, b] = [rows.call(lock, 0), rows.call(lock, 1)];
    rows.row(Kind.Alloc, lock, 'alloc', a);
    rows.row(Kind.Alloc, lock, 'alloc', b, 0, 1);
    rows.row(Kind.RaceBegin, race, 'begin', a);
    rows.row(Kind.Note, walk, 'walk', a);
    rows.row(Kind.RaceEnd, race, 'end', a);
    rows.row(Kind.Return, lock, 'nomem', b, 0, 1);
    rows.row(Kind.Lock, lock, 'enter', a);
    assert.deepEqual(taken(rows.of(lock)), ['alloc enter 1', 'alloc nomem 1']);
    assert.equal(rows.of(walk).branchesTaken, 0);
  });

  it('takes no branch from a step to itself, and none from one call to the next', () => {
    const rows = new Rows();
    for (let i = 0; i < 2; i++) {
      const call = rows.call(lock);
      rows.row(Kind.Block, lock, 'lock', call);
      rows.row(Kind.Return, lock, 'lock', call);
    }
    assert.deepEqual(taken(rows.of(lock)), []);
  });

  it('knows a branch that a run takes though nobody took it before', () => {
    const rows = new Rows();
    const call = rows.call(walk);
    rows.row(Kind.Note, walk, 'gone', call);
    rows.row(Kind.Note, walk, 'walk', call);
    rows.row(Kind.Note, walk, 'gone', call);
    rows.row(Kind.Note, walk, 'page', call);
    assert.deepEqual(taken(rows.of(walk)), ['walk gone 1', 'gone walk 1', 'gone page 1']);
    assert.equal(rows.of(walk).branchesTotal, 4);
  });

  it('adds runs, and has all functions of the generations that ran', () => {
    const text = 'host mmap 0x10000000 len 1M rw\ngmap vm limit 4G\nmap vm 0x0 len 1M to 0x10000000\n';
    const here = traceOf(`${text}translate vm 0x3000 -> 0x10003000`);
    const nowhere = traceOf(`${text}translate vm 0x300000 -> -EFAULT`);
    const [one, both] = [collected(here), collected(here, nowhere)];
    assert.equal(one.get('__gmap_translate')!.calls, 1);
    assert.equal(both.get('__gmap_translate')!.calls, 2);
    assert.equal(both.get('gmap_free')!.visited, 0);
    assert.ok(!both.has('gmap_ipte_notify'));
    const collector = new CoverageCollector();
    collector.add(here, 'before');
    const { functions, branchesTotal } = collector.result();
    assert.ok(functions.some(({ name }) => name === 'gmap_ipte_notify'));
    assert.equal(
      functions.reduce((sum, fn) => sum + fn.branchesTotal, 0),
      branchesTotal,
    );
  });
});

describe('the known branches', () => {
  it('name steps that there are', () => {
    for (const [name, steps] of Object.entries(KNOWN_BRANCHES)) {
      const keys = functionNamed(name)?.steps.map(({ key }) => key) ?? [];
      for (const key of Object.entries(steps).flatMap(([key, branches]) => [key, ...branches.split(' ')])) {
        assert.ok(keys.includes(key), `${name} has no step ${key}: npm run branches`);
      }
    }
  });

  it('have what the examples and the corpus that was made by hand do', async () => {
    for (const { step, branches } of branchPoints(await takenBranches(/handmade/))) {
      const known = KNOWN_BRANCHES[step.fn.name]?.[step.key]?.split(' ') ?? [];
      for (const { key } of branches) {
        assert.ok(known.includes(key), `${step.fn.name}: ${step.key} → ${key} is not known: npm run branches`);
      }
    }
  });
});
