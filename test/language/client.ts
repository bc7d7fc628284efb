/** A language client for tests: starts a server as an editor does, and speaks the protocol with it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  StreamMessageReader,
  StreamMessageWriter,
  createProtocolConnection,
} from 'vscode-languageserver-protocol/node';
import type {
  InitializeResult,
  ProtocolConnection,
  PublishDiagnosticsParams,
} from 'vscode-languageserver-protocol/node';

export class TestClient {
  private readonly published: PublishDiagnosticsParams[] = [];
  private readonly waiting: { wanted: (params: PublishDiagnosticsParams) => boolean; done: () => void }[] = [];
  stderr = '';

  private constructor(
    readonly connection: ProtocolConnection,
    readonly process: ReturnType<typeof spawn>,
  ) {
    connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.published.push(params);
      for (const { wanted, done } of this.waiting) if (wanted(params)) done();
    });
  }

  static start(command: string, args: readonly string[]): TestClient {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const connection = createProtocolConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    connection.listen();
    const client = new TestClient(connection, child);
    child.stderr.on('data', (data: Buffer) => (client.stderr += data.toString()));
    return client;
  }

  async initialize(): Promise<InitializeResult> {
    const capabilities = { textDocument: { completion: { completionItem: { snippetSupport: true } } } };
    const result = await this.request<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities,
    });
    await this.notify('initialized', {});
    return result;
  }

  request<T>(method: string, params?: object): Promise<T> {
    return this.connection.sendRequest<T>(method, params);
  }

  notify(method: string, params?: object): Promise<void> {
    return this.connection.sendNotification(method, params);
  }

  /** The diagnostics of a version of a text, once they have come. */
  async diagnostics(uri: string, version: number): Promise<PublishDiagnosticsParams> {
    const wanted = (params: PublishDiagnosticsParams) => params.uri === uri && params.version === version;
    await new Promise<void>((done) => {
      if (this.published.some(wanted)) done();
      else this.waiting.push({ wanted, done });
    });
    return this.published.find(wanted)!;
  }

  /** Ends the server as the protocol says; gives its exit code. */
  async stop(): Promise<number | null> {
    await this.request('shutdown');
    await this.notify('exit');
    if (this.process.exitCode === null) await once(this.process, 'exit');
    this.connection.dispose();
    return this.process.exitCode;
  }
}
