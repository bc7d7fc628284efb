/** Colours that need more than a line: what each name stands for. */
import type { AstNode } from 'langium';
import type { Range, SemanticTokens } from 'vscode-languageserver-types';
import type { NameKind } from '../scenario/names.js';
import { CONSTANTS } from '../scenario/words.js';
import type { Analysis } from './document.js';
import type { Place } from './places.js';
import { placeOf } from './places.js';
import type { Modifier, TokenType } from './token-legend.js';
import { TOKEN_MODIFIERS, TOKEN_TYPES } from './token-legend.js';
import { leavesOf } from './tree.js';

const NAME_TYPES: Readonly<Record<NameKind, TokenType>> = {
  gmap: 'class',
  notifier: 'event',
  constant: 'variable',
  vcpu: 'class',
  thread: 'label',
  mark: 'label',
};

interface Meaning {
  readonly type: TokenType;
  readonly modifiers: readonly Modifier[];
}

/** The tokens of a text, or of some of its lines, in the relative form of the protocol. */
export function semanticTokens(analysis: Analysis, range?: Range): SemanticTokens {
  const data: number[] = [];
  const declared = declarations(analysis);
  let line = 0;
  let character = 0;
  for (const item of analysis.file.items) {
    const own = item.$cstNode?.range;
    if (!item.$cstNode || !own || (range && (own.end.line < range.start.line || own.start.line > range.end.line)))
      continue;
    for (const leaf of leavesOf(item.$cstNode)) {
      const { start, end } = leaf.range;
      if (range && (start.line < range.start.line || start.line > range.end.line)) continue;
      const meaning = start.line === end.line ? meaningOf(placeOf(leaf, item), analysis, declared) : undefined;
      if (!meaning) continue;
      data.push(start.line - line, start.line === line ? start.character - character : start.character);
      data.push(end.character - start.character, TOKEN_TYPES.indexOf(meaning.type));
      data.push(meaning.modifiers.reduce((bits, it) => bits | (1 << TOKEN_MODIFIERS.indexOf(it)), 0));
      ({ line, character } = start);
    }
  }
  return { data };
}

const plain = (type: TokenType): Meaning => ({ type, modifiers: [] });
const known = (type: TokenType): Meaning => ({ type, modifiers: ['defaultLibrary', 'readonly'] });

/** The nodes that declare a name, with the property that holds it. */
function declarations({ names }: Analysis): Map<AstNode, string> {
  const all = names.all.flatMap(({ occurrences }) => occurrences);
  return new Map(all.filter(({ declares }) => declares).map(({ node, property }) => [node, property]));
}

function meaningOf(
  { leaf, node, property }: Place,
  { names }: Analysis,
  declared: ReadonlyMap<AstNode, string>,
): Meaning | undefined {
  const name = property === undefined ? undefined : names.at(node, property);
  if (name) {
    const declares = declared.get(node) === property;
    const modifiers: Modifier[] = [
      ...(declares ? ['declaration' as const] : []),
      ...(name.kind === 'constant' ? ['readonly' as const] : []),
    ];
    return { type: NAME_TYPES[name.kind], modifiers };
  }
  switch (leaf.tokenType.name) {
    case 'NUMBER':
      return plain('number');
    case 'STRING':
      return node.$type === 'Scenario' ? { type: 'function', modifiers: ['declaration'] } : plain('string');
    case 'CALL':
    case 'WALK':
      return known('function');
    case 'ID':
    case 'HEADING':
      break;
    default:
      return keywordMeaning(leaf.text, node.$type, property);
  }
  switch (`${node.$type}.${property ?? ''}`) {
    case 'NameExpression.name':
      return CONSTANTS.has(leaf.text) ? known('enumMember') : known('variable');
    case 'Visits.place':
      return known('function');
    case 'MemberExpression.member':
    case 'EntryTest.bits':
    case 'Setting.name':
      return plain('property');
    case 'Heading.title':
      return undefined;
    default:
      return known('enumMember');
  }
}

function keywordMeaning(word: string, type: string, property: string | undefined): Meaning | undefined {
  if (!/^\w/.test(word)) return /^[-+*/%&^|=!~<>]/.test(word) ? plain('operator') : undefined;
  if (property === 'op') return known('function');
  if (
    /^(Setting|EntryTest|MemberExpression)$/.test(type) &&
    property !== undefined &&
    property !== 'not' &&
    property !== 'kind'
  ) {
    return property === 'state' ? known('enumMember') : plain('property');
  }
  return plain('keyword');
}
