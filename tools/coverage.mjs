// Runs the unit tests and the conformance corpus on what the TypeScript compiler makes of the sources, and says how many branches of each folder they took.
//   npm run coverage [-- FILE…]   fails where a folder is below its threshold; .cache/coverage/index.html has every line
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Report } from 'c8';
import ts from 'typescript';
import { fromRoot } from './lib/root.mjs';

/** Least branches taken, in percent. What a grammar generates is not ours. */
const thresholds = { engine: 95, recording: 95, scenario: 95, debug: 95 };
const folders = Object.keys(thresholds);
const tests = ['engine', 'recording', 'scenario', 'debug', 'explore', 'panel', 'language', 'kernel-source'];

const { positionals, values } = parseArgs({ allowPositionals: true, options: { lines: { type: 'boolean' } } });
const files = positionals.length ? positionals : tests.map((folder) => `test/${folder}/**/*.test.ts`);
const output = fromRoot('.cache/coverage');
const tempDirectory = `${output}/v8`;
rmSync(output, { recursive: true, force: true });
const mocha = ['node_modules/mocha/bin/mocha.js', '--no-config', '--extension', 'ts', '--timeout', '120000'];
const loader = ['--import', fromRoot('tools/lib/typescript-loader.mjs')];
const env = { ...process.env, NODE_V8_COVERAGE: tempDirectory };
for (const program of [
  [...mocha, '--reporter', 'dot', ...files],
  ...(positionals.length ? [] : [['test/conformance/run.ts']]),
]) {
  const { status } = spawnSync(process.execPath, [...loader, ...program], { cwd: fromRoot(), stdio: 'inherit', env });
  if (status !== 0) process.exit(1);
}

const report = new Report({
  all: true,
  src: [fromRoot('src')],
  include: folders.map((folder) => `src/${folder}/**`),
  exclude: ['src/scenario/generated/**'],
  extension: ['.ts'],
  excludeNodeModules: true,
  tempDirectory,
  reportsDirectory: output,
  reporter: ['html', 'json'],
  resolve: '',
  omitRelative: true,
});
await report.run();
const map = await report.getCoverageMapFromAllCoverageFiles();

let passed = 0;
let failed = 0;
for (const folder of folders) {
  const inside = map.files().filter((file) => file.startsWith(`${fromRoot('src', folder)}/`) && runs(file));
  const branches = inside.map((file) => map.fileCoverageFor(file).toSummary().branches);
  const sum = (key) => branches.reduce((total, branch) => total + branch[key], 0);
  const percent = (100 * sum('covered')) / sum('total');
  const enough = percent >= thresholds[folder];
  if (enough) passed++;
  else failed++;
  console.log(
    `${enough ? '✓' : '✗'} ${folder.padEnd(10)} ${percent.toFixed(2)} % of ${sum('total')} branches; ${thresholds[folder]} % at least`,
  );
  if (values.lines || !enough) for (const file of inside) missing(file);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;

/** Files of types alone compile to nothing, in which nothing can be taken. */
function runs(file) {
  const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions: { module: ts.ModuleKind.ESNext, removeComments: true } });
  return outputText.trim() !== 'export {};';
} // prettier-ignore

/** The lines of branches that no test takes. */
function missing(file) {
  const { branchMap, b } = map.fileCoverageFor(file);
  const lines = Object.entries(branchMap).filter(([id]) => b[id].includes(0)).map(([, { loc }]) => loc.start.line); // prettier-ignore
  const { pct } = map.fileCoverageFor(file).toSummary().branches;
  if (lines.length) console.log(`    ${file.slice(fromRoot().length + 1)}: ${pct} %, lines ${lines.join(' ')}`);
}
