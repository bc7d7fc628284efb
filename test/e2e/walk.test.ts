// The first session of README.md: from a scenario into the walk, level by level, and back.
import assert from 'node:assert/strict';
import { useWorkbench } from './editor.js';

const viewport = { width: 1500, height: 1100 };

describe('a walk in the real editor', () => {
  const vs = useWorkbench({ viewport });
  const scenario = 'a reclaimed prefix page is notified once';

  it('F5 without a launch.json stops on a breakpoint in the scenario', async () => {
    await vs.debugTo('first-walk.gmap', 12);
    await vs.inFunction(scenario);
    await vs.screenshot('walk-breakpoint');
  });

  it('steps into gmap_mprotect_notify, from there into gmap_pte_op_walk and gmap_table_walk', async () => {
    await vs.stepTo('into', 'gmap_mprotect_notify', 'take mmap_sem for reading');
    await vs.stepTo('into', 'gmap_mprotect_notify', 'each page: gmap_pte_op_walk');
    await vs.stepTo('into', 'gmap_pte_op_walk', 'gmap_table_walk');
    await vs.stepTo('into', 'gmap_table_walk', 'root is region-third or above');
    assert.deepEqual(await vs.frames(), ['gmap_table_walk', 'gmap_pte_op_walk', 'gmap_mprotect_notify', scenario]);
  });

  it('the first walk gives up at the root: nothing is linked yet', async () => {
    await vs.stepTo('into', 'gmap_table_walk', 'a region entry is invalid: return null');
    await vs.editorLine(/gmap_table_walk\(gmap.*gaddr\s=\s0x2000/).waitFor();
    await vs.inScope('Walk', /region-third \[0\].*the\swalk\sgives\sup/);
    const entry = await vs.treeRow('Gmap Tables', /region-third \[0\] 0x0\s*empty/);
    await entry.locator('.codicon-arrow-right').waitFor();
    await vs.screenshot('walk-gives-up');
  });

  it('steps out and over: fix-up links the page, and the page is armed', async () => {
    await vs.stepTo('out', 'gmap_pte_op_walk', 'no segment entry, or it is invalid');
    await vs.stepTo('out', 'gmap_mprotect_notify', '-EAGAIN: __gmap_translate');
    await vs.stepTo('over', 'gmap_mprotect_notify', 'gmap_pte_op_fixup; error: stop');
    await vs.stepTo('over', 'gmap_mprotect_notify', 'the same page again');
    await vs.stepTo('over', 'gmap_mprotect_notify', 'each page: gmap_pte_op_walk');
    await vs.stepTo('over', 'gmap_mprotect_notify', 'ptep_force_prot');
    await vs.stepTo('over', 'gmap_mprotect_notify', 'gmap_pte_op_end');
    // The notify bit is news, with what was there before.
    const page = await vs.treeRow('Gmap Tables', /page \[2\] 0x2000.*\bIN\b.*\(was/);
    await page.locator('.codicon-diff-modified').waitFor();
    await vs.screenshot('walk-armed');
  });

  it('steps back, back over and back out, and everything returns', async () => {
    await vs.stepTo('back', 'ptep_force_prot', 'return 0');
    await vs.statusBarItem(/in the past/).waitFor();
    await vs.behindLine('in the past: step');
    await vs.screenshot('walk-past');
    await vs.move(() => vs.backOut());
    await vs.standsIn('gmap_mprotect_notify', 'ptep_force_prot');
    await vs.move(() => vs.backOver());
    await vs.standsIn('gmap_mprotect_notify', 'each page: gmap_pte_op_walk');
    await vs.move(() => vs.backOut());
    await vs.inFunction(scenario);
    await vs.stoppedAt(12);
    await vs.behindLine('in the past: step');
    await vs.until(
      async () => (await (await vs.treeRow('Gmap Tables', /page \[2\]/)).count()) === 0,
      'the page is still linked',
    );
    await vs.screenshot('walk-back-out');
    await vs.stopDebugging();
  });
});

describe('each level of a walk', () => {
  const vs = useWorkbench({ viewport });
  const levels = ['region-first', 'region-second', 'region-third', 'segment'];

  it('stops at each level by a checkbox with a condition in the Breakpoints view', async () => {
    await vs.debugTo('walk-levels.gmap', 12);
    await vs.inFunction('the segment entry');
    for (const title of ['Variables', 'Watch']) await vs.closePane(title);
    for (const level of levels) {
      const row = `Walk: ${level} table`;
      await vs.tickBreakpoint(row);
      await vs.setCondition(row, 'gaddr == 0x100000 && gmap == vm');
    }
    await vs.tickBreakpoint('Walk: page table entry');
    for (const level of levels) {
      await vs.move(() => vs.page.keyboard.press('F5'));
      await vs.standsIn('gmap_table_walk', level === 'segment' ? 'visit the segment table entry' : `root is ${level}`);
    }
    // The first walk ends at the segment: it is not linked.
    const entry = await vs.treeRow('Gmap Tables', /segment \[1\] 0x100000\s*empty/);
    await entry.locator('.codicon-arrow-right').waitFor();
    await vs.screenshot('levels-segment');
  });

  it('stops at a function by its name', async () => {
    await vs.addFunctionBreakpoint('gmap_pte_op_fixup');
    await vs.move(() => vs.page.keyboard.press('F5'));
    await vs.inFunction(/^gmap_(pte_op_fixup|mprotect_notify)$/);
    await vs.screenshot('levels-function');
  });

  it('the tree is open along the way of the second walk, down to the page', async () => {
    for (const level of levels) await vs.tickBreakpoint(`Walk: ${level} table`, false);
    await vs.move(() => vs.page.keyboard.press('F5'));
    await vs.standsIn('gmap_pte_op_walk', 'read the PTE slot');
    // Rows off the screen are not there.
    for (const title of ['Breakpoints', 'Call Stack']) await vs.closePane(title);
    await (await vs.treeRow('Gmap Tables', /page \[0\] 0x100000.*on\sthe\swalk/)).waitFor();
    await vs.screenshot('levels-page');
    const rows = (await vs.treeTexts('Gmap Tables')).flatMap((text) => /^[\w-]+ \[\d+\]/.exec(text)?.[0] ?? []);
    assert.deepEqual(rows, [
      ...['region-first [0]', 'region-second [0]', 'region-third [0]'],
      ...['segment [0]', 'segment [1]', 'page [0]'],
    ]);
    await vs.stopDebugging();
  });
});
