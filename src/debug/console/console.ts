/** A line of the debug console: a command, a statement of the scenario language, or an expression. */
import { STATEMENTS } from '../../scenario/words.js';
import { ErrorId, RequestError } from '../errors.js';
import { nodeForExpression } from '../evaluate.js';
import { didYouMean } from '../../scenario/nearest.js';
import type { Core } from '../core.js';
import { scheduleSoFar } from '../alone.js';
import { frameStart } from '../jumps.js';
import { taskOf, threadId, threads } from '../stack.js';
import { goOn, say, type Answer, type Command, type ConsoleContext } from './command.js';
import { framesOf } from './frames.js';
import { LOOKING } from './looking.js';
import { MOVING } from './moving.js';
import { STOPPING } from './stopping.js';

const CHANGING: readonly Command[] = [
  {
    name: 'set',
    operands: 'EXPR = VALUE',
    doc: 'Stores a value into an entry or a bit, as a step of its own; what followed is discarded.',
    completes: 'expression',
    run: ({ core, changing, frameId }, operands) => {
      const [, place, value] = /^(.*?[^=!<>])=([^=].*)$/s.exec(operands) ?? [];
      if (place === undefined || value === undefined) return undefined;
      core.stopped('evaluate');
      changing.setNode(nodeForExpression(core, place, frameId), value.trim(), frameId);
      return say(`${place.trim()} = ${value.trim()}`);
    },
  },
  {
    name: 'undo',
    operands: '',
    doc: 'Takes the last change back.',
    run: ({ core, changing }, operands) => {
      if (operands !== '') return undefined;
      core.stopped('evaluate');
      return say(changing.undo());
    },
  },
  {
    name: 'alone',
    aliases: ['switch'],
    operands: 'THREAD [N]',
    doc: 'A thread takes its next N steps while the others stand: this becomes part of the schedule.',
    run: ({ core, motion }, operands) => {
      const [, name, times = '1'] = /^(\S+)(?:\s+(\d+))?$/.exec(operands) ?? [];
      if (name === undefined) return undefined;
      const task = threadCalled(core, name);
      if (!motion.isOneOfMany(task)) throw new RequestError(ErrorId.WrongTime, 'no threads run beside each other here');
      const go = motion.prepareAlone(task, 'in', undefined, Number(times));
      const after = (): Promise<void> => {
        core.send('continued', { threadId: threadId(task), allThreadsContinued: false });
        return go();
      };
      return { text: '', after };
    },
  },
  {
    name: 'terminate',
    operands: 'THREAD',
    doc: 'A thread ends with the statement that it is in; the others go on.',
    run: ({ core, changing }, operands) => {
      if (operands === '') return undefined;
      changing.terminate(threadCalled(core, operands));
      return say('');
    },
  },
  {
    name: 'schedule',
    operands: '',
    doc: 'Who took how many steps up to here, as a statement of the scenario language.',
    run: ({ core }, operands) =>
      operands === ''
        ? say(scheduleSoFar(core.stopped('evaluate')).text || 'no threads have run beside each other so far')
        : undefined,
  },
  {
    name: 'thread',
    aliases: ['t'],
    operands: 'NAME',
    doc: 'The thread that the commands are about.',
    run: ({ core, motion }, operands) => {
      if (operands === '') return undefined;
      const task = threadCalled(core, operands);
      return { text: `now ${core.target!.threadName(task)}`, after: () => motion.lookAt(task) };
    },
  },
];

function threadCalled(core: Core, name: string): number {
  const target = core.stopped('evaluate');
  const names = threads(target).map(({ id }) => ({ task: taskOf(id), name: target.threadName(taskOf(id)) }));
  const found = names.find((thread) => thread.name === name);
  if (found) return found.task;
  const all = names.map((thread) => thread.name).join(', ');
  throw new RequestError(ErrorId.Unknown, `there is no thread '${name}'; there are ${all}`);
}

const HELP: Command = {
  name: 'help',
  aliases: ['h'],
  operands: '[COMMAND]',
  doc: 'This text.',
  completes: 'commands',
  run: (_context, operands) => {
    const one = commandNamed(operands);
    if (one) return say(`${heading(one)}\n  ${one.doc}`);
    if (operands !== '') throw new RequestError(ErrorId.Unknown, `there is no command '${operands}'${didYouMean(operands, COMMANDS.map((c) => c.name))}`);
    return say(help());
  },
}; // prettier-ignore

const SESSION: readonly Command[] = [
  HELP,
  {
    name: 'restart',
    operands: '[frame]',
    doc: 'Reads the file anew and starts over; breakpoints stay. `restart frame`: back to where the function, or the statement, began.',
    completes: ['frame'],
    run: (context, operands) => {
      const { core, lifecycle, motion } = context;
      if (operands === 'frame') {
        const { ref } = core.frame('evaluate', framesOf(context).chosen?.id);
        const start = frameStart(core.stopped('evaluate'), ref!);
        return { text: '', after: goOn(context, () => motion.goTo(start, 'restart')) };
      }
      if (operands !== '') return undefined;
      return lifecycle.restart(undefined).then(() => ({
        text: '',
        after: goOn(context, () => lifecycle.begin()),
      }));
    },
  },
  {
    name: 'quit',
    aliases: ['q'],
    operands: '',
    doc: 'Ends the session.',
    run: ({ lifecycle }, operands) => (operands === '' ? { text: '', after: () => lifecycle.stop() } : undefined),
  },
];

export const COMMANDS: readonly Command[] = [...SESSION, ...MOVING, ...STOPPING, ...LOOKING, ...CHANGING];

/** A command by its name, or by a short form of it. */
export function commandNamed(word: string): Command | undefined {
  return COMMANDS.find(({ name, aliases }) => name === word || aliases?.includes(word));
}

/** `next (n)`, `break (b) PLACE …`: the first line of a command's help. */
const heading = ({ name, aliases, operands }: Command): string =>
  `${name} ${aliases?.length ? `(${aliases.join(', ')}) ` : ''}${operands}`.trimEnd();

function help(): string {
  const group = (title: string, commands: readonly Command[]): string =>
    [title, ...commands.map((command) => `  ${heading(command)}\n      ${command.doc}`)].join('\n');
  return [
    group('Moving', MOVING),
    group('Stopping', STOPPING),
    group('Looking', LOOKING),
    group('Changing', CHANGING),
    group('The session', SESSION),
    'Anything else is a statement of the scenario language, run here as a step of its own (host reclaim 0x10002000),\n' +
      'an expectation, checked here (expect pte vm 0x2000 valid), or an expression (pgste(vm, 0x2000).IN).',
  ].join('\n\n');
}

export function runLine(context: ConsoleContext, line: string): Answer | undefined | Promise<Answer> {
  const text = line.trim();
  const { command, word, operands } = commandOf(text) ?? {};
  // Kernel functions have variables `p` and `i`: alone they are these.
  const isName = command?.name !== word && operands === '' && !/^(\[|$)/.test(command?.operands ?? '');
  const answer = isName ? undefined : command?.run(context, operands!);
  if (answer) return answer;
  if (isStatement(text)) return say(context.changing.run(text));
  return undefined;
}

/** How the command that a line begins with is used; for lines that are nothing else either. */
export function usageOf(line: string): string | undefined {
  const { command } = commandOf(line.trim()) ?? {};
  return command && `write ${heading(command)}`;
}

/** `next == 3` is an expression, even if there is a command of that name. */
function commandOf(text: string): { command: Command; word: string; operands: string } | undefined {
  const [, word = '', operands = ''] = /^([a-z]+)\b\s*(.*)$/s.exec(text) ?? [];
  const command = commandNamed(word);
  return command && !/^([.([]|==|!=|<|>|&&|\|\||[-+&|^*/%]\s)/.test(operands) ? { command, word, operands } : undefined;
}

/** A line that begins with a word of the language and has more behind it; `translate(vm, 0)` is an expression. */
function isStatement(text: string): boolean {
  const [, word = '', next = ''] = /^(\w+)\s+(\S)/.exec(text) ?? [];
  return word in STATEMENTS && !/^[.([=!<>&|^*/%+,-]/.test(next);
}
