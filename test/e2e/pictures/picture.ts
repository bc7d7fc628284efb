// Takes the pictures of the panel and of the views for threads and notifiers in docs/editor.md: `npm run pictures`.
import { takeWebp, useWorkbench } from '../editor.js';

const viewport = { width: 1500, height: 1150 };

describe('pictures of the picture', () => {
  const vs = useWorkbench({ viewport });

  it('shows the machine', async () => {
    await vs.debugTo('first-walk.gmap', 12);
    await vs.tickBreakpoint('A notifier is called');
    await vs.toolbar.getByRole('button', { name: 'Show the Picture' }).click();
    const panel = vs.webview();
    await panel.getByRole('heading', { name: /^mprotect_notify vm 0x2000/ }).waitFor();
    await vs.stepOnce('over');
    await vs.stepOnce('continue');
    await vs.inFunction(/notif/);
    await vs.runCommand('View: Hide Panel');
    await vs.runCommand('View: Toggle Primary Side Bar Visibility');
    await panel.locator('.page-table .row.path button').first().click();
    await panel.locator('.history li').first().waitFor();
    await panel.getByRole('slider', { name: 'Time' }).focus();
    await vs.runCommand('View: Close Editors in Other Groups');
    await panel.locator('h1').first().scrollIntoViewIfNeeded();
    await vs.page.mouse.move(750, 1145);
    await vs.page.waitForTimeout(1500);
    await takeWebp(vs.page, 'docs/pictures/picture.webp', 0.8);
  });
});

describe('pictures of threads', () => {
  const vs = useWorkbench({ viewport: { width: 1300, height: 820 } });

  it('shows who holds what, and who waits', async () => {
    await vs.openFile('threads/deadlock-reader-maps.gmap');
    await vs.hideMinimap();
    await vs.startDebugging();
    await vs.statusBarItem(/step \d+/).waitFor();
    await vs.runCommand('View: Hide Panel');
    await vs.widenSideBar(460);
    for (const title of ['Variables', 'Watch', 'Breakpoints', 'Notifier Invocations']) await vs.closePane(title);
    await vs.expand((await vs.treeRow('Gmap Tables', /^locks/i)).first());
    await vs.page.mouse.move(900, 700);
    await vs.page.waitForTimeout(1500);
    await takeWebp(vs.page, 'docs/pictures/threads.webp');
  });
});
