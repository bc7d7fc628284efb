/** Threads and their stacks. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Frame } from '../recording/recording.js';
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
export function frameNumber(target: Target, { task, call }: FrameRef): number | undefined {
  const frames = kernelFrames(target, task);
  if (call < 0) return frames.length;
  const index = frames.findIndex((frame) => frame.call === call);
  return index < 0 ? undefined : index;
}

/** The stack of a thread; the scenario's statement is at the bottom. */
export function stack(target: Target, task: number, handles: Handles<FrameRef>): DebugProtocol.StackFrame[] {
  const row = target.nextRow(task);
  if (row === undefined && task !== 0) return [];
  const { generation } = target.recording;
  const idOf = (call: number): number => handles.of(`${task}:${call}`, { task, call });
  const frames = kernelFrames(target, task).map((frame): DebugProtocol.StackFrame => {
    return {
      id: idOf(frame.call),
      name: displayName(frame.fn, generation),
      ...placeOfStep(target, frame.step),
      column: 1,
      canRestart: true,
    };
  });
  const { start, end } = target.rangeAt(row ?? target.recording.length);
  const bottom: DebugProtocol.StackFrame = {
    id: idOf(-1),
    name: target.scenario.name,
    source: scenarioSource(target.path),
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    canRestart: frames.length > 0,
  };
  return [...frames, bottom];
}
