import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { folder, gmap, jsonLines, MIXED, ROOT, SETUP, shell, start } from './support.js';

interface Step {
  readonly scenario: string;
  readonly step: number;
  readonly thread: string;
  readonly kind: string;
  readonly function: string | null;
  readonly line: number | null;
  readonly text: string | null;
  readonly event: string | null;
  readonly depth: number;
  readonly statement: { readonly line: number; readonly text: string } | null;
  readonly changes: readonly { address: string; before: string; after: string; what: string }[];
}

const THREADS = `${SETUP}
schedule round_robin
thread arm {
  mprotect_notify vm 0x2000 len 4K PROT_WRITE
}
thread host {
  host write 0x10002000
}
expect no lock held
`;

const LONG = `${SETUP}guest write vm 0x2000\nrepeat 3000 {\n  mprotect_notify vm 0x2000 len 4K PROT_WRITE\n}\n`;

describe('gmap trace', function () {
  this.timeout(120_000);

  const cwd = folder({
    'mixed.gmap': MIXED,
    'threads.gmap': THREADS,
    'long.gmap': LONG,
    'broken.gmap': 'frobnicate\n',
  });
  const here = { cwd };
  const steps = async (...args: string[]): Promise<Step[]> =>
    jsonLines<Step>((await gmap(['trace', '--json', ...args], here)).stdout);

  it('prints statements as headings, and below them steps with their words and changes', async () => {
    const { code, stdout, stderr } = await gmap(['trace', 'mixed.gmap', '--scenario', 'holds'], here);
    assert.equal(code, 0);
    assert.equal(stderr, '');
    assert.match(stdout, /^scenario "holds" {2}generation after$/m);
    assert.match(stdout, /^in the events g0 is vm, nb0 is kvm$/m);
    assert.match(stdout, /^mixed\.gmap:7 {2}mprotect_notify vm 0x2000 len 8K PROT_WRITE -> 0$/m);
    assert.match(stdout, /^ +\d+ {2}> gmap_mprotect_notify g0 0x2000 0x2000 2 +\S/m);
    // Deeper calls stand further to the right.
    assert.match(stdout, /^ +\d+ {4}> gmap_pte_op_walk g0 0x2000 +each page/m);
    assert.match(stdout, /^ +\d+ {8}W r3 \[0\] inv 0x24 +.*visit its entry$/m);
    assert.match(stdout, /^ +pte 0x10002000: none → d1:03d {2}\(0x10000103d\)$/m);
    assert.match(stdout, /^ +segment vm 0x0: empty → table at 0x[0-9a-f]+ {2}\(0x[0-9a-f]+\)$/m);
    assert.match(stdout, /^mixed\.gmap:9 {2}expect notified .*\n +\d+ {2}✓ as expected$/m);
  });

  it('shows what does not hold, and what print shows', async () => {
    const { code, stdout } = await gmap(['trace', 'mixed.gmap'], here);
    assert.equal(code, 0);
    assert.match(stdout, /^ +\d+ {2}✗ expected result 0\n +found {4}result -EFAULT \(-14\)$/m);
    assert.match(stdout, /^ +\d+ {2}pte\(vm, 0x2000\) = d1:03d/m);
    assert.equal(stdout.match(/^scenario /gm)!.length, 3);
  });

  it('gives threads that run beside each other a column each', async () => {
    const { stdout } = await gmap(['trace', 'threads.gmap'], here);
    const lines = stdout.split('\n');
    const head = lines.find((line) => /^ +arm +host$/.test(line))!;
    assert.ok(head);
    const columns = [head.indexOf('arm'), head.indexOf('host')];
    const call = lines.find((line) => line.includes('> gmap_mprotect_notify g0'))!;
    const fault = lines.find((line) => line.includes('X fault'))!;
    assert.equal(call.indexOf('>'), columns[0]);
    assert.equal(fault.indexOf('X fault'), columns[1]);
  });

  it('--json has the promised fields, and is the same at every run', async () => {
    const args = ['trace', '--json', 'mixed.gmap', 'threads.gmap'];
    const [a, b] = await Promise.all([gmap([...args.slice(0, 3)], here), gmap([...args.slice(0, 3)], here)]);
    assert.equal(a.stdout, b.stdout);
    const rows = jsonLines<Step>(a.stdout);
    for (const row of rows) {
      assert.deepEqual(Object.keys(row).slice(0, 11), [
        'scenario', 'step', 'thread', 'kind', 'function', 'line', 'text', 'event', 'depth', 'statement', 'changes',
      ]); // prettier-ignore
      for (const { address, before, after, what } of row.changes) {
        for (const word of [address, before, after]) assert.match(word, /^0x(0|[1-9a-f][0-9a-f]*)$/);
        assert.notEqual(before, after);
        assert.notEqual(what, '');
      }
    }
    const first = rows.filter(({ scenario }) => scenario === 'holds');
    assert.deepEqual(
      first.map(({ step }) => step),
      first.map((_, i) => i),
    );
    const set = first.find(({ changes }) => changes.some(({ what }) => what === 'pte 0x10002000'))!;
    assert.deepEqual(set.changes.find(({ what }) => what === 'pte 0x10002000')!.after, '0x10000103d');
    assert.equal(set.statement!.line, 7);
    const walk = first.find(({ kind }) => kind === 'walk')!;
    assert.equal(walk.function, 'gmap_table_walk');
    assert.match(walk.event!, /^W r3 /);
  });

  it('--json follows every word: what a row finds is what the last one left', async () => {
    const memory = new Map<string, string>();
    for (const { changes, step } of await steps('threads.gmap')) {
      for (const { address, before, after } of changes) {
        const known = memory.get(address);
        if (known !== undefined) assert.equal(before, known, `${address} at step ${step}`);
        memory.set(address, after);
      }
    }
    assert.ok(memory.size > 10);
  });

  it('filters by step and by function', async () => {
    const all = await steps('mixed.gmap', '--scenario', 'holds');
    const some = await steps('mixed.gmap', '--scenario', 'holds', '--from', '20', '--to', '25');
    assert.deepEqual(some, all.slice(20, 26));
    const walks = await steps('mixed.gmap', '--scenario', 'holds', '--function', 'gmap_table_walk');
    assert.match(walks[0]!.event!, /^> gmap_table_walk /);
    assert.match(walks.at(-1)!.event!, /^< gmap_table_walk /);
    assert.deepEqual(
      walks,
      all.filter(({ step }) => walks.some((w) => w.step === step)),
    );
    const { code, stderr } = await gmap(['trace', 'mixed.gmap', '--function', 'gmap_table_wlk'], here);
    assert.equal(code, 2);
    assert.match(stderr, /no function is named 'gmap_table_wlk'; did you mean 'gmap_table_walk'\?/);
    assert.equal((await gmap(['trace', 'mixed.gmap', '--from', '9', '--to', '3'], here)).code, 2);
  });

  it("--events is the corpus' language, and equals the corpus", async () => {
    const corpus = join(ROOT, 'test/corpus/traces/handmade.jsonl.gz');
    const name = 'fault-links-5-levels';
    const { stdout: text } = await gmap(['convert', corpus, '--program', name]);
    const own = folder({ 'program.gmap': text });
    const { stdout } = await gmap(['trace', 'program.gmap', '--events'], { cwd: own });
    const record = jsonLines<{ name: string; recs: { ev: string[] }[] }>(
      gunzipSync(readFileSync(corpus)).toString(),
    ).find((r) => r.name === name)!;
    assert.deepEqual(
      stdout.trimEnd().split('\n'),
      record.recs.flatMap(({ ev }) => ev),
    );
    const threads = await gmap(['trace', 'threads.gmap', '--events'], here);
    assert.match(threads.stdout, /^host X fault$/m);
    assert.match(threads.stdout, /^arm > gmap_mprotect_notify g0 0x2000 0x1000 2$/m);
  });

  it('ends quietly when its reader goes away', async function () {
    if (process.platform === 'win32') this.skip();
    const { stdout, stderr } = await shell('gmap trace long.gmap | head -1; echo "${PIPESTATUS[0]}"', here);
    assert.equal(stderr, '');
    assert.match(stdout, /^scenario "long" {2}generation after\n0\n$/);
  });

  it('waits for a slow reader, and loses nothing', async () => {
    const { stdout: whole } = await gmap(['trace', '--events', 'long.gmap'], here);
    const child = await start(['trace', '--events', 'long.gmap'], here);
    let text = '';
    child.stdout!.setEncoding('utf8');
    for await (const piece of child.stdout!) {
      text += piece as string;
      if (text.length < 1 << 18) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.ok(whole.length > 1 << 17);
    assert.equal(text.length, whole.length);
    assert.ok(text === whole);
  });

  it('does not run a file with errors', async () => {
    const { code, stdout, stderr } = await gmap(['trace', 'broken.gmap'], here);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^broken\.gmap:1:1: error: .*\ngmap: broken\.gmap has errors; nothing was run\n$/);
  });
});
