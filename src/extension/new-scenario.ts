/** "New Scenario": two questions, and a text that runs. */
import * as vscode from 'vscode';

export function registerNewScenario(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('gmap.newScenario', newScenario),
    vscode.commands.registerCommand('gmap.openExample', openExample),
  );
}

/** A scenario to look at, without a question. */
async function openExample(): Promise<void> {
  const { TEMPLATES } = await import('./heavy.js');
  await open(TEMPLATES[0]!.text(TEMPLATES[0]!.name));
}

async function newScenario(): Promise<void> {
  const { TEMPLATES } = await import('./heavy.js');
  const title = vscode.l10n.t('New Scenario');
  const template = await vscode.window.showQuickPick(TEMPLATES, {
    title,
    placeHolder: vscode.l10n.t('What should happen in it?'),
    matchOnDetail: true,
  });
  if (!template) return;
  const name = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('The name of the scenario, as reports and the outline show it'),
    value: template.name,
    validateInput: (text) => (text.trim() ? undefined : vscode.l10n.t('A scenario needs a name.')),
  });
  if (name === undefined) return;
  await open(template.text(name.trim()));
}

async function open(content: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: 'gmap', content });
  const editor = await vscode.window.showTextDocument(document);
  // Where one begins to write: the first statement of the scenario.
  const line = content.split('\n').findIndex((text) => text.startsWith('scenario ')) + 1;
  const place = new vscode.Position(line, 2);
  editor.selection = new vscode.Selection(place, place);
  editor.revealRange(new vscode.Range(place, place));
}
