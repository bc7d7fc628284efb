import assert from 'node:assert/strict';
import { corpus, explored, lines, plain, program, textOf } from './support.js';

describe('exploring', function () {
  this.timeout(120_000);

  describe('with the reduction finds what full enumeration finds, with as few preemptions', () => {
    for (const [name, bound] of [
      ['arming-meets-reclaim', 3],
      ['vcpu-request-before-entry', 2],
      ['two-arms-read-write-pingpong', 1],
      ['lazy-flush-lost', 2],
      ['misuse-free-during-link', 2],
      ['deadlock-recursive-read', 3],
      ['munmap-waits-for-arm', 1],
      ['set-key-loses-change-bit', 3],
    ] as const) {
      it(`${name}, up to ${bound} preemptions`, () => {
        const p = program(textOf(`examples/threads/${name}.gmap`));
        const full = explored(p, { bound, reduce: false });
        const reduced = explored(p, { bound });
        assert.deepEqual(lines(reduced), lines(full));
        assert.ok(reduced.complete < full.complete, `${reduced.complete} of ${full.complete}`);
      });
    }

    it('programs of the corpus, one preemption', () => {
      const programs = new Map(corpus('random-a').map((r) => [r.name.split('/')[0]!, r]));
      let compared = 0;
      let all = 0;
      let run = 0;
      const small = [...programs.values()].filter((r) => r.threads.flat().length <= 3);
      for (const record of small.filter((_, i) => i % 4 === 0)) {
        const p = plain(record);
        const full = explored(p, { bound: 1, reduce: false });
        const reduced = explored(p, { bound: 1 });
        assert.deepEqual(lines(reduced), lines(full), record.name);
        compared++;
        all += full.complete;
        run += reduced.complete;
      }
      assert.ok(compared >= 15, `${compared} programs`);
      assert.ok(run * 2 < all, `${run} of ${all}`);
    });
  });

  it('looks at every state for `expect always`', () => {
    // The PTE is valid again at the end of each order: only states in between show that it was not.
    const text = `
host mmap 0x10000000 len 1M rw
gmap vm limit 2G
map vm 0x0 len 1M to 0x10000000
guest write vm 0x0
expect always pte vm 0x0 valid
thread migrate {
  host migrate 0x10000000
  host write 0x10000000
}
thread other {
  host age 0x10001000
}
`;
    const p = program(text);
    for (const reduce of [true, false]) {
      const { outcomes } = explored(p, { bound: 1, reduce });
      assert.ok(outcomes.length > 0);
      assert.ok(outcomes.every((o) => o.outcome.failures.some((f) => f.statement.startsWith('expect always'))));
    }
    assert.deepEqual(lines(explored(p, { bound: 1 })), lines(explored(p, { bound: 1, reduce: false })));
  });

  it('counts of calls that a thread itself expects make every step matter', () => {
    const text = `
host mmap 0x10000000 len 1M rw
gmap vm limit 2G
map vm 0x0 len 1M to 0x10000000
notifier kvm
mprotect_notify vm 0x0 len 4K PROT_WRITE
thread age {
  host age 0x10000000
}
thread watcher {
  expect no notification
}
`;
    const p = program(text);
    const full = explored(p, { bound: 1, reduce: false });
    assert.equal(full.outcomes.length, 2);
    assert.deepEqual(lines(explored(p, { bound: 1 })), lines(full));
  });

  it('tells outcomes apart that differ only in how often a function was visited, where that is expected', () => {
    const text = `
host mmap 0x10000000 len 1M rw
gmap vm limit 2G
map vm 0x0 len 1M to 0x10000000
fault vm 0x1000 write
thread guest {
  fault vm 0x0 write
}
thread process {
  host write 0x10000000
}
`;
    assert.equal(explored(program(text)).outcomes.length, 1);
    const faults = explored(
      program(`${text}expect visits handle_mm_fault 2 times
`),
    );
    assert.deepEqual(faults.outcomes.map((o) => o.outcome.failed).sort(), [false, true]);
  });

  it('goes through several blocks of threads', () => {
    const text = `
host mmap 0x10000000 len 1M rw
gmap vm limit 2G
map vm 0x0 len 1M to 0x10000000
repeat 2 {
  thread a { guest write vm 0x0 }
  thread b { host reclaim 0x10000000 }
}
`;
    const p = program(text.replace(/(thread \w) \{ (.*) \}/g, '$1 {\n$2\n}'));
    const full = explored(p, { bound: 1, reduce: false });
    const reduced = explored(p, { bound: 1 });
    assert.deepEqual(lines(reduced), lines(full));
    assert.ok(full.outcomes.length >= 2);
  });
});
