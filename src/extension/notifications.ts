/** Each call of a notifier so far, the newest first. In the past, later ones stay: they are where one can go back to. */
import * as vscode from 'vscode';
import { Requests, type Notification, type NotificationsResponse } from '../debug/protocol.js';
import type { Follower } from './follower.js';
import { addFunctionBreakpoint } from './function-breakpoints.js';
import { stepText } from './steps.js';
import { uriOf } from './uris.js';

const shownKey = 'gmap.notifications.shown';
const groupedKey = 'gmap.notifications.grouped';

/** The calls of one notifier. */
interface Group {
  readonly notifier: string;
  readonly calls: readonly Notification[];
}
/** Calls that are not listed. */
interface Rest {
  readonly text: string;
}
type Item = Group | Notification | Rest;

const isGroup = (item: Item): item is Group => 'calls' in item;
const isRest = (item: Item): item is Rest => 'text' in item;

/** In the order of their newest calls. */
function groupsOf(calls: readonly Notification[]): Group[] {
  const groups = new Map<string, Notification[]>();
  for (const call of calls) {
    const known = groups.get(call.notifier);
    if (known) known.push(call);
    else groups.set(call.notifier, [call]);
  }
  return Array.from(groups, ([notifier, ofIt]) => ({ notifier, calls: ofIt }));
}

export function registerNotifications(follower: Follower, state: vscode.Memento): vscode.Disposable {
  const changed = new vscode.EventEmitter<undefined>();
  const asked = (): Promise<NotificationsResponse | undefined> => follower.ask(Requests.notifications);
  const roots = async (): Promise<Item[]> => {
    const answer = await asked();
    if (!answer) return [];
    const newestFirst = [...answer.calls].reverse();
    const rest = (text: string, number: number): Rest[] => (number > 0 ? [{ text }] : []);
    return [
      ...rest(vscode.l10n.t('{0} later calls', answer.later), answer.later),
      ...(isGrouped() ? groupsOf(newestFirst) : newestFirst),
      ...rest(vscode.l10n.t('{0} earlier calls', answer.earlier), answer.earlier),
    ];
  };
  const isGrouped = (): boolean => state.get(groupedKey, true);
  const view = vscode.window.createTreeView<Item>('gmap.notifications', {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: (item) =>
        isGroup(item) ? groupItem(item) : isRest(item) ? restItem(item) : treeItemOf(item, isLater(item, follower)),
      getParent: (item) =>
        isGroup(item) || isRest(item) || !isGrouped() ? undefined : { notifier: item.notifier, calls: [item] },
      getChildren: async (parent) => {
        if (parent) return isGroup(parent) ? [...parent.calls] : [];
        return roots();
      },
    },
  });
  const group = async (grouped: boolean): Promise<void> => {
    await state.update(groupedKey, grouped);
    void vscode.commands.executeCommand('setContext', groupedKey, grouped);
    changed.fire(undefined);
  };
  void vscode.commands.executeCommand('setContext', groupedKey, isGrouped());
  /** VS Code folds the views of extensions here: at the first call ever it is opened, afterwards it is the person's choice. */
  const showOnce = async (): Promise<void> => {
    const newest = state.get(shownKey, false) ? undefined : (await asked())?.calls.at(-1);
    if (!newest) return;
    await state.update(shownKey, true);
    await view.reveal(newest, { select: false, focus: false });
  };
  const update = (): void => {
    changed.fire(undefined);
    void showOnce();
  };
  return vscode.Disposable.from(
    changed,
    view,
    follower.onDidStop(update),
    follower.onDidChange(() => {
      if (!follower.session) changed.fire(undefined);
    }),
    vscode.commands.registerCommand('gmap.notifications.reveal', reveal),
    vscode.commands.registerCommand('gmap.notifications.group', () => group(true)),
    vscode.commands.registerCommand('gmap.notifications.ungroup', () => group(false)),
    vscode.commands.registerCommand('gmap.notifications.breakOnNext', breakOnNext),
    vscode.commands.registerCommand(
      'gmap.notifications.goTo',
      (call?: Notification) => call && follower.tell(Requests.goTo, { step: call.step }),
    ),
  );
}

function isLater({ step }: Notification, { position }: Follower): boolean {
  return position !== undefined && step >= position.step;
}

function groupItem({ notifier, calls }: Group): vscode.TreeItem {
  const item = new vscode.TreeItem(notifier, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `notifier/${notifier}`;
  item.description = calls.length === 1 ? vscode.l10n.t('1 call') : vscode.l10n.t('{0} calls', calls.length);
  item.iconPath = new vscode.ThemeIcon('bell-dot');
  item.contextValue = 'notifier';
  return item;
}

/** Of very many calls those around the moment are listed. */
function restItem({ text }: Rest): vscode.TreeItem {
  const item = new vscode.TreeItem(text);
  item.description = vscode.l10n.t('not listed: go there to see them');
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  return item;
}

/** A breakpoint at the next call of this notifier for this gmap and the same pages; it stands in the Breakpoints view. */
function breakOnNext(call?: Notification): void {
  if (!call) return;
  const condition = `notifier == ${call.notifier} && gmap == ${call.gmap} && start == ${call.start}`;
  addFunctionBreakpoint('notifier', condition);
}

function treeItemOf(call: Notification, later: boolean): vscode.TreeItem {
  const range = `${call.start}..${call.end}`;
  const item = new vscode.TreeItem(`${call.notifier} ← ${call.gmap} ${range}`);
  item.id = `${call.step}/${call.notifier}/${call.gmap}`;
  item.iconPath = later
    ? new vscode.ThemeIcon('bell', new vscode.ThemeColor('disabledForeground'))
    : new vscode.ThemeIcon('bell');
  item.contextValue = 'call';
  const cause = `${call.cause} · ${call.statement}`;
  item.description = later ? vscode.l10n.t('later: {0}', cause) : cause;
  item.tooltip = new vscode.MarkdownString()
    .appendMarkdown('**')
    .appendText(call.notifier)
    .appendMarkdown('** ')
    .appendText(vscode.l10n.t('was called for {0} {1}', call.gmap, range))
    .appendMarkdown('\n\n')
    .appendText(vscode.l10n.t('Caused by {0} in: {1}', call.cause, call.statement))
    .appendMarkdown('\n\n')
    .appendText([stepText(call.step), call.thread].filter(Boolean).join(' · '));
  item.accessibilityInformation = {
    label: vscode.l10n.t(
      '{0} called for {1} {2}, caused by {3} in {4}',
      call.notifier,
      call.gmap,
      range,
      call.cause,
      call.statement,
    ),
  };
  item.command = {
    command: 'gmap.notifications.reveal',
    title: vscode.l10n.t('Show the Statement'),
    arguments: [call],
  };
  return item;
}

async function reveal(call?: Notification): Promise<void> {
  if (!call?.source) return;
  const { path, line, column, endLine, endColumn } = call.source;
  const selection = new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1);
  await vscode.window.showTextDocument(uriOf(path), { selection });
}
