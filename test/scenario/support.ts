import assert from 'node:assert/strict';
import { compileFile } from '../../src/scenario/compile.js';
import type { CompiledFile, Expectation, Statement } from '../../src/scenario/program.js';
import type { Diagnostic } from '../../src/scenario/source.js';

/** `2:5 message` for each diagnostic, in the order of the text. */
export function messages(text: string, severity: Diagnostic['severity'] = 'error'): string[] {
  return compileFile(text, 'test.gmap')
    .diagnostics.filter((diagnostic) => diagnostic.severity === severity)
    .map(({ range, message }) => `${range.start.line}:${range.start.column} ${message}`);
}

/** The program of a text that must have no errors. */
export function compiled(text: string, uri = 'test.gmap'): CompiledFile {
  const { file, diagnostics } = compileFile(text, uri);
  assert.deepEqual(
    diagnostics.filter((diagnostic) => diagnostic.severity === 'error'),
    [],
  );
  assert.ok(file);
  return file;
}

/** The statements of the only scenario of a text. */
export function statements(text: string): readonly Statement[] {
  const { scenarios } = compiled(text);
  assert.equal(scenarios.length, 1);
  return scenarios[0]!.statements;
}

/** The last statement of a text, an expectation. */
export function expectation(text: string): Expectation {
  const last = statements(text).at(-1);
  assert.equal(last?.kind, 'expect');
  return last.expectation;
}

/** A deep copy without the places in the text. */
export function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !['range', 'nameRange', 'text', 'offset', 'end'].includes(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutPlaces(inner)]));
}
