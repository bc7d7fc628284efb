/** The lines from the entry that was read to the table that it leads to: drawn over the tables, once these have their place. */
import { nothing, render, svg, type SVGTemplateResult } from 'lit-html';
import type { Picture, WalkView } from '../../debug/picture/model.js';

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Height of a table's title, at which lines arrive. */
const TITLE = 18;
const CORNER = 8;
/** How far outside a table a line turns into it. */
const GAP = 12;
/** How far from a table at the right a line may leave its height. */
const APPROACH = 42;

export function drawArrows(root: HTMLElement, picture: Picture | undefined): void {
  const layer = root.querySelector<SVGSVGElement>('svg.arrows');
  const section = layer?.parentElement;
  if (!layer || !section || !picture) return;
  const frame = section.getBoundingClientRect();
  const box = (element: Element | null): Box | undefined => {
    const r = element?.getBoundingClientRect();
    return r && r.width > 0
      ? { left: r.left - frame.left, right: r.right - frame.left, top: r.top - frame.top, bottom: r.bottom - frame.top }
      : undefined;
  };
  const node = (name: string): Element | null => section.querySelector(`[data-node="${name}"]`);
  const arrows = [
    ...(picture.guest ? walkArrows('guest', picture.guest, node, box, frame.width) : []),
    ...(picture.host ? walkArrows('host', picture.host, node, box, frame.width) : []),
  ];
  layer.setAttribute('viewBox', `0 0 ${frame.width} ${frame.height}`);
  layer.setAttribute('width', String(frame.width));
  layer.setAttribute('height', String(frame.height));
  // What the layer itself is made of stays; only its content is drawn here.
  render(svg`${arrows}`, layer);
}

function walkArrows(
  side: 'guest' | 'host',
  walk: WalkView,
  node: (name: string) => Element | null,
  box: (element: Element | null) => Box | undefined,
  edge: number,
): (SVGTemplateResult | typeof nothing)[] {
  const arrow = (from: Element | null, to: Element | null, ahead: boolean, shared: boolean) => {
    const [a, b] = [box(from), box(to)];
    return a && b ? line(a, b, edge, `${side} ${ahead ? 'ahead' : ''}`, shared && side === 'host') : nothing;
  };
  const first = arrow(node(`${side}-asce`), node(`${side}-0`), false, false);
  return [
    first,
    ...walk.tables.map((table, i) => {
      const last = i === walk.tables.length - 1;
      if (last && walk.end === 'invalid') return nothing;
      const path = table.rows.find((row) => row.kind === 'entry' && row.path);
      const ahead = path?.kind === 'entry' && (path.reach === 'ahead' || path.reach === 'next');
      const row = node(`${side}-${i}`)?.querySelector('.row.path') ?? null;
      return arrow(row, last ? node('page') : node(`${side}-${i + 1}`), ahead, last);
    }),
  ];
}

/** To the right into the title's height, or around a corner to a table above or below. */
function line(from: Box, to: Box, edge: number, className: string, low: boolean): SVGTemplateResult {
  const y = (from.top + from.bottom) / 2;
  let path: string;
  let head: string;
  if (to.left >= from.right - 1) {
    const end = low ? Math.max(to.top + TITLE, Math.min(y, to.bottom - TITLE)) : to.top + TITLE;
    // Straight on past everything that stands above, and only then up or down.
    const bend = Math.max(from.right, to.left - APPROACH);
    const half = (to.left - bend) / 2;
    path = `M${from.right} ${y} H${bend} C${bend + half} ${y} ${to.left - half - 6} ${end} ${to.left - 6} ${end}`;
    head = `M${to.left - 7} ${end - 4.5} L${to.left} ${end} L${to.left - 7} ${end + 4.5}z`;
  } else {
    // Out at the right side of the row, along the gap between the lines of tables, and into the table from there.
    const below = to.top >= from.bottom;
    const down = below ? 1 : -1;
    const end = below ? to.top : to.bottom;
    const gap = end - down * GAP;
    // What lies between is passed in the margin of the section.
    const out = below ? from.right + CORNER + 2 : edge + CORNER - 3;
    const x = Math.max(to.left + 30, Math.min(below ? out : to.right, to.right - 30));
    const turn = (a: number, b: number): string => `Q${a} ${b}`;
    const r = Math.min(CORNER, Math.abs(gap - y) / 2, Math.abs(out - x) / 2);
    const side = Math.sign(x - out);
    const along =
      side === 0
        ? ''
        : `V${gap - down * r} ${turn(out, gap)} ${out + side * r} ${gap} H${x - side * r} ${turn(x, gap)} ${x} ${gap + down * r}`;
    path = `M${from.right} ${y} H${out - CORNER} ${turn(out, y)} ${out} ${y + down * CORNER} ${along} V${end - down * 7}`;
    head = `M${x - 4.5} ${end - down * 7} L${x} ${end} L${x + 4.5} ${end - down * 7}z`;
  }
  return svg`<g class="arrow ${className}"><path class="shaft" d=${path}></path><path class="head" d=${head}></path></g>`;
}
