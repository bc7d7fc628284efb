/** What a run tells, whoever listens: a person, a program, a CI system. */
import type { Diagnostic } from '../../scenario/source.js';
import type { Coverage } from '../../recording/coverage.js';
import type { ScenarioResult } from '../execute.js';

export interface RunSummary {
  readonly files: number;
  readonly scenarios: number;
  readonly passed: number;
  readonly failed: number;
  /** Files with errors, and what could not be read. */
  readonly unusable: number;
  readonly seconds: number;
}

export interface Reporter {
  /** A file that has errors or warnings. */
  diagnostics?(path: string, diagnostics: readonly Diagnostic[]): void;
  /** A file or folder that cannot be read: a sentence. */
  problem?(message: string): void;
  scenario?(result: ScenarioResult): void;
  end?(summary: RunSummary, coverage: Coverage | undefined): void | Promise<void>;
}

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === 'error');
