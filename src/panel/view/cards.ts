/** What stands beside the walks: what changed, locks, notifiers, radix trees. */
import * as l10n from '../l10n.js';
import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChangeView, LockView, NotifiersView, Picture, TreeView } from '../../debug/picture/model.js';
import { addressRange, calls, filled, grouped, moreEntries, pages, plural, thousands } from '../format.js';
import type { Actions } from '../model.js';
import { icon } from './icons.js';

export function cards(picture: Picture, actions: Actions): TemplateResult {
  return html`<div class="cards">
    ${changes(picture, actions)} ${notifiers(picture.notifiers, actions)} ${locks(picture)} ${trees(picture)}
  </div>`;
}

function changes({ changes: list, moreChanges, since, step }: Picture, actions: Actions): TemplateResult {
  const back = since > step;
  const nothingChanged =
    since === step ? l10n.t('Nothing: this is where the debugger stood.') : l10n.t('No table entry.');
  return html`<section class="card changes" aria-labelledby="changes-title">
    <h2 id="changes-title">
      ${l10n.t('changed')}
      <span class="dim plain"
        >${back ? l10n.t('on the way back from step {0}', thousands(since)) : l10n.t('since step {0}', thousands(since))}</span
      >
    </h2>
    ${
      list.length
        ? html`<ul>
            ${list.map((change) => html`<li>${changeLine(change, actions)}</li>`)}
          </ul>`
        : html`<p class="dim">${nothingChanged}</p>`
    }
    ${moreChanges ? html`<p class="dim">${moreEntries(moreChanges)}</p>` : nothing}
  </section>`;
}

function changeLine(change: ChangeView, actions: Actions): TemplateResult {
  const { step } = change;
  return html`<span class="what">${icon('delta', 10)} ${change.what}</span>
    <span class="bits-changed"
      >${change.bits.map(
        ({ name, before, after }) =>
          html`<span class="pair mono"><b>${name}</b> <del>${short(before)}</del> → <ins>${short(after)}</ins></span>`,
      )}</span
    >
    ${
      step === undefined
        ? nothing
        : html`<span class="by dim"
            >${change.function ? filled(l10n.t('by {0}'), html`<code>${change.function}</code>`) : nothing}
            ${stepButton(step, actions, l10n.t('step {0}', thousands(step)))}</span
          >`
    }`;
}

const short = (value: string): string => (value.length > 6 ? grouped(value) : value);

export function stepButton(step: number, actions: Actions, text: string): TemplateResult {
  const hint = l10n.t('Go to step {0}', step);
  return html`<button class="link" title=${hint} @click=${() => actions.moveTo(step, true)}>${text}</button>`;
}

function notifiers(view: NotifiersView, actions: Actions): TemplateResult {
  const { registered, armed, armedPages, last } = view;
  return html`<section class="card notifiers" aria-labelledby="notifiers-title">
    <h2 id="notifiers-title">${l10n.t('notifiers')}</h2>
    <p>
      ${
        registered.length
          ? registered.map(
              ({ name, calls: n }) => html`<span class="pill">${name} <span class="dim">${calls(n)}</span></span> `,
            )
          : html`<span class="dim">${l10n.t('None is registered.')}</span>`
      }
    </p>
    ${
      armed.length
        ? html`<p class="armed">${icon('bell', 12)} ${l10n.t('armed on {0}', pages(armedPages))}</p>
            <ul class="ranges mono">
              ${armed
                .slice(0, 6)
                .map(
                  ({ gmap, start, end, pages: n }) =>
                    html`<li>
                      ${gmap ?? l10n.t('host')} ${addressRange(start, end)} <span class="dim">${pages(n)}</span>
                    </li>`,
                )}
            </ul>
            ${
              armed.length > 6
                ? html`<p class="dim">
                    ${plural(
                      armed.length - 6,
                      l10n.t('and 1 more range'),
                      l10n.t('and {0} more ranges', thousands(armed.length - 6)),
                    )}
                  </p>`
                : nothing
            }`
        : html`<p class="dim">${l10n.t('No page is armed: no PGSTE has IN.')}</p>`
    }
    ${
      last
        ? html`<p>
            ${icon('notify', 11)}
            ${filled(
              plural(view.calls, l10n.t('1 call so far, the last {0}:'), l10n.t('{1} calls so far, the last {0}:')),
              stepButton(last.step, actions, l10n.t('at step {0}', thousands(last.step))),
              html`${thousands(view.calls)}`,
            )}
            ${last.notifier} <span class="mono">${last.gmap} ${addressRange(last.start, last.end)}</span>
            <span class="dim"
              >${
                last.line === undefined
                  ? l10n.t('by {0}', last.cause)
                  : l10n.t('by {0} (line {1})', last.cause, last.line)
              }</span
            >
          </p>`
        : html`<p class="dim">${l10n.t('No notifier was called so far.')}</p>`
    }
  </section>`;
}

function locks({ locks: all }: Picture): TemplateResult {
  return html`<section class="card locks" aria-labelledby="locks-title">
    <h2 id="locks-title">${l10n.t('locks held')}</h2>
    ${
      all.length
        ? html`<ul>
            ${all.map(lockLine)}
          </ul>`
        : html`<p class="dim">${l10n.t('None.')}</p>`
    }
  </section>`;
}

const LOCK_STATES: Readonly<Record<LockView['state'], () => string>> = {
  held: () => '',
  taken: () => l10n.t('just taken'),
  released: () => l10n.t('just released'),
  awaited: () => l10n.t('waits'),
};

function lockLine({ name, which, mode, thread, state }: LockView): TemplateResult {
  const where = thread === 'scenario' ? '' : thread;
  const words = LOCK_STATES[state]();
  return html`<li class=${state}>
    ${icon(state === 'awaited' ? 'wait' : 'lock', 12)} <code>${name}</code> ${mode ? `(${mode})` : ''}
    ${which === undefined ? nothing : html`<span class="mono">${which.startsWith('0x') ? grouped(which) : which}</span>`}
    ${where ? html`<span class="thread">${where}</span>` : nothing}
    ${words ? html`<span class="state">${words}</span>` : nothing}
  </li>`;
}

function trees({ trees: both, gmaps, focus }: Picture): TemplateResult {
  const name = gmaps.find(({ slot }) => slot === focus.gmap)?.name;
  return html`<section class="card trees" aria-labelledby="trees-title">
    <h2 id="trees-title">
      ${l10n.t('radix trees')} ${name ? html`<span class="dim plain">${l10n.t('of gmap {0}', name)}</span>` : nothing}
    </h2>
    <div class="pair-of-trees">${both.map(tree)}</div>
  </section>`;
}

function tree({ name, total, rows }: TreeView): TemplateResult {
  return html`<div class="tree">
    <h3>
      <code>${name}</code>
      <span class="dim plain">${plural(total, l10n.t('1 segment'), l10n.t('{0} segments', thousands(total)))}</span>
    </h3>
    ${
      rows.length
        ? html`<ul class="mono">
            ${rows.map(
              ({ key, value, path, before, isNew }) =>
                html`<li class="${path ? 'path' : ''} ${before || isNew ? 'changed' : ''}">
                  <span>${grouped(key)}</span> →
                  <span>${grouped(value)}</span>${path ? html` <span aria-hidden="true">◂</span>` : nothing}
                  ${isNew ? html`<span class="change">${icon('delta', 10)} ${l10n.t('new')}</span>` : nothing}
                  ${before ? html`<span class="change">${icon('delta', 10)} ${l10n.t('was {0}', grouped(before))}</span>` : nothing}
                </li>`,
            )}
          </ul>`
        : html`<p class="dim">${l10n.t('empty')}</p>`
    }
    ${total > rows.length ? html`<p class="dim">${l10n.t('and {0} more', thousands(total - rows.length))}</p>` : nothing}
  </div>`;
}
