/** Faults that no operation meets: `inject` arms them for the next operation of its thread, and for no other. */
import type { Context } from './context.js';
import * as ast from './generated/ast.js';

/** Warns of each `inject` behind which another one follows, or nothing at all. */
export function checkInjections(items: readonly ast.Item[], context: Context): void {
  const armed = new Set<ast.InjectOperation>();
  const met = new Set<ast.InjectOperation>();
  /** Runs through statements; gives what is still armed behind them. */
  const walk = (nodes: readonly ast.Item[], before?: ast.InjectOperation): ast.InjectOperation | undefined => {
    let last = before;
    for (const node of nodes) {
      if (ast.isInjectOperation(node)) armed.add((last = node));
      else if (runs(node)) {
        if (last) met.add(last);
        last = undefined;
      } else if (ast.isThread(node)) walk(node.statements);
      else if (ast.isRepeat(node)) {
        last = walk(node.statements, last);
        // What is left armed is for the next round.
        const next = firstOf(node.statements);
        if (last && next && !ast.isInjectOperation(next)) met.add(last);
      }
    }
    return last;
  };
  const setup = walk(items.filter((item) => !ast.isScenario(item)));
  for (const item of items) if (ast.isScenario(item)) walk(item.statements, setup);
  for (const node of armed) {
    if (!met.has(node))
      context.warn('inject', "no operation meets these faults: 'inject' arms the next one only", node);
  }
}

const runs = (node: ast.Item): boolean => ast.isOperation(node) || ast.isVcpu(node) || ast.isVcpuStep(node);

/** The first of some statements that runs something, in a block too. */
function firstOf(nodes: readonly ast.Item[]): ast.Item | undefined {
  for (const node of nodes) {
    const first = runs(node) ? node : ast.isRepeat(node) ? firstOf(node.statements) : undefined;
    if (first) return first;
  }
  return undefined;
}
