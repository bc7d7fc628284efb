/** What all parts of a session share: who the client is, what is debugged, and where it stands. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Breakpoint } from './breakpoint.js';
import { Breakpoints, type Hit } from './breakpoints.js';
import { ErrorId, RequestError } from './errors.js';
import { Handles } from './handles.js';
import type { Host } from './host.js';
import type { LaunchAttributes } from './launch.js';
import { taskOf, type FrameRef } from './stack.js';
import type { Target } from './target.js';
import { viewOf, type Format } from './view.js';
import type { View } from './nodes/node.js';

/** Why the run stands still. */
export interface Stop {
  readonly reason: string;
  readonly task: number;
  readonly hits: readonly Hit[];
  /** Of an exception: which filter, and what happened. */
  readonly exception?: { readonly id: string; readonly text: string };
}

export type Phase =
  /** Nothing has been launched. */
  | 'new'
  /** The files of a launch are read. */
  | 'launching'
  /** The scenario is loaded; the client still sets its breakpoints. */
  | 'configuring'
  | 'stopped'
  | 'running'
  /** The session is over. */
  | 'terminated';

export type SendEvent = (name: string, body: object) => void;

export class Core {
  client: Partial<DebugProtocol.InitializeRequestArguments> = {};
  attributes: LaunchAttributes | undefined;
  target: Target | undefined;
  phase: Phase = 'new';
  stop: Stop | undefined;
  format: Format = 'decoded';
  /** What the client may cancel. */
  progressId: string | undefined;
  readonly breakpoints = new Breakpoints();
  readonly frames = new Handles<FrameRef>();
  readonly containers = new Handles<string>();

  constructor(
    readonly host: Host,
    readonly send: SendEvent,
  ) {}

  // --- the right time ---

  /** What is debugged, at any time after the launch. */
  loaded(command: string): Target {
    if (this.target && this.phase !== 'terminated') return this.target;
    const why = this.phase === 'terminated' ? 'the session is over' : 'nothing has been launched yet';
    throw new RequestError(ErrorId.WrongTime, `${command}: ${why}`);
  }

  /** What is debugged, while it stands still. */
  stopped(command: string): Target {
    const target = this.loaded(command);
    if (this.phase === 'stopped') return target;
    const why =
      this.phase === 'running' ? 'the scenario is running: pause it first' : 'the scenario has not started yet';
    throw new RequestError(ErrorId.WrongTime, `${command}: ${why}`);
  }

  // --- where the person looks ---

  /** Thread that the last stop was about. */
  get task(): number {
    return this.stop?.task ?? 0;
  }

  get view(): View {
    return viewOf(this.target!, this.task);
  }

  /** The frame of a request; without one, the top of the thread that stopped. */
  frame(command: string, frameId: number | undefined): { ref: FrameRef | undefined; task: number } {
    if (frameId === undefined) return { ref: undefined, task: this.task };
    const ref = this.frames.get(frameId);
    if (!ref) throw new RequestError(ErrorId.Unknown, `${command}: there is no frame ${frameId}`);
    return { ref, task: ref.task };
  }

  taskOfThread(command: string, threadId: number): number {
    const task = taskOf(threadId);
    const known = task === 0 || this.target?.threadsAt(this.target.position).some((t) => t.task === task);
    if (!known) throw new RequestError(ErrorId.Unknown, `${command}: there is no thread ${threadId}`);
    return task;
  }

  // --- memory that the client shows ---

  /** What the client read since the last stop, by the reference it used. */
  private readonly shown = new Map<string, { offset: number; count: number; address: number }>();

  memoryRead(reference: string, offset: number, count: number, address: number): void {
    if (this.client.supportsMemoryEvent) this.shown.set(`${reference}+${offset}`, { offset, count, address });
  }

  /** Tells the client which of the memory that it shows has changed. */
  memoryChanged(): void {
    const { target } = this;
    if (!target || this.shown.size === 0) return;
    const changed = [...target.changes().addresses()];
    for (const [key, { offset, count, address }] of this.shown) {
      if (!changed.some((at) => at + 8 > address && at < address + count)) continue;
      this.send('memory', { memoryReference: key.slice(0, key.lastIndexOf('+')), offset, count });
    }
  }

  // --- the client's ways ---

  /** Lines and columns as the client counts them. */
  toClientLine(line: number): number {
    return this.client.linesStartAt1 === false ? line - 1 : line;
  }

  fromClientLine(line: number): number {
    return this.client.linesStartAt1 === false ? line + 1 : line;
  }

  toClientColumn(column: number): number {
    return this.client.columnsStartAt1 === false ? column - 1 : column;
  }

  /** A breakpoint as the client shows it. */
  breakpointBody(breakpoint: Breakpoint): DebugProtocol.Breakpoint {
    const body = breakpoint.toProtocol();
    return {
      ...body,
      ...(body.line !== undefined && { line: this.toClientLine(body.line) }),
      ...(body.endLine !== undefined && { endLine: this.toClientLine(body.endLine) }),
    };
  }

  output(text: string, more: Partial<DebugProtocol.OutputEvent['body']> = {}): void {
    this.send('output', { category: 'console', output: text.endsWith('\n') ? text : `${text}\n`, ...more });
  }
}
