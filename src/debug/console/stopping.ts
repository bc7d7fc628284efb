/** Commands about breakpoints. */
import { Breakpoint } from '../breakpoint.js';
import { ErrorId, RequestError } from '../errors.js';
import { hex } from '../nodes/node.js';
import { FILTERS } from '../filters.js';
import { functionCalled, listingReference } from '../sources.js';
import type { Spec, Wanted } from '../wanted.js';
import { addressOf } from './addresses.js';
import { say, type Answer, type Command, type ConsoleContext } from './command.js';

/** `PLACE if CONDITION visit HITS log MESSAGE`: each part but the first may be left out. */
function parts(text: string): { place: string } & Omit<Spec, 'wanted'> {
  const [, place, condition, hitCondition, logMessage] =
    /^(.*?)(?:\s+if\s+(.*?))?(?:\s+visit\s+(.*?))?(?:\s+log\s+(.*))?$/s.exec(text)!;
  return { place: place!.trim(), condition, hitCondition, logMessage };
}

function put({ core }: ConsoleContext, set: string, spec: Spec): Breakpoint {
  const trial = new Breakpoint(0, spec);
  trial.resolve(core.target!);
  if (!trial.verified) throw new RequestError(ErrorId.Expression, trial.message!);
  return core.breakpoints.add(set, spec, core.target);
}

/**
 * A breakpoint at a place, with what else `break` takes.
 * @throws RequestError if it can never hit
 */
export function addBreakpoint(context: ConsoleContext, set: string, text: string): Breakpoint {
  const { place, ...conditions } = parts(text);
  return put(context, set, { wanted: placeOf(context, place), ...conditions });
}

function add(context: ConsoleContext, spec: Spec): Answer {
  const { motion } = context;
  const breakpoint = put(context, 'console', spec);
  if (breakpoint.log) motion.log?.replay(breakpoint);
  return say(`breakpoint ${breakpoint.id}: ${breakpoint.label}`);
}

/** Names as in gdb. */
function watch(name: string, access: 'write' | 'read' | 'readWrite', what: string): Command {
  return {
    name,
    operands: 'EXPR | ADDR [bytes N]  [if COND] [visit N] [log TEXT]',
    doc: `Stops behind a step that ${what}.`,
    completes: 'expression',
    run: (context, operands) => {
      if (operands === '') return undefined;
      const { place, ...conditions } = parts(operands);
      return add(context, { wanted: { kind: 'data', dataId: watched(context, place), access }, ...conditions });
    },
  };
}

/** The data that is meant: a thing in storage, or bytes at an address. */
function watched(context: ConsoleContext, text: string): string {
  const { requests, frameId } = context;
  const [, place = '', bytes] = /^(.*?)(?:\s+bytes\s+(\d+))?$/s.exec(text)!;
  const asAddress = bytes !== undefined || /^(0x[\da-f_]+|\d[\d_]*)$/i.test(place);
  const { dataId, description } = requests.dataBreakpointInfo(
    asAddress
      ? { name: hex(addressOf(context, place).address), asAddress, bytes: Number(bytes ?? 8) }
      : { name: place, ...(frameId !== undefined && { frameId }) },
  );
  if (dataId === null) throw new RequestError(ErrorId.Value, description);
  return dataId;
}

export const STOPPING: readonly Command[] = [
  {
    name: 'break',
    aliases: ['b'],
    operands: 'FUNCTION | walk:LEVEL | LINE | FUNCTION:LINE | FILE.c:LINE  [if COND] [visit N] [log TEXT]',
    doc: 'Stops at a function, a walk level, a line of the scenario or of a listing. With `log` it says the text instead, {EXPR} evaluated.',
    completes: 'places',
    run: (context, operands) => {
      if (operands === '') return undefined;
      const { place, ...conditions } = parts(operands);
      return add(context, { wanted: placeOf(context, place), ...conditions });
    },
  },
  watch(
    'watch',
    'write',
    'changes an entry, a bit, the doubleword (or N bytes) at an address: watch pgste(vm, 0x2000).IN',
  ),
  watch('rwatch', 'read', 'reads an entry of a region or segment table, in a walk'),
  watch('awatch', 'readWrite', 'changes or reads one'),
  {
    name: 'catch',
    operands: 'FILTER [if COND]',
    doc: `Stops at something out of the ordinary: ${FILTERS.map((f) => f.id).join(', ')}.`,
    completes: 'filters',
    run: (context, operands) => {
      if (operands === '') return undefined;
      const { place: filter, ...conditions } = parts(operands);
      return add(context, { wanted: { kind: 'filter', filter }, ...conditions });
    },
  },
  {
    name: 'delete',
    aliases: ['d'],
    operands: 'N | all',
    doc: 'Takes a breakpoint away, or all that the console set.',
    completes: 'breakpoints',
    run: ({ core }, operands) => {
      const ids =
        operands === 'all' ? core.breakpoints.inSet('console').map((b) => b.id) : operands.split(/[\s,]+/).map(Number);
      if (operands === '' || ids.some((id) => !Number.isInteger(id))) {
        return undefined;
      }
      const gone = ids.map((id) => {
        const own = core.breakpoints.inSet('console').some((b) => b.id === id);
        const breakpoint = core.breakpoints.remove(id);
        if (!breakpoint) throw new RequestError(ErrorId.Unknown, `there is no breakpoint ${id}`);
        // The client shows those that it has set, and no others.
        if (!own) core.send('breakpoint', { reason: 'removed', breakpoint: core.breakpointBody(breakpoint) });
        return `breakpoint ${id} is gone: ${breakpoint.label}`;
      });
      return say(gone.join('\n') || 'the console has set no breakpoint');
    },
  },
];

/** A place as `break` takes it. */
export function placeOf({ core }: ConsoleContext, place: string): Wanted {
  if (/^\d+$/.test(place)) return { kind: 'line', path: core.target!.path, line: Number(place) };
  const [, fn, line] = /^([^:\s]+):(\d+)$/.exec(place) ?? [];
  if (fn === undefined) return { kind: 'function', name: place };
  const path = core.target!.kernel?.pathCalled(fn);
  if (path !== undefined) return { kind: 'line', path, line: Number(line) };
  const found = functionCalled(fn);
  if (!found) return { kind: 'function', name: fn };
  return { kind: 'listing', reference: listingReference(found), line: Number(line) };
}
