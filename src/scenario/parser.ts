/** Langium's parser, mended in two places. */
import { prepareLangiumParser } from 'langium';
import type { CstNode, LangiumCoreServices, LangiumParser } from 'langium';

/** An operand list as Langium reads it, before it becomes a tree. */
interface Operands {
  readonly $cstNode?: CstNode;
}

/** Decides which way a rule goes on; `this` is the parser underneath. */
type Lookahead = (this: unknown, ...alternatives: unknown[]) => unknown;

interface LookaheadStrategy {
  buildLookaheadForAlternation(options: unknown): Lookahead;
  buildLookaheadForOptional(options: unknown): Lookahead;
}

interface Internals {
  constructInfix(operands: Operands, precedence: unknown): object | undefined;
  readonly wrapper: { lookaheadStrategy: LookaheadStrategy };
}

/**
 * Where recovery from an error leaves an expression without any operand, Langium 4.4 has no node for it and loses count
 * of the rules it is in: it throws. A name that is missing takes the place, as for other holes in a tree.
 *
 * It also works out every decision of the grammar before the first file is read, which takes longer than reading it: here
 * each is worked out when it is met.
 */
export function createGmapParser(services: LangiumCoreServices): LangiumParser {
  const parser = prepareLangiumParser(services);
  const internals = parser as unknown as Internals;
  const construct = internals.constructInfix.bind(parser);
  internals.constructInfix = (operands, precedence) =>
    construct(operands, precedence) ?? { $type: 'NameExpression', $cstNode: operands.$cstNode };
  const strategy = internals.wrapper.lookaheadStrategy;
  for (const build of ['buildLookaheadForAlternation', 'buildLookaheadForOptional'] as const) {
    const original = strategy[build].bind(strategy);
    strategy[build] = (options) => whenMet(() => original(options));
  }
  parser.finalize();
  return parser;
}

function whenMet(build: () => Lookahead): Lookahead {
  let lookahead: Lookahead | undefined;
  return function (...alternatives) {
    lookahead ??= build();
    return lookahead.apply(this, alternatives);
  };
}
