/** What the panel shows, and what a person can do with it. */
import type { Picture } from '../debug/picture/model.js';
import type { Timeline } from '../debug/timeline-model.js';
import type { HistoryChange } from './messages.js';

export interface Model {
  /** What the session does; `waiting`: nothing has been heard yet. */
  readonly state: 'waiting' | 'none' | 'running' | 'stopped';
  readonly picture: Picture | undefined;
  readonly timeline: Timeline | undefined;
  /** Where the cursor is drawn: ahead of the picture while somebody drags it. */
  readonly cursor: number;
  /** A sentence that something was done; it goes with the next stop. */
  readonly notice: string | undefined;
  /** A sentence that something failed. */
  readonly error: string | undefined;
  /** Address of the entry that is selected. */
  readonly selected: string | undefined;
  /** Changes of words, by their address. */
  readonly history: ReadonlyMap<string, readonly HistoryChange[]>;
  /** Entries that hold the keyboard's place, by table. */
  readonly places: ReadonlyMap<string, string>;
  /** What a person wrote that is no address. */
  readonly badAddress: string | undefined;
  /** Width of the time line in pixels. */
  readonly width: number;
}

export interface Actions {
  /** Moves to a step; `settled`: no more moves follow at once. */
  moveTo(step: number, settled: boolean): void;
  /** Shows a part of the run. */
  look(from: number, to: number): void;
  select(address: string | undefined): void;
  place(table: string, address: string): void;
  unfold(table: string, index: number): void;
  /** Draws this address, whatever the debugger works on; without arguments what it works on. */
  focus(gmap?: number, address?: string): void;
  breakOnChange(expression: string): void;
  save(): void;
}
