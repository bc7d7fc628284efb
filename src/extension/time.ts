/** Moving through the run, and always saying where in it the person stands. */
import * as vscode from 'vscode';
import { Requests } from '../debug/protocol.js';
import type { Follower } from './follower.js';
import { registerPastMark } from './past-mark.js';
import { targetStep } from './step-input.js';
import { number, stepText } from './steps.js';

export function registerTime(follower: Follower): vscode.Disposable {
  const command = (name: string, run: () => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`gmap.${name}`, run);
  const goTo = (step: number): unknown => follower.tell(Requests.goTo, { step });
  return vscode.Disposable.from(
    command('stepBackOver', () => follower.tell(Requests.stepBackOver, { threadId: follower.thread })),
    command('stepBackOut', () => follower.tell(Requests.stepBackOut, { threadId: follower.thread })),
    command('goToStart', () => goTo(0)),
    command('goToEnd', () => follower.position && goTo(follower.position.recorded)),
    command('goToStep', async () => {
      const step = await askForStep(follower);
      if (step !== undefined) goTo(step);
    }),
    registerStatus(follower),
    registerPastMark(follower),
  );
}

async function askForStep({ position }: Follower): Promise<number | undefined> {
  if (!position) return undefined;
  const { step, recorded } = position;
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Go to a step of the run'),
    prompt: vscode.l10n.t('A number from 0 to {0}; +10 or -10 counts from here ({1}).', number(recorded), number(step)),
    value: String(step),
    validateInput: (input) => {
      const target = targetStep(input, position);
      return target === undefined
        ? vscode.l10n.t('Write a number from 0 to {0}, +N or -N.', number(recorded))
        : undefined;
    },
  });
  return text === undefined ? undefined : targetStep(text, position);
}

function registerStatus(follower: Follower): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('gmap.step', vscode.StatusBarAlignment.Left, 100);
  item.name = vscode.l10n.t('Step of the run');
  item.command = 'gmap.goToStep';
  const update = (): void => {
    const { position } = follower;
    if (!position) {
      item.hide();
      return;
    }
    const { step, recorded, past, ended } = position;
    const where = past || ended ? vscode.l10n.t('step {0} of {1}', number(step), number(recorded)) : stepText(step);
    item.text = past ? `$(history) ${where} · ${vscode.l10n.t('in the past')}` : `$(milestone) ${where}`;
    item.backgroundColor = past ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.tooltip = past
      ? vscode.l10n.t('The debugger stands in the past: later steps are recorded already. Click to go to a step.')
      : vscode.l10n.t('Steps of the machine that have happened. Click to go to a step.');
    item.show();
  };
  return vscode.Disposable.from(item, follower.onDidChange(update));
}
