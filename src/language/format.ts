/**
 * The formatter. It works line by line: a line is indented by the braces around it, and what stands between its tokens is
 * written anew. A line that cannot be read keeps what is in it.
 *
 * Comments stay. Those behind statements keep their column where they can; of neighbours that stood in one column, all
 * move together.
 */
import type { LeafCstNode } from 'langium';
import type { FormattingOptions, Position, Range, TextEdit } from 'vscode-languageserver-types';
import { gmapServices } from '../scenario/language.js';
import { Braces } from './braces.js';
import type { Analysis } from './document.js';
import type { Lines } from './lines.js';
import { leavesOf } from './tree.js';

interface Token {
  readonly image: string;
  readonly type: string;
  /** An operator with one operand: nothing stands between them. */
  readonly prefix: boolean;
  /** The first word of a facility with its state. */
  readonly setting: boolean;
}

/** A line as it will be. */
interface Line {
  readonly code: string;
  readonly comment: string;
  /** Column at which the comment stood, moved with the line's indentation. */
  readonly column: number;
}

/** Lines from `start` up to, not including, `end`. */
interface Window {
  readonly start: number;
  readonly end: number;
}

/** All changes that formatting makes, at most one for each line. */
export function format(analysis: Analysis, options: FormattingOptions, range?: Range): TextEdit[] {
  const { lines, text } = analysis;
  const eol = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  const wanted: Window = range ? { start: range.start.line, end: lastLine(range) + 1 } : { start: 0, end: lines.count };
  const window = neighbourhood(wanted, lines);
  const before = Array.from({ length: window.end - window.start }, (_, index) =>
    lines.line(window.start + index).replace(/[\r\n]+$/, ''),
  );
  const after = withComments(formatLines(analysis, window, before, options));
  const kept = keptLines(after);
  const last = kept.findLastIndex(Boolean);
  const edits: TextEdit[] = [];
  before.forEach((old, index) => {
    const line = window.start + index;
    if (line < wanted.start || line >= wanted.end) return;
    const start = { line, character: 0 };
    const end = { line, character: old.length };
    if (kept[index]) {
      if (after[index] !== old) edits.push(change(line, old, after[index]!));
      // The last line ends, too.
      if (index === last && line === lines.count - 1 && after[index] !== '') {
        edits.push({ range: { start: end, end }, newText: eol });
      }
    } else if (line + 1 < lines.count) {
      edits.push({ range: { start, end: { line: line + 1, character: 0 } }, newText: '' });
    } else if (old !== '') edits.push({ range: { start, end }, newText: '' });
  });
  return edits;
}

/** Lines with those that decide on them: blank lines and comments belong together with what is around them. */
function neighbourhood({ start, end }: Window, lines: Lines): Window {
  const reaches = (line: number) => {
    const text = lines.line(line);
    return text.includes('#') || text.trim() === '';
  };
  let from = Math.min(Math.max(0, start), lines.count - 1);
  while (from > 0 && reaches(from)) from--;
  if (from > 0 && from === start) from--;
  while (from > 0 && reaches(from)) from--;
  let to = Math.min(Math.max(end, from + 1), lines.count);
  while (to < lines.count && reaches(to)) to++;
  return { start: from, end: Math.min(lines.count, to + 1) };
}

/** A selection that ends before a line's first character does not mean that line. */
function lastLine({ start, end }: Range): number {
  return end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
}

/** The smallest change that makes one line out of another. */
function change(line: number, before: string, after: string): TextEdit {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return {
    range: { start: { line, character: start }, end: { line, character: before.length - end } },
    newText: after.slice(start, after.length - end),
  };
}

/** Which lines stay: of several blank lines one, none at the beginning of a text or block, none at their ends. */
function keptLines(lines: readonly string[]): boolean[] {
  const isBlank = (line: number) => (lines[line] ?? '').trim() === '';
  let previous = -1;
  return lines.map((text, line) => {
    if (!isBlank(line)) {
      previous = line;
      return true;
    }
    let next = line + 1;
    while (next < lines.length && isBlank(next)) next++;
    const first = line === previous + 1;
    const opens = previous < 0 || /\{(\s*#.*)?$/.test(lines[previous]!);
    const closes = next >= lines.length || /^\s*\}/.test(lines[next]!);
    // What an unfinished text or comment ends in is none of our business: a brace in them only keeps a line.
    return first && !opens && !closes && text !== undefined;
  });
}

function formatLines(
  analysis: Analysis,
  window: Window,
  before: readonly string[],
  options: FormattingOptions,
): Line[] {
  const unit = options.insertSpaces ? ' '.repeat(options.tabSize) : '\t';
  const readable = tokensByLine(analysis, window);
  const indents = indentsOf(analysis.lines);
  return before.map((text, index): Line => {
    const line = window.start + index;
    const { tokens, hidden } = gmapServices().gmap.parser.Lexer.tokenize(text);
    const indent = unit.repeat(indents[line]!);
    const comment = hidden.find(({ tokenType }) => tokenType.name === 'COMMENT');
    const trimmed = comment?.image.trimEnd() ?? '';
    const code = text.slice(0, comment?.startOffset).trim();
    const own = readable.get(line);
    const written = code === '' ? '' : indent + (own && sameTokens(own, tokens) ? spaced(own) : code);
    if (written === '' && comment) return { code: '', comment: indent + trimmed, column: 0 };
    const moved = indent.length - /^[ \t\u00a0\ufeff]*/.exec(text)![0].length;
    return { code: written, comment: trimmed, column: (comment?.startOffset ?? 0) + moved };
  });
}

/** How deep each line stands. A brace that was never opened closes nothing. */
function indentsOf(lines: Lines): number[] {
  let depth = 0;
  return new Braces().counts(lines).map(({ change, least, leading }) => {
    const indent = Math.max(0, depth - leading);
    depth = depth + least < 0 ? change - least : depth + change;
    return indent;
  });
}

/** The tokens of each line that was read without an error. */
function tokensByLine({ file, parsed }: Analysis, window: Window): Map<number, Token[]> {
  const lines = new Map<number, Token[]>();
  for (const item of file.items) {
    const range = item.$cstNode?.range;
    if (!item.$cstNode || !range || range.end.line < window.start || range.start.line >= window.end) continue;
    for (const leaf of leavesOf(item.$cstNode)) {
      const { line } = leaf.range.start;
      if (leaf.tokenType.name === 'NL' || parsed.lines.has(line + 1)) continue;
      let tokens = lines.get(line);
      if (!tokens) lines.set(line, (tokens = []));
      const setting = leaf.astNode.$type === 'Setting' && leaf.astNode.$cstNode?.offset === leaf.offset;
      tokens.push({ image: leaf.text, type: leaf.tokenType.name, prefix: isPrefix(leaf), setting });
    }
  }
  return lines;
}

function isPrefix(leaf: LeafCstNode): boolean {
  return /^[-!~]$/.test(leaf.text) && leaf.astNode.$type === 'UnaryExpression';
}

/** Whether the tree holds every token of the line: recovery from an error may have left some out. */
function sameTokens(own: readonly Token[], all: readonly { image: string }[]): boolean {
  return own.length === all.length && own.every(({ image }, index) => image === all[index]!.image);
}

/** The tokens of a line with the spaces between them. */
function spaced(tokens: readonly Token[]): string {
  return tokens.reduce((line, token, index) => {
    const before = tokens[index - 1];
    if (!before) return written(token);
    // Facilities stand further apart than their name and their state.
    const space = token.setting && before.image !== '{' ? '  ' : gap(before, token) ? ' ' : '';
    return `${line}${space}${written(token)}`;
  }, '');
}

function written({ image, type }: Token): string {
  return type === 'HEADING' ? image.trimEnd().replace(/^(---+)(?=[^\s-])/, '$1 ') : image;
}

function gap(before: Token, token: Token): boolean {
  if (token.image === ',' || token.image === ')' || token.image === '..' || token.image === '.') return false;
  if (before.image === '(' || before.image === '..' || before.image === '.') return false;
  if (token.image === '(' && before.type === 'CALL') return false;
  if (before.image === '{' && token.image === '}') return false;
  // `- -5`: without the space, three of them would begin a heading.
  if (before.prefix) return before.image === '-' && token.image.startsWith('-');
  return true;
}

/** Puts the comments behind the code; groups of neighbours in one column stay in one. */
function withComments(lines: readonly Line[]): string[] {
  const result = lines.map(({ code, comment }) => code || comment);
  for (let line = 0; line < lines.length; line++) {
    const first = line;
    while (lines[line]?.code && lines[line]?.comment) line++;
    if (line === first) continue;
    const group = lines.slice(first, line);
    const least = Math.max(...group.map(({ code }) => code.length)) + 2;
    const column = Math.max(least, usual(group.map((it) => it.column)));
    group.forEach(({ code, comment }, index) => {
      result[first + index] = code.padEnd(column) + comment;
    });
  }
  return result;
}

/** The number that comes most often; of several, the least. */
function usual(numbers: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || a - b)[0]![0];
}

/** While somebody types: the line that was ended, or the block that was closed. */
export function formatTyped(
  analysis: Analysis,
  options: FormattingOptions,
  { line }: Position,
  typed: string,
): TextEdit[] {
  const wanted = typed === '\n' ? line - 1 : line;
  if (wanted < 0) return [];
  const start = { line: wanted, character: 0 };
  const end = { line: wanted, character: Number.MAX_SAFE_INTEGER };
  // Lines neither come nor go under the cursor.
  return format(analysis, options, { start, end }).filter(
    ({ range, newText }) => range.start.line === range.end.line && !/[\r\n]/.test(newText),
  );
}
