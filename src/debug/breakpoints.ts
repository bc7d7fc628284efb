/** All breakpoints of a session: those that the client sets, and those of the console. */
import { Breakpoint } from './breakpoint.js';
import type { Spec } from './wanted.js';
import type { Trigger } from '../recording/breakpoints.js';
import type { Target } from './target.js';

/** At nearly every stop. */
const NONE: readonly never[] = [];

/** A breakpoint that stops here, and why if its condition could not be evaluated. */
export interface Hit {
  readonly breakpoint: Breakpoint;
  readonly problem?: string;
}

export class Breakpoints {
  /** Sets that requests replace as a whole, by name: `line:PATH`, `listing:12`, `function`, `filter`, `data`, `console`. */
  private readonly sets = new Map<string, Breakpoint[]>();
  private nextId = 1;
  private table: Table | undefined;

  all(): Breakpoint[] {
    return [...this.sets.values()].flat();
  }

  inSet(name: string): readonly Breakpoint[] {
    return this.sets.get(name) ?? [];
  }

  /** Replaces a set. What was there before, asked for in the same way, keeps its number. */
  replace(name: string, specs: readonly Spec[], target: Target | undefined): Breakpoint[] {
    const old = [...this.inSet(name)];
    const made = specs.map((spec) => {
      const same = old.findIndex((b) => JSON.stringify(b.spec) === JSON.stringify(spec));
      if (same >= 0) return old.splice(same, 1)[0]!;
      const breakpoint = new Breakpoint(this.nextId++, spec);
      if (target) breakpoint.resolve(target);
      return breakpoint;
    });
    this.sets.set(name, made);
    this.table = undefined;
    return made;
  }

  add(name: string, spec: Spec, target: Target | undefined): Breakpoint {
    const specs = this.inSet(name).map((b) => b.spec);
    return this.replace(name, [...specs, spec], target).at(-1)!;
  }

  /** Takes one away, whichever set it is in. */
  remove(id: number): Breakpoint | undefined {
    for (const [name, set] of this.sets) {
      const found = set.find((b) => b.id === id);
      if (!found) continue;
      this.sets.set(name, set.filter((b) => b !== found)); // prettier-ignore
      this.table = undefined;
      return found;
    }
    return undefined;
  }

  /** Something else is debugged: every breakpoint looks for its place again. */
  resolve(target: Target): void {
    for (const breakpoint of this.all()) breakpoint.resolve(target);
    this.table = undefined;
  }

  private get tables(): Table {
    return (this.table ??= new Table(this.all()));
  }

  /** Those that stop at `n`; the cursor may be elsewhere afterwards. */
  hits(target: Target, n: number): readonly Hit[] {
    const fired = this.tables.stops.at(target, n);
    if (fired.length === 0) return NONE;
    return fired.flatMap((breakpoint): Hit[] => {
      const verdict = breakpoint.stopsAt(target, n);
      if (!verdict.hit) return [];
      return [{ breakpoint, ...(verdict.problem !== undefined && { problem: verdict.problem }) }];
    });
  }

  get hasLogs(): boolean {
    return !this.tables.logs.empty;
  }

  /** What log points say at `n`. */
  logs(target: Target, n: number, only?: Breakpoint): { breakpoint: Breakpoint; text: string }[] {
    return this.tables.logs.at(target, n).flatMap((breakpoint) => {
      if (only && breakpoint !== only) return [];
      const verdict = breakpoint.stopsAt(target, n);
      if (verdict.problem !== undefined) return [{ breakpoint, text: verdict.problem }];
      return verdict.hit ? [{ breakpoint, text: breakpoint.log!.format(target, n) }] : [];
    });
  }
}

class Table {
  readonly stops: TriggerTable;
  readonly logs: TriggerTable;

  constructor(all: readonly Breakpoint[]) {
    const able = all.filter((b) => b.triggers.length > 0);
    this.stops = new TriggerTable(able.filter((b) => !b.log));
    this.logs = new TriggerTable(able.filter((b) => b.log));
  }
}

/** Breakpoints by what fires them, so that a stop asks only those that it may concern. */
class TriggerTable {
  private readonly steps = new Map<number, readonly Breakpoint[]>();
  private readonly others: { breakpoint: Breakpoint; trigger: Trigger }[] = [];
  readonly empty: boolean;

  constructor(breakpoints: readonly Breakpoint[]) {
    this.empty = breakpoints.length === 0;
    for (const breakpoint of breakpoints) {
      for (const trigger of breakpoint.triggers) {
        if (trigger.kind !== 'step') this.others.push({ breakpoint, trigger });
        else {
          for (const step of trigger.steps) {
            const there = this.steps.get(step) ?? NONE;
            if (!there.includes(breakpoint)) this.steps.set(step, [...there, breakpoint]);
          }
        }
      }
    }
  }

  /** Those that fire at `n`, each once. */
  at(target: Target, n: number): readonly Breakpoint[] {
    let found: readonly Breakpoint[] = this.steps.size > 0 ? (this.steps.get(target.triggers.stepAt(n)) ?? NONE) : NONE;
    for (const { breakpoint, trigger } of this.others) {
      if (target.triggers.fires(trigger, n) && !found.includes(breakpoint)) found = [...found, breakpoint];
    }
    return found;
  }
}
