/** How the things of the tables' tree look. */
import * as vscode from 'vscode';
import type { TreeNode } from '../debug/protocol.js';
import type { Page } from './pages.js';

/** Something in the tree: a node of the session, or a page of its children. */
export interface TableItem {
  readonly parent: TableItem | undefined;
  readonly node?: TreeNode;
  readonly page?: Page;
  /** It stands above the tree because the person wants to have it in view, or below such a thing. */
  readonly pinned?: boolean;
}

/** How a person wants to see a thing. */
interface Look {
  readonly raw: boolean;
  readonly expanded: boolean;
}

const icons: Readonly<Record<Exclude<TreeNode['kind'], 'bit'>, string>> = {
  gmap: 'vm',
  host: 'server-process',
  table: 'table',
  entry: 'symbol-field',
  page: 'file',
  pgste: 'shield',
  fold: 'ellipsis',
  tree: 'type-hierarchy-sub',
  group: 'list-tree',
  value: 'symbol-constant',
};
/** Kinds whose word in storage is a value of their own, and not the beginning of something longer. */
const watched: ReadonlySet<TreeNode['kind']> = new Set(['entry', 'page', 'pgste', 'bit', 'value']);
/** Kinds that are words in storage: numbers say all of them. */
const words: ReadonlySet<TreeNode['kind']> = new Set(['entry', 'page', 'pgste', 'value']);
const changedIcon = new vscode.ThemeIcon('diff-modified', new vscode.ThemeColor('gmap.changedForeground'));
const pathIcon = new vscode.ThemeIcon('arrow-right', new vscode.ThemeColor('gmap.pathForeground'));

/** The same from stop to stop. */
export function idOf({ node, page, pinned }: TableItem): string {
  return `${pinned ? 'pinned:' : ''}${page?.id ?? node!.id}`;
}

export function treeItemOf(item: TableItem, look: Look): vscode.TreeItem {
  const shown = item.page ? pageItem(item.page) : nodeItem(item, look);
  shown.id = idOf(item);
  if (look.expanded && shown.collapsibleState === vscode.TreeItemCollapsibleState.Collapsed) {
    shown.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
  }
  return shown;
}

function nodeItem({ node: shown, pinned, parent }: TableItem, { raw }: Look): vscode.TreeItem {
  const node = shown!;
  const { None, Collapsed } = vscode.TreeItemCollapsibleState;
  const isPin = pinned === true && !parent;
  // Away from its table, a thing needs its whole name.
  const label = isPin ? (node.evaluateName ?? labelOf(node)) : labelOf(node);
  const item = new vscode.TreeItem(label, node.expandable ? Collapsed : None);
  const marks = [...(isPin ? [vscode.l10n.t('pinned')] : []), ...marksOf(node)];
  item.description = descriptionOf(node, raw);
  item.iconPath = isPin && node.changed === undefined ? new vscode.ThemeIcon('pinned') : iconOf(node);
  item.contextValue = contextOf(node, isPin);
  item.tooltip = tooltipOf(node, marks);
  item.accessibilityInformation = { label: [label, node.description, ...marks].filter(Boolean).join(', ') };
  return item;
}

/** `segment [1] 0x100000`: an index says little without its level. */
function labelOf({ kind, label, type }: TreeNode): string {
  if (!label.startsWith('[')) return label;
  const level = kind === 'page' ? 'page' : kind === 'entry' ? type?.replace(/ table entry$/, '') : undefined;
  return level === undefined ? label : `${level} ${label}`;
}

function descriptionOf({ kind, type, description, changed, onPath, ...node }: TreeNode, raw: boolean): string {
  const parts = [(raw && words.has(kind) ? (node.raw ?? node.value) : undefined) ?? description];
  if (changed !== undefined) parts.push(`(${vscode.l10n.t('was {0}', changed)})`);
  // The icon says that it changed.
  if (changed !== undefined && onPath) parts.push(vscode.l10n.t('on the walk'));
  if (kind === 'bit' && type !== undefined) parts.push(type);
  return parts.join('  ');
}

function pageItem({ label, nodes }: Page): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  const changed = nodes.filter((node) => node.changed !== undefined).length;
  const onPath = nodes.some((node) => node.onPath);
  item.iconPath = changed ? changedIcon : onPath ? pathIcon : new vscode.ThemeIcon('files');
  item.description = [
    ...(changed ? [vscode.l10n.t('{0} changed', changed)] : []),
    ...(onPath ? [vscode.l10n.t('on the walk')] : []),
  ].join(' · ');
  return item;
}

export function isOnWalk({ node, page }: TableItem): boolean {
  return node?.onPath ?? page?.nodes.some((one) => one.onPath) ?? false;
}

/** In words what the icon shows. */
function marksOf({ changed, onPath }: TreeNode): string[] {
  return [
    ...(changed === undefined ? [] : [vscode.l10n.t('was {0}', changed)]),
    ...(onPath ? [vscode.l10n.t('on the walk')] : []),
  ];
}

function iconOf({ changed, onPath, kind, description }: TreeNode): vscode.ThemeIcon {
  if (changed !== undefined) return changedIcon;
  if (onPath) return pathIcon;
  if (kind === 'bit') return new vscode.ThemeIcon(description === '0' ? 'circle-outline' : 'circle-filled');
  return new vscode.ThemeIcon(icons[kind]);
}

/** What the menus of package.json ask for. */
function contextOf(node: TreeNode, isPin: boolean): string {
  const flags = [
    node.kind,
    isPin ? 'pinned' : 'pinnable',
    ...(node.value === undefined ? [] : ['value']),
    ...(node.memoryReference === undefined ? [] : ['memory']),
    ...(node.memoryReference === undefined || !watched.has(node.kind) ? [] : ['breakable']),
    ...(node.evaluateName === undefined ? [] : ['expression']),
  ];
  return flags.join(' ');
}

function tooltipOf(node: TreeNode, marks: readonly string[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendMarkdown('**').appendText(node.label).appendMarkdown('**').appendText(` ${node.description}`);
  if (marks.length) text.appendMarkdown('\n\n').appendText(marks.join(' · '));
  if (node.tooltip) text.appendMarkdown('\n\n').appendText(node.tooltip);
  const fact = (name: string, value: string | undefined): void => {
    if (value !== undefined) text.appendMarkdown('\n\n').appendText(`${name}: `).appendMarkdown(`\`${value}\``);
  };
  fact(vscode.l10n.t('Value'), node.value);
  fact(vscode.l10n.t('Address'), node.memoryReference);
  fact(vscode.l10n.t('Expression'), node.evaluateName);
  return text;
}
