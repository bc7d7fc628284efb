/**
 * Several tasks on one machine, one step at a time.
 *
 * A step is what a task does between two of its stops: one event and all that belongs to it. Which task takes the
 * next step is decided here or by the caller; the engine itself has no other source of order.
 */
import type { Machine } from './machine.js';
import { holders, KernelBug, LockClass, type Co, type Task, type Wait } from './task.js';
import { DESC, GMAP } from './machine.js';

interface Running {
  readonly task: Task;
  readonly body: Co<unknown>;
  done: boolean;
}

export type Outcome =
  | { readonly kind: 'ok' }
  | { readonly kind: 'bug'; readonly task: number; readonly text: string }
  | { readonly kind: 'deadlock'; readonly text: string };

export class Scheduler {
  private readonly running: Running[];
  bug: { task: number; text: string } | undefined;

  constructor(
    readonly machine: Machine,
    bodies: readonly { task: Task; body: Co<unknown> }[],
  ) {
    this.running = bodies.map(({ task, body }) => ({ task, body, done: false }));
    // Every task goes to its first stop; that does nothing yet.
    for (const r of this.running) this.resume(r, 0);
  }

  private resume(r: Running, steps: number): void {
    r.task.steps = steps;
    try {
      r.done = r.body.next().done === true;
    } catch (error) {
      if (!(error instanceof KernelBug)) throw error;
      r.done = true;
      this.bug = { task: r.task.id, text: error.message };
    }
  }

  /** Indexes of the tasks that can take a step. */
  runnable(): number[] {
    if (this.bug) return [];
    const ids: number[] = [];
    for (let i = 0; i < this.running.length; i++) if (this.canRun(i)) ids.push(i);
    return ids;
  }

  canRun(index: number): boolean {
    const r = this.running[index];
    return r !== undefined && !r.done && this.bug === undefined && r.task.runnable();
  }

  /** Lets a task take up to `steps` steps; it stops sooner when it has to wait or has ended. */
  step(index: number, steps = 1): void {
    this.resume(this.running[index]!, steps - 1);
  }

  get finished(): boolean {
    return this.running.every((r) => r.done);
  }

  /** How the run stands; undefined while somebody can still run. */
  outcome(): Outcome | undefined {
    if (this.bug) return { kind: 'bug', ...this.bug };
    if (this.finished) return { kind: 'ok' };
    if (this.running.some((_, i) => this.canRun(i))) return undefined;
    return { kind: 'deadlock', text: this.deadlock() };
  }

  private deadlock(): string {
    return this.running
      .filter((r) => !r.done && r.task.wait)
      .map(({ task }) => {
        const by = holders(this.machine, task.wait!);
        const names = by.map((id) => `t${id}`).join('+') || 'nobody';
        return `t${task.id} waits for ${waitName(this.machine, task.wait!)} held by ${names}`;
      })
      .join('; ');
  }
}

/** Name of the lock that somebody waits for. */
export function waitName(m: Machine, wait: Wait): string {
  switch (wait.kind) {
    case 'rcu':
      return 'rcu';
    case 'pcl':
      return `pcl pte@${m.vmaddrOf(wait.lock).toString()}`;
    case 'sem':
      return `${wait.cls === LockClass.MmapSem ? 'mmap_sem' : 'anon_vma'}:${wait.mode}`;
    case 'spin':
      switch (wait.cls) {
        case LockClass.Ptl:
          return `ptl@${m.word(wait.lock - DESC.ptl + DESC.start).toString()}`;
        case LockClass.Gtl:
          return `gtl:g${m.get(wait.lock - GMAP.guest_table_lock + GMAP.slot)}`;
        case LockClass.GmapLock:
          return 'gmap_lock';
        case LockClass.NotifierLock:
          return 'gmap_notifier_lock';
        default:
          return 'page_table_lock';
      }
  }
}
