/** The session's own requests: protocol.ts describes them. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { checked, hexadecimal, wholeNumber } from './arguments.js';
import type { Core } from './core.js';
import { ErrorId, RequestError } from './errors.js';
import { historyOf } from './history.js';
import { addressOf } from './evaluate.js';
import { residents } from './memory.js';
import { momentText, parseMoment } from './moments.js';
import type { Motion, StepKind } from './motion.js';
import { notifications } from './notifications.js';
import { PictureArguments } from './picture/model.js';
import { picture } from './picture.js';
import {
  Requests, type GoToArguments, type HistoryArguments, type HistoryResponse, type PositionResponse,
  type ResidentsArguments, type TreeArguments,
} from './protocol.js'; // prettier-ignore
import type { Handler } from './reply.js';
import { scheduleSoFar } from './alone.js';
import type { Shape } from './shape.js';
import { threadId } from './stack.js';
import { timeline } from './timeline.js';
import { TimelineArguments } from './timeline-model.js';
import { tree, type Format } from './view.js';

const FORMATS: readonly Format[] = ['decoded', 'hex', 'dec', 'bin'];

export function customRequests(core: Core, motion: Motion): Record<string, Handler> {
  /** For a client these are no ways to move: it has to be told that the scenario goes on. */
  const move = (task: number, go: () => void | Promise<void>) => (): void | Promise<void> => {
    core.send('continued', { threadId: threadId(task), allThreadsContinued: true });
    return go();
  };
  const stepBack = (command: string, kind: StepKind): Handler => {
    return (args) => {
      const { threadId: id } = checked<Partial<DebugProtocol.StepBackArguments>>(command, args, {
        threadId: '?number',
      });
      core.stopped(command);
      const task = id === undefined ? core.task : core.taskOfThread(command, id);
      return { after: move(task, () => motion.step(kind, 'back', task)) };
    };
  };
  return {
    [Requests.tree]: (args) => {
      const a = checked<TreeArguments>(Requests.tree, args, {
        ...{ parent: '?string', start: '?number', count: '?number' },
        ...{ nodes: '?array', changed: '?boolean', gmap: '?string', address: '?string' },
      });
      hexadecimal(Requests.tree, 'address', a.address);
      if (a.nodes?.some((id) => typeof id !== 'string')) {
        throw new RequestError(ErrorId.Malformed, `${Requests.tree}: 'nodes' must be identifiers, which are strings`);
      }
      core.stopped(Requests.tree);
      return { body: tree(core.view, a) };
    },
    [Requests.notifications]: () => ({ body: notifications(core.stopped(Requests.notifications), core) }),
    [Requests.position]: () => ({ body: position(core) }),
    [Requests.goTo]: (args) => {
      const a = checked<GoToArguments>(Requests.goTo, args, { step: '?number', moment: '?string' });
      const target = core.stopped(Requests.goTo);
      if (a.step === undefined && a.moment === undefined) {
        throw new RequestError(ErrorId.Malformed, `${Requests.goTo}: 'step' is missing (a number)`);
      }
      const step = a.moment === undefined ? a.step! : parseMoment(target, a.moment);
      wholeNumber(Requests.goTo, 'step', step, 0, Number.MAX_SAFE_INTEGER);
      motion.mayGoTo(step);
      return { after: move(core.task, () => motion.goTo(step)) };
    },
    [Requests.stepBackOver]: stepBack(Requests.stepBackOver, 'over'),
    [Requests.stepBackOut]: stepBack(Requests.stepBackOut, 'out'),
    [Requests.history]: (args) => {
      const a = checked<HistoryArguments>(Requests.history, args, { memoryReference: 'string', mask: '?string' });
      const target = core.stopped(Requests.history);
      hexadecimal(Requests.history, 'mask', a.mask);
      const mask = a.mask === undefined ? undefined : BigInt(a.mask);
      const address = addressOf(core, Requests.history, a.memoryReference);
      return { body: { changes: historyOf(target, address, mask) } satisfies HistoryResponse };
    },
    [Requests.picture]: (args) => {
      const target = core.stopped(Requests.picture);
      const a = shaped(Requests.picture, PictureArguments, args);
      const { length } = target.recording;
      wholeNumber(Requests.picture, 'step', a.step ?? 0, 0, length);
      wholeNumber(Requests.picture, 'since', a.since ?? 0, 0, length);
      return { body: picture(target.run, a, { row: target.nextRow(core.task), furthest: target.furthest }) };
    },
    [Requests.timeline]: (args) => {
      const { run } = core.stopped(Requests.timeline);
      return { body: timeline(run, shaped(Requests.timeline, TimelineArguments, args)) };
    },
    [Requests.schedule]: () => ({ body: scheduleSoFar(core.stopped(Requests.schedule)) }),
    [Requests.residents]: (args) => {
      const shape = { memoryReference: 'string', offset: '?number', count: 'number' } as const;
      const a = checked<ResidentsArguments>(Requests.residents, args, shape);
      const target = core.stopped(Requests.residents);
      const address = addressOf(core, Requests.residents, a.memoryReference) + (a.offset ?? 0);
      return { body: residents(target, address, a.count) };
    },
    [Requests.format]: (args) => {
      const { format } = checked<{ format: Format }>(Requests.format, args, { format: 'string' });
      if (!FORMATS.includes(format)) {
        throw new RequestError(
          ErrorId.Malformed,
          `${Requests.format}: 'format' must be ${FORMATS.join(', ')}, not '${format}'`,
        );
      }
      core.format = format;
      return { after: () => core.send('invalidated', { areas: ['variables'] }) };
    },
  };
}

function shaped<T>(command: string, shape: Shape<T>, args: unknown): T {
  const error = shape.check(args ?? {});
  if (error !== undefined) throw new RequestError(ErrorId.Malformed, `${command}: ${error}`);
  return (args ?? {}) as T;
}

function position(core: Core): PositionResponse {
  const target = core.loaded(Requests.position);
  return {
    step: target.position,
    recorded: target.recording.length,
    ended: target.run.ended,
    past: target.past,
    furthest: target.furthest,
    moment: momentText(target),
  };
}
