import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { concluded, EXPLORE_DEFAULTS } from '../../src/explore/explore.js';
import { exploreOnAllCores, type Progress } from '../../src/explore/pool-node.js';
import { folder, gmap, jsonLines, ROOT } from '../cli/support.js';
import { explored, program, textOf } from './support.js';

const PINGPONG = textOf('examples/threads/two-arms-read-write-pingpong.gmap');
const FREE = textOf('examples/threads/misuse-free-during-link.gmap');
const withoutTimes = (text: string): string => text.replace(/\(\d+\.\d\d s\)/g, '(0.20 s)');

describe('gmap explore', function () {
  this.timeout(120_000);

  it('says what docs/cli.md shows', async () => {
    const page = readFileSync(join(ROOT, 'docs/cli.md'), 'utf8');
    const [, line, shown] = /```text\n\$ gmap (explore .*)\n([^]*?)```/.exec(page)!;
    const { stdout, code } = await gmap([...line!.split(' '), '--no-save'], { cwd: ROOT });
    assert.equal(code, 0);
    assert.equal(withoutTimes(stdout).trimEnd(), shown!.trimEnd());
  });

  it('saves the simplest failing schedule once, and run and trace follow it', async () => {
    const cwd = folder({ 'arms.gmap': PINGPONG });
    const first = await gmap(['explore', 'arms.gmap'], { cwd });
    assert.equal(first.code, 1);
    assert.match(first.stdout, /saved in arms\.schedule/);
    assert.match(readFileSync(join(cwd, 'arms.schedule'), 'utf8'), /^gmap schedule 1\nscenario "arms"\nprogram /);
    await gmap(['explore', 'arms.gmap'], { cwd });
    assert.deepEqual(readdirSync(cwd).sort(), ['arms.gmap', 'arms.schedule']);

    assert.equal((await gmap(['run', 'arms.gmap'], { cwd })).code, 0);
    const run = await gmap(['run', 'arms.gmap', '--schedule', 'arms.schedule'], { cwd });
    assert.equal(run.code, 1);
    assert.match(run.stdout, /expected notified kvm vm 0x0 once\n.*found {4}2 of these/);
    const trace = await gmap(['trace', 'arms.gmap', '--schedule', 'arms.schedule', '--events'], { cwd });
    assert.equal(trace.stdout.match(/N nb0 g0 0x0 0xfff/g)?.length, 2);

    // Another schedule that lies there stays; a stale one is told so, and replaced.
    writeFileSync(join(cwd, 'arms.schedule'), 'write 1\n');
    assert.match((await gmap(['explore', 'arms.gmap'], { cwd })).stdout, /saved in arms-2\.schedule/);
    writeFileSync(join(cwd, 'arms.gmap'), PINGPONG.replace('len 2M rw', 'len 4M rw'));
    const stale = await gmap(['run', 'arms.gmap', '--schedule', 'arms-2.schedule'], { cwd });
    assert.equal(stale.code, 2);
    assert.match(stale.stderr, /cannot be followed: it was saved before scenario "arms" was changed: explore again/);
    assert.match((await gmap(['explore', 'arms.gmap'], { cwd })).stdout, /saved in arms-2\.schedule/);
    const none = await gmap(['trace', 'arms.gmap', '--schedule', 'gone.schedule'], { cwd });
    assert.match(none.stderr, /the schedule gone\.schedule cannot be read: there is no such file/);
  });

  it('puts together what parts have found: the same as in one go', async () => {
    const cwd = folder({ 'free.gmap': FREE });
    for (const k of [1, 2, 3]) {
      const { stdout } = await gmap(['explore', 'free.gmap', '--shard', `${k}/3`, '--json'], { cwd });
      writeFileSync(join(cwd, `${k}.json`), stdout);
    }
    const parts = ['1.json', '2.json', '3.json'];
    const merged = await gmap(['explore', 'free.gmap', '--json', '--no-save', '--merge', ...parts], { cwd });
    const whole = await gmap(['explore', 'free.gmap', '--json', '--no-save'], { cwd });
    assert.equal(merged.stdout, whole.stdout);
    assert.equal(merged.code, 1);
    const [line] = jsonLines(whole.stdout) as [{ outcomes: { race: boolean; outcome: { end: { kind: string } } }[] }];
    assert.deepEqual([line.outcomes[0]!.race, line.outcomes[0]!.outcome.end.kind], [true, 'bug']);
    assert.ok(!existsSync(join(cwd, 'free.schedule')));
  });

  it('explores by chance, for a time', async () => {
    const cwd = folder({ 'free.gmap': FREE });
    const { stdout } = await gmap(['explore', 'free.gmap', '--pct', '--time', '1', '--seed', '7', '--no-save'], {
      cwd,
    });
    assert.match(stdout, /schedules by random priorities \(PCT\) of depth 3 from seed 7: [\d,]+ run/);
    assert.match(stdout, /BUG use after free of gmap/);
  });

  it('says what it cannot do', async () => {
    const cwd = folder({
      'none.gmap': 'host mmap 0x10000000 len 1M rw\n',
      'more.gmap': 'host mmap 0x10000000 len 1M rw\n',
      'free.gmap': FREE,
    });
    for (const [args, message] of [
      [['none.gmap'], /scenario "none" has no threads: there is one order only/],
      [['none.gmap', 'more.gmap'], /no scenario here has threads: there is nothing to explore/],
      [['free.gmap', '--scenario', 'fere'], /no scenario is named 'fere'; did you mean 'free'\?/],
      [['free.gmap', '--random', '--pct'], /--random and --pct are two kinds of chance: choose one/],
      [['free.gmap', '--seed', '3'], /--runs, --depth and --seed are for --random and --pct/],
      [['free.gmap', '--random', '--bound', '3'], /--bound is for all schedules/],
      [['free.gmap', '--merge', 'none.gmap'], /none\.gmap:1 is no line that gmap explore --json has written/],
    ] as const) {
      const { code, stderr } = await gmap(['explore', ...args], { cwd });
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, message);
    }
  });

  describe('on all cores', () => {
    const temporary = mkdtempSync(join(tmpdir(), 'gmap-explore-'));
    const worker = join(temporary, 'worker.cjs');
    before(async () => {
      const entryPoints = [join(ROOT, 'src/explore/worker-node.ts')];
      await build({ entryPoints, outfile: worker, bundle: true, platform: 'node', logLevel: 'silent' });
    });
    after(() => rmSync(temporary, { recursive: true, force: true }));

    it('finds the same', async () => {
      const p = program(FREE);
      let last: Progress | undefined;
      const options = { worker, jobs: 2, progress: (now: Progress) => void (last = now) };
      const found = await exploreOnAllCores(p.file, 0, EXPLORE_DEFAULTS, options);
      assert.deepEqual(
        concluded(p.file, p.scenario, EXPLORE_DEFAULTS, found),
        concluded(p.file, p.scenario, EXPLORE_DEFAULTS, explored(p)),
      );
      assert.deepEqual([last?.done, last?.parts, last?.complete], [16, 16, found.complete]);
    });

    it('keeps what it found when it is stopped', async () => {
      const p = program(FREE);
      const stop = new AbortController();
      const chance = { ...EXPLORE_DEFAULTS, mode: 'random' as const, runs: Number.MAX_SAFE_INTEGER };
      const options = { worker, jobs: 2, signal: stop.signal, progress: () => stop.abort() };
      const found = await exploreOnAllCores(p.file, 0, chance, options);
      assert.ok(!found.finished && found.complete > 0 && found.outcomes.length > 0);
    });
  });
});
