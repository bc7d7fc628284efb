/** Langium's parser, mended in one place. */
import { createLangiumParser } from 'langium';
import type { CstNode, LangiumCoreServices, LangiumParser } from 'langium';

/** An operand list as Langium reads it, before it becomes a tree. */
interface Operands {
  readonly $cstNode?: CstNode;
}

interface InfixBuilder {
  constructInfix(operands: Operands, precedence: unknown): object | undefined;
}

/**
 * Where recovery from an error leaves an expression without any operand, Langium 4.4 has no node for it and loses count
 * of the rules it is in: it throws. A name that is missing takes the place, as for other holes in a tree.
 */
export function createGmapParser(services: LangiumCoreServices): LangiumParser {
  const parser = createLangiumParser(services);
  const builder = parser as unknown as InfixBuilder;
  const construct = builder.constructInfix.bind(parser);
  builder.constructInfix = (operands, precedence) =>
    construct(operands, precedence) ?? { $type: 'NameExpression', $cstNode: operands.$cstNode };
  return parser;
}
