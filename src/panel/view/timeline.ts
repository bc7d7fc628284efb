/** The run as lanes over time, with the cursor in it: a slider for the keyboard, the pointer and a screen reader. */
import * as l10n from '../l10n.js';
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit-html';
import type { Mark, Timeline } from '../../debug/timeline-model.js';
import { plural, thousands } from '../format.js';
import type { Actions, Model } from '../model.js';
import { stepButton } from './cards.js';
import { glyph, icon, type IconName } from './icons.js';
import { barLane, callLane, threadLanes } from './lanes.js';
import { scaleOf, ticks, xOf, type Scale } from './scale.js';
import { timeKey, timePointer, timeWheel, zoomed } from './time-input.js';

const MARKS: Readonly<Record<Mark['kind'], { icon: IconName; lane: number; word: () => string }>> = {
  retry: { icon: 'retry', lane: 0, word: () => l10n.t('retry') },
  notify: { icon: 'notify', lane: 1, word: () => l10n.t('notifier call') },
  pass: { icon: 'pass', lane: 2, word: () => l10n.t('expectation holds') },
  fail: { icon: 'fail', lane: 2, word: () => l10n.t('expectation fails') },
  bug: { icon: 'bug', lane: 2, word: () => l10n.t('the kernel crashes') },
  edit: { icon: 'edit', lane: 2, word: () => l10n.t('changed by hand') },
};
const markLaneNames = (): string[] => [l10n.t('retries'), l10n.t('notifier calls'), l10n.t('expectations')];
const MARK_HEIGHT = 17;

export function timelineView(model: Model, actions: Actions): TemplateResult | typeof nothing {
  const { timeline, picture, cursor, width } = model;
  if (!timeline || !picture) return nothing;
  const scale = scaleOf(timeline, width);
  const { recorded } = timeline;
  const whole = timeline.from === 0 && timeline.to === recorded;
  const at = model.cursor === picture.step ? `${picture.place.function ?? ''} ${picture.place.next}` : '';
  const said = [l10n.t('step {0} of {1}', cursor, recorded), ...(at.trim() ? [at.trim()] : [])].join(': ');
  const zoom = (factor: number): void => zoomed(timeline, cursor, factor, actions);
  return html`<section class="timeline" aria-labelledby="time-title">
    <div class="time-head">
      <h2 id="time-title">${l10n.t('time')}</h2>
      <span class="dim hint" id="time-hint"
        >${l10n.t('drag, or ← → a step, ⇧← ⇧→ a statement, Home End, + − zoom')}</span
      >
      <span class="tools" role="group" aria-label=${l10n.t('Zoom')}>
        <button aria-label=${l10n.t('Zoom out')} ?disabled=${whole} @click=${() => zoom(3)}>−</button>
        <button
          aria-label=${l10n.t('Zoom in')}
          ?disabled=${timeline.to - timeline.from <= 10}
          @click=${() => zoom(1 / 3)}
        >
          +
        </button>
        <button ?disabled=${whole} @click=${() => actions.look(0, recorded)}>${l10n.t('All')}</button>
      </span>
    </div>
    <div
      class="plot"
      role="slider"
      tabindex="0"
      aria-label=${l10n.t('Time')}
      aria-describedby="time-hint"
      aria-orientation="horizontal"
      aria-valuemin="0"
      aria-valuemax=${recorded}
      aria-valuenow=${Math.min(cursor, recorded)}
      aria-valuetext=${said}
      @keydown=${(event: KeyboardEvent) => timeKey(event, model, actions)}
      @pointerdown=${(event: PointerEvent) => timePointer(event, scale, actions)}
      @wheel=${(event: WheelEvent) => timeWheel(event, timeline, scale, actions)}
    >
      ${drawing(model, timeline, scale)}
    </div>
    ${events(timeline, actions)}
  </section>`;
}

function drawing(model: Model, timeline: Timeline, scale: Scale): TemplateResult {
  const { cursor, width } = model;
  const parts: SVGTemplateResult[] = [];
  let y = 20;
  const add = (part: { drawn: SVGTemplateResult; height: number }): void => {
    parts.push(part.drawn);
    y += part.height;
  };
  add(barLane(l10n.t('statements'), timeline.statements, scale, y, cursor));
  add(callLane(timeline.calls, timeline.depths, scale, y));
  add(markLanes(timeline.marks, scale, y));
  add(threadLanes(timeline.lanes, scale, y));
  const height = y + 6;
  return html`<svg class="lanes" aria-hidden="true" width=${width} height=${height} viewBox="0 0 ${width} ${height}">
    <defs>
      <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line class="hatch-line" x1="0" y1="0" x2="0" y2="6"></line>
      </pattern>
    </defs>
    ${ground(timeline, scale, height)} ${parts} ${reached(model, scale, height)} ${playhead(cursor, scale, height)}
  </svg>`;
}

/** Ticks, the set-up before the scenario, and what has not run yet. */
function ground({ from, to, start, ended, recorded }: Timeline, scale: Scale, height: number): SVGTemplateResult {
  const right = scale.left + scale.width;
  const setUp = xOf(scale, Math.min(to, start));
  return svg`
    ${start > from ? svg`<rect class="set-up" x=${scale.left} y="16" width=${setUp - scale.left} height=${height - 18}><title>${l10n.t('set-up of the file')}</title></rect>` : nothing}
    ${ticks(scale).map((step) => {
      const x = xOf(scale, step);
      return svg`<line class="tick" x1=${x} x2=${x} y1="14" y2=${height - 2}></line>
        <text class="tick-text" x=${x} y="11" text-anchor=${x > right - 20 ? 'end' : 'middle'}>${thousands(step)}</text>`;
    })}
    ${!ended && to === recorded ? svg`<rect class="not-run" x=${right} y="16" width="20" height=${height - 18}><title>${l10n.t('not run yet')}</title></rect>` : nothing}`;
}

function markLanes(marks: readonly Mark[], scale: Scale, top: number): { drawn: SVGTemplateResult; height: number } {
  const drawn = svg`${markLaneNames().map(
    (name, i) => svg`<text class="lane-name" x="0" y=${top + i * MARK_HEIGHT + 12}>${name}</text>`,
  )}
  ${marks.map((mark) => {
    const { icon: name, lane } = MARKS[mark.kind];
    const x = xOf(scale, mark.step + 0.5);
    const y = top + lane * MARK_HEIGHT + MARK_HEIGHT / 2;
    return svg`<g class="mark ${mark.kind}" data-step=${mark.step}>
      <rect class="hit" x=${x - 7} y=${y - 8} width="14" height="16"></rect>
      ${glyph(name, x, y, mark.kind === 'pass' ? 9 : 12)}
      ${mark.count > 1 ? svg`<text class="count" x=${x + 7} y=${y + 4}>${mark.count}</text>` : nothing}
      <title>${markTitle(mark)}: ${mark.text}</title>
    </g>`;
  })}`;
  return { drawn, height: 3 * MARK_HEIGHT + 4 };
}

function markTitle({ kind, step, count }: Mark): string {
  const word = MARKS[kind].word();
  return count > 1
    ? l10n.t('{0} at step {1} and {2} more', word, step, count - 1)
    : l10n.t('{0} at step {1}', word, step);
}

/** How far the debugger has been, while it stands before that. */
function reached({ cursor, picture }: Model, scale: Scale, height: number): SVGTemplateResult | typeof nothing {
  const { furthest } = picture!;
  if (furthest <= cursor || furthest < scale.from || furthest > scale.to) return nothing;
  const x = xOf(scale, furthest);
  return svg`<line class="reached" x1=${x} x2=${x} y1="14" y2=${height - 2}><title>${l10n.t('the debugger has been here')}</title></line>`;
}

function playhead(cursor: number, scale: Scale, height: number): SVGTemplateResult | typeof nothing {
  if (cursor < scale.from || cursor > scale.to) return nothing;
  const x = xOf(scale, cursor);
  const text = thousands(cursor);
  const half = text.length * 3.6 + 6;
  const middle = Math.max(half, Math.min(x, scale.left + scale.width + 22 - half));
  return svg`<g class="playhead">
    <rect class="future" x=${x} y="16" width=${Math.max(0, scale.left + scale.width - x)} height=${height - 18}></rect>
    <line x1=${x} x2=${x} y1="14" y2=${height - 2}></line>
    <rect class="handle" x=${middle - half} y="0" width=${2 * half} height="15" rx="4"></rect>
    <text x=${middle} y="11" text-anchor="middle">${text}</text>
  </g>`;
}

/** The marks as a list: what the lanes show, for the keyboard and a screen reader. */
function events({ marks }: Timeline, actions: Actions): TemplateResult | typeof nothing {
  const telling = marks.filter(({ kind }) => kind !== 'pass').sort((a, b) => a.step - b.step);
  if (telling.length === 0) return nothing;
  return html`<details class="events">
    <summary>
      ${plural(
        telling.length,
        l10n.t('1 event on this part of the run'),
        l10n.t('{0} events on this part of the run', thousands(telling.length)),
      )}
    </summary>
    <ul>
      ${telling.slice(0, 200).map(
        ({ kind, step, count, text }) =>
          html`<li class=${kind}>
            ${icon(MARKS[kind].icon, 11)} ${stepButton(step, actions, l10n.t('step {0}', thousands(step)))}
            ${count > 1 ? l10n.t('{0} ({1} close together)', MARKS[kind].word(), count) : MARKS[kind].word()}:
            <span class="mono">${text}</span>
          </li>`,
      )}
    </ul>
  </details>`;
}
