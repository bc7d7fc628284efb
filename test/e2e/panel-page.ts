// The panel in a plain page of the browser, with a host that answers from a run: what the webview sees, without an editor.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { checkedAs } from '../../src/debug/shape.js';
import { picture } from '../../src/debug/picture.js';
import { timeline } from '../../src/debug/timeline.js';
import { panelHtml, STYLES } from '../../src/extension/panel-html.js';
import { FromHost, FromPanel } from '../../src/panel/messages.js';
import { changesOf } from '../../src/recording/history.js';
import type { ScenarioRun } from '../../src/scenario/run.js';
import { threadName } from '../../src/scenario/moment.js';
import { fromRoot } from '../../tools/lib/root.mjs';

const origin = 'http://panel.test';
const themes = JSON.parse(readFileSync(fromRoot('test/e2e/themes.json'), 'utf8')) as Record<
  Theme,
  Record<string, string>
>;

export type Theme = 'dark' | 'light' | 'high-contrast' | 'high-contrast-light';

export interface PageOptions {
  theme?: Theme;
  width?: number;
  height?: number;
  scale?: number;
  /** What an earlier page kept. */
  state?: unknown;
  /** A translation. */
  texts?: Readonly<Record<string, string>>;
}

export class PanelPage {
  /** What the panel sent, oldest first. */
  readonly sent: FromPanel[] = [];
  /** What the page complained about: errors, and what its policy forbade. */
  readonly complaints: string[] = [];
  private stop = 0;

  /** As if the debugger had been at the end already. */
  private get furthest(): number {
    return this.run.recording.length;
  }

  private constructor(
    readonly page: Page,
    private run: ScenarioRun,
  ) {}

  static async open(
    browser: Browser,
    run: ScenarioRun,
    { theme = 'dark', width = 1400, height = 900, scale = 1, state, texts }: PageOptions = {},
  ): Promise<PanelPage> {
    const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const panel = new PanelPage(page, run);
    page.on(
      'console',
      (message) => ['error', 'warning'].includes(message.type()) && panel.complaints.push(message.text()),
    );
    page.on('pageerror', (error) => panel.complaints.push(error.message));
    const files: Record<string, string> = { '/panel.js': 'dist/panel.js' };
    for (const style of STYLES) files[`/${style}`] = `media/panel/${style}`;
    const html = panelHtml({
      nonce: 'n',
      script: `${origin}/panel.js`,
      styles: STYLES.map((style) => `${origin}/${style}`),
      cspSource: origin,
      language: texts ? 'qps-ploc' : 'en',
      title: 'Gmap Picture',
      texts,
    });
    await page.route('**/*', (route) => {
      const { pathname } = new URL(route.request().url());
      const file = files[pathname];
      if (file) return route.fulfill({ path: fromRoot(file) });
      return pathname === '/' ? route.fulfill({ contentType: 'text/html', body: html }) : route.abort();
    });
    await page.exposeFunction('toHost', (message: unknown) => panel.receive(message));
    await page.addInitScript(`
      let state = ${JSON.stringify(state ?? null)};
      window.panelState = () => state;
      window.acquireVsCodeApi = () => ({
        postMessage: (message) => void window.toHost(message),
        getState: () => state,
        setState: (next) => { state = next; },
      });
      document.addEventListener('DOMContentLoaded', () => {
        const variables = ${JSON.stringify(themes[theme])};
        for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);
        document.body.className = ${JSON.stringify(bodyClass(theme))};
      });`);
    await page.goto(`${origin}/`);
    await panel.until(() => panel.sent.some(({ type }) => type === 'ready'), 'the panel does not start');
    return panel;
  }

  /** Stands at another step, as after a stop of the debugger. */
  async stopAt(step: number): Promise<void> {
    const since = this.stop;
    this.stop = step;
    this.run.recording.seek(step);
    await this.post({ type: 'stopped', step, since });
    await this.page
      .locator('.moment')
      .filter({ hasText: new RegExp(`step ${thousands(step)}\\b`) })
      .waitFor();
    await this.settled();
  }

  /** Other things than the run's. */
  async post(message: FromHost | Record<string, unknown>): Promise<void> {
    await this.page.evaluate((data) => window.postMessage(data, '*'), message);
  }

  /** Waits until something holds that this side sees. */
  async until(holds: () => boolean, otherwise: string): Promise<void> {
    for (const end = Date.now() + 10_000; !holds(); await this.page.waitForTimeout(20)) {
      if (Date.now() > end) assert.fail(`${otherwise}: ${this.complaints.join('; ')}`);
    }
  }

  /** Two frames later everything that was known is drawn. */
  async settled(): Promise<void> {
    await this.page.waitForTimeout(60);
    await this.page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  }

  close(): Promise<void> {
    return this.page.context().close();
  }

  private async receive(data: unknown): Promise<void> {
    const message = checkedAs<FromPanel>(FromPanel, data);
    this.sent.push(message);
    const answer = this.answer(message);
    if (!answer) return;
    assert.equal(FromHost.check(answer), undefined);
    await this.post(answer);
  }

  private answer(message: FromPanel): FromHost | undefined {
    const { recording } = this.run;
    switch (message.type) {
      case 'picture':
        return {
          type: 'picture',
          request: message.request,
          picture: picture(this.run, message.args, { furthest: this.furthest }),
        };
      case 'timeline':
        return { type: 'timeline', request: message.request, timeline: timeline(this.run, message.args) };
      case 'goTo': {
        const since = this.stop;
        this.stop = message.step;
        recording.seek(message.step);
        return { type: 'stopped', step: message.step, since };
      }
      case 'history': {
        const changes = changesOf(recording, Number(message.memoryReference)).map(({ row, before, after }) => ({
          step: row,
          before: `0x${before.toString(16)}`,
          after: `0x${after.toString(16)}`,
          function: recording.functionAt(row)?.name ?? '',
          statement: this.run.statements[recording.statementOf(row) ?? -1]?.text ?? '',
          thread: threadName(this.run.names, recording.trace.task(row)),
        }));
        return { type: 'history', memoryReference: message.memoryReference, changes };
      }
      default:
        return undefined;
    }
  }
}

const thousands = (n: number): string => n.toLocaleString('en');

const bodyClass = (theme: Theme): string =>
  ({
    dark: 'vscode-dark',
    light: 'vscode-light',
    'high-contrast': 'vscode-high-contrast',
    'high-contrast-light': 'vscode-high-contrast vscode-high-contrast-light',
  })[theme];
