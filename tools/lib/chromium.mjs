// The browser of the end-to-end tests: one on the PATH, else Debian's package, else Playwright's own.
import { installDebianPackages } from './debian.mjs';
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
  const title = 'Installing Debian’s Chromium for the tests in the real editor';
  if ((await installDebianPackages(['chromium'], title)) && which(...names)) return;
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
