/** What a screen reader says when the debugger stands somewhere new. */
import type { Picture } from '../debug/picture/model.js';
import { plural, thousands } from './format.js';

const SPOKEN = 4;

export function announcement(
  { step, recorded, place, changes, moreChanges, notifiers }: Picture,
  calls: number,
): string {
  const where = place.function ?? place.statement?.text ?? '';
  const changed = changes
    .slice(0, SPOKEN)
    .map(
      ({ what, bits }) =>
        `${what}: ${bits.map(({ name, before, after }) => `${name} from ${before} to ${after}`).join(', ')}`,
    );
  const more = changes.length - changed.length + moreChanges;
  const told = notifiers.calls - calls;
  return [
    `Step ${thousands(step)} of ${thousands(recorded)}.`,
    where && `${where}: ${place.next}.`,
    place.outcome?.text && `${place.outcome.text}.`,
    changed.length
      ? `Changed: ${changed.join('; ')}${more > 0 ? `, and ${plural(more, 'more entry', 'more entries')}` : ''}.`
      : '',
    told > 0 ? `${plural(told, 'notifier call')}.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}
