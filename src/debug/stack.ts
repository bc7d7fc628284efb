/** Threads and their stacks. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { Kind } from '../engine/trace.js';
import type { Frame } from '../recording/recording.js';
import type { SourceRange } from '../scenario/source.js';
import type { Handles } from './handles.js';
import { waitingFor } from './locks.js';
import { placeOfStep } from './places.js';
import { displayName, scenarioSource } from './sources.js';
import type { Target } from './target.js';

/** A place that a client may look at: a thread, and one of its frames. */
export interface FrameRef {
  readonly task: number;
  /** Row of the frame's call; -1: the scenario itself. */
  readonly call: number;
  /** The statement of an operation that runs inside of a function. */
  readonly nested?: boolean;
}

/** Thread numbers of the protocol start at 1. */
export const threadId = (task: number): number => task + 1;
export const taskOf = (id: number): number => id - 1;

export function threads(target: Target): DebugProtocol.Thread[] {
  const running = target.threadsAt(target.position).filter(({ task }) => target.nextRow(task) !== undefined);
  const main = { id: threadId(0), name: named(target, 0, target.threadName(0)) };
  return [main, ...running.map(({ task, name }) => ({ id: threadId(task), name: named(target, task, name) }))];
}

function named(target: Target, task: number, name: string): string {
  const waiting = waitingFor(target, task);
  return waiting ? `${name} (waits for ${waiting.lock} held by ${waiting.holders.join(', ') || 'nobody'})` : name;
}

/** Kernel frames of a thread, innermost first. */
export function kernelFrames(target: Target, task: number): Frame[] {
  const row = target.nextRow(task);
  return row === undefined ? [] : target.recording.frames(row);
}

/** Number of a frame from the top, as expressions count; undefined if it is not on the stack any more. */
export function frameNumber(target: Target, { task, call, nested }: FrameRef): number | undefined {
  const frames = kernelFrames(target, task);
  if (call < 0) return frames.length;
  const row = target.nextRow(task);
  if (nested && (row === undefined || !nestedOperations(target, row).includes(call))) return undefined;
  // A statement inside of a function knows what is around it.
  const index = frames.findIndex((frame) => (nested ? frame.call < call : frame.call === call));
  return index < 0 ? undefined : index;
}

/** Operations that a notifier does when it is called: statements inside of a function. Innermost first. */
function nestedOperations(target: Target, row: number): number[] {
  const { trace } = target;
  const found: number[] = [];
  for (let n = row; n >= 0 && n < trace.length; n = trace.caller(n)) {
    if (trace.kind(n) === Kind.Op && trace.caller(n) >= 0) found.push(n);
  }
  return found;
}

/** The stack of a thread; the scenario's statement is at the bottom. */
export function stack(target: Target, task: number, handles: Handles<FrameRef>): DebugProtocol.StackFrame[] {
  const row = target.nextRow(task);
  if (row === undefined && task !== 0) return [];
  const { generation } = target.recording;
  const frames = kernelFrames(target, task).map(({ fn, step, call }) => ({
    call,
    nested: false,
    frame: {
      id: handles.of(`${task}:${call}`, { task, call }),
      name: displayName(fn, generation),
      ...placeOfStep(target, step),
      column: 1,
      canRestart: true,
    },
  }));
  const statements = nestedOperations(target, row ?? -1).map((call) => ({
    call,
    nested: true,
    frame: statementFrame(target, target.statement(target.trace.operand(call, 1))?.range, {
      id: handles.of(`${task}:${call}:statement`, { task, call, nested: true }),
      canRestart: true,
    }),
  }));
  // A statement is called by the function around it, and calls the function of its operation.
  const all = [...frames, ...statements].sort((a, b) => b.call - a.call || Number(a.nested) - Number(b.nested));
  const bottom = statementFrame(target, target.rangeAt(row ?? target.recording.length), {
    id: handles.of(`${task}:-1`, { task, call: -1 }),
    canRestart: frames.length > 0,
  });
  return [...all.map(({ frame }) => frame), bottom];
}

function statementFrame(
  target: Target,
  range: SourceRange | undefined,
  more: { id: number; canRestart: boolean },
): DebugProtocol.StackFrame {
  const { start, end } = range ?? target.scenario.nameRange;
  return {
    ...more,
    name: target.scenario.name,
    source: scenarioSource(target.path),
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}
