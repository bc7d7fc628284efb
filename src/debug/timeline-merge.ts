/** Many short things as few: what has no room of its own on the time line is counted. */
import type { RowList } from '../recording/row-index.js';
import { OPEN, type Spans } from './timeline-index.js';
import type { Bar, Mark } from './timeline-model.js';

/** The part of a run that is drawn. */
export interface Window {
  readonly from: number;
  readonly to: number;
  /** Shorter than this is not drawn alone. */
  readonly grain: number;
}

/**
 * The spans of a window as bars. Spans that are long enough stand alone; runs of shorter ones that follow each other
 * closely become one bar that says how many they are.
 */
export function merged(
  spans: Spans,
  { from, to, grain }: Window,
  length: number,
  text: (what: number) => string,
  many: (count: number) => string,
): Bar[] {
  const bars: Bar[] = [];
  let open: { from: number; to: number; count: number; what: number } | undefined;
  const flush = (): void => {
    if (!open) return;
    const { what, ...bar } = open;
    bars.push({ ...bar, text: bar.count === 1 ? text(what) : many(bar.count) });
    open = undefined;
  };
  const last = spans.below('from', to);
  for (let i = firstReaching(spans, from, last); i < last; i++) {
    const start = spans.get(i, 'from');
    const end = Math.min(spans.get(i, 'to'), length);
    if (end <= from) continue;
    const short = end - start < grain;
    if (open && (!short || start - open.to >= grain)) flush();
    if (open) {
      open.to = Math.max(open.to, end);
      open.count++;
    } else open = { from: start, to: end, count: 1, what: spans.get(i, 'what') };
    if (!short) flush();
  }
  flush();
  return bars;
}

/** The first span worth a look: spans begin in order, and those of one list mostly end in order too. */
function firstReaching(spans: Spans, from: number, last: number): number {
  let i = Math.min(spans.below('from', from), last);
  // A few locks may be held across others: those that were taken earlier and are held still.
  for (let back = i - 1, tries = 0; back >= 0 && tries < 64; back--, tries++) {
    const to = spans.get(back, 'to');
    if (to === OPEN || to > from) i = back;
  }
  return i;
}

/** Rows of a window as marks; those that fall together become one with a count. */
export function clusters(
  rows: RowList,
  { from, to, grain }: Window,
  kind: Mark['kind'],
  text: (row: number) => string,
  fits: (row: number) => boolean = () => true,
): Mark[] {
  const marks: Mark[] = [];
  let step = -1;
  let count = 0;
  const flush = (): void => {
    if (count > 0) marks.push({ kind, step, count, text: text(step) });
  };
  for (let i = rows.countBefore(from); i < rows.length && rows.at(i) < to; i++) {
    const row = rows.at(i);
    if (!fits(row)) continue;
    if (count > 0 && row - step < grain * 6) {
      count++;
      continue;
    }
    flush();
    step = row;
    count = 1;
  }
  flush();
  return marks;
}
