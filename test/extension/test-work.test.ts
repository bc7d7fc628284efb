import assert from 'node:assert/strict';
import {
  exploreScenario,
  listingNamed,
  runScenario,
  type ExploreLimits,
  type Watcher,
} from '../../src/extension/test-work.js';
import { CoverageCollector } from '../../src/recording/coverage.js';
import { textOf } from '../explore/support.js';

const arms = { path: 'mem:/arms.gmap', text: textOf('examples/threads/two-arms-read-write-pingpong.gmap') };
const limits: ExploreLimits = { bound: 1, seconds: 600 };
const patient: Watcher = { stopped: () => false, tell: () => undefined };
const noFiles = {
  readFile: (path: string): Promise<string> => Promise.reject(new Error(`${path} is not there`)),
};

/** Keeps what is written in memory. */
function folder(): { files: Map<string, string> } & Parameters<typeof exploreScenario>[2] {
  const files = new Map<string, string>();
  return {
    files,
    read: (path) => Promise.resolve(files.get(path)),
    write: (path, text) => Promise.resolve(void files.set(path, text)),
  };
}

describe('the work of tests', () => {
  it('runs a scenario, and tells what fails at its line', async () => {
    const text = 'scenario "a" {\n}\n';
    assert.deepEqual(await runScenario({ path: 'x.gmap', text, name: 'a' }, noFiles, () => false), {
      steps: 0,
      failures: [],
    });
    const crash = { path: 'x.gmap', text: textOf('examples/threads/misuse-free-during-arm.gmap') };
    assert.deepEqual((await runScenario(crash, noFiles, () => false))!.failures, []);
    const fails = { path: 'x.gmap', text: 'gmap vm limit 4G\n\nexpect vm.tables == 2\n' };
    const [failure] = (await runScenario(fails, noFiles, () => false))!.failures;
    assert.deepEqual([failure!.line, failure!.what], [3, 'expect vm.tables == 2']);
    assert.match(failure!.difference!.found, /1/);
  });

  it('collects what scenarios visit, also of those that fail', async () => {
    const text = 'gmap vm limit 4G\nscenario "a" {\n  free vm\n}\nscenario "b" {\n  expect vm.tables == 2\n}\n';
    const coverage = new CoverageCollector();
    for (const name of ['a', 'b']) {
      const done = await runScenario({ path: 'x.gmap', text, name }, noFiles, () => false, coverage);
      assert.equal(done!.failures.length, name === 'a' ? 0 : 1);
    }
    const { functions } = coverage.result();
    const calls = (wanted: string): number => functions.find(({ name }) => name === wanted)!.calls;
    assert.deepEqual(['gmap_alloc', 'gmap_free', 'gmap_fault'].map(calls), [2, 1, 0]);
    for (const { name, steps } of functions) {
      const lines = listingNamed(name)!.split('\n');
      for (const { line, text } of steps) assert.equal(lines[line - 1]!.trim(), text);
    }
  });

  it('gives the listing of a function under its name of either generation', () => {
    assert.match(listingNamed('gmap_register_pte_notifier')!, /^gmap_register_pte_notifier\(/);
    assert.match(listingNamed('gmap_register_ipte_notifier')!, /^gmap_register_ipte_notifier\(/);
    assert.equal(listingNamed('gmap_nothing'), undefined);
  });

  it('says what is wrong in a text that is no scenario', async () => {
    const wrong = { path: 'x.gmap', text: '\nzap vn 0x0\n' };
    await assert.rejects(
      runScenario(wrong, noFiles, () => false),
      (error: Error & { line?: number }) => error.line === 2 && error.message.includes("no gmap 'vn'"),
    );
    await assert.rejects(exploreScenario({ ...arms, name: 'gone' }, limits, folder(), patient), /no such scenario/);
  });

  it('explores, saves the simplest failing schedule beside the scenario, and the run with it fails', async () => {
    const kept = folder();
    const explored = await exploreScenario(arms, limits, kept, patient);
    assert.ok(explored.finished && explored.races > 0 && explored.outcomes > explored.failing.length);
    const [outcome] = explored.failing;
    assert.ok(outcome!.race);
    assert.deepEqual(
      outcome!.failures.map(({ line, what }) => [line, what]),
      [[19, 'expect notified kvm vm 0x0 once']],
    );
    assert.equal(explored.saved, 'mem:/arms.schedule');
    assert.deepEqual([...kept.files.keys()], ['mem:/arms.schedule']);
    const followed = {
      ...arms,
      text: arms.text.replace('\nthread write', '\nschedule file "arms.schedule"\nthread write'),
    };
    const host = {
      readFile: (path: string) => Promise.resolve(kept.files.get(path)!.replace(/^scenario.*|^program.*/gm, '')),
    };
    assert.deepEqual(
      (await runScenario(followed, host, () => false))!.failures.map(({ what }) => what),
      ['expect notified kvm vm 0x0 once'],
    );
  });

  it('tells a deadlock and a crash at the threads', async () => {
    const deadlock = textOf('examples/threads/deadlock-reader-maps.gmap').replace('expect deadlock', '');
    const { failing } = await exploreScenario({ path: 'd.gmap', text: deadlock }, limits, folder(), patient);
    assert.equal(failing[0]!.failures[0]!.what, 'deadlock: caller waits for mmap_sem:w held by caller');
    assert.equal(deadlock.split('\n')[failing[0]!.failures[0]!.line - 1], 'thread caller {');
  });

  it('keeps what it found when it is stopped, and says so when nothing can be saved', async () => {
    const big = { path: 'x.gmap', text: textOf('examples/threads/two-arms-read-write-pingpong.gmap') };
    let told = 0;
    const watcher: Watcher = { stopped: () => true, tell: () => void told++ };
    const readOnly = { ...folder(), write: () => Promise.reject(new Error('it is read-only')) };
    const explored = await exploreScenario(big, { bound: 6, seconds: 600 }, readOnly, watcher);
    assert.ok(!explored.finished && explored.complete > 0);
    const whole = await exploreScenario(big, limits, readOnly, patient);
    assert.deepEqual([whole.saved, whole.notSaved], [undefined, 'it is read-only']);
  });
});
