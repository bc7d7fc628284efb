/**
 * What the time line shows of a run, kept ready: calls by depth, statements, when each thread ran, held and awaited
 * locks. Grows with the recording, so that any part of a run of millions of steps can be drawn without reading it again.
 */
import { LockClass } from '../engine/task.js';
import { Kind, type Trace } from '../engine/trace.js';

/** Rows that grow at their end; each is a few 32-bit numbers. */
export class Columns<F extends string> {
  length = 0;
  private data: Uint32Array;
  private readonly at: Readonly<Record<F, number>>;
  private readonly width: number;

  constructor(...fields: readonly F[]) {
    this.width = fields.length;
    this.at = Object.fromEntries(fields.map((name, i) => [name, i])) as Record<F, number>;
    this.data = new Uint32Array(16 * this.width);
  }

  push(values: Readonly<Record<F, number>>): number {
    if ((this.length + 1) * this.width > this.data.length) {
      const bigger = new Uint32Array(this.data.length * 2);
      bigger.set(this.data);
      this.data = bigger;
    }
    for (const name in this.at) this.data[this.length * this.width + this.at[name]] = values[name];
    return this.length++;
  }

  get(i: number, name: F): number {
    return this.data[i * this.width + this.at[name]]!;
  }

  set(i: number, name: F, value: number): void {
    this.data[i * this.width + this.at[name]] = value;
  }

  /** Number of rows whose `name` is below `limit`, in a column that ascends. */
  below(name: F, limit: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const mid = (low + high) >>> 1;
      if (this.get(mid, name) < limit) low = mid + 1;
      else high = mid;
    }
    return low;
  }
}

/** Not over yet. */
export const OPEN = 0xffff_ffff;

export type Spans = Columns<'from' | 'to' | 'what'>;

interface ThreadIndex {
  readonly task: number;
  /** What the thread does: `what` is the statement's number. */
  readonly statements: Spans;
  /** When it has the turn. */
  readonly runs: Spans;
  /** Held locks: `what` is their number in {@link TimelineIndex.locks}. */
  readonly locks: Spans;
  readonly waits: Spans;
  /** Calls by depth: `what` is the function. */
  readonly calls: Spans[];
  /** Held locks by their number: the row in {@link locks}. */
  readonly held: Map<number, number>;
  lastRow: number;
}

const spans = (): Spans => new Columns('from', 'to', 'what');

export class TimelineIndex {
  readonly threads: (ThreadIndex | undefined)[] = [];
  /** Rows where statements begin, of any thread. */
  private readonly tops = new Columns('row');
  /** Each lock that was ever taken: class and mode, and the words that tell it from others. */
  readonly locks: { readonly cls: number; readonly hi: number; readonly lo: number }[] = [];
  private readonly lockNumbers = new Map<string, number>();
  /** The newest rows at which a lock was taken and released, and by whom. */
  private readonly uses: { task: number; taken: number; released: number }[] = [];
  private done = 0;
  private running = -1;
  private newest = 0;

  private constructor(private readonly trace: Trace) {}

  /** The index of a trace, up to its end. */
  static of(trace: Trace): TimelineIndex {
    let index = indexes.get(trace);
    if (!index?.fits()) indexes.set(trace, (index = new TimelineIndex(trace)));
    index.update();
    return index;
  }

  /** Where the statement before a position and the one behind it begin. */
  around(position: number): { back: number; forward: number } {
    const { tops } = this;
    const at = tops.below('row', position);
    const behind = tops.below('row', position + 1);
    return {
      back: at > 0 ? tops.get(at - 1, 'row') : 0,
      forward: behind < tops.length ? tops.get(behind, 'row') : this.done,
    };
  }

  /** Number of the scenario's own statement that row `n` belongs to. */
  statementAt(n: number): number | undefined {
    const statements = this.threads[0]?.statements;
    const i = (statements?.below('from', n + 1) ?? 0) - 1;
    return i < 0 ? undefined : statements!.get(i, 'what');
  }

  /** Rows where the newest statements before a position begin, newest first. */
  *before(position: number, most: number): Generator<number> {
    const at = this.tops.below('row', position);
    for (let i = at - 1; i >= Math.max(0, at - most); i--) yield this.tops.get(i, 'row');
  }

  /** Takes in the rows recorded since the last time. */
  private update(): void {
    for (; this.done < this.trace.length; this.done++) this.row(this.done);
    this.newest = this.fingerprint();
  }

  /** False if rows that are indexed were forgotten. */
  private fits(): boolean {
    return this.done <= this.trace.length && this.fingerprint() === this.newest;
  }

  private fingerprint(): number {
    const { trace, done } = this;
    const n = done - 1;
    return n < 0 ? 0 : trace.site(n) + 4096 * (trace.kind(n) + 32 * (trace.task(n) + 16 * (trace.caller(n) + 1)));
  }

  private thread(task: number): ThreadIndex {
    return (this.threads[task] ??= {
      task,
      statements: spans(),
      runs: spans(),
      locks: spans(),
      waits: spans(),
      calls: [],
      held: new Map(),
      lastRow: -1,
    });
  }

  private row(n: number): void {
    const { trace } = this;
    const task = trace.task(n);
    const thread = this.thread(task);
    if (task !== this.running) this.turn(n, task);
    switch (trace.kind(n)) {
      case Kind.Op:
        if (trace.depth(n) === 0) this.statement(n, thread, trace.operand(n, 1), true);
        else this.call(n, thread, trace.operand(n, 0));
        break;
      case Kind.Statement:
        // A verdict in the middle of a statement does not end it.
        if (trace.caller(n) < 0) this.statement(n, thread, trace.operand(n, 0), false);
        break;
      case Kind.Call:
        this.call(n, thread, trace.operand(n, 0));
        break;
      case Kind.Return:
      case Kind.End:
        closeLast(thread.calls[trace.depth(n) - 2], n + 1);
        if (trace.depth(n) === 1) closeLast(thread.statements, n + 1);
        break;
      case Kind.Block:
        thread.waits.push({ from: n + 1, to: OPEN, what: this.lockNumber(n) });
        break;
      case Kind.Lock:
        closeLast(thread.waits, n);
        this.lock(n, thread);
        break;
      case Kind.Unlock:
        this.unlock(n, thread);
        break;
      default:
    }
    thread.lastRow = n;
  }

  /** Another thread runs from here on. */
  private turn(n: number, task: number): void {
    if (this.running >= 0) closeLast(this.thread(this.running).runs, n);
    this.running = task;
    this.thread(task).runs.push({ from: n, to: OPEN, what: 0 });
    const main = this.thread(0).statements;
    if (task > 0 && main.length > 0) main.set(main.length - 1, 'to', OPEN);
  }

  private statement(n: number, { statements }: ThreadIndex, number: number, begins: boolean): void {
    const last = statements.length - 1;
    const what = last >= 0 ? statements.get(last, 'what') : -1;
    if (!begins && what === number) {
      statements.set(last, 'to', n + 1);
    } else {
      closeLast(statements, n);
      statements.push({ from: n, to: begins ? OPEN : n + 1, what: number });
      this.tops.push({ row: n });
    }
  }

  private call(n: number, { calls }: ThreadIndex, fn: number): void {
    const depth = this.trace.depth(n) - 1;
    if (depth < 0) return;
    (calls[depth] ??= spans()).push({ from: n, to: OPEN, what: fn });
  }

  private lockNumber(n: number): number {
    const { trace } = this;
    const cls = trace.operand(n, 0);
    const kind: LockClass = cls & 0xff;
    const two = kind === LockClass.Ptl || kind === LockClass.Pcl;
    const hi = two ? trace.operand(n, 1) : 0;
    const lo = two ? trace.operand(n, 2) : kind === LockClass.Gtl ? trace.operand(n, 1) : 0;
    const key = `${cls}:${hi}:${lo}`;
    let number = this.lockNumbers.get(key);
    if (number === undefined) {
      number = this.locks.push({ cls, hi, lo }) - 1;
      this.uses.push({ task: -1, taken: -1, released: -1 });
      this.lockNumbers.set(key, number);
    }
    return number;
  }

  private lock(n: number, thread: ThreadIndex): void {
    const number = this.lockNumber(n);
    const use = this.uses[number]!;
    // Somebody else had it after this thread's step before: so long it could not run.
    if (use.task !== thread.task && use.released > thread.lastRow + 1 && thread.lastRow >= 0) {
      const from = Math.max(thread.lastRow + 1, use.taken);
      thread.waits.push({ from, to: use.released, what: number });
    }
    this.uses[number] = { task: thread.task, taken: n, released: -1 };
    if (!thread.held.has(number)) thread.held.set(number, thread.locks.push({ from: n, to: OPEN, what: number }));
  }

  private unlock(n: number, thread: ThreadIndex): void {
    const number = this.lockNumber(n);
    const held = thread.held.get(number);
    if (held === undefined) return;
    thread.held.delete(number);
    thread.locks.set(held, 'to', n + 1);
    this.uses[number]!.released = n + 1;
  }
}

const indexes = new WeakMap<Trace, TimelineIndex>();

function closeLast(columns: Spans | undefined, to: number): void {
  const last = (columns?.length ?? 0) - 1;
  if (last >= 0 && columns!.get(last, 'to') === OPEN) columns!.set(last, 'to', to);
}
