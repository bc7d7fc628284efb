// npm run pictures: draws media/icon.png from media/icon.svg, and takes the pictures of the documentation in the real editor.
//   node tools/pictures.mjs icon     only the icon
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { findChromium } from './lib/chromium.mjs';
import { fromRoot } from './lib/root.mjs';

async function drawIcon() {
  const browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
  const svg = readFileSync(fromRoot('media/icon.svg'), 'utf8');
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
  await page.screenshot({ path: fromRoot('media/icon.png'), omitBackground: true });
  await browser.close();
}

function takePictures() {
  const build = spawnSync(process.execPath, [fromRoot('tools/build.mjs')], { stdio: 'inherit' });
  if (build.status !== 0) return 1;
  const mocha = fromRoot('node_modules/mocha/bin/mocha.js');
  const args = [mocha, '--config', 'test/e2e/.mocharc.json', 'test/e2e/pictures/*.ts'];
  return spawnSync(process.execPath, args, { cwd: fromRoot(), stdio: 'inherit' }).status ?? 1;
}

await drawIcon();
if (!process.argv.includes('icon')) process.exitCode = takePictures();
