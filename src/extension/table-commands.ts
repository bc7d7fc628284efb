/** What can be done with an entry of the tables' tree. */
import * as vscode from 'vscode';
import { Requests, type HistoryArguments, type HistoryResponse, type TreeNode } from '../debug/protocol.js';
import { bitChanges, entryKindOf } from './bit-changes.js';
import type { Follower } from './follower.js';
import { addFunctionBreakpoint } from './function-breakpoints.js';
import type { TableChoices } from './table-choices.js';
import { chooseFilter, EVERYTHING } from './table-filter.js';
import type { TableItem } from './table-items.js';
import { stepText } from './steps.js';

export function registerTableCommands(follower: Follower, choices: TableChoices): vscode.Disposable {
  const command = (name: string, run: (node: TreeNode) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`gmap.tables.${name}`, (item?: TableItem) => item?.node && run(item.node));
  const ofView = (name: string, run: () => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`gmap.tables.${name}`, run);
  const copy = (text: string | undefined): unknown => text !== undefined && vscode.env.clipboard.writeText(text);
  return vscode.Disposable.from(
    command('copyValue', (node) => copy(node.value)),
    command('copyAddress', (node) => copy(node.memoryReference)),
    command('copyExpression', (node) => copy(node.evaluateName)),
    command('addToWatch', addToWatch),
    command('breakOnChange', breakOnChange),
    command('showHistory', (node) => showHistory(follower, node)),
    command('showMemory', (node) => showMemory(follower, node)),
    command('pin', ({ id }) => choices.pin(id, true)),
    command('unpin', ({ id }) => choices.pin(id, false)),
    ofView('filter', () => chooseFilter(follower, choices)),
    ofView('clearFilter', () => choices.choose(EVERYTHING)),
    ofView('sortChangedFirst', () => choices.choose({ changedFirst: true })),
    ofView('sortByAddress', () => choices.choose({ changedFirst: false })),
    ofView('showRaw', () => choices.choose({ raw: true })),
    ofView('showDecoded', () => choices.choose({ raw: false })),
  );
}

/** VS Code's own command of the Variables view, which opens the hex editor, or offers to install it. */
async function showMemory({ session }: Follower, { memoryReference }: TreeNode): Promise<void> {
  if (!session || memoryReference === undefined) return;
  const context = { sessionId: session.id, variable: { memoryReference } };
  await vscode.commands.executeCommand('workbench.debug.viewlet.action.viewMemory', context);
}

/** VS Code's own command of the Variables view; all it reads is this name. */
function addToWatch({ evaluateName }: TreeNode): Thenable<unknown> {
  return vscode.commands.executeCommand('debug.addToWatchExpressions', { variable: { evaluateName } });
}

/**
 * A function breakpoint that watches storage: extensions cannot add data breakpoints, and this one stands in the Breakpoints
 * view too, with a condition if the person wants one.
 */
function breakOnChange({ memoryReference, mask, evaluateName, label }: TreeNode): void {
  if (memoryReference === undefined) return;
  const bits = mask === undefined ? '' : `&${mask}`;
  const name = `write:${memoryReference}${bits} ${evaluateName ?? label}`;
  addFunctionBreakpoint(name);
}

function changeText(node: TreeNode, { before, after }: { before: string; after: string }): string {
  const kind = node.mask === undefined ? entryKindOf(node) : undefined;
  return (kind && bitChanges(kind, before, after)) || `${before} → ${after}`;
}

interface Moment extends vscode.QuickPickItem {
  readonly step?: number;
}

async function showHistory(follower: Follower, node: TreeNode): Promise<void> {
  const { memoryReference, mask } = node;
  if (memoryReference === undefined) return;
  const wanted: HistoryArguments = { memoryReference, ...(mask !== undefined && { mask }) };
  const answer = await follower.tell<HistoryResponse>(Requests.history, wanted);
  if (!answer) return;
  const moments = answer.changes.map((change): Moment => ({
    label: `$(history) ${stepText(change.step)}`,
    description: changeText(node, change),
    detail: [change.function, change.statement, change.thread].filter(Boolean).join(' · '),
    step: change.step,
  }));
  const picked = await vscode.window.showQuickPick<Moment>(
    moments.length ? moments : [{ label: vscode.l10n.t('It has not changed up to here') }],
    {
      title: vscode.l10n.t('When {0} changed', `${node.label} (${memoryReference})`),
      placeHolder: vscode.l10n.t('Choose a moment to go there'),
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  if (picked?.step !== undefined) await follower.tell(Requests.goTo, { step: picked.step });
}
