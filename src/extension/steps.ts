/** Numbers of steps as people read them. */
import * as vscode from 'vscode';

export function number(value: number): string {
  return value.toLocaleString(vscode.env.language);
}

export function stepText(step: number): string {
  return vscode.l10n.t('step {0}', number(step));
}
