/** Locks: who holds them, and who waits for which. */
import { eventText } from '../engine/events.js';
import { heldLocks, lockWaiters, type HeldLock } from '../engine/inspect.js';
import { Kind } from '../engine/trace.js';
import type { Target } from './target.js';

const hex = (n: bigint): string => `0x${n.toString(16)}`;

/** A lock's name in the words of the log. */
function logName(lock: HeldLock): string {
  switch (lock.name) {
    case 'ptl':
      return `ptl@${hex(lock.vmaddr!)}`;
    case 'pcl':
      return `pcl pte@${hex(lock.vmaddr!)}`;
    case 'guest_table_lock':
      return `gtl:g${lock.gmap ?? 0}`;
    default:
      return lock.name;
  }
}

export interface Waiting {
  readonly task: number;
  readonly lock: string;
  /** Names of the threads that hold it. */
  readonly holders: readonly string[];
}

/** What a thread has to wait for at the cursor before it can take its next step; undefined: it can take it. */
export function waitingFor(target: Target, task: number): Waiting | undefined {
  const { machine, trace, run } = target;
  const { outcome } = run;
  if (outcome?.kind === 'deadlock' && target.position >= target.recording.length) {
    for (const part of outcome.text.split('; ')) {
      const match = /^(?:(.*) )?waits for (.*) held by (.*)$/.exec(part);
      if (match && (match[1] ?? target.threadName(0)) === target.threadName(task)) {
        return { task, lock: match[2]!, holders: match[3]!.split(/, |\+/) };
      }
    }
  }
  const row = target.nextRow(task);
  if (row === undefined || row >= trace.length || trace.kind(row) !== Kind.Lock) return undefined;
  const lock = eventText(trace, row, target.recording.generation).slice(2);
  const [name = lock, mode] = lock.split(':');
  const wantsWrite = mode === 'w';
  const isSem = name === 'mmap_sem' || name === 'anon_vma';
  const held = heldLocks(machine).filter((h) => {
    if (h.task === task || h.name === 'rcu') return false;
    return isSem ? h.name === name && (wantsWrite || h.mode === 'write') : logName(h) === lock;
  });
  const queued = isSem && lockWaiters(machine).some((w) => w.name === name && w.task === task);
  if (held.length === 0 && !queued) return undefined;
  return { task, lock, holders: held.map((h) => target.threadName(h.task)) };
}

/** Every thread that waits at the cursor. */
export function waiters(target: Target): Waiting[] {
  const tasks = [0, ...target.threadsAt(target.position).map(({ task }) => task)];
  return tasks.flatMap((task) => waitingFor(target, task) ?? []);
}
