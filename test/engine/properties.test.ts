import assert from 'node:assert/strict';
import fc from 'fast-check';
import { heldLocks, tableAt } from '../../src/engine/inspect.js';
import { brokenInvariant, InvariantWatch } from '../../src/engine/invariants.js';
import { LockOrder } from '../../src/engine/lockdep.js';
import { parseOperation } from '../../src/engine/operation.js';
import { runOperation } from '../../src/engine/operations.js';
import { Scheduler } from '../../src/engine/scheduler.js';
import { snapshot } from '../../src/engine/snapshot.js';
import { KernelBug, Task, type Co } from '../../src/engine/task.js';
import { Bench } from './bench.js';
import { program, threadedProgram } from './programs.js';

/** Runs a program; false if the kernel crashed on the way. */
function survives(bench: Bench, lines: readonly string[], after: (line: string) => void): boolean {
  for (const line of lines) {
    try {
      bench.run(line);
    } catch (error) {
      if (error instanceof KernelBug) return false;
      throw error;
    }
    after(line);
  }
  return true;
}

describe('any program', () => {
  for (const generation of ['after', 'before'] as const) {
    it(`keeps the invariants and the order of locks, and gives every lock back (${generation})`, function () {
      this.timeout(60_000);
      fc.assert(
        fc.property(program(generation), (lines) => {
          const bench = new Bench(generation);
          const order = new LockOrder();
          let rows = 0;
          survives(bench, lines, (line) => {
            for (; rows < bench.trace.length; rows++) assert.equal(order.take(bench.trace, rows), undefined, line);
            assert.equal(brokenInvariant(bench.machine)?.text, undefined, line);
            assert.deepEqual(heldLocks(bench.machine), [], line);
          });
        }),
        { numRuns: 100 },
      );
    });
  }

  it('can be taken back to the start', () => {
    fc.assert(
      fc.property(program('after'), (lines) => {
        const bench = new Bench();
        const start = snapshot(bench.machine);
        survives(bench, lines, () => undefined);
        const end = snapshot(bench.machine);
        bench.trace.toggle(bench.machine.mem, 0, bench.trace.length);
        assert.deepEqual(snapshot(bench.machine), start);
        bench.trace.toggle(bench.machine.mem, 0, bench.trace.length);
        assert.deepEqual(snapshot(bench.machine), end);
      }),
      { numRuns: 100 },
    );
  });

  it('leaves nothing broken unnoticed that is looked for where something changed', () => {
    fc.assert(
      fc.property(program('after'), fc.nat(), fc.nat(0xffff), (lines, where, bits) => {
        const bench = new Bench();
        const { machine } = bench;
        const watch = new InvariantWatch(machine, bench.trace);
        survives(bench, lines, (line) => assert.equal(watch.broken()?.text, undefined, line));
        // Some word of a gmap's table or of a page table changes: whatever that breaks is broken for both.
        const words = (machine.mm('top') - 0x4000) >>> 3;
        const address = 0x4000 + (where % words) * 8;
        const table = tableAt(machine, address);
        if (!table || (table.owner === 'host' && table.level !== 'pg')) return;
        bench.edit();
        machine.put(address, machine.hi(address) ^ (bits << 12), machine.lo(address) ^ bits);
        assert.equal(watch.broken()?.text, brokenInvariant(machine)?.text);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps the invariants at every step of any interleaving', function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(threadedProgram, fc.infiniteStream(fc.nat(1000)), ({ setup, threads }, choices) => {
        const bench = new Bench();
        if (!survives(bench, setup, () => undefined)) return;
        bench.machine.threaded = true;
        const body = function* (task: Task, lines: readonly string[]): Co {
          for (const [i, line] of lines.entries()) yield* runOperation(task, parseOperation(line), i);
        };
        const scheduler = new Scheduler(
          bench.machine,
          threads.map((lines, id) => {
            const task = new Task(bench.machine, id);
            return { task, body: body(task, lines) };
          }),
        );
        while (!scheduler.outcome()) {
          const runnable = scheduler.runnable();
          scheduler.step(runnable[choices.next().value! % runnable.length]!);
          // A step that changed nothing cannot have broken anything.
          const last = bench.trace.length - 1;
          if (bench.trace.changeCount(last) > 0) assert.equal(brokenInvariant(bench.machine)?.text, undefined);
        }
        const outcome = scheduler.outcome()!;
        assert.notEqual(outcome.kind, 'deadlock', 'text' in outcome ? outcome.text : '');
        if (outcome.kind === 'ok') assert.deepEqual(heldLocks(bench.machine), []);
      }),
      { numRuns: 20 },
    );
  });
});
