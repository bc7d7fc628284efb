/** Results of parts (`--shard K/N --json`) that are put together. */
import { readFileSync } from 'node:fs';
import type { Exploration, Found } from '../../explore/explore.js';
import { fileProblem } from '../../debug/node-file-problem.js';
import { UserError } from '../exit.js';
import { portable } from '../files.js';

type Line = Pick<Exploration, 'scenario' | 'complete' | 'cutOff' | 'finished' | 'outcomes'> & {
  readonly type: 'exploration';
  readonly file: string;
};

const isLine = (value: unknown): value is Line =>
  typeof value === 'object' &&
  value !== null &&
  (value as Line).type === 'exploration' &&
  Array.isArray((value as Line).outcomes);

/** Reads files that `--json` has written. Returns what they say about a scenario of a file. */
export function readExplorations(files: readonly string[]): (path: string, scenario: string) => readonly Found[] {
  const lines = files.flatMap((file) => {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      throw new UserError(`${file} cannot be read: ${fileProblem(error)}`);
    }
    return text.split('\n').flatMap((line, i): Line[] => {
      if (line.trim() === '') return [];
      try {
        const value: unknown = JSON.parse(line);
        if (isLine(value)) return [value];
      } catch {
        // Said below.
      }
      throw new UserError(`${file}:${i + 1} is no line that gmap explore --json has written`);
    });
  });
  return (path, scenario) => {
    const own = lines.filter((line) => line.file === portable(path) && line.scenario === scenario);
    if (own.length === 0) throw new UserError(`the parts say nothing about ${path}: ${scenario}`);
    return own;
  };
}
