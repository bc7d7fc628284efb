/** The steps of a run in order, each with its place, its words and what it changed. */
import { nameIn, stepById, type Step } from '../../engine/catalog.js';
import { eventText } from '../../engine/events.js';
import { entryAt } from '../../engine/inspect.js';
import { Kind } from '../../engine/trace.js';
import { entryText } from '../../scenario/moment.js';
import type { RunFailure, ScenarioRun } from '../../scenario/run.js';
import { advance } from '../execute.js';
import { StorageNames, type WordName } from './names.js';

export interface Change {
  readonly address: number;
  /** Unsigned 64-bit words. */
  readonly before: bigint;
  readonly after: bigint;
  readonly name: WordName;
  /** Both in words, for table entries. */
  readonly words: readonly [before: string, after: string] | undefined;
}

export interface Row {
  readonly n: number;
  readonly kind: Kind;
  /** 0 is the scenario itself, from 1 up its threads. */
  readonly task: number;
  readonly depth: number;
  /** Number of the statement it belongs to. */
  readonly statement: number | undefined;
  /** The step of a function; rows of the scenario itself have none. */
  readonly step: Step | undefined;
  readonly event: string;
  readonly changes: readonly Change[];
  /** Rows of expectations: the one that does not hold. */
  readonly failure: RunFailure | undefined;
  /** Rows of print statements and headings: what they show. */
  readonly shown: string | undefined;
}

export interface RowFilter {
  /** Only what happens in calls of these functions. */
  readonly functions: ReadonlySet<number>;
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
  /** Also what a row changed; that takes longer. */
  readonly changes: boolean;
}

export class RowReader {
  private readonly names: StorageNames;
  private readonly failures = new Map<number, RunFailure>();
  private known = 0;
  private next = 0;

  /** Without a filter: of every row. */
  constructor(
    private readonly run: ScenarioRun,
    private readonly filter: RowFilter = { functions: new Set(), from: 0, to: Infinity, changes: true },
    private readonly maxSteps?: number,
  ) {
    this.names = new StorageNames(run.recording.machine, run.names);
  }

  /** Calls `each` for every wanted row, in slices: the run goes on only when they are done. */
  async forEach(each: (row: Row) => void, slice: () => Promise<boolean>): Promise<void> {
    const { run, filter } = this;
    await advance(run, this.maxSteps, async () => {
      const { recording } = run;
      this.names.collect();
      const end = Math.min(recording.length, filter.to + 1);
      for (let n = Math.max(this.next, filter.from); n < end; n++) {
        if (!this.wanted(n)) continue;
        each(this.row(n));
        if (n % 1024 === 0 && !(await slice())) return false;
      }
      this.next = recording.length;
      return (await slice()) && recording.length <= filter.to;
    });
  }

  private wanted(n: number): boolean {
    const { functions } = this.filter;
    if (functions.size === 0) return true;
    const { trace } = this.run.recording;
    if (trace.kind(n) === Kind.Call && functions.has(trace.operand(n, 0))) return true;
    for (let call = trace.caller(n); call >= 0; call = trace.caller(call)) {
      if (functions.has(trace.operand(call, 0))) return true;
    }
    return false;
  }

  /** A row that is recorded. */
  row(n: number): Row {
    const { recording, shown, failures } = this.run;
    for (; this.known < failures.length; this.known++) {
      const failure = failures[this.known]!;
      this.failures.set(failure.row, failure);
    }
    const { trace, generation } = recording;
    const kind = trace.kind(n);
    const inStep = kind !== Kind.Op && kind !== Kind.End && kind !== Kind.Statement && kind !== Kind.Edit;
    return {
      n,
      kind,
      task: trace.task(n),
      depth: trace.depth(n),
      // A verdict is about its own statement, wherever it stands.
      statement: kind === Kind.Statement ? trace.operand(n, 0) : recording.statementOf(n),
      step: inStep ? stepById(trace.site(n)) : undefined,
      event: eventText(trace, n, generation),
      changes: this.filter.changes && trace.changeCount(n) > 0 ? this.changes(n) : [],
      failure: this.failures.get(n),
      shown: shown.get(n),
    };
  }

  /** Words of 64 bits that a row changed, with the machine before and after it. */
  private changes(n: number): Change[] {
    const { recording } = this.run;
    const { trace, machine } = recording;
    const addresses = new Set<number>();
    for (let i = 0; i < trace.changeCount(n); i++) addresses.add((trace.changeIndex(n, i) >>> 1) * 8);
    recording.seek(n);
    const old = [...addresses].map((at) => {
      const entry = entryAt(machine, at);
      return { at, value: machine.word(at).toBigInt(), text: entry && entryText(entry) };
    });
    recording.seek(n + 1);
    return old.flatMap(({ at, value, text }): Change[] => {
      const after = machine.word(at).toBigInt();
      if (after === value) return [];
      const name = this.names.name(at);
      const words = name.entry && text !== undefined ? ([text, entryText(name.entry)] as const) : undefined;
      return [{ address: at, before: value, after, name, words }];
    });
  }
}

/** Name of the function of a step, in the generation that runs; of an operation `op:…`. */
export function functionName(step: Step, run: ScenarioRun): string {
  return nameIn(step.fn, run.recording.generation);
}
