/** Which steps of the kernel's functions scenarios visit, and which branches they take. */
import { allFunctions, functionById, nameIn, type FunctionInfo, type Step } from '../engine/catalog.js';
import type { Generation } from '../engine/operation.js';
import { Kind, type Trace } from '../engine/trace.js';
import { branchesOf, BranchCounts } from './branches.js';

/** A way out of a step that has more than one. */
export interface BranchCoverage {
  /** Line of the step that follows. */
  readonly to: number;
  readonly text: string;
  /** How often it was taken. */
  readonly taken: number;
}

export interface StepCoverage {
  /** Line of the step in the function's listing. */
  readonly line: number;
  readonly text: string;
  /** How often it was visited. */
  readonly visits: number;
  /** Empty: only one way out of it is known. */
  readonly branches: readonly BranchCoverage[];
}

export interface Totals {
  /** Steps: visited, of how many. */
  readonly visited: number;
  readonly total: number;
  readonly branchesTaken: number;
  readonly branchesTotal: number;
}

export interface FunctionCoverage extends Totals {
  readonly name: string;
  readonly file: string;
  readonly calls: number;
  readonly steps: readonly StepCoverage[];
}

export interface Coverage extends Totals {
  readonly functions: readonly FunctionCoverage[];
}

/** Collects over all scenarios of a run. */
export class CoverageCollector {
  private readonly steps = new Map<number, number>();
  private readonly calls = new Map<number, number>();
  private readonly branches = new BranchCounts();
  private readonly generations = new Set<Generation>();

  add(trace: Trace, generation: Generation): void {
    this.generations.add(generation);
    this.branches.add(trace);
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
        const steps = fn.steps.map((step) => this.stepCoverage(step));
        const calls = this.calls.get(fn.id) ?? 0;
        const branches = steps.flatMap((step) => step.branches);
        return {
          name: nameIn(fn, generation),
          file: fn.file,
          calls,
          visited: steps.filter(({ visits }) => visits > 0).length,
          total: steps.length,
          branchesTaken: branches.filter(({ taken }) => taken > 0).length,
          branchesTotal: branches.length,
          steps,
        };
      });
    const sum = (key: keyof Totals): number => functions.reduce((n, fn) => n + fn[key], 0);
    return {
      functions,
      visited: sum('visited'),
      total: sum('total'),
      branchesTaken: sum('branchesTaken'),
      branchesTotal: sum('branchesTotal'),
    };
  }

  private stepCoverage(step: Step): StepCoverage {
    return {
      line: step.line,
      text: step.text.trim(),
      visits: this.steps.get(step.id) ?? 0,
      branches: branchesOf(step, this.branches).map((next) => ({
        to: next.line,
        text: next.text.trim(),
        taken: this.branches.taken(step, next),
      })),
    };
  }
}
