/** Requests about values: expressions, the console, and changing things. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { checked } from './arguments.js';
import { completions } from './console/completions.js';
import type { Answer, ConsoleContext } from './console/command.js';
import { runLine, usageOf } from './console/console.js';
import type { Core } from './core.js';
import { childNamed, evaluateBody, nodeForExpression } from './evaluate.js';
import { nodeNamed } from './nodes/roots.js';
import type { Node } from './nodes/node.js';
import { ErrorId, RequestError } from './errors.js';
import type { Handler, Reply } from './reply.js';
import { toVariable } from './view.js';

export function valueRequests(context: Omit<ConsoleContext, 'frameId'>): Record<string, Handler> {
  const { core, changing } = context;
  return {
    evaluate: (args) => {
      const a = checked<DebugProtocol.EvaluateArguments>('evaluate', args, {
        expression: 'string', frameId: '?number', context: '?string', format: '?object',
      }); // prettier-ignore
      return a.context === 'repl' ? line(context, a) : expression(core, a);
    },
    completions: (args) => {
      const a = checked<DebugProtocol.CompletionsArguments>('completions', args, {
        text: 'string', column: 'number', line: '?number', frameId: '?number',
      }); // prettier-ignore
      core.stopped('completions');
      const column = core.client.columnsStartAt1 === false ? a.column : a.column - 1;
      const text = a.text.split('\n')[a.line === undefined ? 0 : core.fromClientLine(a.line) - 1] ?? a.text;
      return { body: { targets: completions(core, text, Math.max(0, column), a.frameId) } };
    },
    setVariable: (args) => {
      const a = checked<DebugProtocol.SetVariableArguments>('setVariable', args, {
        variablesReference: 'number', name: 'string', value: 'string', format: '?object',
      }); // prettier-ignore
      core.stopped('setVariable');
      const node = childNamed(core, 'setVariable', a.variablesReference, a.name);
      changing.setNode(node, a.value);
      return { body: changed(core, node, a.format) };
    },
    setExpression: (args) => {
      const a = checked<DebugProtocol.SetExpressionArguments>('setExpression', args, {
        expression: 'string', value: 'string', frameId: '?number', format: '?object',
      }); // prettier-ignore
      core.stopped('setExpression');
      const node = nodeForExpression(core, a.expression, a.frameId);
      changing.setNode(node, a.value, a.frameId);
      return { body: changed(core, node, a.format) };
    },
    writeMemory: (args) => {
      const a = checked<DebugProtocol.WriteMemoryArguments>('writeMemory', args, {
        memoryReference: 'string', data: 'string', offset: '?number', allowPartial: '?boolean',
      }); // prettier-ignore
      core.stopped('writeMemory');
      return { body: changing.writeMemory(a) };
    },
    terminateThreads: (args) => {
      const { threadIds } = checked<{ threadIds: unknown[] }>('terminateThreads', args, { threadIds: 'array' });
      core.stopped('terminateThreads');
      for (const id of threadIds) changing.terminate(core.taskOfThread('terminateThreads', Number(id)));
      return {};
    },
  };
}

function expression(core: Core, args: DebugProtocol.EvaluateArguments): Reply {
  core.stopped('evaluate');
  return { body: evaluateBody(core, args) };
}

/** A line of the console. */
function line(context: Omit<ConsoleContext, 'frameId'>, args: DebugProtocol.EvaluateArguments): Reply | Promise<Reply> {
  const { core, motion } = context;
  if (core.phase === 'running' && args.expression.trim() === 'pause') {
    motion.pause();
    return { body: { result: '', variablesReference: 0 } };
  }
  core.stopped('evaluate');
  if (args.frameId !== undefined) core.frame('evaluate', args.frameId);
  const answer = runLine({ ...context, frameId: args.frameId }, args.expression);
  if (!answer) return expressionOrUsage(core, args);
  return answer instanceof Promise ? answer.then(replyOf) : replyOf(answer);
}

/** A name of the scenario may also be that of a command: only if there is none, the line was meant for the command. */
function expressionOrUsage(core: Core, args: DebugProtocol.EvaluateArguments): Reply {
  try {
    return expression(core, args);
  } catch (error) {
    const usage = usageOf(args.expression);
    if (usage === undefined || !(error instanceof RequestError)) throw error;
    throw new RequestError(ErrorId.Expression, usage);
  }
}

const replyOf = ({ text, after }: Answer): Reply => ({
  body: { result: text, variablesReference: 0 },
  ...(after && { after }),
});

/** A node's value after it was set. */
function changed(core: Core, node: Node, format: DebugProtocol.ValueFormat | undefined): object {
  const now = nodeNamed(core.view, node.id) ?? node;
  const variable = toVariable(now, core.containers, format?.hex ? 'hex' : core.format);
  const { value, type, variablesReference, memoryReference } = variable;
  return {
    value,
    variablesReference,
    ...(type !== undefined && { type }),
    ...(memoryReference !== undefined && { memoryReference }),
  };
}
