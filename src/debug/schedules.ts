/** Schedule files that a scenario or a launch names: read before the run, which waits for nothing. */
import type { CompiledFile, CompiledScenario } from '../scenario/program.js';
import type { Choice } from '../scenario/schedule.js';
import {
  misfit,
  parseSchedule,
  ScheduleFileError,
  threadBlocks,
  type ScheduleFile,
} from '../scenario/schedule-file.js';
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
  const blocks = [...file.setup, ...scenario.statements].flatMap(threadBlocks);
  const names = blocks.flatMap(({ schedule }) => (schedule?.kind === 'file' ? [schedule.file] : []));
  const read = new Map<string, readonly Choice[]>();
  for (const name of new Set(names)) {
    read.set(name, choicesFor(await readSchedule(host, program, name), name, file, scenario));
  }
  return (name) => read.get(name)!;
}

/**
 * Reads a schedule file, relative to the scenario's file.
 * @throws RequestError that says which line is wrong
 */
export async function readSchedule(host: Host, program: string, name: string): Promise<ScheduleFile> {
  const path = beside(program, name);
  let text: string;
  try {
    text = await host.readFile(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RequestError(ErrorId.File, `the schedule ${path} cannot be read: ${why}`, true);
  }
  try {
    return parseSchedule(text);
  } catch (error) {
    if (!(error instanceof ScheduleFileError)) throw error;
    throw new RequestError(ErrorId.File, `${path}${error.line ? `:${error.line}` : ''}: ${error.message}`, true);
  }
}

/** @throws RequestError if the schedule does not fit the scenario */
export function choicesFor(
  schedule: ScheduleFile,
  name: string,
  file: CompiledFile,
  scenario: CompiledScenario,
): readonly Choice[] {
  const wrong = misfit(schedule, file, scenario);
  if (wrong === undefined) return schedule.choices;
  throw new RequestError(ErrorId.File, `the schedule ${name} cannot be followed: ${wrong}`, true);
}

/** The path or URI of a file that another one names. */
export function beside(pathOrUri: string, name: string): string {
  if (/^([a-zA-Z][\w+.-]*:|[\\/])/.test(name)) return name;
  return pathOrUri.replace(/[^\\/]*$/, '') + name;
}
