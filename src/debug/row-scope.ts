/** Names that only the step itself knows: what a call is about to return, which notifier is called, what a walk reads. */
import { returnedValue } from '../engine/events.js';
import { Kind } from '../engine/trace.js';
import type { ExpressionScope, NameInfo, Value } from '../scenario/expression/scope.js';
import { notifierCall } from '../scenario/moment.js';
import type { Target } from './target.js';

interface Extra extends NameInfo {
  readonly value: Value;
}

/** What row `n` adds to the names. */
export function resultNames(target: Target, n: number): Extra[] {
  const { trace, run } = target;
  switch (trace.kind(n)) {
    case Kind.Return: {
      const value = returnedValue(trace, n);
      if (!value) return [];
      return [{ name: 'result', detail: 'What the function is about to return.', value: value.value ?? null }];
    }
    case Kind.Notify: {
      const call = notifierCall(trace, n);
      const notifier = run.moment().name(`nb${call.notifier}`)!;
      return [
        { name: 'notifier', detail: 'The notifier that is called.', value: notifier },
        { name: 'start', detail: 'First guest address of the call.', value: call.start },
        { name: 'end', detail: 'Last guest address of the call.', value: call.end },
      ];
    }
    case Kind.Walk:
      return [{ name: 'index', detail: 'Index in the table that the walk reads.', value: BigInt(trace.operand(n, 1)) }];
    default:
      return [];
  }
}

export class RowScope implements ExpressionScope {
  constructor(
    private readonly inner: ExpressionScope,
    private readonly extra: readonly Extra[],
  ) {}

  name(id: string): Value | undefined {
    const own = this.extra.find((e) => e.name === id);
    return own ? own.value : this.inner.name(id);
  }

  call(fn: string, args: readonly Value[]): Value | undefined {
    return this.inner.call(fn, args);
  }

  member(value: Value, name: string): Value | undefined {
    return this.inner.member(value, name);
  }

  names(): readonly NameInfo[] {
    return [...this.extra, ...this.inner.names()];
  }

  members(value: Value): readonly NameInfo[] {
    return this.inner.members?.(value) ?? [];
  }
}
