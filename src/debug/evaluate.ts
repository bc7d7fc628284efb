/** Expressions: watches, hovers, the clipboard, the console. Looking changes nothing. */
import { evaluate, ExpressionError } from '../scenario/expression/evaluate.js';
import { parseExpression } from '../scenario/expression/parse.js';
import type { ExpressionScope, Value } from '../scenario/expression/scope.js';
import { resultNames, RowScope } from './row-scope.js';
import type { Core } from './core.js';
import { ErrorId, RequestError } from './errors.js';
import { explain } from './conditions.js';
import { valueNodeOf } from './nodes/roots.js';
import { frameNumber } from './stack.js';
import { shownText, toVariable, type Format } from './view.js';
import type { DebugProtocol } from '@vscode/debugprotocol';

/** `expression,x`: how to show the value. */
const SUFFIX: Readonly<Record<string, Format>> = { x: 'hex', d: 'dec', b: 'bin' };

/** The names at the cursor, for a frame or the thread that stopped. */
export function scopeFor(core: Core, frameId?: number): ExpressionScope {
  const target = core.stopped('evaluate');
  const { ref, task } = core.frame('evaluate', frameId);
  const number = ref === undefined ? 0 : (frameNumber(target, ref) ?? 0);
  const moment = target.run.moment(task, number);
  const row = target.nextRow(task);
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
  const [, bare = text, suffix] = /^(.*?)(?:,\s*([xdb])\s*)?$/s.exec(text) ?? [];
  try {
    return {
      value: evaluate(parseExpression(bare), scope),
      text: bare.trim(),
      format: suffix ? SUFFIX[suffix] : undefined,
    };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new RequestError(ErrorId.Expression, explain(error, bare));
  }
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
