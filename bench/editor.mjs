// Prints what a real VS Code says that activating the extension took, in milliseconds, once a window: a JSON array.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium } from '../tools/lib/chromium.mjs';
import { fromRoot } from '../tools/lib/root.mjs';
import { startVSCodeServer } from '../tools/lib/vscode-server.mjs';

const WINDOWS = 5;
const TIMEOUT = 90_000;

const folder = mkdtempSync(join(tmpdir(), 'gmap-bench-editor-'));
cpSync(fromRoot('examples/first-walk.gmap'), join(folder, 'first-walk.gmap'));
const server = await startVSCodeServer();
const browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] });
try {
  const times = [];
  for (let i = 0; i < WINDOWS; i++) times.push(await activation());
  console.log(JSON.stringify(times));
} finally {
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true });
}

async function activation() {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(TIMEOUT);
  await page.goto(server.url(folder));
  await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'first-walk.gmap' }).dblclick();
  await page.locator('.codelens-decoration').first().waitFor();
  await page.keyboard.press('F1');
  await page.locator('.quick-input-widget input').fill('>Developer: Show Running Extensions');
  await page.locator('.quick-input-list .monaco-list-row').first().click();
  const rows = page.locator('.runtime-extensions-editor .monaco-list-row');
  const own = rows.filter({ hasText: 'Gmap Debugger' });
  await rows.first().hover();
  while (!(await own.isVisible())) await page.mouse.wheel(0, 100);
  const text = await own.innerText();
  await page.context().close();
  const [, time] = /(\d+)ms/.exec(text) ?? [];
  if (time === undefined) throw new Error(`no activation time in: ${text}`);
  return Number(time);
}
