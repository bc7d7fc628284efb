/** The shape of a file: outline, folding, and what contains what. */
import type { AstNode, CstNode } from 'langium';
import type { DocumentSymbol, FoldingRange, Position, Range, SelectionRange } from 'vscode-languageserver-types';
import { SymbolKind } from 'vscode-languageserver-types';
import type { Item } from '../scenario/generated/ast.js';
import { rangeOf, textOf } from '../scenario/source.js';
import type { Analysis } from './document.js';
import { contains, toRange } from './document.js';
import { rangeOfNode } from './edits.js';
import { itemAt } from './places.js';

interface Symbol {
  readonly name: string;
  readonly detail: string;
  readonly kind: SymbolKind;
  readonly selection: string;
}

function symbolOf(node: AstNode): Symbol | undefined {
  const { name, g, nb, op, title } = node as unknown as Record<string, string | undefined>;
  switch (node.$type) {
    case 'Scenario':
      return { name: name ?? '', detail: 'scenario', kind: SymbolKind.Function, selection: 'name' };
    case 'Thread':
      return { name: name ?? '', detail: 'thread', kind: SymbolKind.Method, selection: 'name' };
    case 'Repeat':
      return {
        name: textOf(node)
          .split(/[\r\n{]/, 1)[0]!
          .trim(),
        detail: '',
        kind: SymbolKind.Operator,
        selection: 'count',
      };
    case 'Heading':
      return { name: titleOf(title ?? ''), detail: '', kind: SymbolKind.String, selection: 'title' };
    case 'Let':
      return {
        name: name ?? '',
        detail: textOf((node as unknown as { value?: AstNode }).value ?? node),
        kind: SymbolKind.Constant,
        selection: 'name',
      };
    case 'Mark':
      return { name: name ?? '', detail: 'mark', kind: SymbolKind.Key, selection: 'name' };
    case 'Vcpu':
      return { name: name ?? '', detail: 'vCPU', kind: SymbolKind.Class, selection: 'name' };
    case 'GmapOperation':
      return op === 'gmap' ? { name: g ?? '', detail: 'gmap', kind: SymbolKind.Class, selection: 'g' } : undefined;
    case 'NotifierOperation':
      return op === 'notifier'
        ? { name: nb ?? '', detail: 'notifier', kind: SymbolKind.Event, selection: 'nb' }
        : undefined;
    default:
      return undefined;
  }
}

function titleOf(heading: string): string {
  return heading.replace(/^-+\s*/, '').replace(/[\s-]+$/, '') || '---';
}

export function documentSymbols({ file, lines }: Analysis): DocumentSymbol[] {
  const end = { line: lines.count - 1, character: lines.line(lines.count - 1).length };
  return symbolsOf(file.items, end);
}

/** A heading holds what follows it, up to the next one. */
function symbolsOf(nodes: readonly AstNode[], end: Position): DocumentSymbol[] {
  const symbols: DocumentSymbol[] = [];
  let heading: DocumentSymbol | undefined;
  const close = (at: Position) => {
    if (heading) heading.range = { start: heading.range.start, end: at };
  };
  for (const node of nodes) {
    const found = symbolOf(node);
    if (node.$type === 'Heading') close(rangeOfNode(node).start);
    if (!found?.name) continue;
    const symbol = toSymbol(node, found);
    if (node.$type === 'Heading') symbols.push((heading = symbol));
    else (heading?.children ?? symbols).push(symbol);
  }
  close(end);
  return symbols;
}

function toSymbol(node: AstNode, { name, detail, kind, selection }: Symbol): DocumentSymbol {
  const range = rangeOfNode(node);
  const { statements = [] } = node as unknown as { statements?: AstNode[] };
  const selectionRange = toRange(rangeOf(node, selection));
  return { name, detail, kind, range, selectionRange, children: symbolsOf(statements, range.end) };
}

export function foldingRanges({ file, lines }: Analysis): FoldingRange[] {
  const ranges: FoldingRange[] = [];
  const add = (startLine: number, endLine: number, kind?: 'comment' | 'region') => {
    if (endLine > startLine) ranges.push({ startLine, endLine, ...(kind && { kind }) });
  };
  const visit = (nodes: readonly AstNode[], end: number) => {
    const headings = nodes.filter(({ $type }) => $type === 'Heading').map((node) => rangeOfNode(node).start.line);
    headings.forEach((line, index) => {
      let last = (headings[index + 1] ?? end + 1) - 1;
      while (last > line && lines.line(last).trim() === '') last--;
      add(line, last, 'region');
    });
    for (const node of nodes) {
      const { start, end } = rangeOfNode(node);
      // The closing brace stays to be seen.
      add(start.line, end.line - 1);
      const { statements } = node as unknown as { statements?: AstNode[] };
      if (statements) visit(statements, end.line - 1);
    }
  };
  visit(file.items, lines.count - 1);
  for (let line = 0; line < lines.count; line++) {
    const first = line;
    while (line < lines.count && /^[ \t]*#/.test(lines.line(line))) line++;
    add(first, line - 1, 'comment');
  }
  return ranges;
}

/** From the word at a position outwards: expression, clause, statement, block, file. */
export function selectionRange(analysis: Analysis, position: Position): SelectionRange {
  const { lines } = analysis;
  const whole = {
    start: { line: 0, character: 0 },
    end: { line: lines.count - 1, character: lines.line(lines.count - 1).length },
  };
  const ranges = [whole];
  const item: Item | undefined = itemAt(analysis, position.line);
  for (let node: CstNode | undefined = item?.$cstNode; node; node = childAt(node, position)) {
    if (!contains(node.range, position)) break;
    if (!same(ranges.at(-1)!, node.range)) ranges.push(node.range);
  }
  return ranges.reduce<SelectionRange | undefined>(
    (parent, range) => (parent ? { range, parent } : { range }),
    undefined,
  )!;
}

function childAt(node: CstNode, position: Position): CstNode | undefined {
  if (!('content' in node)) return undefined;
  return (node.content as CstNode[]).findLast((child) => !child.hidden && contains(child.range, position));
}

function same(a: Range, b: Range): boolean {
  const at = (p: Position, q: Position) => p.line === q.line && p.character === q.character;
  return at(a.start, b.start) && at(a.end, b.end);
}
