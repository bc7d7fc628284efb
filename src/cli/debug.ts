/** `gmap debug`: the debugger in a terminal, or for a script on standard input. */
import { dirname, relative, resolve } from 'node:path';
import type { Generation } from '../engine/operation.js';
import { Debugger } from './debug/debugger.js';
import { historyFile } from './debug/history.js';
import type { ExitCode } from './exit.js';
import { choose, loadProgram } from './load.js';
import { scenariosFor } from './schedules.js';

export interface DebugCommandOptions {
  readonly scenario?: string;
  readonly generation?: Generation;
  readonly schedule?: string;
  readonly kernelSource?: string;
  readonly checkInvariants?: boolean;
  readonly maxSteps?: number;
}

export async function debugCommand(path: string, options: DebugCommandOptions): Promise<ExitCode> {
  const { scenario: wanted, schedule, kernelSource, ...same } = options;
  const program = await loadProgram(path, options.generation);
  const [scenario] = choose(program, scenariosFor(schedule, wanted === undefined ? [] : [wanted]));
  // The session takes paths relative to the scenario's file.
  const beside = (file: string): string => relative(dirname(resolve(path)), resolve(file)) || '.';
  const debug = new Debugger({
    input: process.stdin,
    output: process.stdout,
    interactive: process.stdin.isTTY && process.stdout.isTTY,
    history: historyFile(),
  });
  try {
    return await debug.run({
      program: path,
      scenario: scenario!.name,
      ...same,
      ...(schedule !== undefined && { schedule: beside(schedule) }),
      ...(kernelSource !== undefined && { kernelSource: beside(kernelSource) }),
    });
  } finally {
    // Whoever writes the script may keep it open; nothing more is read from it.
    process.stdin.destroy();
  }
}
