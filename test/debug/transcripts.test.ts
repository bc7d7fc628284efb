/**
 * What is said on the wire, word for word: a transcript for each capability that is announced. After a change that is
 * meant, `npm run record` writes them anew.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { capabilities } from '../../src/debug/capabilities.js';
import { syntheticTree } from '../kernel-source/synthetic.js';
import { Client, fixture, marker } from './client.js';

const folder = new URL('./transcripts/', import.meta.url).pathname;
const reclaim = fixture('reclaim.gmap');
const long = fixture('long.gmap');
const record = process.env['RECORD'] === '1';

type Script = (client: Client) => Promise<unknown>;

/** Stopped at a marked line, with all breakpoints gone. */
const at = (name: string, then: Script): Script => {
  return async (client) => {
    await client.launch({ program: reclaim }, () => client.setLines(reclaim, marker(reclaim, name)));
    await client.setLines(reclaim);
    client.log.length = 0;
    await then(client);
  };
};

const functionNamed = (client: Client, name: string, more: object = {}): Promise<unknown> =>
  client.breakpoints('setFunctionBreakpoints', { breakpoints: [{ name, ...more }] });

const top = async (client: Client): Promise<number> => (await client.stack())[0]!.id;

const page = async (client: Client): Promise<DebugProtocol.Variable> => {
  const found = await client.variable('Tables', 'vm', 'region-third', '[0]', '[0]', '[2]', 'pgste');
  client.log.length = 0;
  return found;
};

const SCRIPTS: Readonly<Record<string, Script>> = {
  supportsConfigurationDoneRequest: async (client) => {
    await client.launch({ program: reclaim }, () => client.setLines(reclaim, marker(reclaim, 'arm')));
  },
  supportsFunctionBreakpoints: at('arm', async (client) => {
    await functionNamed(client, 'gmap_pte_op_fixup');
    await client.move('continue');
    await functionNamed(client, 'walk:page');
    await client.move('continue');
    await client.stack();
  }),
  supportsConditionalBreakpoints: at('arm', async (client) => {
    await client.setLines(
      reclaim,
      { line: marker(reclaim, 'expect'), condition: 'calls(kvm) == 1' },
      { line: 11, condition: 'calls(kvm' },
    );
    await client.move('continue');
  }),
  supportsHitConditionalBreakpoints: at('arm', async (client) => {
    await functionNamed(client, 'walk:region3', { hitCondition: '% 2' });
    await client.move('continue');
    await client.move('continue');
    await client.move('reverseContinue');
  }),
  supportsLogPoints: at('arm', async (client) => {
    await client.setLines(reclaim, { line: marker(reclaim, 'reclaim'), logMessage: 'PTE is {pte(vm, 0x2000)}' });
    await client.move('continue');
  }),
  exceptionBreakpointFilters: at('arm', async (client) => {
    await client.breakpoints('setExceptionBreakpoints', { filters: ['retry', 'error'] });
    await client.move('continue');
    await client.move('continue');
  }),
  supportsExceptionFilterOptions: at('arm', async (client) => {
    const filterOptions = [
      { filterId: 'walk:segment', condition: 'gaddr == 0x2000 && gmap == vm && function == gmap_table_walk' },
    ];
    await client.breakpoints('setExceptionBreakpoints', { filters: [], filterOptions });
    await client.move('continue');
  }),
  supportsExceptionInfoRequest: async (client) => {
    await client.launch({ program: reclaim, scenario: 'wrong' }, () =>
      client.breakpoints('setExceptionBreakpoints', { filters: ['expectation'] }),
    );
    client.log.length = 0;
    await client.request('exceptionInfo', { threadId: 1 });
  },
  supportsDataBreakpoints: at('reclaim', async (client) => {
    const { dataId } = await client.request<{ dataId: string }>('dataBreakpointInfo', { name: 'pgste(vm, 0x2000).IN' });
    await client.breakpoints('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'write' }] });
    await client.move('continue');
    await client.move('reverseContinue');
  }),
  supportsDataBreakpointBytes: at('reclaim', async (client) => {
    const name = await client.evaluate('pte(vm, 0x2000).address,x');
    const { dataId } = await client.request<{ dataId: string }>('dataBreakpointInfo', {
      name,
      asAddress: true,
      bytes: 4,
    });
    await client.breakpoints('setDataBreakpoints', { breakpoints: [{ dataId, accessType: 'write' }] });
    await client.move('continue');
  }),
  supportsBreakpointLocationsRequest: at('arm', async (client) => {
    await client.request('breakpointLocations', { source: { path: reclaim }, line: 8, endLine: 10 });
  }),
  supportsStepBack: at('reclaim', async (client) => {
    await client.move('stepBack');
    await client.move('gmap/stepBackOut');
    await client.move('gmap/stepBackOver');
    await client.move('reverseContinue');
  }),
  supportsSteppingGranularity: at('reclaim', async (client) => {
    await client.move('stepBack', { granularity: 'statement' });
    await client.move('next', { granularity: 'line' });
    await client.move('stepBack', { granularity: 'instruction' });
  }),
  supportsSingleThreadExecutionRequests: async (client) => {
    const file = fixture('threads.gmap');
    await client.launch({ program: file }, () => client.setLines(file, marker(file, 'threads')));
    await client.setLines(file);
    await client.move('stepIn');
    client.log.length = 0;
    await client.move('next', { threadId: 2, singleThread: true });
    await client.stack(3);
    await client.request('gmap/schedule');
  },
  supportsStepInTargetsRequest: at('reclaim', async (client) => {
    const { targets } = await client.request<{ targets: { id: number }[] }>('stepInTargets', {
      frameId: await top(client),
    });
    await client.move('stepIn', { targetId: targets[1]!.id });
    await client.stack();
  }),
  supportsGotoTargetsRequest: at('arm', async (client) => {
    const { targets } = await client.request<{ targets: { id: number }[] }>('gotoTargets', {
      source: { path: reclaim }, line: marker(reclaim, 'expect'),
    }); // prettier-ignore
    await client.move('goto', { targetId: targets[0]!.id });
    await client.stack();
  }),
  supportsRestartFrame: at('arm', async (client) => {
    await client.move('stepIn');
    await client.move('next');
    await client.move('restartFrame', { frameId: await top(client) });
    await client.stack();
  }),
  supportsEvaluateForHovers: at('reclaim', async (client) => {
    await client.evaluate('pte(vm, 0x2000)', 'hover');
    await client.evaluate('kvm', 'hover');
    await client.fails('evaluate', { expression: 'rw', context: 'hover' });
  }),
  supportsClipboardContext: at('reclaim', async (client) => {
    await client.evaluate('pgste(vm, 0x2000)', 'clipboard');
  }),
  supportsValueFormattingOptions: at('reclaim', async (client) => {
    await client.variables((await page(client)).variablesReference, { format: { hex: true } });
    await client.request('evaluate', { expression: 'machine.attach + 20', context: 'watch', format: { hex: true } });
  }),
  supportsSetVariable: at('reclaim', async (client) => {
    const { variablesReference } = await page(client);
    await client.request('setVariable', { variablesReference, name: 'IN', value: '0' });
    await client.request('gmap/position');
  }),
  supportsSetExpression: at('reclaim', async (client) => {
    await client.request('setExpression', { expression: 'pte(vm, 0x2000)', value: '0x400' });
    await client.fails('setExpression', { expression: 'pte(vm, 0x2000).I', value: '2' });
  }),
  supportsReadMemoryRequest: at('reclaim', async (client) => {
    const { memoryReference } = await page(client);
    await client.request('readMemory', { memoryReference, count: 16 });
    await client.request('readMemory', { memoryReference: '0x7000000000', count: 262144 });
  }),
  supportsWriteMemoryRequest: at('reclaim', async (client) => {
    const { memoryReference } = await page(client);
    await client.request('writeMemory', { memoryReference, offset: 1, data: 'AIA=' });
    await client.evaluate('pgste(vm, 0x2000)');
  }),
  supportsCompletionsRequest: at('reclaim', async (client) => {
    await client.request('completions', { text: 'pgste(vm, 0x2000).', column: 19 });
  }),
  completionTriggerCharacters: at('reclaim', async (client) => {
    await client.request('completions', { text: 'catch walk:', column: 12 });
  }),
  supportsLoadedSourcesRequest: at('arm', async (client) => {
    const { sources } = await client.request<{ sources: DebugProtocol.Source[] }>('loadedSources');
    await client.request('source', {
      sourceReference: sources.find((s) => s.name === 'gmap_table_walk')!.sourceReference,
    });
  }),
  supportsRestartRequest: at('reclaim', async (client) => {
    await client.setLines(reclaim, marker(reclaim, 'arm'));
    await client.move('restart');
  }),
  supportsTerminateRequest: at('arm', async (client) => {
    await client.request('terminate');
    await client.event('terminated', 0);
  }),
  supportsTerminateThreadsRequest: async (client) => {
    const file = fixture('threads.gmap');
    await client.launch({ program: file }, () => client.setLines(file, marker(file, 'host')));
    client.log.length = 0;
    await client.request('terminateThreads', { threadIds: [2] });
    await client.request('threads');
    await client.move('continue');
  },
  supportTerminateDebuggee: at('arm', async (client) => {
    await client.request('disconnect', { terminateDebuggee: true });
  }),
  supportsCancelRequest: async (client) => {
    await client.launch({ program: long, stopOnEntry: true });
    client.log.length = 0;
    const seen = client.events('progressStart').length;
    const stopped = client.event('stopped');
    await client.request('continue', { threadId: 1 });
    const { progressId } = await client.event<{ progressId: string }>('progressStart', seen);
    await client.request('cancel', { progressId });
    await stopped;
  },
};

const NUMBERS = new Set(['variablesReference', 'sourceReference', 'frameId', 'breakpointId', 'progressId']);

/** What no capability announces. */
const MORE: Readonly<Record<string, Script>> = {
  kernelSource: async (client) => {
    for (const [file, text] of syntheticTree('after').files) client.files.set(`/src/linux/${file}`, text);
    await client.launch({ program: reclaim, kernelSource: '/src/linux' }, () =>
      functionNamed(client, 'gmap_table_walk'),
    );
    await client.stack();
    const [{ source, line }] = (await client.stack()) as [DebugProtocol.StackFrame];
    await client.request('breakpointLocations', { source, line, endLine: line + 3 });
    await client.breakpoints('setBreakpoints', { source, breakpoints: [{ line: line + 1 }] });
    await client.move('next');
    await client.move('stepBack');
    await client.request('loadedSources');
  },
  console: at('arm', async (client) => {
    const line = (expression: string): Promise<unknown> => client.evaluate(expression, 'repl');
    await line('break gmap_call_notifier if start == 0x2000');
    await client.move('evaluate', { expression: 'continue', context: 'repl' });
    await line('info locals');
    await client.move('evaluate', { expression: 'goto last pgste(vm, 0x2000).IN', context: 'repl' });
    await client.move('evaluate', { expression: 'restart frame', context: 'repl' });
    await client.move('evaluate', { expression: 'restart', context: 'repl' });
    await line('quit');
    await client.event('terminated', 0);
  }),
};

/** Takes out what is different from machine to machine and from run to run. */
function plain(key: string, value: unknown): unknown {
  if (NUMBERS.has(key) && value !== 0) return `<${key}>`;
  if (key === 'hitBreakpointIds') return ['<id>'];
  // Long lists grow with the model.
  if (Array.isArray(value) && value.length > 12) return [...(value.slice(0, 3) as unknown[]), '…'];
  if (typeof value === 'string') return value.replaceAll(fixture(''), '<fixtures>/');
  return value;
}

function line({ from, message }: Client['log'][number]): string {
  const m = message as DebugProtocol.Request & DebugProtocol.Response & DebugProtocol.Event;
  const json = (value: unknown): string => (value === undefined ? '' : ` ${JSON.stringify(value, plain)}`);
  if (from === 'client') return `→ ${m.command}${json(m.arguments)}`;
  if (m.type === 'event') return `← event ${m.event}${json(m.body)}`;
  return `← ${m.success ? '' : 'failed '}${m.command}${m.success ? json(m.body) : ` ${m.message ?? ''}`}`;
}

function transcript(client: Client): string {
  const lines = client.log.map(line).map((text) =>
    // Numbers of frames and breakpoints, and how far a run came before somebody cancelled it.
    text
      .replace(/"id":\d+/g, '"id":"<id>"')
      .replace(/"(message|description)":"(Paused )?\(?(in the past: )?step [\d,]+( of [\d,]+)?\)?"/g, '"$1":"<step>"')
      .replace(/"memoryReference":"0x[0-9a-f]+"/g, '"memoryReference":"<address>"')
      .replace(/gmap:[0-9a-f]{8}#/g, 'gmap:<hash>#'),
  );
  // How often somebody is told depends on the time that it takes.
  const shown = lines.filter((text) => !/^← event (progressUpdate|continued)/.test(text));
  return `${shown.join('\n')}\n`;
}

describe('transcripts', () => {
  const announced = Object.entries(capabilities()).filter(([, value]) => Boolean(value));

  it('there is one for each capability, and none for what is not announced', () => {
    assert.deepEqual(Object.keys(SCRIPTS).sort(), announced.map(([name]) => name).sort());
    if (record) return;
    const names = [...announced.map(([name]) => name), ...Object.keys(MORE)];
    assert.deepEqual(readdirSync(folder).sort(), names.map((name) => `${name}.txt`).sort());
  });

  for (const [name, script] of Object.entries({ ...SCRIPTS, ...MORE })) {
    it(name, async () => {
      const client = new Client();
      await script(client);
      const said = transcript(client);
      const path = `${folder}${name}.txt`;
      if (record) {
        mkdirSync(folder, { recursive: true });
        writeFileSync(path, said);
      } else assert.equal(said, readFileSync(path, 'utf8'));
    });
  }
});
