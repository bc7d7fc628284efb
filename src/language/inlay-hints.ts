/** What addresses and lengths come to, written beside them: the host address behind a guest address, a number of pages. */
import type { AstNode } from 'langium';
import type { InlayHint, Range } from 'vscode-languageserver-types';
import { InlayHintKind } from 'vscode-languageserver-types';
import * as ast from '../scenario/generated/ast.js';
import { formatAddress } from '../scenario/numbers.js';
import { countOf, levelName, topLevel } from './addresses.js';
import type { Analysis } from './document.js';
import { rangeOfNode } from './edits.js';
import type { Memory } from './memory.js';
import { hostAddress, moments } from './memory.js';

export function inlayHints(analysis: Analysis, range: Range): InlayHint[] {
  const hints: InlayHint[] = [];
  const inRange = ({ start, end }: Range) => start.line <= range.end.line && end.line >= range.start.line;
  for (const { node, memory } of moments(analysis, (scenario) => inRange(rangeOfNode(scenario)))) {
    // Blocks have statements of their own.
    if ('statements' in node || !inRange(rangeOfNode(node))) continue;
    hints.push(...hintsOf(node, memory, analysis));
  }
  return hints.sort((a, b) => a.position.line - b.position.line || a.position.character - b.position.character);
}

function hintsOf(node: ast.Statement, memory: Memory, { values }: Analysis): InlayHint[] {
  const hints: InlayHint[] = [];
  const add = (operand: AstNode | undefined, text: string | undefined, tooltip: string) => {
    if (operand?.$cstNode && text !== undefined) {
      const position = rangeOfNode(operand).end;
      hints.push({ position, label: text, kind: InlayHintKind.Type, paddingLeft: true, tooltip });
    }
  };
  const host = (gmap: string | undefined, gaddr: AstNode | undefined) => {
    const value = values.number(gaddr);
    const vmaddr = gmap === undefined || value === undefined ? undefined : hostAddress(memory, gmap, value);
    if (vmaddr !== undefined) add(gaddr, `→ ${formatAddress(vmaddr)}`, 'The host address behind the guest address.');
  };
  const { len, gaddr, g, limit, op, expectation } = node as {
    len?: AstNode;
    gaddr?: AstNode;
    g?: string;
    limit?: AstNode;
    op?: string;
    expectation?: ast.Expectation;
  };
  host(g, gaddr);
  if (op === 'unmap') host(g, (node as ast.GmapOperation).to);
  const length = values.number(len);
  if (length !== undefined) add(len, countOf(length), 'What the length comes to.');
  const size = values.number(limit);
  if (size !== undefined) add(limit, levelName(topLevel(size).level), 'The level of the top table.');
  if (expectation) expectationHints(expectation, host);
  return hints;
}

function expectationHints(
  expectation: ast.Expectation,
  host: (gmap: string | undefined, gaddr: AstNode | undefined) => void,
): void {
  if (ast.isEntryExpectation(expectation)) host(expectation.g, expectation.address);
  // A range has an end of its own, which is told by its start.
  if (ast.isNotified(expectation)) for (const { g, range } of expectation.calls) if (!range?.end) host(g, range?.start);
}
