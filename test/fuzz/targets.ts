/**
 * What is fuzzed. A target gets a number and makes its input from it; it throws if something is wrong that no input may
 * cause: an exception of ours, a request without an answer, a state that breaks an invariant.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { OperationSyntaxError, parseOperation } from '../../src/engine/operation.js';
import { ErrorId } from '../../src/debug/errors.js';
import { serveStdio } from '../../src/debug/node-adapter.js';
import { picture } from '../../src/debug/picture.js';
import { createSession } from '../../src/debug/session.js';
import { timeline } from '../../src/debug/timeline.js';
import { FromHost, FromPanel, PanelState } from '../../src/panel/messages.js';
import { compileFile } from '../../src/scenario/compile.js';
import { ExpressionError } from '../../src/scenario/expression/evaluate.js';
import { parseExpression } from '../../src/scenario/expression/parse.js';
import { ScenarioRun } from '../../src/scenario/run.js';
import { readCorpus } from '../conformance/corpus.js';
import { mutateData, mutateText, Random } from './mutate.js';

export interface Target {
  readonly name: string;
  /** Runs one input. Returns what it was, for the report of a failure. */
  run(seed: number, note: (input: string) => void): Promise<void>;
}

/** Most steps that a fuzzed scenario may take: inputs are many and small. */
const MAX_STEPS = 20_000;

const scenarios = ['examples', 'examples/history', 'examples/threads']
  .flatMap((dir) => readdirSync(dir).map((f) => join(dir, f)))
  .filter((f) => f.endsWith('.gmap'))
  .map((f) => readFileSync(f, 'utf8'));

/** Mutated real scenarios: the checker answers, and what it accepts runs to an end with its invariants whole. */
const scenario: Target = {
  name: 'scenario',
  async run(seed, note) {
    const random = new Random(seed);
    const text = mutateText(random.pick(scenarios), random.pick(scenarios), random);
    note(text);
    const { file } = compileFile(text, 'fuzz.gmap');
    for (const s of file?.scenarios ?? []) {
      const run = new ScenarioRun(file!, s, { maxSteps: MAX_STEPS });
      run.finish();
      run.recording.seek(0);
      run.recording.seek(run.recording.length);
    }
  },
};

const EXPRESSIONS = [
  'gaddr == 0x2000 && gmap == vm', 'pte(vm, 0x2000).P', 'pgste(vm, 0x2000).IN == 1', 'visits(gmap_table_walk) > 3', '!held(mmap_sem)',
  '(entry(vm, 0x2000, segment) & ~0xfff) >> 12', 'calls(kvm) + 1 < 2 || rc == -EFAULT', 'a.b.c(d, e)', '1 + 2 * 3 % 4 - -5',
]; // prettier-ignore

const expression: Target = {
  name: 'expression',
  async run(seed, note) {
    const random = new Random(seed);
    const text = mutateText(random.pick(EXPRESSIONS), random.pick(EXPRESSIONS), random);
    note(text);
    try {
      parseExpression(text);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
    }
  },
};

const OPERATIONS = [
  'mmap vmaddr=0x10000000 len=0x100000 prot=rw', 'inject alloc=1 unlocked=2 then reclaim vmaddr=0x10000000',
  'mprotect_notify g=0 gaddr=0x2000 len=0x1000 prot=write', 'cond_set_key vmaddr=0x0 key=0xf8 nq=1 mr=0 mc=1',
]; // prettier-ignore

const corpus: Target = {
  name: 'corpus',
  async run(seed, note) {
    const random = new Random(seed);
    const line = mutateText(random.pick(OPERATIONS), random.pick(OPERATIONS), random);
    note(line);
    try {
      parseOperation(line);
    } catch (error) {
      if (!(error instanceof OperationSyntaxError)) throw error;
    }
    if (!random.chance(0.02)) return;
    const dir = await mkdtemp(join(tmpdir(), 'gmap-fuzz-'));
    try {
      const file = join(dir, 'x.jsonl');
      const record = mutateData(
        { name: 'x', gen: 'after', recs: [{ op: line, rc: 0, ev: [], d: {} }], end: {} },
        random,
      );
      const text = mutateText(`${JSON.stringify(record) ?? ''}\n`, '{"threads":[]}', random);
      note(text);
      await writeFile(file, text);
      for await (const r of readCorpus(file))
        if (typeof r.name !== 'string') throw new Error('a record without a name');
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('x.jsonl:')) throw error;
    } finally {
      await rm(dir, { recursive: true });
    }
  },
};

/** Requests as clients send them; the fuzzer bends them. */
const REQUESTS: readonly { command: string; arguments?: unknown }[] = [
  { command: 'initialize', arguments: { adapterID: 'gmap', linesStartAt1: true, columnsStartAt1: true, pathFormat: 'path' } },
  { command: 'launch', arguments: { program: '/a.gmap', stopOnEntry: true } },
  { command: 'launch', arguments: { program: '/a.gmap', maxSteps: 2000 } },
  { command: 'setBreakpoints', arguments: { source: { path: '/a.gmap' }, breakpoints: [{ line: 9, condition: 'rc == 0' }, { line: 11, logMessage: '{rc}' }] } },
  { command: 'setFunctionBreakpoints', arguments: { breakpoints: [{ name: 'gmap_table_walk', condition: 'gaddr == 0x2000' }, { name: 'walk:segment', hitCondition: '>= 2' }] } },
  { command: 'setExceptionBreakpoints', arguments: { filters: ['expectation'], filterOptions: [{ filterId: 'walk:segment', condition: 'gmap == vm' }] } },
  { command: 'dataBreakpointInfo', arguments: { name: 'pte(vm, 0x2000)' } },
  { command: 'setDataBreakpoints', arguments: { breakpoints: [{ dataId: 'x', accessType: 'write' }] } },
  { command: 'configurationDone' },
  { command: 'threads' },
  { command: 'stackTrace', arguments: { threadId: 1, startFrame: 0, levels: 20 } },
  { command: 'scopes', arguments: { frameId: 1 } },
  { command: 'variables', arguments: { variablesReference: 1, start: 0, count: 10 } },
  { command: 'evaluate', arguments: { expression: 'pte(vm, 0x2000)', context: 'hover', frameId: 1 } },
  { command: 'evaluate', arguments: { expression: 'help', context: 'repl' } },
  { command: 'evaluate', arguments: { expression: 'step 12', context: 'repl' } },
  { command: 'completions', arguments: { text: 'pt', column: 3 } },
  { command: 'next', arguments: { threadId: 1 } },
  { command: 'stepIn', arguments: { threadId: 1 } },
  { command: 'stepOut', arguments: { threadId: 1 } },
  { command: 'stepBack', arguments: { threadId: 1 } },
  { command: 'continue', arguments: { threadId: 1 } },
  { command: 'reverseContinue', arguments: { threadId: 1 } },
  { command: 'pause', arguments: { threadId: 1 } },
  { command: 'readMemory', arguments: { memoryReference: '0x4000', offset: 0, count: 64 } },
  { command: 'writeMemory', arguments: { memoryReference: '0x4000', data: 'AAAAAAAAAAA=' } },
  { command: 'setVariable', arguments: { variablesReference: 3, name: 'I', value: '1' } },
  { command: 'setExpression', arguments: { expression: 'pgste(vm, 0x2000).IN', value: '0' } },
  { command: 'source', arguments: { sourceReference: 1 } },
  { command: 'source', arguments: { sourceReference: 0, source: { path: '/a.gmap', sourceReference: 2 } } },
  { command: 'loadedSources' },
  { command: 'exceptionInfo', arguments: { threadId: 1 } },
  { command: 'gotoTargets', arguments: { source: { path: '/a.gmap' }, line: 9 } },
  { command: 'goto', arguments: { threadId: 1, targetId: 1 } },
  { command: 'stepInTargets', arguments: { frameId: 1 } },
  { command: 'restartFrame', arguments: { frameId: 1 } },
  { command: 'restart' },
  { command: 'cancel', arguments: { requestId: 3 } },
  { command: 'gmap/tree', arguments: { parent: 'g0', start: 0, count: 5 } },
  { command: 'gmap/tree', arguments: { changed: true, gmap: 'vm', address: '0x2000', nodes: ['g0'] } },
  { command: 'gmap/residents', arguments: { memoryReference: '0x4000', offset: 0, count: 65536 } },
  { command: 'gmap/notifications' },
  { command: 'gmap/position' },
  { command: 'gmap/goTo', arguments: { step: 20 } },
  { command: 'gmap/history', arguments: { memoryReference: '0x4000' } },
  { command: 'gmap/picture', arguments: { gaddr: '0x2000', gmap: 0 } },
  { command: 'gmap/timeline', arguments: { from: 10, to: 200, columns: 40 } },
  { command: 'gmap/format', arguments: { format: 'hex' } },
  { command: 'gmap/schedule' },
  { command: 'gmap/stepBackOver', arguments: { threadId: 1 } },
  { command: 'gmap/stepBackOut', arguments: { threadId: 1 } },
  { command: 'nothing', arguments: {} },
  { command: 'terminate' },
  { command: 'disconnect' },
]; // prettier-ignore

interface SentMessage {
  readonly type: string;
  readonly request_seq?: number;
  readonly message?: string;
  readonly body?: { readonly output?: string; readonly error?: { readonly id: number } };
}

const START = ['initialize', 'launch', 'configurationDone'];
const MAX_REQUESTS = 30;
/** Turns of the event loop in which an answer has to come: far more than any takes. */
const MAX_TURNS = 200_000;

/** Well-formed, malformed and out-of-order messages: every request is answered, and nothing is thrown. */
const session: Target = {
  name: 'session',
  async run(seed, note) {
    const random = new Random(seed);
    const files = [random.pick(scenarios), mutateText(random.pick(scenarios), random.pick(scenarios), random)];
    const s = createSession({
      readFile: (path) =>
        path === '/a.gmap'
          ? Promise.resolve(random.pick(files))
          : Promise.reject(new Error(`there is no file ${path}`)),
    });
    const open = new Map<number, string>();
    const sent: unknown[] = [];
    let mistake: Error | undefined;
    s.onDidSendMessage((message) => {
      const m = JSON.parse(JSON.stringify(message)) as SentMessage;
      if (m.type === 'response') open.delete(m.request_seq!);
      if (m.body?.error?.id === ErrorId.Internal || m.body?.output?.startsWith('The debugger made a mistake')) {
        mistake ??= new Error(m.message ?? m.body.output);
      }
    });
    const answered = async (turns: number): Promise<void> => {
      if (turns > MAX_TURNS) throw new Error(`no answer to ${[...open.values()].join(', ')}`);
      await new Promise((resolve) => setImmediate(resolve));
      if (mistake) throw mistake;
    };
    const orderly = random.chance(0.7);
    for (let i = 0; i < MAX_REQUESTS; i++) {
      const command = orderly && i < START.length ? START[i]! : undefined;
      const base = command ? REQUESTS.find((r) => r.command === command)! : random.pick(REQUESTS);
      const message = {
        seq: i + 1,
        type: 'request',
        command: base.command,
        arguments: random.chance(command ? 0.05 : 0.4) ? mutateData(base.arguments, random) : base.arguments,
      };
      sent.push(message);
      note(JSON.stringify(sent, undefined, 1));
      open.set(message.seq, message.command);
      s.handleMessage(message);
      for (let turns = 0; random.chance(0.8) && open.size > 0; turns++) {
        await answered(turns);
        if (turns > 20 && random.chance(0.5)) break;
      }
    }
    s.handleMessage({ seq: 1000, type: 'request', command: 'disconnect' } as never);
    for (let turns = 0; open.size > 0; turns++) await answered(turns);
    s.dispose();
  },
};

/** What a client writes, bent byte by byte: the session takes what it can, and ends with its client. */
const stream: Target = {
  name: 'stream',
  async run(seed, note) {
    const random = new Random(seed);
    const frames = Array.from({ length: random.int(6) + 1 }, (_, i) => {
      const text = JSON.stringify({ seq: i + 1, type: 'request', ...random.pick(REQUESTS) });
      return `Content-Length: ${random.chance(0.1) ? random.pick([0, -1, 1e12, 'x']) : text.length}\r\n\r\n${text}`;
    });
    const bytes = mutateText(frames.join(''), frames[0]!, random);
    note(bytes);
    const input = new PassThrough();
    const output = new PassThrough().resume();
    const served = serveStdio({ input, output });
    for (let at = 0; at < bytes.length;) {
      const size = random.int(200) + 1;
      input.write(bytes.slice(at, at + size));
      at += size;
    }
    input.end();
    await served;
  },
};

const runs = [...scenarios.slice(0, 4), ...scenarios.slice(-4)].map((text) => {
  const { file } = compileFile(text, 'fuzz.gmap');
  const run = new ScenarioRun(file!, file!.scenarios[0]!, { schedules: () => [] });
  run.finish();
  return run;
});

const FROM_PANEL: readonly unknown[] = [
  { type: 'ready' }, { type: 'picture', request: 1, args: {} },
  { type: 'picture', request: 2, args: { gmap: 0, gaddr: '0x2000', unfold: [{ table: '0x8000', index: 3 }] } },
  { type: 'picture', request: 3, args: { vmaddr: '0xffffffffffffffff', since: 20 } },
  { type: 'timeline', request: 4, args: { from: 0, to: 4_000_000_000, columns: 7 } },
  { type: 'goTo', step: 12, keyboard: true }, { type: 'history', memoryReference: '0x4000' },
  { type: 'breakOnChange', expression: 'pte(vm, 0x2000)' }, { type: 'save', svg: '<svg/>', name: 'x' },
]; // prettier-ignore
const STATE = { version: '1', gmap: 0, gaddr: '0x2000', from: 1, to: 9, selected: '0x8000', unfold: [{ table: '0x8000', index: 1 }] }; // prettier-ignore

/** Messages between the panel and its host: what is not one is told, and what is one gets an answer that is one. */
const panel: Target = {
  name: 'panel',
  run(seed, note) {
    const random = new Random(seed);
    const message = mutateData(random.pick(FROM_PANEL), random);
    note(JSON.stringify(message) ?? 'undefined');
    FromHost.check(message);
    PanelState.check(mutateData(STATE, random));
    if (FromPanel.check(message) === undefined) answer(random.pick(runs), message as FromPanel, random);
    return Promise.resolve();
  },
};

function answer(run: ScenarioRun, message: FromPanel, random: Random): void {
  run.recording.seek(random.int(run.recording.length + 1));
  const answers: FromHost[] = [];
  if (message.type === 'picture') {
    const furthest = random.int(run.recording.length + 1);
    answers.push({ type: 'picture', request: 1, picture: picture(run, message.args, { furthest }) });
  }
  if (message.type === 'timeline') {
    answers.push({ type: 'timeline', request: 1, timeline: timeline(run, message.args) });
  }
  for (const data of answers) {
    const wrong = FromHost.check(JSON.parse(JSON.stringify(data)));
    if (wrong !== undefined) throw new Error(wrong);
  }
}

export const targets: readonly Target[] = [scenario, expression, corpus, session, stream, panel];
