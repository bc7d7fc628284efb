/** Values where the names stand: under the mouse, and beside the lines that have happened. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import type { Follower } from './follower.js';
import { nameOf, phraseAt, phrasesIn, shortValue } from './phrases.js';
import { scenarioAt, scenarioBlocks } from './scenarios.js';

export function registerValues(follower: Follower): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerEvaluatableExpressionProvider('gmap', { provideEvaluatableExpression }),
    vscode.languages.registerInlineValuesProvider('gmap', {
      provideInlineValues: (document, viewPort, context) => inlineValues(follower, document, viewPort, context),
    }),
    vscode.languages.registerInlineValuesProvider('gmap-listing', {
      provideInlineValues: (_, viewPort, context) => valuesOfFrame(follower, viewPort, context),
    }),
  );
}

function provideEvaluatableExpression(
  document: vscode.TextDocument,
  position: vscode.Position,
): vscode.EvaluatableExpression | undefined {
  const phrase = phraseAt(document.lineAt(position).text, position.character);
  if (!phrase) return undefined;
  const range = new vscode.Range(position.line, phrase.start, position.line, phrase.end);
  return new vscode.EvaluatableExpression(range, phrase.expression);
}

async function inlineValues(
  follower: Follower,
  document: vscode.TextDocument,
  viewPort: vscode.Range,
  { stoppedLocation, frameId }: vscode.InlineValueContext,
): Promise<vscode.InlineValue[]> {
  // Below the stop nothing has happened yet; set-up and the other scenarios of the file are not where the person looks.
  const block = scenarioAt(scenarioBlocks(document.getText()), stoppedLocation.end.line);
  const first = Math.max(viewPort.start.line, block?.start ?? 0);
  const last = Math.min(viewPort.end.line, stoppedLocation.end.line);
  const wanted: { range: vscode.Range; expression: string }[] = [];
  for (let line = first; line <= last; line++) {
    const seen = new Set<string>();
    for (const { start, end, expression } of phrasesIn(document.lineAt(line).text)) {
      if (!seen.has(expression)) wanted.push({ range: new vscode.Range(line, start, line, end), expression });
      seen.add(expression);
    }
  }
  const values = wanted.map(async ({ range, expression }) => {
    const answer = await follower.ask<DebugProtocol.EvaluateResponse['body']>('evaluate', {
      expression,
      frameId,
      context: 'watch',
    });
    return answer && new vscode.InlineValueText(range, `${nameOf(expression)} = ${shortValue(answer.result)}`);
  });
  return (await Promise.all(values)).filter((value) => value !== undefined);
}

/** In a listing: the arguments beside its first line, which names them; what is assigned meanwhile, where the frame stands. */
async function valuesOfFrame(
  follower: Follower,
  viewPort: vscode.Range,
  { stoppedLocation, frameId }: vscode.InlineValueContext,
): Promise<vscode.InlineValue[]> {
  const scopes = await follower.ask<DebugProtocol.ScopesResponse['body']>('scopes', { frameId });
  const locals = scopes?.scopes.find(({ presentationHint }) => presentationHint === 'locals');
  if (!locals) return [];
  const { variablesReference } = locals;
  const answer = await follower.ask<DebugProtocol.VariablesResponse['body']>('variables', { variablesReference });
  return (answer?.variables ?? []).flatMap(({ name, value, type }) => {
    const line = type === 'argument' ? 0 : stoppedLocation.start.line;
    if (line < viewPort.start.line || line > viewPort.end.line) return [];
    return new vscode.InlineValueText(new vscode.Range(line, 0, line, 0), `${name} = ${shortValue(value)}`);
  });
}
