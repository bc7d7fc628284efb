/** What a word of a scenario means. */
import type { AstNode } from 'langium';
import type { Hover, Position } from 'vscode-languageserver-types';
import * as ast from '../scenario/generated/ast.js';
import { textOf } from '../scenario/source.js';
import type { EntryLevelName } from '../scenario/words.js';
import {
  ADVICES,
  FACILITIES,
  GENERATIONS,
  PROTECTIONS,
  SHARES,
  USAGES as PAGE_STATES,
  entryStates,
  findBit,
  isWord,
} from '../scenario/words.js';
import type { Words } from '../scenario/words.js';
import {
  BUILTIN_NAMES,
  MEMBERS,
  describeBit,
  describeConstant,
  describeExpressionFunction,
  describeFunctionNamed,
  describeLevel,
  describeLock,
  describeStatement,
  describeWalk,
  paragraphs,
} from './describe.js';
import type { Analysis } from './document.js';
import { KEYWORDS, OPERATORS } from './keywords.js';
import { describeName } from './describe-name.js';
import { describeNumber, describeOperand } from './describe-number.js';
import { lookup, sentence } from './lookup.js';
import type { Place } from './places.js';
import { stateOf } from './tree.js';
import { placeAt } from './places.js';

export function hover(analysis: Analysis, position: Position): Hover | undefined {
  const place = placeAt(analysis, position);
  const value = place && describe(place, analysis);
  return value ? { contents: { kind: 'markdown', value }, range: place.range } : undefined;
}

function describe(place: Place, analysis: Analysis): string | undefined {
  const { node, property, leaf } = place;
  const word = leaf.text;
  const name = property === undefined ? undefined : analysis.names.at(node, property);
  if (name) {
    const operand =
      name.kind === 'constant' && ast.isNameExpression(node) ? describeOperand(place, analysis) : undefined;
    return paragraphs(describeName(name, place, analysis), operand);
  }
  if (leaf.tokenType.name === 'NUMBER') return describeNumber(place, analysis);
  return describeOwn(node, property, word) ?? describeKeyword(node, word);
}

/** Words whose meaning depends on the property that they are. */
function describeOwn(node: AstNode, property: string | undefined, word: string): string | undefined {
  const from = (words: Words) => sentence(words, word);
  switch (node.$type) {
    case 'NameExpression':
      return describeExpressionName(word);
    case 'CallExpression':
      return property === 'function' ? describeExpressionFunction(word) : undefined;
    case 'MemberExpression':
      return property === 'member' ? describeMember(node as ast.MemberExpression, word) : undefined;
    case 'Setting':
      return property === 'name' ? from(FACILITIES) : undefined;
    case 'Generation':
      return property === 'generation' ? from(GENERATIONS) : undefined;
    case 'HostOperation':
      if (property === 'prot') return from(PROTECTIONS);
      if (property === 'advice') return from(ADVICES);
      if (property === 'share') return from(SHARES);
      return property === 'state' ? from(PAGE_STATES) : undefined;
    case 'GmapOperation':
      return property === 'access' ? sentence(KEYWORDS, `Access ${word}`, word) : undefined;
    case 'EntryTest':
      return describeTest(node as ast.EntryTest, property, word);
    case 'EntryClause':
    case 'EntryExpectation':
      return property === 'level' ? describeLevel(word) : undefined;
    case 'Visits':
      return property === 'place' ? (describeFunctionNamed(word) ?? describeWalk(word)) : undefined;
    case 'Held':
    case 'LockOperation':
      return property === 'lock' ? describeLock(word) : undefined;
    default:
      return undefined;
  }
}

function describeExpressionName(word: string): string | undefined {
  return (
    sentence(BUILTIN_NAMES, word) ??
    describeConstant(word) ??
    describeFunctionNamed(word) ??
    describeLock(word) ??
    describeWalk(word) ??
    describeLevel(word)
  );
}

/** The level whose entry an expression stands for, or another kind of thing. */
export function kindOf(node: AstNode | undefined): EntryLevelName | 'machine' | undefined {
  if (ast.isNameExpression(node)) return node.name === 'machine' ? 'machine' : undefined;
  if (!ast.isCallExpression(node)) return undefined;
  if (node.function === 'pte' || node.function === 'pgste') return node.function;
  const level = node.args[2];
  if (node.function !== 'entry' || !ast.isNameExpression(level)) return undefined;
  return level.name === 'page' ? 'pte' : (level.name as EntryLevelName);
}

function describeMember(node: ast.MemberExpression, word: string): string | undefined {
  const kind = kindOf(node.object);
  if (kind === 'machine' && isWord(FACILITIES, word)) return sentence(FACILITIES, word);
  const levels: readonly EntryLevelName[] =
    kind && kind !== 'machine' ? [kind] : ['pte', 'pgste', 'segment', 'region3'];
  for (const level of levels) {
    const bit = findBit(level, word);
    if (bit) return describeBit(bit, level);
  }
  const members = Object.values(MEMBERS).find((of) => Object.hasOwn(of, word));
  return members && sentence(members, word);
}

function describeTest(node: ast.EntryTest, property: string | undefined, word: string): string | undefined {
  const level = levelOf(node);
  if (property === 'bits') {
    const bit = findBit(level, word);
    return bit && describeBit(bit, level);
  }
  if (property !== 'state' && property !== 'page') return undefined;
  const state = stateOf(node);
  const info = lookup(entryStates(level), state);
  return info && `**${state}** (of a ${level}): ${info.doc}`;
}

/** The level that a test is about: that of its clause, or of a clause before. */
export function levelOf(test: ast.EntryTest): EntryLevelName {
  const { $container: clause } = test;
  const { $container: expectation } = clause;
  const before = expectation.clauses.slice(0, expectation.clauses.indexOf(clause) + 1);
  return before.findLast(({ level }) => level !== undefined)?.level ?? expectation.level;
}

/** Words that hold statements together, and the words that statements begin with. */
function describeKeyword(node: AstNode, word: string): string | undefined {
  const { op } = node as { op?: unknown };
  if (ast.isHostOperation(node) && (word === 'host' || word === node.op)) return describeStatement(`host ${node.op}`);
  if (ast.isGuestOperation(node) && (word === 'guest' || word === node.op)) return describeStatement('guest');
  if (word === op) return describeStatement(word);
  // What kind of expectation it is, its first word tells.
  if (ast.isExpect(node) && word === 'expect') {
    return describeStatement(`expect ${/^\w*/.exec(textOf(node.expectation ?? node))![0]}`);
  }
  return keywordSentence(node.$type, word) ?? describeStatement(word);
}

/** The sentence for a keyword in a rule of the grammar. */
export function keywordSentence(rule: string, word: string): string | undefined {
  return sentence(KEYWORDS, `${rule} ${word}`, word) ?? sentence(KEYWORDS, word) ?? sentence(OPERATORS, word);
}
