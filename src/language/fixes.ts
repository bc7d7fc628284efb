/** What can be done about what compiling finds. */
import type { AstNode } from 'langium';
import type { Range } from 'vscode-languageserver-types';
import * as ast from '../scenario/generated/ast.js';
import { isMistake, parseNumber } from '../scenario/numbers.js';
import type { Diagnostic } from '../scenario/source.js';
import { OTHER_NAMES } from '../scenario/words.js';
import { PAGE, SEGMENT } from './addresses.js';
import type { Analysis } from './document.js';
import { expectResult, lineAbove, rangeOfNode, remove, replace } from './edits.js';
import { lookup } from './lookup.js';
import { placeAt } from './places.js';
import { leavesOf, statementOf } from './tree.js';
import type { Fix } from './problem.js';

export function fixesFor(diagnostic: Diagnostic, range: Range, analysis: Analysis): Fix[] {
  const { code, replacement } = diagnostic;
  const place = placeAt(analysis, range.start);
  const statement = place && statementOf(place.node);
  const text = textIn(range, analysis);
  const fixes: Fix[] = [];
  if (replacement !== undefined && code !== 'unaligned') {
    fixes.push({ title: `Change to '${replacement}'`, edits: [replace(range, replacement)], preferred: true });
  }
  switch (code) {
    case 'unaligned': {
      const operation = place && ownerOf(place.node);
      if (operation) fixes.push(...aligned(range, operation, analysis), expectResult(operation, '-EINVAL'));
      break;
    }
    case 'refused':
      if (statement && ast.isOperation(statement))
        fixes.push(...makes(statement, analysis), expectResult(statement, 'NA'));
      break;
    case 'unknown-name':
      if (statement) fixes.push(...declaration(diagnostic.message, statement, analysis));
      break;
    case 'number':
      fixes.push(...notOctal(text, range));
      break;
    case 'unused':
      if (statement) fixes.push(remove(statement, `Remove '${text.replace(/\s.*/s, '')}'`, analysis));
      break;
    case 'result': {
      const result = place?.node;
      const operation = result && ownerOf(result);
      if (operation?.expected) fixes.push(withoutResult(operation));
      break;
    }
    case 'statement':
      if (lookup(OTHER_NAMES, text)?.startsWith(`host ${text}`)) {
        fixes.push({ title: `Change to 'host ${text}'`, edits: [replace(range, `host ${text}`)], preferred: true });
      }
      break;
    case 'line':
      if (statement) fixes.push(ownLine(statement, analysis));
      break;
    case 'unclosed':
      fixes.push(...closing(diagnostic.message, range, analysis));
      break;
    default:
  }
  return fixes;
}

function textIn({ start, end }: Range, analysis: Analysis): string {
  return analysis.text.slice(analysis.offsetAt(start), analysis.offsetAt(end));
}

/** The aligned addresses below and above. */
function aligned(range: Range, operation: ast.Operation & { op?: string }, analysis: Analysis): Fix[] {
  const property = Object.entries(operation).find(
    ([key, value]) => !key.startsWith('$') && isAt(value as AstNode | undefined, range),
  );
  const value = analysis.values.number(property?.[1] as AstNode | undefined);
  if (value === undefined) return [];
  const size = operation.op === 'map' || operation.op === 'unmap' ? SEGMENT : PAGE;
  const below = value - (value % size);
  const choices = property?.[0] === 'len' && below === 0n ? [below + size] : [below, below + size];
  return choices.map((choice, index) => {
    const text = `0x${choice.toString(16)}`;
    return { title: `Change to '${text}'`, edits: [replace(range, text)], preferred: index === 0 };
  });
}

function isAt(node: AstNode | undefined, { start }: Range): boolean {
  const own = typeof node === 'object' ? node.$cstNode?.range.start : undefined;
  return own?.line === start.line && own.character === start.character;
}

/** The operation that a node is, or is a part of. */
function ownerOf(node: AstNode): (ast.Operation & { op?: string }) | undefined {
  for (let at: AstNode | undefined = node; at; at = at.$container) if (ast.isOperation(at)) return at;
  return undefined;
}

/** What would make the gmap or notifier that an operation needs. */
function makes(node: ast.Operation, analysis: Analysis): Fix[] {
  const { op } = node as { op?: string };
  if (op === 'gmap' || op === 'notifier') return [];
  const { g, nb } = node as { g?: string; nb?: string };
  const add = g !== undefined ? `gmap ${g} limit 4G` : nb !== undefined ? `notifier ${nb}` : undefined;
  return add === undefined ? [] : [{ title: `Add '${add}'`, edits: [lineAbove(node, add, analysis)] }];
}

/** What would make a name known: `there is no gmap 'vm'`. */
function declaration(message: string, node: AstNode, analysis: Analysis): Fix[] {
  const [, kind, name] = /^there is no (gmap|notifier) '(\w+)'/.exec(message) ?? [];
  if (kind === undefined || name === undefined) return [];
  const add = kind === 'gmap' ? `gmap ${name} limit 4G` : `notifier ${name}`;
  return [{ title: `Add '${add}'`, edits: [lineAbove(node, add, analysis)] }];
}

/** `010` is 10, or 0x10. */
function notOctal(text: string, range: Range): Fix[] {
  if (!/^0[0-9_]+[KMGTP]?$/.test(text) || !isMistake(parseNumber(text))) return [];
  const digits = text.replace(/^[0_]+(?=[0-9])/, '');
  return [digits, `0x${digits}`].map((right) => ({ title: `Change to '${right}'`, edits: [replace(range, right)] }));
}

function withoutResult(operation: ast.Operation): Fix {
  const { end } = rangeOfNode(operation.expected!);
  const arrow = operation.$cstNode && leavesOf(operation.$cstNode).findLast(({ text }) => text === '->');
  const start = arrow?.range.start ?? rangeOfNode(operation.expected!).start;
  const character = Math.max(0, start.character - 1);
  return { title: 'Expect nothing', edits: [replace({ start: { line: start.line, character }, end }, '')] };
}

/** Moves a statement to the next line. */
function ownLine(statement: AstNode, { lines }: Analysis): Fix {
  const { start } = rangeOfNode(statement);
  const line = lines.line(start.line);
  const spaces = /[ \t]*$/.exec(line.slice(0, start.character))![0].length;
  const indent = /^[ \t]*/.exec(line)![0];
  const from = { line: start.line, character: start.character - spaces };
  return { title: 'Begin a line', edits: [replace({ start: from, end: start }, `\n${indent}`)], preferred: true };
}

function closing(message: string, range: Range, { lines }: Analysis): Fix[] {
  if (message.startsWith('the text')) {
    return [{ title: 'Close the text', edits: [replace({ start: range.end, end: range.end }, '"')], preferred: true }];
  }
  const last = lines.line(lines.count - 1);
  const end = { line: lines.count - 1, character: last.length };
  return [{ title: 'Close the block', edits: [replace({ start: end, end }, last.trim() ? '\n}\n' : '}\n')] }];
}
