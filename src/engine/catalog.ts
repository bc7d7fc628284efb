/**
 * The catalogue of functions and their steps.
 *
 * A function is described once, beside its code: its arguments, its result, and each of its steps in our own
 * words. The listing that a person steps through, breakpoints, the log, coverage and the documentation are
 * projections of that description.
 */
import { MAX_SITES } from './trace.js';
import type { Generation } from './operation.js';

/** How an argument or result is kept (in 32-bit words) and shown. */
export type ValueKind =
  | 'none'
  | 'gmap'
  | 'notifier'
  | 'hex'
  | 'dec'
  | 'pte' // a PTE slot, named by the host address it stands for
  | 'ptep' // the same, or null
  | 'sg' // a segment table entry, named by the guest address it stands for, or null
  | 'pteval'
  | 'pgste'
  | 'index'
  | 'address' // hex address, or a negative errno
  | 'fixup'; // a number and locked or unlocked

export const WORDS: Readonly<Record<ValueKind, number>> = {
  none: 0,
  gmap: 1,
  notifier: 1,
  hex: 2,
  dec: 1,
  pte: 2,
  ptep: 3,
  sg: 3,
  pteval: 2,
  pgste: 2,
  index: 1,
  address: 2,
  fixup: 2,
};

export interface Argument {
  readonly name: string;
  readonly kind: ValueKind;
}

export interface Step {
  /** Number of the step, unique over all functions. */
  readonly id: number;
  readonly fn: FunctionInfo;
  readonly key: string;
  /** 1-based line in the function's listing. */
  readonly line: number;
  /** The step in our words; leading spaces show nesting. */
  readonly text: string;
  /** Local variables that a note of this step assigns, in operand order. */
  readonly sets: readonly Argument[];
}

export interface FunctionInfo {
  readonly id: number;
  readonly name: string;
  /** Name in the generation before, where it differs. */
  readonly nameBefore: string | undefined;
  /** The kernel file it models, or `host` and `guest` for what acts from outside. */
  readonly file: string;
  readonly generation: Generation | undefined;
  readonly args: readonly Argument[];
  readonly returns: ValueKind;
  readonly doc: string;
  readonly steps: readonly Step[];
  /** Name of the local variable of a caller that takes the result. */
  readonly gives: string | undefined;
  /** A function of the test bench around the kernel code: an operation of the scenario. */
  readonly operation: boolean;
  /** An operation that only calls one kernel function: nobody stops in it. */
  readonly wrapper: boolean;
}

const functions: FunctionInfo[] = [];
const steps: Step[] = [];
const byName = new Map<string, FunctionInfo>();

export interface FunctionSpec<K extends string> {
  readonly file: string;
  readonly nameBefore?: string;
  readonly generation?: Generation;
  readonly args?: Readonly<Record<string, ValueKind>>;
  readonly returns?: ValueKind;
  readonly gives?: string;
  readonly doc: string;
  readonly operation?: boolean;
  readonly wrapper?: boolean;
  /** Steps in listing order. */
  readonly steps: Readonly<Record<K, string>>;
  /** Local variables that notes assign, by step. */
  readonly sets?: Readonly<Partial<Record<NoInfer<K>, Readonly<Record<string, ValueKind>>>>>;
}

export interface DefinedFunction<K extends string> extends FunctionInfo {
  /** Step numbers by key. */
  readonly at: Readonly<Record<K, number>>;
}

const namedKinds = (kinds: Readonly<Record<string, ValueKind>> = {}): Argument[] =>
  Object.entries(kinds).map(([name, kind]) => ({ name, kind }));

/** Describes a function. Line 1 of its listing is the signature, line 2 the first step. */
export function defineFunction<K extends string>(name: string, spec: FunctionSpec<K>): DefinedFunction<K> {
  const own: Step[] = [];
  const at = {} as Record<K, number>;
  const fn: DefinedFunction<K> = {
    id: functions.length,
    name,
    nameBefore: spec.nameBefore,
    file: spec.file,
    generation: spec.generation,
    args: namedKinds(spec.args),
    returns: spec.returns ?? 'none',
    doc: spec.doc,
    gives: spec.gives,
    operation: spec.operation ?? false,
    wrapper: spec.wrapper ?? false,
    steps: own,
    at,
  };
  for (const [key, text] of Object.entries(spec.steps) as [K, string][]) {
    const step: Step = { id: steps.length, fn, key, line: own.length + 2, text, sets: namedKinds(spec.sets?.[key]) };
    if (step.id >= MAX_SITES) throw new RangeError(`more than ${MAX_SITES} steps are described`);
    own.push(step);
    steps.push(step);
    at[key] = step.id;
  }
  functions.push(fn);
  if (byName.has(name)) throw new Error(`function ${name} is described twice`);
  byName.set(name, fn);
  return fn;
}

export function functionById(id: number): FunctionInfo {
  return functions[id]!;
}

export function functionNamed(name: string): FunctionInfo | undefined {
  return byName.get(name) ?? functions.find((f) => f.nameBefore === name);
}

export function stepById(id: number): Step {
  return steps[id]!;
}

const assigned = new Map<FunctionInfo, ReadonlySet<string>>();

/** May a function have a local variable of this name: is it set by one of its steps, or the result of some call? */
export function isAssigned(fn: FunctionInfo, name: string): boolean {
  let names = assigned.get(fn);
  if (!names) {
    const set = fn.steps.flatMap((step) => step.sets.map((local) => local.name));
    const results = functions.map(({ gives = 'result' }) => gives);
    assigned.set(fn, (names = new Set([...set, ...results])));
  }
  return names.has(name);
}

export function allFunctions(generation?: Generation): readonly FunctionInfo[] {
  return functions.filter((f) => !generation || !f.generation || f.generation === generation);
}

/** Name of a function in a generation. */
export function nameIn(fn: FunctionInfo, generation: Generation): string {
  return generation === 'before' && fn.nameBefore ? fn.nameBefore : fn.name;
}

/** The listing of a function: a signature line, then one line for each step. */
export function listing(fn: FunctionInfo, generation: Generation): string[] {
  const args = fn.args.map((a) => a.name).join(', ');
  return [`${nameIn(fn, generation).replace(/^op:/, '')}(${args})`, ...fn.steps.map((s) => `    ${s.text}`)];
}
