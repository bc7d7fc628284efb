/** What expressions can be about: the values, and where names get theirs from. */
import { errnoName } from '../../engine/bits.js';

/**
 * Something with an identity and members: a table entry, a gmap, a notifier, a lock …
 * Two things are equal if kind and id are. A thing with `raw` also counts as that number: `pte(vm, 0) & 0xfff`.
 */
export interface Thing {
  readonly kind: string;
  readonly id: string;
  /** How it is shown. */
  readonly text: string;
  readonly raw?: bigint;
}

/** `null` is "absent": no such entry, nothing there. Its members are absent too, and it counts as false. */
export type Value = bigint | boolean | string | Thing | null;

export interface NameInfo {
  readonly name: string;
  /** A sentence on what it stands for. */
  readonly detail: string;
}

/** Gives names their values, at one moment of a run. */
export interface ExpressionScope {
  /** The value of a name; undefined if there is no such name here. */
  name(id: string): Value | undefined;
  /**
   * The result of a function; undefined if there is none of that name.
   * @throws Error whose message says what is wrong with the arguments
   */
  call(fn: string, args: readonly Value[]): Value | undefined;
  /** A member of a value; undefined if it has none of that name. */
  member(value: Value, name: string): Value | undefined;
  /** All names and functions (with `(` at the end), for completion and for "did you mean". */
  names(): readonly NameInfo[];
  /** Names of the members of a value. */
  members?(value: Value): readonly NameInfo[];
}

export function isThing(value: Value | undefined): value is Thing {
  return typeof value === 'object' && value !== null;
}

/** Numbers count as true unless 0, texts unless empty, absent is false, everything else true. */
export function isTrue(value: Value): boolean {
  return isThing(value) ? true : Boolean(value);
}

/** The value as a number, if it is one. */
export function asNumber(value: Value): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return isThing(value) ? value.raw : undefined;
}

export function formatValue(value: Value): string {
  if (value === null) return 'absent';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return formatNumber(value);
  return value.text;
}

/** `0x2000`, `12`, `-14 (-EFAULT)`. */
function formatNumber(value: bigint): string {
  if (value >= 0n) return value < 4096n ? String(value) : `0x${value.toString(16)}`;
  const error = value > -4096n ? errnoName(Number(value)) : undefined;
  return error ? `-${error} (${value})` : value > -4096n ? String(value) : `-0x${(-value).toString(16)}`;
}
