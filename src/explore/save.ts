/** Saves the simplest failing schedule beside its scenario, wherever files are kept. */
import type { CompiledFile, CompiledScenario } from '../scenario/program.js';
import { formatSchedule, misfit, parseSchedule, programHash } from '../scenario/schedule-file.js';
import type { ExploredOutcome } from './explore.js';
import { signNames } from './signs.js';

/** Where schedules are kept. Paths may be URIs. */
export interface ScheduleFolder {
  /** The text of a file; undefined if there is none. */
  read(path: string): Promise<string | undefined>;
  write(path: string, text: string): Promise<void>;
}

/** A file name's part for a scenario: its words. */
const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '') || 'scenario';

/** Returns the path. A file that holds this schedule is taken as it is; one that holds another is never overwritten. */
export async function saveSchedule(
  folder: ScheduleFolder,
  path: string,
  file: CompiledFile,
  scenario: CompiledScenario,
  found: ExploredOutcome,
): Promise<string> {
  const choices = found.example.choices.map(([thread, count]) => ({ thread, count }));
  const program = programHash(file, scenario);
  const base = path.replace(/\.gmap$/, '') + (file.scenarios.length > 1 ? `.${slug(scenario.name)}` : '');
  for (let n = 1; ; n++) {
    const target = `${base}${n === 1 ? '' : `-${n}`}.schedule`;
    const text = await folder.read(target);
    const there = text === undefined ? 'stale' : holds(text, file, scenario);
    if (there === JSON.stringify(choices)) return target;
    if (there !== 'stale') continue;
    await folder.write(target, formatSchedule({ scenario: scenario.name, program, choices }, comment(found)));
    return target;
  }
}

/** The choices in a schedule file; `stale`: it was saved for this scenario before that was changed; else undefined. */
function holds(text: string, file: CompiledFile, scenario: CompiledScenario): string | undefined {
  try {
    const schedule = parseSchedule(text);
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
      ? [endText(end)]
      : failures.map((f) => `${f.statement}: expected ${f.expected}, found ${f.found}`);
  const signs = signNames(ways[0]?.signs ?? 0).join(', ');
  return [
    ...what,
    ...(broken === undefined ? [] : [broken]),
    `preemptions: ${example.preemptions}${signs ? `; on the way: ${signs}` : ''}`,
  ].flatMap((line) => line.split('\n'));
}

/** How a run ended, where it did not end as it should. */
export function endText({ kind, text }: ExploredOutcome['outcome']['end']): string {
  return kind === 'bug' ? `BUG ${text}` : kind === 'deadlock' ? `deadlock: ${text}` : text;
}
