/** Commands that look: they change nothing. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { ErrorId, RequestError } from '../errors.js';
import { evaluateText } from '../evaluate.js';
import { historyOf } from '../history.js';
import { sourceText } from '../inspection.js';
import { bytesAt, storageEnd } from '../memory.js';
import { momentText } from '../moments.js';
import { ALL_BITS, count, type Node } from '../nodes/node.js';
import { locksNode, notifiersNode } from '../nodes/others.js';
import { tablesNode, valueNodeOf } from '../nodes/roots.js';
import { stack, threads, threadId } from '../stack.js';
import { shownText, type Format } from '../view.js';
import { addressOf } from './moving.js';
import { say, type Answer, type Command, type ConsoleContext } from './command.js';

const FORMATS: readonly Format[] = ['decoded', 'hex', 'dec', 'bin'];

export const LOOKING: readonly Command[] = [
  {
    name: 'print',
    aliases: ['p'],
    operands: 'EXPR[,x|,d|,b]',
    doc: 'The value of an expression, decoded; ,x hexadecimal ,d decimal ,b binary. An expression alone does the same.',
    completes: 'expression',
    run: ({ core, frameId }, operands) => {
      // Several values are the statement of that name.
      if (operands === '' || /,(?!\s*[xdb]\s*$)(?![^(]*\))/.test(operands)) return undefined;
      const { value, text, format } = evaluateText(core, operands, frameId);
      const node = valueNodeOf(core.view, text, value);
      return say(shownText(node, format ?? core.format));
    },
  },
  { name: 'where', aliases: ['bt'], operands: '', doc: 'The stack.', run: where },
  {
    name: 'list',
    aliases: ['l'],
    operands: '[N]',
    doc: 'The text around the current line: N lines before and behind it, 5 if not given.',
    run: list,
  },
  {
    name: 'position',
    operands: '',
    doc: 'Which step this is, and the moment as text: goto takes it, in another session too.',
    run: ({ core }, operands) => {
      if (operands !== '') return undefined;
      const target = core.stopped('evaluate');
      const { position, furthest, past, recording, run } = target;
      const of = run.ended ? ` of ${count(recording.length)}` : '';
      const time = past ? `, in the past: step ${count(furthest)} was reached` : '';
      return say(`step ${count(position)}${of}${time}\n${momentText(target)}`);
    },
  },
  {
    name: 'who',
    operands: 'EXPR',
    doc: 'Who wrote an entry, a bit, or the doubleword at an address, and when: each change so far.',
    completes: 'expression',
    run: who,
  },
  {
    name: 'mem',
    aliases: ['x'],
    operands: 'ADDR [LEN]',
    doc: 'Absolute storage, 16 bytes a line. ADDR is a number, or an entry: its address.',
    completes: 'expression',
    run: mem,
  },
  {
    name: 'info',
    aliases: ['i'],
    operands: 'breakpoints | threads | locks | notifiers | gmaps',
    doc: 'What there is of something.',
    completes: ['breakpoints', 'threads', 'locks', 'notifiers', 'gmaps'],
    run: info,
  },
  {
    name: 'format',
    operands: FORMATS.join(' | '),
    doc: 'How numbers are shown from now on.',
    completes: FORMATS,
    run: ({ core }, operands) => {
      const format = FORMATS.find((f) => f === operands);
      if (!format) throw new RequestError(ErrorId.Expression, `write format ${FORMATS.join(', ')}`);
      core.format = format;
      return { text: `numbers are shown ${format}`, after: () => core.send('invalidated', { areas: ['variables'] }) };
    },
  },
];

/** The frames of the thread that the line is about, and the one that it is about. */
function framesOf({ core, frameId }: ConsoleContext): { all: DebugProtocol.StackFrame[]; own: number } {
  const target = core.stopped('evaluate');
  const all = stack(target, core.frame('evaluate', frameId).task, core.frames);
  return { all, own: Math.max(0, all.findIndex(({ id }) => id === frameId)) }; // prettier-ignore
}

function where(context: ConsoleContext, operands: string): Answer | undefined {
  if (operands !== '') return undefined;
  const { all } = framesOf(context);
  return say(all.map((f, i) => `#${i} ${f.name} at ${f.source?.name ?? ''}:${f.line}`).join('\n'));
}

/** Lines before and behind the current one. */
const AROUND = 5;

function list(context: ConsoleContext, operands: string): Answer | undefined {
  if (!/^\d*$/.test(operands)) return undefined;
  const around = operands === '' ? AROUND : Number(operands);
  const { all, own } = framesOf(context);
  const frame = all[own];
  if (!frame?.source) throw new RequestError(ErrorId.WrongTime, 'the thread has ended');
  const lines = sourceText(context.core, frame.source).trimEnd().split(/\r?\n/);
  const from = Math.max(1, frame.line - around);
  const to = Math.max(frame.line, Math.min(lines.length, frame.line + around));
  const shown: string[] = [];
  for (let line = from; line <= to; line++) {
    const text = `${line === frame.line ? '>' : ' '} ${String(line).padStart(String(to).length)}  ${lines[line - 1] ?? ''}`;
    shown.push(text.trimEnd());
  }
  return say(shown.join('\n'));
}

function who(context: ConsoleContext, operands: string): Answer | undefined {
  if (operands === '') return undefined;
  const target = context.core.stopped('evaluate');
  const { address, mask } = addressOf(context, operands);
  const changes = historyOf(target, address, mask === ALL_BITS ? undefined : mask);
  if (changes.length === 0) return say(`nobody has written ${operands} so far`);
  const width = String(changes.at(-1)!.step).length;
  return say(
    changes
      .map(({ step, before, after, function: fn, statement, thread }) => {
        const mark = step < target.position ? ' ' : '>';
        const by = thread === 'scenario' ? '' : ` (${thread})`;
        return `${mark} step ${String(step).padStart(width)}  ${before} → ${after}  ${fn}${by}: ${statement}`;
      })
      .join('\n'),
  );
}

const MOST_BYTES = 4096;

function mem(context: ConsoleContext, operands: string): Answer | undefined {
  if (operands === '') return undefined;
  const target = context.core.stopped('evaluate');
  const [, place = operands, length = '64'] = /^(.*?)\s+(0x[0-9a-f]+|\d+)$/is.exec(operands) ?? [];
  const { address } = addressOf(context, place);
  const bytes = Math.max(0, Math.min(Number(length), MOST_BYTES, storageEnd(target) - address));
  if (bytes === 0) throw new RequestError(ErrorId.Value, `there is no storage at ${place}`);
  const data = bytesAt(target, address, bytes);
  const lines: string[] = [];
  for (let at = 0; at < bytes; at += 16) {
    const row = [...data.subarray(at, at + 16)].map((byte) => byte.toString(16).padStart(2, '0'));
    const groups = [row.slice(0, 8).join(''), row.slice(8).join('')].filter((group) => group !== '');
    lines.push(`0x${(address + at).toString(16).padStart(8, '0')}  ${groups.join(' ')}`);
  }
  return say(lines.join('\n'));
}

function info({ core }: ConsoleContext, operands: string): Answer {
  const target = core.stopped('evaluate');
  const children = (node: Node): string => {
    const list = node.children?.() ?? [];
    return list.map((n) => `${n.label}: ${n.text}`).join('\n') || `no ${node.label.toLowerCase()}`;
  };
  switch (operands) {
    case 'breakpoints': {
      const all = core.breakpoints.all();
      if (all.length === 0) return say('no breakpoints');
      return say(
        all.map((b) => `${b.id}  ${b.label}${b.verified ? '' : `  (never hits: ${b.message ?? ''})`}`).join('\n'),
      );
    }
    case 'threads':
      return say(
        threads(target)
          .map(({ id, name }) => `${id === threadId(core.task) ? '>' : ' '} ${name}`)
          .join('\n'),
      );
    case 'locks':
      return say(children(locksNode(core.view)).replace(/^no locks$/, 'no lock is held'));
    case 'notifiers':
      return say(children(notifiersNode(core.view)));
    case 'gmaps':
      return say(children(tablesNode(core.view)).replace(/^no tables$/, 'no gmap'));
    default:
      throw new RequestError(ErrorId.Expression, 'write info breakpoints, threads, locks, notifiers or gmaps');
  }
}
