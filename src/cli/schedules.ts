/** Schedule files: those that a scenario names, and the one that a person wants followed. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { CompiledFile, CompiledScenario } from '../scenario/program.js';
import type { Choice } from '../scenario/schedule.js';
import { fileProblem } from '../debug/node-file-problem.js';
import { choicesFor, scheduleIn, type ScheduleFile } from '../scenario/schedule-file.js';
import { UserError } from './exit.js';

const refuse = (message: string): UserError => new UserError(message);

export function readSchedule(path: string): ScheduleFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(`the schedule ${path} cannot be read: ${fileProblem(error)}`);
  }
  return scheduleIn(text, path, refuse);
}

/** The choices of a schedule file, if it fits the scenario. */
export function readChoices(path: string, file: CompiledFile, scenario: CompiledScenario): readonly Choice[] {
  return choicesFor(readSchedule(path), path, file, scenario, refuse);
}

/** Reads the schedule files that a scenario names, relative to the folder of its file. */
export function scheduleReader(
  path: string,
  file: CompiledFile,
  scenario: CompiledScenario,
): (name: string) => readonly Choice[] {
  return (name) => readChoices(resolve(dirname(path), name), file, scenario);
}

/** Without a choice of scenarios: the one that the schedule was saved for. */
export function scenariosFor(schedule: string | undefined, scenarios: readonly string[]): readonly string[] {
  const name = schedule === undefined || scenarios.length > 0 ? undefined : readSchedule(schedule).scenario;
  return name === undefined ? scenarios : [name];
}
