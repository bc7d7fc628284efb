/** Follows the debug session that has the person's attention, so that views and commands need not. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { Requests, type PositionResponse } from '../debug/protocol.js';

interface Run {
  readonly session: vscode.DebugSession;
  /** Thread of the last stop; undefined while the program runs. */
  thread: number | undefined;
  position: PositionResponse | undefined;
}

/** How long a run may go on before the views say so, in milliseconds. */
const patience = 300;

export class Follower implements vscode.Disposable {
  private readonly runs = new Map<string, Run>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly stops = new vscode.EventEmitter<void>();
  private readonly disposables: vscode.Disposable[];

  /** Another session, or the same one stopped, went on, ended, or says that what it showed has changed. */
  readonly onDidChange = this.changed.event;
  /** The machine stands still somewhere: what can be looked at is new. */
  readonly onDidStop = this.stops.event;

  constructor() {
    this.disposables = [
      this.changed,
      this.stops,
      vscode.debug.registerDebugAdapterTrackerFactory('gmap', {
        createDebugAdapterTracker: (session) => this.track(session),
      }),
      vscode.debug.onDidChangeActiveDebugSession(() => this.announce()),
    ];
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  get session(): vscode.DebugSession | undefined {
    return this.run?.session;
  }

  /** Where the cursor stands; undefined while the program runs. */
  get position(): PositionResponse | undefined {
    return this.run?.thread === undefined ? undefined : this.run.position;
  }

  /** The thread that the person looks at: the one of the focused frame, else the one that stopped. */
  get thread(): number | undefined {
    const item = vscode.debug.activeStackItem;
    return item && item.session.id === this.session?.id ? item.threadId : this.run?.thread;
  }

  get stopped(): boolean {
    return this.run?.thread !== undefined;
  }

  /** Asks the session; undefined if there is none, or if it has no answer (any more). */
  async ask<T>(request: string, args?: object): Promise<T | undefined> {
    try {
      return (await this.session?.customRequest(request, args)) as T | undefined;
    } catch {
      return undefined;
    }
  }

  /** Asks the session to do something; a failure is shown to the person. */
  async tell<T>(request: string, args?: object): Promise<T | undefined> {
    try {
      return (await this.session?.customRequest(request, args)) as T | undefined;
    } catch (error) {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  private get run(): Run | undefined {
    const active = vscode.debug.activeDebugSession;
    return active && this.runs.get(active.id);
  }

  private track(session: vscode.DebugSession): vscode.DebugAdapterTracker {
    const run: Run = { session, thread: undefined, position: undefined };
    this.runs.set(session.id, run);
    return {
      onDidSendMessage: (message: DebugProtocol.ProtocolMessage) => {
        if (message.type === 'event') this.event(run, message as DebugProtocol.Event);
      },
      onExit: () => this.forget(session),
      onWillStopSession: () => this.forget(session),
    };
  }

  private event(run: Run, { event, body }: DebugProtocol.Event): void {
    switch (event) {
      case 'stopped':
        run.thread = (body as DebugProtocol.StoppedEvent['body']).threadId ?? 1;
        void this.look(run);
        break;
      case 'invalidated':
        if (run.thread !== undefined) void this.look(run);
        break;
      case 'continued':
        run.thread = undefined;
        // Most ways are short: views that emptied themselves for the blink of an eye would flicker.
        setTimeout(() => run.thread === undefined && this.announce(), patience);
        break;
      case 'terminated':
        this.forget(run.session);
        break;
    }
  }

  private forget(session: vscode.DebugSession): void {
    if (this.runs.delete(session.id)) this.announce();
  }

  private async look(run: Run): Promise<void> {
    try {
      run.position = (await run.session.customRequest(Requests.position)) as PositionResponse;
    } catch {
      return; // It has ended meanwhile.
    }
    this.announce();
    if (run === this.run) this.stops.fire();
  }

  private announce(): void {
    void vscode.commands.executeCommand('setContext', 'gmap.past', this.position?.past ?? false);
    this.changed.fire();
  }
}
