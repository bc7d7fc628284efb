/** Where things happened: rows by kind, by function, by walk level. Grows with the recording. */
import { Kind, type Trace } from '../engine/trace.js';

/** An ascending list of row numbers. */
export class RowList {
  private rows = new Uint32Array(16);
  length = 0;

  push(row: number): void {
    if (this.length === this.rows.length) {
      const bigger = new Uint32Array(this.length * 2);
      bigger.set(this.rows);
      this.rows = bigger;
    }
    this.rows[this.length++] = row;
  }

  at(i: number): number {
    return this.rows[i]!;
  }

  /** Number of rows before `row`. */
  countBefore(row: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const mid = (low + high) >>> 1;
      if (this.rows[mid]! < row) low = mid + 1;
      else high = mid;
    }
    return low;
  }

  /** Number of rows in [from, to). */
  count(from: number, to: number): number {
    return Math.max(0, this.countBefore(to) - this.countBefore(from));
  }

  truncate(length: number): void {
    this.length = this.countBefore(length);
  }

  *[Symbol.iterator](): Generator<number> {
    for (let i = 0; i < this.length; i++) yield this.rows[i]!;
  }
}

export class RowIndex {
  /** Calls of each function, by its number. */
  private readonly calls: RowList[] = [];
  /** Visits of each walk level, region-first … segment. */
  private readonly walks: RowList[] = [];
  readonly notifications = new RowList();
  readonly operations = new RowList();
  /** The ends of operations, with their results. */
  readonly ends = new RowList();
  readonly statements = new RowList();
  readonly loops = new RowList();
  readonly bugs = new RowList();
  readonly edits = new RowList();
  private done = 0;

  constructor(private readonly trace: Trace) {}

  callsOf(fn: number): RowList {
    return (this.calls[fn] ??= new RowList());
  }

  walksOf(level: number): RowList {
    return (this.walks[level] ??= new RowList());
  }

  /** Takes in the rows recorded since the last time. */
  update(): void {
    const { trace } = this;
    for (let n = this.done; n < trace.length; n++) {
      switch (trace.kind(n)) {
        case Kind.Call:
          this.callsOf(trace.operand(n, 0)).push(n);
          break;
        case Kind.Walk:
          this.walksOf(trace.operand(n, 0)).push(n);
          break;
        case Kind.Notify:
          this.notifications.push(n);
          break;
        case Kind.Op:
          this.operations.push(n);
          break;
        case Kind.End:
          this.ends.push(n);
          break;
        case Kind.Statement:
          this.statements.push(n);
          break;
        case Kind.Loop:
          this.loops.push(n);
          break;
        case Kind.Bug:
          this.bugs.push(n);
          break;
        case Kind.Edit:
          this.edits.push(n);
          break;
        default:
      }
    }
    this.done = trace.length;
  }

  /** Forgets rows from `length` on. */
  truncate(length: number): void {
    for (const list of [...this.calls, ...this.walks]) list?.truncate(length);
    const { notifications, operations, ends, statements, loops, bugs, edits } = this;
    for (const list of [notifications, operations, ends, statements, loops, bugs, edits]) {
      list.truncate(length);
    }
    this.done = Math.min(this.done, length);
  }
}
