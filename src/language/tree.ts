/** Ways through the syntax tree. */
import { AstUtils } from 'langium';
import type { AstNode, CstNode, LeafCstNode } from 'langium';
import type { EntryTest, Scenario, Statement } from '../scenario/generated/ast.js';

export function scenarioOf(node: AstNode): Scenario | undefined {
  return AstUtils.getContainerOfType(node, (at): at is Scenario => at.$type === 'Scenario');
}

/** The innermost statement that a node is, or is in. */
export function statementOf(node: AstNode): Statement | undefined {
  let at: AstNode | undefined = node;
  while (at?.$container && at.$containerProperty !== 'statements' && at.$containerProperty !== 'items')
    at = at.$container;
  return at?.$container ? (at as Statement) : undefined;
}

/** The words of a node and of what is in it, in the order of the text. */
export function leavesOf(node: CstNode): LeafCstNode[] {
  const leaves: LeafCstNode[] = [];
  const visit = (at: CstNode) => {
    if ('content' in at) for (const child of at.content as CstNode[]) visit(child);
    else if (!at.hidden) leaves.push(at as LeafCstNode);
  };
  visit(node);
  return leaves;
}

/** The state that a test names: `zero page` are two words. */
export function stateOf({ state = '', page }: EntryTest): string {
  return page ? `${state} page` : state;
}
