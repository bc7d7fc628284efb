/** Programs as the package gives them to others, and what stands behind them. */
import { readScenario } from '../cli/files.js';
import { compileFile } from '../scenario/compile.js';
import type { CompiledFile } from '../scenario/program.js';
import type { Diagnostic } from '../scenario/source.js';
import type { Program } from './types.js';

const compiled = new WeakMap<Program, CompiledFile>();

function program(file: string, diagnostics: readonly Diagnostic[], source: CompiledFile | undefined): Program {
  const made: Program = {
    file,
    problems: diagnostics.map(({ severity, code, message, range }) => ({ severity, code, message, ...range.start })),
    scenarios: (source?.scenarios ?? []).map(({ name, nameRange, generation }) => ({
      name,
      line: nameRange.start.line,
      generation,
    })),
  };
  if (source) compiled.set(made, source);
  return made;
}

export function compileText(text: string, file: string): Program {
  const { diagnostics, file: source } = compileFile(text, file);
  return program(file, diagnostics, source);
}

export async function readProgram(path: string): Promise<Program> {
  const { diagnostics, program: source } = await readScenario(path);
  return program(path, diagnostics, source);
}

/**
 * What is run for a program.
 * @throws Error that names its first mistake
 */
export function sourceOf(of: Program): CompiledFile {
  const source = compiled.get(of);
  if (source) return source;
  const error = of.problems.find(({ severity }) => severity === 'error');
  if (!error) throw new TypeError('a program is what compile() or compileFile() gives');
  throw new Error(`${of.file}:${error.line}:${error.column}: ${error.message}`);
}
