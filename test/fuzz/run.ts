/**
 * `npm run fuzz -- --seconds N --seed S [--target NAME] [--from I]`: inputs one after the other, from a seed. An input that
 * fails is saved; `--seed S --from I --count 1` runs it again.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { targets } from './targets.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    count: { type: 'string', default: '1000000000' },
    target: { type: 'string' },
  },
});
const OUT = '.cache/fuzz';
const seed = Number(values.seed);
const chosen = targets.filter((t) => !values.target || t.name === values.target);
if (chosen.length === 0)
  throw new Error(`no target '${values.target ?? ''}': ${targets.map((t) => t.name).join(', ')}`);

let failed = 0;
let passed = 0;
let unhandled: unknown;
process.on('unhandledRejection', (error) => (unhandled ??= error));
process.on('uncaughtException', (error) => (unhandled ??= error));

for (const target of chosen) {
  const until = performance.now() + (Number(values.seconds) * 1000) / chosen.length;
  let inputs = 0;
  for (let i = Number(values.from); inputs < Number(values.count) && performance.now() < until; i++, inputs++) {
    let input = '';
    try {
      await target.run(Math.imul(seed, 0x9e3779b1) ^ i, (text) => (input = text));
      if (unhandled !== undefined) throw new Error('an exception that nobody caught', { cause: unhandled });
      passed++;
    } catch (error) {
      unhandled = undefined;
      failed++;
      mkdirSync(OUT, { recursive: true });
      const file = `${OUT}/${target.name}-${seed}-${i}.txt`;
      writeFileSync(file, input);
      console.log(
        `${target.name}, --seed ${seed} --from ${i}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
      );
      console.log(`  input: ${file}`);
      if (failed >= 10) break;
    }
  }
  console.log(`${target.name}: ${inputs} inputs, ${Math.round(process.memoryUsage().heapUsed / 2 ** 20)} MB of heap`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
