// Takes the pictures of first use, of notifier calls, of values, and of a browser in docs/editor.md: `npm run pictures`.
import type { Locator } from 'playwright-core';
import { takeWebp, useWorkbench } from '../editor.js';
import type { Workbench } from '../workbench.js';

const take = async (vs: Workbench, name: string, shown: Locator): Promise<void> => {
  await vs.page.waitForTimeout(1000);
  await takeWebp(shown, `docs/pictures/${name}.webp`, 0.8);
};

describe('pictures of first use', () => {
  const vs = useWorkbench({ viewport: { width: 1200, height: 640 } });

  it('shows the walkthrough', async () => {
    await vs.runCommand('View: Toggle Primary Side Bar Visibility');
    await vs.runCommand('Welcome: Open Walkthrough');
    await vs.quickPick(/Step through a gmap/).click();
    await vs.page.locator('.gettingStartedContainer').getByText('Stop in a walk').first().waitFor();
    await vs.page.mouse.move(600, 635);
    await take(vs, 'walkthrough', vs.page.locator('.part.editor').first());
  });
});

const calls = `host mmap 0x10000000 len 1M rw
gmap vm limit 4G
map vm 0x0 len 1M to 0x10000000
notifier kvm
notifier shadow
mprotect_notify vm 0x2000 len 8K PROT_WRITE -> 0
host reclaim 0x10002000
host wrprotect 0x10003000
`;

describe('pictures of calls', () => {
  const vs = useWorkbench({ folder: '', files: { 'calls.gmap': calls }, viewport: { width: 1200, height: 480 } });

  it('shows the calls of a notifier', async () => {
    await vs.openFile('calls.gmap');
    await vs.startDebugging();
    await vs.statusBarItem(/step \d+ of/).waitFor();
    await vs.widenSideBar(640);
    for (const title of ['Variables', 'Watch', 'Breakpoints', 'Gmap Tables', 'Call Stack']) await vs.closePane(title);
    await (await vs.treeRow('Notifier Invocations', /shadow ←/)).first().waitFor();
    await vs.page.mouse.move(900, 555);
    await take(vs, 'calls', await vs.pane('Notifier Invocations'));
  });
});

describe('pictures of values', () => {
  const vs = useWorkbench({ viewport: { width: 1200, height: 640 } });

  it('shows values beside the lines, and under the mouse', async () => {
    await vs.debugTo('first-walk.gmap', 16);
    await vs.hideMinimap();
    await vs.runCommand('View: Hide Panel');
    await vs.move(() => vs.runCommand('Go to the End of the Run'));
    const hover = await vs.hover('mprotect_notify vm', '0x2000');
    await vs.until(async () => /s1:600/.test(await hover.innerText()), 'the hover does not show the swapped page');
    await take(vs, 'values', vs.page.locator('.part.editor').first());
  });
});

describe('pictures of a browser', () => {
  const vs = useWorkbench({ host: 'web', viewport: { width: 1400, height: 760 } });

  it('shows a walk in the web worker', async () => {
    await vs.debugTo('first-walk.gmap', 12);
    await vs.hideMinimap();
    await vs.runCommand('View: Hide Panel');
    await vs.toolbar.getByRole('button', { name: 'Show the Picture' }).click();
    await vs
      .webview()
      .getByRole('heading', { name: /^mprotect_notify vm 0x2000/ })
      .waitFor();
    await vs.stepOnce('over');
    for (const title of ['Variables', 'Watch', 'Breakpoints']) await vs.closePane(title);
    await vs.page.mouse.move(700, 755);
    await take(vs, 'browser', vs.page.locator('.monaco-workbench').first());
  });
});
