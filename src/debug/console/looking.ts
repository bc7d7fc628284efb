/** Commands that look: they change nothing. */
import { ErrorId, RequestError } from '../errors.js';
import { evaluateText } from '../evaluate.js';
import { historyOf, type ChangeInfo } from '../history.js';
import { sourceText } from '../inspection.js';
import { bytesAt, storageEnd } from '../memory.js';
import { momentText } from '../moments.js';
import { ALL_BITS, count } from '../nodes/node.js';
import { valueNodeOf } from '../nodes/roots.js';
import { shownText, type Format } from '../view.js';
import { framesOf } from './frames.js';
import { INFO, TREE } from './info.js';
import { addressOf, wordOf } from './addresses.js';
import { listed, say, type Answer, type Command, type ConsoleContext } from './command.js';

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
  INFO,
  TREE,
  {
    name: 'format',
    operands: FORMATS.join(' | '),
    doc: 'How numbers are shown from now on.',
    completes: FORMATS,
    run: ({ core }, operands) => {
      const format = FORMATS.find((f) => f === operands);
      if (!format) return undefined;
      core.format = format;
      return { text: `numbers are shown ${format}`, after: () => core.send('invalidated', { areas: ['variables'] }) };
    },
  },
];

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
  const { chosen: frame } = framesOf(context);
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
  const { address, mask } = wordOf(context, operands);
  const changes = historyOf(target, address, mask === ALL_BITS ? undefined : mask);
  if (changes.length === 0) return say(`nobody has written ${operands} so far`);
  const width = String(changes.at(-1)!.step).length;
  const past = changes.filter(({ step }) => step < target.position).length;
  const line = ({ step, before, after, function: fn, statement, thread }: ChangeInfo): string => {
    const mark = step < target.position ? ' ' : '>';
    const by = thread === 'scenario' ? '' : ` (${thread})`;
    return `${mark} step ${String(step).padStart(width)}  ${before} → ${after}  ${fn}${by}: ${statement}`;
  };
  return say(listed(changes, past, line));
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
