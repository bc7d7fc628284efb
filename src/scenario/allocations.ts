/**
 * Which gmaps and notifiers exist at a statement. An operation on one that does not exist is refused (NA), and so is
 * making one that exists: both are worth a warning where the scenario does not say that it expects it.
 */
import type { Context } from './context.js';
import type * as ast from './generated/ast.js';
import type { OperationStatement } from './program.js';

export class Allocations {
  constructor(private readonly live: ReadonlySet<string> = new Set()) {}

  /** The effect of a statement, for the statements after it. Where it has errors (undefined), it did what it could. */
  after(statement: OperationStatement | undefined, node: ast.Operation, context: Context): Allocations {
    if (!('g' in node) && !('nb' in node)) return this;
    const kind = 'nb' in node ? 'notifier' : 'gmap';
    const property = kind === 'gmap' ? 'g' : 'nb';
    const name = context.names.at(node, property);
    if (name?.kind !== kind) return this;
    const id = `${kind} ${name.slot ?? name.name}`;
    const makes = node.op === 'gmap' || node.op === 'notifier';
    const exists = this.live.has(id);
    if (statement && statement.expected?.kind !== 'refused' && exists === makes) {
      const what = kind === 'gmap' ? 'allocated' : 'registered';
      const state = makes ? `is already ${what}` : `is not ${what} here`;
      context.warn('refused', `'${name.name}' ${state}: the operation is refused (NA)`, node, property);
    }
    if (makes === exists || (!makes && node.op !== 'free' && node.op !== 'unregister')) return this;
    const live = new Set(this.live);
    if (makes) live.add(id);
    else live.delete(id);
    return new Allocations(live);
  }

  /** With what the threads beside may have allocated: who comes first is the schedule's business. */
  and(statements: Iterable<OperationStatement>): Allocations {
    const live = new Set(this.live);
    for (const { operation } of statements) {
      const { g = 0n, nb = 0n } = operation.args;
      if (operation.name === 'alloc') live.add(`gmap ${g}`);
      if (operation.name === 'register') live.add(`notifier ${nb}`);
    }
    return new Allocations(live);
  }
}
