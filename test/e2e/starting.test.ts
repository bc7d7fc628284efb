// Ways to start a scenario, and what is said when it cannot start or does not do what it promises.
import { useWorkbench } from './editor.js';

const two = `host mmap 0x10000000 len 1M rw
gmap vm limit 4G
map vm 0x0 len 1M to 0x10000000

scenario "first" {
  mprotect_notify vm 0x2000 len 4K PROT_READ -> 0
}

scenario "second" {
  translate vm 0x3000
  expect pte vm 0x3000 valid
}
`;

describe('starting a scenario', () => {
  const vs = useWorkbench({ folder: '', files: { 'two.gmap': two } });

  it('F5 takes the scenario that the cursor is in, and stops where an expectation fails', async () => {
    await vs.openFile('two.gmap');
    await vs.gotoLine(10);
    await vs.startDebugging();
    await vs.stoppedAt(11);
    await vs.inFunction('second');
    const exception = vs.page.locator('.exception-widget');
    await exception.filter({ hasText: /found/ }).waitFor();
    await vs.screenshot('starting-expectation');
    await vs.stopDebugging();
  });

  it('Debug above a scenario starts that one', async () => {
    await vs.setBreakpoint(6);
    await vs.lens('Debug', 0).click();
    await vs.stoppedAt(6);
    await vs.inFunction('first');
    await vs.stopDebugging();
    await vs.clearBreakpoint(6);
  });

  it('Run above a scenario runs it to its end, and says how it went', async () => {
    await vs.lens('Run', 1).click();
    await vs.consoleLine(/second: 1 expectation, 1 failed/).waitFor();
    await vs.screenshot('starting-run');
    await vs.lens('Run', 0).click();
    await vs.consoleLine(/first: .*0 failed/).waitFor();
  });

  it('a scenario is compared in both generations: where they first differ, and at the end', async () => {
    await vs.gotoLine(6);
    await vs.runCommand('Gmap: Compare Both Generations');
    const report = vs.page.locator('.editor-instance .view-line');
    await report.filter({ hasText: /first\sdifferent\sevent:\stwo\.gmap:6:\smprotect_notify/ }).waitFor();
    await vs.screenshot('starting-comparison');
    await vs.page.keyboard.press('Control+1');
    await vs.runCommand('View: Close Other Editors in Group');
    await vs.runCommand('View: Close Editors in Other Groups');
  });

  it('an unsaved file is debugged as it is', async () => {
    await vs.newFile('Gmap scenario', 'host mmap 0x10000000 len 1M rw\ngmap vm limit 4G\nexpect vm.tables == 2');
    await vs.page.keyboard.press('F5');
    await vs.stoppedAt(3);
    await vs.screenshot('starting-unsaved');
    await vs.stopDebugging();
  });

  it('a scenario with a mistake says where it is', async () => {
    await vs.openFile('two.gmap');
    await vs.gotoLine(6);
    await vs.page.keyboard.press('Home');
    await vs.page.keyboard.type('zap vn 0\n  ');
    await vs.page.keyboard.press('F5');
    await vs.dialog(/two\.gmap:6:/).waitFor();
    await vs.screenshot('starting-mistake');
    await vs.page.keyboard.press('Escape');
  });
});
