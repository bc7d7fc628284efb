/** What an anchor is: a short fact by which a step of a listing is found in the kernel's own text. */

/** The closing brace: where a function that returns nothing returns. */
export const END = '}';

/**
 * - A pattern: its next place behind the step before. `name(` is a call, `name(word` one with that word among its
 *   arguments, `name` a use, `return 0` two words.
 * - `at` and `in`: the same, in a helper of the kernel that has no listing of its own.
 * - `first` (and `in`): the first place in the function, for a step whose code stands out of order.
 * - `with`: no line of its own; it happens on the line of that step.
 */
export type Anchor =
  | string
  | { readonly at: string; readonly in: string }
  | { readonly first: string; readonly in?: string }
  | { readonly with: string };

export interface FunctionAnchors {
  /** Name of the kernel's function, where the listing has that of a wrapper around it. */
  readonly named?: string;
  /** By key of the step. */
  readonly steps: Readonly<Record<string, Anchor>>;
  /** Where they stand in trees in which the same code was moved: these instead, tried second. */
  readonly moved?: Readonly<Record<string, Anchor>>;
}
