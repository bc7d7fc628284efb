/** Bars of the time line: statements, calls as they nest, and a lane for each thread with its locks. */
import * as l10n from '../l10n.js';
import { nothing, svg, type SVGTemplateResult } from 'lit-html';
import type { Bar, CallBar, Lane } from '../../debug/timeline-model.js';
import { xOf, type Scale } from './scale.js';

interface Drawn {
  readonly drawn: SVGTemplateResult;
  readonly height: number;
}

const STATEMENT = 18;
const CALL = 13;
const RUN = 10;
const LOCK = 12;
const LOCK_ROWS = 4;
/** Width of a letter of the bars' small text. */
const LETTER = 6.2;

const name = (text: string, y: number, className = 'lane-name'): SVGTemplateResult =>
  svg`<text class=${className} x="0" y=${y}>${text}</text>`;

/** One bar, with as much of its text as it can hold. */
function bar(one: Bar, scale: Scale, y: number, height: number, className: string): SVGTemplateResult {
  const left = Math.max(scale.left, xOf(scale, one.from));
  const right = Math.min(scale.left + scale.width, xOf(scale, one.to));
  const width = Math.max(1.5, right - left - 1);
  const letters = Math.floor((width - 6) / LETTER);
  const text = one.text.length <= letters ? one.text : letters >= 4 ? `${one.text.slice(0, letters - 1)}…` : '';
  const steps = l10n.t('steps {0} to {1}', one.from, one.to - 1);
  return svg`<g class="bar ${className} ${one.count > 1 ? 'many' : ''}">
    <rect x=${left} y=${y} width=${width} height=${height} rx="2.5"></rect>
    ${text && height >= 9 ? svg`<text x=${left + 4} y=${y + height / 2 + Math.min(3.6, height * 0.33)}>${text}</text>` : nothing}
    <title>${one.text} · ${steps}</title>
  </g>`;
}

export function barLane(label: string, bars: readonly Bar[], scale: Scale, top: number, cursor: number): Drawn {
  const here = (one: Bar): string => (cursor >= one.from && cursor < one.to ? 'statement here' : 'statement');
  return {
    drawn: svg`${name(label, top + 13)} ${bars.map((one) => bar(one, scale, top, STATEMENT, here(one)))}`,
    height: STATEMENT + 6,
  };
}

export function callLane(calls: readonly CallBar[], depths: number, scale: Scale, top: number): Drawn {
  return {
    drawn: svg`${name(l10n.t('calls'), top + 11)}
      ${calls.map((one) => bar(one, scale, top + one.depth * CALL, CALL - 1, `call depth-${one.depth % 3}`))}`,
    height: Math.max(1, depths) * CALL + 6,
  };
}

/** Threads: when each runs and what, the locks that it holds, and where it waits for one. */
export function threadLanes(lanes: readonly Lane[], scale: Scale, top: number): Drawn {
  let y = top;
  const drawn = lanes.map((lane) => {
    const deepest = (bars: readonly CallBar[]): number => Math.max(0, ...bars.map(({ depth }) => depth + 1));
    const rows = Math.min(LOCK_ROWS, deepest(lane.locks));
    const runs = y + STATEMENT + 5;
    const calls = runs + RUN;
    const locks = calls + deepest(lane.calls) * CALL + 1;
    const part = svg`<line class="lane-line" x1="0" x2=${scale.left + scale.width} y1=${y} y2=${y}></line>
      ${name(lane.thread, y + 16, 'lane-name thread-name')}
      ${rows > 0 ? name(l10n.t('locks'), locks + 9) : nothing}
      ${lane.statements.map((one) => bar(one, scale, y + 4, STATEMENT, 'thread-statement'))}
      ${lane.runs.map((one) => bar({ ...one, text: l10n.t('runs') }, scale, runs, RUN - 4, 'run'))}
      ${lane.waits.map((one) => bar({ ...one, text: l10n.t('waits for {0}', one.text) }, scale, runs, RUN - 1, 'wait'))}
      ${lane.calls.map((one) => bar(one, scale, calls + one.depth * CALL, CALL - 1, `call depth-${one.depth % 3}`))}
      ${lane.locks
        .filter(({ depth }) => depth < LOCK_ROWS)
        .map((one) => bar(one, scale, locks + one.depth * LOCK, LOCK - 1.5, 'lock'))}`;
    y = locks + rows * LOCK + 5;
    return part;
  });
  return { drawn: svg`${drawn}`, height: y - top };
}
