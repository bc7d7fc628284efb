import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { folder, gmap, jsonLines, MIXED, ROOT, SETUP } from './support.js';

interface ScenarioLine {
  readonly type: string;
  readonly name: string;
  readonly passed: boolean;
  readonly generation: string;
  readonly outcome: { readonly kind: string };
  readonly failures: readonly { readonly kind: string; readonly line: number; readonly found: string }[];
}

const scenarios = (text: string): ScenarioLine[] =>
  jsonLines<ScenarioLine>(text).filter(({ type }) => type === 'scenario');

describe('gmap run', function () {
  this.timeout(120_000);

  const cwd = folder({
    'mixed.gmap': MIXED,
    'good.gmap': `${SETUP}mprotect_notify vm 0x2000 len 4K PROT_WRITE -> 0\nexpect pgste vm 0x2000 with IN\n`,
    'both.gmap': `${SETUP}translate vm 0x7f000000 -> 0\n`,
    'broken.gmap': `${SETUP}mprotect_notify vm 0x2001 len PROT_WRITE\nfrobnicate\n`,
    'deep/er/nested.gmap': 'host mmap 0x10000000 len 1M rw -> 0\n',
    'deep/.hidden/not.gmap': 'frobnicate\n',
    'empty/readme.txt': 'no scenarios\n',
    'bug.gmap': 'gmap vm limit 4G\nmap vm 0x0 len 1M to 0x10000000\ndiscard vm from 0x0 to 0x1000\n',
    'expected-bug.gmap': 'gmap vm limit 4G\nmap vm 0x0 len 1M to 0x10000000\ndiscard vm from 0x0 to 0x1000 -> BUG\n',
    'deadlock.gmap': `${SETUP}schedule steps a 1, b 1\nthread a {\n  down_write mmap_sem\n  translate vm 0x2000\n}\nthread b {\n  host read 0x10000000\n}\n`,
    'schedule.gmap': `${SETUP}schedule file "order.txt"\nthread a {\n  host read 0x10000000\n}\nthread b {\n  host read 0x10000000\n}\n`,
    'no-schedule.gmap': `${SETUP}schedule file "nowhere.txt"\nthread a {\n  host read 0x10000000\n}\nthread b {\n  host read 0x10000000\n}\n`,
    'order.txt': '# who goes first\nb 3\na 2 # then\n',
  });
  const here = { cwd };

  it('exits with 0 where everything holds', async () => {
    const { code, stdout, stderr } = await gmap(['run', 'good.gmap'], here);
    assert.equal(code, 0);
    assert.match(stdout, /✓ good/);
    assert.match(stdout, /1 scenario in 1 file, 1 passed, 0 failed/);
    assert.equal(stderr, '');
  });

  it('exits with 1, and shows expected and found at their place', async () => {
    const { code, stdout } = await gmap(['run', 'mixed.gmap'], here);
    assert.equal(code, 1);
    assert.match(stdout, /mixed\.gmap:13:3: expected result 0\n +found +result -EFAULT \(-14\)/);
    assert.match(stdout, /mixed\.gmap:14:3: expected pte valid\n +found +no pte/);
    assert.match(stdout, /mixed\.gmap:19:3: pte\(vm, 0x2000\) = d1:03d .*, machine\.esop = 1/);
    assert.match(stdout, /3 scenarios in 1 file, 2 passed, 1 failed/);
    // Expected and found stand one below the other.
    const [expected, found] = stdout.split('\n').filter((line) => /:13:3:|found .*EFAULT/.test(line));
    assert.equal(expected!.indexOf('result'), found!.indexOf('result'));
  });

  it('exits with 2 for errors in a file, and still runs the others', async () => {
    const { code, stdout, stderr } = await gmap(['run', 'broken.gmap', 'mixed.gmap'], here);
    assert.equal(code, 2);
    assert.match(stderr, /^broken\.gmap:5:\d+: error: /m);
    assert.match(stdout, /3 scenarios in 1 file, 2 passed, 1 failed, 1 not run because of errors/);
  });

  it('says in a sentence what cannot be read', async () => {
    const { code, stderr } = await gmap(['run', 'nowhere.gmap', 'empty'], here);
    assert.equal(code, 2);
    assert.match(stderr, /^gmap: nowhere\.gmap cannot be read: there is no such file or folder$/m);
    assert.match(stderr, /^gmap: empty has no scenarios: no file in it, or in its folders, ends in \.gmap$/m);
  });

  it('says that symbolic links lead nowhere', async () => {
    const cwd = folder();
    symlinkSync('loop.gmap', join(cwd, 'loop.gmap'));
    const { code, stderr } = await gmap(['run', 'loop.gmap'], { cwd });
    assert.equal(code, 2);
    assert.equal(stderr, 'gmap: loop.gmap cannot be read: symbolic links lead back to themselves\n');
  });

  it('shows characters that would tell the terminal what to do, and does not pass them on', async () => {
    const cwd = folder({ 'control.gmap': 'scenario "\x1b]0;title\x07" {\n  print "\x1b[2J"\n}\n' });
    const { stdout } = await gmap(['run', 'control.gmap'], { cwd, env: { FORCE_COLOR: '1' } });
    assert.match(stdout, /\\x1b\]0;title\\x07.*\n.*"\\x1b\[2J"/);
    assert.ok(stdout.includes('\x1b[32m'));
    for (const behind of stdout.split('\x1b').slice(1)) assert.match(behind, /^\[\d+m/);
  });

  it('comes to the end of rounds in which nothing happens, and of a million that ask for the last result', async () => {
    const idle = 'repeat 4294967295 {\n  mark a\n  repeat 4294967295 {\n  }\n}\nexpect no notification since a\n';
    const cwd = folder({ 'idle.gmap': idle, 'rc.gmap': 'repeat 1_000_000 {\n  expect rc == absent\n}\n' });
    assert.equal((await gmap(['run', 'idle.gmap', 'rc.gmap'], { cwd })).code, 0);
  });

  it('finds the scenarios of a folder, each once, in the same order everywhere', async () => {
    const { code, stdout } = await gmap(['run', '--json', 'deep', './deep/er', 'good.gmap'], here);
    assert.equal(code, 0);
    assert.deepEqual(
      jsonLines(stdout).map(({ file }) => file),
      ['deep/er/nested.gmap', 'good.gmap', undefined],
    );
  });

  it('takes scenarios by name', async () => {
    const exact = await gmap(['run', '--json', 'mixed.gmap', '--scenario', 'holds'], here);
    assert.deepEqual(
      scenarios(exact.stdout).map(({ name }) => name),
      ['holds'],
    );
    const glob = await gmap(['run', '--json', 'mixed.gmap', '--scenario', '*o*s', '--scenario', 'p?ints'], here);
    assert.deepEqual(
      scenarios(glob.stdout).map(({ name }) => name),
      ['holds', 'prints'],
    );
    const none = await gmap(['run', 'mixed.gmap', '--scenario', 'hold'], here);
    assert.equal(none.code, 2);
    assert.match(none.stderr, /no scenario is named 'hold'; did you mean 'holds'\?/);
  });

  it('runs in the other generation', async () => {
    const other = await gmap(['run', '--json', 'both.gmap', '--generation', 'before'], here);
    assert.equal(other.code, 1);
    const [only] = scenarios(other.stdout);
    assert.equal(only!.generation, 'before');
    assert.match(only!.failures[0]!.found, /EFAULT/);
    const missing = await gmap(['run', 'good.gmap', '--generation', 'before'], here);
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /^good\.gmap:5:1: error: generation before has no mprotect_notify, but ipte_notify$/m);
    const wrong = await gmap(['run', 'good.gmap', '--generation', 'during'], here);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /Allowed choices are after, before/);
  });

  it('ends a scenario at the limit of steps', async () => {
    const { code, stdout } = await gmap(['run', 'good.gmap', '--max-steps', '1_0'], here);
    assert.equal(code, 1);
    assert.match(stdout, /the run has more than 10 steps/);
    const wrong = await gmap(['run', 'good.gmap', '--max-steps', 'many'], here);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /Write a whole number from 1 up/);
  });

  it('fails for a BUG and a deadlock that nobody expects, at the statement', async () => {
    const bug = await gmap(['run', 'bug.gmap'], here);
    assert.equal(bug.code, 1);
    assert.match(bug.stdout, /bug\.gmap:3:1: expected .*\n +found +BUG zap_page_range with NULL vma/);
    assert.equal((await gmap(['run', 'expected-bug.gmap'], here)).code, 0);
    const deadlock = await gmap(['run', 'deadlock.gmap'], here);
    assert.equal(deadlock.code, 1);
    assert.match(deadlock.stdout, /found +deadlock: a waits for mmap_sem:r held by a/);
  });

  it('reads schedule files beside the scenario', async () => {
    assert.equal((await gmap(['run', 'schedule.gmap'], here)).code, 0);
    const { code, stdout } = await gmap(['run', 'no-schedule.gmap'], here);
    assert.equal(code, 2);
    assert.match(stdout, /the schedule .*nowhere\.txt cannot be read: there is no such file/);
  });

  it('checks invariants and the order of locks', async () => {
    const good = await gmap(['run', '--check-invariants', 'mixed.gmap', '--scenario', 'holds'], here);
    assert.equal(good.code, 0);
    const example = 'examples/threads/callback-calls-back.gmap';
    const { code, stdout } = await gmap(['run', '--check-invariants', '--json', example]);
    assert.equal(code, 1);
    const [failure] = scenarios(stdout)[0]!.failures;
    assert.equal(failure!.kind, 'invariant');
    assert.match(failure!.found, /mmap_sem may sleep, and is taken while ptl is held/);
  });

  it('prints only what does not hold with --quiet', async () => {
    assert.equal((await gmap(['run', '-q', 'good.gmap'], here)).stdout, '');
    const { stdout } = await gmap(['run', '-q', 'mixed.gmap'], here);
    assert.match(stdout, /✗ fails/);
    assert.doesNotMatch(stdout, /holds|prints/);
  });

  it('--json is the same at every run', async () => {
    const args = ['run', '--json', '--coverage', 'mixed.gmap', 'broken.gmap'];
    const [a, b] = await Promise.all([gmap(args, here), gmap(args, here)]);
    assert.equal(a.stdout, b.stdout);
    assert.equal(a.stderr, '');
    const lines = jsonLines(a.stdout);
    assert.deepEqual(
      lines.map(({ type }) => type).filter((type, i, all) => type !== all[i - 1]),
      ['scenario', 'diagnostic', 'coverage', 'summary'],
    );
    assert.deepEqual(lines.at(-1), { type: 'summary', files: 1, scenarios: 3, passed: 2, failed: 1, unusable: 1 });
    const failing = scenarios(a.stdout)[1]!;
    assert.deepEqual(failing.failures[0], {
      kind: 'expectation',
      line: 13,
      column: 3,
      statement: 'mprotect_notify vm 0x8000_0000 len 4K PROT_READ -> 0',
      expected: 'result 0',
      found: 'result -EFAULT (-14)',
      step: (failing.failures[0] as unknown as { step: number }).step,
    });
  });

  it('--coverage shows which steps were visited and which branches taken, and which never', async () => {
    const { stdout } = await gmap(['run', '--coverage', 'mixed.gmap', '--scenario', 'holds'], here);
    assert.match(stdout, /^arch\/s390\/mm\/gmap\.c$/m);
    assert.match(stdout, /^ {2}gmap_pte_op_walk +\d+ +(\d+)\/\1 +100 % +\d\/2 +\d+ %$/m);
    assert.match(stdout, /^ {2}gmap_mprotect_notify +1 +\d+\/\d+ +\d+ % +\d+\/\d+ +\d+ %$/m);
    assert.match(stdout, /^ +never visited, line \d+: /m);
    assert.match(stdout, /^ +never taken, line \d+ → \d+: /m);
    assert.match(stdout, /^ {2}gmap_free +0 +0\/\d+ +0 % +0\/\d+ +0 %$/m);
    assert.match(stdout, /^ {2}gmap_flush_tlb +0 +0\/\d+ +0 %$/m);
    assert.doesNotMatch(stdout, /gmap_ipte_notify|op:/);
    const lines = jsonLines<{
      type: string;
      branchesTaken: number;
      functions: {
        visited: number;
        branchesTaken: number;
        branchesTotal: number;
        steps: { line: number; visits: number; branches: { to: number; taken: number }[] }[];
      }[];
    }>((await gmap(['run', '--coverage', '--json', 'mixed.gmap'], here)).stdout);
    const coverage = lines.find(({ type }) => type === 'coverage')!;
    let sum = 0;
    for (const { steps, visited, branchesTaken, branchesTotal } of coverage.functions) {
      assert.equal(steps.filter(({ visits }) => visits > 0).length, visited);
      const branches = steps.flatMap((step) => step.branches);
      assert.equal(branches.length, branchesTotal);
      const taken = branches.filter((branch) => branch.taken > 0);
      assert.equal(taken.length, branchesTaken);
      for (const { to } of taken) assert.ok(steps.find(({ line }) => line === to)!.visits > 0);
      sum += branchesTaken;
    }
    assert.equal(coverage.branchesTaken, sum);
  });

  it('splits the scenarios: the shards are disjoint and together everything', async () => {
    const files = [join(ROOT, 'examples'), 'mixed.gmap'];
    const names = async (...more: string[]): Promise<string[]> => {
      const { stdout } = await gmap(['run', '--json', ...files, ...more], here);
      return jsonLines(stdout).flatMap((l) =>
        l['type'] === 'scenario' ? [`${String(l['file'])}: ${String(l['name'])}`] : [],
      );
    };
    const all = await names();
    const shards = [await names('--shard', '1/3'), await names('--shard', '2/3'), await names('--shard', '3/3')];
    assert.equal(new Set(all).size, all.length);
    assert.ok(all.length >= 6);
    assert.deepEqual(shards.flat().sort(), [...all].sort());
    for (const shard of shards) assert.ok(Math.abs(shard.length - all.length / 3) < 1);
    assert.deepEqual(await names('--shard', '2/3'), shards[1]);
    for (const wrong of ['0/3', '4/3', '1', 'a/b']) {
      const { code, stderr } = await gmap(['run', 'good.gmap', '--shard', wrong], here);
      assert.equal(code, 2);
      assert.match(stderr, /write K\/N with 1 ≤ K ≤ N/);
    }
    // More machines than scenarios: the last ones have nothing to do, and that is well.
    assert.equal((await gmap(['run', 'good.gmap', '--shard', '5/5'], here)).code, 0);
  });

  it('every example holds', async () => {
    const { code, stdout } = await gmap(['run', '--quiet', 'examples']);
    assert.equal(code, 0, stdout);
  });

  it('refuses two forms of output', async () => {
    const { code, stderr } = await gmap(['run', 'good.gmap', '--tap', '--json'], here);
    assert.equal(code, 2);
    assert.match(stderr, /--tap and --json/);
  });

  it('writes where it cannot: a sentence', async () => {
    const { code, stderr } = await gmap(['run', 'good.gmap', '--junit', 'no/such/folder/x.xml'], here);
    assert.equal(code, 2);
    assert.match(stderr, /no\/such\/folder\/x\.xml cannot be written/);
  });

  it('says which version it is', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    assert.equal((await gmap(['--version'])).stdout, `${version}\n`);
  });
});
