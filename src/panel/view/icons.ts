/** Small marks that go with the text's colour. */
import { svg, type SVGTemplateResult } from 'lit-html';

const PATHS = {
  retry: 'M8 3a5 5 0 1 0 4.6 3M8 0.6 11 3 8 5.4z',
  notify: 'M8 2 14.5 13.5H1.5z',
  pass: 'M2.5 8.5 6.5 12.5 13.5 4',
  fail: 'M3 3 13 13M13 3 3 13',
  bug: 'M8 1 15 8 8 15 1 8zM8 5V9M8 11V12',
  edit: 'M2.5 13.5 3.5 10 11 2.5 13.5 5 6 12.5z',
  past: 'M2 8a6 6 0 1 0 2-4.5M2 1.5V4.8H5.3M8 4.5V8.2L10.5 10',
  delta: 'M8 3 14 13H2z',
  bell: 'M3 12H13C12 11 11.8 9.5 11.8 7.5A3.8 3.8 0 0 0 4.2 7.5C4.2 9.5 4 11 3 12zM6.7 14H9.3',
  lock: 'M3.5 7.5H12.5V14H3.5zM5.5 7V5A2.5 2.5 0 0 1 10.5 5V7',
  wait: 'M4 2H12M4 14H12M5 2C5 6 11 10 11 14M11 2C11 6 5 10 5 14',
} as const;

export type IconName = keyof typeof PATHS;
const FILLED: ReadonlySet<IconName> = new Set(['notify', 'delta']);

/** Decoration: what it says must be said in words beside it. */
export function icon(name: IconName, size = 14): SVGTemplateResult {
  return svg`<svg class="icon ${FILLED.has(name) ? 'filled' : ''}" width=${size} height=${size} viewBox="0 0 16 16"
    aria-hidden="true"><path d=${PATHS[name]}></path></svg>`;
}

/** The same inside a drawing, its middle at a point. */
export function glyph(name: IconName, x: number, y: number, size = 12): SVGTemplateResult {
  const scale = size / 16;
  return svg`<g class="icon ${FILLED.has(name) ? 'filled' : ''}"
    transform="translate(${x - size / 2} ${y - size / 2}) scale(${scale})"><path d=${PATHS[name]}></path></g>`;
}
