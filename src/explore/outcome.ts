/**
 * What a run came to, as data: what its operations answered, whom the notifiers were called for, the state that the
 * threads left. Numbers of pages and swap slots are names: they are given anew, in the order of addresses, so that two
 * outcomes that differ in such names only are one.
 */
import { brokenInvariant } from '../engine/invariants.js';
import { VCPU } from '../engine/kernel/kvm.js';
import { MM, MM_AT, type Machine } from '../engine/machine.js';
import { snapshot, type MachineState } from '../engine/snapshot.js';
import { eventText, resultText } from '../engine/events.js';
import { Kind } from '../engine/trace.js';
import { hex } from '../engine/u64.js';
import { gmapName, notifierName } from '../scenario/moment.js';
import { Hash } from '../scenario/hash.js';
import type { Block, ThreadsRun } from './replay.js';

/** How a run ended. */
export type End = { readonly kind: 'ended' | 'bug' | 'deadlock' | 'limit'; readonly text: string };

export interface FailedExpectation {
  /** Line of the statement. */
  readonly line: number;
  readonly statement: string;
  readonly expected: string;
  readonly found: string;
}

export interface OutcomeData {
  readonly end: End;
  /** What each thread's operations answered, in order; last, without a name, those of the scenario after its threads. */
  readonly results: readonly { readonly thread: string; readonly answers: readonly string[] }[];
  /** For each guest page: the notifiers that were called for it, in order. */
  readonly calls: Readonly<Record<string, readonly string[]>>;
  /** The state that the threads left. After a crash or a deadlock none, and no results and calls: they say how far the others had come. */
  readonly state: (MachineState & { readonly vcpus: readonly string[] }) | undefined;
  /** An invariant that the threads left broken. */
  readonly broken: string | undefined;
  readonly failures: readonly FailedExpectation[];
  /** Somebody should look: an expectation failed, an invariant is broken, the kernel crashed or hung unexpectedly. */
  readonly failed: boolean;
}

/** State between the threads' end and what follows; its JSON is the same for equal states. */
export function stateOf(m: Machine): NonNullable<OutcomeData['state']> {
  const state = snapshot(m);
  const names = new Map<string, string>();
  const rename = (text: string): string =>
    text.replace(/^([dsm])(\d+):/, (_, kind: string, number: string) => {
      // A migration entry names the page that moves.
      const of = (kind === 's' ? 's' : 'd') + number;
      const name = names.get(of) ?? String(names.size + 1);
      names.set(of, name);
      return `${kind}${name}:`;
    });
  const pte = Object.fromEntries(Object.entries(state.pte).map(([at, text]) => [at, rename(text)]));
  return { ...state, pte, vcpus: vcpusOf(m) };
}

function vcpusOf(m: Machine): string[] {
  const vcpus: string[] = [];
  for (let at = m.get(MM_AT + MM.vcpus); at !== 0; at = m.get(at + VCPU.next)) {
    const bit = (name: 'reload' | 'request' | 'in_sie'): string => (m.get(at + VCPU[name]) ? ` ${name}` : '');
    vcpus.push(`v${m.get(at + VCPU.id)}${bit('in_sie')}${bit('reload')}${bit('request')}`);
  }
  return vcpus.reverse();
}

/** What the threads left, looked at before the scenario goes on. */
export interface Middle {
  readonly state: OutcomeData['state'];
  readonly broken: string | undefined;
  /** The threads ended in a crash, or in a deadlock: what it was. */
  readonly stopped: End | undefined;
  readonly threads: readonly string[];
}

export function middleOf(run: ThreadsRun, block: Block): Middle {
  const outcome = block.outcome();
  const threads = block.names;
  const none = { state: undefined, broken: undefined, threads };
  switch (outcome?.kind) {
    case 'bug':
      return { ...none, stopped: { kind: 'bug', text: `${outcome.text}, in thread ${threads[outcome.task - 1]!}` } };
    case 'deadlock':
      return { ...none, stopped: { kind: 'deadlock', text: block.deadlock() } };
    default:
      return { ...none, state: stateOf(run.machine), broken: brokenInvariant(run.machine)?.text, stopped: undefined };
  }
}

export function outcomeOf(run: ThreadsRun, { state, broken, stopped, threads }: Middle): OutcomeData {
  const { outcome } = run;
  if (stopped) {
    // How far the others had come by then is as it happens to be.
    const expected = (outcome?.kind === 'bug' || outcome?.kind === 'deadlock') && outcome.expected;
    return { end: stopped, results: [], calls: {}, state, broken, failures: [], failed: !expected };
  }
  const end: End = { kind: outcome?.kind ?? 'ended', text: outcome && outcome.kind !== 'ended' ? outcome.text : '' };
  return {
    end,
    results: resultsOf(run, threads),
    calls: callsOf(run),
    state,
    broken,
    failures: failuresOf(run),
    failed: run.failed || broken !== undefined,
  };
}

function resultsOf(run: ThreadsRun, threads: readonly string[]): OutcomeData['results'] {
  const { trace } = run.machine;
  const answers: string[][] = Array.from({ length: threads.length + 1 }, () => []);
  for (let n = run.firstRow; n < trace.length; n++) {
    const answer = answers[trace.task(n)];
    if (trace.kind(n) === Kind.End) answer?.push(resultText(trace, n));
    else if (trace.kind(n) === Kind.Bug && answer)
      answer.push(`${answer.pop() ?? ''} (${eventText(trace, n, 'after')})`);
  }
  const named = threads.map((thread, i) => ({ thread, answers: answers[i + 1]! }));
  return answers[0]!.length > 0 ? [...named, { thread: '', answers: answers[0]! }] : named;
}

function callsOf(run: ThreadsRun): Record<string, string[]> {
  const { trace } = run.machine;
  const calls: Record<string, string[]> = {};
  for (let n = run.firstRow; n < trace.length; n++) {
    if (trace.kind(n) !== Kind.Notify) continue;
    const page = `${gmapName(run.names, trace.operand(n, 1))} ${hex(trace.operand(n, 2), trace.operand(n, 3))}`;
    (calls[page] ??= []).push(notifierName(run.names, trace.operand(n, 0)));
  }
  return Object.fromEntries(Object.entries(calls).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function failuresOf(run: ThreadsRun): FailedExpectation[] {
  const failures = run.failures.map(({ statement, expected, found }) => {
    const { range, text } = run.statements[statement]!;
    return { line: range.start.line, statement: text, expected, found };
  });
  // Threads fail in the order of the schedule.
  return failures.sort((a, b) => a.line - b.line || (a.found < b.found ? -1 : 1));
}

/** Equal for equal outcomes, different for different ones. */
export function outcomeKey(outcome: OutcomeData): string {
  return new Hash().text(JSON.stringify(outcome)).toString();
}
