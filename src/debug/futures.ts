/** Another run of the same scenario takes the place of the one that was looked at. */
import type { Core } from './core.js';
import { plural } from './nodes/node.js';
import type { Target } from './target.js';

/** The new run stands where its cursor stands; views that show the old one are told. */
export function takeOver(core: Core, switchTo: (target: Target) => void, again: Target): void {
  core.target = again;
  core.breakpoints.resolve(again);
  switchTo(again);
  core.stop = { reason: 'goto', task: core.task, hits: [] };
  if (core.client.supportsInvalidatedEvent) core.send('invalidated', { areas: ['all'] });
  core.memoryChanged();
}

/** What another future costs, to be said behind what began it: nothing where nothing had followed. */
export const discarded = (steps: number): string =>
  steps > 0 ? `; what followed is discarded (${plural(steps, 'step')})` : '';
