/**
 * Shapes of plain JSON: what a message must look like, checked at run time, with the type that follows from it.
 * Both ends of the panel use them, so that nothing that was sent is trusted.
 */

export interface Shape<T> {
  /** The first thing that is wrong, as `step: a whole number is needed`; undefined if nothing is. */
  check(value: unknown, path?: string): string | undefined;
  /** Never there: carries the type. */
  readonly of?: T;
}

/** The type that a shape describes. */
export type Of<S> = S extends Shape<infer T> ? T : never;

const shape = <T>(check: (value: unknown, path: string) => string | undefined): Shape<T> => ({
  check: (value, path = '') => check(value, path),
});

const wrong = (path: string, needed: string): string => `${path || 'message'}: ${needed} is needed`;

const simple = <T>(needed: string, fits: (value: unknown) => boolean): Shape<T> =>
  shape((value, path) => (fits(value) ? undefined : wrong(path, needed)));

export const flag = simple<boolean>('true or false', (value) => typeof value === 'boolean');

/** A whole number that is not negative: a step, a count, an index. */
export const count = simple<number>('a whole number', (value) => Number.isSafeInteger(value) && (value as number) >= 0);

/** 64 bits, hexadecimal: `0x1f`. */
export const hex64 = simple<string>(
  'a hexadecimal number',
  (v) => typeof v === 'string' && /^0x[0-9a-f]{1,16}$/.test(v),
);

export const text = (longest = 10_000): Shape<string> =>
  simple(`a text of at most ${longest} characters`, (value) => typeof value === 'string' && value.length <= longest);

export const word = <const W extends string>(...words: readonly W[]): Shape<W> =>
  simple(`one of ${words.join(', ')}`, (value) => (words as readonly unknown[]).includes(value));

export const list = <T>(each: Shape<T>, most = 10_000): Shape<readonly T[]> =>
  shape((value, path) => {
    if (!Array.isArray(value)) return wrong(path, 'a list');
    if (value.length > most) return wrong(path, `a list of at most ${most}`);
    for (const [i, one] of value.entries()) {
      const error = each.check(one, `${path}[${i}]`);
      if (error !== undefined) return error;
    }
    return undefined;
  });

/** In an {@link object}: the property may be left out. */
export interface Optional<T> {
  readonly optional: Shape<T>;
}

export const optional = <T>(inner: Shape<T>): Optional<T> => ({ optional: inner });

type Properties = Readonly<Record<string, Shape<unknown> | Optional<unknown>>>;
type Flat<T> = { [K in keyof T]: T[K] };
export type ObjectOf<P extends Properties> = Flat<
  { readonly [K in keyof P as P[K] extends Shape<unknown> ? K : never]: Of<P[K]> } & {
    readonly [K in keyof P as P[K] extends Shape<unknown> ? never : K]?: P[K] extends Optional<infer T> ? T : never;
  }
>;

/** An object with these properties and no others. */
export function object<P extends Properties>(properties: P): Shape<ObjectOf<P>> {
  return shape((value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(path, 'an object');
    const given = value as Readonly<Record<string, unknown>>;
    const at = (name: string): string => (path ? `${path}.${name}` : name);
    for (const name of Object.keys(given)) {
      if (!Object.hasOwn(properties, name)) return `${at(name)}: no such property`;
    }
    for (const [name, inner] of Object.entries(properties)) {
      if ('optional' in inner && given[name] === undefined) continue;
      const error = ('optional' in inner ? inner.optional : inner).check(given[name], at(name));
      if (error !== undefined) return error;
    }
    return undefined;
  });
}

/** One of several objects, told apart by the word in their property `name`. */
export function variants<const N extends string, T extends Readonly<Record<string, Shape<unknown>>>>(
  name: N,
  cases: T,
): Shape<{ [K in keyof T]: Flat<{ readonly [P in N]: K } & Of<T[K]>> }[keyof T]> {
  return shape((value, path) => {
    if (typeof value !== 'object' || value === null) return wrong(path, 'an object');
    const { [name]: tag, ...rest } = value as Record<string, unknown>;
    if (typeof tag !== 'string' || !Object.hasOwn(cases, tag)) {
      return wrong(path ? `${path}.${name}` : name, `one of ${Object.keys(cases).join(', ')}`);
    }
    return cases[tag]!.check(rest, path);
  });
}

/**
 * The value, if it has the shape.
 * @throws TypeError that says what is wrong
 */
export function checkedAs<T>(of: Shape<T>, value: unknown): T {
  const error = of.check(value);
  if (error !== undefined) throw new TypeError(error);
  return value as T;
}
