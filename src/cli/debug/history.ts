/** The lines that a person typed before, from one `gmap debug` to the next. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Most lines that are kept. */
export const KEPT_LINES = 1000;

/** Where they are: GMAP_HISTORY says so (empty: nowhere), else the folder that the system has for such things. */
export function historyFile(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string | undefined {
  const named = env['GMAP_HISTORY'];
  if (named !== undefined) return named || undefined;
  const home = env['HOME'] ?? homedir();
  const folder =
    platform === 'win32'
      ? (env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'))
      : env['XDG_STATE_HOME'] || join(home, '.local', 'state');
  return join(folder, 'gmap', 'history');
}

/** Newest first, as readline wants them; none if there is no such file. */
export function readHistory(file: string | undefined): string[] {
  if (file === undefined) return [];
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean).reverse().slice(0, KEPT_LINES);
  } catch {
    return [];
  }
}

/** A history that cannot be kept is no reason to bother anybody. */
export function writeHistory(file: string | undefined, lines: readonly string[]): void {
  if (file === undefined || lines.length === 0) return;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${lines.slice(0, KEPT_LINES).toReversed().join('\n')}\n`, { mode: 0o600 });
  } catch {
    // As before.
  }
}
