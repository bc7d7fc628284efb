import assert from 'node:assert/strict';
import { Travel } from '../../src/panel/travel.js';

/** A hand that moves, a host that answers when it is told to, and a clock that is wound by hand. */
function desk() {
  const log: string[] = [];
  let timer: (() => void) | undefined;
  const travel = new Travel({
    preview: (step) => log.push(`preview ${step}`),
    goTo: (step) => log.push(`goTo ${step}`),
    rest: 100,
    setTimeout: (run) => (timer = run),
    clearTimeout: () => (timer = undefined),
  });
  const rest = (): void => {
    const run = timer;
    timer = undefined;
    run?.();
  };
  return { travel, log, rest };
}

describe('moving through time', () => {
  it('draws one moment at a time, and of those that came meanwhile the newest', () => {
    const { travel, log } = desk();
    for (const step of [1, 2, 3, 4]) travel.moveTo(step, false);
    assert.deepEqual(log, ['preview 1']);
    travel.answered();
    travel.answered();
    assert.deepEqual(log, ['preview 1', 'preview 4']);
  });

  it('moves the debugger when the hand rests, once', () => {
    const { travel, log, rest } = desk();
    travel.moveTo(1, false);
    travel.moveTo(2, false);
    rest();
    travel.moveTo(2, true);
    assert.deepEqual(log, ['preview 1', 'goTo 2']);
  });

  it('moves the debugger at once when the hand says so', () => {
    const { travel, log, rest } = desk();
    travel.moveTo(5, true);
    rest();
    assert.deepEqual(log, ['goTo 5', 'preview 5']);
  });

  it('draws where the debugger stopped, but not while the hand is further', () => {
    const { travel, rest } = desk();
    travel.moveTo(5, true);
    travel.moveTo(6, false);
    assert.equal(travel.stopped(5), false);
    rest();
    assert.equal(travel.stopped(6), true);
    assert.equal(travel.target, undefined);
  });

  it('takes the stop behind a moment at which nobody can stop', () => {
    const { travel } = desk();
    travel.moveTo(5, true);
    assert.equal(travel.stopped(6), true);
  });

  it('waits for the answer to its last move', () => {
    const { travel } = desk();
    travel.moveTo(5, true);
    travel.moveTo(6, true);
    assert.equal(travel.stopped(5), false);
    assert.equal(travel.stopped(6), true);
  });

  it('draws where the debugger went by itself', () => {
    const { travel } = desk();
    assert.equal(travel.stopped(9), true);
  });

  it('forgets its moves when one failed', () => {
    const { travel, log } = desk();
    travel.moveTo(5, true);
    travel.forget();
    assert.equal(travel.stopped(3), true);
    travel.moveTo(5, true);
    assert.deepEqual(log, ['goTo 5', 'preview 5', 'goTo 5', 'preview 5']);
  });
});
