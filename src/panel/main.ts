/** What the webview starts. */
import * as l10n from './l10n.js';
import { App, type Api } from './app.js';

declare function acquireVsCodeApi(): Api;

const element = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element ${id}`);
  return found;
};

const texts = document.body.dataset['l10n'];
if (texts !== undefined) l10n.config(JSON.parse(texts) as Record<string, string>);
new App(element('panel'), element('live'), acquireVsCodeApi());
