/** What is wrong in a text, with what can be done about it: what compiling finds, and checks of the editor's own. */
import { impossible } from './checks/impossible.js';
import { unmapped } from './checks/unmapped.js';
import { unused } from './checks/unused.js';
import type { Analysis } from './document.js';
import { toRange } from './document.js';
import { fixesFor } from './fixes.js';
import type { Problem } from './problem.js';

const known = new WeakMap<Analysis, readonly Problem[]>();

/** All problems of a text, in its order. */
export function problemsOf(analysis: Analysis): readonly Problem[] {
  let problems = known.get(analysis);
  if (!problems) known.set(analysis, (problems = find(analysis)));
  return problems;
}

function find(analysis: Analysis): Problem[] {
  const compiled = analysis.compiled.diagnostics.map((diagnostic): Problem => {
    const { severity, code, message } = diagnostic;
    const range = toRange(diagnostic.range);
    return { severity, code, message, range, fixes: fixesFor(diagnostic, range, analysis) };
  });
  const wrong = new Set(compiled.filter(({ severity }) => severity === 'error').map(({ range }) => range.start.line));
  // On a line that is wrong anyway nothing more is said.
  const own = [...unused(analysis), ...unmapped(analysis), ...impossible(analysis)];
  return [...compiled, ...own.filter(({ range }) => !wrong.has(range.start.line))].sort(
    (a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character,
  );
}
