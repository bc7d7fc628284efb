/** Requests that set breakpoints, and say where they can be. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Node } from './nodes/node.js';
import { checked, checkedEach, SOURCE } from './arguments.js';
import type { Spec } from './wanted.js';
import type { Core } from './core.js';
import { dataOf, formatDataId } from './data-id.js';
import { ErrorId, RequestError } from './errors.js';
import { addressOf, childNamed, nodeForExpression } from './evaluate.js';
import { protocolFilters } from './filters.js';
import { statementLines } from './locate.js';
import type { Motion } from './motion.js';
import { functionOfReference, sameFile } from './sources.js';

type Answer = { breakpoints: DebugProtocol.Breakpoint[] };

const CONDITIONS = { condition: '?string', hitCondition: '?string', logMessage: '?string' } as const;

const conditions = (b: { condition?: string; hitCondition?: string; logMessage?: string }): Omit<Spec, 'wanted'> => ({
  condition: b.condition,
  hitCondition: b.hitCondition,
  logMessage: b.logMessage,
});

export class BreakpointRequests {
  constructor(
    private readonly core: Core,
    private readonly motion: Motion,
  ) {}

  private replace(name: string, specs: readonly Spec[]): Answer {
    const { core } = this;
    const known = new Set(core.breakpoints.inSet(name));
    const made = core.breakpoints.replace(name, specs, core.target);
    if (core.phase === 'stopped') {
      for (const b of made) if (b.log && b.verified && !known.has(b)) this.motion.log?.replay(b);
    }
    return { breakpoints: made.map((b) => core.breakpointBody(b)) };
  }

  setBreakpoints(args: unknown): Answer {
    const { source, breakpoints, lines } = checked<DebugProtocol.SetBreakpointsArguments>('setBreakpoints', args, {
      source: SOURCE,
      breakpoints: '?array',
      lines: '?array',
    });
    const wanted = breakpoints ?? (lines ?? []).map((line): DebugProtocol.SourceBreakpoint => ({ line }));
    const shape = { line: 'number', column: '?number', ...CONDITIONS } as const;
    const all = checkedEach<DebugProtocol.SourceBreakpoint>('setBreakpoints', 'breakpoints', wanted, shape);
    const reference = source.sourceReference ?? 0;
    const path = source.path;
    if (reference > 0) {
      const specs = all.map((b): Spec => {
        return { wanted: { kind: 'listing', reference, line: this.core.fromClientLine(b.line) }, ...conditions(b) };
      }); // prettier-ignore
      return this.replace(`listing:${reference}`, specs);
    }
    if (typeof path !== 'string') {
      throw new RequestError(ErrorId.Malformed, "setBreakpoints: 'source' needs a path or a sourceReference");
    }
    const specs = all.map((b): Spec => {
      return { wanted: { kind: 'line', path, line: this.core.fromClientLine(b.line) }, ...conditions(b) };
    }); // prettier-ignore
    return this.replace(`line:${path}`, specs);
  }

  setFunctionBreakpoints(args: unknown): Answer {
    const { breakpoints } = checked<{ breakpoints: unknown[] }>('setFunctionBreakpoints', args, {
      breakpoints: 'array',
    });
    const shape = { name: 'string', ...CONDITIONS } as const;
    const all = checkedEach<DebugProtocol.FunctionBreakpoint>(
      'setFunctionBreakpoints', 'breakpoints', breakpoints, shape,
    ); // prettier-ignore
    return this.replace(
      'function',
      all.map((b) => ({ wanted: { kind: 'function', name: b.name }, ...conditions(b) })),
    );
  }

  setExceptionBreakpoints(args: unknown): Answer {
    const { filters, filterOptions } = checked<{ filters: unknown[]; filterOptions?: unknown[] }>(
      'setExceptionBreakpoints', args, { filters: 'array', filterOptions: '?array' },
    ); // prettier-ignore
    const plain = filters.map((filter): Spec => {
      if (typeof filter === 'string') return { wanted: { kind: 'filter', filter } };
      throw new RequestError(ErrorId.Malformed, "setExceptionBreakpoints: each of 'filters' must be a string");
    });
    const options = checkedEach<DebugProtocol.ExceptionFilterOptions>(
      'setExceptionBreakpoints', 'filterOptions', filterOptions ?? [], { filterId: 'string', condition: '?string' },
    ); // prettier-ignore
    const withOptions = options.map(({ filterId, condition }): Spec => {
      return { wanted: { kind: 'filter', filter: filterId }, condition };
    });
    return this.replace('filter', [...plain, ...withOptions]);
  }

  filters(): DebugProtocol.ExceptionBreakpointsFilter[] {
    return protocolFilters();
  }

  // --- data ---

  dataBreakpointInfo(args: unknown): DebugProtocol.DataBreakpointInfoResponse['body'] {
    const a = checked<DebugProtocol.DataBreakpointInfoArguments>('dataBreakpointInfo', args, {
      name: 'string', variablesReference: '?number', frameId: '?number', asAddress: '?boolean', bytes: '?number',
    }); // prettier-ignore
    const target = this.core.loaded('dataBreakpointInfo');
    if (a.asAddress) {
      const address = addressOf(this.core, 'dataBreakpointInfo', a.name);
      const bytes = a.bytes ?? 8;
      if (!Number.isInteger(bytes) || bytes < 1 || bytes > 0x1000_0000) {
        throw new RequestError(ErrorId.Malformed, `dataBreakpointInfo: 'bytes' must be 1 to 268435456, not ${bytes}`);
      }
      if (address >= target.machine.maxStorage) return none(`there is no storage at ${a.name}`);
      const label = `${bytes} bytes at 0x${address.toString(16)}`;
      const readable = target.machine.canBeWalked(address);
      return some(formatDataId({ from: address, to: address + bytes, label }), label, readable);
    }
    try {
      const node = a.variablesReference
        ? this.child(a.variablesReference, a.name)
        : nodeForExpression(this.core, a.name, a.frameId);
      const data = dataOf(node);
      if (typeof data === 'string') return none(data);
      return some(formatDataId(data), data.label, target.machine.canBeWalked(data.from));
    } catch (error) {
      if (error instanceof RequestError) return none(error.message);
      throw error;
    }
  }

  private child(reference: number, name: string): Node {
    return childNamed(this.core, 'dataBreakpointInfo', reference, name);
  }

  setDataBreakpoints(args: unknown): Answer {
    const { breakpoints } = checked<{ breakpoints: unknown[] }>('setDataBreakpoints', args, { breakpoints: 'array' });
    const shape = { dataId: 'string', accessType: '?string', ...CONDITIONS } as const;
    const all = checkedEach<DebugProtocol.DataBreakpoint>('setDataBreakpoints', 'breakpoints', breakpoints, shape);
    return this.replace(
      'data',
      all.map(({ dataId, accessType: access = 'write', ...b }) => ({
        wanted: { kind: 'data', dataId, access },
        ...conditions(b),
      })),
    );
  }

  // --- places ---

  breakpointLocations(args: unknown): { breakpoints: DebugProtocol.BreakpointLocation[] } {
    const a = checked<DebugProtocol.BreakpointLocationsArguments>('breakpointLocations', args, {
      source: SOURCE, line: 'number', endLine: '?number',
    }); // prettier-ignore
    const { core } = this;
    const target = core.loaded('breakpointLocations');
    const from = core.fromClientLine(a.line);
    const to = a.endLine === undefined ? from : core.fromClientLine(a.endLine);
    const within = (line: number): boolean => from <= line && line <= to;
    const reference = a.source.sourceReference ?? 0;
    if (reference > 0) {
      const lines = functionOfReference(reference)?.steps.map((step) => step.line) ?? [];
      return { breakpoints: lines.filter(within).map((line) => ({ line: core.toClientLine(line) })) };
    }
    if (!sameFile(a.source.path ?? '', target.path)) {
      const lines = target.kernel?.linesOf(a.source.path ?? '') ?? [];
      return { breakpoints: lines.filter(within).map((line) => ({ line: core.toClientLine(line) })) };
    }
    const places = statementLines(target).filter(({ line }) => within(line));
    return {
      breakpoints: places.map(({ line, statements }) => {
        const { start, end } = statements[0]!.statement.range;
        return {
          line: core.toClientLine(line),
          column: core.toClientColumn(start.column),
          endLine: core.toClientLine(end.line),
          endColumn: core.toClientColumn(end.column),
        };
      }),
    };
  }
}

const none = (description: string): DebugProtocol.DataBreakpointInfoResponse['body'] => ({ dataId: null, description });

function some(
  dataId: string,
  description: string,
  readable: boolean,
): DebugProtocol.DataBreakpointInfoResponse['body'] {
  // Reads are known where a walk visits an entry of a region or segment table, nowhere else.
  return { dataId, description, accessTypes: readable ? ['write', 'read', 'readWrite'] : ['write'], canPersist: false };
}
