/** The report as JUnit XML, as CI systems read it: a suite for each file, a case for each scenario. */
import { writeFile } from 'node:fs/promises';
import type { Diagnostic } from '../../scenario/source.js';
import { fileProblem } from '../../debug/node-file-problem.js';
import { UserError } from '../exit.js';
import type { Finding, ScenarioResult } from '../execute.js';
import { diagnosticText, portable } from '../files.js';
import { hasErrors, type Reporter, type RunSummary } from './reporter.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

/** Text inside an attribute or an element; characters that XML has no place for become `?`. */
function xml(text: string): string {
  return text
    .replace(LONE_SURROGATE, '?')
    .replace(CONTROL, '?')
    .replace(/[&<>"\n\r\t]/g, (c) => ENTITIES[c]!);
}

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${xml(String(value))}"`)
    .join('');

interface Suite {
  readonly cases: string[];
  failures: number;
  errors: number;
  seconds: number;
}

export class JunitReporter implements Reporter {
  private readonly suites = new Map<string, Suite>();

  constructor(private readonly path: string) {}

  private suite(name: string): Suite {
    let suite = this.suites.get(name);
    if (!suite) this.suites.set(name, (suite = { cases: [], failures: 0, errors: 0, seconds: 0 }));
    return suite;
  }

  private error(file: string, name: string, message: string, text: string): void {
    const suite = this.suite(file);
    suite.errors++;
    suite.cases.push(
      `    <testcase${attributes({ name, classname: file, file, time: '0' })}>`,
      `      <error${attributes({ message })}>${xml(text)}</error>`,
      '    </testcase>',
    );
  }

  diagnostics(path: string, diagnostics: readonly Diagnostic[]): void {
    if (!hasErrors(diagnostics)) return;
    const lines = diagnostics.map((d) => diagnosticText(portable(path), d));
    this.error(portable(path), 'can be run', lines[0]!, lines.join('\n'));
  }

  problem(message: string): void {
    this.error('gmap', 'can be read', message, message);
  }

  scenario(r: ScenarioResult): void {
    const file = portable(r.file);
    const suite = this.suite(file);
    suite.seconds += r.seconds;
    const head = attributes({ name: r.name, classname: file, file, line: r.at.line, time: r.seconds.toFixed(3) });
    const body = [...r.findings.map((f) => this.failure(file, f)), ...this.printed(r, file)];
    if (body.length === 0) suite.cases.push(`    <testcase${head}/>`);
    else suite.cases.push(`    <testcase${head}>`, ...body, '    </testcase>');
    if (r.findings.length > 0) suite.failures++;
  }

  private failure(file: string, f: Finding): string {
    const message = `expected ${f.expected}, found ${f.found}`;
    const text = `${file}:${f.at.line}:${f.at.column}: ${f.statement}\nexpected ${f.expected}\nfound    ${f.found}`;
    return `      <failure${attributes({ message, type: f.kind })}>${xml(text)}</failure>`;
  }

  private printed(r: ScenarioResult, file: string): string[] {
    if (r.shown.length === 0) return [];
    const lines = r.shown.map(({ at, text }) => `${file}:${at.line}:${at.column}: ${text}`);
    return [`      <system-out>${xml(lines.join('\n'))}</system-out>`];
  }

  async end({ seconds }: RunSummary): Promise<void> {
    const all = [...this.suites];
    const total = (key: 'failures' | 'errors'): number => all.reduce((sum, [, suite]) => sum + suite[key], 0);
    const tests = (suite: Suite): number => suite.cases.filter((line) => line.startsWith('    <testcase')).length;
    const head = attributes({
      name: 'gmap',
      tests: all.reduce((sum, [, suite]) => sum + tests(suite), 0),
      failures: total('failures'),
      errors: total('errors'),
      time: seconds.toFixed(3),
    });
    const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${head}>`];
    for (const [name, suite] of all) {
      const { failures, errors } = suite;
      const time = suite.seconds.toFixed(3);
      lines.push(`  <testsuite${attributes({ name, tests: tests(suite), failures, errors, skipped: 0, time })}>`);
      lines.push(...suite.cases, '  </testsuite>');
    }
    lines.push('</testsuites>', '');
    try {
      await writeFile(this.path, lines.join('\n'));
    } catch (error) {
      throw new UserError(`the report ${this.path} cannot be written: ${fileProblem(error)}`);
    }
  }
}
