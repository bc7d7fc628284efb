/** The values of expressions that are known before anything runs; also in files with mistakes. */
import type { AstNode } from 'langium';
import { ExpressionError, evaluate } from '../scenario/expression/evaluate.js';
import { toExpression } from '../scenario/expression/parse.js';
import type { ExpressionScope, Value } from '../scenario/expression/scope.js';
import { asNumber } from '../scenario/expression/scope.js';
import type { Expression, Let, Scenario } from '../scenario/generated/ast.js';
import { isNumberLiteral } from '../scenario/generated/ast.js';
import type { Name, Names } from '../scenario/names.js';
import { isMistake, parseNumber } from '../scenario/numbers.js';
import { scenarioOf } from './tree.js';

export class Values {
  private readonly constants = new Map<Name, bigint | undefined>();

  constructor(private readonly names: Names) {}

  /** The number that an expression stands for, if that can be told. */
  number(node: AstNode | undefined): bigint | undefined {
    if (!node) return undefined;
    if (isNumberLiteral(node)) {
      // A hole in the tree has no text.
      const value = parseNumber(node.text ?? '');
      return isMistake(value) ? undefined : value;
    }
    const scenario = scenarioOf(node);
    try {
      return asNumber(evaluate(toExpression(node as Expression), this.scope(scenario)));
    } catch (error) {
      // A hole in the tree is no expression either.
      if (error instanceof ExpressionError || error instanceof TypeError) return undefined;
      throw error;
    }
  }

  /** The value of a constant of the file. */
  constant(name: Name): bigint | undefined {
    if (this.constants.has(name)) return this.constants.get(name);
    // A constant that needs itself has no value.
    this.constants.set(name, undefined);
    const declared = name.occurrences.find(({ declares }) => declares)?.node as Let | undefined;
    const value = this.number(declared?.value);
    this.constants.set(name, value);
    return value;
  }

  private scope(scenario: Scenario | undefined): ExpressionScope {
    return {
      name: (id): Value | undefined => {
        const found = this.names.find(['constant'], id, scenario);
        return found && this.constant(found);
      },
      call: () => undefined,
      member: () => undefined,
      names: () => [],
    };
  }
}
