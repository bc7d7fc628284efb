/** Schedule files: who takes how many steps, one thread a line. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Choice } from '../scenario/schedule.js';
import { fileProblem, UserError } from './exit.js';

/** Reads the schedule files that a scenario file names, relative to its folder. */
export function scheduleReader(scenario: string): (file: string) => readonly Choice[] {
  return (file) => {
    const path = resolve(dirname(scenario), file);
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      throw new UserError(`the schedule ${path} cannot be read: ${fileProblem(error)}`);
    }
    return parseSchedule(text, path);
  };
}

/** `THREAD STEPS` on each line; `#` begins a comment. */
function parseSchedule(text: string, path: string): Choice[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    const words = line.replace(/#.*/, '').trim();
    if (!words) return [];
    const match = /^(\S+)\s+([1-9]\d*)$/.exec(words);
    if (!match) throw new UserError(`${path}:${i + 1}: write a thread and its number of steps: v0 3`);
    return [{ thread: match[1]!, count: Number(match[2]) }];
  });
}
