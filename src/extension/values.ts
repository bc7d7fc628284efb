/** Values where the names stand: under the mouse, and beside the lines that have happened. */
import * as vscode from 'vscode';
import { phraseAt, phrasesIn } from './phrases.js';
import { scenarioAt, scenarioBlocks } from './scenarios.js';

export function registerValues(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerEvaluatableExpressionProvider('gmap', {
      provideEvaluatableExpression(document, position) {
        const phrase = phraseAt(document.lineAt(position).text, position.character);
        if (!phrase) return undefined;
        return new vscode.EvaluatableExpression(
          new vscode.Range(position.line, phrase.start, position.line, phrase.end),
          phrase.expression,
        );
      },
    }),
    vscode.languages.registerInlineValuesProvider('gmap', {
      provideInlineValues(document, viewPort, { stoppedLocation }) {
        // Below the stop nothing has happened yet; set-up and the other scenarios of the file are not where the person looks.
        const block = scenarioAt(scenarioBlocks(document.getText()), stoppedLocation.end.line);
        const first = Math.max(viewPort.start.line, block?.start ?? 0);
        const last = Math.min(viewPort.end.line, stoppedLocation.end.line);
        const values: vscode.InlineValue[] = [];
        for (let line = first; line <= last; line++) {
          const seen = new Set<string>();
          for (const { start, end, expression } of phrasesIn(document.lineAt(line).text)) {
            if (seen.has(expression)) continue;
            seen.add(expression);
            values.push(
              new vscode.InlineValueEvaluatableExpression(new vscode.Range(line, start, line, end), expression),
            );
          }
        }
        return values;
      },
    }),
  );
}
