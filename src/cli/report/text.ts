/** The report that a person reads. */
import type { Diagnostic } from '../../scenario/source.js';
import type { Coverage } from '../../recording/coverage.js';
import { coverageLines } from '../coverage.js';
import type { Finding, ScenarioResult } from '../execute.js';
import { diagnosticText } from '../files.js';
import type { Output } from '../terminal.js';
import { plural } from '../words.js';
import type { Reporter, RunSummary } from './reporter.js';

/** Most findings of one scenario that are shown. */
const MAX_FINDINGS = 20;
/** Most errors of one file; \`gmap check\` shows all. */
const MAX_DIAGNOSTICS = 20;

export class TextReporter implements Reporter {
  private file = '';

  constructor(
    private readonly out: Output,
    private readonly errors: Output,
    private readonly options: { quiet: boolean },
  ) {}

  diagnostics(path: string, diagnostics: readonly Diagnostic[]): void {
    const { paint } = this.errors;
    const told = diagnostics.filter(
      ({ severity }) => severity === 'error' || (severity === 'warning' && !this.options.quiet),
    );
    for (const d of told.slice(0, MAX_DIAGNOSTICS)) {
      this.errors.line(paint(d.severity === 'error' ? 'red' : 'yellow', diagnosticText(path, d)));
    }
    const more = told.length - MAX_DIAGNOSTICS;
    if (more > 0) this.errors.line(`${path}: … and ${more} more; gmap check shows all`);
  }

  problem(message: string): void {
    this.errors.line(`gmap: ${message}`);
  }

  scenario(result: ScenarioResult): void {
    const { out, options } = this;
    if (result.passed && options.quiet) return;
    if (result.file !== this.file) {
      out.line(out.paint('bold', result.file));
      this.file = result.file;
    }
    const mark = result.passed ? out.paint('green', '✓') : out.paint('red', '✗');
    out.line(`  ${mark} ${result.name} ${out.paint('dim', `(${plural(result.steps, 'step')})`)}`);
    for (const { at, text } of result.shown) out.line(`      ${result.file}:${at.line}:${at.column}: ${text}`);
    for (const finding of result.findings.slice(0, MAX_FINDINGS)) this.finding(result.file, finding);
    const more = result.findings.length - MAX_FINDINGS;
    if (more > 0) out.line(`      … and ${more} more`);
  }

  /** Expected and found one below the other, so that the eye finds the difference. */
  private finding(file: string, { at, statement, expected, found }: Finding): void {
    const { out } = this;
    const place = `${file}:${at.line}:${at.column}:`;
    out.line(`      ${place} expected ${out.paint('green', expected)}`);
    out.line(`      ${' '.repeat(place.length)} found    ${out.paint('red', found)}`);
    if (statement && !statement.includes('\n')) out.line(out.paint('dim', `          ${statement}`));
  }

  end(summary: RunSummary, coverage: Coverage | undefined): void {
    const { out } = this;
    if (coverage) {
      if (this.file) out.line();
      for (const line of coverageLines(coverage, out.paint)) out.line(line);
    }
    if (this.options.quiet && summary.failed === 0 && summary.unusable === 0) return;
    // What could not be read has been said; there is nothing to sum up.
    if (summary.scenarios === 0 && summary.unusable > 0) return;
    if (this.file || coverage) out.line();
    const { files, scenarios, passed, failed, unusable, seconds } = summary;
    const parts = [`${plural(scenarios, 'scenario')} in ${plural(files, 'file')}`, `${passed} passed`];
    parts.push(failed ? out.paint('red', `${failed} failed`) : '0 failed');
    if (unusable) parts.push(out.paint('red', `${unusable} not run because of errors`));
    out.line(`${parts.join(', ')} (${seconds.toFixed(2)} s)`);
  }
}
