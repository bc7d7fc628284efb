// The picture in the real editor: it draws the machine at the cursor, follows the debugger, and moves it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { useWorkbench } from './editor.js';

for (const host of ['node', 'web'] as const) {
  describe(`the picture in the real editor, ${host === 'web' ? 'as in a browser' : 'beside a scenario'}`, () => {
    const vs = useWorkbench({ host, viewport: { width: 1700, height: 1050 } });
    let panel: FrameLocator;
    const time = () => panel.getByRole('slider', { name: 'Time' });
    const step = async (): Promise<number> => Number(await time().getAttribute('aria-valuenow'));

    it('opens with a button of the debug toolbar and draws the machine', async () => {
      await vs.debugTo('first-walk.gmap', 12);
      await vs.toolbar.getByRole('button', { name: 'Show the Picture' }).click();
      panel = vs.webview();
      await panel.getByRole('heading', { name: /^mprotect_notify vm 0x2000/ }).waitFor();
      await panel.getByText('Dimmed levels are not walked: the root of vm is a region-third table').waitFor();
      assert.equal(await panel.locator('.field.pg .index').innerText(), '2');
      await vs.screenshot(`picture-${host}-start`);
    });

    it('follows the debugger, and says what changed', async () => {
      const before = await step();
      await vs.step('over');
      await vs.until(async () => (await step()) > before, 'the picture does not follow');
      await panel.locator('.page-table .row.page', { hasText: '0x2000' }).locator('.armed').waitFor();
      await panel.locator('.changes').getByText('PGSTE of vm 0x2000').waitFor();
      const said = panel.locator('#live');
      await vs.until(async () => /Changed: .*IN from 0 to 1/.test((await said.textContent()) ?? ''), 'nothing is said');
      await vs.screenshot(`picture-${host}-armed`);
    });

    it('moves the debugger by the keyboard', async () => {
      const before = await step();
      await time().focus();
      await vs.page.keyboard.press('Shift+ArrowLeft');
      await vs.statusBarItem(/in the past/).waitFor();
      await vs.until(async () => (await step()) < before, 'the cursor stays');
      // The editor took the keyboard when the debugger stopped; the panel has it back.
      await vs.until(async () => time().evaluate((slider) => slider.ownerDocument.hasFocus()), 'the keyboard is lost');
      const isBack = async (): Promise<boolean> => (await step()) >= before - 1;
      for (let tries = 3; !(await isBack()); tries--) {
        // On a slow machine the editor takes the keyboard once more, and with it the key.
        await time().focus();
        await vs.page.keyboard.press('Shift+ArrowRight');
        await vs.until(isBack, 'the cursor stays in the past', 6000).catch((error: unknown) => {
          if (tries === 1) throw error;
        });
      }
    });

    it('shows when an entry changed, goes there, and breaks when it changes again', async () => {
      await panel.locator('.page-table .row.page', { hasText: '0x2000' }).locator('button').click();
      await panel.getByRole('heading', { name: 'selected: PTE 2 and PGSTE 2' }).waitFor();
      await panel.locator('.history li', { hasText: 'IN 0 → 1' }).locator('button').click();
      await vs.inFunction('ptep_force_prot');
      await vs.screenshot(`picture-${host}-history`);
      await panel.locator('.page-table .row.page', { hasText: '0x2000' }).locator('button').focus();
      await panel.getByRole('button', { name: 'Break when PGSTE 2 changes' }).click();
      await panel.getByText('The run stops when pgste(vm, 0x2000) changes.').first().waitFor();
      await vs.pane('Breakpoints');
      await vs.scrollTo('.debug-breakpoints', '.monaco-list-row:has-text("change:pgste(vm, 0x2000)")');
    });

    it('survives being hidden', async () => {
      const was = await step();
      await time().focus();
      await vs.runCommand('View: Unlock Editor Group');
      await vs.openFile('no-esop.gmap');
      await vs.until(async () => !(await panel.locator('#panel').isVisible()), 'the panel is not hidden');
      await vs.runCommand('View: Close Editor');
      await panel.getByRole('heading', { name: 'selected: PTE 2 and PGSTE 2' }).waitFor();
      assert.equal(await step(), was);
    });

    if (host === 'node') {
      it('saves the picture as SVG', async () => {
        await panel.getByRole('button', { name: 'Save picture as SVG' }).click();
        const input = vs.page.locator('.quick-input-widget input').first();
        await input.waitFor();
        await vs.page.keyboard.press('Enter');
        const file = join(vs.workspace, `gmap-step-${await step()}.svg`);
        await vs.until(async () => existsSync(file), 'no file is written');
        await vs.until(async () => readFileSync(file, 'utf8').endsWith('</svg>'), 'the file is cut off');
        await panel
          .getByText(/^Saved as gmap-step-\d+\.svg\.$/)
          .first()
          .waitFor();
      });
    }

    it('says when nothing is debugged any more', async () => {
      await vs.stopDebugging();
      await panel.getByRole('heading', { name: 'Nothing is being debugged' }).waitFor();
      await vs.screenshot(`picture-${host}-empty`);
    });
  });
}
