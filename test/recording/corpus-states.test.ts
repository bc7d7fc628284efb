import assert from 'node:assert/strict';
import { parseOperation } from '../../src/engine/operation.js';
import { resultText } from '../../src/engine/events.js';
import { snapshot } from '../../src/engine/snapshot.js';
import { Kind } from '../../src/engine/trace.js';
import { compileFile } from '../../src/scenario/compile.js';
import { operationsToScenario } from '../../src/scenario/corpus.js';
import { ScenarioRun } from '../../src/scenario/run.js';
import { isThreaded, readCorpus, type SingleRecord } from '../conformance/corpus.js';

/** Runs a corpus program as scenario text; its results and the state it leaves must be those of the record. */
function check(record: SingleRecord): void {
  const text = operationsToScenario(
    record.name,
    record.gen,
    record.recs.map((r) => parseOperation(r.op)),
  );
  const { file, diagnostics } = compileFile(text, `${record.name}.gmap`);
  assert.ok(file, `${record.name}: ${diagnostics[0]?.message ?? ''}`);
  const run = new ScenarioRun(file, file.scenarios[0]!);
  run.finish();
  const { trace, machine } = run.recording;
  const results: string[] = [];
  for (let n = 0; n < trace.length; n++) if (trace.kind(n) === Kind.End) results.push(resultText(trace, n));
  if (run.outcome?.kind === 'bug') results.push(`BUG ${run.outcome.text}`);
  assert.deepEqual(
    results,
    record.recs.map((r) => String(r.rc)),
    record.name,
  );
  assert.deepEqual(snapshot(machine), record.end, record.name);
}

describe('the corpus as scenarios', function () {
  this.timeout(120_000);
  for (const name of ['handmade', 'before-handmade', 'random-a']) {
    it(`leaves the recorded states: ${name}`, async () => {
      let count = 0;
      for await (const record of readCorpus(`test/corpus/traces/${name}.jsonl.gz`)) {
        assert.ok(!isThreaded(record));
        check(record);
        count++;
      }
      assert.ok(count >= 65);
    });
  }
});
