/** Locks held, waited for, taken and released since another moment. */
import { heldLocks, lockWaiters, type HeldLock } from '../../engine/inspect.js';
import { gmapName } from '../../scenario/moment.js';
import type { ScenarioRun } from '../../scenario/run.js';
import { threadNameAt } from '../thread-names.js';
import type { LockView } from './model.js';

/** @param earlier what was held at the last stop; undefined: not known */
export function drawLocks(run: ScenarioRun, row: number, earlier: readonly HeldLock[] | undefined): LockView[] {
  const { machine } = run.recording;
  const now = heldLocks(machine);
  const id = (lock: HeldLock): string => [lock.name, lock.mode, lock.vmaddr, lock.gmap, lock.task].join();
  const held = new Set(now.map(id));
  const before = new Set(earlier?.map(id));
  const view = (lock: HeldLock, state: LockView['state']): LockView => {
    const which =
      lock.vmaddr === undefined
        ? lock.gmap === undefined
          ? undefined
          : gmapName(run.names, lock.gmap)
        : `0x${lock.vmaddr.toString(16)}`;
    return {
      name: lock.name,
      ...(which === undefined ? {} : { which }),
      ...(lock.mode && { mode: lock.mode }),
      thread: threadNameAt(run, lock.task, row),
      state,
    };
  };
  return [
    ...now.map((lock) => view(lock, earlier && !before.has(id(lock)) ? 'taken' : 'held')),
    ...lockWaiters(machine).map((waiter): LockView => ({
      name: waiter.name,
      mode: waiter.mode,
      thread: threadNameAt(run, waiter.task, row),
      state: 'awaited',
    })),
    ...(earlier ?? []).filter((lock) => !held.has(id(lock))).map((lock) => view(lock, 'released')),
  ];
}
