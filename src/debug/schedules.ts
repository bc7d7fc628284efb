/** Schedule files that a scenario or a launch names: read before the run, which waits for nothing. */
import type { CompiledFile, CompiledScenario } from '../scenario/program.js';
import type { Choice } from '../scenario/schedule.js';
import { choicesFor, scheduleIn, threadBlocks, type ScheduleFile } from '../scenario/schedule-file.js';
import { ErrorId, RequestError } from './errors.js';
import type { Host } from './host.js';

const refuse = (message: string): RequestError => new RequestError(ErrorId.File, message, true);

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
    read.set(name, choicesOf(await readSchedule(host, program, name), name, file, scenario));
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
    throw refuse(`the schedule ${path} cannot be read: ${why}`);
  }
  return scheduleIn(text, path, refuse);
}

/** @throws RequestError if the schedule does not fit the scenario */
export function choicesOf(
  schedule: ScheduleFile,
  name: string,
  file: CompiledFile,
  scenario: CompiledScenario,
): readonly Choice[] {
  return choicesFor(schedule, name, file, scenario, refuse);
}

/** The path or URI of a file that another one names. */
export function beside(pathOrUri: string, name: string): string {
  if (/^([a-zA-Z][\w+.-]*:|[\\/])/.test(name)) return name;
  return pathOrUri.replace(/[^\\/]*$/, '') + name;
}
