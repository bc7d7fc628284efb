/**
 * `npm run mutate [-- --file NAME] [--line N] [--jobs N]`: changes one mask, shift or index of the engine at a time, and sees whether a test or
 * a program of the corpus notices. One that nobody notices is a hole in the tests, or stands in `equivalent.json` with a reason.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { context, type BuildContext } from 'esbuild';
import { readCorpus, type CorpusRecord } from '../conformance/corpus.js';
import { mutantsOf, type Mutant } from './mutants.js';

const FILES = [
  'bits', 'u64', 'radix', 'machine', 'kernel/pgtable', 'kernel/gmap', 'kernel/tables', 'kernel/trees', 'kernel/memory', 'kernel/kvm',
].map((name) => `src/engine/${name}.ts`); // prettier-ignore

/** Every so many programs of the corpus: a mutant meets the few first, and all if it survives those. */
const STAGES = [40, 8, 1];
/** What takes so many times as long as the unchanged engine does not end. */
const PATIENCE = 8;

interface Equivalent {
  readonly file: string;
  readonly code: string;
  readonly before: string;
  readonly after: string;
  readonly reason: string;
}

const { values: options } = parseArgs({
  options: { file: { type: 'string' }, line: { type: 'string' }, jobs: { type: 'string', default: '2' } },
});
const equivalents = JSON.parse(readFileSync('test/mutation/equivalent.json', 'utf8')) as Equivalent[];
const texts = new Map(FILES.map((file) => [file, readFileSync(file, 'utf8')]));
const lineOf = (m: Mutant): string => texts.get(m.file)!.split('\n')[m.line - 1]!.trim();

/** Bundles the probe with a mutant in place of what is there. */
class Bundler {
  private mutant: Mutant | undefined;
  private built: Promise<BuildContext> | undefined;

  constructor(private readonly name: string) {}

  /** Path of the bundle. */
  async bundle(mutant: Mutant | undefined): Promise<string> {
    const outfile = `.cache/mutation/${this.name}.cjs`;
    this.mutant = mutant;
    this.built ??= context({
      entryPoints: ['test/mutation/worker.ts'],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'silent',
      plugins: [
        {
          name: 'mutant',
          setup: (build) => {
            build.onLoad({ filter: /src[/]engine[/].*[.]ts$/ }, ({ path }) => {
              const m = this.mutant;
              if (!m || !path.endsWith(m.file)) return undefined;
              const text = texts.get(m.file)!;
              return { contents: text.slice(0, m.from) + m.after + text.slice(m.to), loader: 'ts' };
            });
          },
        },
      ],
    });
    await (await this.built).rebuild();
    return outfile;
  }

  async end(): Promise<void> {
    await (await this.built)?.dispose();
  }
}

/** Runs a bundle in a process of its own, which a mutant may bring down; true if nothing was noticed. */
function survives(bundle: string, programs: string, timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    const args = ['--max-old-space-size=800', bundle, programs];
    const child = spawn(process.execPath, args, { stdio: 'ignore', timeout, killSignal: 'SIGKILL' });
    child.once('exit', (code) => resolve(code === 0));
  });
}

const corpus: CorpusRecord[] = [];
for (const file of ['traces/handmade', 'traces/before-handmade', 'traces/random-a', 'threads/threads-handmade', 'threads/threads-random-a'])
  for await (const record of readCorpus(`test/corpus/${file}.jsonl.gz`)) corpus.push(record); // prettier-ignore
mkdirSync('.cache/mutation', { recursive: true });
const stages = STAGES.map((every, i) => {
  const path = `.cache/mutation/programs-${i}.json`;
  writeFileSync(path, JSON.stringify(corpus.filter((_, n) => n % every === 0)));
  return { path, limit: Infinity };
});

const plain = new Bundler('plain');
for (const stage of stages) {
  const start = performance.now();
  if (!(await survives(await plain.bundle(undefined), stage.path, 600_000)))
    throw new Error('the unchanged engine fails: npm test says where');
  stage.limit = 5_000 + Math.ceil(PATIENCE * (performance.now() - start));
}
await plain.end();

const chosen = FILES.filter((file) => !options.file || file.includes(options.file));
const mutants = chosen
  .flatMap((file) => mutantsOf(file, texts.get(file)!))
  .filter(({ line }) => options.line === undefined || line === Number(options.line));
const survivors: Mutant[] = [];
const excused = new Set<Equivalent>();
let next = 0;

async function work(_: unknown, number: number): Promise<void> {
  const bundler = new Bundler(`mutant-${number}`);
  for (let mutant = mutants[next++]; mutant; mutant = mutants[next++]) {
    const m = mutant;
    const known = equivalents.find(
      (e) => e.file === m.file && e.code === lineOf(m) && e.before === m.before && e.after === m.after,
    );
    if (known) {
      excused.add(known);
      continue;
    }
    const code = await bundler.bundle(m);
    let survived = true;
    for (const { path, limit } of stages) survived &&= await survives(code, path, limit);
    if (!survived) continue;
    survivors.push(m);
    console.log(`${m.file}:${m.line}: ${m.before} → ${m.after} survives: ${lineOf(m)}`);
  }
  await bundler.end();
}
await Promise.all(Array.from({ length: Math.min(Number(options.jobs), availableParallelism()) }, work));

const stale = options.file || options.line ? [] : equivalents.filter((e) => !excused.has(e));
for (const { file, code } of stale) console.log(`${file}: no mutant fits the excuse for: ${code}`);
console.log(`${mutants.length} mutants of ${chosen.length} files, ${excused.size} of them equivalent`);
console.log(`${mutants.length - survivors.length - excused.size} passed, ${survivors.length + stale.length} failed`);
process.exitCode = survivors.length + stale.length > 0 ? 1 : 0;
