/** The language server behind a connection of the Language Server Protocol. */
import { ErrorCodes, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { CancellationToken, Connection } from 'vscode-languageserver';
import { Refusal } from './navigation.js';
import type { RequestParams } from './server.js';
import { LanguageServer, REQUESTS } from './server.js';

/** Serves a connection until it ends. */
export function serve(connection: Connection, version?: string): void {
  const server = new LanguageServer({
    publishDiagnostics: (params) => void connection.sendDiagnostics(params),
  });
  connection.onInitialize((params) => server.initialize(params, version));
  connection.onDidOpenTextDocument(({ textDocument: { uri, version, text } }) => server.open(uri, version, text));
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) =>
    server.change(uri, version, contentChanges),
  );
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => server.close(uri));
  for (const method of Object.keys(REQUESTS)) {
    connection.onRequest(method, async (params: RequestParams, token: CancellationToken) => {
      // What was sent meanwhile is read first: often it takes the request back.
      await new Promise((resolve) => setTimeout(resolve));
      if (token.isCancellationRequested) return new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
      try {
        return server.request(method, params);
      } catch (error) {
        if (error instanceof Refusal) return new ResponseError(LSPErrorCodes.RequestFailed, error.message);
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        return new ResponseError(ErrorCodes.InternalError, text);
      }
    });
  }
  connection.onShutdown(() => server.dispose());
  connection.listen();
}
