// Takes the picture of Test Explorer in docs/editor.md in the real editor: `npm run pictures`.
import { takeWebp, useWorkbench } from '../editor.js';

describe('pictures of Test Explorer', () => {
  const vs = useWorkbench({ viewport: { width: 1280, height: 760 } });

  it('shows coverage', async () => {
    await vs.openView('Testing');
    await vs.expand(vs.test('02-the-walk.gmap'));
    await vs.runCommand('Test: Run All Tests with Coverage');
    await (await vs.treeRow('Test Coverage', 'gmap.c')).first().waitFor({ timeout: 60_000 });
    await vs.runCommand('View: Hide Panel');
    await vs.hideMinimap();
    await vs.widenSideBar(420);
    await (await vs.treeRow('Test Coverage', '__gmap_link')).click();
    await vs.tab('__gmap_link').waitFor();
    await vs.runCommand('Test: Toggle Inline Coverage');
    await vs.page.mouse.move(900, 700);
    await vs.page.waitForTimeout(1500);
    await takeWebp(vs.page, 'docs/pictures/coverage.webp');
  });
});
