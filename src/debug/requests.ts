/** Every request that the session knows: what it needs, and who answers it. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { checked } from './arguments.js';
import { BreakpointRequests } from './breakpoint-requests.js';
import { capabilities } from './capabilities.js';
import type { Core } from './core.js';
import { customRequests } from './custom.js';
import { ErrorId, RequestError } from './errors.js';
import { evaluateBody } from './evaluate.js';
import { exceptionInfo } from './exceptions.js';
import { Lifecycle } from './lifecycle.js';
import { readMemory } from './memory.js';
import { Motion, type StepKind } from './motion.js';
import {
  functionOfReference, listingSource, listingSources, listingText, sameFile, scenarioSource,
} from './sources.js'; // prettier-ignore
import { stack, threads } from './stack.js';
import type { Handler } from './reply.js';
import { scopes } from './scopes.js';
import type { Direction } from './travel.js';
import { variables } from './view.js';

export function requestHandlers(core: Core, closed: () => void): Map<string, Handler> {
  const motion = new Motion(core);
  const lifecycle = new Lifecycle(core, motion);
  const handlers: Record<string, Handler> = {
    ...lifecycleRequests(core, motion, lifecycle, closed),
    ...breakpointRequests(core, motion, lifecycle),
    ...motionRequests(core, motion),
    ...inspectionRequests(core),
    ...customRequests(core, motion),
  };
  return new Map(Object.entries(handlers));
}

function lifecycleRequests(
  core: Core,
  motion: Motion,
  lifecycle: Lifecycle,
  closed: () => void,
): Record<string, Handler> {
  return {
    initialize: (args) => {
      core.client = checked<DebugProtocol.InitializeRequestArguments>('initialize', args, {
        linesStartAt1: '?boolean',
        columnsStartAt1: '?boolean',
        pathFormat: '?string',
      });
      return { body: capabilities(), after: () => core.send('initialized', {}) };
    },
    launch: async (args) => {
      await lifecycle.launch(args as DebugProtocol.LaunchRequestArguments);
      return { after: () => lifecycle.begin() };
    },
    attach: () => {
      throw new RequestError(ErrorId.Unsupported, "there is nothing to attach to: use a 'launch' configuration", true);
    },
    configurationDone: async () => {
      await lifecycle.loading;
      lifecycle.configurationDone();
      return { after: () => lifecycle.begin() };
    },
    restart: async (args) => {
      const { arguments: again } = checked<DebugProtocol.RestartArguments>('restart', args, { arguments: '?object' });
      await lifecycle.restart(again);
      return { after: () => lifecycle.begin() };
    },
    terminate: () => ({ after: () => lifecycle.stop() }),
    disconnect: () => {
      lifecycle.stop();
      return { after: closed };
    },
    cancel: (args) => {
      const { progressId } = checked<DebugProtocol.CancelArguments>('cancel', args, {
        requestId: '?number',
        progressId: '?string',
      });
      if (progressId !== undefined && progressId === core.progressId) motion.pause();
      return {};
    },
  };
}

function breakpointRequests(core: Core, motion: Motion, lifecycle: Lifecycle): Record<string, Handler> {
  const requests = new BreakpointRequests(core, motion);
  /** A file that is being read is waited for: then breakpoints can be verified at once. */
  const loaded = (answer: (args: unknown) => object | undefined): Handler => {
    return async (args) => {
      await lifecycle.loading;
      const body = answer(args);
      return body ? { body } : {};
    };
  };
  return {
    setBreakpoints: loaded((args) => requests.setBreakpoints(args)),
    setFunctionBreakpoints: loaded((args) => requests.setFunctionBreakpoints(args)),
    setExceptionBreakpoints: loaded((args) => requests.setExceptionBreakpoints(args)),
    setDataBreakpoints: loaded((args) => requests.setDataBreakpoints(args)),
    dataBreakpointInfo: loaded((args) => requests.dataBreakpointInfo(args)),
    breakpointLocations: loaded((args) => requests.breakpointLocations(args)),
  };
}

const GRANULARITIES = ['statement', 'line', 'instruction'];

function motionRequests(core: Core, motion: Motion): Record<string, Handler> {
  const step = (command: string, kind: StepKind, direction: Direction): Handler => {
    return (args) => {
      const a = checked<DebugProtocol.NextArguments>(command, args, { threadId: 'number', granularity: '?string' });
      core.stopped(command);
      const task = core.taskOfThread(command, a.threadId);
      if (a.granularity !== undefined && !GRANULARITIES.includes(a.granularity)) {
        throw new RequestError(
          ErrorId.Malformed, `${command}: 'granularity' must be ${GRANULARITIES.join(', ')}, not '${String(a.granularity)}'`,
        ); // prettier-ignore
      }
      return { after: () => motion.step(kind, direction, task, a.granularity) };
    };
  };
  const run = (command: string, direction: Direction): Handler => {
    return (args) => {
      checked(command, args, { threadId: '?number' });
      core.stopped(command);
      return { body: { allThreadsContinued: true }, after: () => motion.continue(direction) };
    };
  };
  return {
    continue: run('continue', 'forward'),
    reverseContinue: run('reverseContinue', 'back'),
    next: step('next', 'over', 'forward'),
    stepIn: step('stepIn', 'in', 'forward'),
    stepOut: step('stepOut', 'out', 'forward'),
    stepBack: step('stepBack', 'in', 'back'),
    pause: (args) => {
      checked('pause', args, { threadId: '?number' });
      core.loaded('pause');
      if (!motion.pause()) throw new RequestError(ErrorId.WrongTime, 'pause: the scenario is not running');
      return {};
    },
  };
}

function inspectionRequests(core: Core): Record<string, Handler> {
  return {
    threads: () => {
      if (!core.target || core.phase !== 'stopped') return { body: { threads: [{ id: 1, name: 'scenario' }] } };
      return { body: { threads: threads(core.target) } };
    },
    stackTrace: (args) => {
      const a = checked<DebugProtocol.StackTraceArguments>('stackTrace', args, {
        threadId: 'number', startFrame: '?number', levels: '?number',
      }); // prettier-ignore
      const target = core.loaded('stackTrace');
      if (core.phase !== 'stopped') return { body: { stackFrames: [], totalFrames: 0 } };
      const all = stack(target, core.taskOfThread('stackTrace', a.threadId), core.frames);
      const start = a.startFrame ?? 0;
      const frames = all.slice(start, a.levels ? start + a.levels : undefined).map((frame) => ({
        ...frame,
        line: core.toClientLine(frame.line),
        column: core.toClientColumn(frame.column),
        ...(frame.endLine !== undefined && { endLine: core.toClientLine(frame.endLine) }),
        ...(frame.endColumn !== undefined && { endColumn: core.toClientColumn(frame.endColumn) }),
      }));
      return { body: { stackFrames: frames, totalFrames: all.length } };
    },
    scopes: (args) => {
      const { frameId } = checked<DebugProtocol.ScopesArguments>('scopes', args, { frameId: 'number' });
      core.stopped('scopes');
      const { ref } = core.frame('scopes', frameId);
      return { body: { scopes: scopes(core, ref!) } };
    },
    variables: (args) => {
      const a = checked<DebugProtocol.VariablesArguments>('variables', args, {
        variablesReference: 'number', filter: '?string', start: '?number', count: '?number', format: '?object',
      }); // prettier-ignore
      core.stopped('variables');
      const id = core.containers.get(a.variablesReference);
      if (id === undefined) {
        throw new RequestError(ErrorId.Unknown, `variables: there is no container ${a.variablesReference}`);
      }
      const format = a.format?.hex ? 'hex' : core.format;
      return { body: { variables: variables(core.view, id, core.containers, format, a) } };
    },
    evaluate: (args) => {
      const a = checked<DebugProtocol.EvaluateArguments>('evaluate', args, {
        expression: 'string', frameId: '?number', context: '?string', format: '?object',
      }); // prettier-ignore
      core.stopped('evaluate');
      return { body: evaluateBody(core, a) };
    },
    source: (args) => {
      const a = checked<DebugProtocol.SourceArguments>('source', args, {
        sourceReference: '?number', source: '?object',
      }); // prettier-ignore
      return { body: sourceBody(core, a.source?.sourceReference ?? a.sourceReference, a.source?.path) };
    },
    loadedSources: () => {
      const target = core.loaded('loadedSources');
      return { body: { sources: [scenarioSource(target.path), ...listingSources(target.recording.generation)] } };
    },
    exceptionInfo: (args) => {
      checked('exceptionInfo', args, { threadId: 'number' });
      const target = core.stopped('exceptionInfo');
      const exception = core.stop?.exception;
      if (!exception)
        throw new RequestError(ErrorId.WrongTime, 'exceptionInfo: the scenario did not stop at an exception');
      return { body: exceptionInfo(target, exception) };
    },
    readMemory: (args) => {
      const a = checked<DebugProtocol.ReadMemoryArguments>('readMemory', args, {
        memoryReference: 'string', offset: '?number', count: 'number',
      }); // prettier-ignore
      return { body: readMemory(core.stopped('readMemory'), a) };
    },
  };
}

function sourceBody(core: Core, reference: number | undefined, path: string | undefined): object {
  const target = core.loaded('source');
  const { generation } = target.recording;
  if (!reference && path !== undefined && sameFile(path, target.path)) return { content: target.text };
  const fn = reference
    ? functionOfReference(reference)
    : listingSources(generation)
        .map((s) => (s.path === path ? functionOfReference(s.sourceReference ?? 0) : undefined))
        .find((f) => f !== undefined);
  if (!fn) throw new RequestError(ErrorId.Unknown, `source: there is no source ${reference ?? path ?? ''}`);
  return { content: listingText(fn, generation), mimeType: 'text/x-gmap-listing', source: listingSource(fn, generation) };
}
