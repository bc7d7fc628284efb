/** Commands that move the cursor. */
import { ErrorId, RequestError } from '../errors.js';
import { entryOf, gotoTargets, stepInTargets } from '../jumps.js';
import { isMoment, parseMoment } from '../moments.js';
import type { StepKind } from '../motion.js';
import { count } from '../nodes/node.js';
import { changesOf } from '../../recording/history.js';
import { notifierCall, notifierName } from '../../scenario/moment.js';
import { scenarioSource } from '../sources.js';
import type { Direction } from '../travel.js';
import { wordOf } from './addresses.js';
import { addBreakpoint } from './stopping.js';
import { goOn, type Answer, type Command, type ConsoleContext } from './command.js';

/** Where a move leads is known at once. */
interface Move extends Command {
  readonly run: (context: ConsoleContext, operands: string) => Answer | undefined;
}

const step = (
  name: string,
  kind: StepKind,
  direction: Direction,
  doc: string,
  ...aliases: readonly string[]
): Move => ({
  name,
  aliases,
  operands: '',
  doc,
  run: ({ core, motion }, operands) =>
    operands === '' ? { text: '', after: () => motion.step(kind, direction, core.task) } : undefined,
});

const run = (name: string, direction: Direction, doc: string, ...aliases: readonly string[]): Move => ({
  name,
  aliases,
  operands: '',
  doc,
  run: ({ motion }, operands) => (operands === '' ? { text: '', after: () => motion.continue(direction) } : undefined),
});

const moving: readonly Move[] = [
  run('continue', 'forward', 'On to the next breakpoint, or to the end.', 'c'),
  run('rcontinue', 'back', 'Back to the breakpoint before, or to the beginning.'),
  step('next', 'over', 'forward', 'One step, over calls; at a statement: over all of it.', 'n'),
  {
    name: 'in',
    aliases: ['s'],
    operands: '[FUNCTION]',
    doc: 'One step, into calls; with a function: into its next call from here.',
    run: (context, operands) => into(context, operands),
  },
  step('out', 'out', 'forward', 'Until the function has returned.', 'finish'),
  {
    name: 'until',
    aliases: ['u'],
    operands: 'PLACE [if COND]',
    doc: 'On to a place as for break, or to a breakpoint before it.',
    completes: 'places',
    run: (context, operands) => {
      if (operands === '') return undefined;
      const { core, motion } = context;
      const { id } = addBreakpoint(context, 'until', operands);
      const after = async (): Promise<void> => {
        try {
          await motion.continue('forward');
        } finally {
          core.breakpoints.remove(id);
        }
      };
      return { text: '', after };
    },
  },
  {
    name: 'pause',
    operands: '',
    doc: 'Stops a long run.',
    run: () => {
      throw new RequestError(ErrorId.WrongTime, 'pause: the scenario is not running');
    },
  },
  step('back', 'in', 'back', 'One step back, into calls.', 'rs'),
  step('backover', 'over', 'back', 'One step back, over calls.', 'rn'),
  step('backout', 'out', 'back', 'Back to the call of this function.'),
  {
    name: 'step',
    operands: 'N',
    doc: 'To step N of the run. (`step` alone is an expression: the number of the current step.)',
    run: (context, operands) => (/^[+-]?[\d_,]+$/.test(operands) ? toStep(context, operands) : undefined),
  },
  {
    name: 'goto',
    operands:
      'N | +N | -N | start | end | line L | call K [NOTIFIER] | failure [K] | last EXPR | next EXPR | others EXPR | MOMENT',
    doc: 'To a step; a line of the scenario; the K-th call of a notifier; a failed expectation; the last or next write of an entry or bit, or the last one by another thread; a moment copied from `position`.',
    completes: ['start', 'end', 'line', 'call', 'failure', 'last', 'next', 'others'],
    run: goTo,
  },
];

export const MOVING: readonly Command[] = moving.map((command) => ({
  ...command,
  run: (context, operands) => {
    const answer = command.run(context, operands);
    return answer?.after ? { ...answer, after: goOn(context, answer.after) } : answer;
  },
}));

function into({ core, motion }: ConsoleContext, name: string): Answer {
  if (name === '') return { text: '', after: () => motion.step('in', 'forward', core.task) };
  const target = core.stopped('evaluate');
  const frames = [-1, ...target.recording.frames(target.nextRow(core.task) ?? 0).map((f) => f.call)];
  const call = frames.at(-1) === -1 ? -1 : frames[1]!;
  const found = stepInTargets(target, { task: core.task, call }).find((t) => t.label === name);
  if (!found) throw new RequestError(ErrorId.Unknown, `nothing here calls '${name}'`);
  return { text: '', after: () => motion.stepTo(entryOf(target, found.id)) };
}

function toStep({ core, motion }: ConsoleContext, text: string): Answer {
  const target = core.stopped('evaluate');
  const number = Number(text.replace(/[_,+-]/g, ''));
  const sign = text.startsWith('-') ? -1 : 1;
  const position = /^[+-]/.test(text) ? Math.max(0, target.position + sign * number) : number;
  motion.mayGoTo(position);
  return { text: '', after: () => motion.goTo(position) };
}

function goTo(context: ConsoleContext, operands: string): Answer | undefined {
  const { core, motion } = context;
  const target = core.stopped('evaluate');
  const to = (position: number): Answer => ({ text: '', after: () => motion.goTo(position) });
  if (/^[+-]?[\d_,]+$/.test(operands)) return toStep(context, operands);
  if (isMoment(operands)) return to(parseMoment(target, operands));
  const [, word = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(operands)!;
  switch (word) {
    case 'start':
      return to(0);
    case 'end':
      return { text: '', after: () => motion.toEnd() };
    case 'line': {
      const line = Number(rest);
      const found = Number.isInteger(line)
        ? gotoTargets(core, scenarioSource(target.path), core.toClientLine(line))
        : [];
      const next = found.find((t) => t.id > target.position) ?? found.at(-1);
      if (!next) throw new RequestError(ErrorId.Unknown, `no step is at line ${rest}`);
      return to(next.id);
    }
    case 'call': {
      const [all, number = '1', name] = /^(\d+)?\s*(?:of\s+)?(\S+)?$/.exec(rest) ?? [];
      if (all === undefined) return undefined;
      return to(nthCall(context, Number(number), name));
    }
    case 'failure': {
      const number = rest === '' ? 1 : Number(rest);
      const failure = target.run.failures[number - 1];
      if (!failure) {
        const some = target.run.failures.length;
        throw new RequestError(ErrorId.Unknown, `there is no failure ${rest || 1}: ${count(some)} recorded so far`);
      }
      return to(failure.row);
    }
    case 'last':
    case 'next':
    case 'others':
      return to(writeOf(context, rest, word));
    default:
      return undefined;
  }
}

function nthCall({ core }: ConsoleContext, number: number, name: string | undefined): number {
  const { recording, run } = core.target!;
  const calls = recording.index.notifications;
  const all = calls.countBefore(recording.length);
  const isMeant = (row: number): boolean =>
    name === undefined || notifierName(run.names, notifierCall(recording.trace, row).notifier) === name;
  for (let i = 0, seen = 0; i < all; i++) if (isMeant(calls.at(i)) && ++seen === number) return calls.at(i);
  throw new RequestError(ErrorId.Unknown, `there is no call ${number}${name ? ` of ${name}` : ''} recorded so far`);
}

/** The step of the last write before the cursor, by anybody or by another thread than this; or the one behind the next. */
function writeOf({ core, frameId }: ConsoleContext, text: string, which: 'last' | 'next' | 'others'): number {
  const target = core.target!;
  const { address, mask } = wordOf({ core, frameId }, text);
  const rows = changesOf(target.recording, address, mask).map(({ row }) => row);
  const { position } = target;
  const { task } = core.frame('evaluate', frameId);
  const others = (row: number): boolean => which !== 'others' || target.trace.task(row) !== task;
  const found =
    which === 'next' ? rows.find((row) => row >= position) : rows.findLast((row) => row < position && others(row));
  if (found !== undefined) return which === 'next' ? found + 1 : found;
  const whose = which === 'others' ? ' by another thread' : '';
  throw new RequestError(
    ErrorId.Unknown,
    `no ${which === 'next' ? 'later' : 'earlier'} write of ${text}${whose} is recorded`,
  );
}
