/** Commands about breakpoints. */
import { Breakpoint } from '../breakpoint.js';
import { ErrorId, RequestError } from '../errors.js';
import { nodeForExpression } from '../evaluate.js';
import { dataOf, formatDataId } from '../data-id.js';
import { FILTERS } from '../filters.js';
import { functionCalled, listingReference } from '../sources.js';
import type { Spec, Wanted } from '../wanted.js';
import { say, type Answer, type Command, type ConsoleContext } from './command.js';

/** `PLACE if CONDITION visit HITS log MESSAGE`: each part but the first may be left out. */
function parts(text: string): { place: string } & Omit<Spec, 'wanted'> {
  const [, place = '', condition, hitCondition, logMessage] =
    /^(.*?)(?:\s+if\s+(.*?))?(?:\s+visit\s+(.*?))?(?:\s+log\s+(.*))?$/s.exec(text) ?? [];
  return { place: place.trim(), condition, hitCondition, logMessage };
}

function add({ core, motion }: ConsoleContext, spec: Spec): Answer {
  const trial = new Breakpoint(0, spec);
  trial.resolve(core.target!);
  if (!trial.verified) throw new RequestError(ErrorId.Expression, trial.message ?? 'this can never hit');
  const breakpoint = core.breakpoints.add('console', spec, core.target);
  if (breakpoint.log) motion.log?.replay(breakpoint);
  return say(`breakpoint ${breakpoint.id}: ${breakpoint.label}`);
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
  {
    name: 'watch',
    operands: 'EXPR [if COND] [visit N]',
    doc: 'Stops behind a step that changes an entry, a bit, or the doubleword at an address: watch pgste(vm, 0x2000).IN',
    completes: 'expression',
    run: (context, operands) => {
      if (operands === '') return undefined;
      const { place, ...conditions } = parts(operands);
      const data = dataOf(nodeForExpression(context.core, place, context.frameId));
      if (typeof data === 'string') throw new RequestError(ErrorId.Value, data);
      return add(context, { wanted: { kind: 'data', dataId: formatDataId(data), access: 'write' }, ...conditions });
    },
  },
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
        throw new RequestError(ErrorId.Expression, 'write delete N, or delete all; info breakpoints lists them');
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

function placeOf({ core }: ConsoleContext, place: string): Wanted {
  if (/^\d+$/.test(place)) return { kind: 'line', path: core.target!.path, line: Number(place) };
  const [, fn, line] = /^([^:\s]+):(\d+)$/.exec(place) ?? [];
  if (fn === undefined) return { kind: 'function', name: place };
  const path = core.target!.kernel?.pathCalled(fn);
  if (path !== undefined) return { kind: 'line', path, line: Number(line) };
  const found = functionCalled(fn);
  if (!found) return { kind: 'function', name: fn };
  return { kind: 'listing', reference: listingReference(found), line: Number(line) };
}
