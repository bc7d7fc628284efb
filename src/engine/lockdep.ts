/**
 * A lock-order checker over the rows of a run, after the kernel's own lockdep: it learns in which order classes of
 * locks are taken, and reports an inversion, a sleeping allocation or lock under a spinlock, and the release of a lock
 * that is not held.
 */
import { AllocKind, LockClass } from './task.js';
import { Kind, MAX_TASKS, type Trace } from './trace.js';

export const LOCK_NAMES: Readonly<Record<LockClass, string>> = {
  [LockClass.MmapSem]: 'mmap_sem',
  [LockClass.AnonVma]: 'anon_vma',
  [LockClass.PageTable]: 'page_table_lock',
  [LockClass.Ptl]: 'ptl',
  [LockClass.Gtl]: 'guest_table_lock',
  [LockClass.GmapLock]: 'gmap_lock',
  [LockClass.NotifierLock]: 'gmap_notifier_lock',
  [LockClass.Rcu]: 'rcu',
  [LockClass.Pcl]: 'pcl',
};

const SLEEPING = new Set<LockClass>([LockClass.MmapSem, LockClass.AnonVma]);
/** Allocations that may sleep; preloading a radix tree is there to be done before the lock. */
const MAY_SLEEP = new Set<AllocKind>([
  AllocKind.Kzalloc,
  AllocKind.Crst,
  AllocKind.Pgtable,
  AllocKind.Data,
  AllocKind.Radix,
  AllocKind.Preload,
]);

interface Held {
  readonly cls: LockClass;
  /** Words that tell one lock of the class from another. */
  readonly which: string;
}

export class LockOrder {
  private readonly held: Held[][] = Array.from({ length: MAX_TASKS }, () => []);
  /** For each class, the classes that were taken while it was held. */
  private readonly after = new Map<LockClass, Set<LockClass>>();

  /** Takes row `n` in. Returns what is wrong with it; rows have to come in order. */
  take(trace: Trace, n: number): string | undefined {
    const kind = trace.kind(n);
    const held = this.held[trace.task(n)]!;
    if (kind === Kind.Alloc) {
      const spin = held.find((h) => !SLEEPING.has(h.cls));
      if (spin && MAY_SLEEP.has(trace.operand(n, 0)))
        return `an allocation that may sleep, while ${LOCK_NAMES[spin.cls]} is held`;
      return undefined;
    }
    if (kind !== Kind.Lock && kind !== Kind.Unlock) return undefined;
    const cls: LockClass = trace.operand(n, 0) & 0xff;
    const which = whichLock(trace, n, cls);
    if (kind === Kind.Unlock) {
      const at = held.findLastIndex((h) => h.cls === cls && h.which === which);
      if (at < 0) return `${LOCK_NAMES[cls]} is released, but this thread does not hold it`;
      held.splice(at, 1);
      return undefined;
    }
    const problem = this.order(held, cls);
    held.push({ cls, which });
    return problem;
  }

  private order(held: readonly Held[], cls: LockClass): string | undefined {
    let problem: string | undefined;
    for (const h of held) {
      if (SLEEPING.has(cls) && !SLEEPING.has(h.cls)) {
        problem ??= `${LOCK_NAMES[cls]} may sleep, and is taken while ${LOCK_NAMES[h.cls]} is held`;
      }
      if (h.cls === cls) continue;
      if (this.reaches(cls, h.cls)) {
        problem ??= `${LOCK_NAMES[cls]} is taken while ${LOCK_NAMES[h.cls]} is held; elsewhere it is the other way round`;
      }
      let after = this.after.get(h.cls);
      if (!after) this.after.set(h.cls, (after = new Set()));
      after.add(cls);
    }
    return problem;
  }

  private reaches(from: LockClass, to: LockClass, seen = new Set<LockClass>()): boolean {
    if (seen.has(from)) return false;
    seen.add(from);
    for (const next of this.after.get(from) ?? []) if (next === to || this.reaches(next, to, seen)) return true;
    return false;
  }
}

function whichLock(trace: Trace, n: number, cls: LockClass): string {
  switch (cls) {
    case LockClass.Ptl:
    case LockClass.Pcl:
      return `${trace.operand(n, 1)}:${trace.operand(n, 2)}`;
    case LockClass.Gtl:
      return String(trace.operand(n, 1));
    default:
      return '';
  }
}
