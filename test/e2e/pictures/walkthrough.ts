// Takes the pictures of the walkthrough in the real editor: `npm run pictures`.
import { takeWebp, useWorkbench } from '../editor.js';

describe('pictures of the walkthrough', () => {
  const vs = useWorkbench({ viewport: { width: 1100, height: 760 } });
  const take = async (name: string, selector = '.monaco-workbench'): Promise<void> => {
    // Nothing under the mouse, no message in the way.
    await vs.page.mouse.move(700, 690);
    await vs.page.waitForTimeout(1500);
    await takeWebp(vs.page.locator(selector).first(), `media/walkthrough/${name}.webp`, 0.5);
  };

  it('shows the example, a walk, the past, and who wrote an entry', async () => {
    await vs.runCommand('Gmap: Open an Example');
    await vs.hideMinimap();
    await take('example', '.part.editor');
    await vs.runCommand('Gmap: Debug Scenario');
    await vs.statusBarItem(/step \d+ of/).waitFor();
    await vs.runCommand('View: Hide Panel');
    await vs.tickBreakpoint('Walk: segment table');
    for (const title of ['Variables', 'Watch', 'Breakpoints']) await vs.closePane(title);
    await vs.runCommand('Go to Step');
    await vs.answerInput('call 1');
    await vs.inFunction('gmap_call_notifier');
    await take('past');
    await vs.move(() => vs.runCommand('Go to the Start of the Run'));
    for (const fn of ['__gmap_link', 'gmap_table_walk']) {
      await vs.move(() => vs.page.keyboard.press('F5'));
      await vs.inFunction(fn);
    }
    await take('walk');
  });
});
