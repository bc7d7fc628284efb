/** What a person writes to name a step. */
import type { PositionResponse } from '../debug/protocol.js';

/** The step that `120`, `4,312`, `+10` or `-10` means; undefined if there is no such step. */
export function targetStep(
  input: string,
  { step, recorded }: Pick<PositionResponse, 'step' | 'recorded'>,
): number | undefined {
  const match = /^\s*([+-]?)\s*(\d{1,3}(?:[,. _]\d{3})+|\d+)\s*$/.exec(input);
  if (!match) return undefined;
  const written = Number(match[2]!.replace(/\D/g, ''));
  const target = match[1] === '+' ? step + written : match[1] === '-' ? step - written : written;
  return target >= 0 && target <= recorded ? target : undefined;
}
