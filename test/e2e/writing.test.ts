// A person writes a scenario: what the editor says and offers before anything runs.
import assert from 'node:assert/strict';
import { useWorkbench } from './editor.js';

const two = `host mmap 0x10000000 len 1M rw
gmap vm limit 4G
map vm 0x0 len 1M to 0x10000000

scenario "one" {
  mprotect_notify vm 0x2000 len 4K PROT_READ -> 0
}

scenario "two" {
  translate vm 0x2000
}
`;

describe('writing a scenario', () => {
  const vs = useWorkbench({ files: { 'two.gmap': two } });

  it('has Debug and Run above each scenario', async () => {
    await vs.openFile('two.gmap');
    const lenses = vs.page.locator('.editor-instance .codelens-decoration');
    await lenses.nth(1).waitFor();
    assert.deepEqual(
      (await lenses.allInnerTexts()).map((text) => text.replace(/[^\w|]+/g, ' ').trim()),
      ['Debug | Run', 'Debug | Run'],
    );
    await vs.screenshot('writing');
  });

  it('says what is wrong while it is written, and that it is mended', async () => {
    await vs.gotoLine(9);
    await vs.page.keyboard.press('End');
    await vs.page.keyboard.press('Enter');
    await vs.page.keyboard.type('zap vn 0x2000');
    await vs.until(async () => (await vs.problems()).some((text) => text.includes("'vn'")), 'nothing is said about vn');
    await vs.screenshot('problems');
    await vs.gotoLine(10);
    await vs.page.keyboard.press('Control+Shift+K');
    await vs.until(async () => (await vs.problems()).every((text) => !text.includes("'vn'")), 'the problem stays');
  });
});

describe('first use', () => {
  const vs = useWorkbench({ viewport: { width: 1500, height: 1000 } });

  it('a walkthrough opens an example, and goes on by itself when that is done', async () => {
    await vs.runCommand('Welcome: Open Walkthrough');
    await vs.quickPick(/Step through a gmap/).click();
    const page = vs.page.locator('.gettingStartedContainer');
    await page.getByText('Stop in a walk').first().waitFor();
    const picture = page.getByAltText('A scenario in the editor, with Debug and Run above it').first();
    await vs.until(
      () => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth > 0),
      'the picture does not show',
    );
    await vs.screenshot('walkthrough');
    await page.getByRole('button', { name: 'Open an Example' }).first().click();
    await vs.editorLine(/scenario\s"a\sreclaimed\spage\sis\snotified\sonce"/).waitFor();
  });
});
