// Takes the pictures of README.md and docs/editor.md in the real editor: `npm run pictures`.
import { join } from 'node:path';
import { fromRoot } from '../../../tools/lib/root.mjs';
import { takeWebp, useWorkbench } from '../editor.js';

describe('pictures', () => {
  const vs = useWorkbench({ viewport: { width: 1600, height: 1040 } });
  const take = (path: string): Promise<unknown> => vs.page.screenshot({ path: fromRoot(path), animations: 'disabled' });
  const takePart = async (selector: string, name: string): Promise<void> => {
    await vs.page
      .locator(selector)
      .first()
      .screenshot({ path: join(fromRoot('docs/pictures'), name) });
  };
  /** Nothing under the mouse, no message in the way. */
  const settle = async (): Promise<void> => {
    await vs.page.mouse.move(800, 1035);
    await vs.page.waitForTimeout(1500);
  };

  it('starts', async () => {
    await vs.openFile('first-walk.gmap');
    await vs.hideMinimap();
    await vs.setBreakpoint(12);
    await settle();
    await takePart('.part.editor', 'start.png');
    await vs.startDebugging();
    await vs.stoppedAt(12);
    await vs.page.keyboard.press('Control+J');
    await vs.widenSideBar(480);
    for (const title of ['Watch', 'Variables']) await vs.closePane(title);
    await vs.tickBreakpoint('Walk: segment table');
    await vs.setCondition('Walk: segment table', 'gaddr == 0x3000 && gmap == vm');
    await settle();
    await takePart('.debug-pane:has(.debug-breakpoints)', 'breakpoints.png');
    await vs.tickBreakpoint('Walk: segment table', false);
    await vs.closePane('Breakpoints');
    await vs.pane('Notifier Invocations');
  });

  it('walks', async () => {
    await vs.runCommand('View: Split Editor Down');
    await vs.stepTo('into', 'gmap_mprotect_notify', 'take mmap_sem for reading');
    for (const line of [
      'each page: gmap_pte_op_walk',
      '__gmap_translate',
      'gmap_pte_op_fixup',
      'the same page again',
    ]) {
      await vs.stepTo('over', 'gmap_mprotect_notify', line);
    }
    await vs.stepTo('over', 'gmap_mprotect_notify', 'each page: gmap_pte_op_walk');
    await vs.stepTo('over', 'gmap_mprotect_notify', 'ptep_force_prot');
    await vs.stepTo('into', 'ptep_force_prot', 'lock the PGSTE');
    await vs.stepTo('into', 'ptep_force_prot', 'read the PTE');
    await vs.stepTo('into', 'ptep_force_prot', 'set IN in the copy');
    await vs.stepTo('into', 'ptep_force_prot', 'return 0');
    await vs.expand((await vs.treeRow('Gmap Tables', 'page [2]')).first());
    await vs.expand((await vs.treeRow('Gmap Tables', /^pgste/)).first());
    await settle();
    await takeWebp(vs.page, 'media/readme.webp', 0.7);
    await (await vs.pane('Gmap Tables')).screenshot({ path: fromRoot('docs/pictures/tables.png') });
  });

  it('goes back', async () => {
    await vs.stepOnce('back');
    await vs.statusBarItem(/in the past/).waitFor();
    await settle();
    await take('docs/pictures/past.png');
  });
});
