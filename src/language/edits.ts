/** Changes to a text that several fixes need. */
import type { AstNode } from 'langium';
import type { Range, TextEdit } from 'vscode-languageserver-types';
import type { Operation } from '../scenario/generated/ast.js';
import type { Analysis } from './document.js';
import type { Fix } from './problem.js';

const NOWHERE: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

export function rangeOfNode(node: AstNode): Range {
  return node.$cstNode?.range ?? NOWHERE;
}

export function replace(range: Range, newText: string): TextEdit {
  return { range, newText };
}

/** A line of its own above the one that a node begins on, indented like it. */
export function lineAbove(node: AstNode, statement: string, { lines }: Analysis): TextEdit {
  const { line } = rangeOfNode(node).start;
  const text = lines.line(line);
  const indent = /^[ \t]*/.exec(text)![0];
  const position = { line, character: 0 };
  return { range: { start: position, end: position }, newText: `${indent}${statement}${lineEnd(text)}` };
}

/** Takes a node away, with the lines that hold nothing else. */
export function removal(node: AstNode, { lines }: Analysis): TextEdit {
  const { start, end } = rangeOfNode(node);
  const before = lines.line(start.line).slice(0, start.character);
  const after = lines.line(end.line).slice(end.character);
  const alone = before.trim() === '' && /^[ \t]*(#.*)?[\r\n]*$/.test(after);
  if (!alone) return { range: { start, end }, newText: '' };
  if (end.line + 1 >= lines.count) {
    return {
      range: {
        start: { line: start.line, character: 0 },
        end: { line: end.line, character: end.character + after.length },
      },
      newText: '',
    };
  }
  return {
    range: { start: { line: start.line, character: 0 }, end: { line: end.line + 1, character: 0 } },
    newText: '',
  };
}

export function remove(node: AstNode, title: string, analysis: Analysis): Fix {
  return { title, edits: [removal(node, analysis)] };
}

/** Says what an operation must return. */
export function expectResult(node: Operation, result: string): Fix {
  const title = `Expect ${result}`;
  if (node.expected) return { title, edits: [replace(rangeOfNode(node.expected), result)] };
  const { end } = rangeOfNode(node);
  return { title, edits: [replace({ start: end, end }, ` -> ${result}`)] };
}

function lineEnd(line: string): string {
  return /[\r\n]+$/.exec(line)?.[0] ?? '\n';
}
