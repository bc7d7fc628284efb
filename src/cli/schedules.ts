/** Schedule files: those that a scenario names, and the one that a person wants followed. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { CompiledFile, CompiledScenario } from '../scenario/program.js';
import type { Choice } from '../scenario/schedule.js';
import { misfit, parseSchedule, ScheduleFileError, type ScheduleFile } from '../scenario/schedule-file.js';
import { fileProblem } from '../debug/node-file-problem.js';
import { UserError } from './exit.js';

export function readSchedule(path: string): ScheduleFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(`the schedule ${path} cannot be read: ${fileProblem(error)}`);
  }
  try {
    return parseSchedule(text);
  } catch (error) {
    if (!(error instanceof ScheduleFileError)) throw error;
    throw new UserError(`${path}${error.line ? `:${error.line}` : ''}: ${error.message}`);
  }
}

/** The choices of a schedule file, if it fits the scenario. */
export function choicesFor(path: string, file: CompiledFile, scenario: CompiledScenario): readonly Choice[] {
  const schedule = readSchedule(path);
  const wrong = misfit(schedule, file, scenario);
  if (wrong !== undefined) throw new UserError(`the schedule ${path} cannot be followed: ${wrong}`);
  return schedule.choices;
}

/** Reads the schedule files that a scenario names, relative to the folder of its file. */
export function scheduleReader(
  path: string,
  file: CompiledFile,
  scenario: CompiledScenario,
): (name: string) => readonly Choice[] {
  return (name) => choicesFor(resolve(dirname(path), name), file, scenario);
}

/** Without a choice of scenarios: the one that the schedule was saved for. */
export function scenariosFor(schedule: string | undefined, scenarios: readonly string[]): readonly string[] {
  const name = schedule === undefined || scenarios.length > 0 ? undefined : readSchedule(schedule).scenario;
  return name === undefined ? scenarios : [name];
}
