/** `gmap lsp`: the language server for editors, on standard input and output. */
import { ProposedFeatures, createConnection } from 'vscode-languageserver/node';
import { version } from '../../package.json';
import { serve } from '../language/connection.js';

/** Serves until the editor ends it: the process goes with the connection. */
export function lspCommand(): Promise<never> {
  if (process.stdin.isTTY) {
    process.stderr.write(
      'gmap lsp waits for an editor: it speaks the Language Server Protocol here. Ctrl+C ends it.\n',
    );
  }
  serve(createConnection(ProposedFeatures.all, process.stdin, process.stdout), version);
  return new Promise<never>(() => undefined);
}
