/** Runs the command line as a person does: bundled, in a process of its own. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const temporary = mkdtempSync(join(tmpdir(), 'gmap-cli-'));
process.once('exit', () => rmSync(temporary, { recursive: true, force: true }));

let bundled: Promise<string> | undefined;

/** The command line in one file, made once for all tests. */
export function bundle(): Promise<string> {
  bundled ??= (async () => {
    const outfile = join(temporary, 'gmap.cjs');
    await build({
      absWorkingDir: ROOT,
      entryPoints: ['src/cli/main.ts'],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      mainFields: ['module', 'main'],
      logLevel: 'silent',
    });
    return outfile;
  })();
  return bundled;
}

/** A new folder with files. */
export function folder(files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(temporary, 'in-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a person who set nothing about colours. */
function environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'NODE_OPTIONS']) delete env[name];
  return { ...env, ...extra };
}

export interface GmapOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `gmap ARGS…` to its end; its output is no terminal. */
export async function gmap(args: readonly string[], options: GmapOptions = {}): Promise<Ended> {
  const file = await bundle();
  return new Promise((resolve, reject) => {
    const settings = { cwd: options.cwd ?? ROOT, env: environment(options.env ?? {}), maxBuffer: 1 << 28 };
    const child = execFile(process.execPath, [file, ...args], settings, (error, stdout, stderr) => {
      if (child.exitCode === null && child.signalCode === null) reject(error ?? new Error('it did not start'));
      else resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr });
    });
  });
}

/** Starts `gmap ARGS…`; the test talks to it. */
export async function start(args: readonly string[], options: GmapOptions = {}): Promise<ChildProcess> {
  const file = await bundle();
  return spawn(process.execPath, [file, ...args], {
    cwd: options.cwd ?? ROOT,
    env: environment(options.env ?? {}),
  });
}

/** Runs a line of a POSIX shell in which `gmap` is the command line. */
export async function shell(line: string, options: GmapOptions = {}): Promise<Ended> {
  const file = await bundle();
  return new Promise((resolve) => {
    const script = `gmap() { "${process.execPath}" "${file}" "$@"; }\n${line}`;
    const settings = { cwd: options.cwd ?? ROOT, env: environment(options.env ?? {}), maxBuffer: 1 << 28 };
    const child = execFile('bash', ['-c', script], settings, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr });
    });
  });
}

/** The JSON objects of an output with one on each line. */
export function jsonLines<T = Record<string, unknown>>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** A mapping of guest memory, ready for statements. */
export const SETUP = `host mmap 0x10000000 len 16M rw
gmap vm limit 4G
notifier kvm
map vm 0x0 len 16M to 0x10000000
`;

/** One scenario that holds, one that does not, one that prints. */
export const MIXED = `${SETUP}
scenario "holds" {
  mprotect_notify vm 0x2000 len 8K PROT_WRITE -> 0
  host reclaim 0x10002000
  expect notified kvm vm 0x2000..0x2fff once
}

scenario "fails <twice> & 'more'" {
  mprotect_notify vm 0x8000_0000 len 4K PROT_READ -> 0
  expect pte vm 0x2000 valid
}

scenario "prints" {
  mprotect_notify vm 0x2000 len 4K PROT_WRITE
  print pte(vm, 0x2000), machine.esop
}
`;
