/** What a mutant of the engine has to get past: the engine's tests and programs of the corpus. Throws where one notices. */
import { replay } from '../conformance/replay.js';
import type { CorpusRecord } from '../conformance/corpus.js';

const context = { timeout: () => context };
const harness = globalThis as unknown as Record<string, unknown>;
// The tests of mocha, one after the other as they are declared: those of the engine wait for nothing.
const before: (() => void)[] = [];
harness['describe'] = (_name: string, body: (this: unknown) => void) => {
  before.length = 0;
  body.call(context);
};
harness['beforeEach'] = (body: () => void) => before.push(body);
harness['it'] = (_name: string, body: (this: unknown) => void) => {
  for (const prepare of before) prepare();
  body.call(context);
};

/** @throws Error of the first test or program that notices something */
export async function probe(programs: readonly CorpusRecord[]): Promise<void> {
  await import('../engine/bits.test.js');
  await import('../engine/u64.test.js');
  await import('../engine/machine.test.js');
  await import('../engine/keys.test.js');
  await import('../engine/walk.test.js');
  await import('../engine/checks.test.js');
  await import('../engine/vcpu.test.js');
  for (const program of programs) {
    const difference = replay(program);
    if (difference !== undefined) throw new Error(`${program.name}: ${difference}`);
  }
}
