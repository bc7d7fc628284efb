/** The report as TAP (Test Anything Protocol), version 14. */
import type { Diagnostic } from '../../scenario/source.js';
import type { ScenarioResult } from '../execute.js';
import { diagnosticText, portable } from '../files.js';
import type { Output } from '../terminal.js';
import { hasErrors, type Reporter } from './reporter.js';

const escaped = (text: string): string => text.replace(/[\\#]/g, '\\$&').replace(/\s+/g, ' ');

export class TapReporter implements Reporter {
  private count = 0;

  constructor(private readonly out: Output) {
    out.line('TAP version 14');
  }

  private point(ok: boolean, description: string): void {
    this.out.line(`${ok ? 'ok' : 'not ok'} ${++this.count} - ${escaped(description)}`);
  }

  diagnostics(path: string, diagnostics: readonly Diagnostic[]): void {
    if (hasErrors(diagnostics)) this.point(false, `${portable(path)}: can be run`);
    for (const d of diagnostics) this.out.line(`# ${diagnosticText(path, d)}`);
  }

  problem(message: string): void {
    this.point(false, message.split('\n', 1)[0]!);
  }

  scenario(r: ScenarioResult): void {
    this.point(r.passed, `${portable(r.file)}: ${r.name}`);
    if (r.passed) return;
    // JSON strings are YAML strings.
    this.out.line('  ---');
    this.out.line('  failures:');
    for (const f of r.findings) {
      this.out.line(`    - at: ${JSON.stringify(`${portable(r.file)}:${f.at.line}:${f.at.column}`)}`);
      this.out.line(`      statement: ${JSON.stringify(f.statement)}`);
      this.out.line(`      expected: ${JSON.stringify(f.expected)}`);
      this.out.line(`      found: ${JSON.stringify(f.found)}`);
    }
    this.out.line('  ...');
  }

  end(): void {
    this.out.line(`1..${this.count}`);
  }
}
