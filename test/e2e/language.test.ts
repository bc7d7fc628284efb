// Completion, hover, quick fixes, renaming and the rest of the language server's answers, in the real editor.
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { useWorkbench } from './editor.js';

const scenario = `host mmap 0x10000000 len 16M rw
gmap vm limit 4G
notifier kvm
map vm 0x0 len 16M to 0x10000000

scenario "a page is armed" {
  mprotect_notify vn 0x2000 len 8K PROT_WRITE -> 0
  host reclaim 0x10002000
  expect notified kvm vm 0x2000 once

}
`;

describe('the language in a real editor', () => {
  const vs = useWorkbench({ files: { 'language.gmap': scenario } });
  const suggestions = (text: string | RegExp): Locator =>
    vs.page.locator('.suggest-widget.visible .monaco-list-row').filter({ hasText: text });
  const menuItem = (text: string | RegExp): Locator =>
    vs.page.locator('.action-widget .monaco-list-row.action').filter({ hasText: text });

  it('says what is wrong, and mends it', async () => {
    await vs.openFile('language.gmap');
    await vs.until(async () => (await vs.problems()).some((text) => text.includes("no gmap 'vn'")), 'nothing is said');
    await vs.openFile('language.gmap');
    await vs.gotoLine(7);
    for (let i = 0; i < 18; i++) await vs.page.keyboard.press('ArrowRight');
    await vs.pressUntil('Control+.', menuItem("Change to 'vm'"));
    await vs.screenshot('language-quick-fix');
    await menuItem("Change to 'vm'").click();
    await vs.editorLine('mprotect_notify vm 0x2000').waitFor();
    await vs.until(async () => (await vs.problems()).every((text) => !text.includes("'vn'")), 'the problem stays');
    await vs.openFile('language.gmap');
  });

  it('offers what may come next', async () => {
    await vs.gotoLine(10);
    await vs.page.keyboard.type('  expect pte ');
    await suggestions('vm').first().waitFor();
    await vs.page.keyboard.press('Enter');
    await vs.page.keyboard.type(' 0x3000 ');
    await suggestions('writable').waitFor();
    await vs.page.keyboard.type('wri');
    await suggestions('writable').waitFor();
    await vs.screenshot('language-completion');
    await vs.page.keyboard.press('Enter');
    await vs.editorLine(/expect\spte\svm\s0x3000.*\swritable/).waitFor();
  });

  it('shows how a statement is written', async () => {
    await vs.page.keyboard.press('Enter');
    await vs.page.keyboard.type('discard ');
    await vs.page.keyboard.press('Escape');
    const help = vs.page.locator('.parameter-hints-widget.visible');
    await vs.pressUntil('Control+Shift+Space', help.filter({ hasText: 'discard GMAP from GADDR to GADDR' }));
    await vs.screenshot('language-signature');
    await vs.page.keyboard.press('Escape');
    for (const _ of 'discard ') await vs.page.keyboard.press('Backspace');
  });

  it('explains an address: where it leads, and what is behind it', async () => {
    const hover = await vs.hover('mprotect_notify', '0x2000');
    await hover.getByText('region-third').waitFor();
    assert.match(await hover.innerText(), /0x10002000/);
    await vs.screenshot('language-hover-address');
    await vs.page.keyboard.press('Escape');
  });

  it('explains a kernel function', async () => {
    const hover = await vs.hover('mprotect_notify', 'mprotect_notify');
    await hover.getByText('gmap_mprotect_notify').first().waitFor();
    assert.match(await hover.innerText(), /Takes mmap_sem/);
    await vs.screenshot('language-hover-function');
    await vs.page.keyboard.press('Escape');
  });

  it('shows the host address behind a guest address', async () => {
    await vs.editorLine(/0x2000→\s0x10002000\slen\s8K2\spages/).waitFor();
  });

  it('renames a gmap everywhere', async () => {
    await vs.gotoLine(2);
    for (let i = 0; i < 6; i++) await vs.page.keyboard.press('ArrowRight');
    const input = vs.page.locator('.rename-box input');
    await vs.pressUntil('F2', input);
    await input.fill('guest1');
    await vs.page.keyboard.press('Enter');
    await vs.editorLine('gmap guest1 limit').waitFor();
    await vs.editorLine('mprotect_notify guest1 0x2000').waitFor();
    await vs.editorLine('expect notified kvm guest1').waitFor();
    assert.equal(await vs.editorLine(/\bvm\b/).count(), 0);
    await vs.screenshot('language-rename');
  });

  it('shows the outline', async () => {
    await vs.openView('Explorer');
    const outline = await vs.pane('Outline');
    await outline.locator('.monaco-list-row', { hasText: 'a page is armed' }).waitFor();
    await outline.locator('.monaco-list-row', { hasText: 'guest1' }).waitFor();
  });

  it('formats the text', async () => {
    await vs.gotoLine(8);
    await vs.page.keyboard.press('Home');
    await vs.page.keyboard.type('      ');
    await vs.runCommand('Format Document');
    await vs.editorLine(/^\s\shost\sreclaim/).waitFor();
  });

  it('begins a new scenario with two questions', async () => {
    await vs.runCommand('Gmap: New Scenario');
    await vs.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Two threads at one page' }).click();
    const input = vs.page.locator('.quick-input-widget input');
    await vs.until(async () => (await input.inputValue()) === 'arming meets reclaim', 'no name is asked for');
    await input.fill('my own');
    await vs.page.keyboard.press('Enter');
    await vs.editorLine('scenario "my own" {').waitFor();
    await vs.statusBarItem(/^Gmap scenario$/).waitFor();
    await vs.screenshot('language-new-scenario');
  });
});

describe('the language in the web-worker extension host', () => {
  const vs = useWorkbench({ files: { 'language.gmap': scenario }, host: 'web' });

  it('completes, explains and mends', async () => {
    await vs.openFile('language.gmap');
    await vs.until(async () => (await vs.problems()).some((text) => text.includes("no gmap 'vn'")), 'nothing is said');
    await vs.openFile('language.gmap');
    const hover = await vs.hover('host reclaim', 'reclaim');
    await hover.getByText('The host swaps one anonymous page out.').waitFor();
    await vs.gotoLine(10);
    await vs.page.keyboard.type('  expect pgste vm 0x2000 with ');
    const offered = vs.page.locator('.suggest-widget.visible .monaco-list-row').filter({ hasText: /^IN/ });
    await offered.first().waitFor();
    await vs.screenshot('language-web');
  });
});
