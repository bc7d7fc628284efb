/** The keyboard among entries: each table is one stop of the Tab key, arrows move inside and between tables. */
import * as l10n from '../l10n.js';
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Fold } from '../../debug/picture/model.js';
import type { Actions, Model } from '../model.js';
import { icon } from './icons.js';

/** The button that stands for a row. */
export function rowButton(
  model: Model,
  table: string,
  address: string,
  path: boolean,
  text: string,
  label: string,
  pressed: boolean,
  click?: () => void,
): TemplateResult {
  const place = model.places.get(table);
  const stop = place === undefined ? path : place === address;
  return html`<button
    class="entry"
    data-table=${table}
    data-address=${address}
    tabindex=${stop ? 0 : -1}
    aria-label=${label}
    aria-pressed=${click ? 'false' : String(pressed)}
    @click=${click}
  >
    ${text}
  </button>`;
}

/** Arrow keys on an entry. */
export function rowsOf(event: KeyboardEvent, actions: Actions): void {
  const button = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('button.entry') : null;
  if (!button || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const next = target(event.key, button, event.currentTarget as HTMLElement);
  if (!next) return;
  event.preventDefault();
  actions.place(next.dataset['table']!, next.dataset['address']!);
  next.focus();
}

function target(key: string, button: HTMLElement, section: HTMLElement): HTMLElement | undefined {
  const all = [...section.querySelectorAll<HTMLElement>('button.entry')];
  const table = button.dataset['table'];
  const inside = all.filter((one) => one.dataset['table'] === table);
  const tables = [...new Set(all.map((one) => one.dataset['table']))];
  const beside = (offset: number): HTMLElement | undefined => {
    const other = tables[tables.indexOf(table) + offset];
    const rows = all.filter((one) => one.dataset['table'] === other);
    return rows.find((one) => one.tabIndex === 0) ?? rows[0];
  };
  switch (key) {
    case 'ArrowDown':
      return inside[inside.indexOf(button) + 1];
    case 'ArrowUp':
      return inside[inside.indexOf(button) - 1];
    case 'Home':
      return inside[0];
    case 'End':
      return inside.at(-1);
    case 'ArrowRight':
      return beside(1);
    case 'ArrowLeft':
      return beside(-1);
    default:
      return undefined;
  }
}

/** How far a walk has come with an entry. */
export function reachMark(reach: 'read' | 'next' | 'ahead', words: string): TemplateResult {
  const mark = { read: '✓ ', next: '▸ ', ahead: '' }[reach];
  return html`<span class="reach"><span aria-hidden="true">${mark}</span>${words}</span>`;
}

/** Entries that are not drawn: a button draws some of them. */
export function foldRow(model: Model, table: string, fold: Fold, actions: Actions): TemplateResult {
  const { from, to, used, changed } = fold;
  const where = from === to ? String(from) : `${from} … ${to}`;
  const what = used === 0 ? l10n.t('empty') : l10n.t('{0} in use', used);
  const more =
    changed > 0
      ? html`<span class="changed-count">${icon('delta', 10)} ${l10n.t('{0} changed', changed)}</span>`
      : nothing;
  return html`<div role="row" class="row fold">
    <span role="cell">
      ${rowButton(
        model,
        table,
        `fold-${table}-${from}`,
        false,
        `⋯ ${where} ${what}`,
        l10n.t('{0} {1}: show some', where, what),
        false,
        () => actions.unfold(table, from),
      )}
      ${more}
    </span>
  </div>`;
}
