/** Debug and Run above each scenario of a file; above one with threads also Explore, and what that has found. */
import * as vscode from 'vscode';
import { hasThreads, scenarioBlocks } from './scenarios.js';
import type { Tests } from './tests.js';

export function registerLenses(tests: Tests): vscode.Disposable {
  return vscode.languages.registerCodeLensProvider('gmap', {
    onDidChangeCodeLenses: tests.onDidChange,
    provideCodeLenses: (document) => provideCodeLenses(document, tests),
  });
}

function provideCodeLenses(document: vscode.TextDocument, tests: Tests): vscode.CodeLens[] {
  const text = document.getText();
  const lenses = (start: number, name: string | undefined, threads: boolean): vscode.CodeLens[] => {
    const range = new vscode.Range(start, 0, start, 0);
    const lens = (title: string, command: string): vscode.CodeLens =>
      new vscode.CodeLens(range, { title, command, arguments: [document.uri, name] });
    return [
      // A file that is one scenario has these in its title.
      ...(name === undefined
        ? []
        : [lens(vscode.l10n.t('Debug'), 'gmap.debugScenario'), lens(vscode.l10n.t('Run'), 'gmap.runScenario')]),
      ...(threads ? [lens(vscode.l10n.t('Explore'), 'gmap.exploreScenario')] : []),
      ...(tests.hasFailingSchedule(document.uri, name)
        ? [lens(vscode.l10n.t('Debug Failing Schedule'), 'gmap.debugFailingSchedule')]
        : []),
    ];
  };
  const blocks = scenarioBlocks(text);
  if (blocks.length === 0) return lenses(0, undefined, hasThreads(text));
  return blocks.flatMap(({ name, start, threads }) => lenses(start, name, threads));
}
