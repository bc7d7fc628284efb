/** If the memory-inspector extension is installed, its views show storage as this machine has it. */
import * as vscode from 'vscode';
import { memoryAdapter } from './memory-adapter.js';

interface AdapterRegistry {
  registerAdapter(adapter: typeof memoryAdapter, ...debugTypes: string[]): vscode.Disposable;
}

export function registerMemoryInspector(): vscode.Disposable {
  let registered: Promise<vscode.Disposable | undefined> | undefined;
  const register = async (): Promise<vscode.Disposable | undefined> => {
    try {
      const inspector = vscode.extensions.getExtension<AdapterRegistry | undefined>('eclipse-cdt.memory-inspector');
      return (await inspector?.activate())?.registerAdapter(memoryAdapter, 'gmap');
    } catch {
      return undefined; // It could not start, and has said so.
    }
  };
  const starts = vscode.debug.onDidStartDebugSession(({ type }) => {
    // Not before it is needed: this starts the other extension.
    if (type === 'gmap') registered ??= register();
  });
  return { dispose: () => (starts.dispose(), void registered?.then((adapter) => void adapter?.dispose())) };
}
