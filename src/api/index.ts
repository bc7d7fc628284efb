/**
 * Scenarios from programs: compile a file, run a scenario, walk its steps, look at the machine at any of them.
 * docs/api.md has an example.
 */
import { compileText, readProgram } from './compile.js';
import { runScenario } from './run.js';
import type { Program, Run, RunOptions, Step } from './types.js';

export type * from './types.js';

/** Compiles the text of a scenario file. `file` is its name in messages, and where schedule files are looked for. */
export function compile(text: string, file: string = 'scenario.gmap'): Program {
  return compileText(text, file);
}

/**
 * Reads and compiles a scenario file.
 * @throws Error if it cannot be read
 */
export function compileFile(path: string): Promise<Program> {
  return readProgram(path);
}

/**
 * Runs one scenario to its end and keeps every step. The same program gives the same run, every time.
 * @throws Error if the program has errors, or no scenario of that name
 */
export function run(program: Program, options: RunOptions = {}): Promise<Run> {
  return runScenario(program, options);
}

/** The steps of a run in order: `run.walk()`. */
export function walk(of: Run, from: number = 0, to: number = of.steps): IterableIterator<Step> {
  return of.walk(from, to);
}
