/** The tree of every gmap with its tables and entries. */
import * as vscode from 'vscode';
import { Requests, type TreeNode, type TreeResponse } from '../debug/protocol.js';
import type { Follower } from './follower.js';
import { pagesOf } from './pages.js';
import { registerTableCommands } from './table-commands.js';
import { treeItemOf, type TableItem } from './table-items.js';
import { WalkReveal } from './walk-reveal.js';

export function registerTables(follower: Follower, state: vscode.Memento): vscode.Disposable {
  const tables = new Tables(follower);
  const view = vscode.window.createTreeView('gmap.tables', { treeDataProvider: tables, showCollapseAll: true });
  const walk = new WalkReveal(tables, view, state);
  return vscode.Disposable.from(
    tables,
    view,
    walk,
    registerTableCommands(follower),
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
  readonly onDidChangeTreeData = this.changed.event;
  readonly getTreeItem = treeItemOf;

  constructor(private readonly follower: Follower) {}

  dispose(): void {
    this.changed.dispose();
  }

  refresh(): void {
    this.changed.fire(undefined);
  }

  getParent({ parent }: TableItem): TableItem | undefined {
    return parent;
  }

  async getChildren(parent?: TableItem): Promise<TableItem[]> {
    const item = (node: TreeNode): TableItem => ({ parent, node });
    if (parent?.page) return parent.page.nodes.map(item);
    const id = parent?.node?.id;
    const answer = await this.follower.ask<TreeResponse>(Requests.tree, id === undefined ? {} : { parent: id });
    const nodes = answer?.nodes ?? [];
    const pages = pagesOf(id ?? '', nodes);
    return pages.length ? pages.map((page) => ({ parent, page })) : nodes.map(item);
  }
}
