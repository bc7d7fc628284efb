/**
 * Checkpoints: what memory looked like now and then, so that a jump across millions of rows need not go through all of
 * them. Each keeps only the pages that changed since the one before.
 */
import type { Machine } from '../engine/machine.js';
import type { Trace } from '../engine/trace.js';

/** Rows between two checkpoints: a jump goes through half of them at most. */
export const CHECKPOINT_ROWS = 1 << 17;

const PAGE_SHIFT = 10; // 32-bit words of a page of 4 KB
const PAGE_WORDS = 1 << PAGE_SHIFT;

const NOTHING = new Uint32Array(PAGE_WORDS >>> 5);

/** Contents of one page over time. */
interface Versions {
  /** Numbers of the checkpoints at which the page had changed; the first is the one before its first change. */
  readonly at: number[];
  readonly contents: Uint32Array[];
  /** For each of these checkpoints, which words of the page changed since the one before: a bit for each. */
  readonly masks: Uint32Array[];
}

export class Checkpoints {
  /** Rows at which checkpoints were taken; number 0 stands for the start. */
  private readonly rows: number[] = [0];
  private readonly pages = new Map<number, Versions>();

  constructor(
    private readonly machine: Machine,
    private readonly trace: Trace,
  ) {}

  /** Row of the newest checkpoint. */
  get newest(): number {
    return this.rows.at(-1)!;
  }

  /** Bytes kept. */
  get bytes(): number {
    let count = 0;
    for (const { contents } of this.pages.values()) count += contents.length;
    return count * PAGE_WORDS * 4;
  }

  /** Keeps the memory as it is, at the end of the recording. */
  take(): void {
    const { trace } = this;
    const { mem } = this.machine;
    const from = this.newest;
    const number = this.rows.push(trace.length) - 1;
    const changed = new Map<number, Uint32Array>();
    let last = -1;
    let mask: Uint32Array = NOTHING;
    trace.eachChange(from, trace.length, (index) => {
      const page = index >>> PAGE_SHIFT;
      if (page !== last) {
        last = page;
        const known = changed.get(page);
        mask = known ?? new Uint32Array(PAGE_WORDS >>> 5);
        if (!known) changed.set(page, mask);
      }
      mask[(index & (PAGE_WORDS - 1)) >>> 5]! |= 1 << (index & 31);
    });
    const fresh = [...changed.keys()].filter((page) => !this.pages.has(page));
    if (fresh.length > 0) this.keepBefore(fresh, from, number - 1);
    for (const [page, words] of changed) {
      const versions = this.pages.get(page)!;
      versions.at.push(number);
      versions.masks.push(words);
      versions.contents.push(mem.slice(page << PAGE_SHIFT, (page + 1) << PAGE_SHIFT));
    }
  }

  /** Pages that changed for the first time: what they were before, by taking the rows since `from` back on a copy. */
  private keepBefore(pages: readonly number[], from: number, number: number): void {
    const { trace } = this;
    const { mem } = this.machine;
    const copies = new Map(pages.map((page) => [page, mem.slice(page << PAGE_SHIFT, (page + 1) << PAGE_SHIFT)]));
    let last = -1;
    let copy: Uint32Array | undefined;
    trace.eachChange(from, trace.length, (index, xor) => {
      const page = index >>> PAGE_SHIFT;
      if (page !== last) copy = copies.get((last = page));
      if (copy) copy[index & (PAGE_WORDS - 1)]! ^= xor;
    });
    for (const [page, content] of copies) {
      this.pages.set(page, { at: [number], contents: [content], masks: [NOTHING] });
    }
  }

  /** Row of the checkpoint nearest to a row. */
  nearest(row: number): number {
    return this.rows[this.numberNear(row)]!;
  }

  private numberNear(row: number): number {
    const after = firstAbove(this.rows, row);
    const before = after - 1;
    return after < this.rows.length && this.rows[after]! - row < row - this.rows[before]! ? after : before;
  }

  /** Puts memory back to the checkpoint nearest to a row; returns the row of that checkpoint. */
  restore(row: number): number {
    const { mem } = this.machine;
    const number = this.numberNear(row);
    for (const [page, { at, contents }] of this.pages) {
      mem.set(contents[Math.max(0, firstAbove(at, number) - 1)]!, page << PAGE_SHIFT);
    }
    return this.rows[number]!;
  }

  /**
   * Spans of rows [from, to) before the newest checkpoint in which a memory word changed, newest first; the word changes
   * nowhere else there.
   */
  *spansChanging(index: number): Generator<readonly [from: number, to: number]> {
    const versions = this.pages.get(index >>> PAGE_SHIFT);
    if (!versions) return;
    const word = index & (PAGE_WORDS - 1);
    for (let i = versions.at.length - 1; i > 0; i--) {
      const number = versions.at[i]!;
      if (versions.masks[i]![word >>> 5]! & (1 << (word & 31))) yield [this.rows[number - 1]!, this.rows[number]!];
    }
  }

  /** Forgets checkpoints behind `length` rows. */
  truncate(length: number): void {
    while (this.rows.length > 1 && this.newest > length) this.rows.pop();
    for (const [page, { at, contents, masks }] of this.pages) {
      while (at.length > 0 && at.at(-1)! >= this.rows.length) {
        at.pop();
        contents.pop();
        masks.pop();
      }
      // Only what was before the first change is left: the page is unchanged so far.
      if (contents.length <= 1) this.pages.delete(page);
    }
  }
}

/** Index of the first element above `x` in an ascending list. */
function firstAbove(list: readonly number[], x: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if (list[mid]! > x) high = mid;
    else low = mid + 1;
  }
  return low;
}
