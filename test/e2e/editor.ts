// One VS Code server and one browser for all end-to-end tests; each suite gets a fresh window on a fresh copy of a folder.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { findChromium } from '../../tools/lib/chromium.mjs';
import { fromRoot } from '../../tools/lib/root.mjs';
import { startVSCodeServer } from '../../tools/lib/vscode-server.mjs';
import { Workbench } from './workbench.js';

const shots = fromRoot('test/e2e/shots');

interface Window {
  readonly page: Page;
  readonly workspace: string;
  /** Where extensions are installed. */
  readonly extensions: string;
  /** What the page and the extension host wrote to the console. */
  readonly messages: string[];
}

type Server = Awaited<ReturnType<typeof startVSCodeServer>>;
type Host = 'node' | 'web';

let browser: Promise<Browser> | undefined;
const servers = new Map<string, Promise<Server>>();
const windows = new Set<Window>();

export interface WorkbenchOptions {
  /** A folder of this project that is copied and opened; `examples` if nothing is said. */
  folder?: string;
  /** Files that are added to the copy (or are all there is, with `folder: ''`). */
  files?: Record<string, string>;
  /** The extension host that runs the extension: VS Code's own Node, or a web worker as on vscode.dev. */
  host?: Host;
  /** Makes a package (.vsix) of the extension, which is installed in a VS Code of its own; else the sources are used in place. */
  vsix?: () => Promise<string>;
  viewport?: { width: number; height: number };
}

/**
 * Called inside a `describe`: opens a window before its first test and closes it after its last.
 * The object that is returned may be used inside the tests.
 */
export function useWorkbench(options: WorkbenchOptions = {}): Workbench {
  const workbench = new Workbench(shots);
  let window: Window | undefined;
  before(async function () {
    this.timeout(180_000);
    window = await openWindow(options);
    windows.add(window);
    workbench.page = window.page;
    workbench.workspace = window.workspace;
    workbench.extensions = window.extensions;
    await workbench.ready();
  });
  after(async () => {
    if (!window) return;
    windows.delete(window);
    await window.page.context().close();
    rmSync(dirname(window.workspace), { recursive: true, force: true });
  });
  return workbench;
}

async function openWindow({
  folder = 'examples',
  files = {},
  host = 'node',
  vsix,
  viewport,
}: WorkbenchOptions): Promise<Window> {
  const workspace = join(mkdtempSync(join(tmpdir(), 'gmap-debug-workspace-')), basename(folder) || 'scenarios');
  if (folder) cpSync(fromRoot(folder), workspace, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, name)), { recursive: true });
    writeFileSync(join(workspace, name), text);
  }

  const packed = await vsix?.();
  const key = `${host} ${packed ?? ''}`;
  let server = servers.get(key);
  if (!server) servers.set(key, (server = startVSCodeServer({ host, ...(packed !== undefined && { vsix: packed }) })));
  const context = await (await theBrowser()).newContext({ viewport: viewport ?? { width: 1400, height: 900 } });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  // Nothing leaves this machine; to say so at once saves the workbench its time-outs.
  const isOurs = (url: URL) => !url.protocol.startsWith('http') || url.hostname === '127.0.0.1';
  await context.route(
    (url) => !isOurs(url),
    (route) => route.abort(),
  );
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const messages: string[] = [];
  page.on('console', (message) => messages.push(`[${message.type()}] ${message.text()}`));
  page.on('pageerror', (error) => messages.push(`[pageerror] ${error.message}`));
  await page.goto((await server).url(workspace));
  return { page, workspace, extensions: (await server).extensions, messages };
}

/** The one browser of all tests. */
export function theBrowser(): Promise<Browser> {
  return (browser ??= launchBrowser());
}

async function launchBrowser(): Promise<Browser> {
  const executablePath = await findChromium();
  if (!executablePath) throw new Error('There is no Chromium on this machine; npm test installs one.');
  // It opens nothing but our own page, and as root or in a container its sandbox cannot start.
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  return chromium.launch({ executablePath, args, headless: true, handleSIGINT: true });
}

/** A picture of a page, or of a part of it, as WebP: half as large as PNG, or less with a lower quality (0 to 1). */
export async function takeWebp(shown: Page | Locator, path: string, quality = 0.85): Promise<void> {
  const png = await shown.screenshot({ animations: 'disabled' });
  const canvasPage = await (await theBrowser()).newPage();
  const webp = await canvasPage.evaluate<string>(`(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${png.toString('base64')}';
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', ${quality}).split(',')[1];
  })()`);
  await canvasPage.close();
  writeFileSync(fromRoot(path), Buffer.from(webp, 'base64'));
}

/** After a failed test: a picture and the console of each open window, in test/e2e/shots. */
async function saveEvidence(title: string): Promise<void> {
  mkdirSync(shots, { recursive: true });
  const name = `failed-${title.replace(/[^\w]+/g, '-').slice(0, 100)}`;
  for (const { page, messages } of windows) {
    writeFileSync(join(shots, `${name}.log`), messages.join('\n'));
    await page.screenshot({ path: join(shots, `${name}.png`) }).catch(() => undefined);
  }
  console.log(`      see test/e2e/shots/${name}.png`);
}

// Hooks of the root suite. They stand here and not in the set-up, for which Mocha would load this module a second time.
afterEach(async function () {
  if (this.currentTest?.state === 'failed') await saveEvidence(this.currentTest.fullTitle());
});
after(async () => {
  await (await browser)?.close();
  for (const server of servers.values()) await (await server).stop();
});
