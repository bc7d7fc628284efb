/** The guest's walk, the page table at its end, and the host's walk to the same table. */
import * as l10n from '../l10n.js';
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { EntryView, Picture, TableView, WalkView } from '../../debug/picture/model.js';
import { differences, flagsOf } from '../bits.js';
import { entriesInUse, filled, grouped, levelName, sizeRange, sizeStart } from '../format.js';
import type { Actions, Model } from '../model.js';
import { chipLine } from './chips.js';
import { icon } from './icons.js';
import { pageTable } from './page-table.js';
import { foldRow, reachMark, rowButton, rowsOf } from './rows.js';

type Side = 'guest' | 'host';

export function walks(model: Model, picture: Picture, actions: Actions): TemplateResult {
  const { guest, host, page } = picture;
  return html`<section
    class="walks"
    aria-label=${l10n.t('Walks')}
    @keydown=${(event: KeyboardEvent) => rowsOf(event, actions)}
  >
    <svg class="arrows" aria-hidden="true"></svg>
    ${guest ? walk(model, picture, guest, 'guest', actions) : nothing}
    <div class="shared">${page ? pageTable(model, picture, page, actions) : nowhere(picture)}</div>
    ${host ? walk(model, picture, host, 'host', actions) : nothing}
  </section>`;
}

function nowhere({ guest, host }: Picture): TemplateResult | typeof nothing {
  if (!guest && !host) return nothing;
  const words = host
    ? l10n.t('No page table stands here yet.')
    : l10n.t('No page table stands here yet: no host memory is mapped.');
  return html`<p class="card missing">${words}</p>`;
}

function walk(model: Model, picture: Picture, view: WalkView, side: Side, actions: Actions): TemplateResult {
  const name = picture.gmaps.find(({ slot }) => slot === picture.focus.gmap)?.name ?? '';
  const guest = side === 'guest';
  const label = guest ? l10n.t('Tables of gmap {0}', name) : l10n.t('Tables of the host process');
  const title = guest ? l10n.t('{0} tables of gmap {1}') : l10n.t('{0} tables of the host process');
  const word = html`<span class="side">${guest ? l10n.t('guest') : l10n.t('host')}</span>`;
  return html`<div class="walk ${side}" role="group" aria-label=${label}>
    <h2>${filled<unknown>(title, word, name)}</h2>
    <div class="tables">
      ${asce(view, side)} ${view.tables.map((table, i) => tableCard(model, table, view, i, side, actions))}
    </div>
  </div>`;
}

function asce(view: WalkView, side: Side): TemplateResult {
  const value = BigInt(view.asce);
  return html`<div class="card asce" data-node="${side}-asce">
    <h3>ASCE</h3>
    <p class="dim">${levelName(view.root)}</p>
    <p class="mono">${grouped(`0x${(value & ~0xfffn).toString(16)}`)}</p>
    ${chipLine(flagsOf('asce', view.asce).filter(({ bit }) => bit.name !== 'user'))}
  </div>`;
}

function tableCard(
  model: Model,
  table: TableView,
  view: WalkView,
  number: number,
  side: Side,
  actions: Actions,
): TemplateResult {
  const last = number === view.tables.length - 1;
  const label = l10n.t('{0} table at {1}, {2}', levelName(table.level), table.address, entriesInUse(table.used));
  return html`<div class="card table" data-node="${side}-${number}">
    <h3>${levelName(table.level)} <span class="mono dim">${grouped(table.address)}</span></h3>
    <div class="rows" role="table" aria-label=${label}>
      ${repeat(
        table.rows,
        (row) => (row.kind === 'fold' ? `fold ${row.from}` : row.index),
        (row) =>
          row.kind === 'fold'
            ? foldRow(model, table.address, row, actions)
            : entryRow(model, table, row, view.end === 'invalid' && last, side, actions),
      )}
    </div>
  </div>`;
}

const REACH = {
  read: () => l10n.t('read'),
  next: () => l10n.t('read next'),
  ahead: () => l10n.t('not read yet'),
} as const;

function entryRow(
  model: Model,
  table: TableView,
  row: EntryView,
  ends: boolean,
  side: Side,
  actions: Actions,
): TemplateResult {
  const selected = model.selected === row.address;
  const kind = table.level === 'sg' ? 'segment' : 'region';
  const range = sizeRange(row.from, row.to);
  const start = sizeStart(row.from, row.to);
  const state = [
    row.reach && REACH[row.reach](),
    row.path && ends && l10n.t('the walk ends here'),
    row.before && l10n.t('changed'),
  ];
  const said = [`${row.index}: ${row.text}`, range, ...state].filter(Boolean).join(', ');
  const changed = row.before === undefined ? '' : 'changed';
  const classes = `row ${row.path ? 'path' : ''} ${row.reach ?? ''} ${selected ? 'selected' : ''} ${changed}`;
  return html`<div role="row" class=${classes} @click=${() => actions.select(row.address)}>
    <span role="rowheader" class="index">
      ${rowButton(model, table.address, row.address, row.path, String(row.index), said, selected)}
    </span>
    <span role="cell" class="target mono ${/^(empty|invalid)/.test(row.text) ? 'dim' : ''}">${target(row)}</span>
    <span role="cell" class="range dim" title=${range}>${start}</span>
    ${
      row.path
        ? html`<span role="cell" class="detail" data-from="${side}-${table.level}">
            ${row.reach ? reachMark(row.reach, REACH[row.reach]()) : nothing}
            ${ends ? html`<span class="ends">${icon('fail', 10)} ${l10n.t('leads nowhere')}</span>` : nothing}
            ${chipLine(flagsOf(kind, row.value, row.before))}
          </span>`
        : nothing
    }
    ${
      row.before === undefined
        ? nothing
        : html`<span role="cell" class="change">${icon('delta', 10)} ${differences(kind, row.before, row.value)}</span>`
    }
  </div>`;
}

const target = ({ text }: EntryView): string => text.replace(/0x[0-9a-f]+/, (hex) => grouped(hex));
