/** Where the debugger is, which address is drawn, and that address cut into its indexes. */
import * as l10n from '../l10n.js';
import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import type { AddressField, Picture } from '../../debug/picture/model.js';
import { grouped, levelName, parseAddress, sizeOf, thousands } from '../format.js';
import type { Actions, Model } from '../model.js';
import { icon } from './icons.js';

export function header(model: Model, picture: Picture, actions: Actions): TemplateResult {
  const { place } = picture;
  const calls = place.stack.slice(0, -1);
  return html`<header>
    <div class="where">
      <h1>
        ${calls.map((name) => html`<span class="caller">${name}</span><span class="dim" aria-hidden="true"> › </span>`)}
        <span class="function">${place.function ?? place.statement?.text ?? l10n.t('the run')}</span>
      </h1>
      <p class="next"><span class="dim">${l10n.t('next:')}</span> ${place.next}</p>
      ${
        place.statement && place.function !== undefined
          ? html`<p class="statement dim">
              ${l10n.t('line {0}', place.statement.line)} <code>${place.statement.text}</code>
            </p>`
          : nothing
      }
    </div>
    <div class="when">
      ${moment(model, picture)}
      <button class="quiet" @click=${() => actions.save()}>${l10n.t('Save picture as SVG')}</button>
    </div>
  </header>`;
}

function moment({ state, cursor }: Model, { recorded, ended, furthest, place }: Picture): TemplateResult {
  const past = cursor < furthest;
  const at = thousands(cursor);
  const step = ended || past ? l10n.t('step {0} of {1}', at, thousands(recorded)) : l10n.t('step {0}', at);
  const thread =
    place.thread && place.thread !== 'scenario' ? html`<span class="thread">${place.thread}</span>` : nothing;
  const note = state === 'running' ? l10n.t('running') : place.outcome && outcomeText(place.outcome);
  const text = [past ? l10n.t('in the past: {0}', step) : step, ...(note ? [note] : [])].join(' · ');
  return html`${thread}<span class="moment ${past ? 'past' : ''}">${past ? icon('past') : nothing}${text}</span>`;
}

function outcomeText({ kind, text }: NonNullable<Picture['place']['outcome']>): string {
  switch (kind) {
    case 'ended':
      return l10n.t('ended');
    case 'bug':
      return l10n.t('the kernel crashes: {0}', text);
    case 'deadlock':
      return l10n.t('deadlock: {0}', text);
    case 'limit':
      return text;
  }
}

/** The address as a form, and cut into its indexes. */
export function addressBar(model: Model, picture: Picture, actions: Actions): TemplateResult {
  const { address, focus, gmaps } = picture;
  const submit = (event: Event): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const slot = form.get('gmap');
    const text = form.get('address') as string;
    actions.focus(slot === 'host' ? undefined : Number(slot), parseAddress(text) ?? text);
  };
  return html`<section class="address" aria-labelledby="address-title">
    <form @submit=${submit} novalidate>
      <h2 id="address-title">${l10n.t('Address')}</h2>
      <select name="gmap" aria-label=${l10n.t('Whose address')}>
        ${gmaps.map(
          ({ slot, name }) =>
            html`<option value=${slot} ?selected=${slot === focus.gmap && address?.of !== 'host'}>
              ${l10n.t('gmap {0}', name)}
            </option>`,
        )}
        <option value="host" ?selected=${focus.gmap === undefined || address?.of === 'host'}>
          ${l10n.t('host process')}
        </option>
      </select>
      <input
        name="address"
        type="text"
        spellcheck="false"
        autocomplete="off"
        aria-label=${l10n.t('Address')}
        aria-invalid=${model.badAddress === undefined ? 'false' : 'true'}
        aria-describedby="address-note"
        .value=${live(model.badAddress ?? (address ? grouped(address.value) : ''))}
      />
      <button>${l10n.t('Show')}</button>
      ${
        focus.asked
          ? html`<button type="button" @click=${() => actions.focus()}>${l10n.t('Follow the debugger')}</button>`
          : nothing
      }
      <span id="address-note" class=${model.badAddress === undefined ? 'dim' : 'bad'}
        >${
          model.badAddress === undefined
            ? focus.asked
              ? l10n.t('chosen by you')
              : l10n.t('what the code works on')
            : l10n.t('Write an address, as 0x2000, 8K or 2M+0x3000.')
        }</span
      >
    </form>
    ${address ? html`${fields(address.fields)} ${note(picture)}` : html`<p class="dim">${l10n.t('No address is in use here.')}</p>`}
  </section>`;
}

function fields(all: readonly AddressField[]): TemplateResult {
  return html`<ol class="fields" aria-label=${l10n.t('The address as indexes of the walk')}>
    ${all.map(
      ({ level, index, bits, used }) =>
        html`<li class="field ${level} ${used ? '' : 'unused'}">
          <span class="name">${levelName(level)}</span>
          <span class="index">${level === 'byte' ? `0x${index.toString(16).padStart(3, '0')}` : index}</span>
          <span class="bits" aria-hidden="true">${bits.replace(/\B(?=(?:\d{4})+$)/g, ' ')}</span>
          ${used ? nothing : html`<span class="reader">${l10n.t('not used')}</span>`}
        </li>`,
    )}
  </ol>`;
}

/** Why levels are dimmed, and where the address leads on the other side. */
function note({ address, focus, gmaps, host, guest }: Picture): TemplateResult {
  const gmap = gmaps.find(({ slot }) => slot === focus.gmap);
  const dimmed = address!.fields.filter(({ used }) => !used);
  const ignored = dimmed.some(({ index }) => index !== 0);
  const root = address!.of === 'guest' ? guest?.root : host?.root;
  const reason =
    dimmed.length === 0 || root === undefined
      ? ''
      : address!.of === 'guest' && gmap
        ? l10n.t(
            'Dimmed levels are not walked: the root of {0} is a {1} table, for {2} of guest memory.',
            gmap.name,
            levelName(root),
            sizeOf(gmap.end),
          )
        : l10n.t('Dimmed levels are not walked: the root of the process is a {0} table.', levelName(root));
  const other =
    address!.of === 'guest'
      ? focus.vmaddr === undefined
        ? l10n.t('No host memory is mapped at this address.')
        : l10n.t('Host address {0}.', grouped(focus.vmaddr))
      : l10n.t('No gmap has this host address linked or mapped.');
  return html`<p class="note dim">
    ${reason}
    ${ignored ? html`<strong class="warn">${l10n.t('Bits in them are ignored by the walk.')}</strong>` : nothing}
    ${other}
  </p>`;
}
