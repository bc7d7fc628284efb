/** The tree of every gmap with its tables and entries. */
import * as vscode from 'vscode';
import { Requests, type TreeArguments, type TreeNode, type TreeResponse } from '../debug/protocol.js';
import type { Follower } from './follower.js';
import { pagesOf } from './pages.js';
import { TableChoices } from './table-choices.js';
import { filterText } from './table-filter.js';
import { registerTableCommands } from './table-commands.js';
import { idOf, treeItemOf, type TableItem } from './table-items.js';
import { WalkReveal } from './walk-reveal.js';

export function registerTables(follower: Follower, state: vscode.Memento): vscode.Disposable {
  const choices = new TableChoices(state, follower);
  const tables = new Tables(follower, choices);
  const view = vscode.window.createTreeView('gmap.tables', { treeDataProvider: tables, showCollapseAll: true });
  const walk = new WalkReveal(tables, view, state);
  const describe = (): void => {
    view.description = filterText(choices.filter);
    const nothing = tables.isEmpty && choices.filtered && follower.session;
    view.message = nothing ? vscode.l10n.t('Nothing is left by the filter: {0}', filterText(choices.filter)) : '';
  };
  describe();
  return vscode.Disposable.from(
    choices,
    tables,
    view,
    walk,
    registerTableCommands(follower, choices),
    choices.onDidChange(() => tables.refresh()),
    tables.onDidLoad(describe),
    view.onDidExpandElement(({ element }) => choices.expand(idOf(element), true)),
    view.onDidCollapseElement(({ element }) => choices.expand(idOf(element), false)),
    follower.onDidStop(() => {
      tables.refresh();
      void walk.reveal();
    }),
    follower.onDidChange(() => {
      if (!follower.session) tables.refresh();
    }),
  );
}

export class Tables implements vscode.TreeDataProvider<TableItem>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  private readonly loaded = new vscode.EventEmitter<void>();
  readonly onDidLoad = this.loaded.event;
  /** There was nothing to show, the last time. */
  isEmpty = true;
  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly follower: Follower,
    private readonly choices: TableChoices,
  ) {}

  dispose(): void {
    this.changed.dispose();
    this.loaded.dispose();
  }

  refresh(): void {
    this.changed.fire(undefined);
  }

  getTreeItem(item: TableItem): vscode.TreeItem {
    return treeItemOf(item, { raw: this.choices.all.raw ?? false, expanded: this.choices.isExpanded(idOf(item)) });
  }

  getParent({ parent }: TableItem): TableItem | undefined {
    return parent;
  }

  async getChildren(parent?: TableItem): Promise<TableItem[]> {
    const pinned = parent?.pinned ?? false;
    const item = (node: TreeNode): TableItem => ({ parent, node, pinned });
    if (parent?.page) return parent.page.nodes.map(item);
    const id = parent?.node?.id;
    // What is pinned is shown whole.
    const filter = pinned ? {} : this.choices.filter;
    const found = await this.nodes({ ...filter, ...(id !== undefined && { parent: id }) });
    const nodes = this.choices.all.changedFirst ? changedFirst(found) : found;
    const pages = pagesOf(id ?? '', nodes);
    const items = pages.length ? pages.map((page): TableItem => ({ parent, page, pinned })) : nodes.map(item);
    if (parent) return items;
    this.isEmpty = items.length === 0;
    this.loaded.fire();
    return [...(await this.pins()), ...items];
  }

  private async pins(): Promise<TableItem[]> {
    const { pins } = this.choices;
    const nodes = pins.length > 0 ? await this.nodes({ nodes: pins }) : [];
    return nodes.map((node) => ({ parent: undefined, node, pinned: true }));
  }

  private async nodes(wanted: TreeArguments): Promise<readonly TreeNode[]> {
    return (await this.follower.ask<TreeResponse>(Requests.tree, wanted))?.nodes ?? [];
  }
}

function changedFirst(nodes: readonly TreeNode[]): TreeNode[] {
  const isOther = ({ changed }: TreeNode): number => Number(changed === undefined);
  return [...nodes].sort((a, b) => isOther(a) - isOther(b));
}
