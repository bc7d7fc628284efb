/** Places in a scenario's text, and what is to be said about them. */
import { GrammarUtils } from 'langium';
import type { AstNode, CstNode } from 'langium';

/** A place in the text; line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** From `start` up to, not including, `end`. */
export interface SourceRange {
  readonly start: Position;
  readonly end: Position;
}

export type Severity = 'error' | 'warning' | 'hint';

/** What is wrong, where, and where it is known what would be right. */
export interface Diagnostic {
  readonly severity: Severity;
  /** Stable name of the kind of mistake. */
  readonly code: string;
  readonly message: string;
  readonly range: SourceRange;
  /** Text that would be right in place of `range`. */
  readonly replacement?: string;
}

export const NOWHERE: SourceRange = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };

/** The range of a piece of the syntax tree. */
export function rangeOfCst(cst: CstNode | undefined): SourceRange {
  if (!cst) return NOWHERE;
  const { start, end } = cst.range;
  return {
    start: { line: start.line + 1, column: start.character + 1 },
    end: { line: end.line + 1, column: end.character + 1 },
  };
}

/** The range of a node, or of one of its properties. */
export function rangeOf(node: AstNode, property?: string, index?: number): SourceRange {
  if (property === undefined) return rangeOfCst(node.$cstNode);
  return rangeOfCst(GrammarUtils.findNodeForProperty(node.$cstNode, property, index) ?? node.$cstNode);
}

/** The characters of a node as they stand in the file. */
export function textOf(node: AstNode): string {
  return node.$cstNode?.text ?? '';
}

export function spanning(first: SourceRange, last: SourceRange): SourceRange {
  return { start: first.start, end: last.end };
}
