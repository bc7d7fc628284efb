/** Which steps of the kernel's functions the scenarios visited. */
import { allFunctions, functionById, nameIn, type FunctionInfo } from '../engine/catalog.js';
import type { Generation } from '../engine/operation.js';
import { Kind, type Trace } from '../engine/trace.js';
import type { Paint } from './terminal.js';

export interface StepCoverage {
  /** Line of the step in the function's listing. */
  readonly line: number;
  readonly text: string;
  /** How often it was visited. */
  readonly visits: number;
}

export interface FunctionCoverage {
  readonly name: string;
  readonly file: string;
  readonly calls: number;
  readonly visited: number;
  readonly total: number;
  readonly steps: readonly StepCoverage[];
}

export interface Coverage {
  readonly functions: readonly FunctionCoverage[];
  readonly visited: number;
  readonly total: number;
}

/** Collects over all scenarios of a run. */
export class CoverageCollector {
  private readonly steps = new Map<number, number>();
  private readonly calls = new Map<number, number>();
  private readonly generations = new Set<Generation>();

  add(trace: Trace, generation: Generation): void {
    this.generations.add(generation);
    const steps = new Uint32Array(1 << 12);
    const calls = new Uint32Array(1 << 12);
    for (let n = 0; n < trace.length; n++) {
      const kind = trace.kind(n);
      // These belong to the scenario, not to a step of a function.
      if (kind === Kind.Op || kind === Kind.End || kind === Kind.Statement || kind === Kind.Edit) continue;
      steps[trace.site(n)]!++;
      if (kind === Kind.Call) calls[trace.operand(n, 0)]!++;
    }
    for (const [counts, into] of [
      [steps, this.steps],
      [calls, this.calls],
    ] as const) {
      for (const [id, count] of counts.entries()) if (count > 0) into.set(id, (into.get(id) ?? 0) + count);
    }
  }

  result(): Coverage {
    const generations = this.generations.size > 0 ? [...this.generations] : (['after'] as const);
    const wanted = new Set(
      generations.flatMap((g) =>
        allFunctions(g)
          .filter((fn) => !fn.operation)
          .map((fn) => fn.id),
      ),
    );
    // Functions carry the older name only if nothing ran in the newer generation.
    const generation = generations.includes('after') ? 'after' : 'before';
    // By kernel file; inside of a file as it is written.
    const order = (a: FunctionInfo, b: FunctionInfo): number =>
      a.file === b.file ? a.id - b.id : a.file < b.file ? -1 : 1;
    const functions = [...wanted]
      .map(functionById)
      .sort(order)
      .map((fn): FunctionCoverage => {
        const steps = fn.steps.map(({ id, line, text }) => ({
          line,
          text: text.trim(),
          visits: this.steps.get(id) ?? 0,
        }));
        const visited = steps.filter(({ visits }) => visits > 0).length;
        const calls = this.calls.get(fn.id) ?? 0;
        return { name: nameIn(fn, generation), file: fn.file, calls, visited, total: steps.length, steps };
      });
    const sum = (key: 'visited' | 'total'): number => functions.reduce((n, fn) => n + fn[key], 0);
    return { functions, visited: sum('visited'), total: sum('total') };
  }
}

const percent = (part: number, whole: number): string => `${whole ? Math.floor((100 * part) / whole) : 100} %`;

/** A table of functions by kernel file; below each function the steps that were never visited. */
export function coverageLines(coverage: Coverage, paint: Paint): string[] {
  const width = Math.max(20, ...coverage.functions.map(({ name }) => name.length)) + 2;
  const row = (name: string, calls: string, visited: string, share: string): string =>
    `${name.padEnd(width)}${calls.padStart(9)}${visited.padStart(10)}${share.padStart(7)}`;
  const lines = [paint('bold', row('coverage', 'calls', 'steps', ''))];
  const files = [...new Set(coverage.functions.map(({ file }) => file))];
  for (const file of files) {
    lines.push(paint('cyan', file));
    for (const fn of coverage.functions.filter((f) => f.file === file)) {
      const { name, calls, visited, total } = fn;
      const text = row(`  ${name}`, String(calls), `${visited}/${total}`, percent(visited, total));
      lines.push(paint(visited === total ? 'green' : visited === 0 ? 'red' : 'yellow', text));
      // Of a function that was never called the table says all.
      if (visited === 0) continue;
      for (const step of fn.steps.filter(({ visits }) => visits === 0)) {
        lines.push(paint('dim', `      never visited, line ${step.line}: ${step.text}`));
      }
    }
  }
  lines.push(row('all', '', `${coverage.visited}/${coverage.total}`, percent(coverage.visited, coverage.total)));
  return lines;
}
