/** "Compare Both Generations": what the commit changes for a scenario, as a text beside it. */
import * as vscode from 'vscode';
import { baseName, scenarioAtCursor } from './launch.js';
import { pathOf, readText } from './uris.js';

const { l10n } = vscode;

const SCHEME = 'gmap-comparison';

export function registerComparison(): vscode.Disposable {
  const texts = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const show = async (): Promise<void> => {
    const meant = scenarioAtCursor();
    if (!meant) return;
    const { document, name } = meant;
    const lines = await compare(document, name);
    if (!lines) return;
    const title = `${name ?? baseName(document.uri)} ${l10n.t('(both generations)')}`;
    // Scenarios of two files may have the same name.
    const query = document.uri.toString();
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title.replaceAll('/', '-')}`, query });
    texts.set(uri.toString(), lines.join('\n'));
    changed.fire(uri);
    const beside = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true };
    await vscode.window.showTextDocument(uri, beside);
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: (uri) => texts.get(uri.toString()),
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => texts.delete(uri.toString())),
    vscode.commands.registerCommand('gmap.compareGenerations', show),
  );
}

/** The lines to show; undefined if it was stopped, or cannot be done, which the person is told. */
function compare(document: vscode.TextDocument, name: string | undefined): Thenable<readonly string[] | undefined> {
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: l10n.t('Comparing both generations'),
    cancellable: true,
  };
  return vscode.window.withProgress(progress, async (_, token) => {
    try {
      const { compareScenario } = await import('./heavy.js');
      const tested = { path: pathOf(document.uri), text: document.getText(), ...(name !== undefined && { name }) };
      return await compareScenario(tested, { readFile: readText }, () => token.isCancellationRequested);
    } catch (error) {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  });
}
