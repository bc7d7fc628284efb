/** The debug adapter runs in the extension's own process: the same session that other editors reach over pipes. */
import * as vscode from 'vscode';
import { readText } from './uris.js';

export function registerAdapter(): vscode.Disposable {
  return vscode.debug.registerDebugAdapterDescriptorFactory('gmap', {
    createDebugAdapterDescriptor: async () => {
      const { createSession } = await import('./heavy.js');
      return new vscode.DebugAdapterInlineImplementation(createSession({ readFile: readText }));
    },
  });
}
