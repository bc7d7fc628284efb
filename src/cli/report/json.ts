/** The report for programs: one JSON object on each line, the same for the same scenarios on every system. */
import type { Diagnostic } from '../../scenario/source.js';
import type { Coverage } from '../../recording/coverage.js';
import type { ScenarioResult } from '../execute.js';
import { portable } from '../files.js';
import type { Output } from '../terminal.js';
import type { Reporter, RunSummary } from './reporter.js';

export function diagnosticJson(path: string, { severity, code, message, range }: Diagnostic): object {
  const { start, end } = range;
  const place = { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  return { type: 'diagnostic', file: portable(path), ...place, severity, code, message };
}

export class JsonReporter implements Reporter {
  constructor(private readonly out: Output) {}

  private write(value: object): void {
    this.out.line(JSON.stringify(value));
  }

  diagnostics(path: string, diagnostics: readonly Diagnostic[]): void {
    for (const d of diagnostics) this.write(diagnosticJson(path, d));
  }

  problem(message: string): void {
    this.write({ type: 'problem', message });
  }

  scenario(r: ScenarioResult): void {
    this.write({
      type: 'scenario',
      file: portable(r.file),
      name: r.name,
      line: r.at.line,
      column: r.at.column,
      generation: r.generation,
      passed: r.passed,
      outcome: r.outcome,
      steps: r.steps,
      failures: r.findings.map(({ kind, at, statement, expected, found, step }) => ({
        kind,
        line: at.line,
        column: at.column,
        statement,
        expected,
        found,
        step,
      })),
      printed: r.shown.map(({ at, text }) => ({ line: at.line, column: at.column, text })),
    });
  }

  end({ files, scenarios, passed, failed, unusable }: RunSummary, coverage: Coverage | undefined): void {
    if (coverage) this.write({ type: 'coverage', ...coverage });
    this.write({ type: 'summary', files, scenarios, passed, failed, unusable });
  }
}
