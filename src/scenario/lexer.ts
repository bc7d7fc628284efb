/** Tokens of the language, where they differ from Langium's defaults. */
import { DefaultLexer, DefaultTokenBuilder } from 'langium';
import type { LangiumCoreServices, LexerResult } from 'langium';

type Token = LexerResult['tokens'][number];
type Tokens = ReturnType<DefaultTokenBuilder['buildTokens']>;

export class GmapTokenBuilder extends DefaultTokenBuilder {
  override buildTokens(...args: Parameters<DefaultTokenBuilder['buildTokens']>): Tokens {
    const tokens = super.buildTokens(...args);
    if (!Array.isArray(tokens)) return tokens;
    // CALL goes before the keywords: `pte(` calls a function, `pte ` is the word of the language.
    const calls = tokens.filter((token) => token.name === 'CALL');
    const others = tokens.filter((token) => token.name !== 'CALL');
    // Comes after STRING: what starts as a text and does not end on its line. No rule takes it.
    return [...calls, ...others, { name: 'UNCLOSED', PATTERN: /"(\\.|[^"\\\r\n])*/ }];
  }
}

/** The message of the lexer's error where the parser could run out of stack. Nobody writes that; programs may. */
export const TOO_DEEP = 'nested too deeply';
const MAX_NESTING = 100;
const MAX_OPERATORS = 400;

/** Index of the token at which brackets, or the operators of a line, get too many. */
function tooDeep(tokens: readonly Token[]): number {
  let nesting = 0;
  let operators = 0;
  return tokens.findIndex(({ image }) => {
    if (image === '(' || image === '{') nesting++;
    else if (image === ')' || image === '}') nesting--;
    else if (/^[\r\n]/.test(image)) operators = 0;
    else if (/^[-+*/%<>&^|=!~.]/.test(image)) operators++;
    return nesting > MAX_NESTING || operators > MAX_OPERATORS;
  });
}

/**
 * In a scenario, keywords are reserved. An expression alone (a condition, a watch) may use any word as a name: `len`,
 * `from` and `key` are arguments of kernel functions. And it may stand on several lines.
 */
export class GmapLexer extends DefaultLexer {
  private words: 'reserved' | 'free' = 'reserved';

  constructor(services: LangiumCoreServices) {
    super(services);
  }

  withFreeWords<T>(parse: () => T): T {
    this.words = 'free';
    try {
      return parse();
    } finally {
      this.words = 'reserved';
    }
  }

  override tokenize(...args: Parameters<DefaultLexer['tokenize']>): LexerResult {
    const result = super.tokenize(...args);
    const end = tooDeep(result.tokens);
    const deep = result.tokens[end];
    if (deep) {
      const { startOffset: offset, startLine: line, startColumn: column } = deep;
      result.errors.push({ message: TOO_DEEP, offset, line, column, length: 1 });
      result.tokens.length = end;
    }
    if (this.words === 'reserved') return result;
    const identifier = this.tokenTypes['ID']!;
    const { CALL, WALK, NL } = this.tokenTypes;
    const tokens = result.tokens.filter((token) => token.tokenType !== NL);
    for (const token of tokens) {
      if (token.tokenType === CALL || token.tokenType === WALK || !/^[a-z_]/i.test(token.image)) continue;
      token.tokenType = identifier;
      token.tokenTypeIdx = identifier.tokenTypeIdx!;
    }
    return { ...result, tokens };
  }
}
