// Takes the pictures about writing and testing scenarios in docs/editor.md in the real editor: `npm run pictures`.
import type { Workbench } from '../workbench.js';
import { takeWebp, useWorkbench } from '../editor.js';

const scenario = `host mmap 0x10000000 len 16M rw
gmap vm limit 4G
notifier kvm
map vm 0x0 len 16M to 0x10000000

scenario "a page is armed" {
  mprotect_notify vm 0x2000 len 8K PROT_WRITE -> 0
  host reclaim 0x10002000
  expect notified kvm vm 0x2000 2 times

}
`;
const viewport = { width: 1100, height: 620 };

const take = async (vs: Workbench, name: string, selector = '.monaco-workbench'): Promise<void> => {
  await vs.page.mouse.move(viewport.width / 2, viewport.height - 5);
  await vs.page.waitForTimeout(1000);
  await takeWebp(vs.page.locator(selector).first(), `docs/pictures/${name}.webp`);
};

describe('pictures of the language', () => {
  const vs = useWorkbench({ folder: '', files: { 'armed.gmap': scenario }, viewport });

  it('completes, explains, mends', async () => {
    await vs.runCommand('View: Toggle Primary Side Bar Visibility');
    await vs.openFile('armed.gmap');
    await vs.hideMinimap();
    await vs.gotoLine(10);
    await vs.page.keyboard.type('  expect pte vm 0x2000 ');
    const words = vs.page.locator('.suggest-widget.visible .monaco-list-row');
    await words.filter({ hasText: 'writable' }).waitFor();
    await vs.page.keyboard.press('ArrowDown');
    await vs.pressUntil('Control+Space', vs.page.locator('.suggest-details:visible'));
    await take(vs, 'completion', '.part.editor');
    for (const _ of 'both') await vs.page.keyboard.press('Escape');
    await vs.page.keyboard.type('writable');
    await vs.page.keyboard.press('Escape');
    await vs.gotoLine(7);
    await (await vs.hover('mprotect_notify', '0x2000')).getByText('region-third').waitFor();
    await takeWebp(vs.page.locator('.part.editor').first(), 'docs/pictures/hover.webp');
    await vs.page.keyboard.press('Escape');
    await vs.gotoLine(7);
    for (let i = 0; i < 27; i++) await vs.page.keyboard.press('ArrowRight');
    await vs.page.keyboard.press('Backspace');
    await vs.page.keyboard.type('4');
    const fix = vs.page.locator('.action-widget .monaco-list-row.action').first();
    await vs.pressUntil('Control+.', fix);
    await take(vs, 'fix', '.part.editor');
  });
});

describe('pictures of a test that fails', () => {
  const vs = useWorkbench({ folder: '', files: { 'armed.gmap': scenario }, viewport });

  it('shows expected and found', async () => {
    await vs.openFile('armed.gmap');
    await vs.hideMinimap();
    await vs.openView('Testing');
    await vs.test('armed.gmap').hover();
    await vs.test('armed.gmap').locator('.codicon-testing-run-icon').click();
    await vs.test('armed.gmap', 'failed').waitFor();
    await vs.page.keyboard.press('Escape');
    await vs.gotoLine(9);
    await vs.runCommand('Test: Peek Output');
    await take(vs, 'failure');
  });
});

describe('pictures of both generations', () => {
  const vs = useWorkbench({ viewport: { width: 1300, height: 620 } });

  it('shows where they differ', async () => {
    await vs.runCommand('View: Toggle Primary Side Bar Visibility');
    await vs.openFile('first-walk.gmap');
    await vs.hideMinimap();
    await vs.gotoLine(12);
    await vs.runCommand('Gmap: Compare Both Generations');
    await vs.page
      .getByText(/first\sdifferent\sevent/)
      .first()
      .waitFor();
    await take(vs, 'generations');
  });
});
