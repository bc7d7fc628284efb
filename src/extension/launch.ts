/** Starting: F5 with and without a launch.json, and the buttons above the editor. */
import * as vscode from 'vscode';
import { scenarioAt, scenarioBlocks, type ScenarioBlock } from './scenarios.js';
import { pathOf, uriOf } from './uris.js';

/** The scenario that was started last in a file, by the file's path. */
const lastStarted = new Map<string, string>();

export function registerLaunching(): vscode.Disposable {
  const { registerDebugConfigurationProvider } = vscode.debug;
  const { registerCommand } = vscode.commands;
  return vscode.Disposable.from(
    registerDebugConfigurationProvider('gmap', {
      resolveDebugConfiguration,
      resolveDebugConfigurationWithSubstitutedVariables,
    }),
    registerDebugConfigurationProvider(
      'gmap',
      { provideDebugConfigurations },
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
    registerCommand('gmap.debugScenario', (uri?: vscode.Uri, scenario?: string) => start(uri, scenario, false)),
    registerCommand('gmap.runScenario', (uri?: vscode.Uri, scenario?: string) => start(uri, scenario, true)),
    registerCommand('gmap.debugScenarioOf', chooseAndDebug),
  );
}

/** What an empty launch configuration means: the scenario in the active editor. */
function resolveDebugConfiguration(
  _folder: vscode.WorkspaceFolder | undefined,
  config: vscode.DebugConfiguration,
): vscode.DebugConfiguration | undefined {
  if (config.type || config.request || config.name) return config;
  const document = activeScenario();
  if (document) return configurationFor(document.uri);
  void vscode.window.showInformationMessage(vscode.l10n.t('Open a scenario (a .gmap file) to debug it.'));
  return undefined;
}

async function resolveDebugConfigurationWithSubstitutedVariables(
  folder: vscode.WorkspaceFolder | undefined,
  config: vscode.DebugConfiguration,
): Promise<vscode.DebugConfiguration> {
  const program = typeof config['program'] === 'string' ? programUri(config['program'], folder) : activeScenario()?.uri;
  // The session says what is wrong with a launch that names no file.
  if (!program) return config;
  const path = pathOf(program);
  const resolved: vscode.DebugConfiguration = { ...config, program: path };
  if (config['scenario'] === undefined) {
    const scenario = await scenarioMeant(program);
    if (scenario) resolved['scenario'] = scenario;
  }
  const kernelSource = kernelSourceOf(config, folder, program);
  if (kernelSource !== undefined) resolved['kernelSource'] = kernelSource;
  resolved['singleThread'] ??= vscode.workspace.getConfiguration('gmap', program).get('singleThread', false);
  if (typeof resolved['scenario'] === 'string') lastStarted.set(path, resolved['scenario']);
  return resolved;
}

/** The kernel tree of the configuration, else of the settings. Settings know no variables: the folder is put in here. */
function kernelSourceOf(
  config: vscode.DebugConfiguration,
  folder: vscode.WorkspaceFolder | undefined,
  program: vscode.Uri,
): string | undefined {
  const given: unknown = config['kernelSource'];
  // The session says what is wrong with something else than a text.
  if (given !== undefined && typeof given !== 'string') return undefined;
  const setting = vscode.workspace.getConfiguration('gmap', program).get<string>('kernelSource', '');
  const home = folder ?? vscode.workspace.getWorkspaceFolder(program) ?? vscode.workspace.workspaceFolders?.[0];
  const source = (given ?? setting).trim().replace(/^\$\{workspaceFolder\}[\\/]?/, './');
  if (!source) return undefined;
  return isWhole(source) || !home ? source : pathOf(vscode.Uri.joinPath(home.uri, source));
}

/** A path from the root on, or a URI. */
const isWhole = (path: string): boolean => /^([a-z][a-z0-9+.-]*:|[\\/])/i.test(path);

function programUri(program: string, folder: vscode.WorkspaceFolder | undefined): vscode.Uri {
  if (!isWhole(program) && folder) return vscode.Uri.joinPath(folder.uri, program);
  const uri = uriOf(program);
  // `${file}` has lost the scheme of an unsaved or virtual file: the open document knows it.
  const open = vscode.workspace.textDocuments.find(
    (document) => document.languageId === 'gmap' && document.uri.path === uri.path,
  );
  return open?.uri ?? uri;
}

function provideDebugConfigurations(): vscode.DebugConfiguration[] {
  const document = activeScenario();
  if (!document) return [];
  const blocks = scenarioBlocks(document.getText());
  if (blocks.length < 2) return [configurationFor(document.uri)];
  return blocks.map(({ name }) => ({ ...configurationFor(document.uri), name, scenario: name }));
}

/**
 * The scenario that is meant when only the file is named: the one the cursor is in, else the one started last, else one with a
 * breakpoint in it, else the first. Undefined if the file has no scenario blocks: then it is one scenario.
 */
async function scenarioMeant(uri: vscode.Uri): Promise<string | undefined> {
  const document = await openDocument(uri);
  if (!document) return undefined;
  const blocks = scenarioBlocks(document.getText());
  const editor = editorOf(document);
  const atCursor = editor && scenarioAt(blocks, editor.selection.active.line);
  const last = lastStarted.get(pathOf(uri));
  const meant =
    atCursor ??
    blocks.find(({ name }) => name === last) ??
    blocks.find((block) => hasBreakpoint(uri, block)) ??
    blocks[0];
  return meant?.name;
}

function hasBreakpoint(uri: vscode.Uri, { start, end }: ScenarioBlock): boolean {
  return vscode.debug.breakpoints.some((breakpoint) => {
    if (!(breakpoint instanceof vscode.SourceBreakpoint) || !breakpoint.enabled) return false;
    const { line } = breakpoint.location.range.start;
    return breakpoint.location.uri.toString() === uri.toString() && start <= line && line <= end;
  });
}

async function start(uri: vscode.Uri | undefined, scenario: string | undefined, noDebug: boolean): Promise<void> {
  const document = uri ? await openDocument(uri) : activeScenario();
  if (document) await startScenario(document.uri, scenario, {}, noDebug);
}

/** Starts a scenario. Returns whether it could be started. */
export async function startScenario(
  uri: vscode.Uri,
  scenario: string | undefined,
  attributes: { readonly schedule?: string } = {},
  noDebug = false,
): Promise<boolean> {
  const config = {
    ...configurationFor(uri),
    ...(scenario !== undefined && { scenario, name: scenario }),
    ...attributes,
  };
  return vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(uri), config, { noDebug });
}

async function chooseAndDebug(uri?: vscode.Uri): Promise<void> {
  const document = uri ? await openDocument(uri) : activeScenario();
  if (!document) return;
  const blocks = scenarioBlocks(document.getText());
  if (blocks.length < 2) return start(document.uri, undefined, false);
  const picked = await vscode.window.showQuickPick(
    blocks.map(({ name, start }) => ({ label: name, description: vscode.l10n.t('line {0}', start + 1) })),
    { title: vscode.l10n.t('Debug a scenario of {0}', baseName(document.uri)), matchOnDescription: true },
  );
  if (picked) await start(document.uri, picked.label, false);
}

function configurationFor(uri: vscode.Uri): vscode.DebugConfiguration {
  return { type: 'gmap', request: 'launch', name: baseName(uri), program: pathOf(uri) };
}

function activeScenario(): vscode.TextDocument | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document?.languageId === 'gmap' ? document : undefined;
}

/** The scenario file in the active editor, and the scenario in it that the cursor is in; no name: outside of all. */
export function scenarioAtCursor(): { document: vscode.TextDocument; name: string | undefined } | undefined {
  const document = activeScenario();
  if (!document) return undefined;
  const { line } = vscode.window.activeTextEditor!.selection.active;
  return { document, name: scenarioAt(scenarioBlocks(document.getText()), line)?.name };
}

function editorOf(document: vscode.TextDocument): vscode.TextEditor | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  return activeTextEditor?.document === document
    ? activeTextEditor
    : visibleTextEditors.find((editor) => editor.document === document);
}

async function openDocument(uri: vscode.Uri): Promise<vscode.TextDocument | undefined> {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    return undefined;
  }
}

export const baseName = (uri: vscode.Uri): string => uri.path.split('/').at(-1)!;
