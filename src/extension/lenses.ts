/** Debug and Run above each scenario of a file. */
import * as vscode from 'vscode';
import { scenarioBlocks } from './scenarios.js';

export function registerLenses(): vscode.Disposable {
  return vscode.languages.registerCodeLensProvider('gmap', { provideCodeLenses });
}

function provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
  return scenarioBlocks(document.getText()).flatMap(({ name, start }) => {
    const range = new vscode.Range(start, 0, start, 0);
    const lens = (title: string, command: string): vscode.CodeLens =>
      new vscode.CodeLens(range, { title, command, arguments: [document.uri, name] });
    return [lens(vscode.l10n.t('Debug'), 'gmap.debugScenario'), lens(vscode.l10n.t('Run'), 'gmap.runScenario')];
  });
}
