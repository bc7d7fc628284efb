/** Measuring: rounds, medians, and rows that say what was aimed at. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** What the value was measured beside in the same run, and value / against. */
  readonly against?: number;
  readonly ratio?: number;
  /** Left out: the value is there to be known. */
  readonly aim?: number;
  readonly met?: boolean;
}

const ROUNDS = 7;

export const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

/** Median over several rounds of how much `work` does in a second; it returns how much it did. */
export function rate(work: () => number): number {
  work();
  return median(
    Array.from({ length: ROUNDS }, () => {
      const from = performance.now();
      const done = work();
      return (done / (performance.now() - from)) * 1000;
    }),
  );
}

/** Milliseconds that `work` takes. */
export function time(work: () => unknown): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}

/** A row of the table; `most`: the value should be at most the aim. */
export function row(name: string, unit: string, value: number, aim: number, most = false): Row {
  return { name, unit, value, aim, met: most ? value <= aim : value >= aim };
}

/** A row without an aim. */
export function figure(name: string, unit: string, value: number): Row {
  return { name, unit, value };
}

/** A row beside what was measured in the same run: the ratio is to be at most the aim. */
export function compared(name: string, unit: string, value: number, against: number, aim: number): Row {
  const ratio = value / against;
  return { name, unit, value, against, ratio, aim, met: ratio <= aim };
}
