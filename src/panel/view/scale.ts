/** Steps of the run as places on the time line. */
import type { Timeline } from '../../debug/timeline-model.js';

export interface Scale {
  readonly from: number;
  readonly to: number;
  /** Where the lanes begin, and how wide they are. */
  readonly left: number;
  readonly width: number;
}

/** Room at the right for what has not run yet. */
const RIGHT = 22;

export function scaleOf({ from, to }: Timeline, width: number): Scale {
  const left = width < 520 ? 78 : 104;
  return { from, to: Math.max(to, from + 1), left, width: Math.max(60, width - left - RIGHT) };
}

export function xOf({ from, to, left, width }: Scale, step: number): number {
  return left + ((step - from) / (to - from)) * width;
}

export function stepAt({ from, to, left, width }: Scale, x: number): number {
  const step = Math.round(from + ((x - left) / width) * (to - from));
  return Math.max(from, Math.min(step, to));
}

/** Steps that get a number: round ones, far enough from each other. */
export function ticks({ from, to, width }: Scale): number[] {
  const rough = (to - from) / Math.max(1, width / 80);
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const unit = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? power;
  const found: number[] = [];
  for (let step = Math.ceil(from / unit) * unit; step <= to; step += unit) found.push(step);
  return found;
}
