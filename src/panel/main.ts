/** What the webview starts. */
import { App, type Api } from './app.js';

declare function acquireVsCodeApi(): Api;

const element = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element ${id}`);
  return found;
};

new App(element('panel'), element('live'), acquireVsCodeApi());
