/** Text to expression. */
import type * as ast from '../generated/ast.js';
import { gmapServices } from '../language.js';
import type { GmapLexer } from '../lexer.js';
import { isMistake, parseNumber } from '../numbers.js';
import { ALONE, syntaxErrors } from '../syntax-errors.js';
import { ExpressionError } from './evaluate.js';
import type { Expression, Span } from './tree.js';

/**
 * Reads an expression that stands alone: a condition, a watch, a line of the console.
 * @throws ExpressionError that says where and what
 */
export function parseExpression(text: string): Expression {
  const { parser } = gmapServices().gmap;
  const lexer = parser.Lexer as GmapLexer;
  const result = lexer.withFreeWords(() => parser.LangiumParser.parse<ast.Expression>(text, { rule: 'Expression' }));
  const [error] = syntaxErrors(text, result, ALONE).diagnostics;
  if (error) {
    const offset = offsetOf(text, error.range.start);
    throw new ExpressionError(error.message, { offset, end: Math.max(offset, offsetOf(text, error.range.end)) });
  }
  return toExpression(result.value);
}

function offsetOf(text: string, place: { line: number; column: number }): number {
  let offset = 0;
  for (const line of text.split(/(?<=\n|\r(?!\n))/).slice(0, place.line - 1)) offset += line.length;
  return Math.min(text.length, offset + place.column - 1);
}

/**
 * An expression of the syntax tree as data.
 * @throws ExpressionError for numbers that are none
 */
export function toExpression(node: ast.Expression): Expression {
  const { offset = 0, end = 0 } = node.$cstNode ?? {};
  const span: Span = { offset, end };
  switch (node.$type) {
    case 'NumberLiteral': {
      const value = parseNumber(node.text);
      if (isMistake(value)) throw new ExpressionError(value.message, span, value.replacement);
      return { kind: 'number', value, ...span };
    }
    case 'StringLiteral':
      return { kind: 'string', value: node.value, ...span };
    case 'NameExpression':
      return { kind: 'name', name: node.name, ...span };
    case 'MemberExpression':
      return { kind: 'member', object: toExpression(node.object), name: node.member, ...span };
    case 'CallExpression':
      return { kind: 'call', name: node.function, args: node.args.map(toExpression), ...span };
    case 'UnaryExpression':
      return { kind: 'unary', operator: node.operator, operand: toExpression(node.operand), ...span };
    case 'BinaryExpression': {
      // All parts of a chain `a + b + c` share one node of the concrete tree: the places come from the operands.
      const left = toExpression(node.left);
      const right = toExpression(node.right);
      return { kind: 'binary', operator: node.operator, left, right, offset: left.offset, end: right.end };
    }
  }
}
