import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseOperation } from '../../src/engine/operation.js';
import { EXPLORE_DEFAULTS, Explorer, type ExploreOptions, type Found } from '../../src/explore/explore.js';
import { Sign, signNames } from '../../src/explore/signs.js';
import { compileFile } from '../../src/scenario/compile.js';
import { threadsToScenario } from '../../src/scenario/corpus.js';
import type { CompiledFile, CompiledScenario } from '../../src/scenario/program.js';

export interface Program {
  readonly file: CompiledFile;
  readonly scenario: CompiledScenario;
}

/** The only scenario of a text. */
export function program(text: string, uri = 'test.gmap'): Program {
  const { file, diagnostics } = compileFile(text, uri);
  assert.ok(file, JSON.stringify(diagnostics));
  return { file, scenario: file.scenarios[0]! };
}

const root = new URL('../../', import.meta.url);

export const textOf = (path: string): string => readFileSync(new URL(path, root), 'utf8');

export interface ThreadsRecord {
  readonly name: string;
  readonly setup: readonly { readonly op: string }[];
  readonly threads: readonly (readonly string[])[];
  readonly schedule: readonly (readonly [thread: number, steps: number])[];
  readonly after?: readonly { readonly op: string; readonly rc: number | string }[];
  readonly rcs: readonly (readonly (number | string)[])[];
  readonly ev: readonly (readonly [thread: number, event: string])[];
  readonly outcome: string;
}

export function corpus(file: 'handmade' | 'random-a'): ThreadsRecord[] {
  const text = gunzipSync(readFileSync(new URL(`test/corpus/threads/threads-${file}.jsonl.gz`, root))).toString();
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ThreadsRecord);
}

/** A program of the corpus without its schedule. */
export function plain(record: ThreadsRecord): Program {
  const operations = (list: readonly { op: string }[]) => list.map(({ op }) => parseOperation(op));
  const threads = record.threads.map((ops) => ops.map(parseOperation));
  const after = operations(record.after ?? []);
  return program(threadsToScenario(record.name, { setup: operations(record.setup), threads, after, schedule: [] }));
}

export function explored({ file, scenario }: Program, options: Partial<ExploreOptions> = {}): Found {
  const explorer = new Explorer(file, scenario, { ...EXPLORE_DEFAULTS, ...options });
  while (explorer.advance(1000));
  return explorer.found();
}

/** Distinct outcomes with the ways to them, and the fewest preemptions for each; sorted lines. Spinning is no part. */
export function lines(found: Found): string[] {
  const fewest = new Map<string, number>();
  for (const { key, ways } of found.outcomes) {
    for (const { signs, example } of ways) {
      const line = `${key} ${signNames(signs & ~(1 << Sign.Spun)).join(' ')}`;
      fewest.set(line, Math.min(example.preemptions, fewest.get(line) ?? Infinity));
    }
  }
  return [...fewest].map(([line, preemptions]) => `${line} (${preemptions})`).sort();
}
