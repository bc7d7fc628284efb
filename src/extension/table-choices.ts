/** What a person wants to see of the tables: kept from stop to stop, and over restarts of VS Code. */
import * as vscode from 'vscode';
import type { TreeArguments } from '../debug/protocol.js';
import type { Follower } from './follower.js';

/** Of the whole workspace. */
interface Choices extends Pick<TreeArguments, 'changed' | 'gmap' | 'address'> {
  /** What changed stands first; else everything stands in the order of its addresses. */
  readonly changedFirst?: boolean;
  /** Entries as numbers, not as words. */
  readonly raw?: boolean;
}

/** Of one program: identifiers of nodes, which mean nothing in another. */
interface Remembered {
  readonly pins: readonly string[];
  readonly expanded: readonly string[];
}

const KEY = 'gmap.tables.choices';
const PROGRAMS = 'gmap.tables.programs';
/** Programs that are remembered: the last. */
const MOST_PROGRAMS = 20;
/** Open things that are remembered of each. */
const MOST_EXPANDED = 500;

export class TableChoices implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** The tree is to be drawn anew. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly state: vscode.Memento,
    private readonly follower: Follower,
  ) {
    this.announce();
  }

  dispose(): void {
    this.changed.dispose();
  }

  get all(): Choices {
    return this.state.get<Choices>(KEY, {});
  }

  get filter(): Pick<TreeArguments, 'changed' | 'gmap' | 'address'> {
    const { changed, gmap, address } = this.all;
    return { ...(changed && { changed }), ...(gmap !== undefined && { gmap }), ...(address !== undefined && { address }) };
  } // prettier-ignore

  get filtered(): boolean {
    return Object.keys(this.filter).length > 0;
  }

  async choose(choices: { readonly [K in keyof Choices]: Choices[K] | undefined }): Promise<void> {
    await this.state.update(KEY, { ...this.all, ...choices });
    this.announce();
    this.changed.fire();
  }

  get pins(): readonly string[] {
    return this.remembered.pins;
  }

  async pin(id: string, pinned: boolean): Promise<void> {
    const others = this.pins.filter((one) => one !== id);
    await this.remember({ pins: pinned ? [...others, id] : others });
    this.changed.fire();
  }

  isExpanded(id: string): boolean {
    return this.remembered.expanded.includes(id);
  }

  async expand(id: string, expanded: boolean): Promise<void> {
    const others = this.remembered.expanded.filter((one) => one !== id);
    await this.remember({ expanded: expanded ? [...others, id].slice(-MOST_EXPANDED) : others });
  }

  private get program(): string {
    return String(this.follower.session?.configuration['program'] ?? '');
  }

  private get programs(): Readonly<Record<string, Remembered>> {
    return this.state.get(PROGRAMS, {});
  }

  private get remembered(): Remembered {
    return this.programs[this.program] ?? { pins: [], expanded: [] };
  }

  private async remember(news: Partial<Remembered>): Promise<void> {
    const { program, programs, remembered } = this;
    // The newest stands last.
    const others = Object.entries(programs).filter(([name]) => name !== program);
    const kept = [...others.slice(1 - MOST_PROGRAMS), [program, { ...remembered, ...news }] as const];
    await this.state.update(PROGRAMS, Object.fromEntries(kept));
  }

  /** For the menus of package.json. */
  private announce(): void {
    const { raw = false, changedFirst = false } = this.all;
    for (const [name, value] of Object.entries({ raw, changedFirst, filtered: this.filtered })) {
      void vscode.commands.executeCommand('setContext', `gmap.tables.${name}`, value);
    }
  }
}
