/** Numbers as people write them: `0x1000`, `4096`, `8K`, `2M`, `0x8000_0000`. */

export const U64_MAX = (1n << 64n) - 1n;

/** What a suffix stands for, as a power of two. */
const SUFFIXES: Readonly<Record<string, bigint>> = { K: 10n, M: 20n, G: 30n, T: 40n, P: 50n };

export interface NumberMistake {
  readonly message: string;
  readonly replacement?: string;
}

/** Reads a number, or says what is wrong with it. */
export function parseNumber(text: string): bigint | NumberMistake {
  const match = /^(?:0x([0-9a-f]+(?:_[0-9a-f]+)*)|([0-9]+(?:_[0-9]+)*))([KMGTP]?)$/i.exec(text);
  if (!match) return mistake(text);
  const [, hex, decimal, suffix = ''] = match;
  if (suffix !== suffix.toUpperCase()) {
    const replacement = text.slice(0, -1) + suffix.toUpperCase();
    return { message: `the suffix is a capital letter: ${replacement}`, replacement };
  }
  if (decimal !== undefined && decimal.length > 1 && decimal.startsWith('0')) {
    const digits = decimal.replace(/^[0_]+/, '') || '0';
    return { message: `'${text}' could mean octal: write ${digits}${suffix}, or 0x${digits}${suffix}` };
  }
  const digits = hex !== undefined ? `0x${hex.replaceAll('_', '')}` : decimal!.replaceAll('_', '');
  const value = BigInt(digits) << (SUFFIXES[suffix] ?? 0n);
  return value > U64_MAX ? { message: `${text} needs more than 64 bits` } : value;
}

function mistake(text: string): NumberMistake {
  if (/^[0-9][0-9_]*[a-f][0-9a-f_]*$/i.test(text)) {
    return { message: `'${text}' is not a number; hexadecimal starts with 0x: 0x${text}`, replacement: `0x${text}` };
  }
  if (/^0x$/i.test(text)) return { message: `'${text}' has no digits` };
  if (/_$|__|_[KMGTP]$/i.test(text)) return { message: `'${text}' is not a number: '_' stands between two digits` };
  return { message: `'${text}' is not a number: write 4096, 0x1000 or 4K (also M, G, T, P)` };
}

export function isMistake(result: bigint | NumberMistake): result is NumberMistake {
  return typeof result !== 'bigint';
}

/** The shortest usual spelling of an address or a length. */
export function formatAddress(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** A length as people say it: `8K`, `16M`, else hexadecimal. */
export function formatLength(value: bigint): string {
  for (const [suffix, shift] of Object.entries(SUFFIXES).reverse()) {
    if (value !== 0n && value % (1n << shift) === 0n && value >> shift < 1024n) return `${value >> shift}${suffix}`;
  }
  return formatAddress(value);
}
