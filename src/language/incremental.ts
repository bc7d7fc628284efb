/**
 * Parses a text again after an edit, and only the part that changed.
 *
 * A line that stands outside of all braces begins anew: what the parser makes of it does not depend on what came before.
 * So a text can be parsed in pieces that begin and end at such lines, and the tree is put together from them. Where a
 * piece moved, the places in its tree are moved along. The result equals that of parsing the whole text
 * (test/language/incremental.test.ts compares them); where that is not certain, the whole text is parsed.
 */
import type { AstNode, CstNode } from 'langium';
import type { GmapFile, Item } from '../scenario/generated/ast.js';
import { parseFile } from '../scenario/parse.js';
import type { ParsedFile } from '../scenario/parse.js';
import type { Diagnostic } from '../scenario/source.js';
import { Braces } from './braces.js';
import { Lines } from './lines.js';

interface State {
  readonly lines: Lines;
  /** Open braces before each line; undefined if the text cannot be parsed in pieces. */
  readonly depth: readonly number[] | undefined;
  readonly items: readonly Item[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Lines from `start` up to, not including, `end`. */
interface Span {
  readonly start: number;
  readonly end: number;
}

export class IncrementalParser {
  private readonly braces = new Braces();
  private state: State | undefined;

  /** Parses a text. The tree of the text before is taken apart for it: it must not be used any more. */
  parse(text: string): ParsedFile {
    const lines = new Lines(text);
    const depth = this.braces.depths(lines);
    const before = this.state;
    const next = (before?.depth && depth && this.pieces(before, lines, depth)) ?? whole(lines, depth);
    this.state = next;
    return assemble(next);
  }

  private pieces(before: State, lines: Lines, depth: readonly number[]): State | undefined {
    const prefix = commonPrefix(before.lines, lines);
    const suffix = commonSuffix(before.lines, lines, prefix);
    const erroneous = new Set(before.diagnostics.map(({ range }) => range.start.line - 1));
    const start = startOf(prefix, before, erroneous);
    let end = lines.count - suffix;
    const moved = lines.count - before.lines.count;
    // What stands after a wrong line may have been read together with it.
    const isOpen = (line: number) =>
      line < lines.count &&
      (depth[line] !== 0 || before.depth![line - moved] !== 0 || follows(line - moved, before, erroneous));
    while (isOpen(end)) end++;
    for (let more = 1; ; more *= 2) {
      const piece = parseFile(lines.slice(start, end));
      if (!isSeparate(piece, depth)) return undefined;
      const wrong = new Set(piece.diagnostics.map(({ range }) => range.start.line - 1 + start));
      if (end >= lines.count || !follows(end, { lines, depth }, wrong)) {
        return join(before, piece, { start, end }, lines, depth);
      }
      end = Math.min(lines.count, end + more);
      while (isOpen(end)) end++;
    }
  }
}

function whole(lines: Lines, depth: readonly number[] | undefined): State {
  const parsed = parseFile(lines.text);
  const { file, diagnostics } = parsed;
  return { lines, depth: depth && isSeparate(parsed, depth) ? depth : undefined, items: file.items, diagnostics };
}

/**
 * Whether the braces in the text are those of the tree. Recovery from an error can make one up: then what follows stands
 * in a block of which the text knows nothing.
 */
function isSeparate({ file, diagnostics }: ParsedFile, depth: readonly number[]): boolean {
  if (!diagnostics.length) return true;
  if (diagnostics.some(({ code }) => code === 'depth')) return false;
  return file.items.every((item) => hasBraces(item, depth.at(-1) === 0 ? ['{', '}'] : ['{']));
}

function hasBraces(node: AstNode, wanted: readonly string[]): boolean {
  const { statements, settings, callback, then } = node as unknown as Partial<Record<string, AstNode | AstNode[]>>;
  const inner = [statements ?? [], callback ?? [], then ?? []].flat();
  if (Array.isArray(statements) || settings) {
    const content = (node.$cstNode as unknown as { content?: CstNode[] } | undefined)?.content ?? [];
    const isCallback = node.$type === 'Callback' && content[0]?.text === 'kicks';
    if (!isCallback && !wanted.every((brace) => content.some(({ text }) => text === brace))) return false;
  }
  return inner.every((child) => hasBraces(child, wanted));
}

function assemble({ items, diagnostics, lines }: State): ParsedFile {
  const file: GmapFile = { $type: 'GmapFile', items: [...items] };
  for (const item of items) {
    const moved = item as { $container: GmapFile };
    moved.$container = file;
    const root = item.$cstNode?.root as unknown as { _text: string } | undefined;
    if (root) root._text = lines.text;
  }
  return { file, diagnostics, lines: new Set(diagnostics.map(({ range }) => range.start.line)) };
}

/** The tree before, with a piece in place of the lines that the piece was parsed from. */
function join(before: State, piece: ParsedFile, span: Span, lines: Lines, depth: readonly number[]): State {
  const movedLines = lines.count - before.lines.count;
  const movedText = lines.text.length - before.lines.text.length;
  const oldEnd = span.end - movedLines;
  const lineOf = (item: Item) => item.$cstNode?.range.start.line ?? 0;
  const head = before.items.filter((item) => lineOf(item) < span.start);
  const tail = before.items.filter((item) => lineOf(item) >= oldEnd);
  for (const item of piece.file.items) move(item.$cstNode, lines.start(span.start), span.start);
  if (movedLines || movedText) for (const item of tail) move(item.$cstNode, movedText, movedLines);
  return {
    lines,
    depth,
    items: [...head, ...piece.file.items, ...tail],
    diagnostics: [
      ...before.diagnostics.filter(({ range }) => range.start.line - 1 < span.start),
      ...piece.diagnostics.map((diagnostic) => below(diagnostic, span.start)),
      ...before.diagnostics
        .filter(({ range }) => range.start.line - 1 >= oldEnd)
        .map((diagnostic) => below(diagnostic, movedLines)),
    ],
  };
}

function below(diagnostic: Diagnostic, lines: number): Diagnostic {
  if (lines === 0) return diagnostic;
  const { start, end } = diagnostic.range;
  const range = {
    start: { line: start.line + lines, column: start.column },
    end: { line: end.line + lines, column: end.column },
  };
  return { ...diagnostic, range };
}

/** The places that Langium keeps in its tree, which it does not mean to be moved. */
interface Places {
  content?: Places[];
  _rangeCache?: unknown;
  _offset: number;
  _startLine: number;
  _endLine: number;
}

function move(node: CstNode | undefined, offset: number, lines: number): void {
  if (node) movePlaces(node as unknown as Places, offset, lines);
}

function movePlaces(node: Places, offset: number, lines: number): void {
  if (node.content) {
    node._rangeCache = undefined;
    for (const child of node.content) movePlaces(child, offset, lines);
  } else {
    node._offset += offset;
    node._startLine += lines;
    node._endLine += lines;
  }
}

/** The line to begin at for a change at `line`: outside of all braces, and not after a wrong line. */
function startOf(line: number, { lines, depth }: State, erroneous: ReadonlySet<number>): number {
  let start = line;
  while (start > 0 && (depth![start] !== 0 || follows(start, { lines, depth }, erroneous))) start--;
  return start;
}

/** Whether the last statement above a line is a wrong one: then the parser may have read on behind its end. */
function follows(
  line: number,
  { lines, depth }: Pick<State, 'lines' | 'depth'>,
  erroneous: ReadonlySet<number>,
): boolean {
  let last = line - 1;
  while (last >= 0 && lines.isBlank(last)) last--;
  for (let at = last; at >= 0; at--) {
    if (erroneous.has(at)) return true;
    if (depth![at] === 0) return false;
  }
  return false;
}

/** How many whole lines at the beginning are the same. */
function commonPrefix(a: Lines, b: Lines): number {
  const limit = Math.min(a.count, b.count);
  let line = 0;
  while (line < limit && a.line(line) === b.line(line)) line++;
  return line;
}

function commonSuffix(a: Lines, b: Lines, prefix: number): number {
  const limit = Math.min(a.count, b.count) - prefix;
  let lines = 0;
  while (lines < limit && a.line(a.count - 1 - lines) === b.line(b.count - 1 - lines)) lines++;
  return lines;
}
