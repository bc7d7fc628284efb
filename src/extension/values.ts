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
        // Below the stop nothing has happened yet, and what other scenarios of the file do is no part of this run.
        const last = Math.min(viewPort.end.line, stoppedLocation.end.line);
        const blocks = scenarioBlocks(document.getText());
        const here = scenarioAt(blocks, stoppedLocation.end.line);
        const values: vscode.InlineValue[] = [];
        for (let line = viewPort.start.line; line <= last; line++) {
          const block = scenarioAt(blocks, line);
          if (block && block !== here) continue;
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
