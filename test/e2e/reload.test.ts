// The editor is reloaded in the midst of debugging: nothing of the session stays, and the next one runs as ever.
import assert from 'node:assert/strict';
import { useWorkbench } from './editor.js';

describe('reloading the editor', () => {
  const vs = useWorkbench();

  const selected = () => vs.webview().getByRole('heading', { name: 'selected: region entry 0' });

  it('ends what is debugged, and keeps the breakpoints and the picture', async () => {
    await vs.debugTo('first-walk.gmap', 12);
    await vs.runCommand('Show the Picture');
    await vs.webview().locator('.walk.guest .row.path button').first().click();
    await selected().waitFor();
    // VS Code's own way saves first what is open.
    await Promise.all([vs.page.waitForEvent('load'), vs.runCommand('Developer: Reload Window')]);
    await vs.started();
    await vs.webview().getByRole('heading', { name: 'Nothing is being debugged' }).waitFor();
    await vs.runCommand('View: Show Run and Debug');
    await vs.scrollTo('.debug-breakpoints', '.monaco-list-row:has-text("first-walk.gmap")');
    assert.equal(await vs.page.locator('.debug-toolbar').isVisible(), false);
  });

  it('then debugs again, and the picture shows what was chosen', async () => {
    await vs.openFile('first-walk.gmap');
    await vs.startDebugging();
    await vs.stoppedAt(12);
    await selected().waitFor();
    await vs.stepOnce('into');
    await vs.stopDebugging();
  });
});
