// The browser of the end-to-end tests: one on the PATH, else Debian's package, else Playwright's own.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fromRoot } from './root.mjs';
import { runWithProgress } from './run.mjs';
import { isProgram, which } from './which.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
const usualPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** The path of a Chromium on this machine; CHROMIUM in the environment says which, where somebody wants another. */
export async function findChromium() {
  return process.env.CHROMIUM || which(...names) || usualPlaces.find(isProgram) || (await playwrightsOwn());
}

/** Finds a Chromium, and installs one where there is none. */
export async function ensureChromium() {
  if (await findChromium()) return;
  const asRoot = debianAsRoot();
  if (asRoot) {
    try {
      const apt = [...asRoot, 'apt-get', '-q', '-y'];
      await runWithProgress('Looking up Debian’s packages', [...apt, 'update']);
      const install = [...apt, 'install', '--no-install-recommends', 'chromium'];
      await runWithProgress('Installing Debian’s Chromium for the tests in the real editor', install);
      if (which(...names)) return;
    } catch (error) {
      console.log(`Debian’s Chromium cannot be installed: ${error.message}`);
    }
  }
  const playwright = fromRoot('node_modules/playwright-core/cli.js');
  await runWithProgress('Downloading a Chromium for the tests in the real editor', [
    process.execPath,
    playwright,
    'install',
    'chromium',
  ]);
}

async function playwrightsOwn() {
  try {
    const { chromium } = await import('playwright-core');
    const path = chromium.executablePath();
    return isProgram(path) ? path : undefined;
  } catch {
    return undefined; // playwright-core is not installed, or knows no browser for this platform
  }
}

/** How a command is run as root on a Debian, without a question asked; undefined elsewhere. */
function debianAsRoot() {
  if (!which('apt-get')) return undefined;
  // Ubuntu's package is an empty one that asks for a snap.
  if (!/^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))) return undefined;
  if (process.getuid?.() === 0) return ['env', 'DEBIAN_FRONTEND=noninteractive'];
  try {
    execFileSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
    return ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive'];
  } catch {
    return undefined;
  }
}
