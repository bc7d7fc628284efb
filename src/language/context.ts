/** Where a cursor stands in the grammar: what was read of the statement before it, and what may come next. */
import type { Position, Range } from 'vscode-languageserver-types';
import type { Scenario } from '../scenario/generated/ast.js';
import { gmapServices } from '../scenario/language.js';
import type { Expected, ReadToken, Reading } from './automaton.js';
import { automaton } from './automaton.js';
import type { Analysis } from './document.js';

export interface Context {
  /** What may come at the cursor. Nothing inside of texts, comments and headings, or where the line is wrong. */
  readonly expected: readonly Expected[];
  /** The words of the statement before the cursor (before the word that the cursor is in). */
  readonly words: readonly string[];
  /** The word that the cursor is in, up to it, and the range of the whole word. */
  readonly typed: string;
  readonly range: Range;
  readonly scenario: Scenario | undefined;
}

const WORD_BEFORE = /(?:walk:)?\w*$/;
const WORD_AFTER = /^\w*/;

export function contextAt(analysis: Analysis, position: Position): Context {
  const { line } = position;
  const offset = analysis.offsetAt(position);
  const start = offset - position.character;
  const before = analysis.text.slice(Math.max(0, start), offset);
  const typed = WORD_BEFORE.exec(before)![0];
  const after = WORD_AFTER.exec(analysis.text.slice(offset))![0];
  const range: Range = {
    start: { line, character: before.length - typed.length },
    end: { line, character: before.length + after.length },
  };
  const scenario = analysis.scenarioAt(line);
  const read = tokensOf(before.slice(0, before.length - typed.length), typed);
  if (!read) return { expected: [], words: [], typed, range, scenario };
  const around = readBlocks(analysis, line);
  const { expected, words } = readLine(around, read);
  return { expected, words, typed, range, scenario };
}

/** The tokens of the part of a line; undefined if what follows it is inside of a text, a comment or a heading. */
function tokensOf(text: string, typed: string): ReadToken[] | undefined {
  const { tokens, hidden } = gmapServices().gmap.parser.Lexer.tokenize(`${text}${typed}`);
  const last = tokens.at(-1);
  if (hidden.some(({ tokenType }) => tokenType.name === 'COMMENT')) return undefined;
  if (last && /^(HEADING|UNCLOSED)$/.test(last.tokenType.name)) return undefined;
  return tokens.filter(({ startOffset }) => startOffset < text.length);
}

/** Reads the beginnings of the blocks that a line stands in. */
function readBlocks({ file, lines }: Analysis, line: number): Reading {
  const open: ReadToken[][] = [];
  const first = file.items.findLast(({ $cstNode: cst }) => cst && cst.range.start.line < line);
  for (let at = first?.$cstNode?.range.start.line ?? 0; at < line; at++) {
    const text = lines.line(at);
    if (!text.includes('{') && !text.includes('}')) continue;
    let head: ReadToken[] = [];
    for (const token of gmapServices().gmap.parser.Lexer.tokenize(text).tokens) {
      head.push(token);
      if (token.image === '{') {
        open.push(head);
        head = [];
      } else if (token.image === '}') {
        open.pop();
        head = [];
      }
    }
    // What follows on the line belongs to the block, too: `machine { esop on`.
    open.at(-1)?.push(...head.filter(({ tokenType }) => tokenType.name !== 'NL'));
  }
  let reading = automaton().begin('GmapFile');
  for (const head of open) {
    const next = [...head, NEWLINE].reduce((at, token) => automaton().read(at, token), reading);
    if (next.length) reading = next;
  }
  return reading;
}

const NEWLINE: ReadToken = { image: '\n', tokenType: { name: 'NL' } };

function readLine(around: Reading, tokens: readonly ReadToken[]): { expected: Expected[]; words: string[] } {
  const reader = automaton();
  let reading = around;
  let start = around;
  let words: string[] = [];
  for (const token of tokens) {
    reading = reader.read(reading, token);
    words.push(token.image);
    if (token.image === '{' || token.image === '}') {
      start = reading;
      words = [];
    }
  }
  // Where a statement could end, the next could begin as far as the grammar goes; but it begins on a line of its own.
  const beginnings = words.length ? new Set(reader.expected(start).map(keyOf)) : new Set<string>();
  return { expected: reader.expected(reading).filter((next) => !beginnings.has(keyOf(next))), words };
}

function keyOf({ name, rules, properties }: Expected): string {
  return `${name} ${rules.join()} ${properties.join()}`;
}
