/** Problems in the form of the protocol. */
import type { Diagnostic } from 'vscode-languageserver-types';
import { DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver-types';
import type { Severity } from '../scenario/source.js';
import type { Problem } from './problem.js';

export type LspDiagnostic = Diagnostic;

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  hint: DiagnosticSeverity.Hint,
};

export function diagnosticOf({ severity, code, message, range }: Problem): LspDiagnostic {
  return {
    range,
    severity: SEVERITIES[severity],
    code,
    message,
    source: 'gmap',
    ...(code === 'unused' && { tags: [DiagnosticTag.Unnecessary] }),
  };
}
