/** The branches that the examples and the corpus take: what src/recording/known-branches.ts is made of. */
import { readFileSync, readdirSync } from 'node:fs';
import { allFunctions, type Step } from '../../src/engine/catalog.js';
import { Trace } from '../../src/engine/trace.js';
import { BranchCounts } from '../../src/recording/branches.js';
import { compileFile } from '../../src/scenario/compile.js';
import { ScenarioRun } from '../../src/scenario/run.js';
import { fromRoot } from '../../tools/lib/root.mjs';
import { readCorpus } from '../conformance/corpus.js';
import { replay } from '../conformance/replay.js';

/** @param corpus which of the corpus files are run besides the examples */
export async function takenBranches(corpus: RegExp): Promise<BranchCounts> {
  const counts = new BranchCounts();
  for (const path of filesIn('examples', '.gmap')) {
    const { file } = compileFile(readFileSync(path, 'utf8'), path);
    for (const scenario of file!.scenarios) {
      const run = new ScenarioRun(file!, scenario);
      run.finish();
      counts.add(run.recording.trace);
    }
  }
  for (const path of filesIn('test/corpus', '.jsonl.gz').filter((path) => corpus.test(path))) {
    for await (const record of readCorpus(path)) {
      const trace = new Trace();
      replay(record, trace);
      counts.add(trace);
    }
  }
  return counts;
}

const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(fromRoot(folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => fromRoot(folder, name));

/** Every step of a kernel function after which more than one other came, with those. */
export function branchPoints(counts: BranchCounts): { step: Step; branches: Step[] }[] {
  return allFunctions()
    .filter((fn) => !fn.operation)
    .flatMap((fn) => fn.steps.map((step) => ({ step, branches: counts.after(step) })))
    .filter(({ branches }) => branches.length > 1);
}
