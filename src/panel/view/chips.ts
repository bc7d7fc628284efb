/** The bits of an entry: set ones filled, clear ones as a dot, changed ones with the value before. */
import * as l10n from '../l10n.js';
import { html, nothing, type TemplateResult } from 'lit-html';
import { bitText, type BitView } from '../bits.js';

const title = ({ bit }: BitView): string =>
  `${bit.kernel}${bit.architecture ? ` (${bit.architecture})` : ''}: ${bit.doc}`;

/** A cell of the page table. */
export function bitCell(view: BitView): TemplateResult {
  const { bit, value, before, field } = view;
  const set = value !== 0n;
  const text = field ? `${bit.name} ${bitText(view, value)}` : bit.name;
  const changed = before === undefined ? '' : 'changed';
  const spoken = [
    `${bit.name} ${bitText(view, value)}`,
    ...(before === undefined ? [] : [l10n.t('was {0}', bitText(view, before))]),
  ].join(', ');
  return html`<span role="cell" class="bit ${set ? 'set' : 'clear'} ${changed} ${bit.name}" title=${title(view)}>
    <span aria-hidden="true" class="chip"
      >${changed ? html`<span class="was">▴</span>` : nothing}${set || changed ? text : '·'}</span
    >
    <span class="reader">${spoken}</span>
  </span>`;
}

/** All flags of a region or segment entry in a line. */
export function chipLine(views: readonly BitView[]): TemplateResult {
  return html`<span class="chips">
    ${views.map((view) => {
      const { bit, value, before } = view;
      const kind = `${value !== 0n ? 'set' : 'clear'} ${before === undefined ? '' : 'changed'}`;
      return html`<span class="bit ${kind}" title=${title(view)}
        ><span class="chip"
          >${before === undefined ? nothing : html`<span class="was">▴</span>`}${bit.architecture ?? bit.name}
          ${bitText(view, value)}</span
        ></span
      >`;
    })}
  </span>`;
}
