import { execFileSync, spawn } from 'node:child_process';

/** npm's marks of the script that runs us would mislead an npm that we start for another folder. Settings are kept. */
export function cleanEnvironment() {
  const marks = /^(npm_(package|lifecycle)_|npm_command$|npm_config_local_prefix$|INIT_CWD$|NODE_OPTIONS$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !marks.test(name)));
}

/**
 * Runs a program to its end, quietly: shows `title` and the seconds that pass, and what the program said only if it fails.
 * @param {string} title
 * @param {[program: string, ...args: string[]]} command
 * @param {{ cwd?: string, exitSignal?: NodeJS.Signals }} [options]
 */
export async function runWithProgress(title, [program, ...args], options) {
  const start = performance.now();
  const seconds = () => Math.round((performance.now() - start) / 1000);
  const terminal = process.stdout.isTTY && !process.env.CI;
  if (!terminal) console.log(`${title} …`);
  const say = () => {
    if (terminal) process.stdout.write(`\r${title} … ${seconds()} s`);
    else console.log(`${title} … ${seconds()} s`);
  };
  const timer = setInterval(say, terminal ? 1000 : 15_000);
  if (terminal) say();
  let output = '';
  try {
    const code = await new Promise((resolve, reject) => {
      const child = spawnGroup(program, args, {
        ...options,
        env: cleanEnvironment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.on('data', (data) => (output += data));
      child.stderr.on('data', (data) => (output += data));
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (code !== 0) throw new Error(`${[program, ...args].join(' ')} failed:\n${output.slice(-5000)}`);
  } finally {
    clearInterval(timer);
    if (terminal) process.stdout.write('\n');
  }
  if (!terminal) console.log(`${title}: ${seconds()} s`);
}

/** Starts a program in a process group of its own, all of which ends when we do. */
export function spawnGroup(program, args, { exitSignal = 'SIGTERM', ...options }) {
  const child = spawn(program, args, { ...options, detached: process.platform !== 'win32' });
  const kill = () => killGroup(child, exitSignal);
  process.on('exit', kill);
  child.on('close', () => process.off('exit', kill));
  return child;
}

/** Ends a program that spawnGroup started, with all that it started in turn. */
export function killGroup({ pid }, signal) {
  if (pid === undefined) return;
  try {
    if (process.platform === 'win32') execFileSync('taskkill', ['/pid', pid, '/t', '/f'], { stdio: 'ignore' });
    else process.kill(-pid, signal);
  } catch {
    // all gone
  }
}

/** Calls `end` when somebody wants us to end. */
export function onEnd(end) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
  // A signal that is sent to npm alone ends npm and the shell between us, but does not reach us.
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && end(), 500).unref();
}

/** The npm that runs us, else the one on the PATH, as the beginning of a command. */
export function npmCommand() {
  const { npm_execpath: npm } = process.env;
  if (npm && /npm-cli\.c?js$/.test(npm)) return [process.execPath, npm];
  return process.platform === 'win32' ? ['cmd', '/c', 'npm'] : ['npm'];
}
