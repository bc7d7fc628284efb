/** Conditions, hit conditions and log messages of breakpoints: read once, evaluated at stops. */
import { splitFormat } from './formats.js';
import { formatNumber } from './nodes/roots.js';
import { resultNames, RowScope } from './row-scope.js';
import { evaluate, ExpressionError } from '../scenario/expression/evaluate.js';
import { parseExpression } from '../scenario/expression/parse.js';
import { asNumber, formatValue, isTrue, type ExpressionScope } from '../scenario/expression/scope.js';
import type { Expression } from '../scenario/expression/tree.js';
import type { Target } from './target.js';

/** Names at a stop: those of the thread whose row comes next, and what that row itself says. */
export function scopeAt(target: Target, n: number): ExpressionScope {
  if (target.position !== n) target.recording.seek(n);
  const moment = target.run.moment(n < target.recording.length ? target.trace.task(n) : 0);
  return n < target.recording.length ? new RowScope(moment, resultNames(target, n)) : moment;
}

/** `message, at column 5` */
export function explain(error: unknown, text: string): string {
  if (!(error instanceof ExpressionError)) throw error;
  const where = text.trim().length > 0 && error.offset > 0 ? ` (column ${error.offset + 1})` : '';
  return `${error.message}${where}`;
}

export type Verdict = { readonly hit: boolean; readonly problem?: string };

export class Condition {
  private readonly expression: Expression;

  /** @throws ExpressionError that says where and what */
  constructor(readonly text: string) {
    this.expression = parseExpression(text);
  }

  /** A condition that has no value there counts as met: the person is told why. */
  holds(target: Target, n: number): Verdict {
    try {
      return { hit: isTrue(evaluate(this.expression, scopeAt(target, n))) };
    } catch (error) {
      return { hit: true, problem: `the condition '${this.text}' has no value here: ${explain(error, this.text)}` };
    }
  }
}

const HIT = /^\s*(==|=|>=|<=|>|<|%)?\s*(\d+)\s*$/;

/** `3`, `>= 3`, `% 2`: at which visits a breakpoint stops. */
export class HitCondition {
  private readonly operator: string;
  private readonly number: number;

  /** @throws Error that says what is right */
  constructor(readonly text: string) {
    const match = HIT.exec(text);
    if (!match) throw new Error(`'${text}' is no hit condition: write 3, == 3, >= 3, > 3, <= 3, < 3, or % 3`);
    this.operator = match[1] ?? '==';
    this.number = Number(match[2]);
    if (this.operator === '%' && this.number === 0) throw new Error('% 0 never stops: divide by 1 or more');
    const least = this.operator === '<' ? 2 : 1;
    if (this.number < least && !this.operator.startsWith('>')) {
      throw new Error(`'${text.trim()}' never stops: visits are counted from 1`);
    }
  }

  /** @param visit 1 for the first */
  holds(visit: number): boolean {
    const { number } = this;
    switch (this.operator) {
      case '>=':
        return visit >= number;
      case '>':
        return visit > number;
      case '<=':
        return visit <= number;
      case '<':
        return visit < number;
      case '%':
        return visit % number === 0;
      default:
        return visit === number;
    }
  }
}

/** A text with `{expression}` or `{expression,x}` in it; `{{` and `}}` are braces. */
export class LogMessage {
  private readonly parts: (
    | string
    | { readonly expression: Expression; readonly text: string; readonly format: 'hex' | 'dec' | 'bin' | undefined }
  )[] = [];

  /** @throws ExpressionError for an expression that cannot be read, Error for a brace without its other half */
  constructor(readonly text: string) {
    let plain = '';
    for (let i = 0; i < text.length; i++) {
      const c = text[i]!;
      if ((c === '{' || c === '}') && text[i + 1] === c) {
        plain += c;
        i++;
      } else if (c === '{') {
        const end = text.indexOf('}', i);
        if (end < 0) throw new Error(`'{' at column ${i + 1} has no '}'`);
        const inner = text.slice(i + 1, end);
        const { bare, format } = splitFormat(inner);
        this.parts.push(plain, { expression: parseExpression(bare), text: bare, format });
        plain = '';
        i = end;
      } else plain += c;
    }
    this.parts.push(plain);
  }

  format(target: Target, n: number): string {
    const scope = scopeAt(target, n);
    return this.parts
      .map((part) => {
        if (typeof part === 'string') return part;
        try {
          const value = evaluate(part.expression, scope);
          const number = part.format && asNumber(value);
          if (number !== undefined) return formatNumber(number, part.format!);
          return typeof value === 'string' ? value : formatValue(value);
        } catch (error) {
          return `{${explain(error, part.text)}}`;
        }
      })
      .join('');
  }
}
