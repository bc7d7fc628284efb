/** Which entries of a table are drawn, and which are folded. */
import type { Fold } from './model.js';

export interface Choice {
  /** Number of entries in the table. */
  readonly length: number;
  /** The entry that the walk reads. */
  readonly path?: number | undefined;
  /** Entries that are not empty, ascending. */
  readonly used: readonly number[];
  /** Entries that should be drawn if there is room: those that changed or are armed. */
  readonly marked: readonly number[];
  readonly changed: ReadonlySet<number>;
  /** Places that a person unfolded. */
  readonly unfold: readonly number[];
  /** Most entries drawn without being asked for. */
  readonly most: number;
}

/** So many entries an opened fold shows at a time. */
const UNFOLD = 16;

/** Indexes to draw and folds between them, in the order of the table. */
export function chooseRows(choice: Choice): (number | Fold)[] {
  const { length, path, used, marked, unfold, most } = choice;
  const shown = new Set<number>();
  const add = (index: number): unknown => index >= 0 && index < length && shown.add(index);
  const near = (a: number, b: number): number => Math.abs(a - (path ?? 0)) - Math.abs(b - (path ?? 0));
  if (path !== undefined) for (const index of [path, path - 1, path + 1]) add(index);
  for (const list of [marked, used]) {
    for (const index of [...list].sort(near)) {
      if (shown.size >= most) break;
      add(index);
    }
  }
  for (const place of unfold) {
    const first = used.filter((index) => index >= place && !shown.has(index)).slice(0, UNFOLD);
    const end = Math.min(length, place + UNFOLD);
    for (const index of first.length ? first : Array.from({ length: end - place }, (_, i) => place + i)) add(index);
  }
  return withFolds(
    [...shown].sort((a, b) => a - b),
    choice,
  );
}

function withFolds(shown: readonly number[], { length, used, changed }: Choice): (number | Fold)[] {
  const rows: (number | Fold)[] = [];
  const inside = (list: Iterable<number>, from: number, to: number): number => {
    let count = 0;
    for (const index of list) if (index >= from && index <= to) count++;
    return count;
  };
  const gap = (from: number, to: number): void => {
    if (to === from) rows.push(from);
    else if (to >= from) rows.push({ from, to, used: inside(used, from, to), changed: inside(changed, from, to) });
  };
  let next = 0;
  for (const index of shown) {
    gap(next, index - 1);
    rows.push(index);
    next = index + 1;
  }
  gap(next, length - 1);
  return rows;
}
