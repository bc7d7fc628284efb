// Test Explorer: scenarios are run with coverage, which the editor shows on the listings of kernel functions.
import assert from 'node:assert/strict';
import { useWorkbench } from './editor.js';

const two = `host mmap 0x10000000 len 1M rw
gmap vm limit 4G
map vm 0x0 len 1M to 0x10000000

scenario "arms" {
  mprotect_notify vm 0x3000 len 4K PROT_WRITE -> 0
}

scenario "fails" {
  expect vm.tables == 2
}
`;

for (const host of ['node', 'web'] as const) {
  describe(`Coverage in the ${host} extension host`, () => {
    const vs = useWorkbench({ folder: '', files: { 'two.gmap': two }, host });

    it('runs scenarios, and tells what they cover of every kernel function', async () => {
      await vs.openView('Testing');
      await vs.expand(vs.test('two.gmap'));
      await vs.test('two.gmap').hover();
      await vs.test('two.gmap').locator('.codicon-testing-coverage-icon').click();
      await vs.test('arms', 'passed').waitFor();
      await vs.test('fails', 'failed').waitFor();
      await (await vs.treeRow('Test Coverage', /^gmap_alloc_table/)).waitFor();
      const rows = await vs.treeTexts('Test Coverage');
      const share = (name: string): string | undefined =>
        rows.find((row) => row.startsWith(name))?.slice(name.length + 1);
      assert.deepEqual(
        ['linux', 'kvm/kvm-s390.c', 'gmap.c'].map((file) => typeof share(file)),
        Array(3).fill('string'),
      );
      assert.equal(share('__gmap_translate'), '100.00%');
      assert.equal(share('__gmap_zap'), '0.00%');
      assert.match(share('gmap_alloc_table')!, /^[1-9]\d[.]/);
    });

    it('marks the steps and branches on a listing', async () => {
      await (await vs.treeRow('Test Coverage', /^gmap_alloc_table/)).click();
      await vs.tab('gmap_alloc_table').waitFor();
      await vs.statusBarItem('Steps of a kernel function').waitFor();
      const marks = { 2: 'partly', 3: 'miss', 4: 'hit', 5: 'partly', 6: 'miss', 7: 'hit' };
      await vs.until(async () => Object.keys(await vs.coverage()).length > 0, 'nothing is marked');
      assert.deepEqual(await vs.coverage(), marks);
      await vs.screenshot(`coverage-${host}`);
      await vs.runCommand('Test: Toggle Inline Coverage');
      const hover = await vs.hoverMissedBranch();
      assert.match(await hover.innerText(), /Branch to line 3 \(no memory: return -ENOMEM\) .* was not covered/);
      await vs.screenshot(`coverage-inline-${host}`);
    });

    it('stops at breakpoints of such a listing', async () => {
      await vs.setBreakpoint(4);
      await vs.openFile('two.gmap');
      await vs.startDebugging();
      await vs.standsIn('gmap_alloc_table', 'if the entry is still invalid');
      await vs.screenshot(`coverage-breakpoint-${host}`);
      await vs.stopDebugging();
    });
  });
}
