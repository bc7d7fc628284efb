/** Evaluates an expression in a scope. Looking changes nothing: there are no assignments and no loops. */
import { didYouMean } from '../nearest.js';
import { CONSTANTS, KERNEL_FUNCTIONS, LOCKS, WALK_LEVELS } from '../words.js';
import { asNumber, formatValue, isThing, isTrue } from './scope.js';
import type { ExpressionScope, Value } from './scope.js';
import type { BinaryOperator, Expression, Span } from './tree.js';

/** An expression that has no value here, with the place in its text that is to blame. */
export class ExpressionError extends Error {
  readonly offset: number;
  readonly end: number;
  /** What would be right in that place, where it is known. */
  readonly replacement: string | undefined;

  constructor(message: string, { offset, end }: Span, replacement?: string) {
    super(message);
    this.name = 'ExpressionError';
    this.offset = offset;
    this.end = end;
    this.replacement = replacement;
  }
}

/** Levels, locks and places of the code are texts: `visits(gmap_fault)` is `visits("gmap_fault")`. */
const PLACES = [
  ...Object.keys(WALK_LEVELS),
  ...Object.keys(WALK_LEVELS).map((level) => `walk:${level}`),
  ...Object.keys(LOCKS),
  ...KERNEL_FUNCTIONS,
];

const LITERALS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['true', true],
  ['false', false],
  ['absent', null],
  ...PLACES.map((place): [string, Value] => [place, place]),
]);

/** Names that mean the same everywhere. */
export function constantNamed(name: string): Value | undefined {
  return LITERALS.has(name) ? LITERALS.get(name) : CONSTANTS.get(name)?.value;
}

/** Bits a shift may move: more is a mistake, not a wish. */
const MAX_SHIFT = 64n;

/**
 * The value of an expression.
 * @throws ExpressionError that says where and what
 */
export function evaluate(expression: Expression, scope: ExpressionScope): Value {
  switch (expression.kind) {
    case 'number':
    case 'string':
      return expression.value;
    case 'name':
      return nameValue(expression, expression.name, scope);
    case 'member':
      return memberValue(expression, evaluate(expression.object, scope), expression.name, scope);
    case 'call':
      return callValue(expression, expression.name, expression.args, scope);
    case 'unary': {
      const value = evaluate(expression.operand, scope);
      if (expression.operator === '!') return !isTrue(value);
      const number = toNumber(value, expression.operand);
      return expression.operator === '-' ? -number : ~number;
    }
    case 'binary':
      return binaryValue(expression.operator, expression.left, expression.right, scope, expression);
  }
}

function nameValue(place: Span, name: string, scope: ExpressionScope): Value {
  const own = scope.name(name);
  const value = own === undefined ? constantNamed(name) : own;
  if (value !== undefined) return value;
  if (scope.names().some((known) => known.name === `${name}(`)) {
    throw new ExpressionError(`'${name}' is a function: ${name}(…)`, place);
  }
  const known = [...scope.names().map((n) => n.name.replace(/\($/, '')), ...LITERALS.keys(), ...CONSTANTS.keys()];
  throw new ExpressionError(`there is no '${name}' here${didYouMean(name, known)}`, place);
}

function memberValue(place: Span, object: Value, name: string, scope: ExpressionScope): Value {
  if (object === null) return null;
  const value = scope.member(object, name);
  if (value !== undefined) return value;
  const members = scope.members?.(object).map((m) => m.name) ?? [];
  const list = members.length ? `; it has ${members.join(', ')}` : '';
  const word = { offset: place.end - name.length, end: place.end };
  throw new ExpressionError(`${formatValue(object)} has no '${name}'${didYouMean(name, members) || list}`, word);
}

function callValue(place: Span, name: string, args: readonly Expression[], scope: ExpressionScope): Value {
  const values = args.map((argument) => evaluate(argument, scope));
  let value: Value | undefined;
  try {
    value = scope.call(name, values);
  } catch (error) {
    if (error instanceof ExpressionError || !(error instanceof Error)) throw error;
    throw new ExpressionError(`${name}: ${error.message}`, place);
  }
  if (value !== undefined) return value;
  const functions = scope.names().flatMap((known) => (known.name.endsWith('(') ? [known.name.slice(0, -1)] : []));
  throw new ExpressionError(`there is no function '${name}'${didYouMean(name, functions)}`, place);
}

function binaryValue(
  operator: BinaryOperator,
  leftPart: Expression,
  rightPart: Expression,
  scope: ExpressionScope,
  place: Span,
): Value {
  const left = evaluate(leftPart, scope);
  if (operator === '&&') return isTrue(left) && isTrue(evaluate(rightPart, scope));
  if (operator === '||') return isTrue(left) || isTrue(evaluate(rightPart, scope));
  const right = evaluate(rightPart, scope);
  if (operator === '==') return equal(left, right, place);
  if (operator === '!=') return !equal(left, right, place);
  const a = toNumber(left, leftPart);
  const b = toNumber(right, rightPart);
  switch (operator) {
    case '*':
      return a * b;
    case '/':
    case '%':
      if (b === 0n) throw new ExpressionError('division by zero', rightPart);
      return operator === '/' ? a / b : a % b;
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '<<':
    case '>>':
      if (b < 0n || b > MAX_SHIFT) throw new ExpressionError(`a shift is by 0 to ${MAX_SHIFT}, not ${b}`, rightPart);
      return operator === '<<' ? a << b : a >> b;
    case '&':
      return a & b;
    case '^':
      return a ^ b;
    case '|':
      return a | b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

function equal(left: Value, right: Value, place: Span): boolean {
  if (left === null || right === null) return left === right;
  const a = asNumber(left);
  const b = asNumber(right);
  if (a !== undefined && b !== undefined) return a === b;
  if (isThing(left) && isThing(right)) return left.kind === right.kind && left.id === right.id;
  if (typeof left === 'string' && typeof right === 'string') return left === right;
  throw new ExpressionError(`${formatValue(left)} and ${formatValue(right)} cannot be compared`, place);
}

function toNumber(value: Value, place: Span): bigint {
  const number = asNumber(value);
  if (number === undefined) throw new ExpressionError(`${formatValue(value)} is not a number`, place);
  return number;
}
