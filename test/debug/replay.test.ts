import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFile } from '../../src/scenario/compile.js';
import { ScenarioRun } from '../../src/scenario/run.js';

const examples = new URL('../../examples', import.meta.url).pathname;

/** Everything that is recorded, as a text. */
function rows({ recording: { trace }, outcome, failures }: ScenarioRun): string {
  const all = Array.from({ length: trace.length }, (_, n) => {
    const operands = Array.from({ length: trace.operandCount(n) }, (_unused, i) => trace.operand(n, i));
    const changes = Array.from({ length: trace.changeCount(n) }, (_unused, i) => [
      trace.changeIndex(n, i),
      trace.changeXor(n, i),
    ]);
    return [trace.kind(n), trace.site(n), trace.task(n), trace.depth(n), trace.caller(n), operands, changes].join(' ');
  });
  return `${all.join('\n')}\n${JSON.stringify(outcome)} ${failures.length}`;
}

describe('a run is the same run', () => {
  const names = readdirSync(examples, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gmap'));
  for (const name of names.sort()) {
    it(`${name}, however it is cut into slices`, () => {
      const { file } = compileFile(readFileSync(join(examples, name), 'utf8'), name);
      for (const scenario of file!.scenarios) {
        const whole = new ScenarioRun(file!, scenario);
        whole.finish();
        const expected = rows(whole);
        // The points at which it can be interrupted, one by one.
        const single = new ScenarioRun(file!, scenario);
        const points: number[] = [];
        while (!single.ended) {
          single.advanceTo(single.recording.length + 1);
          points.push(single.recording.length);
        }
        assert.equal(rows(single), expected);
        // And from the beginning to each of them at once.
        for (let n = 1; n <= whole.recording.length; n += 7) {
          const again = new ScenarioRun(file!, scenario);
          again.advanceTo(n);
          assert.equal(
            again.recording.length,
            points.find((point) => point >= n),
          );
          if (n % 5 !== 0) continue;
          while (again.advance(13));
          assert.equal(rows(again), expected);
        }
      }
    });
  }
});
