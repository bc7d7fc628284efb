/** What can stand at the cursor of the console: commands, their operands, statements, names, members. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { BITS } from '../../engine/bits.js';
import { allFunctions, nameIn } from '../../engine/catalog.js';
import { evaluate } from '../../scenario/expression/evaluate.js';
import { parseExpression } from '../../scenario/expression/parse.js';
import type { ExpressionScope } from '../../scenario/expression/scope.js';
import { HOST_ACTIONS, LOCKS, STATEMENTS, WALK_LEVELS } from '../../scenario/words.js';
import type { Core } from '../core.js';
import { scopeFor } from '../evaluate.js';
import { FILTERS } from '../filters.js';
import { displayName } from '../sources.js';
import { COMMANDS, commandNamed } from './console.js';

interface Proposal {
  readonly label: string;
  readonly detail?: string;
  readonly type: DebugProtocol.CompletionItemType;
}

/** Proposals for the word that ends at `column` (counted from 0) of a line. */
export function completions(
  core: Core,
  line: string,
  column: number,
  frameId: number | undefined,
): DebugProtocol.CompletionItem[] {
  const before = line.slice(0, column);
  const scope = scopeFor(core, frameId);
  const word = /[\w:]*$/.exec(before)![0];
  const start = column - word.length;
  const proposals = proposalsFor(core, scope, before.slice(0, start));
  const seen = new Set<string>();
  return proposals
    .filter(({ label }) => label.toLowerCase().startsWith(word.toLowerCase()) && !seen.has(label) && seen.add(label))
    .map(({ label, detail, type }) => ({
      label,
      type,
      start: core.toClientColumn(start + 1),
      length: word.length,
      ...(detail !== undefined && { detail }),
    }));
}

function proposalsFor(core: Core, scope: ExpressionScope, before: string): Proposal[] {
  const object = /([\w:]+(?:\([^()]*\))?(?:\.\w+)*)\.$/.exec(before)?.[1];
  if (object !== undefined) return members(scope, object);
  const [, first, rest = ''] = /^\s*(\w+)\s+(.*)$/s.exec(before) ?? [];
  if (first === undefined) return [...commands(), ...statements(), ...names(scope)];
  const command = commandNamed(first);
  if (!command) return first === 'host' && rest === '' ? hostActions() : names(scope);
  // Behind `if` stands a condition, whatever the command is about.
  if (/\bif\s/.test(rest)) return names(scope);
  const { completes } = command;
  if (typeof completes === 'object') {
    return rest === '' ? completes.map((label) => ({ label, type: 'keyword' })) : names(scope);
  }
  switch (completes) {
    case 'places':
      return rest === '' ? places(core) : [{ label: 'if', type: 'keyword' }, { label: 'visit', type: 'keyword' }, { label: 'log', type: 'keyword' }]; // prettier-ignore
    case 'filters':
      return rest === ''
        ? FILTERS.map(({ id, label }) => ({ label: id, detail: label, type: 'value' }))
        : [{ label: 'if', type: 'keyword' }];
    case 'breakpoints':
      return core.breakpoints.all().map((b) => ({ label: String(b.id), detail: b.label, type: 'value' }));
    case 'commands':
      return commands();
    case 'expression':
      return names(scope);
    default:
      return [];
  }
}

const commands = (): Proposal[] => COMMANDS.map(({ name, doc }) => ({ label: name, detail: doc, type: 'keyword' }));

function statements(): Proposal[] {
  const inFiles = new Set(['scenario', 'generation', 'machine', 'thread', 'schedule', 'mark', 'let']);
  return Object.entries(STATEMENTS)
    .filter(([label]) => !inFiles.has(label))
    .map(([label, detail]) => ({ label, detail, type: 'snippet' }));
}

const hostActions = (): Proposal[] =>
  Object.entries(HOST_ACTIONS).map(([label, detail]) => ({ label, detail, type: 'keyword' }));

function names(scope: ExpressionScope): Proposal[] {
  const known = scope.names().map(({ name, detail }): Proposal => {
    const isFunction = name.endsWith('(');
    return { label: isFunction ? name.slice(0, -1) : name, detail, type: isFunction ? 'function' : 'variable' };
  });
  const locks = Object.entries(LOCKS).map(([label, { doc }]): Proposal => ({ label, detail: doc, type: 'value' }));
  const levels = Object.keys(WALK_LEVELS).map((label): Proposal => ({ label, detail: 'A walk level.', type: 'value' }));
  return [...known, ...locks, ...levels];
}

function members(scope: ExpressionScope, object: string): Proposal[] {
  try {
    const value = evaluate(parseExpression(object), scope);
    const known = (scope.members?.(value) ?? []).map(({ name, detail }): Proposal => {
      return { label: name, detail, type: 'property' };
    });
    // An entry that is absent here has the same members as one that is not.
    return value === null ? bitsOf(object) : known;
  } catch {
    return [];
  }
}

function bitsOf(object: string): Proposal[] {
  const kind = /^(pte|pgste)\(/.exec(object)?.[1] as 'pte' | 'pgste' | undefined;
  return kind ? BITS[kind].map(({ name, doc }) => ({ label: name, detail: doc, type: 'property' })) : [];
}

function places(core: Core): Proposal[] {
  const { generation } = core.target!.recording;
  const functions = allFunctions(generation)
    .filter((fn) => !fn.wrapper)
    .map((fn): Proposal => {
      const label = fn.operation ? displayName(fn, generation) : nameIn(fn, generation);
      return { label, detail: fn.doc, type: 'function' };
    });
  const levels = Object.keys(WALK_LEVELS).map((level): Proposal => ({ label: `walk:${level}`, type: 'value' }));
  return [...levels, ...functions];
}
