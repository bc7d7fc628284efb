import assert from 'node:assert/strict';
import { Kind } from '../../src/engine/trace.js';
import { timeline } from '../../src/debug/timeline.js';
import { Timeline, type Bar } from '../../src/debug/timeline-model.js';
import { ScenarioRun } from '../../src/scenario/run.js';
import { compiled } from '../scenario/support.js';
import { ARMED, finished, long, THREADS } from './support.js';

const texts = (bars: readonly Bar[]): string[] => bars.map(({ text }) => text);
const size = (view: Timeline): number =>
  view.statements.length +
  view.calls.length +
  view.marks.length +
  view.lanes.reduce(
    (sum, lane) =>
      sum + lane.statements.length + lane.calls.length + lane.runs.length + lane.locks.length + lane.waits.length,
    0,
  );

describe('the time line', () => {
  const run = finished(ARMED);
  const { length } = run.recording;
  const whole = timeline(run);

  it('has its shape', () => {
    assert.equal(Timeline.check(JSON.parse(JSON.stringify(whole))), undefined);
    assert.deepEqual([whole.from, whole.to, whole.recorded, whole.ended], [0, length, length, true]);
    assert.equal(whole.start, run.start);
  });

  it('has a bar for each statement, side by side', () => {
    const part = timeline(run, { from: run.start, to: length });
    assert.deepEqual(texts(part.statements).slice(0, 2), [
      'mprotect_notify vm 0x2000 len 8K PROT_WRITE -> 0',
      'host reclaim 0x10002000 -> 0',
    ]);
    for (const [i, bar] of part.statements.slice(1).entries()) assert.ok(part.statements[i]!.to <= bar.from);
    assert.equal(part.statements.at(-1)!.to, length);
  });

  it('has a bar for each call, inside the bar of its caller', () => {
    const { calls } = timeline(run, { from: run.start, to: length });
    const outer = calls.find(({ text }) => text === 'gmap_mprotect_notify')!;
    const inner = calls.filter(({ text }) => text === 'gmap_pte_op_walk');
    assert.equal(outer.depth, 0);
    assert.ok(inner.length >= 3);
    for (const { depth, from, to } of inner) assert.ok(depth === 1 && from > outer.from && to <= outer.to);
  });

  it('marks retries, notifier calls, and expectations that hold or fail', () => {
    const marks = timeline(run, { from: run.start, to: length }).marks;
    const number = (kind: string): number =>
      marks.filter((mark) => mark.kind === kind).reduce((sum, mark) => sum + mark.count, 0);
    assert.deepEqual([number('retry'), number('notify')], [2, 1]);
    const fail = marks.find(({ kind }) => kind === 'fail')!;
    assert.match(fail.text, /expect notified kvm vm 0x2000\.\.0x2fff 2 times: expected .*, found /);
    assert.equal(fail.step, run.failures[0]!.row);
    assert.match(marks.find(({ kind }) => kind === 'notify')!.text, /^kvm vm 0x2000\.\.0x2fff$/);
  });

  it('shows a part of the run in more detail', () => {
    const { index } = run.recording;
    const at = index.operations.at(index.operations.length - 1);
    const part = timeline(run, { from: at, to: at + 10 });
    assert.deepEqual([part.from, part.to], [at, at + 10]);
    assert.ok(part.statements.every(({ from, to }) => to > at && from < at + 10));
  });

  it('bends what was asked for into the run', () => {
    assert.deepEqual([timeline(run, { to: length * 2 }).to, timeline(run, { from: length * 2 }).to], [length, length]);
    const wrong = timeline(run, { from: 90, to: 20 });
    assert.ok(wrong.from < wrong.to && wrong.to <= length);
  });

  it('is there before anything has run', () => {
    const file = compiled(ARMED);
    const fresh = new ScenarioRun(file, file.scenarios[0]!);
    const view = timeline(fresh);
    assert.deepEqual([view.recorded, view.ended, size(view)], [0, false, 0]);
  });

  it('grows with the recording', () => {
    const file = compiled(ARMED);
    const growing = new ScenarioRun(file, file.scenarios[0]!);
    while (growing.advance(7)) timeline(growing);
    const view = timeline(growing);
    assert.deepEqual(view, whole);
  });
});

describe('the time line of threads', () => {
  const run = finished(THREADS);
  const { trace, length } = run.recording;
  const view = timeline(run);

  it('has its shape, and one bar for the threads', () => {
    assert.equal(Timeline.check(JSON.parse(JSON.stringify(view))), undefined);
    assert.ok(texts(timeline(run, { from: run.start, to: length }).statements).includes('arm ∥ reclaim'));
  });

  it('has a lane for each thread, that runs exactly when the thread has the turn', () => {
    assert.deepEqual(
      view.lanes.map(({ thread }) => thread),
      ['arm', 'reclaim'],
    );
    for (const [i, { runs }] of view.lanes.entries()) {
      for (let n = 0; n < length; n++) {
        const running = runs.some(({ from, to }) => n >= from && n < to);
        assert.equal(running, trace.task(n) === i + 1, `step ${n}`);
      }
    }
  });

  it('shows locks that are held, and what waits for them', () => {
    const [arm, reclaim] = view.lanes;
    const lock = reclaim!.locks.find(({ text }) => text.startsWith('ptl'))!;
    assert.equal(trace.kind(lock.from), Kind.Lock);
    assert.equal(trace.kind(lock.to - 1), Kind.Unlock);
    assert.deepEqual(texts(arm!.waits), ['ptl 0x10000000']);
    const [wait] = arm!.waits;
    assert.ok(wait!.from >= lock.from && wait!.to <= lock.to);
    assert.deepEqual(texts(arm!.statements), ['mprotect_notify vm 0x0 len 4K PROT_READ -> 0']);
  });
});

describe('the time line of a million steps', function () {
  this.timeout(60_000);
  const run = finished(long(8700));
  const { length } = run.recording;

  it('is a million steps long', () => assert.ok(length > 1_000_000, String(length)));

  it('stays small, however much of the run it shows', () => {
    timeline(run); // Builds the index.
    for (const [from, to] of [
      [0, length],
      [0, 1000],
      [length - 50_000, length],
      [length >> 1, (length >> 1) + 200_000],
    ] as const) {
      const view = timeline(run, { from, to });
      assert.ok(size(view) < 4000, `${size(view)} items`);
      assert.ok(view.statements.some(({ count }) => count > 1) || to - from < 2000);
      // Nothing is lost: what stands for many says how many.
      const all = run.recording.index.notifications.count(view.from, view.to);
      const shown = view.marks.filter(({ kind }) => kind === 'notify').reduce((sum, { count }) => sum + count, 0);
      assert.equal(shown, all);
    }
  });
});
