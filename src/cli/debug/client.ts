/** A client of the debug session in the same process: requests out, answers and events in. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { nodeHost } from '../../debug/node-adapter.js';
import { createSession } from '../../debug/session.js';

/** The session could not do what was asked; its message is a sentence for a person. */
export class Refused extends Error {}

export class DebugClient {
  private readonly session = createSession(nodeHost);
  private readonly waiting = new Map<number, (response: DebugProtocol.Response) => void>();
  private sequence = 0;

  constructor(onEvent: (event: DebugProtocol.Event) => void) {
    this.session.onDidSendMessage((message) => {
      const { type } = message as DebugProtocol.ProtocolMessage;
      if (type === 'event') onEvent(message as DebugProtocol.Event);
      else if (type === 'response') this.answered(message as DebugProtocol.Response);
    });
  }

  /**
   * Sends a request; gives the body of its answer.
   * @throws Refused
   */
  async request<T = unknown>(command: string, args: object = {}): Promise<T> {
    const seq = ++this.sequence;
    const response = await new Promise<DebugProtocol.Response>((resolve) => {
      this.waiting.set(seq, resolve);
      const request: DebugProtocol.Request = { seq, type: 'request', command, arguments: args };
      this.session.handleMessage(request);
    });
    if (!response.success) throw new Refused(response.message ?? `'${command}' could not be done`);
    return response.body as T;
  }

  private answered(response: DebugProtocol.Response): void {
    const resolve = this.waiting.get(response.request_seq);
    this.waiting.delete(response.request_seq);
    resolve?.(response);
  }
}
