// npm test: every check, one after the other. Needs nothing but Node; installs what is missing.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { installChromium, installEditors, installPackages, installVSCode } from './lib/install.mjs';
import { fromRoot } from './lib/root.mjs';
import { cleanEnvironment, killGroup, npmCommand, onEnd, spawnGroup } from './lib/run.mjs';

/**
 * A check runs a script of package.json. How it is counted: as one, if it passes or not, or by its cases, which `cases` finds
 * in what the script said or left behind.
 */
const checks = [
  { name: 'types', what: 'TypeScript', script: 'check:types' },
  { name: 'lint', what: 'eslint', script: 'lint' },
  { name: 'format', what: 'prettier', script: 'format:check' },
  { name: 'knip', what: 'files, exports and packages that nothing uses', script: 'knip' },
  { name: 'layers', what: 'who imports whom', script: 'layers' },
  {
    name: 'generated',
    what: 'the parser is what the grammar gives, the l10n bundle what the extension says',
    script: 'generate',
    args: ['--check'],
  },
  { name: 'build', what: 'the bundles', script: 'build' },
  { name: 'package', what: 'the .vsix', script: 'package', args: ['--out', '.cache/gmap-debug.vsix'] },
  { name: 'unit', what: 'unit tests', script: 'test:unit', mocha: 'dot' },
  {
    name: 'conform',
    what: 'the engine equals the kernel on the corpus',
    script: 'conform',
    cases: lastLine,
  },
  {
    name: 'fuzz',
    what: 'bent scenarios, operations and requests, a short run',
    script: 'fuzz',
    args: ['--seconds', '20'],
    cases: lastLine,
  },
  { name: 'shipped', what: 'the packages, as people get them', script: 'test:package', mocha: 'dot' },
  {
    name: 'editors',
    what: 'other editors',
    script: 'test:editors',
    mocha: 'dot',
    needs: [installEditors],
  },
  { name: 'grammar', what: 'the syntax colours', script: 'test:grammar', cases: grammarFiles },
  {
    name: 'e2e',
    what: 'the extension in a real editor',
    script: 'test:e2e',
    mocha: 'spec',
    needs: [installVSCode, installChromium],
  },
];

const help = `npm test [-- OPTIONS]

Runs every check; goes on when one fails. The last line says how many cases passed and failed.

  --only NAME,…   only these checks
  --list          name the checks
  --help          this text
`;

/** A check that hangs must not hang the rest. */
const limitMinutes = 20;

/** Counts from a last line `N passed, M failed`. */
function lastLine(output) {
  const match = /(\d+) passed, (\d+) failed\s*$/.exec(output);
  return match && { passed: Number(match[1]), failed: Number(match[2]) };
}

function grammarFiles(output) {
  const count = (mark) => output.match(new RegExp(`^\\s*${mark}`, 'gmu'))?.length ?? 0;
  return { passed: count('✓'), failed: count('✖') };
}

async function runCheck({ script, args = [], mocha, cases, needs = [] }) {
  for (const install of needs) await install();
  const counts = fromRoot('.cache/test-counts.json');
  rmSync(counts, { force: true });
  mkdirSync(fromRoot('.cache'), { recursive: true });
  const extra = mocha ? ['--reporter', fromRoot('tools/mocha-reporter.cjs')] : args;
  const { code, output } = await run([...npmCommand(), 'run', '--silent', script, '--', ...extra], {
    // Mocha shows each test as it comes; the others speak up only if something is wrong.
    live: Boolean(mocha),
    env: { MOCHA_STYLE: mocha, MOCHA_COUNTS: counts },
  });
  let result = { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  if (mocha || cases) {
    const counted = cases ? cases(output) : existsSync(counts) && JSON.parse(readFileSync(counts, 'utf8'));
    result = { passed: 0, failed: 0, skipped: 0, ...counted };
    // Broken before the first case, or after the last: that is a failure too. So is to have found no case at all.
    if (result.failed === 0 && (code !== 0 || result.passed === 0)) result.failed = 1;
  }
  if (result.failed && !mocha) console.log(output.trimEnd());
  return result;
}

function run([program, ...args], { live, env }) {
  return new Promise((resolve) => {
    const child = spawnGroup(program, args, {
      cwd: fromRoot(),
      env: { ...cleanEnvironment(), ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }), ...env },
      stdio: ['ignore', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'],
    });
    let output = '';
    child.stdout?.on('data', (data) => (output += data));
    child.stderr?.on('data', (data) => (output += data));
    const timer = setTimeout(() => {
      output += `\nended after ${limitMinutes} minutes`;
      killGroup(child, 'SIGTERM');
    }, limitMinutes * 60_000);
    const end = (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    };
    child.on('error', (error) => {
      output += error.message;
      end(1);
    });
    child.on('close', end);
  });
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { only: { type: 'string' }, list: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    const only = values.only?.split(',').filter(Boolean);
    const unknown = only?.filter((name) => !checks.some((check) => check.name === name)) ?? [];
    if (unknown.length) throw new Error(`there is no check named ${unknown.join(', ')}; npm test -- --list names them`);
    return { ...values, only };
  } catch (error) {
    console.error(`${error.message}\n\n${help}`);
    return process.exit(2);
  }
}

const options = readOptions();
if (options.help || options.list) {
  console.log(options.help ? help : checks.map(({ name, what }) => `${name.padEnd(10)} ${what}`).join('\n'));
  process.exit(0);
}

// What runs is ended at our exit.
onEnd(() => process.exit(130));
const results = [];
try {
  await installPackages();
} catch (error) {
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exit(1);
}
for (const check of checks.filter(({ name }) => options.only?.includes(name) ?? true)) {
  const start = performance.now();
  console.log(`\n── ${check.name}: ${check.what}`);
  let result;
  try {
    result = await runCheck(check);
  } catch (error) {
    console.log(error.message);
    result = { passed: 0, failed: 1, skipped: 0 };
  }
  const seconds = (performance.now() - start) / 1000;
  results.push({ ...check, ...result, seconds });
  console.log(`   ${say(result)} (${seconds.toFixed(1)} s)`);
}

function say({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
}

const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log('\n── summary');
for (const result of results) {
  const mark = result.failed ? '✗' : '✓';
  console.log(`${mark} ${result.name.padEnd(10)} ${result.seconds.toFixed(1).padStart(6)} s  ${say(result)}`);
}
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') ? 1 : 0;
