// Takes the pictures of docs/history.md in the real editor: `npm run pictures`.
import { fromRoot } from '../../../tools/lib/root.mjs';
import { useWorkbench } from '../editor.js';
import type { Workbench } from '../workbench.js';

const viewport = { width: 1360, height: 760 };

/** Opens a scenario of the museum, stops in a line, and makes room for the stack and the tables. */
async function stopIn(vs: Workbench, file: string, line: number): Promise<void> {
  await vs.debugTo(`history/${file}`, line);
  await vs.widenSideBar(440);
  for (const title of ['Variables', 'Watch', 'Breakpoints']) await vs.closePane(title);
}

async function take(vs: Workbench, name: string): Promise<void> {
  // Nothing under the mouse, no message and no panel in the way.
  await vs.runCommand('View: Hide Panel');
  await vs.page.mouse.move(viewport.width / 2, viewport.height - 5);
  await vs.page.waitForTimeout(1500);
  await vs.page.screenshot({ path: fromRoot(`docs/pictures/history-${name}.png`), animations: 'disabled' });
}

/** A command of the debug console that leads to another moment. */
async function command(vs: Workbench, text: string): Promise<void> {
  await vs.move(async () => {
    await vs.runCommand('Debug Console: Focus on Debug Console View');
    await vs.page.keyboard.type(text);
    await vs.page.keyboard.press('Enter');
  });
}

describe('pictures of a crash', () => {
  const vs = useWorkbench({ viewport });

  it('shows where the kernel would crash', async () => {
    await stopIn(vs, 'S1-discard-after-munmap.gmap', 15);
    await vs.stepOnce('continue');
    await vs.inFunction('zap_page_range');
    await take(vs, 'crash');
  });
});

describe('pictures of a lost notification', () => {
  const vs = useWorkbench({ viewport });

  it('shows who cut the segment', async () => {
    await stopIn(vs, 'S5-two-guest-aliases.gmap', 16);
    await command(vs, 'goto last entry(vm, 0x0, segment)');
    await vs.inFunction('__gmap_unlink_by_vmaddr');
    await take(vs, 'lost');
  });
});

describe('pictures of a read that writes', () => {
  const vs = useWorkbench({ viewport });

  it('shows the fix-up', async () => {
    await stopIn(vs, 'S4-fixup-faults-for-writing.gmap', 11);
    await vs.tickBreakpoint('A call returns an error');
    await vs.closePane('Breakpoints');
    await vs.stepOnce('continue');
    await vs.stepOnce('back');
    await vs.inFunction('gmap_pte_op_fixup');
    await vs.pane('Variables');
    await vs.closePane('Gmap Tables');
    await take(vs, 'read');
  });
});
