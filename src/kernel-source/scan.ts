/**
 * As much C as finding functions needs: their names, where their bodies begin and end, and the tokens in them.
 * The kernel's style is relied on for one thing only: what stands at the left margin is outside of functions.
 */

export interface Token {
  readonly text: string;
  /** 1-based. */
  readonly line: number;
}

export interface Definition {
  /** Line of the function's name, of its first token inside the braces' lines, and of its closing brace. */
  readonly line: number;
  readonly end: number;
  /** From the opening brace to the closing one. */
  readonly tokens: readonly Token[];
}

const TOKEN = /[A-Za-z_]\w*|\d\w*|->|<<=?|>>=?|&&|\|\||\+\+|--|[-+*/%&|^=!<>]=|[^\s\w]/g;

/** The words and signs of a text, without where they stand. */
export const words = (text: string): string[] => text.match(TOKEN) ?? [];

/** The text with comments, strings and preprocessor lines made blank; every character keeps its place. */
export function code(text: string): string {
  const blank = (part: string): string => part.replace(/[^\n]/g, ' ');
  const parts = /\/\*[^]*?(?:\*\/|$)|\/\/[^\n]*|"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'/g;
  return text.replace(parts, blank).replace(/^[ \t]*#(?:[^\n\\]|\\\r?\n|\\)*/gm, blank);
}

/** A file of C, read once; functions are looked for by name. */
export class SourceText {
  private readonly text: string;
  private readonly starts: number[] = [0];

  constructor(text: string) {
    this.text = code(text);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  /** Every definition of a function: one, or one for each branch of an `#ifdef`. */
  definitions(name: string): Definition[] {
    const found: Definition[] = [];
    for (const { index } of this.text.matchAll(new RegExp(`(?<!\\w)${name}(?=\\s*\\()`, 'g'))) {
      const line = this.lineAt(index);
      // A call is indented, and so is all else inside of a function.
      if (!/\S/.test(this.text.charAt(this.starts[line - 1]!))) continue;
      const open = this.bodyAfter(index + name.length);
      if (open === undefined) continue;
      const close = this.closing(open);
      found.push({ line, end: this.lineAt(close), tokens: this.tokens(open, close + 1) });
    }
    return found;
  }

  /** Number of the line that holds a character. */
  private lineAt(offset: number): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const mid = (low + high) >>> 1;
      if (this.starts[mid]! <= offset) low = mid + 1;
      else high = mid;
    }
    return low;
  }

  /** The opening brace behind the parameters that start at `from`; none for a declaration or a call. */
  private bodyAfter(from: number): number | undefined {
    let depth = 0;
    for (let at = from; at < this.text.length; at++) {
      const c = this.text.charAt(at);
      if (c === '(') depth++;
      else if (c === ')') depth--;
      // Annotations may follow the parameters: `__acquires(lock)`.
      else if (depth === 0 && c === '{') return at;
      else if (depth === 0 && !/[\s\w]/.test(c)) return undefined;
    }
    return undefined;
  }

  /** The closing brace. One at the margin always closes: branches of an `#ifdef` may open a block twice. */
  private closing(open: number): number {
    let depth = 0;
    for (let at = open; at < this.text.length; at++) {
      const c = this.text.charAt(at);
      if (c === '{') depth++;
      else if (c === '}' && (--depth === 0 || this.text.charAt(at - 1) === '\n')) return at;
    }
    return this.text.length - 1;
  }

  private tokens(from: number, to: number): Token[] {
    const tokens: Token[] = [];
    let line = this.lineAt(from);
    for (const match of this.text.slice(from, to).matchAll(TOKEN)) {
      const offset = from + match.index;
      while (line < this.starts.length && this.starts[line]! <= offset) line++;
      tokens.push({ text: match[0], line });
    }
    return tokens;
  }
}
