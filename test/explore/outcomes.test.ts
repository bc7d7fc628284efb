import assert from 'node:assert/strict';
import {
  concluded,
  EXPLORE_DEFAULTS,
  merged,
  type Exploration,
  type ExploreOptions,
} from '../../src/explore/explore.js';
import { CannotExploreError } from '../../src/explore/replay.js';
import { signNames } from '../../src/explore/signs.js';
import { ScenarioRun } from '../../src/scenario/run.js';
import { explored, lines, program, textOf, type Program } from './support.js';

const example = (name: string): Program => program(textOf(`examples/threads/${name}.gmap`), `${name}.gmap`);

function exploration(p: Program, options: Partial<ExploreOptions> = {}): Exploration {
  const all = { ...EXPLORE_DEFAULTS, ...options };
  return concluded(p.file, p.scenario, all, explored(p, all));
}

describe('what exploring tells', function () {
  this.timeout(60_000);

  it('marks outcomes that no order of whole operations gives', () => {
    const { outcomes, orders, allOrders } = exploration(example('unregister-during-notify'));
    assert.ok(allOrders);
    assert.equal(orders, 2);
    assert.deepEqual(
      outcomes.map((o) => [o.race, Object.values(o.outcome.calls)]),
      [
        [true, [['other', 'kvm'], ['other']]],
        [false, outcomes[1]!.outcome.calls && Object.values(outcomes[1]!.outcome.calls)],
        [false, outcomes[2]!.outcome.calls && Object.values(outcomes[2]!.outcome.calls)],
      ],
    );
  });

  it('puts failures first, and gives the simplest schedule', () => {
    const { outcomes } = exploration(example('two-arms-read-write-pingpong'));
    const [worst] = outcomes;
    assert.ok(worst!.outcome.failed && worst!.race);
    assert.equal(worst!.example.preemptions, 1);
    assert.equal(worst!.outcome.failures[0]!.statement, 'expect notified kvm vm 0x0 once');
    assert.ok(outcomes.slice(1).every((o) => !o.outcome.failed));
  });

  it('finds a write fault that answers 0 for the zero page', () => {
    const [worst] = exploration(example('write-fault-finds-zero-page'), { bound: 1 }).outcomes;
    assert.ok(worst!.outcome.failed && worst!.race);
    assert.deepEqual(worst!.outcome.results.slice(0, 2), [
      { thread: 'guest', answers: ['0'] },
      { thread: 'fault', answers: ['0'] },
    ]);
    assert.match(worst!.outcome.state!.pte['0x10000000']!, /^z:255/);
  });

  it('tells a crash, and the circle of a deadlock without those who merely wait behind it', () => {
    const crash = exploration(example('misuse-free-during-arm')).outcomes[0]!;
    assert.deepEqual([crash.outcome.end.kind, crash.race], ['bug', true]);
    assert.match(crash.outcome.end.text, /^use after free of gmap (table|g0), in thread arm$/);
    const deadlock = exploration(example('deadlock-recursive-read')).outcomes[0]!;
    assert.deepEqual(deadlock.outcome.end, {
      kind: 'deadlock',
      text: 'reader waits for mmap_sem:r behind munmap; munmap waits for mmap_sem:w held by reader',
    });
    const always = exploration(example('deadlock-writer-calls-translate'));
    assert.deepEqual(
      always.outcomes.map((o) => [o.outcome.end.text, o.race, o.outcome.failed]),
      [['caller waits for mmap_sem:r held by caller', false, false]],
    );
  });

  it('examples replay in an ordinary run: same answers, same end', () => {
    for (const name of [
      'discard-vs-fault',
      'munmap-waits-for-arm',
      'vcpu-request-before-entry',
      'misuse-free-during-link',
    ]) {
      const p = example(name);
      for (const { outcome, ways } of explored(p, { bound: 1 }).outcomes) {
        for (const way of ways) {
          const choices = way.example.choices.map(([thread, count]) => ({ thread, count }));
          const run = new ScenarioRun(p.file, p.scenario, { choices });
          run.finish();
          assert.equal(run.outcome?.kind, outcome.end.kind, name);
          assert.equal(run.schedule.length, choices.length, `${name} ${JSON.stringify(choices)}`);
          assert.deepEqual(
            run.schedule.map(({ thread, steps }) => ({ thread, count: steps })),
            choices,
          );
          if (outcome.end.kind === 'ended') assert.equal(run.failed, outcome.failed);
        }
      }
    }
  });

  it('is the same however it was split', () => {
    const p = example('discard-vs-fault');
    const whole = explored(p);
    for (const parts of [2, 3, 7]) {
      const split = Array.from({ length: parts }, (_, part) => explored(p, { part, parts }));
      assert.deepEqual(
        concluded(p.file, p.scenario, EXPLORE_DEFAULTS, merged(split.reverse())),
        concluded(p.file, p.scenario, EXPLORE_DEFAULTS, whole),
      );
    }
  });

  it('finds by chance, the same for the same seed, and makes its examples simpler', () => {
    const p = example('two-arms-read-write-pingpong');
    for (const mode of ['random', 'pct'] as const) {
      const once = exploration(p, { mode, runs: 300, seed: 3 });
      assert.deepEqual(exploration(p, { mode, runs: 300, seed: 3 }), once);
      const split = [0, 1].map((part) => explored(p, { mode, runs: 300, seed: 3, part, parts: 2 }));
      assert.deepEqual(lines(merged(split)), lines(explored(p, { mode, runs: 300, seed: 3 })));
      assert.equal(once.complete, 300);
      for (const o of once.outcomes) assert.ok(o.example.choices.length <= 6, JSON.stringify(o.example));
    }
    const failing = exploration(p, { mode: 'pct', runs: 300, seed: 3 }).outcomes[0]!;
    assert.ok(failing.outcome.failed);
    assert.deepEqual([failing.example.preemptions, failing.example.choices.length], [1, 3]);
    assert.ok(signNames(failing.ways[0]!.signs).includes('again'));
  });

  it('says why a scenario cannot be explored', () => {
    const none = program('host mmap 0x10000000 len 1M rw');
    assert.throws(
      () => explored(none),
      new CannotExploreError('scenario "test" has no threads: there is one order only'),
    );
    const crashes = program(`
host mmap 0x10000000 len 1M rw
gmap vm limit 2G
map vm 0x0 len 1M to 0x10000000
host munmap 0x10000000 len 1M
discard vm from 0x0 to 0x1000
thread a {
  host read 0x10000000
}
`);
    assert.throws(() => explored(crashes), /does not come as far as its threads: zap_page_range with NULL vma/);
  });
});
