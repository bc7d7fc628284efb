/** Saves the simplest failing schedule beside its scenario. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { signNames } from '../../explore/signs.js';
import type { ExploredOutcome } from '../../explore/explore.js';
import type { CompiledFile, CompiledScenario } from '../../scenario/program.js';
import { formatSchedule, misfit, parseSchedule, programHash } from '../../scenario/schedule-file.js';
import { fileProblem, UserError } from '../exit.js';

/** A file name's part for a scenario: its words. */
const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '') || 'scenario';

/** Returns the path. A file that holds this schedule is taken as it is; one that holds another is never overwritten. */
export function saveSchedule(
  path: string,
  file: CompiledFile,
  scenario: CompiledScenario,
  found: ExploredOutcome,
): string {
  const choices = found.example.choices.map(([thread, count]) => ({ thread, count }));
  const program = programHash(file, scenario);
  const text = formatSchedule({ scenario: scenario.name, program, choices }, comment(found));
  const base = path.replace(/\.gmap$/, '') + (file.scenarios.length > 1 ? `.${slug(scenario.name)}` : '');
  for (let n = 1; ; n++) {
    const target = `${base}${n === 1 ? '' : `-${n}`}.schedule`;
    if (existsSync(target)) {
      const there = holds(target, file, scenario);
      if (there === undefined || (there !== 'stale' && there !== JSON.stringify(choices))) continue;
      if (there !== 'stale') return target;
    }
    try {
      writeFileSync(target, text);
    } catch (error) {
      throw new UserError(`the schedule ${target} cannot be written: ${fileProblem(error)}`);
    }
    return target;
  }
}

/** The choices in a schedule file; `stale`: it was saved for this scenario before that was changed; else undefined. */
function holds(target: string, file: CompiledFile, scenario: CompiledScenario): string | undefined {
  try {
    const schedule = parseSchedule(readFileSync(target, 'utf8'));
    if (misfit(schedule, file, scenario) === undefined) return JSON.stringify(schedule.choices);
    return schedule.scenario === scenario.name && schedule.program !== undefined ? 'stale' : undefined;
  } catch {
    return undefined;
  }
}

function comment({ outcome, example, ways }: ExploredOutcome): string[] {
  const { end, failures, broken } = outcome;
  const what =
    end.kind !== 'ended'
      ? [end.kind === 'bug' ? `BUG ${end.text}` : `${end.kind}: ${end.text}`]
      : failures.map((f) => `${f.statement}: expected ${f.expected}, found ${f.found}`);
  const signs = signNames(ways[0]?.signs ?? 0).join(', ');
  return [
    ...what,
    ...(broken === undefined ? [] : [broken]),
    `preemptions: ${example.preemptions}${signs ? `; on the way: ${signs}` : ''}`,
  ].flatMap((line) => line.split('\n'));
}
