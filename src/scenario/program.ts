/** A scenario as data: what compiling makes and running reads. Names are resolved, numbers are numbers. */
import type { Bit } from '../engine/bits.js';
import type { Generation, Operation } from '../engine/operation.js';
import type { Expression } from './expression/tree.js';
import type { SourceRange } from './source.js';
import type { EntryLevelName, StateInfo } from './words.js';

export interface CompiledFile {
  readonly uri: string;
  /** What the file says; who runs it may choose the other. */
  readonly generation: Generation;
  readonly slots: {
    readonly gmaps: ReadonlyMap<string, number>;
    readonly notifiers: ReadonlyMap<string, number>;
  };
  /** Constants of the whole file. */
  readonly constants: ReadonlyMap<string, bigint>;
  /** Runs first in every scenario. */
  readonly setup: readonly Statement[];
  /** A file without scenario blocks is one scenario, named after the file, with no set-up. */
  readonly scenarios: readonly CompiledScenario[];
}

export interface CompiledScenario {
  readonly name: string;
  readonly generation: Generation;
  readonly range: SourceRange;
  readonly nameRange: SourceRange;
  /** Its own constants and those of the file. */
  readonly constants: ReadonlyMap<string, bigint>;
  readonly statements: readonly Statement[];
}

interface Located {
  readonly range: SourceRange;
  /** The statement as it stands in the file; of a block, what comes before its `{`. */
  readonly text: string;
}

export type Statement =
  | OperationStatement
  | ExpectStatement
  | PrintStatement
  | HeadingStatement
  | MarkStatement
  | RepeatStatement
  | ThreadsStatement
  | VcpuStatement;

export interface OperationStatement extends Located {
  readonly kind: 'operation';
  readonly operation: Operation;
  readonly expected?: ExpectedResult;
  /** Only for `register`: what the notifier does when it is called, beside being recorded. */
  readonly callback?: NotifierCallback;
}

export type NotifierCallback =
  { readonly kind: 'kick-vcpus' } | { readonly kind: 'operations'; readonly statements: readonly OperationStatement[] };

/** What an operation must return. */
export type ExpectedResult = { readonly range: SourceRange; readonly text: string } & (
  | { readonly kind: 'value'; readonly value: bigint; readonly key?: bigint }
  /** The kernel would crash; with the text, if one is given. */
  | { readonly kind: 'bug'; readonly message?: string }
  /** `NA`: the operation is refused. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'word'; readonly word: 'set' | 'clear' }
);

export interface ExpectStatement extends Located {
  readonly kind: 'expect';
  readonly expectation: Expectation;
}

export interface PrintStatement extends Located {
  readonly kind: 'print';
  readonly values: readonly { readonly expression: Expression; readonly text: string }[];
}

export interface HeadingStatement extends Located {
  readonly kind: 'heading';
  readonly title: string;
}

export interface MarkStatement extends Located {
  readonly kind: 'mark';
  readonly name: string;
}

export interface RepeatStatement extends Located {
  readonly kind: 'repeat';
  readonly count: number;
  readonly body: readonly Statement[];
}

/** Thread blocks that stand side by side: they run at the same time. */
export interface ThreadsStatement extends Located {
  readonly kind: 'threads';
  readonly threads: readonly CompiledThread[];
  readonly schedule?: ScheduleChoice;
}

export interface CompiledThread {
  readonly name: string;
  readonly statements: readonly Statement[];
  readonly range: SourceRange;
  readonly nameRange: SourceRange;
  /** The thread is the vCPU of this name. */
  readonly vcpu?: VcpuInfo;
}

export interface VcpuInfo {
  readonly name: string;
  readonly gmap: SlotName;
  readonly prefix: bigint;
}

export type VcpuStatement = Located & { readonly kind: 'vcpu'; readonly vcpu: VcpuInfo } & (
    | { readonly action: 'declare' }
    | { readonly action: 'enter' | 'leave'; readonly expected?: ExpectedResult }
    | { readonly action: 'set_prefix'; readonly prefix: bigint; readonly expected?: ExpectedResult }
  );

export type ScheduleChoice = { readonly range: SourceRange } & (
  | { readonly kind: 'written' | 'round_robin' }
  | { readonly kind: 'random'; readonly seed: bigint }
  | { readonly kind: 'pct'; readonly seed: bigint; readonly depth: number }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'steps'; readonly steps: readonly { readonly thread: string; readonly count: number }[] }
);

/** A gmap or notifier: its name in the file and its number. */
export interface SlotName {
  readonly name: string;
  readonly slot: number;
}

// ---- expectations -----------------------------------------------------------------------------------------------

/** How often: `once`, `3 times`, `at least once`, `never`. */
export interface CountBound {
  readonly at: 'exactly' | 'least' | 'most';
  readonly number: number;
}

export type Expectation = {
  readonly range: SourceRange;
  /** As it stands in the file, without `expect`. */
  readonly text: string;
  /** `now`: here. `always`: at every step from here to the end. `eventually`: at the end of the scenario. */
  readonly when: 'now' | 'always' | 'eventually';
  /** The mark from which is counted; else the start of the scenario's own block. */
  readonly since?: string;
} & ExpectationKind;

export type ExpectationKind =
  | NotifiedExpectation
  | NotificationsExpectation
  | EntryExpectation
  | TranslateExpectation
  | VisitsExpectation
  | HeldExpectation
  /** `deadlock` and `no-deadlock` are known at the end: their `when` is `eventually`. */
  | { readonly kind: 'no-lock-held' | 'no-deadlock' | 'deadlock' | 'no-invariant-broken' }
  | { readonly kind: 'holds'; readonly expression: Expression };

/**
 * Calls of notifiers. One call: it came as often as `count` says. Several: calls that match came in this order
 * (others may lie between them), the whole row as often as `count` says.
 */
export interface NotifiedExpectation {
  readonly kind: 'notified';
  readonly calls: readonly ExpectedCall[];
  readonly count: CountBound;
}

/** A call matches if it is of this notifier, for this gmap, and its range lies in `start` … `end` (inclusive). */
export interface ExpectedCall {
  readonly range: SourceRange;
  readonly notifier: SlotName;
  readonly gmap?: SlotName;
  readonly start?: bigint;
  readonly end?: bigint;
}

/** The number of all notifier calls. */
export interface NotificationsExpectation {
  readonly kind: 'notifications';
  readonly number: number;
}

export interface EntryExpectation {
  readonly kind: 'entry';
  readonly place:
    | { readonly in: 'gmap'; readonly gmap: SlotName; readonly address: bigint }
    | { readonly in: 'host'; readonly address: bigint };
  readonly clauses: readonly EntryClause[];
}

export interface EntryClause {
  readonly level: EntryLevelName;
  readonly tests: readonly EntryTest[];
  readonly range: SourceRange;
}

export type EntryTest = { readonly range: SourceRange; readonly text: string } & (
  | { readonly kind: 'state'; readonly state: string; readonly info: StateInfo; readonly negated: boolean }
  | { readonly kind: 'bits'; readonly bits: readonly Bit[]; readonly set: boolean }
  | { readonly kind: 'value'; readonly value: bigint }
);

export interface TranslateExpectation {
  readonly kind: 'translate';
  readonly gmap: SlotName;
  readonly gaddr: bigint;
  /** Left out: to nothing. */
  readonly vmaddr?: bigint;
}

export interface VisitsExpectation {
  readonly kind: 'visits';
  /** A kernel function, or `walk:LEVEL`. */
  readonly place: { readonly function: string } | { readonly walk: string };
  readonly count: CountBound;
}

export interface HeldExpectation {
  readonly kind: 'held';
  readonly negated: boolean;
  readonly lock: string;
  readonly gmap?: SlotName;
  readonly address?: bigint;
  readonly mode?: 'read' | 'write';
  readonly thread?: string;
}
