/**
 * The panel as one SVG: what stands on the screen, in the colours that it has there. Boxes become rectangles, texts become
 * texts at their places, drawings are taken over with the styles that were computed for them.
 */
const NS = 'http://www.w3.org/2000/svg';
const PRESENTATION = [
  'fill', 'fill-opacity', 'stroke', 'stroke-opacity', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin', 'opacity',
  'font-family', 'font-size', 'font-weight', 'text-anchor',
] as const; // prettier-ignore

interface Origin {
  readonly x: number;
  readonly y: number;
}

export function toSvg(root: HTMLElement, title: string): string {
  // What sticks to the window on the screen stands at its place in the picture.
  root.classList.add('whole');
  try {
    return draw(root, title);
  } finally {
    root.classList.remove('whole');
  }
}

function draw(root: HTMLElement, title: string): string {
  const frame = root.getBoundingClientRect();
  const origin = { x: frame.left, y: frame.top };
  const [width, height] = [Math.ceil(frame.width), Math.ceil(frame.height)];
  const out = document.createElementNS(NS, 'svg');
  for (const [name, value] of Object.entries({ xmlns: NS, width, height, viewBox: `0 0 ${width} ${height}` })) {
    out.setAttribute(name, String(value));
  }
  const words = document.createElementNS(NS, 'title');
  words.textContent = title;
  const ground = rectangle(0, 0, width, height);
  ground.setAttribute('fill', getComputedStyle(document.body).backgroundColor);
  out.append(words, ground);
  addChildren(out, root, origin);
  return new XMLSerializer().serializeToString(out);
}

function addChildren(out: Element, parent: Node, origin: Origin): void {
  for (const child of parent.childNodes) {
    if (child instanceof Text) addText(out, child, origin);
    else if (child instanceof SVGSVGElement) addDrawing(out, child, origin);
    else if (child instanceof HTMLElement) addElement(out, child, origin);
  }
}

/** What must not be in a picture: buttons of the panel, and what only a screen reader says. */
const isLeftOut = (element: HTMLElement): boolean =>
  element.matches(
    '.reader, .tools, .quiet, .hint, .selection button:not(.moment-button), form button, details:not([open])',
  );

function addElement(out: Element, element: HTMLElement, origin: Origin): void {
  if (isLeftOut(element)) return;
  const style = getComputedStyle(element);
  if (style.display === 'none' || style.visibility === 'hidden') return;
  addBox(out, element, style, origin);
  if (element instanceof HTMLInputElement || element instanceof HTMLSelectElement) {
    const value = element instanceof HTMLSelectElement ? (element.selectedOptions[0]?.text ?? '') : element.value;
    const box = element.getBoundingClientRect();
    addLine(out, value, style, box.left - origin.x + 7, box.top + box.height / 2 - origin.y, undefined);
    return;
  }
  addChildren(out, element, origin);
}

function addBox(out: Element, element: HTMLElement, style: CSSStyleDeclaration, origin: Origin): void {
  const box = element.getBoundingClientRect();
  if (box.width === 0 || box.height === 0) return;
  const [x, y] = [box.left - origin.x, box.top - origin.y];
  const sides = ['Top', 'Right', 'Bottom', 'Left'] as const;
  const widths = sides.map((side) => parseFloat(style[`border${side}Width`]));
  const isVisible = (color: string): boolean => color !== 'transparent' && !/,\s*0\)$|\/\s*0\)$/.test(color);
  const all = widths.every((width) => width > 0) && isVisible(style.borderBottomColor);
  if (isVisible(style.backgroundColor) || all) {
    const inset = all ? widths[2]! / 2 : 0;
    const rect = rectangle(x + inset, y + inset, box.width - 2 * inset, box.height - 2 * inset);
    rect.setAttribute('rx', String(parseFloat(style.borderTopLeftRadius) || 0));
    rect.setAttribute('fill', isVisible(style.backgroundColor) ? style.backgroundColor : 'none');
    if (all) {
      rect.setAttribute('stroke', style.borderBottomColor);
      rect.setAttribute('stroke-width', String(widths[2]));
      if (style.borderBottomStyle === 'dashed') rect.setAttribute('stroke-dasharray', '4 3');
    }
    out.append(rect);
  }
  const rest = all && style.borderTopColor !== style.borderBottomColor ? ['Top'] : all ? [] : sides;
  for (const [i, side] of sides.entries()) {
    const width = widths[i]!;
    if (!rest.includes(side) || width === 0 || !isVisible(style[`border${side}Color`])) continue;
    const line =
      side === 'Top' || side === 'Bottom'
        ? rectangle(x, side === 'Top' ? y : y + box.height - width, box.width, width)
        : rectangle(side === 'Left' ? x : x + box.width - width, y, width, box.height);
    line.setAttribute('fill', style[`border${side}Color`]);
    out.append(line);
  }
}

/** A text, line by line as it was broken. */
function addText(out: Element, node: Text, origin: Origin): void {
  const text = node.data;
  if (!text.trim() || !node.parentElement) return;
  const style = getComputedStyle(node.parentElement);
  const range = document.createRange();
  let start = 0;
  let last: DOMRect | undefined;
  const flush = (end: number): void => {
    const part = text.slice(start, end);
    const words = part.trim().replace(/\s+/g, ' ');
    if (!last || !words) return;
    range.setStart(node, start + part.length - part.trimStart().length);
    range.setEnd(node, start + part.trimEnd().length);
    const box = range.getBoundingClientRect();
    if (box.width > 0) addLine(out, words, style, box.left - origin.x, box.top + box.height / 2 - origin.y, box.width);
  };
  for (let i = 0; i < text.length; i++) {
    range.setStart(node, i);
    range.setEnd(node, i + 1);
    const box = range.getBoundingClientRect();
    if (box.width === 0) continue;
    if (last && box.top >= last.bottom - 1) {
      flush(i);
      start = i;
    }
    last = box;
  }
  flush(text.length);
}

function addLine(
  out: Element,
  text: string,
  style: CSSStyleDeclaration,
  x: number,
  middle: number,
  width?: number,
): void {
  const line = document.createElementNS(NS, 'text');
  const size = parseFloat(style.fontSize);
  const shown = style.textTransform === 'uppercase' ? text.toUpperCase() : text;
  const attributes: Record<string, string | number> = {
    x: round(x),
    y: round(middle + size * 0.35),
    fill: style.color,
    'font-family': style.fontFamily,
    'font-size': size,
    'font-weight': style.fontWeight,
    ...(width !== undefined && { textLength: round(width), lengthAdjust: 'spacingAndGlyphs' }),
    ...(style.textDecorationLine.includes('line-through') && { 'text-decoration': 'line-through' }),
  };
  for (const [name, value] of Object.entries(attributes)) line.setAttribute(name, String(value));
  line.textContent = shown;
  out.append(line);
}

function addDrawing(out: Element, drawing: SVGSVGElement, origin: Origin): void {
  const box = drawing.getBoundingClientRect();
  if (box.width === 0 || box.height === 0) return;
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const [originals, copies] = [drawing, copy].map((one) => [one, ...one.querySelectorAll('*')]);
  for (const [i, element] of originals!.entries()) {
    const style = getComputedStyle(element);
    for (const name of PRESENTATION) copies![i]!.setAttribute(name, style.getPropertyValue(name));
    copies![i]!.removeAttribute('class');
  }
  copy.setAttribute('x', String(round(box.left - origin.x)));
  copy.setAttribute('y', String(round(box.top - origin.y)));
  copy.setAttribute('width', String(box.width));
  copy.setAttribute('height', String(box.height));
  copy.removeAttribute('aria-hidden');
  for (const comment of commentsIn(copy)) comment.remove();
  out.append(copy);
}

function commentsIn(root: Node): ChildNode[] {
  const found: ChildNode[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  while (walker.nextNode()) found.push(walker.currentNode as ChildNode);
  return found;
}

function rectangle(x: number, y: number, width: number, height: number): SVGRectElement {
  const rect = document.createElementNS(NS, 'rect');
  for (const [name, value] of Object.entries({ x, y, width, height })) rect.setAttribute(name, String(round(value)));
  return rect;
}

const round = (n: number): number => Math.round(n * 100) / 100;
