/**
 * `npm run conform -- FILE…`: runs corpus files on the engine and prints the first difference of each failing
 * program, then `N passed, M failed`. Without files: the corpus in test/corpus.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCorpus } from './corpus.js';
import { replay } from './replay.js';

const CORPUS = ['test/corpus/traces', 'test/corpus/threads'];

function corpusFiles(): string[] {
  return CORPUS.flatMap((dir) => readdirSync(dir).map((f) => join(dir, f))).filter((f) => f.includes('.jsonl'));
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const files = args.length > 0 ? args : corpusFiles();
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    try {
      for await (const record of readCorpus(file)) {
        const difference = replay(record);
        if (difference === undefined) passed++;
        else {
          failed++;
          console.log(`${file}: ${record.name}\n  ${difference}`);
        }
        if (process.stderr.isTTY && (passed + failed) % 50 === 0) process.stderr.write(`\r${passed + failed} programs`);
      }
    } catch (e) {
      failed++;
      console.log(e instanceof Error ? e.message : String(e));
    }
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

process.exitCode = await main();
