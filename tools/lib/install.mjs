// Installs what is missing and nothing else. All of it stays inside this clone, but for a browser.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { installDebianPackages } from './debian.mjs';
import { fromRoot } from './root.mjs';
import { npmCommand, runWithProgress } from './run.mjs';
import { vscodeFolder } from './vscode-server.mjs';
import { which } from './which.mjs';

/** Whether `folder` holds every package that its lock file asks for, in that version. */
function isInstalled(folder) {
  const packages = (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')).packages;
  // npm writes this file last, so a broken-off installation has none.
  const record = 'node_modules/.package-lock.json';
  if (!existsSync(join(folder, record))) return false;
  const installed = packages(record);
  return Object.entries(packages('package-lock.json')).every(
    ([path, { version, optional, devOptional, peer }]) =>
      path === '' || optional || devOptional || peer || installed[path]?.version === version,
  );
}

function npm(title, cwd, ...command) {
  // Nothing that we install needs its install script (esbuild finds its binary without it), and some would download or compile.
  const args = [...command, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  // Told to end, npm would go on for long to undo what it did; what it leaves, the next installation replaces.
  return runWithProgress(title, [...npmCommand(), ...args], { cwd, exitSignal: 'SIGKILL' });
}

async function npmCi(title, folder) {
  if (isInstalled(folder)) return;
  await npm(title, folder, 'ci');
}

/** The packages that building and checking need. */
export const installPackages = () => npmCi('Installing the packages of this project', fromRoot());

/** A VS Code that can be served to a browser, with the Node that it needs. */
export async function installVSCode() {
  await npmCi('Installing a VS Code (once; about 600 MB in tools/vscode)', fromRoot('tools/vscode'));
  // The VS Code inside code-server has its own list of packages, which code-server's install script would install; that script
  // insists on compiling modules that nobody needs here. Not `npm ci`: one package is missing from that list.
  if (existsSync(join(vscodeFolder, 'node_modules/.package-lock.json'))) return;
  await npm('Installing the packages of VS Code', vscodeFolder, 'install', '--omit=dev');
  // 180 MB that only the AI features load, which are switched off.
  for (const name of ['@github/copilot-sdk-linux-x64', '@microsoft/mxc-sdk']) {
    rmSync(join(vscodeFolder, 'node_modules', name), { recursive: true, force: true });
  }
}

/** A browser for the end-to-end tests. */
export const installChromium = ensureChromium;

/** Other editors that are tested. Where one cannot be installed, its tests say so and are left out. */
export async function installEditors() {
  const missing = which('nvim') ? [] : ['neovim'];
  if (!existsSync('/usr/share/doc/elpa-dap-mode')) missing.push('emacs-nox', 'elpa-dap-mode');
  const title = `Installing Debian’s ${missing.join(', ')} for the tests with other editors`;
  if (missing.length) await installDebianPackages(missing, title);
}
