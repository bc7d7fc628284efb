/**
 * What breakpoints watch for: predicates over stops. They ask only what the rows say, so that they are the same in both
 * directions of time; conditions come on top.
 */
import { functionById, stepById, type FunctionInfo } from '../engine/catalog.js';
import { returnedValue } from '../engine/events.js';
import { Kind } from '../engine/trace.js';
import type { Recording } from './recording.js';
import type { Stepping } from './stepping.js';

/** Bytes of storage from `from` up to, not including, `to`; `mask`: only these bits, of the one doubleword at `from`. */
export interface Watched {
  readonly from: number;
  readonly to: number;
  readonly mask?: bigint;
}

export type Trigger =
  /** A step of a function's listing comes next. */
  | { readonly kind: 'step'; readonly steps: ReadonlySet<number> }
  /** A statement of the scenario comes next. */
  | { readonly kind: 'statement'; readonly statements: ReadonlySet<number> }
  /** One of these functions was entered. */
  | { readonly kind: 'call'; readonly functions: ReadonlySet<number> }
  /** The walk visits an entry of a level next: 0 region-first … 3 segment, 4 page. */
  | { readonly kind: 'walk'; readonly level: number }
  /** A notifier is called; a call returns an error; a page is tried again; an expectation fails; the kernel crashes. */
  | { readonly kind: 'notify' | 'error' | 'retry' | 'failed' | 'bug' }
  /** The step that has just been done stored to these bytes and changed them. */
  | ({ readonly kind: 'write' } & Watched)
  /** The step that has just been done read a table entry there. */
  | ({ readonly kind: 'read' } & Watched);

/** Levels of a walk by their number in a {@link Trigger}. */
export const PAGE_LEVEL = 4;

/** Could a trigger fire at a row of this kind and site; for `call`: at the row behind it? */
function mayFire(trigger: Trigger, kind: Kind, site: number): boolean {
  switch (trigger.kind) {
    case 'step':
      // The operation of an injection or of a notifier stands in the middle of a kernel function.
      return trigger.steps.has(site) || stepById(site).fn.operation;
    case 'statement':
      return kind === Kind.Op || kind === Kind.Statement;
    case 'call':
      return kind === Kind.Op || kind === Kind.Call;
    case 'walk':
      return kind === (trigger.level === PAGE_LEVEL ? Kind.Note : Kind.Walk);
    case 'error':
      return kind === Kind.Return && mayReturnError(stepById(site).fn);
    case 'notify':
      return kind === Kind.Notify;
    case 'retry':
      return kind === Kind.Loop;
    case 'failed':
      return kind === Kind.Statement;
    case 'bug':
      return kind === Kind.Bug;
    case 'write':
    case 'read':
      return true;
  }
}

const mayReturnError = (fn: FunctionInfo | undefined): boolean =>
  fn?.returns === 'dec' || fn?.returns === 'fixup' || fn?.returns === 'address';

/** Finds out which triggers fire at a stop. */
export class Triggers {
  constructor(
    private readonly recording: Recording,
    private readonly stepping: Stepping,
    /** Statement rows whose expectation failed. */
    private readonly failed: (row: number) => boolean,
  ) {}

  /** Does a trigger fire at the stop `n`? */
  fires(trigger: Trigger, n: number): boolean {
    const { trace } = this.recording;
    // At the end of the run nothing comes next.
    if (n >= trace.length && trigger.kind !== 'write' && trigger.kind !== 'read') return false;
    switch (trigger.kind) {
      case 'step':
        return trigger.steps.has(this.stepAt(n));
      case 'statement':
        // An operation inside of another (what a notifier does when it is called) has a number of its own.
        if (trace.kind(n) === Kind.Op) return trigger.statements.has(trace.operand(n, 1));
        return trace.kind(n) === Kind.Statement && trigger.statements.has(trace.operand(n, 0));
      case 'call': {
        const caller = trace.caller(n);
        return (
          caller >= 0 && trigger.functions.has(trace.operand(caller, 0)) && this.stepping.entersFunction(n)
        ); // prettier-ignore
      }
      case 'walk':
        return this.walkLevel(n) === trigger.level;
      case 'notify':
        return trace.kind(n) === Kind.Notify;
      case 'error':
        return this.returnsError(n);
      case 'retry':
        return trace.kind(n) === Kind.Loop && stepById(trace.site(n)).key !== 'skip';
      case 'failed':
        return trace.kind(n) === Kind.Statement && this.failed(n);
      case 'bug':
        return trace.kind(n) === Kind.Bug;
      case 'write':
        return this.writer(trigger, n) !== undefined;
      case 'read':
        return this.reader(trigger, n) !== undefined;
    }
  }

  /** All stops at which a trigger fires, ascending. Of millions of rows few are looked at closely. */
  visits(trigger: Trigger): number[] {
    const { trace } = this.recording;
    const found: number[] = [];
    for (const row of trace.rowsOf((kind, site) => mayFire(trigger, kind, site))) {
      let n = row;
      if (trigger.kind === 'call') {
        if (!trigger.functions.has(trace.operand(row, 0))) continue;
        // A function is entered at the row behind its call.
        n = this.recording.nextRowOf(trace.task(row), row + 1);
      }
      if (n < trace.length && this.isVisit(trigger, n)) found.push(n);
    }
    return trigger.kind === 'call' ? found.sort((a, b) => a - b) : found;
  }

  isVisit(trigger: Trigger, n: number): boolean {
    return this.fires(trigger, n) && this.stepping.isStop(n);
  }

  /** Number of the step at which the innermost function stands; -1 at the level of the scenario. */
  stepAt(n: number): number {
    if (n >= this.recording.length) return -1;
    const caller = this.recording.trace.caller(n);
    if (caller < 0) return -1;
    const fn = functionById(this.recording.trace.operand(caller, 0));
    const step = stepById(this.recording.trace.site(n));
    // Somebody else runs inside of the function: the step is theirs.
    if (step.fn === fn || (step.fn.operation && !step.fn.wrapper)) return step.id;
    return this.recording.frames(n)[0]?.step.id ?? -1;
  }

  /** Level of the table that row `n` reads an entry of: 0 region-first … 3 segment, 4 page; undefined if it reads none. */
  walkLevel(n: number): number | undefined {
    const { trace } = this.recording;
    const kind = trace.kind(n);
    if (kind === Kind.Walk) return trace.operand(n, 0);
    if (kind !== Kind.Note) return undefined;
    const { sets } = stepById(trace.site(n));
    return sets.length > 1 && sets[0]!.kind === 'pte' && sets[1]!.kind === 'pteval' ? PAGE_LEVEL : undefined;
  }

  /** Is row `n` the return of a function with a negative error number? */
  private returnsError(n: number): boolean {
    const { trace } = this.recording;
    if (trace.kind(n) !== Kind.Return || !mayReturnError(this.recording.functionAt(n))) return false;
    // The sign bit first: most calls return no error.
    return trace.operand(n, 0) >>> 31 === 1 && returnedValue(trace, n)!.value! < 0n;
  }

  /** Row of the step before stop `n` that changed the watched bytes. */
  writer(watched: Watched, n: number): number | undefined {
    for (let row = n - 1; row >= 0; row--) {
      if (this.changes(watched, row)) return row;
      if (this.stepping.isStop(row)) break;
    }
    return undefined;
  }

  /** Did row `n` change the watched bytes? */
  changes(watched: Watched, row: number): boolean {
    const { trace } = this.recording;
    const count = trace.changeCount(row);
    const mask = watched.mask;
    let old = 0n;
    for (let i = 0; i < count; i++) {
      const at = trace.changeIndex(row, i) * 4;
      if (at + 4 <= watched.from || at >= watched.to) continue;
      const xor = trace.changeXor(row, i);
      if (mask === undefined) {
        if (at >= watched.from && at + 4 <= watched.to) return true;
        // Part of a half word: only bytes inside the range count.
        for (let byte = 0; byte < 4; byte++) {
          const inside = at + byte >= watched.from && at + byte < watched.to;
          if (inside && (xor >>> (24 - 8 * byte)) & 0xff) return true;
        }
      } else old ^= at === watched.from ? BigInt(xor) << 32n : BigInt(xor);
    }
    return mask !== undefined && (old & mask) !== 0n;
  }

  /** Row of the step before stop `n` that read a table entry in the watched bytes. */
  private reader(watched: Watched, n: number): number | undefined {
    const { trace } = this.recording;
    for (let row = n - 1; row >= 0; row--) {
      if (trace.kind(row) === Kind.Walk) {
        const at = trace.operand(row, 4);
        if (at + 8 > watched.from && at < watched.to) return row;
      }
      if (this.stepping.isStop(row)) break;
    }
    return undefined;
  }
}
