/** A run of ten million micro-steps: jumps, questions about its past, memory. */
import { functionNamed } from '../src/engine/catalog.js';
import { hostPteAddress } from '../src/engine/inspect.js';
import { compileFile } from '../src/scenario/compile.js';
import { ScenarioRun } from '../src/scenario/run.js';
import { randomNumbers } from '../src/scenario/schedule.js';
import { long, LONG_ROUNDS } from './long.js';
import { row, time, type Row } from './measure.js';

const STEPS = 10_000_000;

export function measureRecording(): Row[] {
  const { file } = compileFile(long(LONG_ROUNDS), 'long.gmap');
  const run = new ScenarioRun(file!, file!.scenarios[0]!);
  const before = process.memoryUsage();
  const record = time(() => {
    while (run.recording.length < STEPS && run.advance(1 << 20));
  });
  const { recording } = run;
  const after = process.memoryUsage();
  const grown = after.rss - before.rss;
  const random = randomNumbers(1);
  const jumps = Array.from({ length: 300 }, () => time(() => recording.seek(Math.floor(random() * recording.length))));
  recording.seek(recording.length);
  const pte = hostPteAddress(recording.machine, 0x1000_5000n);
  const lastWrites = Array.from({ length: 100 }, () => {
    const from = Math.floor(random() * recording.length);
    return time(() => recording.lastChange(pte, from));
  });
  const notify = functionNamed('gmap_call_notifier')!;
  const calls = time(() => [...recording.index.callsOf(notify.id)].length);
  return [
    row('a scenario of 10 million micro-steps recorded', 'per second', (recording.length / record) * 1000, 10_000_000),
    row('jump to a random moment of 10 million micro-steps, worst of 300', 'ms', Math.max(...jumps), 10, true),
    row('last write of an entry in 10 million micro-steps, worst of 100', 'ms', Math.max(...lastWrites), 20, true),
    row('all calls of the notifier in 10 million micro-steps', 'ms', calls, 20, true),
    row('memory of a run of 10 million micro-steps', 'MB', grown / 2 ** 20, 500, true),
  ];
}
