/** Expressions as data: what the parser made, without the parser. */

/** Offsets of a piece of the expression in the text it was read from, `end` not included. */
export interface Span {
  readonly offset: number;
  readonly end: number;
}

export type BinaryOperator =
  | '*' | '/' | '%' | '+' | '-' | '<<' | '>>' | '&' | '^' | '|'
  | '<' | '<=' | '>' | '>=' | '==' | '!=' | '&&' | '||'; // prettier-ignore

export type UnaryOperator = '-' | '!' | '~';

export type Expression = Span &
  (
    | { readonly kind: 'number'; readonly value: bigint }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'member'; readonly object: Expression; readonly name: string }
    | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
    | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
    | {
        readonly kind: 'binary';
        readonly operator: BinaryOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
  );

/** The expression and all parts of it, outermost first. */
export function* partsOf(expression: Expression): Generator<Expression> {
  yield expression;
  switch (expression.kind) {
    case 'member':
      yield* partsOf(expression.object);
      break;
    case 'call':
      for (const argument of expression.args) yield* partsOf(argument);
      break;
    case 'unary':
      yield* partsOf(expression.operand);
      break;
    case 'binary':
      yield* partsOf(expression.left);
      yield* partsOf(expression.right);
      break;
    default:
  }
}
