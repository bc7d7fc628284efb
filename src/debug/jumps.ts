/** Places to jump to: lines, calls to step into, frames from their beginning. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { functionById } from '../engine/catalog.js';
import { Kind } from '../engine/trace.js';
import type { Core } from './core.js';
import { ErrorId, RequestError } from './errors.js';
import { locate, type Located } from './locate.js';
import { count } from './nodes/node.js';
import { displayName } from './sources.js';
import { frameNumber, type FrameRef } from './stack.js';
import { SLICE, type Target } from './target.js';
import type { Wanted } from './wanted.js';

/** Most visits of a line, or calls, that are offered. */
const OFFERED = 25;
/** Slices that are recorded ahead to find a line that has not been visited yet. */
const AHEAD = 10;

// --- goto ---

/** The visits of a line: those around the cursor if there are many. A target's number is its step. */
export function gotoTargets(core: Core, source: DebugProtocol.Source, line: number): DebugProtocol.GotoTarget[] {
  const target = core.target!;
  const reference = source.sourceReference ?? 0;
  const wanted =
    reference > 0
      ? ({ kind: 'listing', reference, line } as const)
      : ({ kind: 'line', path: source.path ?? '', line } as const);
  const { located, all: found } = visitsOf(target, wanted);
  const { line: at = line } = located;
  const here = found.findIndex((n) => n >= target.position);
  const first = Math.max(0, Math.min((here < 0 ? found.length : here) - (OFFERED >> 1), found.length - OFFERED));
  return found.slice(first, first + OFFERED).map((step, i) => ({
    id: step,
    label: `${found.length > 1 ? `visit ${count(first + i + 1)} of ${count(found.length)}, ` : ''}step ${count(step)}`,
    line: core.toClientLine(at),
  }));
}

/** Where a place is, and the steps at which it is visited: as far as is recorded, or a little ahead if none is to come. */
export function visitsOf(target: Target, wanted: Wanted): { located: Located; all: number[] } {
  const located = locate(wanted, target);
  const trigger = located.triggers?.[0];
  if (!trigger) return { located, all: [] };
  const all = target.triggers.visits(trigger);
  for (let i = 0; i < AHEAD && (all.at(-1) ?? 0) <= target.position && !target.run.ended; i++) {
    const recorded = target.recording.length;
    target.ensure(recorded + SLICE - 1);
    for (let n = recorded; n < target.recording.length; n++) if (target.triggers.isVisit(trigger, n)) all.push(n);
  }
  return { located, all };
}

// --- step into ---

/** The calls that the frame's function is still to make before it returns. A target's number is the row of the call. */
export function stepInTargets(target: Target, ref: FrameRef): DebugProtocol.StepInTarget[] {
  const { trace } = target;
  const row = target.nextRow(ref.task);
  if (row === undefined || row >= trace.length) return [];
  const caller = ref.call < 0 ? operationOf(target, row) : ref.call;
  if (caller === undefined) return [];
  const { generation } = target.recording;
  const found: DebugProtocol.StepInTarget[] = [];
  const depth = trace.depth(caller) + 1;
  for (let n = Math.max(row, caller + 1); found.length < OFFERED; n++) {
    target.ensure(n);
    if (n >= trace.length) break;
    if (trace.task(n) !== ref.task) continue;
    if (trace.caller(n) === caller && trace.kind(n) === Kind.Call) {
      found.push({ id: n, label: displayName(functionById(trace.operand(n, 0)), generation) });
    }
    const left = trace.caller(n) === caller && (trace.kind(n) === Kind.Return || trace.kind(n) === Kind.End);
    if (left || trace.depth(n) < depth - 1 || (n > row && trace.depth(n) < depth)) break;
  }
  return found;
}

/** Row of the operation that a row of the scenario's level begins, or that it belongs to. */
function operationOf(target: Target, row: number): number | undefined {
  const { trace } = target;
  if (trace.kind(row) === Kind.Op) return row;
  let at = trace.caller(row);
  while (at >= 0 && trace.caller(at) >= 0) at = trace.caller(at);
  return at < 0 ? undefined : at;
}

/** The stop right behind a call. */
export function entryOf(target: Target, call: number): number {
  const { trace } = target;
  target.ensure(call + 1);
  const isCall = call >= 0 && call < trace.length && trace.kind(call) === Kind.Call;
  if (!isCall) throw new RequestError(ErrorId.Unknown, `there is no call at step ${call}`);
  return stopBehind(target, call);
}

function stopBehind(target: Target, call: number): number {
  const { trace } = target;
  for (let n = call + 1; ; n++) {
    target.ensure(n);
    if (n >= trace.length) return trace.length;
    if (trace.task(n) === trace.task(call) && target.stepping.isStop(n)) return n;
  }
}

// --- frames ---

/** Where a frame began: the first step of its function, or of the statement. */
export function frameStart(target: Target, ref: FrameRef): number {
  if (frameNumber(target, ref) === undefined) {
    throw new RequestError(ErrorId.Unknown, 'the frame is not on the stack any more');
  }
  if (ref.nested) return ref.call;
  if (ref.call >= 0) return stopBehind(target, ref.call);
  const row = target.nextRow(ref.task);
  const start = row === undefined ? undefined : operationOf(target, row);
  return start ?? target.position;
}
