/** Files in the Debug Adapter Protocol: a path, or the whole URI of what is no file of this machine. */
import * as vscode from 'vscode';

export function pathOf(uri: vscode.Uri): string {
  return uri.scheme === 'file' ? uri.fsPath : uri.toString();
}

export function uriOf(path: string): vscode.Uri {
  // One letter is a drive, not a scheme.
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) return vscode.Uri.parse(path, true);
  // A browser has no files: a bare path is one of the workspace.
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (vscode.env.uiKind === vscode.UIKind.Web && folder && folder.scheme !== 'file') return folder.with({ path });
  return vscode.Uri.file(path);
}

/** The text of a file as the person sees it: unsaved changes count. */
export async function readText(path: string): Promise<string> {
  return (await vscode.workspace.openTextDocument(uriOf(path))).getText();
}
