/** Quick fixes: what can be done about the problems at a place. */
import type { CodeAction, Range } from 'vscode-languageserver-types';
import { CodeActionKind } from 'vscode-languageserver-types';
import type { LspDiagnostic } from './diagnostics.js';
import { diagnosticOf } from './diagnostics.js';
import type { Analysis } from './document.js';
import type { Problem } from './problem.js';
import { problemsOf } from './problems.js';

export function codeActions(analysis: Analysis, range: Range, only?: readonly string[]): CodeAction[] {
  const wants = (kind: string) => !only || only.some((prefix) => kind === prefix || kind.startsWith(`${prefix}.`));
  const problems = problemsOf(analysis);
  const actions: CodeAction[] = [];
  if (wants(CodeActionKind.QuickFix)) {
    for (const problem of problems) if (touches(problem.range, range)) actions.push(...quickFixes(problem, analysis));
  }
  // Only who asks for it gets it: as on saving.
  const all = only && wants('source.fixAll.gmap') ? fixAll(problems, analysis) : undefined;
  return all ? [...actions, all] : actions;
}

function quickFixes(problem: Problem, { uri }: Analysis): CodeAction[] {
  const diagnostics: LspDiagnostic[] = [diagnosticOf(problem)];
  return problem.fixes.map(({ title, edits, preferred }) => ({
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics,
    edit: { changes: { [uri]: [...edits] } },
    ...(preferred && { isPreferred: true }),
  }));
}

/** All fixes that are nearly always meant. */
function fixAll(problems: readonly Problem[], { uri }: Analysis): CodeAction | undefined {
  const edits = problems.flatMap(({ severity, fixes }) => {
    const fix = severity === 'error' ? fixes.find(({ preferred }) => preferred) : undefined;
    return fix?.edits ?? [];
  });
  if (!edits.length) return undefined;
  return {
    title: 'Fix all mistakes with one obvious fix',
    kind: 'source.fixAll.gmap',
    edit: { changes: { [uri]: edits } },
  };
}

function touches(a: Range, b: Range): boolean {
  const before = (p: Range['start'], q: Range['start']) =>
    p.line < q.line || (p.line === q.line && p.character < q.character);
  return !before(a.end, b.start) && !before(b.end, a.start);
}
