/** Threads that run beside each other: which of them goes next, and the schedule that comes of it. */
import * as vscode from 'vscode';
import { Requests, type ScheduleResponse } from '../debug/protocol.js';
import type { Follower } from './follower.js';
import { uriOf } from './uris.js';

export function registerThreads(follower: Follower): vscode.Disposable {
  const { registerCommand } = vscode.commands;
  return vscode.Disposable.from(
    registerCommand('gmap.switchToThread', (thread: unknown) => switchTo(follower, thread)),
    registerCommand('gmap.saveSchedule', () => saveSchedule(follower)),
  );
}

/**
 * The thread takes the next step, whoever the schedule would have chosen.
 * @param thread its number, as the call stack gives it; the palette gives none
 */
async function switchTo(follower: Follower, thread: unknown): Promise<void> {
  const threadId = typeof thread === 'number' ? thread : follower.thread;
  await follower.tell('stepIn', { threadId, singleThread: true });
}

/** The schedule up to here, with what the person chose, as a file that a launch or a scenario can name. */
async function saveSchedule(follower: Follower): Promise<void> {
  const { session } = follower;
  const schedule = await follower.ask<ScheduleResponse>(Requests.schedule);
  if (!session || !schedule) return;
  if (schedule.file === '') {
    void vscode.window.showInformationMessage(vscode.l10n.t('No threads have run beside each other so far.'));
    return;
  }
  const { program } = session.configuration as { program?: string };
  const suggested = program === undefined ? undefined : uriOf(program.replace(/(\.gmap)?$/, '.schedule'));
  const file = await vscode.window.showSaveDialog({
    ...(suggested && { defaultUri: suggested }),
    filters: { [vscode.l10n.t('Schedule')]: ['schedule'] },
  });
  if (file) await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(schedule.file));
}
