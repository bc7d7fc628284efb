import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { hostPteAddress } from '../../src/engine/inspect.js';
import { MM, MM_AT } from '../../src/engine/machine.js';
import { randomNumbers } from '../../src/scenario/schedule.js';
import { compileFile } from '../../src/scenario/compile.js';
import { ScenarioRun } from '../../src/scenario/run.js';

const TEXT = `
host mmap 0x10000000 len 64M rw
gmap vm limit 16T
notifier kvm
map vm 0x0 len 64M to 0x10000000
repeat 60 {
  mprotect_notify vm 0x0 len 1M PROT_WRITE
  mprotect_notify vm 0x100000 len 1M PROT_READ
  host madvise dontneed 0x10000000 len 1M
  gmap g3 limit 4G
  map g3 0x0 len 2M to 0x10000000
  fault g3 0x1000 write
  free g3
}
`;

function longRun(): ScenarioRun {
  const { file } = compileFile(TEXT, 'long.gmap');
  const run = new ScenarioRun(file!, file!.scenarios[0]!);
  run.finish();
  assert.ok(run.recording.length > 1_000_000, `only ${run.recording.length} steps`);
  return run;
}

describe('jumps in a long run', function () {
  this.timeout(60_000);

  it('find every change of a word, newest first', () => {
    const { recording } = longRun();
    const { trace } = recording;
    // A PTE that changes all the time, and a word that changes twice.
    for (const address of [hostPteAddress(recording.machine, 0x10005000n), MM_AT + MM.vmas]) {
      const all: number[] = [];
      for (let n = 0; n < trace.length; n++) {
        for (let i = 0; i < trace.changeCount(n); i++) {
          if (trace.changeIndex(n, i) >>> 1 === address >>> 3) all.push(n);
        }
      }
      const rows = [...new Set(all)].reverse();
      assert.deepEqual([...recording.changes(address)], rows);
      const middle = rows[rows.length >> 1]!;
      assert.equal(recording.lastChange(address, middle + 1), middle);
      assert.equal(recording.lastChange(address, rows.at(-1)), undefined);
    }
  });

  it('reach the same memory as going step by step', () => {
    const { recording } = longRun();
    const { machine, trace } = recording;
    const hash = (): string => createHash('sha1').update(machine.mem).digest('hex');
    const random = randomNumbers(1);
    const places = Array.from({ length: 12 }, () => Math.floor(random() * recording.length)).sort((a, b) => a - b);
    // Straight through the rows, without checkpoints.
    recording.seek(0);
    const expected = new Map<number, string>();
    let at = 0;
    for (const place of places) {
      trace.toggle(machine.mem, at, place);
      at = place;
      expected.set(place, hash());
    }
    trace.toggle(machine.mem, 0, at);
    for (let i = 0; i < 40; i++) {
      const place = places[Math.floor(random() * places.length)]!;
      recording.seek(place);
      assert.equal(hash(), expected.get(place), `step ${place}`);
    }
  });
});
