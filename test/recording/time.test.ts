import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { compileFile } from '../../src/scenario/compile.js';
import { operationsToScenario } from '../../src/scenario/corpus.js';
import { ScenarioRun } from '../../src/scenario/run.js';
import { parseOperation } from '../../src/engine/operation.js';
import { program } from '../engine/programs.js';
import { isThreaded, readCorpus } from '../conformance/corpus.js';

const hash = (run: ScenarioRun): string => {
  const { mem } = run.recording.machine;
  return createHash('sha1').update(mem).digest('hex');
};

async function programs(count: number): Promise<ScenarioRun[]> {
  const runs: ScenarioRun[] = [];
  for await (const record of readCorpus('test/corpus/traces/handmade.jsonl.gz')) {
    if (isThreaded(record) || runs.length >= count) break;
    const text = operationsToScenario(
      record.name,
      record.gen,
      record.recs.map((r) => parseOperation(r.op)),
    );
    const { file } = compileFile(text, `${record.name}.gmap`);
    const run = new ScenarioRun(file!, file!.scenarios[0]!);
    run.finish();
    runs.push(run);
  }
  return runs;
}

describe('time travel', () => {
  it('restores the whole state at every step, however it is reached', async () => {
    for (const run of await programs(30)) {
      const { recording } = run;
      const stride = Math.max(1, Math.floor(recording.length / 60));
      const forward: string[] = [];
      recording.seek(0);
      for (let n = 0; n <= recording.length; n += stride) {
        recording.seek(n);
        forward.push(hash(run));
      }
      for (let i = forward.length - 1; i >= 0; i--) {
        recording.seek(i * stride);
        assert.equal(hash(run), forward[i], `${run.scenario.name}, step ${i * stride}`);
      }
      // A jump across everything, and one step there and back.
      recording.seek(recording.length);
      recording.seek(0);
      assert.equal(hash(run), forward[0]);
    }
  });

  it('restores it at every single step of programs that chance wrote', () => {
    for (const lines of fc.sample(program('after'), { numRuns: 12, seed: 1 })) {
      const { file } = compileFile(operationsToScenario('program', 'after', lines.map(parseOperation)), 'program.gmap');
      const run = new ScenarioRun(file!, file!.scenarios[0]!);
      run.finish();
      const { recording } = run;
      const used = recording.machine.mem.subarray(0, recording.machine.mm('top') >>> 2);
      const state = (): string => createHash('sha1').update(used).digest('hex');
      const length = Math.min(recording.length, 2000);
      const forward = Array.from({ length }, (_, n) => {
        recording.seek(n);
        return state();
      });
      for (let n = length - 1; n >= 0; n--) {
        recording.seek(n);
        assert.equal(state(), forward[n], `step ${n} of ${lines.join('; ')}`);
      }
    }
  });

  it('is the same run whether it is recorded in one go or in small slices', async () => {
    const [whole] = await programs(1);
    const sliced = new ScenarioRun(whole!.file, whole!.scenario);
    while (sliced.advance(7));
    assert.equal(sliced.recording.length, whole!.recording.length);
    whole!.recording.seek(whole!.recording.length);
    assert.equal(hash(sliced), hash(whole!));
  });

  it('refuses steps that are not there', async () => {
    const [run] = await programs(1);
    assert.throws(() => run!.recording.seek(-1), /there is no step -1/);
    assert.throws(() => run!.recording.seek(run!.recording.length + 1), /there is no step/);
  });
});
