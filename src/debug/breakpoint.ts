/** One breakpoint: what was asked for, and what came of it for the scenario that is debugged. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Trigger } from '../recording/breakpoints.js';
import { ExpressionError } from '../scenario/expression/evaluate.js';
import { Condition, HitCondition, LogMessage, type Verdict } from './conditions.js';
import { locate, type Located } from './locate.js';
import type { Target } from './target.js';
import type { Spec, Wanted } from './wanted.js';

export class Breakpoint {
  private located: Located = { message: 'the scenario has not been loaded yet' };
  private readonly problem: string | undefined;
  private readonly condition: Condition | undefined;
  private readonly hitCondition: HitCondition | undefined;
  readonly log: LogMessage | undefined;
  /** Stops at which it fired with its condition met, ascending, of those before `scanned`. */
  private visits: number[] = [];
  private scanned = 0;

  constructor(
    readonly id: number,
    readonly spec: Spec,
  ) {
    const read = <T>(what: string, text: string | undefined, make: (text: string) => T): T | undefined => {
      if (text === undefined || text.trim() === '') return undefined;
      try {
        return make(text);
      } catch (error) {
        const where = error instanceof ExpressionError && error.offset > 0 ? ` (column ${error.offset + 1})` : '';
        problems.push(`${what}: ${(error as Error).message}${where}`);
        return undefined;
      }
    };
    const problems: string[] = [];
    this.condition = read('condition', spec.condition, (text) => new Condition(text));
    this.hitCondition = read('hit condition', spec.hitCondition, (text) => new HitCondition(text));
    this.log = read('log message', spec.logMessage, (text) => new LogMessage(text));
    this.problem = problems[0];
  }

  /** Finds its place in what is debugged now. */
  resolve(target: Target): void {
    this.visits = [];
    this.scanned = 0;
    this.located = locate(this.spec.wanted, target);
  }

  /** What it watches for; empty if it can never hit. */
  get triggers(): readonly Trigger[] {
    return this.problem === undefined ? (this.located.triggers ?? []) : [];
  }

  get verified(): boolean {
    return this.problem === undefined && this.located.triggers !== undefined;
  }

  get message(): string | undefined {
    return this.problem ?? this.located.message;
  }

  /** Words for a list of breakpoints. */
  get label(): string {
    const { wanted, condition, hitCondition, logMessage } = this.spec;
    const place = this.located.label ?? describe(wanted);
    const more = [
      condition ? ` if ${condition}` : '',
      hitCondition ? ` at visit ${hitCondition}` : '',
      logMessage ? ` log ${logMessage}` : '',
    ];
    return place + more.join('');
  }

  /** Does it stop at `n`, at which one of its triggers fires? */
  stopsAt(target: Target, n: number): Verdict {
    const verdict = this.condition?.holds(target, n) ?? { hit: true };
    if (!verdict.hit || !this.hitCondition || verdict.problem !== undefined) return verdict;
    return { hit: this.hitCondition.holds(this.visit(target, n)) };
  }

  /** Number of the visit at `n`: how often it fired, with its condition met, from the start of the run up to `n`. */
  private visit(target: Target, n: number): number {
    for (; this.scanned <= n; this.scanned++) {
      const at = this.scanned;
      if (!target.stepping.isStop(at) || !this.fires(target, at)) continue;
      if (this.condition?.holds(target, at).hit ?? true) this.visits.push(at);
    }
    return countUpTo(this.visits, n);
  }

  fires(target: Target, n: number): boolean {
    return this.triggers.some((trigger) => target.triggers.fires(trigger, n));
  }

  toProtocol(): DebugProtocol.Breakpoint {
    const { message, verified } = this;
    return {
      id: this.id,
      verified,
      ...(message !== undefined && { message }),
      ...(!verified && { reason: this.problem === undefined && this.pending ? 'pending' : 'failed' }),
      ...(this.located.source && { source: this.located.source }),
      ...(this.located.line !== undefined && { line: this.located.line }),
      ...(this.located.endLine !== undefined && { endLine: this.located.endLine }),
    };
  }

  private get pending(): boolean {
    return this.located.triggers === undefined && this.located.label === undefined;
  }
}

function describe(wanted: Wanted): string {
  switch (wanted.kind) {
    case 'line':
      return `line ${wanted.line}`;
    case 'listing':
      return `listing ${wanted.reference}, line ${wanted.line}`;
    case 'function':
      return wanted.name;
    case 'filter':
      return wanted.filter;
    case 'data':
      return wanted.dataId;
  }
}

function countUpTo(sorted: readonly number[], n: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if (sorted[mid]! <= n) low = mid + 1;
    else high = mid;
  }
  return low;
}
