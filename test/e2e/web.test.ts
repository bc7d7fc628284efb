// The same extension where there is no Node: in the web-worker extension host, as on vscode.dev.
import { useWorkbench } from './editor.js';

describe('in the web-worker extension host', () => {
  const vs = useWorkbench({ host: 'web', viewport: { width: 1500, height: 1100 } });
  const scenario = 'a reclaimed prefix page is notified once';

  it('says what is wrong in a scenario', async () => {
    await vs.openFile('first-walk.gmap');
    await vs.gotoLine(8);
    await vs.page.keyboard.press('Home');
    await vs.page.keyboard.type('zap vn 0x2000\n');
    await vs.until(async () => (await vs.problems()).some((text) => text.includes("'vn'")), 'nothing is said about vn');
    await vs.gotoLine(8);
    await vs.page.keyboard.press('Control+Shift+K');
    await vs.until(async () => (await vs.editorLine(/zap/).count()) === 0, 'the line stays');
  });

  it('debugs: a breakpoint, steps, tables and notifier calls', async () => {
    await vs.setBreakpoint(12);
    await vs.startDebugging();
    await vs.stoppedAt(12);
    await vs.inFunction(scenario);
    await vs.stepTo('into', 'gmap_mprotect_notify', 'take mmap_sem for reading');
    await vs.stepTo('into', 'gmap_mprotect_notify', 'each page: gmap_pte_op_walk');
    await vs.stepTo('into', 'gmap_pte_op_walk', 'gmap_table_walk');
    await vs.stepTo('into', 'gmap_table_walk', 'root is region-third or above');
    const entry = await vs.treeRow('Gmap Tables', /region-third \[0\] 0x0\s*empty/);
    await entry.locator('.codicon-arrow-right').waitFor();
    await vs.screenshot('web-walk');
    await vs.page.keyboard.press('F5');
    await vs.stoppedAt(21, 'first-walk.gmap');
    await vs.closePane('Variables');
    await (await vs.treeRow('Notifier Invocations', /kvm.*vm 0x2000\.\.0x2fff/)).click();
    await vs.statusBarItem(/Ln 15, Col/).waitFor();
  });

  it('goes back', async () => {
    await vs.stepOnce('back');
    await vs.stoppedAt(20);
    await vs.behindLine('in the past: step');
    await vs.screenshot('web-past');
    await vs.stopDebugging();
  });
});
