/** Keys, the pointer and the wheel on the time line. */
import type { Timeline } from '../../debug/timeline-model.js';
import type { Actions, Model } from '../model.js';
import { stepAt, type Scale } from './scale.js';

/** Moves through time by a key; true if it was one. */
export function timeKey(event: KeyboardEvent, model: Model, actions: Actions): boolean {
  const { timeline, picture, cursor } = model;
  if (!timeline || !picture || event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = keyTarget(event, model);
  if (target !== undefined) actions.moveTo(Math.max(0, Math.min(target, timeline.recorded)), !event.repeat);
  else if (!zoomKey(event.key, timeline, cursor, actions)) return false;
  event.preventDefault();
  return true;
}

function keyTarget({ key, shiftKey }: KeyboardEvent, { timeline, picture, cursor }: Model): number | undefined {
  const page = Math.max(1, Math.round((timeline!.to - timeline!.from) / 10));
  // Stops and statements are known around the picture; until it has followed the cursor, as the time line has them.
  const starts = timeline!.statements.map(({ from }) => from);
  const steps = {
    back: starts.findLast((start) => start < cursor) ?? 0,
    forward: starts.find((start) => start > cursor) ?? timeline!.recorded,
    previous: cursor - 1,
    following: cursor + 1,
  };
  const { back, forward, previous, following } = picture!.step === cursor ? picture!.place : steps;
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return shiftKey ? back : previous;
    case 'ArrowRight':
    case 'ArrowUp':
      return shiftKey ? forward : following;
    case 'PageDown':
      return cursor - page;
    case 'PageUp':
      return cursor + page;
    case 'Home':
      return 0;
    case 'End':
      return timeline!.recorded;
    default:
      return undefined;
  }
}

function zoomKey(key: string, timeline: Timeline, cursor: number, actions: Actions): boolean {
  const factor = { '+': 1 / 3, '=': 1 / 3, '-': 3, _: 3, '0': Infinity }[key];
  if (factor === undefined) return false;
  if (factor === Infinity) actions.look(0, timeline.recorded);
  else zoomed(timeline, cursor, factor, actions);
  return true;
}

/** Shows more or less of the run around a step. */
export function zoomed({ from, to, recorded }: Timeline, around: number, factor: number, actions: Actions): void {
  const span = Math.min(recorded, Math.max(10, Math.round((to - from) * factor)));
  const share = Math.min(1, Math.max(0, (around - from) / (to - from)));
  const start = Math.max(0, Math.min(Math.round(around - span * share), recorded - span));
  actions.look(start, Math.min(recorded, start + span));
}

/** Drags the cursor; pressed on a mark, it goes to exactly that step. */
export function timePointer(event: PointerEvent, scale: Scale, actions: Actions): void {
  if (event.button !== 0) return;
  const plot = event.currentTarget as HTMLElement;
  const box = plot.getBoundingClientRect();
  const at = ({ clientX }: PointerEvent): number => stepAt(scale, clientX - box.left);
  const mark = event.target instanceof Element ? event.target.closest<SVGGElement>('[data-step]') : null;
  if (mark) {
    actions.moveTo(Number(mark.dataset['step']), true);
    return;
  }
  let step = at(event);
  actions.moveTo(step, false);
  plot.setPointerCapture(event.pointerId);
  const move = (next: PointerEvent): void => {
    if (at(next) === step) return;
    step = at(next);
    actions.moveTo(step, false);
  };
  const end = (): void => {
    plot.removeEventListener('pointermove', move);
    plot.removeEventListener('pointerup', end);
    plot.removeEventListener('pointercancel', end);
    actions.moveTo(step, true);
  };
  plot.addEventListener('pointermove', move);
  plot.addEventListener('pointerup', end);
  plot.addEventListener('pointercancel', end);
}

/** Ctrl and the wheel zoom at the pointer, sideways it moves the part that is shown. */
export function timeWheel(event: WheelEvent, timeline: Timeline, scale: Scale, actions: Actions): void {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  if (event.ctrlKey) {
    event.preventDefault();
    zoomed(timeline, stepAt(scale, event.clientX - box.left), event.deltaY > 0 ? 1.25 : 0.8, actions);
  } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    event.preventDefault();
    const { from, to, recorded } = timeline;
    const by = Math.round((event.deltaX / scale.width) * (to - from)) || Math.sign(event.deltaX);
    const start = Math.max(0, Math.min(from + by, recorded - (to - from)));
    actions.look(start, start + to - from);
  }
}
