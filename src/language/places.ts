/** What stands at a place of a text: the piece of the syntax tree, and what it is there. */
import { AstUtils, CstUtils, GrammarAST } from 'langium';
import type { AstNode, CstNode, LeafCstNode } from 'langium';
import type { Position, Range } from 'vscode-languageserver-types';
import type { Item, Scenario } from '../scenario/generated/ast.js';
import type { Analysis } from './document.js';
import { scenarioOf } from './tree.js';

export interface Place {
  readonly leaf: LeafCstNode;
  readonly node: AstNode;
  /** The property of the node that the word belongs to; undefined for words that hold the rule together. */
  readonly property: string | undefined;
  readonly range: Range;
  readonly scenario: Scenario | undefined;
}

/** The top-level item on a line (from 0), also where the line is blank inside a block. */
export function itemAt({ file }: Analysis, line: number): Item | undefined {
  const { items } = file;
  let low = 0;
  let high = items.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = items[middle]!.$cstNode?.range;
    if (!range || range.end.line < line) low = middle + 1;
    else if (range.start.line > line) high = middle - 1;
    else return items[middle];
  }
  return undefined;
}

/** The word at a position; at its end, too. */
export function placeAt(analysis: Analysis, position: Position): Place | undefined {
  const item = itemAt(analysis, position.line);
  if (!item?.$cstNode) return undefined;
  const offset = analysis.offsetAt(position);
  let leaf = leafAt(item.$cstNode, offset);
  if (!leaf || !/\w/.test(leaf.text)) {
    const before = offset > 0 ? leafAt(item.$cstNode, offset - 1) : undefined;
    if (before && before.end === offset && (!leaf || /\w$/.test(before.text))) leaf = before;
  }
  return leaf && placeOf(leaf, item);
}

function leafAt(node: CstNode, offset: number): LeafCstNode | undefined {
  const leaf = CstUtils.findLeafNodeAtOffset(node, offset);
  return leaf && !leaf.hidden && leaf.offset <= offset && offset < leaf.end ? leaf : undefined;
}

export function placeOf(leaf: LeafCstNode, item?: Item): Place {
  const node = leaf.astNode;
  return {
    leaf,
    node,
    property: propertyOf(leaf, node),
    range: leaf.range,
    scenario: item?.$type === 'Scenario' ? item : scenarioOf(node),
  };
}

/** The property that a word is, or is a part of. */
function propertyOf(leaf: LeafCstNode, node: AstNode): string | undefined {
  let at: CstNode | undefined = leaf;
  // Words that are read by a rule of their own stand one level deeper.
  while (at && at !== node.$cstNode) {
    const assignment = AstUtils.getContainerOfType(at.grammarSource, GrammarAST.isAssignment);
    if (assignment) return assignment.feature;
    at = at.container;
  }
  return undefined;
}
