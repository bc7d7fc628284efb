/**
 * The run as rows: what happened, step by step, and which words of memory each step changed.
 *
 * A row is three 32-bit words (what, caller, where its data begins) plus a variable number of words in a pool:
 * first its operands, then two words for each memory word that it changed: the index, and old XOR new. XOR makes
 * one entry serve both directions of time.
 */

export const enum Kind {
  Op,
  End,
  Call,
  Return,
  Lock,
  Unlock,
  Block,
  Rcu,
  Walk,
  Alloc,
  Free,
  Data,
  Lookup,
  Insert,
  Delete,
  Invalidate,
  Flush,
  Notify,
  Key,
  Loop,
  Host,
  Access,
  RaceBegin,
  RaceEnd,
  Bug,
  FlushDone,
  /** A decision or assignment between two events: a place to stop, not a preemption point. */
  Note,
  /** An expectation, print or heading of the scenario. */
  Statement,
  /** A word changed by the person at the debugger. */
  Edit,
}

const SITE_BITS = 12;
const KIND_BITS = 5;
const TASK_BITS = 4;
const COUNT_BITS = 4;
const KIND_SHIFT = SITE_BITS;
const TASK_SHIFT = KIND_SHIFT + KIND_BITS;
const COUNT_SHIFT = TASK_SHIFT + TASK_BITS;
const DEPTH_SHIFT = COUNT_SHIFT + COUNT_BITS;

/** Limits that the row format sets. */
export const MAX_SITES = 1 << SITE_BITS;
export const MAX_TASKS = 1 << TASK_BITS;
export const MAX_DEPTH = 1 << (32 - DEPTH_SHIFT);

const ROWS_SHIFT = 16;
const ROWS_MASK = (1 << ROWS_SHIFT) - 1;
const POOL_SHIFT = 18;
const POOL_MASK = (1 << POOL_SHIFT) - 1;

/** Words of the first chunk of a run before it grows: most runs are short. */
const FIRST_CHUNK = 6 << 10;

/** The chunk that has room for word `at`: a new one, or the first one grown. */
function room(chunks: Uint32Array[], number: number, at: number, size: number): Uint32Array {
  const old = chunks[number];
  if (old && at < old.length) return old;
  const chunk = new Uint32Array(number > 0 ? size : Math.min(size, old ? old.length * 2 : FIRST_CHUNK));
  if (old) chunk.set(old);
  return (chunks[number] = chunk);
}

/** The run is longer than the configured number of rows. */
export class TraceLimitError extends Error {
  constructor(readonly limit: number) {
    super(`the run has more than ${limit} steps; raise the limit (maxSteps) or make the scenario shorter`);
  }
}

export class Trace {
  /** Number of rows. */
  length = 0;
  /** Off: nothing is recorded and {@link length} stays; for measuring and exploring. */
  recording = true;
  private readonly rows: Uint32Array[] = [];
  private readonly pool: Uint32Array[] = [];
  private poolLength = 0;
  private row: Uint32Array = new Uint32Array(0);
  private chunk: Uint32Array = new Uint32Array(0);
  private at = 0;

  constructor(readonly maxRows = 20_000_000) {}

  /** Bytes taken by rows and their data (in whole chunks). */
  get bytes(): number {
    return [...this.rows, ...this.pool].reduce((bytes, chunk) => bytes + chunk.byteLength, 0);
  }

  /** Bytes used by rows and their data (without the unused rest of the last chunks). */
  get usedBytes(): number {
    return this.length * 12 + this.poolLength * 4;
  }

  /** Begins a row. Operands and memory changes that follow belong to it. */
  begin(kind: Kind, site: number, task: number, depth: number, caller: number): void {
    if (!this.recording) return;
    const n = this.length;
    if (n >= this.maxRows) throw new TraceLimitError(this.maxRows);
    if (depth >= MAX_DEPTH) throw new RangeError(`calls nest deeper than ${MAX_DEPTH}`);
    const slot = n & ROWS_MASK;
    this.at = slot * 3;
    if (slot === 0 || this.at >= this.row.length)
      this.row = room(this.rows, n >>> ROWS_SHIFT, slot * 3, 3 << ROWS_SHIFT);
    this.row[this.at] = site | (kind << KIND_SHIFT) | (task << TASK_SHIFT) | (depth << DEPTH_SHIFT);
    this.row[this.at + 1] = caller;
    this.row[this.at + 2] = this.poolLength;
    this.length = n + 1;
  }

  private push(word: number): void {
    const n = this.poolLength;
    const i = n & POOL_MASK;
    if (i === 0 || i >= this.chunk.length) this.chunk = room(this.pool, n >>> POOL_SHIFT, i, 1 << POOL_SHIFT);
    this.chunk[i] = word;
    this.poolLength = n + 1;
  }

  /** Adds an operand word to the newest row. */
  num(word: number): this {
    if (this.recording) {
      this.push(word);
      this.row[this.at]! += 1 << COUNT_SHIFT;
    }
    return this;
  }

  /** Adds a 64-bit operand to the newest row. */
  word(hi: number, lo: number): this {
    if (this.recording) {
      this.push(hi);
      this.push(lo);
      this.row[this.at]! += 2 << COUNT_SHIFT;
    }
    return this;
  }

  /** Records that memory word `index` changed by `xor` in the newest row. */
  changed(index: number, xor: number): void {
    if (!this.recording || this.length === 0) return;
    this.push(index);
    this.push(xor);
  }

  private head(n: number): number {
    return this.rows[n >>> ROWS_SHIFT]![(n & ROWS_MASK) * 3]!;
  }

  kind(n: number): Kind {
    return (this.head(n) >>> KIND_SHIFT) & ((1 << KIND_BITS) - 1);
  }

  site(n: number): number {
    return this.head(n) & (MAX_SITES - 1);
  }

  task(n: number): number {
    return (this.head(n) >>> TASK_SHIFT) & (MAX_TASKS - 1);
  }

  depth(n: number): number {
    return this.head(n) >>> DEPTH_SHIFT;
  }

  /** Row of the call (or of the operation) that this row belongs to; -1 at the bottom. */
  caller(n: number): number {
    return this.rows[n >>> ROWS_SHIFT]![(n & ROWS_MASK) * 3 + 1]! | 0;
  }

  private start(n: number): number {
    return n >= this.length ? this.poolLength : this.rows[n >>> ROWS_SHIFT]![(n & ROWS_MASK) * 3 + 2]!;
  }

  private poolAt(i: number): number {
    return this.pool[i >>> POOL_SHIFT]![i & POOL_MASK]!;
  }

  operandCount(n: number): number {
    return (this.head(n) >>> COUNT_SHIFT) & ((1 << COUNT_BITS) - 1);
  }

  /** Operand word `i` of row `n`. */
  operand(n: number, i: number): number {
    return this.poolAt(this.start(n) + i);
  }

  /** Number of memory words that row `n` changed. */
  changeCount(n: number): number {
    return (this.start(n + 1) - this.start(n) - this.operandCount(n)) >>> 1;
  }

  /** Index of the `i`-th memory word that row `n` changed. */
  changeIndex(n: number, i: number): number {
    return this.poolAt(this.start(n) + this.operandCount(n) + 2 * i);
  }

  changeXor(n: number, i: number): number {
    return this.poolAt(this.start(n) + this.operandCount(n) + 2 * i + 1);
  }

  /** Rows of the kinds and sites that pass, ascending. One short look at each row: for runs of millions of them. */
  *rowsOf(passes: (kind: Kind, site: number) => boolean): Generator<number> {
    // The answers so far: 0 not asked yet, 1 no, 2 yes.
    const answers = new Uint8Array(1 << TASK_SHIFT);
    for (let n = 0; n < this.length; n++) {
      const what = this.head(n) & (answers.length - 1);
      if (answers[what] === 0) answers[what] = passes(what >>> KIND_SHIFT, what & (MAX_SITES - 1)) ? 2 : 1;
      if (answers[what] === 2) yield n;
    }
  }

  /** Rows `from` ≤ n < `to` that changed the memory word `high` or the one behind it, newest first. */
  *changing(high: number, from: number, to: number): Generator<number> {
    let end = this.start(Math.max(from, to));
    for (let n = to - 1; n >= from; n--) {
      const start = this.start(n);
      for (let i = start + this.operandCount(n); i < end; i += 2) {
        if (this.poolAt(i) >>> 1 !== high >>> 1) continue;
        yield n;
        break;
      }
      end = start;
    }
  }

  /** Applies (or, the operation being its own inverse, takes back) the memory changes of rows `from` ≤ n < `to`. */
  toggle(memory: Uint32Array, from: number, to: number): void {
    this.eachChange(from, to, (index, xor) => {
      memory[index]! ^= xor;
    });
  }

  /** Every memory change of rows `from` ≤ n < `to`, in order: index of the 32-bit word, old XOR new. */
  eachChange(from: number, to: number, visit: (index: number, xor: number) => void): void {
    let n = from;
    while (n < to) {
      // One chunk of rows at a time: its array stays at hand.
      const rows = this.rows[n >>> ROWS_SHIFT]!;
      const stop = Math.min(to, ((n >>> ROWS_SHIFT) + 1) << ROWS_SHIFT);
      for (; n < stop; n++) {
        const at = (n & ROWS_MASK) * 3;
        let i = rows[at + 2]! + ((rows[at]! >>> COUNT_SHIFT) & ((1 << COUNT_BITS) - 1));
        const end = n + 1 < stop ? rows[at + 5]! : this.start(n + 1);
        for (; i < end; i += 2) {
          const chunk = this.pool[i >>> POOL_SHIFT]!;
          const k = i & POOL_MASK;
          visit(chunk[k]!, k < POOL_MASK ? chunk[k + 1]! : this.poolAt(i + 1));
        }
      }
    }
  }

  /** Forgets every row from `length` on. */
  truncate(length: number): void {
    if (length >= this.length) return;
    this.poolLength = this.start(length);
    this.length = length;
    this.row = this.rows[length >>> ROWS_SHIFT] ?? this.row;
    this.chunk = this.pool[this.poolLength >>> POOL_SHIFT] ?? this.chunk;
    this.rows.length = (length >>> ROWS_SHIFT) + 1;
    this.pool.length = (this.poolLength >>> POOL_SHIFT) + 1;
  }
}
