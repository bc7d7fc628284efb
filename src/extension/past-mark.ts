/** A text behind the current line while the debugger stands in the past. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import type { Follower } from './follower.js';
import { number } from './steps.js';
import { uriOf } from './uris.js';

export function registerPastMark(follower: Follower): vscode.Disposable {
  const decoration = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor('gmap.pastForeground'), fontStyle: 'italic', margin: '0 0 0 3em' },
    overviewRulerColor: new vscode.ThemeColor('gmap.pastForeground'),
  });
  let turn = 0;
  const update = async (): Promise<void> => {
    const mine = ++turn;
    const place = follower.position?.past ? await placeOf(follower) : undefined;
    if (mine !== turn) return;
    for (const editor of vscode.window.visibleTextEditors) {
      const here = place && shows(editor, place.uri) && place.line < editor.document.lineCount;
      editor.setDecorations(decoration, here ? [markOf(editor.document, place.line, follower)] : []);
    }
  };
  return vscode.Disposable.from(
    decoration,
    follower.onDidChange(update),
    vscode.debug.onDidChangeActiveStackItem(update),
    vscode.window.onDidChangeVisibleTextEditors(update),
  );
}

/** Of a file the path decides: with a remote folder VS Code knows it under another scheme here than over there. */
function shows({ document }: vscode.TextEditor, uri: vscode.Uri): boolean {
  if (uri.scheme === 'debug') return document.uri.toString() === uri.toString();
  return document.uri.scheme !== 'debug' && document.uri.path === uri.path;
}

function markOf(document: vscode.TextDocument, line: number, { position }: Follower): vscode.DecorationOptions {
  const { range } = document.lineAt(line);
  const text = vscode.l10n.t(
    'in the past: step {0} of {1}',
    number(position?.step ?? 0),
    number(position?.recorded ?? 0),
  );
  return { range: new vscode.Range(range.end, range.end), renderOptions: { after: { contentText: `← ${text}` } } };
}

/** Where the frame that the person looks at stands. */
async function placeOf(follower: Follower): Promise<{ uri: vscode.Uri; line: number } | undefined> {
  const { session, thread } = follower;
  if (!session || thread === undefined) return undefined;
  const answer = await follower.ask<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId: thread });
  const focused = vscode.debug.activeStackItem;
  const id = focused instanceof vscode.DebugStackFrame ? focused.frameId : undefined;
  const frame = answer?.stackFrames.find((one) => one.id === id) ?? answer?.stackFrames[0];
  if (!frame?.source) return undefined;
  return { uri: sourceUri(frame.source, session), line: frame.line - 1 };
}

/** In answers of its own requests VS Code has made a URI of each path. */
function sourceUri(source: DebugProtocol.Source, session: vscode.DebugSession): vscode.Uri {
  const path: unknown = source.path;
  if (source.sourceReference || path === undefined) return vscode.debug.asDebugSourceUri(source, session);
  return typeof path === 'string' ? uriOf(path) : vscode.Uri.from(path as vscode.Uri);
}
