/**
 * What the parser could not read, in sentences.
 *
 * One mistake gives one message: of several errors on a line only the first is told, and a `}` that is missing because
 * its `{` was missing is not told at all.
 */
import type { ParseResult } from 'langium';
import { TOO_DEEP } from './lexer.js';
import { nearest, orList } from './nearest.js';
import type { Diagnostic, Position, SourceRange } from './source.js';
import { HOST_ACTIONS, OTHER_NAMES, STATEMENTS } from './words.js';

type LexerError = ParseResult['lexerErrors'][number];
type ParserError = ParseResult['parserErrors'][number];
export type Token = ParserError['token'];

/** What a rule wants, where its tokens alone would not say it. */
const WANTED: Readonly<Record<string, string>> = {
  GmapName: 'the name of a gmap',
  NotifierName: 'the name of a notifier',
  ThreadName: 'the name of a thread',
  VcpuName: 'the name of a vCPU',
  ConstantName: 'a name',
  MarkName: 'the name of a mark',
  MemberName: 'the name of a member',
  GenerationWord: "'after' or 'before'",
  ProtWord: "'rw', 'ro' or 'none'",
  AdviceWord: "'dontneed'",
  ShareWord: "'private' or 'shared'",
  UsageWord: "'unused', 'stable' or 'zero'",
  SettingName: "a facility or '}'",
  BitName: 'the name of a bit',
  StateName: "a state such as 'valid'",
  EntryTest: "a state such as 'valid', 'with', 'without' or '='",
  EntryClause: "a state such as 'valid', 'with', 'without' or '='",
  VisitPlace: 'a function, or walk:LEVEL',
  LockName: 'the name of a lock',
  MachineOperation: "a facility or '}'",
  HostOperation: 'what the host does',
  ExpectedResult: 'a result such as 0 or -EFAULT',
  Expectation: "something to expect, such as 'notified', 'pte' or a comparison",
};

const TOKEN_NAMES: Readonly<Record<string, string>> = {
  ID: 'a name',
  NUMBER: 'a number',
  STRING: 'a text in quotes',
  NL: 'end of line',
  EOF: 'end of file',
  CALL: 'a function',
  WALK: 'walk:LEVEL',
};

/** Rules whose lines are statements. */
const BODIES = new Set(['GmapFile', 'Scenario', 'Repeat', 'Thread', 'Callback']);

const EXPRESSIONS = new Set([
  'Expression',
  'BinaryExpression',
  'UnaryExpression',
  'MemberExpression',
  'PrimaryExpression',
  'Argument',
]);

/** Tokens an expression can begin with. */
const EXPRESSION_TOKENS = new Set([
  ...['-', '!', '~', '(', 'NUMBER', 'STRING', 'CALL', 'ID', 'WALK', 'machine'],
  ...['prefix', 'page', 'seed', 'file', 'depth', 'steps', 'lock', 'guest', 'gmap', 'vcpu', 'written', 'random'],
]);

export interface SyntaxErrors {
  readonly diagnostics: readonly Diagnostic[];
  /** Lines with such an error: what else is wrong there follows from it. */
  readonly lines: ReadonlySet<number>;
}

/** All tokens of the text. */
export type TokenSource = () => readonly Token[];

/** In place of the tokens: the text is one expression, no file. */
export const ALONE: TokenSource = () => [];

export function syntaxErrors(text: string, result: ParseResult, tokens: TokenSource): SyntaxErrors {
  if (!result.lexerErrors.length && !result.parserErrors.length) return { diagnostics: [], lines: new Set() };
  const diagnostics: Diagnostic[] = [];
  const lines = new Set<number>();
  const tell = (found: readonly Diagnostic[]) => {
    for (const diagnostic of [...found].sort((a, b) => compare(a.range.start, b.range.start))) {
      const { line } = diagnostic.range.start;
      if (!lines.has(line)) diagnostics.push(diagnostic);
      lines.add(line);
    }
  };
  // Characters that are no token come first: what the parser says of such a line follows from them.
  tell(result.lexerErrors.map((error) => lexerError(text, error)));
  const cut = result.lexerErrors.some(({ message }) => message === TOO_DEEP);
  const parserErrors = withoutEchoes(result.parserErrors).filter(({ token }) => !cut || token.tokenType.name !== 'EOF');
  tell(parserErrors.flatMap((error) => parserError(text, error, tokens) ?? []));
  diagnostics.sort((a, b) => compare(a.range.start, b.range.start));
  return { diagnostics, lines };
}

function compare(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column;
}

/** Leaves out the missing `}` that only echoes a missing `{`, and the `}` whose `{` went into an unclosed text. */
function withoutEchoes(errors: readonly ParserError[]): ParserError[] {
  const unopened: string[] = [];
  let swallowed = 0;
  return errors.filter((error) => {
    const { image, tokenType } = error.token;
    if (tokenType.name === 'UNCLOSED' && image.includes('{')) swallowed++;
    if (image === '}' && swallowed > 0) return swallowed-- < 0;
    const rules = error.context.ruleStack.join();
    if (error.message === '{') unopened.push(rules);
    const echoed = error.message === '}' ? unopened.lastIndexOf(rules) : -1;
    if (echoed >= 0) unopened.splice(echoed, 1);
    return echoed < 0;
  });
}

/** `'@'`; by its number what cannot be seen: `U+0000`. */
function shownCharacter(character: string): string {
  if (!/[\p{C}\p{Z}]/u.test(character)) return `'${character}'`;
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}

function lexerError(text: string, { line = 1, column = 1, offset, message: kind }: LexerError): Diagnostic {
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0x20);
  const range = { start: { line, column }, end: { line, column: column + character.length } };
  if (kind === TOO_DEEP) return { severity: 'error', code: 'depth', message: TOO_DEEP, range };
  const replacement = /[“”„«»]/.test(character) ? '"' : /[‐-―−]/.test(character) ? '-' : undefined;
  const message =
    character === '\ufffd'
      ? 'this is no text in UTF-8: save the file in that encoding'
      : `unexpected character ${shownCharacter(character)}${replacement ? `: write ${replacement}` : ''}`;
  const base: Diagnostic = { severity: 'error', code: 'character', message, range };
  return replacement === undefined ? base : { ...base, replacement };
}

function parserError(text: string, error: ParserError, tokens: TokenSource): Diagnostic | undefined {
  const alone = tokens === ALONE;
  const { token } = error;
  const rules = error.context.ruleStack.map((rule) => rule.replace(/\W/g, ''));
  // An error right after the whole input was read has no rule any more.
  const rule = rules.at(-1) ?? 'GmapFile';
  const expected = error.message.split('\n');
  const at = (code: string, message: string, range = tokenRange(text, token), replacement?: string): Diagnostic =>
    replacement === undefined
      ? { severity: 'error', code, message, range }
      : { severity: 'error', code, message, range, replacement };

  const ended = token.tokenType.name === 'EOF';
  if (token.tokenType.name === 'UNCLOSED') return at('unclosed', 'the text has no closing "');
  if (ended && expected.includes('}')) {
    const { open } = lonelyBraces(tokens());
    // Where every brace in the text has its partner, this one misses a `{` that was told.
    return open && at('unclosed', "'{' is never closed", tokenRange(text, open));
  }
  const isBody = BODIES.has(rule) && (expected.includes('EOF') || expected.includes('}'));
  if (isBody && token.image === '}') {
    // A partner stands on a line that could not be read: that was told.
    const { closing } = lonelyBraces(tokens());
    const isLonely = closing.some(({ startOffset }) => startOffset === token.startOffset);
    return isLonely ? at('syntax', "'}' without a '{' before it") : undefined;
  }
  if (isBody && !ended) return statementError(text, token, rules.length === 0 && alone, at);

  const found = alone && ended ? 'the end' : describe(token);
  const word = /^[a-z]/i.test(token.image) ? token.image : undefined;
  // Only words are candidates, and only those that may stand here.
  const meant = word === undefined ? undefined : nearest(word, candidates(rule, expected));
  if (meant !== undefined) {
    return at(
      'misspelt',
      `expected ${wanted(rules, expected)}, found ${found}; did you mean '${meant}'?`,
      undefined,
      meant,
    );
  }
  const reserved = word !== undefined && token.tokenType.name === word && expected.includes('ID');
  const why = reserved ? ', a word of the language' : '';
  return at('syntax', `expected ${wanted(rules, expected)}, found ${found}${why}`);
}

/** A line that begins with no statement, or does not end where its statement ends. */
function statementError(
  text: string,
  token: Token,
  alone: boolean,
  at: (code: string, message: string, range?: SourceRange, replacement?: string) => Diagnostic,
): Diagnostic {
  const word = token.image;
  const begins = /(^|[\r\n{])[ \t]*$/.test(text.slice(Math.max(0, token.startOffset - 200), token.startOffset));
  if (!begins || alone) {
    if (word === '=') return at('syntax', "compare with '=='", undefined, '==');
    if (/^[-+*/%<>&^|=!]+$/.test(word)) return at('syntax', `expected a value after '${word}'`);
    if (alone) return at('syntax', `the expression ends before ${describe(token)}`);
    const meant = COUNTS[word] ?? nearest(word, CONTINUATIONS);
    if (meant === undefined) return at('syntax', `the statement ends before ${describe(token)}`);
    return at('misspelt', `unexpected ${describe(token)}; did you mean '${meant}'?`, undefined, meant);
  }
  const usage = Object.hasOwn(STATEMENTS, word) ? STATEMENTS[word]! : undefined;
  if (usage !== undefined) return at('syntax', `write it without '(': ${usage.replace(/: .*/, '')}`);
  const other = Object.hasOwn(OTHER_NAMES, word) ? OTHER_NAMES[word]! : undefined;
  if (other !== undefined) return at('statement', `there is no statement '${word}'; write ${other}`);
  const meant = nearest(word, Object.keys(STATEMENTS));
  if (meant !== undefined) {
    return at('misspelt', `there is no statement '${word}'; did you mean '${meant}'?`, undefined, meant);
  }
  if (token.tokenType.name === 'ID') return at('statement', `there is no statement '${word}'`);
  return at('statement', `a statement begins with a word, not with ${describe(token)}`);
}

/** Counts as English has them. */
const COUNTS: Readonly<Partial<Record<string, string>>> = { twice: '2 times', thrice: '3 times' };

/** Words that may follow inside a statement, for "did you mean" where the parser already left the statement. */
const CONTINUATIONS = [
  ...['len', 'to', 'from', 'limit', 'key', 'once', 'never', 'times', 'at', 'then', 'since', 'with', 'without', 'not'],
  ...['alloc', 'unlocked', 'fault', 'ksm', 'nq', 'mr', 'mc', 'kicks', 'calls', 'by', 'read', 'write', 'seed', 'depth'],
];

function candidates(rule: string, expected: readonly string[]): string[] {
  if (EXPRESSIONS.has(rule) || rule.endsWith('Name')) return [];
  const words = expected.filter((name) => /^[a-z]/.test(name));
  return rule === 'HostOperation' && words.length > 1 ? Object.keys(HOST_ACTIONS) : words;
}

function wanted(rules: readonly string[], expected: readonly string[]): string {
  const rule = rules.at(-1) ?? '';
  const phrase = WANTED[rule];
  if (phrase !== undefined && (expected.length > 1 || expected[0] === 'ID')) return phrase;
  // Of the tokens that begin an expression, one word stands for all.
  const isExpression = expected.includes('NUMBER') && expected.includes('-');
  const others = isExpression ? expected.filter((name) => !EXPRESSION_TOKENS.has(name)) : expected;
  const names = others.map((name) => TOKEN_NAMES[name] ?? `'${name}'`);
  if (isExpression) {
    if (rules.includes('ExpectedResult')) return WANTED['ExpectedResult']!;
    const isNumber = rules.some((name) => ['Operation', 'EntryExpectation', 'TranslateExpectation'].includes(name));
    names.push(isNumber ? 'a number' : 'a value');
  }
  return orList(names);
}

function describe(token: Token): string {
  const name = token.tokenType.name;
  if (name === 'EOF') return 'end of file';
  if (name === 'NL') return 'end of line';
  const { image } = token;
  return image.length > 40 ? `'${image.slice(0, 40)}…'` : `'${image}'`;
}

/** Where a token stands; the end of the text for the end of the file. */
function tokenRange(text: string, token: Token): SourceRange {
  if (token.tokenType.name === 'EOF') {
    const lines = text.split(/\r\n?|\n/);
    const end = { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
    return { start: end, end };
  }
  const { startLine = 1, startColumn = 1 } = token;
  const start = { line: startLine, column: startColumn };
  const length = token.tokenType.name === 'NL' ? 1 : token.image.length;
  return { start, end: { line: startLine, column: startColumn + length } };
}

/** The braces without a partner. */
function lonelyBraces(tokens: readonly Token[]): { open: Token | undefined; closing: Token[] } {
  const open: Token[] = [];
  const closing: Token[] = [];
  for (const token of tokens) {
    if (token.image === '{') open.push(token);
    if (token.image === '}' && !open.pop()) closing.push(token);
  }
  return { open: open.at(-1), closing };
}
