// What the Run and Debug side bar shows of a run, and what can be done there.
import { useWorkbench } from './editor.js';

describe('the views of a run', () => {
  const vs = useWorkbench({ viewport: { width: 1700, height: 1300 } });
  const pgste = /^pgste/;

  it('each notifier call is listed, and a click goes to its statement', async () => {
    await vs.debugTo('first-walk.gmap', 16);
    await vs.widenSideBar(560);
    for (const title of ['Variables', 'Breakpoints']) await vs.closePane(title);
    const call = await vs.treeRow('Notifier Invocations', /kvm.*vm 0x2000\.\.0x2fff.*ptep_xchg_direct.*host reclaim/);
    await call.waitFor();
    await vs.screenshot('views-notifier');
    await call.click();
    await vs.statusBarItem(/Ln 15, Col/).waitFor();
  });

  it('a call leads to its moment', async () => {
    const call = await vs.treeRow('Notifier Invocations', /kvm ←/);
    await vs.move(() => vs.pressRowButton(call, 'Go to This Moment'));
    await vs.statusBarItem(/in the past/).waitFor();
    await vs.standsIn('gmap_call_notifier', 'call each notifier');
    await (await vs.treeRow('Notifier Invocations', /later:/)).waitFor();
    await vs.screenshot('views-moment');
  });

  it('a name under the mouse shows its value, and lines that have happened show theirs', async () => {
    await vs.move(() => vs.runCommand('Go to the End of the Run'));
    await vs.stoppedAt(21);
    const hover = await vs.hover('mprotect_notify vm', '0x2000');
    // Swapped out: type 1, offset 600.
    await vs.until(async () => /s1:600/.test(await hover.innerText()), 'the hover does not show the swapped page');
    await vs.screenshot('views-hover');
    await vs.page.mouse.move(5, 5);
    await vs.editorLine(/pte\svm\s0x3000.*pte\s=\sd2:03d/).waitFor();
  });

  it('tables open down to the bits of PTE and PGSTE, under the kernel’s names', async () => {
    // Room for the whole tree.
    for (const title of ['Watch', 'Notifier Invocations']) await vs.closePane(title);
    for (const row of ['region-third table', 'region-third [0]', 'segment [0]', 'page [2]']) {
      await vs.expand((await vs.treeRow('Gmap Tables', row)).first());
    }
    await vs.expand((await vs.treeRow('Gmap Tables', pgste)).first());
    await (await vs.treeRow('Gmap Tables', /^IN\s*0.*PGSTE_IN_BIT/)).waitFor();
    await vs.screenshot('views-bits');
  });

  it('an entry tells when it changed, and takes the person there', async () => {
    await vs.chooseFromMenu((await vs.treeRow('Gmap Tables', pgste)).first(), 'Show When This Changed');
    const armed = vs.quickPick(/PCL 1 → 0, IN 0 → 1/);
    await armed.waitFor();
    await vs.screenshot('views-history');
    await vs.move(() => armed.click());
    await vs.standsIn('ptep_force_prot', 'set IN in the copy');
  });

  it('an entry can be watched: as an expression, and by a breakpoint when it changes', async () => {
    const row = (await vs.treeRow('Gmap Tables', pgste)).first();
    await (await vs.treeRow('Gmap Tables', /^PCL\s*1.*PGSTE_PCL_BIT/)).waitFor();
    await vs.chooseUntil(row, 'Add to Watch', await vs.treeRow('Watch', 'pgste(vm, 0x2000)'));
    await vs.chooseFromMenu(row, 'Break When This Changes');
    await vs.scrollTo('.debug-breakpoints', '.monaco-list-row:has-text("write:0x")');
    await vs.move(() => vs.runCommand('Go to the Start of the Run'));
    await vs.move(() => vs.page.keyboard.press('F5'));
    await vs.inFunction('ptep_set_pte_at');
    await vs.screenshot('views-watched');
  });

  it('a moment is gone to by its words, and can be copied', async () => {
    await vs.runCommand('Go to Step');
    await vs.answerInput('call 1');
    await vs.standsIn('gmap_call_notifier', 'call each notifier');
    await vs.runCommand('Gmap: Copy This Moment');
    await vs.statusBarItem(/Copied gmap:[0-9a-f]{8}#\d+/).waitFor();
    await vs.runCommand('Go to Step');
    await vs.answerInput('line 12');
    await vs.stoppedAt(12);
    await vs.stopDebugging();
  });
});

describe('the views, as a person wants them', () => {
  const vs = useWorkbench({ viewport: { width: 1700, height: 1300 } });

  it('tables show what a person wants: what changed, one address, numbers, and what is pinned', async () => {
    const rows = (text: string | RegExp) => vs.treeRow('Gmap Tables', text);
    await vs.debugTo('first-walk.gmap', 16);
    await vs.widenSideBar(560);
    for (const title of ['Variables', 'Breakpoints', 'Watch', 'Notifier Invocations']) await vs.closePane(title);
    for (const row of ['region-third table', 'region-third [0]', 'segment [0]', 'page [2]']) {
      await vs.expand((await rows(row)).first());
    }
    await vs.chooseUntil((await rows(/^pgste/)).first(), 'Pin', await rows(/^pgste\(vm, 0x2000\)/));

    await vs.runCommand('Gmap: Filter the Tables');
    await vs.quickPick(/Only the Way to an Address/).click();
    await vs.answerInput('0x3000');
    await (await rows(/^page \[3\]/)).waitFor();
    await vs.until(async () => (await (await rows(/^(page \[2\]|asce)/)).count()) === 0, 'more than the way is shown');
    await vs.runCommand('Gmap: Show Raw Values in the Tables');
    await (await rows(/^page \[3\] 0x3000\s*0x[0-9a-f]+ · PGSTE 0x[0-9a-f]+/)).waitFor();
    await vs.screenshot('views-filtered');
    await vs.runCommand('Gmap: Show Decoded Values in the Tables');
    await vs.runCommand('Gmap: Show Everything in the Tables');
    await (await rows(/^page \[2\]/)).waitFor();

    // The next run of the same scenario shows the same, without a hand.
    await vs.stopDebugging();
    await vs.startDebugging();
    await vs.stoppedAt(16);
    await (await rows(/^pgste\(vm, 0x2000\)/)).waitFor();
    await (await rows(/^region-third \[0\]/)).waitFor();
  });

  it('a notifier’s calls stand together, and the next one like an old one can be waited for', async () => {
    const pane = 'Notifier Invocations';
    await (await vs.pane(pane)).locator('.pane-header').click();
    await (await vs.treeRow(pane, /^kvm\s*1 call/)).waitFor();
    await vs.chooseFromMenu(await vs.treeRow(pane, /kvm ←/), 'Break on the Next One Like This');
    await vs.move(() => vs.runCommand('Go to the Start of the Run'));
    await vs.move(() => vs.page.keyboard.press('F5'));
    await vs.standsIn('gmap_call_notifier', 'call each notifier');
  });
});
