/** What stands beside the walks: what changed, locks, notifiers, radix trees. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { ChangeView, LockView, NotifiersView, Picture, TreeView } from '../../debug/picture/model.js';
import { addressRange, grouped, plural, thousands } from '../format.js';
import type { Actions } from '../model.js';
import { icon } from './icons.js';

export function cards(picture: Picture, actions: Actions): TemplateResult {
  return html`<div class="cards">
    ${changes(picture, actions)} ${notifiers(picture.notifiers, actions)} ${locks(picture)} ${trees(picture)}
  </div>`;
}

function changes({ changes: list, moreChanges, since, step }: Picture, actions: Actions): TemplateResult {
  const back = since > step;
  const nothingChanged = since === step ? 'Nothing: this is where the debugger stood.' : 'No table entry.';
  return html`<section class="card changes" aria-labelledby="changes-title">
    <h2 id="changes-title">
      changed <span class="dim plain">${back ? 'on the way back from' : 'since'} step ${thousands(since)}</span>
    </h2>
    ${
      list.length
        ? html`<ul>
            ${list.map((change) => html`<li>${changeLine(change, actions)}</li>`)}
          </ul>`
        : html`<p class="dim">${nothingChanged}</p>`
    }
    ${moreChanges ? html`<p class="dim">and ${plural(moreChanges, 'more entry', 'more entries')}</p>` : nothing}
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
            >${change.function ? html`by <code>${change.function}</code>` : nothing}
            ${stepButton(step, actions, `step ${thousands(step)}`)}</span
          >`
    }`;
}

const short = (value: string): string => (value.length > 6 ? grouped(value) : value);

export function stepButton(step: number, actions: Actions, text: string, hint = `Go to step ${step}`): TemplateResult {
  return html`<button class="link" title=${hint} @click=${() => actions.moveTo(step, true)}>${text}</button>`;
}

function notifiers(view: NotifiersView, actions: Actions): TemplateResult {
  const { registered, armed, armedPages, calls, last } = view;
  return html`<section class="card notifiers" aria-labelledby="notifiers-title">
    <h2 id="notifiers-title">notifiers</h2>
    <p>
      ${
        registered.length
          ? registered.map(
              ({ name, calls: n }) =>
                html`<span class="pill">${name} <span class="dim">${plural(n, 'call')}</span></span> `,
            )
          : html`<span class="dim">None is registered.</span>`
      }
    </p>
    ${
      armed.length
        ? html`<p class="armed">${icon('bell', 12)} armed on ${plural(armedPages, 'page')}</p>
            <ul class="ranges mono">
              ${armed
                .slice(0, 6)
                .map(
                  ({ gmap, start, end, pages }) =>
                    html`<li>
                      ${gmap ?? 'host'} ${addressRange(start, end)} <span class="dim">${plural(pages, 'page')}</span>
                    </li>`,
                )}
            </ul>
            ${armed.length > 6 ? html`<p class="dim">and ${plural(armed.length - 6, 'more range')}</p>` : nothing}`
        : html`<p class="dim">No page is armed: no PGSTE has IN.</p>`
    }
    ${
      last
        ? html`<p>
            ${icon('notify', 11)} ${plural(calls, 'call')} so far, the last
            ${stepButton(last.step, actions, `at step ${thousands(last.step)}`)}: ${last.notifier}
            <span class="mono">${last.gmap} ${addressRange(last.start, last.end)}</span
            ><span class="dim">, by ${last.cause}${last.line === undefined ? '' : ` (line ${last.line})`}</span>
          </p>`
        : html`<p class="dim">No notifier was called so far.</p>`
    }
  </section>`;
}

function locks({ locks: all }: Picture): TemplateResult {
  return html`<section class="card locks" aria-labelledby="locks-title">
    <h2 id="locks-title">locks held</h2>
    ${
      all.length
        ? html`<ul>
            ${all.map(lockLine)}
          </ul>`
        : html`<p class="dim">None.</p>`
    }
  </section>`;
}

const LOCK_STATES: Readonly<Record<LockView['state'], string>> = {
  held: '',
  taken: 'just taken',
  released: 'just released',
  awaited: 'waits',
};

function lockLine({ name, which, mode, thread, state }: LockView): TemplateResult {
  const where = thread === 'scenario' ? '' : thread;
  return html`<li class=${state}>
    ${icon(state === 'awaited' ? 'wait' : 'lock', 12)} <code>${name}</code> ${mode ? `(${mode})` : ''}
    ${which === undefined ? nothing : html`<span class="mono">${which.startsWith('0x') ? grouped(which) : which}</span>`}
    ${where ? html`<span class="thread">${where}</span>` : nothing}
    ${LOCK_STATES[state] ? html`<span class="state">${LOCK_STATES[state]}</span>` : nothing}
  </li>`;
}

function trees({ trees: both, gmaps, focus }: Picture): TemplateResult {
  const name = gmaps.find(({ slot }) => slot === focus.gmap)?.name;
  return html`<section class="card trees" aria-labelledby="trees-title">
    <h2 id="trees-title">radix trees ${name ? html`<span class="dim plain">of gmap ${name}</span>` : nothing}</h2>
    <div class="pair-of-trees">${both.map(tree)}</div>
  </section>`;
}

function tree({ name, total, rows }: TreeView): TemplateResult {
  return html`<div class="tree">
    <h3><code>${name}</code> <span class="dim plain">${plural(total, 'segment')}</span></h3>
    ${
      rows.length
        ? html`<ul class="mono">
            ${rows.map(
              ({ key, value, path, before, isNew }) =>
                html`<li class="${path ? 'path' : ''} ${before || isNew ? 'changed' : ''}">
                  <span>${grouped(key)}</span> →
                  <span>${grouped(value)}</span>${path ? html` <span aria-hidden="true">◂</span>` : nothing}
                  ${isNew ? html`<span class="change">${icon('delta', 10)} new</span>` : nothing}
                  ${before ? html`<span class="change">${icon('delta', 10)} was ${grouped(before)}</span>` : nothing}
                </li>`,
            )}
          </ul>`
        : html`<p class="dim">empty</p>`
    }
    ${total > rows.length ? html`<p class="dim">and ${thousands(total - rows.length)} more</p>` : nothing}
  </div>`;
}
