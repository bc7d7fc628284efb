/** What a screen reader says when the debugger stands somewhere new. */
import * as l10n from './l10n.js';
import type { Picture } from '../debug/picture/model.js';
import { moreEntries, plural, thousands } from './format.js';

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
        `${what}: ${bits.map(({ name, before, after }) => l10n.t('{0} from {1} to {2}', name, before, after)).join(', ')}`,
    );
  const more = changes.length - changed.length + moreChanges;
  const told = notifiers.calls - calls;
  return [
    l10n.t('Step {0} of {1}.', thousands(step), thousands(recorded)),
    where && `${where}: ${place.next}.`,
    place.outcome?.text && `${place.outcome.text}.`,
    changed.length
      ? l10n.t('Changed: {0}.', [changed.join('; '), ...(more > 0 ? [moreEntries(more)] : [])].join(', '))
      : '',
    told > 0 ? plural(told, l10n.t('1 notifier call.'), l10n.t('{0} notifier calls.', thousands(told))) : '',
  ]
    .filter(Boolean)
    .join(' ');
}
