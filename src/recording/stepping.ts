/**
 * Where a person may stop, and where steps lead: forwards and, exactly mirrored, backwards.
 *
 * A stop is a row: the run stands before it. Each of its threads stands before its own next row.
 */
import { functionById } from '../engine/catalog.js';
import { Kind } from '../engine/trace.js';
import type { Recording } from './recording.js';

export class Stepping {
  /** @param silent Statement rows at which nobody stops: an operation returned what it had to return, a block ends. */
  constructor(
    readonly recording: Recording,
    private readonly silent: (row: number) => boolean,
  ) {}

  /** True if a person may stop with row `n` next. */
  isStop(n: number): boolean {
    const { trace } = this.recording;
    const kind = trace.kind(n);
    if (kind === Kind.End) return false;
    if (kind === Kind.Statement) return !this.silent(n);
    const caller = trace.caller(n);
    return caller < 0 || !functionById(trace.operand(caller, 0)).wrapper;
  }

  /** First stop in `from` ≤ n < `to`; undefined if there is none. */
  firstStop(from: number, to = this.recording.length): number | undefined {
    for (let n = from; n < to; n++) if (this.isStop(n)) return n;
    return undefined;
  }

  /** Last stop in `from` ≤ n < `to`; undefined if there is none. */
  lastStop(to: number, from = 0): number | undefined {
    for (let n = to - 1; n >= from; n--) if (this.isStop(n)) return n;
    return undefined;
  }

  /** Last row of a thread before `n`; -1 if there is none. */
  previousRowOf(task: number, n: number): number {
    const { trace } = this.recording;
    let row = n - 1;
    while (row >= 0 && trace.task(row) !== task) row--;
    return row;
  }

  /** Is the stop at `n` the first of its frame: has its function just been called? */
  entersFunction(n: number): boolean {
    const { trace } = this.recording;
    const caller = trace.caller(n);
    if (caller < 0 || (trace.kind(caller) !== Kind.Call && trace.kind(caller) !== Kind.Op)) return false;
    return caller === n - 1 || this.previousRowOf(trace.task(n), n) === caller;
  }

  /** Calls deeper than the person at row `n` looks at: a step over stays at this depth, a step out goes above it. */
  depth(n: number): number {
    return n < this.recording.length ? this.recording.trace.depth(n) : 0;
  }

  /** Could a step of a thread (undefined: of any) that stays at or above `depth` end at row `n`? */
  isTarget(n: number, task: number | undefined, depth: number): boolean {
    const { trace } = this.recording;
    return (task === undefined || trace.task(n) === task) && trace.depth(n) <= depth;
  }
}
