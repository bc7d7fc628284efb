/** What was asked for when a breakpoint was set. */

/** Where a breakpoint is wanted. */
export type Wanted =
  /** A line of the scenario file, or of a listing. */
  | { readonly kind: 'line'; readonly path: string; readonly line: number }
  | { readonly kind: 'listing'; readonly reference: number; readonly line: number }
  /** A function, or `walk:LEVEL`. */
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'filter'; readonly filter: string }
  | { readonly kind: 'data'; readonly dataId: string; readonly access: 'read' | 'write' | 'readWrite' };

export interface Spec {
  readonly wanted: Wanted;
  readonly condition?: string | undefined;
  readonly hitCondition?: string | undefined;
  readonly logMessage?: string | undefined;
}
