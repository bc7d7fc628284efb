/** Places in storage that expressions mean. */
import { dataOf } from '../data-id.js';
import { ErrorId, RequestError } from '../errors.js';
import { evaluateText, nodeForExpression } from '../evaluate.js';
import { ALL_BITS } from '../nodes/node.js';
import { asNumber } from '../../scenario/expression/scope.js';
import type { ConsoleContext } from './command.js';

/** The word or bits that an expression means: an entry, a bit, or a number that is an address. */
export function addressOf(
  { core, frameId }: Pick<ConsoleContext, 'core' | 'frameId'>,
  text: string,
): { address: number; mask: bigint } {
  const node = nodeForExpression(core, text, frameId);
  const data = dataOf(node);
  if (typeof data !== 'string') {
    const { from: address, mask = ALL_BITS } = data;
    return { address, mask };
  }
  const value = asNumber(evaluateText(core, text, frameId).value);
  if (value === undefined) throw new RequestError(ErrorId.Value, data);
  if (value < 0n || value >= BigInt(core.target!.machine.mem.byteLength)) {
    throw new RequestError(ErrorId.Value, `there is no storage at ${text.trim()}`);
  }
  return { address: Number(value), mask: ALL_BITS };
}

/** The same, as a doubleword of storage. */
export function wordOf(
  context: Pick<ConsoleContext, 'core' | 'frameId'>,
  text: string,
): { address: number; mask: bigint } {
  const { address, mask } = addressOf(context, text);
  return { address: address - (address % 8), mask };
}
