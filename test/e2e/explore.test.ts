// Test Explorer: scenarios are run, and explored under many schedules; a failing schedule is debugged.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { useWorkbench } from './editor.js';

const arms = readFileSync('examples/threads/two-arms-read-write-pingpong.gmap', 'utf8');
const two = `host mmap 0x10000000 len 1M rw
gmap vm limit 4G
map vm 0x0 len 1M to 0x10000000

scenario "holds" {
  translate vm 0x3000 -> 0x10003000
}

scenario "fails" {
  expect vm.tables == 2
}
`;

for (const host of ['node', 'web'] as const) {
  describe(`Test Explorer in the ${host} extension host`, () => {
    const vs = useWorkbench({ folder: '', files: { 'arms.gmap': arms, 'two.gmap': two }, host });

    it('has each file and scenario, and runs them', async () => {
      await vs.openView('Testing');
      await vs.test('arms.gmap').waitFor();
      await vs.expand(vs.test('two.gmap'));
      await vs.test('two.gmap').hover();
      await vs.test('two.gmap').locator('.codicon-testing-run-icon').click();
      await vs.test('holds', 'passed').waitFor();
      await vs.test('fails', 'failed').waitFor();
    });

    it('explores the schedules of a scenario with threads, and says how one fails', async () => {
      await vs.openFile('arms.gmap');
      await vs.lens('Explore', 0).click();
      await vs.test('arms.gmap', 'failed').waitFor();
      await vs
        .editorLine(/expect notified/)
        .locator('.test-error-content-widget')
        .or(vs.page.getByText(/2 of these/))
        .first()
        .click();
      await vs.page
        .getByText(/The simplest schedule: /)
        .first()
        .waitFor();
      assert.match(
        readFileSync(join(vs.workspace, 'arms.schedule'), 'utf8'),
        /^gmap schedule 1\nscenario "arms"\nprogram [^]*# expect notified kvm vm 0x0 once: expected/,
      );
      await vs.screenshot(`explore-${host}`);
    });

    it('debugs the failing schedule', async () => {
      await vs.test('arms.gmap').hover();
      await vs.test('arms.gmap').locator('[aria-label^="Debug Failing Schedule"]').click();
      await vs.stoppedAt(19, 'arms.gmap');
      await vs.screenshot(`explore-debug-${host}`);
      await vs.stopDebugging();
    });

    it('runs another thread next, from the call stack, and saves the schedule that comes of it', async () => {
      await vs.debugTo('arms.gmap', 13);
      const row = vs.page.locator('.debug-call-stack .monaco-list-row', { hasText: 'read_only' }).first();
      await vs.chooseFromMenu(row, 'Run This Thread Next');
      await vs.consoleLine(/read_only goes on alone/).waitFor();
      await vs.screenshot(`explore-switch-${host}`);
      await vs.runCommand('Gmap: Save the Schedule up to Here');
      const box = vs.page.locator('.quick-input-widget input:visible');
      await vs.until(async () => (await box.inputValue()).endsWith('arms.schedule'), 'no name is suggested');
      await vs.answerInput(join(vs.workspace, 'mine.schedule'));
      const mine = join(vs.workspace, 'mine.schedule');
      await vs.until(() => Promise.resolve(existsSync(mine)), 'no schedule is saved');
      assert.match(
        readFileSync(mine, 'utf8'),
        /^gmap schedule 1\nscenario "[^"]+"\nprogram [0-9a-f]{16}\n\nread_only \d+\n$/,
      );
      await vs.stopDebugging();
    });
  });
}
