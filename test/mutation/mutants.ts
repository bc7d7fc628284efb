/** Mutants of how bits are handled: masks, shifts, indexes and offsets, one small change each, made from the syntax of a file. */
import ts from 'typescript';

export interface Mutant {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly from: number;
  readonly to: number;
  /** What stands between `from` and `to`, and what the mutant has there. */
  readonly before: string;
  readonly after: string;
}

const { SyntaxKind } = ts;

const SWAPS: Readonly<Partial<Record<ts.SyntaxKind, string>>> = {
  [SyntaxKind.LessThanLessThanToken]: '>>>',
  [SyntaxKind.GreaterThanGreaterThanToken]: '<<',
  [SyntaxKind.GreaterThanGreaterThanGreaterThanToken]: '<<',
  [SyntaxKind.AmpersandToken]: '|',
  [SyntaxKind.BarToken]: '&',
  [SyntaxKind.CaretToken]: '|',
  [SyntaxKind.AmpersandEqualsToken]: '|=',
  [SyntaxKind.BarEqualsToken]: '&=',
};
const OFFSETS: Readonly<Partial<Record<ts.SyntaxKind, string>>> = {
  [SyntaxKind.PlusToken]: '-',
  [SyntaxKind.MinusToken]: '+',
  [SyntaxKind.AsteriskToken]: '+',
};

/** Every mutant of a file. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const mutants: Mutant[] = [];
  const add = (node: ts.Node, after: string): void => {
    const from = node.getStart(source);
    const line = source.getLineAndCharacterOfPosition(from).line + 1;
    mutants.push({ file, line, from, to: node.end, before: node.getText(source), after });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node)) {
      const { operatorToken, left, right } = node;
      const swap = SWAPS[operatorToken.kind];
      if (swap) add(operatorToken, swap);
      const offset = OFFSETS[operatorToken.kind];
      // An address, an index or a number of entries; not the length of a text.
      if (offset && [left, right].some((side) => isNumber(side))) add(operatorToken, offset);
    }
    if (ts.isPrefixUnaryExpression(node) && node.operator === SyntaxKind.TildeToken) add(node, node.operand.getText(source));
    if (isNumber(node) && countsBits(node)) for (const after of otherNumbers(node.text)) add(node, after);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return mutants;
} // prettier-ignore

function isNumber(node: ts.Node): node is ts.NumericLiteral | ts.BigIntLiteral {
  return ts.isNumericLiteral(node) || ts.isBigIntLiteral(node);
}

/** Is the number an operand, an index, or the value of a name? Others are told by their function, and are no bits. */
function countsBits(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent)) return !/^(===|!==|<|>|<=|>=|=|&&|[|][|]|[?][?])$/.test(parent.operatorToken.getText());
  return (
    ts.isElementAccessExpression(parent) ||
    ts.isPropertyAssignment(parent) ||
    (ts.isVariableDeclaration(parent) && parent.parent.flags === ts.NodeFlags.Const) ||
    ts.isEnumMember(parent) ||
    (ts.isPrefixUnaryExpression(parent) && parent.operator === SyntaxKind.TildeToken) ||
    (ts.isCallExpression(parent) && /^0x/.test(node.getText()))
  );
} // prettier-ignore

/** A mask without its lowest bit, without its highest, and with one more below; another number by one more, an offset by a word. */
function otherNumbers(text: string): string[] {
  const suffix = text.endsWith('n') ? 'n' : '';
  const value = BigInt(text.replace(/n$/, '').replaceAll('_', ''));
  const form = (n: bigint): string => `0x${n.toString(16)}${suffix}`;
  // Addresses of words are rounded down: one byte more is the same word.
  if (value < 16n) return [form(value === 8n ? 16n : value + 1n)];
  const lowest = value & -value;
  const highest = 1n << BigInt(value.toString(2).length - 1);
  return [...new Set([value ^ lowest, value ^ highest, value | (lowest >> 1n)])].filter((n) => n !== value).map(form);
}
