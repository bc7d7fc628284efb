/** Branches: the ways that calls of a function take from one of its steps to the next. */
import { stepById, type Step } from '../engine/catalog.js';
import { Kind, MAX_SITES, type Trace } from '../engine/trace.js';
import { KNOWN_BRANCHES } from './known-branches.js';

/** How often each branch was taken, by the numbers of its two steps. */
export class BranchCounts {
  private readonly counts = new Map<number, number>();

  add(trace: Trace): void {
    /** Of each call that has not returned: its function, and the step that it did last. */
    const calls = new Map<number, { readonly fn: number; last?: number }>();
    for (let n = 0; n < trace.length; n++) {
      const call = calls.get(trace.caller(n));
      const site = trace.site(n);
      // In the middle of a call somebody else may run: the operation of an injection.
      if (call && stepById(site).fn.id === call.fn) {
        if (call.last !== undefined && call.last !== site) this.count(call.last, site);
        call.last = site;
      }
      const kind = trace.kind(n);
      if (kind === Kind.Call) calls.set(n, { fn: trace.operand(n, 0) });
      else if (kind === Kind.Return) calls.delete(trace.caller(n));
    }
  }

  private count(from: number, to: number): void {
    const branch = from * MAX_SITES + to;
    this.counts.set(branch, (this.counts.get(branch) ?? 0) + 1);
  }

  taken(from: Step, to: Step): number {
    return this.counts.get(from.id * MAX_SITES + to.id) ?? 0;
  }

  /** The steps that followed a step, in the order of the listing. */
  after(step: Step): Step[] {
    return step.fn.steps.filter((next) => this.taken(step, next) > 0);
  }
}

/**
 * The steps that may follow a step, as far as is known: none if only one is. The examples and the corpus have shown them
 * (`npm run branches`), and a run adds what it does besides.
 */
export function branchesOf(step: Step, counts: BranchCounts): Step[] {
  const known = KNOWN_BRANCHES[step.fn.name]?.[step.key]?.split(' ') ?? [];
  const branches = step.fn.steps.filter((next) => known.includes(next.key) || counts.taken(step, next) > 0);
  return branches.length > 1 ? branches : [];
}
