// The editor is reloaded in the midst of debugging: nothing of the session stays, and the next one runs as ever.
import assert from 'node:assert/strict';
import { useWorkbench } from './editor.js';

describe('reloading the editor', () => {
  const vs = useWorkbench();

  it('ends what is debugged, and keeps the breakpoints', async () => {
    await vs.openFile('first-walk.gmap');
    await vs.setBreakpoint(12);
    await vs.startDebugging();
    await vs.stoppedAt(12);
    await vs.page.reload();
    await vs.started();
    await vs.runCommand('View: Show Run and Debug');
    await vs.scrollTo('.debug-breakpoints', '.monaco-list-row:has-text("first-walk.gmap")');
    assert.equal(await vs.page.locator('.debug-toolbar').isVisible(), false);
  });

  it('then debugs again', async () => {
    await vs.openFile('first-walk.gmap');
    await vs.startDebugging();
    await vs.stoppedAt(12);
    await vs.stepOnce('into');
    await vs.stopDebugging();
  });
});
