/** Checks what comes over the wire: a malformed request gets a sentence, not a crash. */
import { ErrorId, RequestError } from './errors.js';

type TypeName = 'string' | 'number' | 'boolean' | 'object' | 'array';
/** `?` in front: may be left out, or null, which is the same. */
export interface Shape {
  readonly [name: string]: TypeName | `?${TypeName}` | Shape;
}

/** What the session wants to know of a source. */
export const SOURCE: Shape = { path: '?string', sourceReference: '?number' };

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
const withArticle = (type: string): string => `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;

/**
 * The arguments of a request, if they have the shape that the request needs.
 * @throws RequestError naming what is wrong
 */
export function checked<T>(command: string, args: unknown, shape: Shape): T {
  const given = args ?? {};
  if (typeOf(given) !== 'object') {
    throw new RequestError(ErrorId.Malformed, `${command}: arguments must be an object, not ${typeOf(given)}`);
  }
  const object = { ...(given as Record<string, unknown>) };
  for (const [name, wanted] of Object.entries(shape)) {
    const inner = typeof wanted === 'object' ? wanted : undefined;
    const optional = typeof wanted === 'string' && wanted.startsWith('?');
    const type = typeof wanted === 'string' ? wanted.replace('?', '') : 'object';
    const value = object[name];
    if (value === undefined || (optional && value === null)) {
      delete object[name];
      if (optional) continue;
      throw new RequestError(ErrorId.Malformed, `${command}: '${name}' is missing (${withArticle(type)})`);
    }
    if (typeOf(value) !== type || (type === 'number' && !Number.isFinite(value))) {
      throw new RequestError(
        ErrorId.Malformed,
        `${command}: '${name}' must be ${withArticle(type)}, not ${typeOf(value)}`,
      );
    }
    if (inner) object[name] = checked(`${command}: '${name}'`, value, inner);
  }
  return object as T;
}

/** Elements of an array argument, each of the shape. */
export function checkedEach<T>(command: string, name: string, list: readonly unknown[], shape: Shape): T[] {
  return list.map((element, i) => checked<T>(`${command}: ${name}[${i}]`, element ?? null, shape));
}

/** A whole number in a range. */
export function wholeNumber(command: string, name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RequestError(
    ErrorId.Malformed,
    `${command}: '${name}' must be a whole number from ${min} to ${max}, not ${value}`,
  );
}

/** 64 bits, written in hexadecimal, if anything is. */
export function hexadecimal(command: string, name: string, text: string | undefined): void {
  if (text === undefined || /^0x[0-9a-f]{1,16}$/i.test(text)) return;
  throw new RequestError(ErrorId.Malformed, `${command}: '${name}' must be hexadecimal, as 0x200, not '${text}'`);
}
