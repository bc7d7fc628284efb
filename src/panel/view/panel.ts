/** All of the panel. */
import * as l10n from '../l10n.js';
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Actions, Model } from '../model.js';
import { cards } from './cards.js';
import { addressBar, header } from './header.js';
import { icon } from './icons.js';
import { selection } from './selection.js';
import { timelineView } from './timeline.js';
import { walks } from './walks.js';

export function panelView(model: Model, actions: Actions): TemplateResult {
  const { picture, state, error, notice } = model;
  if (!picture) return empty(state, error);
  return html`<main class=${state}>
      ${header(model, picture, actions)} ${problem(error)} ${addressBar(model, picture, actions)}
      ${walks(model, picture, actions)}
      ${notice === undefined ? nothing : html`<p class="notice">${icon('pass', 12)} ${notice}</p>`}
      ${selection(model, actions)} ${cards(picture, actions)}
    </main>
    ${timelineView(model, actions)}`;
}

const problem = (error: string | undefined): TemplateResult | typeof nothing =>
  error === undefined ? nothing : html`<p class="problem" role="alert">${icon('fail', 12)} ${error}</p>`;

function empty(state: Model['state'], error: string | undefined): TemplateResult {
  const [title, text] =
    state === 'running' || state === 'stopped'
      ? [l10n.t('The run goes on'), l10n.t('The machine is drawn as soon as the debugger stops.')]
      : state === 'waiting'
        ? [l10n.t('One moment'), l10n.t('Asking the debugger.')]
        : [
            l10n.t('Nothing is being debugged'),
            l10n.t('Open a scenario (.gmap) and press F5; the machine is drawn here at every stop.'),
          ];
  return html`<main class="empty">
    ${problem(error)}
    <svg class="emblem" width="220" height="96" viewBox="0 0 220 96" aria-hidden="true">
      <rect x="4" y="10" width="44" height="30" rx="5"></rect>
      <rect x="80" y="10" width="44" height="44" rx="5"></rect>
      <rect x="160" y="24" width="56" height="56" rx="5"></rect>
      <rect x="80" y="66" width="44" height="26" rx="5"></rect>
      <path d="M48 25H78M124 32C142 32 142 40 158 40M124 79C142 79 142 66 158 66"></path>
      <path class="lines" d="M88 24H116M88 34H108M168 38H208M168 50H200M168 62H208M88 79H112"></path>
    </svg>
    <h1>${title}</h1>
    <p class="dim">${text}</p>
  </main>`;
}
