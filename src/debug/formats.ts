/** How a person wants a number: `expression,x`. */
import type { Format } from './view.js';

const SUFFIX: Readonly<Record<string, Exclude<Format, 'decoded'>>> = { x: 'hex', d: 'dec', b: 'bin' };

/** Takes the suffix from an expression: `,x` hexadecimal, `,d` decimal, `,b` binary. */
export function splitFormat(text: string): { bare: string; format: Exclude<Format, 'decoded'> | undefined } {
  const [, bare = '', suffix] = /^(.*?)(?:,\s*([xdb])\s*)?$/s.exec(text)!;
  return { bare, format: suffix === undefined ? undefined : SUFFIX[suffix] };
}
