import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { Requests } from '../../src/debug/protocol.js';
import { Client, fixture, marker } from './client.js';

const reclaim = fixture('reclaim.gmap');

const COMMANDS = [
  'initialize', 'launch', 'attach', 'configurationDone', 'restart', 'cancel', 'setBreakpoints',
  'setFunctionBreakpoints', 'setExceptionBreakpoints', 'setDataBreakpoints', 'dataBreakpointInfo',
  'breakpointLocations', 'continue', 'reverseContinue', 'next', 'stepIn', 'stepOut', 'stepBack', 'pause', 'goto',
  'gotoTargets', 'stepInTargets', 'restartFrame', 'threads', 'stackTrace', 'scopes', 'variables', 'source',
  'loadedSources', 'exceptionInfo', 'readMemory', 'writeMemory', 'evaluate', 'completions', 'setVariable',
  'setExpression', ...Object.values(Requests),
]; // prettier-ignore

async function at(name: string): Promise<Client> {
  const client = new Client();
  await client.launch({ program: reclaim }, () => client.setLines(reclaim, marker(reclaim, name)));
  return client;
}

/** The session still does what it is for. */
async function works(client: Client): Promise<void> {
  const stopped = await client.move('gmap/goTo', { step: 105 });
  assert.ok(['goto', 'breakpoint'].includes(stopped.reason));
  assert.match(await client.where(), /^reclaim:9$/);
}

describe('what goes wrong', () => {
  it('is answered before anything was launched', async () => {
    for (const command of COMMANDS) {
      const client = new Client();
      const args = { threadId: 1, frameId: 1, variablesReference: 1, expression: '1', source: { path: 'x' }, line: 1 };
      await client.send(command, args);
      const more = {
        name: 'x', value: '1', memoryReference: '0', data: '', count: 1, targetId: 1, text: '', column: 1, step: 1,
        format: 'hex', breakpoints: [], filters: [],
      }; // prettier-ignore
      const response = await client.send(command, { ...args, ...more });
      if (!response.success) assert.match(response.message!, /^\w/, command);
    }
    const client = new Client();
    for (const [command, args] of [
      ['continue', { threadId: 1 }],
      ['stackTrace', { threadId: 1 }],
      ['variables', { variablesReference: 1 }],
      ['evaluate', { expression: '1' }],
      ['gmap/tree', {}],
      ['restart', {}],
    ] as const) {
      assert.match(await client.fails(command, args), /nothing has been launched yet/, command);
    }
  });

  it('is answered while the client still configures', async () => {
    const client = new Client();
    await client.request('initialize', { adapterID: 'gmap' });
    await client.request('launch', { program: reclaim });
    assert.match(await client.fails('next', { threadId: 1 }), /next: the scenario has not started yet/);
    assert.match(await client.fails('launch', { program: reclaim }), /has been launched already/);
    await client.request('configurationDone');
    assert.match(await client.fails('configurationDone'), /has started already/);
    assert.match(await client.fails('pause', { threadId: 1 }), /is not running/);
    assert.match(await client.fails('attach', {}), /nothing to attach to/);
  });

  it('is answered after the end', async () => {
    const client = await at('arm');
    await client.request('terminate');
    await client.event('terminated', 0);
    for (const command of COMMANDS) {
      if (['initialize', 'threads', 'cancel'].includes(command)) continue;
      const response = await client.send(command, { threadId: 1, program: reclaim });
      if (!response.success) assert.notEqual(response.message, '');
    }
    assert.match(await client.fails('continue', { threadId: 1 }), /the session is over/);
    await client.request('disconnect');
  });

  it('names the argument, and what is right', async () => {
    const client = await at('arm');
    for (const [command, args, message] of [
      ['next', {}, "next: 'threadId' is missing (a number)"],
      ['next', { threadId: '1' }, "next: 'threadId' must be a number, not string"],
      ['next', { threadId: 77 }, 'next: there is no thread 77'],
      [
        'next',
        { threadId: 1, granularity: 'leap' },
        "next: 'granularity' must be statement, line, instruction, not 'leap'",
      ],
      ['stepIn', { threadId: 1, targetId: 3 }, 'there is no call at step 3'],
      ['scopes', { frameId: 4711 }, 'scopes: there is no frame 4711'],
      ['variables', { variablesReference: 4711 }, 'variables: there is no container 4711'],
      ['variables', [], 'variables: arguments must be an object, not array'],
      ['variables', { variablesReference: null }, "variables: 'variablesReference' must be a number, not null"],
      ['setBreakpoints', { source: {}, breakpoints: [] }, "setBreakpoints: 'source' needs a path or a sourceReference"],
      [
        'setBreakpoints',
        { source: { path: 'x' }, breakpoints: [{}] },
        "setBreakpoints: breakpoints[0]: 'line' is missing (a number)",
      ],
      [
        'setBreakpoints',
        { source: { path: 'x' }, breakpoints: [null] },
        "setBreakpoints: breakpoints[0]: 'line' is missing (a number)",
      ],
      ['setExceptionBreakpoints', { filters: [1] }, "setExceptionBreakpoints: each of 'filters' must be a string"],
      ['gmap/goTo', { step: -1 }, "gmap/goTo: 'step' must be a whole number from 0 to 9007199254740991, not -1"],
      ['gmap/goTo', { step: 1.5 }, "gmap/goTo: 'step' must be a whole number from 0 to 9007199254740991, not 1.5"],
      ['gmap/goTo', {}, "gmap/goTo: 'step' is missing (a number)"],
      ['setVariable', { variablesReference: 1, name: 'x', value: '1' }, "setVariable: there is no 'x' here"],
      ['source', { sourceReference: -1 }, 'source: there is no source -1'],
      ['exceptionInfo', { threadId: 1 }, 'exceptionInfo: the scenario did not stop at an exception'],
      ['goto', { threadId: 1, targetId: 1e9 }, 'goto: there is no target 1000000000'],
      ['gmap/goTo', { moment: 'x' }, "'x' is no moment"],
      [
        'gmap/goTo',
        { moment: 'gmap:00000000#3' },
        'the moment belongs to another state of this scenario: its steps are not these',
      ],
      ['gmap/picture', { unfold: 5 }, 'gmap/picture: unfold: a list is needed'],
      [
        'setBreakpoints',
        { source: { path: 'x' }, breakpoints: 5 },
        "setBreakpoints: 'breakpoints' must be an array, not number",
      ],
      ['restartFrame', { frameId: 4711 }, 'restartFrame: there is no frame 4711'],
      ['fish', {}, "there is no request 'fish'"],
    ] as const) {
      const [frame] = await client.stack();
      await client.request('scopes', { frameId: frame!.id });
      assert.equal(await client.fails(command, args), message);
    }
    await works(client);
  });

  it('has a stable number, and a text that is not taken apart', async () => {
    const client = await at('arm');
    const response = await client.send('evaluate', { expression: '{a}' });
    const { error } = response.body as { error: DebugProtocol.Message };
    assert.equal(error.id, 3001);
    assert.equal(error.format, '{_text}');
    assert.equal(error.variables!['_text'], response.message);
  });

  it('never ends the session: any arguments, in any order', async function () {
    this.timeout(60_000);
    const anything = fc.anything({ maxDepth: 2, maxKeys: 4 });
    const plausible = fc.record(
      {
        threadId: fc.oneof(fc.integer({ min: -1, max: 4 }), anything),
        frameId: fc.oneof(fc.integer({ min: -1, max: 20 }), anything),
        variablesReference: fc.oneof(fc.integer({ min: -1, max: 40 }), anything),
        expression: fc.oneof(fc.constantFrom('pte(vm, 0x2000)', 'help', 'next', 'undo', 'set machine.esop = 0', 'goto start'), fc.string()),
        context: fc.constantFrom('repl', 'watch', 'hover', 'clipboard', 'fish'),
        name: fc.oneof(fc.constantFrom('IN', 'pte', 'esop'), fc.string()),
        value: fc.oneof(fc.constantFrom('0', '1', '0x400'), fc.string()),
        source: fc.oneof(fc.constant({ path: reclaim }), fc.record({ sourceReference: fc.nat(200) }), anything),
        line: fc.oneof(fc.nat(30), anything),
        breakpoints: fc.oneof(fc.array(fc.record({ line: fc.nat(30), name: fc.string(), dataId: fc.string() })), anything),
        filters: fc.oneof(fc.array(fc.constantFrom('error', 'notifier', 'walk:page')), anything),
        memoryReference: fc.oneof(fc.constantFrom('0x18000', '0x0', '0xffffffffffffffff'), fc.string()),
        count: fc.oneof(fc.nat(5000), anything),
        offset: fc.oneof(fc.integer(), anything),
        data: fc.oneof(fc.base64String(), fc.string()),
        text: fc.string(),
        column: fc.oneof(fc.nat(30), anything),
        step: fc.oneof(fc.nat(400), anything),
        targetId: fc.oneof(fc.nat(400), anything),
        parent: fc.oneof(fc.constantFrom('g0', 'g0/t', 'host', 'g0/t/0/0/f0', 'locals:0:5'), fc.string()),
        format: fc.oneof(fc.constantFrom('hex', 'bin'), anything),
        mask: fc.oneof(fc.constantFrom('0x400', 'x'), anything),
      },
      { requiredKeys: [] },
    ); // prettier-ignore
    const commands = COMMANDS.filter((c) => !['launch', 'restart', 'terminate', 'disconnect'].includes(c));
    const request = fc.tuple(
      fc.constantFrom(...commands, 'nothing'),
      fc.oneof({ weight: 5, arbitrary: plausible }, { weight: 1, arbitrary: anything }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 5, maxLength: 40 }), async (requests) => {
        const client = await at('arm');
        for (const [command, args] of requests) {
          const response = await client.send(command, args);
          if (!response.success) {
            assert.notEqual(
              (response.body as { error: { id: number } }).error.id,
              9001,
              `${command}: ${response.message ?? ''}`,
            );
          }
        }
        assert.equal(client.output.includes('made a mistake'), false, client.output);
        // A continue at the end ends the session; everything else leaves it at work.
        if (client.events('terminated').length === 0) await client.request('gmap/position');
      }),
      { numRuns: 120 },
    );
  });

  it('take null for what is left out, and say which part of a source is wrong', async () => {
    const client = new Client();
    await client.launch({ program: reclaim, stopOnEntry: true });
    const bare = { condition: null, hitCondition: null, logMessage: null };
    await client.request('setBreakpoints', { source: { path: reclaim }, breakpoints: [{ line: 1, ...bare }] });
    await client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'gmap_fault', ...bare }] });
    await client.request('gmap/tree', { parent: null, start: null, count: null });
    for (const [command, more] of [
      ['setBreakpoints', { breakpoints: [] }],
      ['gotoTargets', { line: 1 }],
      ['breakpointLocations', { line: 1 }],
    ] as const) {
      assert.equal(
        await client.fails(command, { source: { path: 7 }, ...more }),
        `${command}: 'source': 'path' must be a string, not number`,
      );
      assert.match(await client.fails(command, more), /'source' is missing/);
    }
  });
});
