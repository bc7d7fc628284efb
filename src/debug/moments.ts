/** Moments as text: to copy, and to come back to, in another session too if the scenario is the same. */
import { ErrorId, RequestError } from './errors.js';
import type { Target } from './target.js';

/** `gmap:4f1a09c2#120 reclaim`: which run, which step, and for people which scenario. */
export function momentText(target: Target, position = target.position): string {
  return `gmap:${runHash(target)}#${position} ${target.scenario.name}`;
}

const MOMENT = /^gmap:([0-9a-f]{8})#(\d+)\b\s*(.*)$/s;

export const isMoment = (text: string): boolean => MOMENT.test(text.trim());

/**
 * The step that a text means.
 * @throws RequestError if it is about another scenario, or another state of its file
 */
export function parseMoment(target: Target, text: string): number {
  const [, hash, step, name] = MOMENT.exec(text.trim()) ?? [];
  if (hash === undefined) throw new RequestError(ErrorId.Expression, `'${text}' is no moment`);
  if (hash !== runHash(target)) {
    const other = name && name !== target.scenario.name ? `scenario "${name}"` : 'another state of this scenario';
    const why = `the moment belongs to ${other}: its steps are not these`;
    throw new RequestError(ErrorId.Value, why);
  }
  return Number(step);
}

/** Everything that decides how the run goes, in 32 bits (FNV-1a). */
function runHash({ text, scenario, recording, interventions }: Target): string {
  const done = interventions.map((i) => {
    if (i.kind === 'edit') return [i.at, ...i.words.map((w) => [w.address, String(w.value)])];
    if (i.kind === 'turn') return [i.at, i.thread, i.until];
    return i.kind === 'terminate' ? [i.at, i.kind, i.thread] : [i.at, i.text];
  });
  const all = [text, scenario.name, recording.generation, JSON.stringify(done)].join('\0');
  let hash = 0x811c9dc5;
  for (let i = 0; i < all.length; i++) {
    hash ^= all.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
