/** The entry that is selected: every bit of it, when it changed, and a breakpoint on its next change. */
import * as l10n from '../l10n.js';
import { html, nothing, type TemplateResult } from 'lit-html';
import type { EntryKind } from '../../engine/bits.js';
import type { Picture } from '../../debug/picture/model.js';
import { bitsOf, bitText, differences, type BitView } from '../bits.js';
import { grouped, plural, thousands } from '../format.js';
import type { HistoryChange } from '../messages.js';
import type { Actions, Model } from '../model.js';

/** A doubleword of the selection. */
interface Word {
  readonly name: string;
  readonly kind: EntryKind;
  readonly address: string;
  readonly value: string;
  readonly before: string | undefined;
  readonly expression: string;
}

/** The words of the entry at an address, if it is drawn: a PTE comes with its PGSTE. */
export function wordsAt(picture: Picture | undefined, address: string | undefined): Word[] {
  if (!picture || address === undefined) return [];
  for (const walk of [picture.guest, picture.host]) {
    for (const table of walk?.tables ?? []) {
      for (const row of table.rows) {
        if (row.kind !== 'entry' || row.address !== address) continue;
        const kind = table.level === 'sg' ? 'segment' : 'region';
        const name =
          kind === 'segment' ? l10n.t('segment entry {0}', row.index) : l10n.t('region entry {0}', row.index);
        return [{ name, kind, address, value: row.value, before: row.before, expression: row.expression }];
      }
    }
  }
  for (const row of picture.page?.rows ?? []) {
    if (row.kind !== 'page' || row.address !== address) continue;
    const pgste = `0x${(BigInt(row.address) + 2048n).toString(16)}`;
    return [
      {
        name: `PTE ${row.index}`,
        kind: 'pte',
        address,
        value: row.pte,
        before: row.pteBefore,
        expression: row.expression,
      },
      {
        name: `PGSTE ${row.index}`,
        kind: 'pgste',
        address: pgste,
        value: row.pgste,
        before: row.pgsteBefore,
        expression: row.pgsteExpression,
      },
    ];
  }
  return [];
}

export function selection(model: Model, actions: Actions): TemplateResult | typeof nothing {
  if (model.selected === undefined) return nothing;
  const words = wordsAt(model.picture, model.selected);
  const close = html`<button class="quiet close" @click=${() => actions.select(undefined)}>${l10n.t('Close')}</button>`;
  if (words.length === 0) {
    return html`<section class="card selection" aria-label=${l10n.t('Selected entry')}>
      <h2>${l10n.t('selected entry')}</h2>
      ${close}
      <p class="dim">${l10n.t('The entry at {0} is not in this picture.', grouped(model.selected))}</p>
    </section>`;
  }
  return html`<section class="card selection" aria-labelledby="selection-title">
    <h2 id="selection-title">${l10n.t('selected: {0}', words.map(({ name }) => name).join(l10n.t(' and ')))}</h2>
    ${close}
    <div class="words">${words.map((word) => wordView(word, actions))}</div>
    ${history(model, words, actions)}
  </section>`;
}

function wordView(word: Word, actions: Actions): TemplateResult {
  const views = bitsOf(word.kind, word.value, word.before);
  return html`<div class="word">
    <h3>
      <code>${word.expression}</code>
      <span class="mono dim">${l10n.t('at {0}', grouped(word.address))}</span>
    </h3>
    <p class="value mono">${full(word.value)}</p>
    <dl>
      ${views.filter(isTelling).map(
        (view) =>
          html`<dt class="mono ${view.before === undefined ? '' : 'changed'}">
              ${view.bit.name} = ${shownValue(view, view.value)}
              ${view.before === undefined ? nothing : html`<span class="was">${l10n.t('was {0}', shownValue(view, view.before))}</span>`}
            </dt>
            <dd class="dim">${view.bit.doc}</dd>`,
      )}
    </dl>
    <p class="clear dim">
      ${l10n.t(
        'clear: {0}',
        views
          .filter((view) => !isTelling(view))
          .map(({ bit }) => bit.name)
          .join(', ') || l10n.t('none'),
      )}
    </p>
    <button @click=${() => actions.breakOnChange(word.expression)}>
      ${l10n.t('Break when {0} changes', word.name)}
    </button>
  </div>`;
}

const isTelling = (view: BitView): boolean => view.value !== 0n || view.before !== undefined;

function shownValue(view: BitView, value: bigint): string {
  const { name } = view.bit;
  if (name !== 'origin' && name !== 'frame') return bitText(view, value);
  return grouped(
    `0x${(value << (name === 'origin' && view.bit.kernel.startsWith('_SEGMENT') ? 11n : 12n)).toString(16)}`,
  );
}

/** All 64 bits: 16 digits in groups of four. */
const full = (hex: string): string =>
  `0x${hex
    .slice(2)
    .padStart(16, '0')
    .replace(/\B(?=(?:.{4})+$)/g, '_')}`;

interface Moment {
  readonly word: Word;
  readonly change: HistoryChange;
}

function history(model: Model, words: readonly Word[], actions: Actions): TemplateResult {
  const moments = words.flatMap((word): Moment[] =>
    (model.history.get(word.address) ?? []).map((change) => ({ word, change })),
  );
  if (words.some(({ address }) => !model.history.has(address)))
    return html`<p class="dim">${l10n.t('Looking up its history …')}</p>`;
  moments.sort((a, b) => a.change.step - b.change.step);
  const happened = moments.filter(({ change }) => change.step < model.cursor).length;
  const first = Math.max(0, Math.min(happened - SHOWN / 2, moments.length - SHOWN));
  const drawn = moments.slice(first, first + SHOWN);
  return html`<div class="history">
    <h3>
      ${l10n.t('history')}
      <span class="dim plain"
        >${
          moments.length
            ? plural(
                moments.length,
                l10n.t('1 change in the run'),
                l10n.t('{0} changes in the run', thousands(moments.length)),
              )
            : ''
        }</span
      >
    </h3>
    ${moments.length === 0 ? html`<p class="dim">${l10n.t('It never changes in what is recorded.')}</p>` : nothing}
    <ol>
      ${first > 0 ? html`<li class="dim">${l10n.t('{0} earlier', thousands(first))}</li>` : nothing}
      ${drawn.map((moment, i) => momentItem(moment, first + i < happened, first + i === happened - 1, actions))}
      ${
        first + drawn.length < moments.length
          ? html`<li class="dim">${l10n.t('{0} later', thousands(moments.length - first - drawn.length))}</li>`
          : nothing
      }
    </ol>
  </div>`;
}

/** Moments that stand side by side. */
const SHOWN = 12;

const hexadecimal = /^0x[0-9a-f]{1,16}$/i;

function momentItem({ word, change }: Moment, past: boolean, newest: boolean, actions: Actions): TemplateResult {
  const { step, before, after } = change;
  const what =
    hexadecimal.test(before) && hexadecimal.test(after)
      ? differences(word.kind, before, after)
      : `${before} → ${after}`;
  return html`<li class="${past ? '' : 'later'} ${newest ? 'newest' : ''}">
    <button
      class="moment-button"
      aria-current=${newest ? 'step' : 'false'}
      title="${change.statement} ${change.thread === 'scenario' ? '' : change.thread}"
      @click=${() => actions.moveTo(step, true)}
    >
      <span class="step">${thousands(step)}</span>
      <span class="mono">${word.kind === 'pgste' ? 'PGSTE ' : ''}${what}</span>
      <span class="dim"
        >${[change.function, ...(newest ? [l10n.t('the newest')] : past ? [] : [l10n.t('later')])].join(' · ')}</span
      >
    </button>
  </li>`;
}
