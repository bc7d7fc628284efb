/** Schedule files that a scenario names: read before the run, which waits for nothing. */
import type { CompiledFile, CompiledScenario } from '../scenario/program.js';
import type { Choice } from '../scenario/schedule.js';
import { ErrorId, RequestError } from './errors.js';
import type { Host } from './host.js';

/**
 * Reads every schedule file of a scenario, relative to the scenario's file.
 * @throws RequestError that says which line is wrong
 */
export async function readSchedules(
  host: Host,
  program: string,
  file: CompiledFile,
  scenario: CompiledScenario,
): Promise<(name: string) => readonly Choice[]> {
  const names = [...file.setup, ...scenario.statements].flatMap((s) =>
    s.kind === 'threads' && s.schedule?.kind === 'file' ? [s.schedule.file] : [],
  );
  const read = new Map<string, readonly Choice[]>();
  for (const name of new Set(names)) {
    const path = beside(program, name);
    let text: string;
    try {
      text = await host.readFile(path);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new RequestError(ErrorId.File, `the schedule ${path} cannot be read: ${why}`, true);
    }
    read.set(name, parseSchedule(text, path));
  }
  return (name) => read.get(name) ?? [];
}

/** The path or URI of a file that another one names. */
export function beside(pathOrUri: string, name: string): string {
  if (/^([a-zA-Z][\w+.-]*:|[\\/])/.test(name)) return name;
  return pathOrUri.replace(/[^\\/]*$/, '') + name;
}

/** `THREAD STEPS` on each line; `#` begins a comment. */
function parseSchedule(text: string, path: string): Choice[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    const words = line.replace(/#.*/, '').trim();
    if (!words) return [];
    const match = /^(\S+)\s+([1-9]\d*)$/.exec(words);
    if (match) return [{ thread: match[1]!, count: Number(match[2]) }];
    throw new RequestError(ErrorId.File, `${path}:${i + 1}: write a thread and its number of steps: v0 3`, true);
  });
}
