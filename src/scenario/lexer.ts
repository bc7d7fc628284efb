/** Tokens of the language, where they differ from Langium's defaults. */
import { DefaultLexer, DefaultTokenBuilder } from 'langium';
import type { LangiumCoreServices, LexerResult } from 'langium';

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
