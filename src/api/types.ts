/** What the package gives to other programs. These declarations are shipped as they are: they import nothing. */

/** The commit that is modelled, or the kernel before it. */
export type Generation = 'after' | 'before';

/** A mistake in a scenario's text, or a doubt about it. Lines and columns count from 1. */
export interface Problem {
  readonly severity: 'error' | 'warning' | 'hint';
  /** Stable name of the kind of mistake. */
  readonly code: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

export interface Scenario {
  readonly name: string;
  /** Where it begins in the file. */
  readonly line: number;
  /** The generation that the file chooses for it. */
  readonly generation: Generation;
}

/** A scenario file as compiled. With errors in `problems` it has no scenarios, and cannot be run. */
export interface Program {
  readonly file: string;
  readonly problems: readonly Problem[];
  readonly scenarios: readonly Scenario[];
}

export interface RunOptions {
  /** Name of the scenario; the first of the file if left out. */
  readonly scenario?: string;
  /** Overrides what the file says. */
  readonly generation?: Generation;
  /** Ends the run after so many steps; 20,000,000 if left out. */
  readonly maxSteps?: number;
  /** Looks at the model's invariants and the order of locks at every step. */
  readonly checkInvariants?: boolean;
}

/** Something that is not as the scenario says. */
export interface Failure {
  readonly kind: 'expectation' | 'invariant' | 'bug' | 'deadlock' | 'limit' | 'error';
  readonly line: number;
  readonly column: number;
  /** The statement as it stands in the file. */
  readonly statement: string;
  readonly expected: string;
  readonly found: string;
  /** Number of the step that says so. */
  readonly step: number;
}

/** How a run ended: by itself, in a crash of the kernel, in a deadlock, or at a limit of the tool. */
export interface Outcome {
  readonly kind: 'ended' | 'bug' | 'deadlock' | 'limit' | 'error';
  /** What the kernel, or the tool, says to it; empty if the run ended by itself. */
  readonly text: string;
}

export type StepKind =
  | 'operation' | 'result' | 'call' | 'return' | 'lock' | 'unlock' | 'block' | 'rcu' | 'walk' | 'alloc' | 'free'
  | 'data' | 'lookup' | 'insert' | 'delete' | 'invalidate' | 'flush' | 'notify' | 'key' | 'loop' | 'host' | 'access'
  | 'race-begin' | 'race-end' | 'bug' | 'flush-done' | 'note' | 'statement' | 'edit'; // prettier-ignore

/** A 64-bit word of storage that a step changed. */
export interface Change {
  /** Absolute address. */
  readonly address: bigint;
  /** What the word is: `pte 0x10002000`, `segment vm 0x0`, `mmap_sem.readers`. */
  readonly what: string;
  readonly before: bigint;
  readonly after: bigint;
}

/** One step of a run. */
export interface Step {
  /** Counts from 0; `run.at(number)` is the moment before it. */
  readonly number: number;
  readonly kind: StepKind;
  /** `scenario`, or the name of a thread. */
  readonly thread: string;
  /** The kernel function it is in; undefined for steps of the scenario itself. */
  readonly function: string | undefined;
  /** Line in our listing of that function. */
  readonly line: number | undefined;
  /** The step in the words of that listing. */
  readonly text: string | undefined;
  /** The step in the words of the conformance corpus; empty for expectations and headings. */
  readonly event: string;
  /** How deep calls nest here. */
  readonly depth: number;
  /** The statement of the scenario that it belongs to. */
  readonly statement: { readonly line: number; readonly text: string } | undefined;
  readonly changes: readonly Change[];
}

export interface Lock {
  /** The kernel's name: `mmap_sem`, `ptl`, `pcl`, `guest_table_lock` … */
  readonly name: string;
  readonly mode: 'read' | 'write' | undefined;
  /** ptl: host address of its segment; pcl: host address of its page. */
  readonly vmaddr: bigint | undefined;
  /** guest_table_lock: name of the gmap. */
  readonly gmap: string | undefined;
  /** The thread that holds it. */
  readonly thread: string;
}

export interface Notification {
  readonly step: number;
  readonly notifier: string;
  readonly gmap: string;
  /** The guest addresses, both included. */
  readonly start: bigint;
  readonly end: bigint;
}

/** A number, a truth value, a text; null for what is absent. Entries count as their 64 bits. */
export type Value = bigint | boolean | string | null;

/** The machine between two steps. Looking changes nothing. */
export interface Moment {
  /** Number of steps that have happened. */
  readonly step: number;
  /**
   * The value of an expression, as in `expect`, `print` and watches: `pte(vm, 0x2000).I`, `rc == -EFAULT`.
   * @throws Error that says where the expression is wrong
   */
  evaluate(expression: string): Value;
  /** The same as text, as a watch shows it: `d1:03d (0x…)`. */
  show(expression: string): string;
  /** Kernel functions on the stack of a thread, innermost first, in the step that comes next. */
  stack(thread?: string): readonly string[];
  locks(): readonly Lock[];
  /** Calls of notifiers so far, the set-up's too. */
  notifications(): readonly Notification[];
}

/** A scenario that was run, with every step of it. */
export interface Run {
  readonly file: string;
  readonly scenario: string;
  readonly generation: Generation;
  readonly passed: boolean;
  readonly failures: readonly Failure[];
  readonly outcome: Outcome;
  /** What print statements showed. */
  readonly printed: readonly { readonly line: number; readonly text: string }[];
  /** Number of steps. */
  readonly steps: number;
  /** The first step of the scenario's own block: what comes before is the set-up. */
  readonly start: number;
  /** The machine when `step` steps have happened; the end if left out. Good at any time, in any order. */
  at(step?: number): Moment;
  /** The steps from `from` (the first) up to, not including, `to` (the end). */
  walk(from?: number, to?: number): IterableIterator<Step>;
}
