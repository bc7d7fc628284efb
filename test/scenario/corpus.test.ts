import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseOperation } from '../../src/engine/operation.js';
import type { Generation, Operation } from '../../src/engine/operation.js';
import { compileFile } from '../../src/scenario/compile.js';
import { operationToStatement, operationsToScenario, threadsToScenario } from '../../src/scenario/corpus.js';
import type { Statement } from '../../src/scenario/program.js';
import { statements } from './support.js';

interface SingleRecord {
  readonly name: string;
  readonly gen: Generation;
  readonly recs: readonly { readonly op: string }[];
}

interface ThreadsRecord {
  readonly name: string;
  readonly setup: readonly { readonly op: string }[];
  readonly threads: readonly (readonly string[])[];
  readonly schedule: readonly [number, number][];
  readonly after?: readonly { readonly op: string }[];
}

function* records<T>(file: string): Generator<T> {
  const path = new URL(`../corpus/${file}.jsonl.gz`, import.meta.url);
  for (const line of gunzipSync(readFileSync(path)).toString().split('\n')) if (line) yield JSON.parse(line) as T;
}

function operations(statements: readonly Statement[]): Operation[] {
  return statements.flatMap((statement) => (statement.kind === 'operation' ? [statement.operation] : []));
}

function compiledAgain(text: string) {
  const { file, diagnostics } = compileFile(text, 'corpus.gmap');
  assert.ok(file, `${text}\n${JSON.stringify(diagnostics.find((d) => d.severity === 'error'))}`);
  assert.equal(file.scenarios.length, 1);
  return file.scenarios[0]!;
}

describe('corpus programs as scenarios', () => {
  for (const [file, count] of [
    ['traces/handmade', 73],
    ['traces/before-handmade', 65],
    ['traces/random-a', 1000],
  ] as const) {
    it(`${file}: text and back, the same operations`, () => {
      let programs = 0;
      for (const { name, gen, recs } of records<SingleRecord>(file)) {
        const program = recs.map(({ op }) => parseOperation(op));
        const scenario = compiledAgain(operationsToScenario(name, gen, program));
        assert.equal(scenario.name, name);
        assert.equal(scenario.generation, gen);
        assert.equal(scenario.statements.length, program.length, name);
        assert.deepEqual(operations(scenario.statements), program, name);
        programs++;
      }
      assert.equal(programs, count);
    });
  }

  it('threads/threads-handmade: threads and schedules too', () => {
    for (const { name, setup, threads, schedule, after = [] } of records<ThreadsRecord>('threads/threads-handmade')) {
      const program = {
        setup: setup.map(({ op }) => parseOperation(op)),
        threads: threads.map((ops) => ops.map(parseOperation)),
        after: after.map(({ op }) => parseOperation(op)),
        schedule,
      };
      const scenario = compiledAgain(threadsToScenario(name, program));
      const group = scenario.statements.find((statement) => statement.kind === 'threads');
      assert.ok(group?.schedule?.kind === 'steps');
      assert.deepEqual(operations(scenario.statements), [...program.setup, ...program.after], name);
      assert.deepEqual(
        group.threads.map((thread) => operations(thread.statements)),
        program.threads,
      );
      assert.deepEqual(
        group.schedule.steps.map(({ thread, count }) => [Number(thread.slice(1)), count]),
        schedule,
      );
    }
  });

  it('keeps what few programs use', () => {
    for (const line of [
      'machine',
      'machine esop=0 idte=1 tlblc=1 cpulocal=0 active=0 pgste=0 alloc_pgste=1 attach=3',
      'wrprotect vmaddr=0x1000',
      'wrprotect vmaddr=0x1000 share=0',
      'wrprotect vmaddr=0x1000 share=1',
      'set_key vmaddr=0x1000 key=0x36',
      'set_key vmaddr=0x1000 key=0xfe nq=0',
      'cond_set_key vmaddr=0x1000 key=0x36 nq=1 mr=0 mc=1',
      'mprotect_notify g=7 gaddr=0xffffffffffffffff len=0x0 prot=4294967295',
      'mprotect_notify g=0 gaddr=0x0 len=0x1001 prot=3',
      'mmap vmaddr=0x0 len=0xffffffffffffffff prot=none',
      'inject',
      'inject ksm=0',
      'inject alloc=0 unlocked=2 fault=3 ksm=1 then cond_set_key vmaddr=0x1000 key=0x36 mr=1',
      'inject unlocked=1 then inject alloc=1',
      'discard g=0 from=0x2000 to=0x1000',
      'register nb=3',
      'down mode=r',
      'up mode=w',
    ]) {
      const operation = parseOperation(line);
      const [statement] = statements(operationToStatement(operation));
      assert.equal(statement?.kind, 'operation');
      assert.deepEqual(statement.operation, operation);
    }
  });
});
