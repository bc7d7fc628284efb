/** Every request that the session knows, and who answers it: the life of the session, and its movements. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { checked, SOURCE } from './arguments.js';
import { BreakpointRequests } from './breakpoint-requests.js';
import { capabilities } from './capabilities.js';
import { Changing } from './changing.js';
import type { Core } from './core.js';
import { customRequests } from './custom.js';
import { ErrorId, RequestError } from './errors.js';
import { inspectionRequests } from './inspection.js';
import { entryOf, frameStart, gotoTargets, stepInTargets } from './jumps.js';
import { Lifecycle } from './lifecycle.js';
import { Motion, type StepKind } from './motion.js';
import type { Handler } from './reply.js';
import type { Direction } from './travel.js';
import { valueRequests } from './values.js';

export function requestHandlers(core: Core, closed: () => void): Map<string, Handler> {
  const motion = new Motion(core);
  const lifecycle = new Lifecycle(core, motion);
  const breakpoints = new BreakpointRequests(core, motion);
  const changing = new Changing(core, motion);
  const handlers: Record<string, Handler> = {
    ...lifecycleRequests(core, motion, lifecycle, closed),
    ...breakpointRequests(breakpoints, lifecycle),
    ...motionRequests(core, motion),
    ...inspectionRequests(core),
    ...valueRequests({ core, motion, lifecycle, changing, requests: breakpoints }),
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

function breakpointRequests(requests: BreakpointRequests, lifecycle: Lifecycle): Record<string, Handler> {
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

/** The client decides, else the launch configuration. */
const isAlone = (core: Core, singleThread: boolean | undefined): boolean =>
  singleThread ?? core.attributes?.singleThread ?? false;

const GRANULARITIES = ['statement', 'line', 'instruction'];

function motionRequests(core: Core, motion: Motion): Record<string, Handler> {
  const step = (command: string, kind: StepKind, direction: Direction): Handler => {
    return (args) => {
      const a = checked<DebugProtocol.StepInArguments>(command, args, {
        threadId: 'number', granularity: '?string', targetId: '?number', singleThread: '?boolean',
      }); // prettier-ignore
      const target = core.stopped(command);
      const task = core.taskOfThread(command, a.threadId);
      if (a.granularity !== undefined && !GRANULARITIES.includes(a.granularity)) {
        throw new RequestError(
          ErrorId.Malformed, `${command}: 'granularity' must be ${GRANULARITIES.join(', ')}, not '${String(a.granularity)}'`,
        ); // prettier-ignore
      }
      if (command === 'stepIn' && a.targetId !== undefined) {
        const entry = entryOf(target, a.targetId);
        if (entry <= target.position) {
          throw new RequestError(ErrorId.Unknown, `stepIn: the call at step ${a.targetId} is past`);
        }
        return { after: () => motion.stepTo(entry) };
      }
      if (direction === 'forward' && isAlone(core, a.singleThread) && motion.isOneOfMany(task)) {
        return { after: motion.prepareAlone(task, kind, a.granularity) };
      }
      return { after: () => motion.step(kind, direction, task, a.granularity) };
    };
  };
  const run = (command: string, direction: Direction): Handler => {
    return (args) => {
      const a = checked<Partial<DebugProtocol.ContinueArguments>>(command, args, {
        threadId: '?number', singleThread: '?boolean',
      }); // prettier-ignore
      core.stopped(command);
      const task = a.threadId === undefined ? core.task : core.taskOfThread(command, a.threadId);
      if (direction === 'forward' && a.singleThread && motion.isOneOfMany(task)) {
        return { body: { allThreadsContinued: false }, after: motion.prepareAlone(task) };
      }
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
    goto: (args) => {
      const a = checked<DebugProtocol.GotoArguments>('goto', args, { threadId: 'number', targetId: 'number' });
      const target = core.stopped('goto');
      core.taskOfThread('goto', a.threadId);
      if (!Number.isInteger(a.targetId) || a.targetId < 0 || a.targetId > target.recording.length) {
        throw new RequestError(ErrorId.Unknown, `goto: there is no target ${a.targetId}`);
      }
      return { after: () => motion.goTo(a.targetId) };
    },
    gotoTargets: (args) => {
      const a = checked<DebugProtocol.GotoTargetsArguments>('gotoTargets', args, { source: SOURCE, line: 'number' });
      core.stopped('gotoTargets');
      return { body: { targets: gotoTargets(core, a.source, core.fromClientLine(a.line)) } };
    },
    stepInTargets: (args) => {
      const { frameId } = checked<DebugProtocol.StepInTargetsArguments>('stepInTargets', args, { frameId: 'number' });
      const target = core.stopped('stepInTargets');
      return { body: { targets: stepInTargets(target, core.frame('stepInTargets', frameId).ref!) } };
    },
    restartFrame: (args) => {
      const { frameId } = checked<DebugProtocol.RestartFrameArguments>('restartFrame', args, { frameId: 'number' });
      const target = core.stopped('restartFrame');
      const start = frameStart(target, core.frame('restartFrame', frameId).ref!);
      return { after: () => motion.goTo(start, 'restart') };
    },
  };
}
