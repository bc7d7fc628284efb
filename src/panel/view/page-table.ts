/** A page table: for each PTE its bits and those of its PGSTE. */
import * as l10n from '../l10n.js';
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { PageTableView, PageView, Picture } from '../../debug/picture/model.js';
import { differences, flagsOf, type BitView } from '../bits.js';
import { entriesInUse, grouped } from '../format.js';
import type { Actions, Model } from '../model.js';
import { bitCell } from './chips.js';
import { icon } from './icons.js';
import { foldRow, reachMark, rowButton } from './rows.js';

/** Bits that have their column always; the others come when a row that is drawn has or had them. */
const PTE = ['present', 'young', 'dirty', 'read', 'write', 'P', 'I'];
const PGSTE = ['PCL', 'HR', 'HC', 'GR', 'GC', 'UC', 'IN'];

interface Shown {
  readonly page: PageView;
  readonly pte: readonly BitView[];
  readonly pgste: readonly BitView[];
}

export function pageTable(model: Model, picture: Picture, view: PageTableView, actions: Actions): TemplateResult {
  const rows = view.rows.map((row) => (row.kind === 'fold' ? row : shown(row)));
  const pages = rows.filter((row): row is Shown => !('kind' in row));
  const pte = columns(
    PTE,
    pages.map((row) => row.pte),
  );
  const pgste = columns(
    PGSTE,
    pages.map((row) => row.pgste),
  );
  const label = l10n.t('Page table at {0}, {1}', view.address, entriesInUse(view.used));
  return html`<div class="card page-table" data-node="page">
    <h3>
      ${l10n.t('page table')} <span class="mono dim">${grouped(view.address)}</span>
      <span class="share">${share(view)}</span>
    </h3>
    <div class="rows pages p${pte.length} g${pgste.length}" role="table" aria-label=${label}>
      <div role="row" class="row heads">
        <span role="columnheader" class="index">${l10n.t('page')}</span>
        <span role="columnheader" class="text">${l10n.t('entry')}</span>
        ${pte.map((name, i) => head('PTE', name, i === 0))} ${pgste.map((name, i) => head('PGSTE', name, i === 0))}
      </div>
      ${repeat(
        rows,
        (row) => ('kind' in row ? `fold ${row.from}` : row.page.index),
        (row) =>
          'kind' in row ? foldRow(model, view.address, row, actions) : pageRow(model, view, row, pte, pgste, actions),
      )}
    </div>
  </div>`;
}

const shown = (page: PageView): Shown => ({
  page,
  pte: flagsOf('pte', page.pte, page.pteBefore),
  pgste: flagsOf('pgste', page.pgste, page.pgsteBefore),
});

function share({ guest, host }: PageTableView): string {
  if (guest && host) return l10n.t('shared by guest and host');
  return guest
    ? l10n.t('the guest’s only: the host’s tables do not lead here')
    : l10n.t('the host’s only: not linked into the gmap');
}

const head = (word: string, name: string, first: boolean): TemplateResult =>
  html`<span role="columnheader" class="bit head ${first ? 'first' : ''}"
    >${first ? html`<span class="word" aria-hidden="true">${word}</span>` : nothing}<span class="reader">${word} </span
    >${name}</span
  >`;

function columns(always: readonly string[], rows: readonly (readonly BitView[])[]): string[] {
  const extra = new Set<string>();
  for (const views of rows) {
    for (const { bit, value, before } of views) {
      if (!always.includes(bit.name) && (value !== 0n || before !== undefined)) extra.add(bit.name);
    }
  }
  return [...always, ...extra];
}

const REACH = {
  read: () => l10n.t('in use'),
  next: () => l10n.t('read next'),
  ahead: () => l10n.t('not reached yet'),
} as const;

function pageRow(
  model: Model,
  table: PageTableView,
  { page, pte, pgste }: Shown,
  pteColumns: readonly string[],
  pgsteColumns: readonly string[],
  actions: Actions,
): TemplateResult {
  const selected = model.selected === page.address;
  const changed = page.pteBefore !== undefined || page.pgsteBefore !== undefined;
  const armed = pgste.some(({ bit, value }) => bit.name === 'IN' && value !== 0n);
  const where = page.gaddr ?? page.vmaddr;
  const state = [armed && l10n.t('armed'), changed && l10n.t('changed'), page.reach && REACH[page.reach]()].filter(
    Boolean,
  );
  const label = [l10n.t('page {0}', page.index), grouped(where), page.text, ...state].join(', ');
  const cells = (names: readonly string[], views: readonly BitView[]): TemplateResult[] =>
    names.map((name) => bitCell(views.find(({ bit }) => bit.name === name)!));
  const classes = `row page ${page.path ? 'path' : ''} ${page.reach ?? ''} ${selected ? 'selected' : ''} ${changed ? 'changed' : ''}`;
  return html`<div role="row" class=${classes} @click=${() => actions.select(page.address)}>
    <span role="rowheader" class="index">
      ${rowButton(model, table.address, page.address, page.path, String(page.index), label, selected)}
      <span class="where mono dim">${grouped(where)}</span>
    </span>
    <span role="cell" class="text mono ${page.text === 'none' ? 'dim' : ''}">${page.text}</span>
    ${cells(pteColumns, pte)} ${cells(pgsteColumns, pgste)}
    ${page.path || changed || armed ? notes(page, armed) : nothing}
  </div>`;
}

function notes(page: PageView, armed: boolean): TemplateResult {
  const parts = [
    page.pteBefore === undefined ? '' : differences('pte', page.pteBefore, page.pte),
    page.pgsteBefore === undefined ? '' : differences('pgste', page.pgsteBefore, page.pgste),
  ].filter(Boolean);
  return html`<span role="cell" class="notes">
    ${page.reach ? reachMark(page.reach, REACH[page.reach]()) : nothing}
    ${armed ? html`<span class="armed">${icon('bell', 11)} ${l10n.t('armed')}</span>` : nothing}
    ${page.key === undefined ? nothing : html`<span class="dim">${l10n.t('storage key {0}', `0x${page.key.toString(16)}`)}</span>`}
    ${parts.length ? html`<span class="change">${icon('delta', 10)} ${parts.join(', ')}</span>` : nothing}
  </span>`;
}
