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
  return vscode.Disposable.from(
    command('stepBackOver', () => follower.tell(Requests.stepBackOver, { threadId: follower.thread })),
    command('stepBackOut', () => follower.tell(Requests.stepBackOut, { threadId: follower.thread })),
    command('goToStart', () => goTo(follower, 'start')),
    command('goToEnd', () => goTo(follower, 'end')),
    command('goToStep', async () => {
      const place = await askForPlace(follower);
      if (place) await goTo(follower, place);
    }),
    command('copyMoment', async () => {
      const moment = follower.position?.moment;
      if (moment === undefined) return;
      await vscode.env.clipboard.writeText(moment);
      vscode.window.setStatusBarMessage(vscode.l10n.t('Copied {0}', moment), 4000);
    }),
    registerStatus(follower),
    registerPastMark(follower),
  );
}

/** All that the console's `goto` knows: steps, lines, calls, failures, moments. */
function goTo(follower: Follower, place: string): Promise<unknown> {
  return follower.tell('evaluate', { expression: `goto ${place}`, context: 'repl' });
}

async function askForPlace({ position }: Follower): Promise<string | undefined> {
  if (!position) return undefined;
  const recorded = number(position.recorded);
  const place = await vscode.window.showInputBox({
    title: vscode.l10n.t('Go to a moment of the run'),
    prompt: vscode.l10n.t(
      'A step from 0 to {0}; +10 or -10 from here; start, end; line 12; call 2 (of a notifier); failure 1; or a moment that was copied.',
      recorded,
    ),
    value: String(position.step),
    validateInput: (input) => {
      const isStep = /^[\s+-]*[\d,._ ]*$/.test(input);
      if (!isStep || targetStep(input, position) !== undefined) return undefined;
      return vscode.l10n.t('Write a number from 0 to {0}, +N or -N.', recorded);
    },
  });
  if (place === undefined) return undefined;
  return String(targetStep(place, position) ?? place);
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
      ? vscode.l10n.t(
          'The debugger stands in the past: later steps are recorded already. Click to go to another moment.',
        )
      : vscode.l10n.t('Steps of the machine that have happened. Click to go to another moment.');
    item.show();
  };
  return vscode.Disposable.from(item, follower.onDidChange(update));
}
