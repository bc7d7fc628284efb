import type { ExtensionContext } from 'vscode';

export function activate(_context: ExtensionContext): void {
  // Nothing to do yet: the language and the debugger are contributed by package.json.
}

export function deactivate(): void {
  // Nothing is held.
}
