/** The scenario files that a command line names, read and compiled. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Generation } from '../engine/operation.js';
import { compileFile } from '../scenario/compile.js';
import type { CompiledFile } from '../scenario/program.js';
import type { Diagnostic } from '../scenario/source.js';
import { fileProblem } from '../debug/node-file-problem.js';
import { UserError } from './exit.js';

export interface ScenarioFile {
  /** As the person wrote it, or found below the folder that they wrote. */
  readonly path: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Missing if there are errors. */
  readonly program: CompiledFile | undefined;
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** Scenario files below a folder, in an order that is the same on every system. */
async function below(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort(byName)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.') && entry.name !== 'node_modules') found.push(...(await below(path)));
    } else if (entry.name.endsWith('.gmap')) found.push(path);
  }
  return found;
}

async function filesOf(argument: string): Promise<string[]> {
  try {
    if (!(await stat(argument)).isDirectory()) return [argument];
    const found = await below(argument);
    if (found.length > 0) return found;
  } catch (error) {
    throw new UserError(`${argument} cannot be read: ${fileProblem(error)}`);
  }
  throw new UserError(`${argument} has no scenarios: no file in it, or in its folders, ends in .gmap`);
}

/** Reads and compiles one file, for the generation that it says or that is asked for. */
export async function readScenario(path: string, generation?: Generation): Promise<ScenarioFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${fileProblem(error)}`);
  }
  const { diagnostics, file } = compileFile(text, path, generation);
  return { path, text, diagnostics, program: file };
}

/** Paths that files and folders stand for, each once, in the order of the arguments. */
export async function findFiles(
  args: readonly string[],
  problem: (error: UserError) => void | Promise<void>,
): Promise<string[]> {
  const paths = new Map<string, string>();
  for (const argument of args) {
    try {
      for (const path of await filesOf(argument)) {
        const whole = resolve(path);
        if (!paths.has(whole)) paths.set(whole, path);
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      await problem(error);
    }
  }
  return [...paths.values()];
}

/** `file:line:col: error: what is wrong`. */
export function diagnosticText(path: string, { range, severity, message }: Diagnostic): string {
  return `${path}:${range.start.line}:${range.start.column}: ${severity}: ${message}`;
}

/** A path as programs read it, the same on every system. */
export function portable(path: string): string {
  return path.replaceAll('\\', '/');
}
