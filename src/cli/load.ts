/** One scenario file whose scenarios are to be run, for commands that need it whole. */
import type { Generation } from '../engine/operation.js';
import type { CompiledFile, CompiledScenario } from '../scenario/program.js';
import { UserError } from './exit.js';
import { readScenario } from './files.js';
import { TextReporter } from './report/text.js';
import { named, noneNamed } from './select.js';
import { Output } from './terminal.js';

/** A program without errors; those of one with errors are said. */
export async function loadProgram(path: string, generation?: Generation): Promise<CompiledFile> {
  const { diagnostics, program } = await readScenario(path, generation);
  if (program) return program;
  const errors = new Output(process.stderr);
  new TextReporter(errors, errors, { quiet: true }).diagnostics(path, diagnostics);
  await errors.flush();
  throw new UserError(`${path} has errors; nothing was run`);
}

/** The scenarios of a file that a person asks for; there is at least one. */
export function choose({ scenarios }: CompiledFile, patterns: readonly string[]): CompiledScenario[] {
  const chosen = named(scenarios, patterns);
  if (chosen.length > 0) return chosen;
  const names = scenarios.map(({ name }) => name);
  throw noneNamed(patterns, names);
}
