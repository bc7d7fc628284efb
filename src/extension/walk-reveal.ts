/** Opens the tables' tree along the walk in progress, as far as it has come, unless the person does not want that. */
import * as vscode from 'vscode';
import { isOnWalk, type TableItem } from './table-items.js';

const followKey = 'gmap.tables.followWalk';
const shownKey = 'gmap.tables.shown';

export class WalkReveal implements vscode.Disposable {
  private readonly commands: vscode.Disposable;
  private turn = 0;

  constructor(
    private readonly tables: vscode.TreeDataProvider<TableItem>,
    private readonly view: vscode.TreeView<TableItem>,
    private readonly state: vscode.Memento,
  ) {
    this.commands = vscode.Disposable.from(
      vscode.commands.registerCommand('gmap.tables.followWalk', () => this.follow(true)),
      vscode.commands.registerCommand('gmap.tables.unfollowWalk', () => this.follow(false)),
    );
    void this.follow(this.following);
  }

  dispose(): void {
    this.commands.dispose();
  }

  private get following(): boolean {
    return this.state.get(followKey, true);
  }

  private async follow(follow: boolean): Promise<void> {
    await this.state.update(followKey, follow);
    await vscode.commands.executeCommand('setContext', followKey, follow);
    await this.reveal();
  }

  async reveal(): Promise<void> {
    const turn = ++this.turn;
    // VS Code folds the views of extensions here: the first time they are opened, afterwards it is the person's choice.
    const first = !this.state.get(shownKey, false);
    if (!this.view.visible && !first) return;
    const roots = await this.children();
    const isCurrent = (): boolean => turn === this.turn;
    const step = this.following ? await this.lastOnWalk(roots, isCurrent) : undefined;
    const item = step ?? (first ? roots.find(({ pinned }) => !pinned) : undefined);
    if (!item || !isCurrent()) return;
    if (first) await this.state.update(shownKey, true);
    await this.view.reveal(item, { select: false, focus: false, expand: item.parent === undefined });
  }

  /** The deepest entry that the walk has read; looked for only as long as nobody has stepped on. */
  private async lastOnWalk(items: readonly TableItem[], isCurrent: () => boolean): Promise<TableItem | undefined> {
    for (const item of items) {
      if (!isCurrent()) return undefined;
      if (item.pinned) continue;
      const onWalk = isOnWalk(item);
      const mayLead = item.node?.kind === 'gmap' || item.node?.kind === 'table';
      if (!onWalk && !mayLead) continue;
      // What a page is made of is left folded.
      const below =
        item.node?.kind === 'page' ? undefined : await this.lastOnWalk(await this.children(item), isCurrent);
      if (below ?? onWalk) return below ?? item;
    }
    return undefined;
  }

  private async children(item?: TableItem): Promise<readonly TableItem[]> {
    return (await this.tables.getChildren(item)) ?? [];
  }
}
