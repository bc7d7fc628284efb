/** What can be checked at every step of a run: the model's invariants, and the order of locks. */
import { InvariantWatch } from '../engine/invariants.js';
import { LockOrder } from '../engine/lockdep.js';
import type { Recording } from '../recording/recording.js';
import type { Failure } from './check.js';

export class StepChecks {
  private readonly order = new LockOrder();
  private readonly invariants: InvariantWatch;
  private rows = 0;
  private broken = false;

  constructor(private readonly recording: Recording) {
    this.invariants = new InvariantWatch(recording.machine, recording.trace);
  }

  /** Looks at what was recorded since the last time. Once something is broken, nothing more is reported. */
  failure(): Failure | undefined {
    const { trace } = this.recording;
    if (this.broken) return undefined;
    let locks: string | undefined;
    for (; this.rows < trace.length; this.rows++) locks ??= this.order.take(trace, this.rows);
    const invariant = this.invariants.broken()?.text;
    if (!locks && !invariant) return undefined;
    this.broken = true;
    return locks
      ? { expected: 'locks are taken in their order', found: locks }
      : { expected: 'no invariant is broken', found: invariant ?? '' };
  }
}
