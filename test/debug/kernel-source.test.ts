import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { functionNamed } from '../../src/engine/catalog.js';
import { syntheticTree } from '../kernel-source/synthetic.js';
import { Client, fixture, marker } from './client.js';

const reclaim = fixture('reclaim.gmap');
const GMAP = '/src/linux/arch/s390/mm/gmap.c';
const PGTABLE = '/src/linux/arch/s390/mm/pgtable.c';
const { files, expected } = syntheticTree('after');

const lineOf = (fn: string, key: string): number =>
  expected.get(functionNamed(fn)!.steps.find((step) => step.key === key)!.id)!.line;

/** A client that finds the tree, with a file of it changed or left out. */
function clientWith(changes: Readonly<Record<string, (text: string) => string | undefined>> = {}): Client {
  const client = new Client();
  for (const [file, text] of files) {
    const change = changes[file];
    const changed = change ? change(text) : text;
    if (changed !== undefined) client.files.set(`/src/linux/${file}`, changed);
  }
  return client;
}

const launch = (client: Client, configure?: () => Promise<unknown>, more: object = {}) =>
  client.launch({ program: reclaim, kernelSource: '/src/linux', ...more }, configure);
const place = ({ source, line }: DebugProtocol.StackFrame): string => `${source!.path!}:${line}`;

describe("a person's own kernel tree", () => {
  it('frames stand on the lines of its files', async () => {
    const client = clientWith();
    await launch(client, () => client.setLines(GMAP, lineOf('gmap_table_walk', 'sg')));
    const stack = await client.stack();
    assert.deepEqual(stack.map(place), [
      `${GMAP}:${lineOf('gmap_table_walk', 'sg')}`,
      `${GMAP}:${lineOf('gmap_pte_op_walk', 'walk')}`,
      `${GMAP}:${lineOf('gmap_mprotect_notify', 'walk')}`,
      `${reclaim}:${marker(reclaim, 'arm')}`,
    ]);
    assert.deepEqual(stack[0]!.source, { name: 'gmap.c', path: GMAP });
    assert.equal(stack[0]!.name, 'gmap_table_walk');
  });

  it('has no lines and no text of other files', async () => {
    const client = clientWith();
    await launch(client, () => client.setLines(GMAP, lineOf('gmap_table_walk', 'sg')));
    const other = { path: '/src/linux/mm/gap.c' };
    assert.deepEqual(await client.breakpoints('breakpointLocations', { source: other, line: 1, endLine: 999 }), []);
    assert.equal(
      await client.fails('source', { source: other, sourceReference: 0 }),
      `source: there is no source ${other.path}`,
    );
    const set = (place: string): Promise<string> => client.evaluate(`break ${place}`, 'repl');
    assert.match(await set(`gmap.c:${lineOf('ptep_notify', 'rcu')}`), /^breakpoint 2: gmap\.c:\d+$/);
    assert.equal(
      await client.fails('evaluate', { expression: 'break gap.c:3', context: 'repl' }),
      "there is no function 'gap.c'",
    );
    assert.deepEqual(await client.breakpoints('breakpointLocations', { source: {}, line: 1 }), []);
  });

  it('steps go through its lines, and back', async () => {
    const client = clientWith();
    await launch(client, () => client.setLines(GMAP, lineOf('ptep_notify', 'rcu')));
    const lines: number[] = [(await client.stack())[0]!.line];
    for (let i = 0; i < 3; i++) {
      await client.move('next');
      lines.push((await client.stack())[0]!.line);
    }
    assert.deepEqual(lines, ['rcu', 'lock', 'lookup', 'unlock'].map((key) => lineOf('ptep_notify', key))); // prettier-ignore
    for (const line of lines.slice(0, -1).reverse()) {
      await client.move('stepBack');
      assert.equal((await client.stack())[0]!.line, line);
    }
  });

  it('breakpoints go to the next line of the function that has a step', async () => {
    const client = clientWith();
    let set: DebugProtocol.Breakpoint[] = [];
    const first = lineOf('gmap_mprotect_notify', 'invalid');
    const stopped = await launch(client, async () => {
      set = await client.setLines(GMAP, first - 4, { line: lineOf('gmap_mprotect_notify', 'down'), condition: 'len == 4K' }, 1);
    }); // prettier-ignore
    assert.deepEqual(set.map(({ verified, line }) => [verified, line]), [[true, first], [true, lineOf('gmap_mprotect_notify', 'down')], [false, 1]]); // prettier-ignore
    assert.equal(set[2]!.message, 'no step of a modelled function stands here');
    assert.deepEqual(stopped.hitBreakpointIds, [set[1]!.id]);
  });

  it('a breakpoint in an inline helper stops for every function that uses it', async () => {
    const client = clientWith();
    await launch(client, () => client.setLines(PGTABLE, lineOf('ptep_xchg_direct', 'lock')));
    const names = new Set([(await client.stack())[0]!.name]);
    for (let stopped = await client.move('continue'); stopped.reason === 'breakpoint';) {
      names.add((await client.stack())[0]!.name);
      stopped = await client.move('continue');
    }
    assert.ok(names.has('ptep_xchg_direct') || names.has('ptep_xchg_lazy'), [...names].join());
    assert.equal((await client.move('reverseContinue')).reason, 'breakpoint');
  });

  it('a function that does not match keeps its listing, and that is said', async () => {
    const client = clientWith({ 'arch/s390/mm/gmap.c': (text) => text.replaceAll('made_up gmap_table_walk', 'x') });
    let set: DebugProtocol.Breakpoint[] = [];
    await launch(client, async () => {
      await client.breakpoints('setFunctionBreakpoints', { breakpoints: [{ name: 'gmap_table_walk' }] });
      set = await client.setLines(GMAP, lineOf('gmap_pte_op_walk', 'page'));
    });
    const [walk, op] = await client.stack();
    assert.equal(walk!.source!.path, GMAP);
    assert.match(op!.source!.path!, /gmap_pte_op_walk$/);
    assert.ok(op!.source!.sourceReference);
    assert.equal(set[0]!.verified, false);
    assert.match(set[0]!.message!, /^gmap_pte_op_walk is not the modelled code: no 'gmap_table_walk\(' from line \d+ /);
    assert.match(
      client.output,
      /^kernel source \/src\/linux: \d+ of \d+ modelled functions match; the others are shown as listings\n/,
    );
    assert.match(client.output, /gmap_pte_op_walk \(arch\/s390\/mm\/gmap\.c:\d+\) does not match: no 'gmap_table_walk/);
  });

  it('a folder that is no kernel tree is said to be none, and the run goes on with listings', async () => {
    const client = new Client();
    const stopped = await launch(client, undefined, { stopOnEntry: true });
    assert.equal(stopped.reason, 'entry');
    assert.match(
      client.output,
      /^kernel source \/src\/linux: no modelled function matches; all are shown as listings\n/,
    );
    assert.match(client.output, /\/src\/linux\/mm\/gup\.c cannot be read: ENOENT/);
    const { sources } = await client.request<{ sources: DebugProtocol.Source[] }>('loadedSources');
    assert.ok(sources.slice(1).every((source) => source.sourceReference));
  });

  it('its files are sources, with their text and the places for breakpoints', async () => {
    const client = clientWith();
    await launch(client, undefined, { stopOnEntry: true });
    const { sources } = await client.request<{ sources: DebugProtocol.Source[] }>('loadedSources');
    assert.ok(sources.some(({ path, sourceReference }) => path === GMAP && !sourceReference));
    const { content } = await client.request<{ content: string }>('source', {
      source: { path: GMAP },
      sourceReference: 0,
    });
    assert.equal(content, files.get('arch/s390/mm/gmap.c'));
    const line = lineOf('gmap_fault', 'down');
    const { breakpoints } = await client.request<{ breakpoints: { line: number }[] }>('breakpointLocations', {
      source: { path: `file://${GMAP}` }, line: line - 1, endLine: line + 1,
    }); // prettier-ignore
    assert.deepEqual(breakpoints, [{ line }]);
    const [set] = await client.breakpoints('setFunctionBreakpoints', { breakpoints: [{ name: 'gmap_fault' }] });
    assert.equal(set!.source!.path, GMAP);
    assert.match(files.get('arch/s390/mm/gmap.c')!.split('\n')[set!.line! - 1]!, /int gmap_fault\(/);
    const { targets } = await client.request<{ targets: unknown[] }>('gotoTargets', {
      source: { path: GMAP },
      line: lineOf('gmap_mprotect_notify', 'down'),
    });
    assert.ok(targets.length > 0);
  });

  it('a relative path starts at the scenario, and a folder may be a URI or a path of Windows', async () => {
    for (const [program, kernelSource, file] of [
      ['/a/b/s.gmap', 'linux/', '/a/b/linux/arch/s390/mm/gmap.c'],
      ['mem:///s.gmap', 'mem:///linux', 'mem:///linux/arch/s390/mm/gmap.c'],
      ['C:\\s\\s.gmap', 'C:\\linux', 'C:\\linux\\arch\\s390\\mm\\gmap.c'],
    ] as const) {
      const client = new Client();
      client.files.set(program, 'gmap vm limit 4G');
      client.files.set(file, files.get('arch/s390/mm/gmap.c')!);
      await client.launch({ program, kernelSource }, () => client.setLines(file, lineOf('gmap_alloc', 'lock')));
      assert.equal(place((await client.stack())[0]!), `${file}:${lineOf('gmap_alloc', 'lock')}`);
    }
  });

  it('the console takes its lines too', async () => {
    const client = clientWith();
    await launch(client, undefined, { stopOnEntry: true });
    const line = lineOf('gmap_table_walk', 'sg');
    assert.match(await client.evaluate(`break gmap.c:${line}`, 'repl'), new RegExp(`gmap\\.c:${line}`));
    await client.move('continue');
    assert.equal(place((await client.stack())[0]!), `${GMAP}:${line}`);
  });

  it('the generation decides which tree is right', async () => {
    const client = new Client();
    const before = syntheticTree('before');
    for (const [file, text] of before.files) client.files.set(`/src/linux/${file}`, text);
    client.files.set('/s.gmap', 'gmap vm limit 4G\nnotifier kvm');
    await client.launch({ program: '/s.gmap', kernelSource: '/src/linux', generation: 'before' }, () =>
      client.breakpoints('setFunctionBreakpoints', { breakpoints: [{ name: 'gmap_register_ipte_notifier' }] }),
    );
    const [frame] = await client.stack();
    assert.equal(frame!.source!.path, GMAP);
    assert.match(client.output, /(\d+) of \1 modelled functions match\n/);
  });

  it('a restart reads it anew, and repeats nothing', async () => {
    const client = clientWith();
    await launch(client, undefined, { stopOnEntry: true });
    await client.move('restart');
    assert.equal(client.output.match(/kernel source/g)!.length, 1);
    client.files.set(GMAP, `\n\n${client.files.get(GMAP)!}`);
    await client.move('restart');
    await client.setLines(GMAP, lineOf('gmap_alloc', 'lock') + 2);
    await client.move('continue');
    assert.equal(place((await client.stack())[0]!), `${GMAP}:${lineOf('gmap_alloc', 'lock') + 2}`);
  });
});
