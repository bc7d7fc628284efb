/** Expressions: watches, hovers, the clipboard, the console. Looking changes nothing. */
import { evaluate } from '../scenario/expression/evaluate.js';
import { parseExpression } from '../scenario/expression/parse.js';
import { asNumber, type ExpressionScope, type Value } from '../scenario/expression/scope.js';
import { resultNames, RowScope } from './row-scope.js';
import type { Core } from './core.js';
import { ErrorId, RequestError } from './errors.js';
import { explain } from './conditions.js';
import { splitFormat } from './formats.js';
import { parseReference } from './memory.js';
import { valueNodeOf } from './nodes/roots.js';
import { frameNumber } from './stack.js';
import { childrenOf, shownText, toVariable, type Format } from './view.js';
import { wordPlace, type Node } from './nodes/node.js';
import type { DebugProtocol } from '@vscode/debugprotocol';

/** The names at the cursor, for a frame or the thread that stopped. */
export function scopeFor(core: Core, frameId?: number): ExpressionScope {
  const target = core.stopped('evaluate');
  const { ref, task } = core.frame('evaluate', frameId);
  const number = ref === undefined ? 0 : (frameNumber(target, ref) ?? 0);
  const row = target.nextRow(task);
  const moment = target.run.moment(task, number, row);
  const innermost = number === 0 && row !== undefined && row < target.recording.length;
  return innermost ? new RowScope(moment, resultNames(target, row)) : moment;
}

export interface Evaluated {
  readonly value: Value;
  /** The expression without its suffix. */
  readonly text: string;
  readonly format: Format | undefined;
}

/**
 * @throws RequestError that says where and what
 */
export function evaluateText(core: Core, text: string, frameId?: number): Evaluated {
  const scope = scopeFor(core, frameId);
  const { bare, format } = splitFormat(text);
  try {
    return {
      value: evaluate(parseExpression(bare), scope),
      text: bare.trim(),
      format,
    };
  } catch (error) {
    throw new RequestError(ErrorId.Expression, explain(error, bare));
  }
}

/**
 * What an expression means as something in storage: an entry, a bit of it (`pgste(vm, 0x2000).IN`), a setting.
 * @throws RequestError if it means nothing
 */
export function nodeForExpression(core: Core, text: string, frameId?: number): Node {
  const [, object, member] = /^(.*)\.(\w+)\s*$/s.exec(text) ?? [];
  if (object !== undefined && member !== undefined) {
    const { value, text: bare } = evaluateText(core, object, frameId);
    if (value === null) {
      throw new RequestError(ErrorId.Unknown, `'${bare}' is absent here: a table on the way is missing`);
    }
    const children = valueNodeOf(core.view, bare, value).children?.() ?? [];
    const child = children.find((node) => node.label === member || node.type === member);
    if (child) return { ...child, evaluateName: text.trim() };
  }
  const { value, text: bare } = evaluateText(core, text, frameId);
  const address = /^word\(([^()]*)\)$/.exec(bare)?.[1];
  if (value === null) {
    throw new RequestError(ErrorId.Unknown, `'${bare}' is absent here: a table on the way is missing`);
  }
  const node = valueNodeOf(core.view, bare, value);
  if (node.place || address === undefined) return node;
  const at = Number(asNumber(evaluateText(core, address, frameId).value));
  return { ...node, place: wordPlace(at), evaluateName: bare };
}

/**
 * Where something is in storage: what we gave a client as a memory reference, or what a person writes in its place, an
 * address or something that lies in storage, such as `pte(vm, 0x2000)`.
 * @throws RequestError
 */
export function addressOf(core: Core, command: string, text: string): number {
  const written = parseReference(text);
  if (written !== undefined) return written;
  core.stopped(command);
  const { place, number } = nodeForExpression(core, text);
  const address = place?.address ?? Number(number ?? NaN);
  if (Number.isSafeInteger(address) && address >= 0) return address;
  const how = 'write 0x and hexadecimal digits, or what lies in storage, such as pte(vm, 0x2000)';
  throw new RequestError(ErrorId.Unknown, `${command}: '${text}' is no address: ${how}`);
}

/** A child of a container, by the name that the client shows. */
export function childNamed(core: Core, command: string, reference: number, name: string): Node {
  const id = core.containers.get(reference);
  if (id === undefined) throw new RequestError(ErrorId.Unknown, `${command}: there is no container ${reference}`);
  const child = childrenOf(core.view, id).find((node) => node.label === name);
  if (child) return child;
  throw new RequestError(ErrorId.Unknown, `${command}: there is no '${name}' here`);
}

export function evaluateBody(
  core: Core,
  args: DebugProtocol.EvaluateArguments,
): DebugProtocol.EvaluateResponse['body'] {
  // prettier-ignore
  const { value, text, format } = evaluateText(core, args.expression, args.frameId);
  const node = valueNodeOf(core.view, text, value);
  const shown = format ?? (args.format?.hex ? 'hex' : core.format);
  const variable = toVariable({ ...node, label: text }, core.containers, shown);
  return {
    result: args.context === 'clipboard' ? shownText(node, shown) : variable.value,
    ...(variable.type !== undefined && { type: variable.type }),
    variablesReference: variable.variablesReference,
    ...(variable.indexedVariables !== undefined && { indexedVariables: variable.indexedVariables }),
    ...(variable.memoryReference !== undefined && { memoryReference: variable.memoryReference }),
    ...(variable.presentationHint && { presentationHint: variable.presentationHint }),
  };
}
