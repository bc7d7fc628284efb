/** Requests that look at the run where it stands: threads, stacks, variables, sources, memory. They change nothing. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { SOURCE, checked } from './arguments.js';
import type { Core } from './core.js';
import { ErrorId, RequestError } from './errors.js';
import { addressOf } from './evaluate.js';
import { exceptionInfo } from './exceptions.js';
import { readMemory } from './memory.js';
import type { Handler } from './reply.js';
import { scopes } from './scopes.js';
import {
  functionOfReference, listingSource, listingSources, listingText, sameFile, scenarioSource,
} from './sources.js'; // prettier-ignore
import { stack, threads } from './stack.js';
import { variables } from './view.js';

export function inspectionRequests(core: Core): Record<string, Handler> {
  return {
    threads: () => {
      if (!core.target || core.phase !== 'stopped') return { body: { threads: [{ id: 1, name: 'scenario' }] } };
      return { body: { threads: threads(core.target) } };
    },
    stackTrace: (args) => {
      const a = checked<DebugProtocol.StackTraceArguments>('stackTrace', args, {
        threadId: 'number', startFrame: '?number', levels: '?number',
      }); // prettier-ignore
      const target = core.loaded('stackTrace');
      if (core.phase !== 'stopped') return { body: { stackFrames: [], totalFrames: 0 } };
      const all = stack(target, core.taskOfThread('stackTrace', a.threadId), core.frames);
      const start = a.startFrame ?? 0;
      const frames = all.slice(start, a.levels ? start + a.levels : undefined).map((frame) => ({
        ...frame,
        line: core.toClientLine(frame.line),
        column: core.toClientColumn(frame.column),
        ...(frame.endLine !== undefined && { endLine: core.toClientLine(frame.endLine) }),
        ...(frame.endColumn !== undefined && { endColumn: core.toClientColumn(frame.endColumn) }),
      }));
      return { body: { stackFrames: frames, totalFrames: all.length } };
    },
    scopes: (args) => {
      const { frameId } = checked<DebugProtocol.ScopesArguments>('scopes', args, { frameId: 'number' });
      core.stopped('scopes');
      const { ref } = core.frame('scopes', frameId);
      return { body: { scopes: scopes(core, ref!) } };
    },
    variables: (args) => {
      const a = checked<DebugProtocol.VariablesArguments>('variables', args, {
        variablesReference: 'number', filter: '?string', start: '?number', count: '?number', format: '?object',
      }); // prettier-ignore
      core.stopped('variables');
      const id = core.containers.get(a.variablesReference);
      if (id === undefined) {
        throw new RequestError(ErrorId.Unknown, `variables: there is no container ${a.variablesReference}`);
      }
      const format = a.format?.hex ? 'hex' : core.format;
      return { body: { variables: variables(core.view, id, core.containers, format, a) } };
    },
    source: (args) => {
      const a = checked<DebugProtocol.SourceArguments>('source', args, {
        sourceReference: '?number',
        source: '?object',
      });
      const source = a.source && checked<DebugProtocol.Source>("source: 'source'", a.source, SOURCE);
      return { body: sourceBody(core, source?.sourceReference ?? a.sourceReference, source?.path) };
    },
    loadedSources: () => ({ body: { sources: loadedSources(core) } }),
    exceptionInfo: (args) => {
      checked('exceptionInfo', args, { threadId: 'number' });
      const target = core.stopped('exceptionInfo');
      const exception = core.stop?.exception;
      if (!exception)
        throw new RequestError(ErrorId.WrongTime, 'exceptionInfo: the scenario did not stop at an exception');
      return { body: exceptionInfo(target, exception) };
    },
    readMemory: (args) => {
      const a = checked<DebugProtocol.ReadMemoryArguments>('readMemory', args, {
        memoryReference: 'string', offset: '?number', count: 'number',
      }); // prettier-ignore
      const { memoryReference, offset = 0, count } = a;
      const target = core.stopped('readMemory');
      const body = readMemory(target, addressOf(core, 'readMemory', memoryReference) + offset, count);
      core.memoryRead(memoryReference, offset, count, Number(body.address));
      return { body };
    },
  };
}

/** Every text that the run can be in. */
export function loadedSources(core: Core): DebugProtocol.Source[] {
  const target = core.loaded('loadedSources');
  const kernel = target.kernel?.sources() ?? [];
  return [scenarioSource(target.path), ...kernel, ...listingSources(target.recording.generation)];
}

/** The text that a source stands for. */
export function sourceText(core: Core, { sourceReference, path }: DebugProtocol.Source): string {
  return sourceBody(core, sourceReference, path).content;
}

function sourceBody(
  core: Core,
  reference: number | undefined,
  path: string | undefined,
): DebugProtocol.SourceResponse['body'] & { source?: DebugProtocol.Source } {
  const target = core.loaded('source');
  const { generation } = target.recording;
  if (!reference && path !== undefined && sameFile(path, target.path)) return { content: target.text };
  const text = reference || path === undefined ? undefined : target.kernel?.text(path);
  if (text !== undefined) return { content: text, mimeType: 'text/x-c' };
  const fn = reference
    ? functionOfReference(reference)
    : listingSources(generation)
        .map((s) => (s.path === path ? functionOfReference(s.sourceReference ?? 0) : undefined))
        .find((f) => f !== undefined);
  if (!fn) throw new RequestError(ErrorId.Unknown, `source: there is no source ${reference || (path ?? '')}`);
  return {
    content: listingText(fn, generation),
    mimeType: 'text/x-gmap-listing',
    source: listingSource(fn, generation),
  };
}
