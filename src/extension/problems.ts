/** What is wrong in a scenario, said while it is written. A language server will take this module's place. */
import * as vscode from 'vscode';
import type { Diagnostic, SourceRange } from '../scenario/source.js';

const delay = 150;

export function registerProblems(): vscode.Disposable {
  const problems = vscode.languages.createDiagnosticCollection('gmap');
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  const check = async (document: vscode.TextDocument): Promise<void> => {
    const { version } = document;
    const { compileFile } = await import('./heavy.js');
    if (document.isClosed || document.version !== version) return;
    const { diagnostics } = compileFile(document.getText(), document.uri.toString());
    problems.set(document.uri, diagnostics.map(toEditor));
  };
  const checkSoon = (document: vscode.TextDocument, wait = delay): void => {
    if (document.languageId !== 'gmap') return;
    const key = document.uri.toString();
    clearTimeout(timers.get(key));
    timers.set(
      key,
      setTimeout(() => void check(document), wait),
    );
  };
  const forget = ({ uri }: vscode.TextDocument): void => {
    clearTimeout(timers.get(uri.toString()));
    timers.delete(uri.toString());
    problems.delete(uri);
  };

  for (const document of vscode.workspace.textDocuments) checkSoon(document, 0);
  return vscode.Disposable.from(
    problems,
    vscode.workspace.onDidOpenTextDocument((document) => checkSoon(document, 0)),
    vscode.workspace.onDidChangeTextDocument(({ document }) => checkSoon(document)),
    vscode.workspace.onDidCloseTextDocument(forget),
    new vscode.Disposable(() => timers.forEach((timer) => clearTimeout(timer))),
  );
}

function toEditor({ severity, code, message, range }: Diagnostic): vscode.Diagnostic {
  const { Error, Warning, Hint } = vscode.DiagnosticSeverity;
  const diagnostic = new vscode.Diagnostic(
    toRange(range),
    message,
    { error: Error, warning: Warning, hint: Hint }[severity],
  );
  diagnostic.source = 'gmap';
  diagnostic.code = code;
  if (code === 'unused') diagnostic.tags = [vscode.DiagnosticTag.Unnecessary];
  return diagnostic;
}

function toRange({ start, end }: SourceRange): vscode.Range {
  return new vscode.Range(start.line - 1, start.column - 1, end.line - 1, end.column - 1);
}
