/** Local variables are read back from the end; reading every row of the frame from its beginning says the same. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assignedLocals, returnedValue, type Decoded } from '../../src/engine/events.js';
import { Kind } from '../../src/engine/trace.js';
import type { Frame, Recording } from '../../src/recording/recording.js';
import { compileFile } from '../../src/scenario/compile.js';
import { ScenarioRun } from '../../src/scenario/run.js';

const examples = new URL('../../examples', import.meta.url).pathname;
const files = readdirSync(examples, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gmap'));

function fromTheBeginning({ trace }: Recording, frame: Frame, end: number): Decoded[] {
  const locals = new Map<string, Decoded>();
  for (let n = frame.call + 1; n < end; n++) {
    if (trace.task(n) !== trace.task(frame.call)) continue;
    const call = trace.caller(n);
    if (trace.kind(n) === Kind.Note && call === frame.call) {
      for (const d of assignedLocals(trace, n)) locals.set(d.name, d);
    } else if (trace.kind(n) === Kind.Return && trace.caller(call) === frame.call) {
      const result = returnedValue(trace, n);
      if (result) locals.set(result.name, result);
    }
  }
  return [...locals.values()];
}

describe('local variables of every frame at every step', () => {
  for (const name of files) {
    it(`are known in ${name}`, () => {
      const path = join(examples, name);
      const { file } = compileFile(readFileSync(path, 'utf8'), path);
      for (const scenario of file!.scenarios) {
        const run = new ScenarioRun(file!, scenario);
        while (run.advance(1000));
        const { recording } = run;
        for (let n = 0; n < recording.length; n++) {
          for (const frame of recording.frames(n)) {
            const locals = recording.locals(frame, n);
            assert.deepEqual(
              locals,
              fromTheBeginning(recording, frame, n),
              `${scenario.name}: ${frame.fn.name}, step ${n}`,
            );
            for (const d of locals) assert.deepEqual(recording.local(frame, d.name, n), d);
          }
        }
      }
    });
  }
});
