// VS Code's window as the tests see it. Selectors of the workbench's DOM are here and nowhere else.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';

const editor = '.editor-group-container.active .editor-instance';
const debugButtons = {
  continue: 'continue',
  over: 'step-over',
  into: 'step-into',
  out: 'step-out',
  back: 'step-back',
  reverse: 'reverse-continue',
  restart: 'restart',
} as const;

/** Milliseconds that VS Code is given to start. */
const START = 90_000;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export class Workbench {
  /** Set before the first test of a suite. */
  page!: Page;
  workspace!: string;
  /** The folder where extensions are installed. */
  extensions!: string;

  constructor(private readonly shots: string) {}

  /** Waits until the window is restored and VS Code knows what every extension contributes. */
  async ready(): Promise<void> {
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: START });
    await this.started();
  }

  /** Waits until VS Code has started, whatever it shows. */
  async started(): Promise<void> {
    const timeout = START;
    await this.page.locator('.part.statusbar .statusbar-item').first().waitFor({ timeout });
    // In the last phase of its start VS Code learns to show the sources that an adapter gives. Evaluated in the page, hence
    // strings: the compiler of these tests must not touch them.
    for (const mark of ['code/didLoadExtensions', 'code/LifecyclePhase/Eventually']) {
      await this.page.waitForFunction(`performance.getEntriesByName('${mark}').length > 0`, null, { timeout });
    }
  }

  /** A picture for people: test/e2e/shots/NAME.png. */
  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: join(this.shots, `${name}.png`) });
  }

  // ── Commands and keys

  /** Runs a command by its title in the palette. */
  async runCommand(title: string): Promise<void> {
    await this.pick('F1', `>${title}`, title);
  }

  /** Opens the box behind `key`, writes `text` into it and takes the first row that holds `row`; again, if the box closes meanwhile. */
  private async pick(key: string, text: string, row: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input').first();
    const timeout = 5000;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.page.keyboard.press(key);
        await input.waitFor({ timeout });
        await input.fill(text, { timeout });
        await this.quickPick(row).first().click({ timeout });
        return;
      } catch (error) {
        if (attempt === 4) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Writes into the box that asks for something. */
  async answerInput(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input:visible');
    await input.fill(text);
    await input.press('Enter');
    await input.waitFor({ state: 'hidden' });
  }

  /** Presses a key until `done` is visible: one that is pressed before the extension's contributions count is lost. */
  async pressUntil(key: string, done: Locator, { tries = 6, every = 2500 } = {}): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.page.keyboard.press(key);
      try {
        return await done.waitFor({ timeout: every });
      } catch (error) {
        if (attempt === tries) throw error;
      }
    }
  }

  // ── Files and the editor

  /** Makes room for the text, for pictures: the setting stays for all windows. */
  async hideMinimap(): Promise<void> {
    const minimap = this.page.locator(`${editor} .minimap`).first();
    if (await minimap.isVisible()) await this.runCommand('View: Toggle Minimap');
    await minimap.waitFor({ state: 'hidden' });
  }

  /** Opens a file by its path in the workspace, and waits until it is the active editor. */
  async openFile(path: string): Promise<void> {
    const name = path.split('/').at(-1)!;
    const tab = this.tab(name);
    await this.pick('Control+P', path, name);
    await tab.waitFor();
    await this.page.locator(`${editor} .view-line`).first().waitFor();
  }

  /** The active tab, if it shows a file of this name. */
  tab(name: string): Locator {
    return this.page.locator(`.editor-group-container.active .tab.active[data-resource-name="${name}"]`);
  }

  /** What the status bar says, for example the language of the file. */
  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item', { hasText: text });
  }

  /** The lines of the active editor that are on the screen, or those that hold `text`. */
  editorLine(text?: string | RegExp): Locator {
    const lines = this.page.locator(`${editor} .view-line`);
    return text === undefined ? lines : lines.filter({ hasText: text });
  }

  /** Puts the cursor on a line (from 1) of the active editor. */
  async gotoLine(line: number): Promise<void> {
    await this.page.keyboard.press('Control+G');
    const input = this.page.locator('.quick-input-widget input');
    await input.waitFor();
    await input.fill(`:${line}`);
    await this.page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden' });
    await this.statusBarItem(new RegExp(`Ln ${line},`)).waitFor();
  }

  /** Sets a breakpoint with F9 on a line of the active editor. */
  async setBreakpoint(line: number): Promise<void> {
    await this.gotoLine(line);
    for (let attempt = 1; attempt <= 6; attempt++) {
      await this.page.keyboard.press('F9');
      if (await this.waitForMark('[class*="codicon-debug-breakpoint"]', line, 2500).catch(() => false)) return;
    }
    assert.fail(`no breakpoint appeared on line ${line}`);
  }

  /** The n-th of the commands with this title that stand above lines. */
  lens(title: string, n: number): Locator {
    return this.page
      .locator(`${editor} .codelens-decoration a`)
      .filter({ hasText: new RegExp(`^${title}$`) })
      .nth(n);
  }

  /** Opens an unsaved file of a language, with this text. */
  async newFile(language: string, text: string): Promise<void> {
    await this.runCommand('File: New Untitled Text File');
    await this.tab('Untitled-1').waitFor();
    await this.runCommand('Change Language Mode');
    await this.answerInput(language);
    await this.statusBarItem(new RegExp(`^${language}$`)).waitFor();
    await this.page.locator(`${editor} .view-lines`).click();
    await this.page.keyboard.insertText(text);
  }

  /** A line of the debug console. */
  consoleLine(text: string | RegExp): Locator {
    return this.page.locator('.repl .monaco-list-row').filter({ hasText: text }).first();
  }

  /** Takes the breakpoint on a line away. */
  async clearBreakpoint(line: number): Promise<void> {
    await this.gotoLine(line);
    await this.page.keyboard.press('F9');
  }

  /** Problems of the active editor: the squiggles' messages, as the Problems panel lists them. */
  async problems(): Promise<string[]> {
    await this.runCommand('Problems: Focus on Problems View');
    await this.page.locator('.markers-panel').waitFor();
    return texts(this.page.locator('.markers-panel .monaco-list-row'));
  }

  /** Moves the mouse over a word of a line of the active editor and gives the hover that opens. */
  async hover(line: string | RegExp, word: string): Promise<Locator> {
    return this.hoverAt(() => this.editorLine(line).first().evaluate(boxOfWord, word));
  }

  private async hoverAt(place: () => Promise<Box>): Promise<Locator> {
    const hover = this.page.locator('.monaco-hover:visible, .debug-hover-widget:visible').first();
    // While the editor is being drawn it does not notice the mouse.
    for (let attempt = 1; ; attempt++) {
      const box = await place();
      await this.page.mouse.move(0, 0);
      await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 3 });
      try {
        await hover.waitFor({ timeout: 5000 });
        break;
      } catch (error) {
        if (attempt === 4) throw error;
      }
    }
    return hover;
  }

  /** How the lines of the active editor are marked that coverage knows: a step may be visited and a branch of it not taken. */
  async coverage(): Promise<Record<number, 'hit' | 'miss' | 'partly'>> {
    const numbers = await this.page.locator(`${editor} .line-numbers.coverage-deco-gutter`).all();
    const marks = numbers.map(async (number) => {
      const [hit, miss] = ['hit', 'miss'].map((what) =>
        number.and(this.page.locator(`.coverage-deco-${what}`)).count(),
      );
      const mark = !(await miss) ? 'hit' : (await hit) ? 'partly' : 'miss';
      return [Number(await number.innerText()), mark] as const;
    });
    return Object.fromEntries(await Promise.all(marks));
  }

  /** The hover of the first mark for branches that were not taken: inline coverage is on. */
  async hoverMissedBranch(): Promise<Locator> {
    const mark = this.page.locator(`${editor} .coverage-deco-branch-miss-indicator`).first();
    return this.hoverAt(async () => (await mark.boundingBox())!);
  }

  // ── The debugger

  get toolbar(): Locator {
    return this.page.locator('.debug-toolbar');
  }

  /** F5 in the active editor, until a session runs. */
  async startDebugging(): Promise<void> {
    await this.pressUntil('F5', this.toolbar, { tries: 3, every: 8000 });
  }

  /** Opens a file, and debugs it to a breakpoint on a line. */
  async debugTo(file: string, line: number): Promise<void> {
    await this.openFile(file);
    await this.setBreakpoint(line);
    await this.startDebugging();
    await this.stoppedAt(line);
  }

  async stopDebugging(): Promise<void> {
    await this.page.keyboard.press('Shift+F5');
    await this.toolbar.waitFor({ state: 'hidden' });
  }

  /** Clicks a button of the debug toolbar. What it leads to is for the test to wait for. */
  async step(how: keyof typeof debugButtons): Promise<void> {
    await this.toolbar.locator(`.action-item:not(.disabled) .codicon-debug-${debugButtons[how]}`).click();
  }

  /** The number of the machine's step in the status bar. */
  async machineStep(): Promise<number> {
    const text = await this.statusBarItem(/step [\d,]+/)
      .first()
      .innerText();
    return Number(/step ([\d,]+)/.exec(text)![1]!.replaceAll(',', ''));
  }

  /** Does something that moves the debugger, and waits until it stands somewhere else. */
  async move(act: () => Promise<unknown>): Promise<number> {
    const before = await this.machineStep();
    await act();
    let after = before;
    await this.until(async () => (after = await this.machineStep()) !== before, 'the debugger does not move');
    return after;
  }

  /** Our own buttons in the debug toolbar. */
  async backOver(): Promise<void> {
    await this.toolbar.locator('[aria-label^="Step Back Over"]').click();
  }

  async backOut(): Promise<void> {
    await this.toolbar.locator('[aria-label^="Step Back Out"]').click();
  }

  /** Steps once with the toolbar, and waits for the stop. */
  async stepOnce(how: keyof typeof debugButtons): Promise<number> {
    return this.move(() => this.step(how));
  }

  /** Steps once with the toolbar, and waits until the debugger stands in this function, on a line that holds this text. */
  async stepTo(how: keyof typeof debugButtons, name: string | RegExp, text: string | RegExp): Promise<void> {
    await this.stepOnce(how);
    await this.standsIn(name, text);
  }

  async standsIn(name: string | RegExp, text: string | RegExp): Promise<void> {
    await this.inFunction(name);
    await this.stoppedOn(text);
  }

  /** Waits until the debugger stands on this line (from 1) of the active editor, and of the file of this name if one is given. */
  async stoppedAt(line: number, file?: string): Promise<void> {
    if (file) await this.tab(file).waitFor();
    await this.waitForMark('.debug-top-stack-frame-line', line, 20_000);
  }

  /** Waits until the debugger stands on a line of the active editor that holds this text. */
  async stoppedOn(text: string | RegExp): Promise<void> {
    const line = this.editorLine(text).first();
    const mark = this.page.locator(`${editor} .debug-top-stack-frame-line`).first();
    // Shortly after its start VS Code may not know yet how to show the sources that an adapter gives.
    const refused = this.page.locator('.monaco-editor-pane-placeholder');
    const frame = this.page.locator('.debug-call-stack .monaco-list-row .stack-frame').first();
    await this.until(async () => {
      if (await refused.isVisible()) {
        const again = refused.getByRole('button', { name: 'Try Again' });
        await again.click({ timeout: 2000 }).then(
          () => frame.click(),
          () => undefined,
        );
      }
      if (!(await line.isVisible())) return false;
      const [wanted, seen] = [await line.boundingBox(), await mark.boundingBox()];
      return Boolean(wanted && seen && Math.abs(wanted.y - seen.y) < 3);
    }, `the debugger does not stand on ${text}`);
  }

  /** Waits for a text that a decoration puts behind a line of the active editor. */
  async behindLine(text: string): Promise<void> {
    const seen = `[...document.querySelectorAll('${editor} .view-line span')]
      .some((span) => getComputedStyle(span, '::after').content.includes(${JSON.stringify(text)}))`;
    await this.page.waitForFunction(seen, null, { timeout: 20_000 });
  }

  /** The frames of the call stack, top first. */
  async frames(): Promise<string[]> {
    return texts(this.page.locator('.debug-call-stack .monaco-list-row .stack-frame .label'));
  }

  /** Waits until the top frame has this name. */
  async inFunction(name: string | RegExp): Promise<void> {
    const top = this.page.locator('.debug-call-stack .monaco-list-row .stack-frame .label').first();
    const fits = (text: string) => (typeof name === 'string' ? text === name : name.test(text));
    await this.until(async () => fits((await top.innerText()).trim()), `the top frame is not ${name}`);
  }

  /** The row of a variable; VS Code's label for it is `NAME, value VALUE`. */
  variable(name: string, value = ''): Locator {
    return this.page.locator(`.debug-variables .monaco-list-row[aria-label^="${name}, value ${value}"]`).first();
  }

  /** Every row of the Variables view that is on the screen, scopes too. */
  async variables(): Promise<string[]> {
    return texts(this.page.locator('.debug-variables .monaco-list-row'));
  }

  /** Opens a row of a tree (variable, scope, table), unless it is open. */
  async expand(row: Locator): Promise<void> {
    if ((await row.getAttribute('aria-expanded')) === 'true') return;
    await row.locator('.monaco-tl-twistie').click();
    await this.until(async () => (await row.getAttribute('aria-expanded')) === 'true', 'the row does not open');
  }

  /** A row inside a scope of the Variables view. Where a stop takes long, VS Code folds the scope again. */
  async inScope(scope: string, text: string | RegExp): Promise<Locator> {
    const row = this.page.locator('.debug-variables .monaco-list-row').filter({ hasText: text }).first();
    await this.until(async () => {
      if (await row.isVisible()) return true;
      await this.expand(this.scope(scope)).catch(() => undefined);
      return false;
    }, `${text} is not in ${scope}`);
    return row;
  }

  /** A scope's row in the Variables view. */
  scope(name: string): Locator {
    return this.page
      .locator('.debug-variables .monaco-list-row', { has: this.page.locator('.scope') })
      .filter({ hasText: name });
  }

  /** The row of a kind of stop (an exception filter) or of a breakpoint in the Breakpoints view. */
  breakpoint(text: string | RegExp): Locator {
    return this.page.locator('.debug-breakpoints .monaco-list-row').filter({ hasText: text }).first();
  }

  /** Ticks or unticks a row of the Breakpoints view. */
  async tickBreakpoint(text: string | RegExp, on = true): Promise<void> {
    await this.pane('Breakpoints');
    const box = this.breakpoint(text).locator('[role="checkbox"]');
    if ((await box.getAttribute('aria-checked')) === String(on)) return;
    await box.click();
    await this.until(async () => (await box.getAttribute('aria-checked')) === String(on), `${text} cannot be ticked`);
  }

  /** Gives a kind of stop in the Breakpoints view a condition. */
  async setCondition(text: string | RegExp, condition: string): Promise<void> {
    await this.pane('Breakpoints');
    await this.breakpoint(text).hover();
    await this.breakpoint(text).locator('.action-label.codicon-edit').click();
    await this.fillBreakpointInput(condition);
  }

  /** Adds a function breakpoint, as the + of the Breakpoints view does. */
  async addFunctionBreakpoint(name: string): Promise<void> {
    await this.pane('Breakpoints');
    await this.runCommand('Add Function Breakpoint');
    await this.scrollTo('.debug-breakpoints', '.monaco-inputbox input');
    await this.fillBreakpointInput(name);
    await this.breakpoint(name).waitFor();
  }

  /** Scrolls a list down until something in it can be seen: rows below are not there at all. */
  async scrollTo(list: string, what: string): Promise<void> {
    if (list === '.debug-breakpoints') await this.pane('Breakpoints');
    await this.page.locator(list).hover();
    const element = this.page.locator(`${list} ${what}`).first();
    await this.until(async () => {
      if (await element.isVisible()) return true;
      await this.page.mouse.wheel(0, 100);
      return false;
    }, `${what} is not in ${list}`);
  }

  private async fillBreakpointInput(text: string): Promise<void> {
    const input = this.page.locator('.debug-breakpoints .monaco-inputbox input');
    await input.fill(text);
    await input.press('Enter');
    await input.waitFor({ state: 'hidden' });
  }

  /** Asks the debug console and gives the answer's text. */
  async evaluate(expression: string): Promise<string> {
    await this.runCommand('Debug Console: Focus on Debug Console View');
    const answers = this.page.locator('.repl .evaluation-result');
    const before = await answers.count();
    await this.page.keyboard.type(expression);
    await this.page.keyboard.press('Enter');
    await answers.nth(before).waitFor();
    return (await answers.nth(before).innerText()).trim();
  }

  // ── Views and messages

  /** Opens the container of views with this name in the activity bar. */
  async openView(name: 'Explorer' | 'Search' | 'Run and Debug' | 'Testing'): Promise<void> {
    const item = this.page.locator(`.part.activitybar .action-item:has([aria-label^="${name}"])`);
    if (!(await item.getAttribute('class'))?.includes('checked')) await item.click();
  }

  /** The row of a test in Test Explorer, when the test is in this state. */
  test(label: string, state?: 'passed' | 'failed'): Locator {
    const rows = this.page.locator('.test-explorer .monaco-list-row', { hasText: label });
    return (state ? rows.filter({ has: this.page.locator(`.codicon-testing-${state}-icon`) }) : rows).first();
  }

  /** A view of the side bar by its title, opened if it is folded. */
  async pane(title: string): Promise<Locator> {
    const ownTitle = this.page.locator('.pane-header .title', { hasText: new RegExp(`^${title}$`, 'i') });
    const pane = this.page.locator('.pane').filter({ has: ownTitle });
    const header = pane.locator('.pane-header');
    await header.waitFor();
    if ((await header.getAttribute('aria-expanded')) !== 'true') await header.click();
    return pane;
  }

  /** Makes the side bar as wide as this. */
  async widenSideBar(width: number): Promise<void> {
    const box = (await this.page.locator('.part.sidebar').boundingBox())!;
    const y = box.y + box.height / 2;
    await this.page.mouse.move(box.x + box.width, y);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + width, y, { steps: 5 });
    await this.page.mouse.up();
  }

  /** Folds a view of the side bar, to make room for the others. */
  async closePane(title: string): Promise<void> {
    const header = (await this.pane(title)).locator('.pane-header');
    await header.click();
    await this.until(async () => (await header.getAttribute('aria-expanded')) === 'false', `${title} does not fold`);
  }

  /** The rows of the tree in a view, those that hold `text` if one is given. */
  async treeRow(title: string, text?: string | RegExp): Promise<Locator> {
    // Not the copies of rows that stick to the upper edge.
    const rows = (await this.pane(title)).locator('.monaco-list-rows > .monaco-list-row');
    return text === undefined ? rows : rows.filter({ hasText: text });
  }

  /** Chooses from the context menu of a row, again if what comes of it does not show: a tree that is drawn anew closes the menu. */
  async chooseUntil(row: Locator, title: string, effect: Locator): Promise<void> {
    for (let attempt = 1; attempt <= 3; attempt++) {
      await this.chooseFromMenu(row, title);
      if (await effect.first().waitFor({ timeout: 5000 }).then(() => true, () => false)) return; // prettier-ignore
    }
    assert.fail(`nothing comes of ${title}`);
  }

  /** Chooses from the context menu of a row. */
  async chooseFromMenu(row: Locator, title: string): Promise<void> {
    await row.click({ button: 'right' });
    const item = this.page.locator('.monaco-menu .action-item', { hasText: title }).first();
    await item.waitFor();
    // A menu that has just opened takes no click.
    await this.until(async () => {
      await item.click({ timeout: 1000 }).catch(() => undefined);
      return !(await item.isVisible());
    }, `the menu keeps standing at ${title}`);
  }

  /** Presses the button of a row that shows while the mouse is over it. */
  async pressRowButton(row: Locator, title: string): Promise<void> {
    await row.hover();
    await row.locator(`.actions [aria-label^="${title}"]`).click();
  }

  /** The rows of a list to choose from. */
  quickPick(text?: string | RegExp): Locator {
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    return text === undefined ? rows : rows.filter({ hasText: text });
  }

  /** The texts of the rows of the tree in a view that are on the screen. */
  async treeTexts(title: string): Promise<string[]> {
    const rows = await (await this.treeRow(title)).all();
    // As they stand on the screen, not in the document.
    const placed = await Promise.all(rows.map(async (row) => ({ y: (await row.boundingBox())?.y ?? 0, row })));
    placed.sort((a, b) => a.y - b.y);
    return Promise.all(placed.map(async ({ row }) => (await row.innerText()).replace(/\s+/g, ' ').trim()));
  }

  /** The document inside a webview of this extension. */
  webview(extension = 'gmap-debug.gmap-debug'): FrameLocator {
    return this.page
      .frameLocator(`iframe.webview.ready[src*="extensionId=${extension}"]`)
      .frameLocator('iframe#active-frame');
  }

  /** Messages that VS Code shows over its right lower corner. */
  notification(text?: string | RegExp): Locator {
    const messages = this.page.locator('.notifications-toasts .notification-list-item-message');
    return text === undefined ? messages : messages.filter({ hasText: text });
  }

  /** A dialog that waits for an answer, for example the debugger's error. */
  dialog(text?: string | RegExp): Locator {
    const dialogs = this.page.locator('.monaco-dialog-box');
    return text === undefined ? dialogs : dialogs.filter({ hasText: text });
  }

  // ── Waiting

  /** Waits until `holds` does; `otherwise` is the message of the failure. */
  async until(holds: () => Promise<boolean>, otherwise: string, timeout = 20_000): Promise<void> {
    const end = Date.now() + timeout;
    while (!(await holds())) {
      if (Date.now() > end) assert.fail(otherwise);
      await this.page.waitForTimeout(100);
    }
  }

  /** Waits until an element of the active editor stands at the height of a line's number. */
  private async waitForMark(selector: string, line: number, timeout: number): Promise<boolean> {
    const seen = `(() => {
      const numbers = [...document.querySelectorAll('${editor} .line-numbers')];
      const number = numbers.find((element) => element.textContent.trim() === '${line}');
      const marks = [...document.querySelectorAll('${editor} ${selector}')];
      const top = (element) => element.getBoundingClientRect().top;
      return Boolean(number) && marks.some((mark) => Math.abs(top(mark) - top(number)) < 3);
    })()`;
    await this.page.waitForFunction(seen, null, { timeout });
    return true;
  }
}

/** What a person reads in these rows, each on one line. */
async function texts(rows: Locator): Promise<string[]> {
  return (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
}

/** Runs in the page: where a word stands that is only a part of an element. */
function boxOfWord(line: Element, word: string): Box {
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = (node.textContent ?? '').indexOf(word);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + word.length);
    const { x, y, width, height } = range.getBoundingClientRect();
    return { x, y, width, height };
  }
  throw new Error(`there is no ${word} in this line`);
}
