/** Two runs of one scenario, statement by statement: where they first differ, and what is different at the end. */
import { answerWords, eventText, isEvent, resultText } from '../engine/events.js';
import { operationInfo, type Generation } from '../engine/operation.js';
import { snapshot, type MachineState } from '../engine/snapshot.js';
import { Kind } from '../engine/trace.js';
import type { Statement } from '../scenario/program.js';
import type { RunOutcome, ScenarioRun } from '../scenario/run.js';
import { ThreadNames } from '../scenario/thread-names.js';
import { stateDifferences, type FactDifference } from './state.js';

/** A statement as it was run once; threads that run beside each other are one. */
interface Segment {
  readonly statement: number;
  readonly from: number;
  to: number;
}

interface Line {
  readonly step: number;
  readonly text: string;
}

export interface EventDifference {
  readonly statement: Statement;
  /** Events that both have before it. */
  readonly common: readonly string[];
  readonly after: readonly Line[];
  readonly before: readonly Line[];
}

export interface StateDifference {
  readonly statement: Statement;
  readonly facts: readonly FactDifference[];
}

/** An answer, or what an expectation says, in one run and in the other. */
export interface AnswerDifference {
  readonly statement: Statement;
  readonly after: string;
  readonly before: string;
  /** The generation that has no such operation. */
  readonly missing: Generation | undefined;
}

export interface Comparison {
  readonly events: EventDifference | undefined;
  readonly state: StateDifference | undefined;
  readonly answers: readonly AnswerDifference[];
  readonly outcome: { readonly after: string; readonly before: string } | undefined;
  readonly end: readonly FactDifference[];
}

const outcomeText = (outcome: RunOutcome): string => {
  if (outcome.kind === 'ended') return 'it ends';
  return outcome.kind === 'bug' ? `BUG ${outcome.text}` : `${outcome.kind}: ${outcome.text}`;
};

class Side {
  readonly segments: Segment[] = [];
  private readonly threads: ThreadNames;
  private readonly failures: Map<number, string>;

  constructor(readonly run: ScenarioRun) {
    this.threads = new ThreadNames(run);
    this.failures = new Map(run.failures.map((f) => [f.row, `✗ ${f.found}`]));
    const { recording } = run;
    const { trace } = recording;
    for (let n = 0; n < recording.length; n++) {
      let statement = recording.statementOf(n) ?? 0;
      if (trace.task(n) > 0) statement = this.threads.groupOf(statement) ?? statement;
      const begins = trace.task(n) === 0 && trace.depth(n) === 0 && trace.kind(n) === Kind.Op;
      const last = this.segments.at(-1);
      if (last?.statement === statement && !begins) last.to = n + 1;
      else this.segments.push({ statement, from: n, to: n + 1 });
    }
  }

  /** Events of a segment. In both runs the names of the newer generation: another name is no difference. */
  events({ from, to }: Segment, generation: Generation): Line[] {
    const { recording } = this.run;
    const { trace } = recording;
    const lines: Line[] = [];
    for (let n = from; n < to; n++) {
      if (!isEvent(trace.kind(n))) continue;
      const statement = recording.statementOf(n);
      const thread = trace.task(n) > 0 ? `${this.threads.around(statement)[trace.task(n) - 1]?.name ?? ''}: ` : '';
      lines.push({ step: n, text: thread + eventText(trace, n, generation) });
    }
    return lines;
  }

  /** Answers of operations and verdicts of expectations, by statement, in order. */
  answers({ from, to }: Segment): { statement: number; text: string }[] {
    const { recording } = this.run;
    const { trace } = recording;
    const found: { statement: number; text: string; task: number }[] = [];
    for (let n = from; n < to; n++) {
      const kind = trace.kind(n);
      // A verdict is about its own statement, wherever it stands.
      const statement = (kind === Kind.Statement ? trace.operand(n, 0) : recording.statementOf(n)) ?? 0;
      if (kind === Kind.End && trace.depth(n) === 1) {
        found.push({ statement, text: answerWords(resultText(trace, n)), task: trace.task(n) });
      } else if (kind === Kind.Bug)
        found.push({ statement, text: eventText(trace, n, 'after').slice(2), task: trace.task(n) });
      else if (kind === Kind.Statement && this.run.statements[statement]!.kind === 'expect') {
        found.push({ statement, text: this.failures.get(n) ?? '✓', task: trace.task(n) });
      }
    }
    // Threads interleave differently: their answers are compared thread by thread.
    return found.sort((a, b) => a.task - b.task);
  }

  /** True if a segment leaves storage other than it found it: what is put back, as a lock is, is no change. */
  changes({ from, to }: Segment): boolean {
    const { trace } = this.run.recording;
    const words = new Map<number, number>();
    for (let n = from; n < to; n++) {
      for (let i = 0; i < trace.changeCount(n); i++) {
        const index = trace.changeIndex(n, i);
        words.set(index, (words.get(index) ?? 0) ^ trace.changeXor(n, i));
      }
    }
    return [...words.values()].some((xor) => xor !== 0);
  }

  stateAt(position: number): MachineState {
    this.run.recording.seek(position);
    return snapshot(this.run.recording.machine);
  }
}

const CONTEXT = 4;

function eventDifference(a: Side, b: Side, i: number, statement: Statement): EventDifference | undefined {
  const left = a.events(a.segments[i]!, 'after');
  const right = b.events(b.segments[i]!, 'after');
  const at = left.findIndex((line, n) => line.text !== right[n]?.text);
  const first = at >= 0 ? at : right.length > left.length ? left.length : -1;
  if (first < 0) return undefined;
  return {
    statement,
    common: left.slice(Math.max(0, first - CONTEXT), first).map(({ text }) => text),
    after: left.slice(first, first + CONTEXT),
    before: b.events(b.segments[i]!, 'before').slice(first, first + CONTEXT),
  };
}

function answerDifferences(a: Side, b: Side, i: number): AnswerDifference[] {
  const left = a.answers(a.segments[i]!);
  const right = b.answers(b.segments[i]!);
  return left.flatMap(({ statement: number, text }, k): AnswerDifference[] => {
    const other = right[k]?.text ?? 'nothing';
    if (text === other) return [];
    const statement = a.run.statements[number]!;
    const only = statement.kind === 'operation' ? operationInfo(statement.operation.name)?.generation : undefined;
    const missing = text === 'NA' || other === 'NA' ? only && (only === 'after' ? 'before' : 'after') : undefined;
    return [{ statement, after: text, before: other, missing }];
  });
}

export function compareRuns(
  after: ScenarioRun,
  before: ScenarioRun,
  endOf: (run: ScenarioRun) => RunOutcome,
): Comparison {
  const a = new Side(after);
  const b = new Side(before);
  let events: EventDifference | undefined;
  let state: StateDifference | undefined;
  const answers: AnswerDifference[] = [];
  for (let i = 0; i < Math.min(a.segments.length, b.segments.length); i++) {
    const here = a.segments[i]!;
    const there = b.segments[i]!;
    // After a BUG in one of them the other goes on alone.
    if (here.statement !== there.statement) break;
    const statement = after.statements[here.statement]!;
    events ??= eventDifference(a, b, i, statement);
    answers.push(...answerDifferences(a, b, i));
    if (!state && (a.changes(here) || b.changes(there))) {
      const facts = stateDifferences(a.stateAt(here.to), b.stateAt(there.to), after.names);
      if (facts.length > 0) state = { statement, facts };
    }
  }
  const end = stateDifferences(a.stateAt(after.recording.length), b.stateAt(before.recording.length), after.names);
  const outcomes = { after: outcomeText(endOf(after)), before: outcomeText(endOf(before)) };
  return { events, state, answers, outcome: outcomes.after === outcomes.before ? undefined : outcomes, end };
}

export function isSame(c: Comparison): boolean {
  return !c.events && !c.state && !c.outcome && c.answers.length === 0 && c.end.length === 0;
}
