/** Stops at something out of the ordinary: which it is, and what there is to say about it. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { errnoName } from '../engine/bits.js';
import { eventText, returnedValue } from '../engine/events.js';
import { gmapName, notifierCall, notifierName } from '../scenario/moment.js';
import type { Hit } from './breakpoints.js';
import { filterNamed } from './filters.js';
import { hex } from './nodes/node.js';
import { displayName } from './sources.js';
import type { Target } from './target.js';

export interface Exception {
  readonly id: string;
  readonly text: string;
}

/** The exception that a stop is about; undefined if it is none. */
export function exceptionAt(target: Target, position: number, hits: readonly Hit[]): Exception | undefined {
  for (const { breakpoint } of hits) {
    const { wanted } = breakpoint.spec;
    if (wanted.kind === 'filter') return { id: wanted.filter, text: textOf(target, wanted.filter, position) };
  }
  // A deadlock and the limits of the tool are no rows: they show at the end.
  const { outcome } = target.run;
  if (position < target.recording.length || !outcome || outcome.kind === 'ended') return undefined;
  if (outcome.kind === 'limit') return { id: 'limit', text: outcome.text };
  if (outcome.expected) return undefined;
  return { id: outcome.kind, text: outcome.kind === 'bug' ? `BUG ${outcome.text}` : `Deadlock: ${outcome.text}` };
}

function textOf(target: Target, filter: string, n: number): string {
  const { trace, run, recording } = target;
  switch (filter) {
    case 'expectation': {
      const failure = run.failures.find((f) => f.row === n);
      if (!failure) return 'an expectation failed';
      const found = `expected ${failure.expected}; found ${failure.found}`;
      // One that holds at every step stops inside of another statement: it is named.
      const elsewhere = trace.caller(n) >= 0 && target.statement(failure.statement);
      return elsewhere ? `line ${elsewhere.range.start.line}: ${elsewhere.text}: ${found}` : found;
    }
    case 'notifier': {
      const call = notifierCall(trace, n);
      const { names } = run;
      return `${notifierName(names, call.notifier)} is called for ${gmapName(names, call.gmap)} ${hex(call.start)}..${hex(call.end)}`;
    }
    case 'error': {
      const value = returnedValue(trace, n)?.value ?? 0n;
      const fn = recording.functionAt(n);
      const name = errnoName(Number(value));
      return `${fn ? displayName(fn, recording.generation) : 'the call'} returns ${name ? `-${name} (${value})` : value}`;
    }
    case 'bug':
    case 'retry':
      return eventText(trace, n, recording.generation).replace(/^[!~] /, '');
    default: {
      const frame = recording.frames(n)[0];
      const args = frame ? recording.arguments(frame).map((a) => `${a.name}=${a.text}`).join(' ') : '';
      return `${eventText(trace, n, recording.generation).replace(/^W |^\. /, '')}${args ? ` (${args})` : ''}`;
    } // prettier-ignore
  }
}

/** The answer to exceptionInfo. */
export function exceptionInfo(target: Target, exception: Exception): DebugProtocol.ExceptionInfoResponse['body'] {
  const failure =
    exception.id === 'expectation' ? target.run.failures.find((f) => f.row === target.position) : undefined;
  const typeName = filterNamed(exception.id)?.label ?? (exception.id === 'deadlock' ? 'Deadlock' : 'Limit');
  return {
    exceptionId: exception.id,
    description: exception.text,
    breakMode: 'always',
    details: {
      message: failure ? `expected: ${failure.expected}\nfound:    ${failure.found}` : exception.text,
      typeName,
      fullTypeName: exception.id,
    },
  };
}
