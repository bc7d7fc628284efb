/** What `gmap run --coverage` prints. */
import type { Coverage, FunctionCoverage, Totals } from '../recording/coverage.js';
import type { Paint } from './terminal.js';

/** `3/5   60 %`; nothing of nothing. */
function share(part: number, whole: number): string {
  const percent = `${Math.floor((100 * part) / whole)} %`;
  return whole === 0 ? ' '.repeat(17) : `${part}/${whole}`.padStart(10) + percent.padStart(7);
}

/** A table of functions by kernel file; below each function what its calls never did. */
export function coverageLines(coverage: Coverage, paint: Paint): string[] {
  const { functions } = coverage;
  const width = Math.max(20, ...functions.map(({ name }) => name.length)) + 2;
  const row = (name: string, calls: string, t: Totals): string =>
    (
      name.padEnd(width) +
      calls.padStart(9) +
      share(t.visited, t.total) +
      share(t.branchesTaken, t.branchesTotal)
    ).trimEnd();
  const head = 'coverage'.padEnd(width) + 'calls'.padStart(9) + 'steps'.padStart(10) + 'branches'.padStart(17);
  const lines = [paint('bold', head)];
  for (const file of new Set(functions.map((fn) => fn.file))) {
    lines.push(paint('cyan', file));
    for (const fn of functions.filter((f) => f.file === file)) {
      const { name, calls, visited, total, branchesTaken, branchesTotal } = fn;
      const whole = visited === total && branchesTaken === branchesTotal;
      lines.push(paint(whole ? 'green' : visited === 0 ? 'red' : 'yellow', row(`  ${name}`, String(calls), fn)));
      // Of a function that was never called the table says all.
      if (visited > 0) for (const gap of gaps(fn)) lines.push(paint('dim', `      ${gap}`));
    }
  }
  lines.push(row('all', '', coverage));
  return lines;
}

/** In the order of the listing. That a step was never visited says also that no branch from or to it was taken. */
function gaps({ steps }: FunctionCoverage): string[] {
  const visited = new Set(steps.filter(({ visits }) => visits > 0).map(({ line }) => line));
  return steps.flatMap(({ line, text, branches }) => {
    if (!visited.has(line)) return [`never visited, line ${line}: ${text}`];
    return branches
      .filter(({ to, taken }) => taken === 0 && visited.has(to))
      .map(({ to, text }) => `never taken, line ${line} → ${to}: ${text}`);
  });
}
