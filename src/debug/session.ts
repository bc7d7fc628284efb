/**
 * The Debug Adapter Protocol session: one scenario, stepped through in both directions of time.
 *
 * It is the same in an editor, in a browser and over a stream, and knows none of them:
 *
 *     const session = createSession({ readFile: (pathOrUri) => … });
 *     session.onDidSendMessage((message) => …);    // to the client
 *     session.handleMessage(message);              // from the client
 *
 * (an editor takes it as it is: `new DebugAdapterInlineImplementation(session)`), or, over streams,
 * `session.start(input, output)`. node-adapter.ts has the doors for Node: standard input and output, and loopback TCP.
 *
 * This file only takes requests apart and answers them; what they do stands in the files beside it.
 */
import { DebugSession, Event, Response } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { Core } from './core.js';
import { ErrorId, RequestError } from './errors.js';
import type { Host } from './host.js';
import type { Handler, Reply } from './reply.js';
import { requestHandlers } from './requests.js';

export type { Host } from './host.js';

export function createSession(host: Host): GmapDebugSession {
  return new GmapDebugSession(host);
}

export class GmapDebugSession extends DebugSession {
  private readonly handlers: ReadonlyMap<string, Handler>;
  /** Called when the client has gone or ended the session. */
  onClosed: () => void = () => undefined;

  constructor(host: Host) {
    super();
    const core = new Core(host, (name, body) => this.sendEvent(new Event(name, body)));
    this.handlers = requestHandlers(core, () => this.onClosed());
    this.on('close', () => this.dispose());
  }

  /** Whoever goes without a word has disconnected: nothing runs on for them. */
  override dispose(): void {
    void this.handlers.get('disconnect')!(undefined);
    this.onClosed();
  }

  /** Called when the stream is gone, and also for a message that is none: that is no reason to end. */
  override shutdown(): void {
    // Ending the process is not ours to do.
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    void this.answer(request);
  }

  private async answer(request: DebugProtocol.Request): Promise<void> {
    const response: DebugProtocol.Response = new Response(request);
    let reply: Reply | undefined;
    try {
      const handler = this.handlers.get(request.command);
      if (!handler) throw new RequestError(ErrorId.Unsupported, `there is no request '${request.command}'`);
      const answer = handler(request.arguments);
      reply = answer instanceof Promise ? await answer : answer;
    } catch (error) {
      this.sendError(response, error);
      return;
    }
    if (reply?.body !== undefined) response.body = reply.body;
    this.sendResponse(response);
    try {
      await reply?.after?.();
    } catch (error) {
      const text = error instanceof RequestError ? error.message : `The debugger made a mistake: ${String(error)}`;
      this.sendEvent(new Event('output', { category: 'stderr', output: `${text}\n` }));
    }
  }

  private sendError(response: DebugProtocol.Response, error: unknown): void {
    const known = error instanceof RequestError;
    const text = error instanceof Error ? error.message : String(error);
    response.success = false;
    response.message = known ? text : `the debugger made a mistake: ${text}`;
    // Braces in a format would be taken for variables.
    response.body = {
      error: {
        id: known ? error.id : ErrorId.Internal,
        format: '{_text}',
        variables: { _text: response.message },
        showUser: known ? error.show : true,
      },
    };
    this.sendResponse(response);
  }
}
