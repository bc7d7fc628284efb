// The panel alone, in the browser: what it draws, the keyboard, the pointer, and whether everybody can use it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { fromRoot } from '../../tools/lib/root.mjs';
import { ARMED, finished, long, THREADS } from '../panel/support.js';
import { theBrowser } from './editor.js';
import { PanelPage, type PageOptions, type Theme } from './panel-page.js';

const axe = readFileSync(fromRoot('node_modules/axe-core/axe.min.js'), 'utf8');

interface AxeResults {
  readonly violations: readonly { id: string; nodes: { target: string[]; failureSummary: string }[] }[];
  readonly passes: readonly { id: string; nodes: unknown[] }[];
}

/** A step at which there is much to see: the second page is armed, and the notifier has not been called. */
const ARMED_STEP = 233;

describe('the panel', function () {
  this.timeout(60_000);
  let browser: Browser;
  let panel: PanelPage;

  before(async () => {
    browser = await theBrowser();
  });
  afterEach(async () => {
    const { complaints } = panel;
    await panel.close();
    assert.deepEqual(complaints, []);
  });

  const open = async (text = ARMED, options: PageOptions = {}): Promise<PanelPage> =>
    (panel = await PanelPage.open(browser, finished(text), options));
  const stopped = async (step = ARMED_STEP, text = ARMED, options: PageOptions = {}): Promise<PanelPage> => {
    await open(text, options);
    await panel.stopAt(200);
    await panel.stopAt(step);
    return panel;
  };
  const shot = (name: string): Promise<Buffer> =>
    panel.page.screenshot({ path: fromRoot(`test/e2e/shots/panel-${name}.png`) });
  const steps = (): number[] => panel.sent.flatMap((message) => (message.type === 'goTo' ? [message.step] : []));

  /** What the automated check finds, one line for each place. */
  async function violations(): Promise<string[]> {
    await panel.page.evaluate(axe);
    const found: AxeResults = await panel.page.evaluate('axe.run()');
    // It has really looked at the colours.
    assert.ok(found.passes.some(({ id, nodes }) => id === 'color-contrast' && nodes.length > 0));
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary.replace(/\s+/g, ' ')}`),
    );
  }

  describe('can be used by everybody', () => {
    const views: Record<string, PageOptions> = {
      dark: { theme: 'dark' },
      light: { theme: 'light' },
      'high-contrast': { theme: 'high-contrast' },
      'high-contrast-light': { theme: 'high-contrast-light' },
      narrow: { width: 420 },
      // What is left of 1400 × 900 at 200 %.
      zoomed: { width: 700, height: 450, scale: 2 },
    };
    for (const [name, options] of Object.entries(views)) {
      it(`${name}: the automated check finds nothing`, async () => {
        await stopped(ARMED_STEP, ARMED, options);
        await shot(name);
        await panel.page.locator('.page-table .row.path button').click();
        await panel.page.locator('.history li').first().waitFor();
        await panel.page.locator('.events summary').click();
        assert.deepEqual(await violations(), []);
        const overflow = await panel.page.evaluate('document.documentElement.scrollWidth - innerWidth');
        assert.ok((overflow as number) <= 0, `${overflow as number} pixels too wide`);
        await shot(`${name}-selected`);
      });
    }

    it('threads, in all themes', async () => {
      for (const theme of ['dark', 'light', 'high-contrast', 'high-contrast-light'] satisfies Theme[]) {
        await open(THREADS, { theme });
        await panel.stopAt(100);
        assert.deepEqual(await violations(), []);
        await shot(`threads-${theme}`);
        if (theme !== 'high-contrast-light') await panel.close();
      }
    });

    it('the empty panel', async () => {
      await open();
      await panel.post({ type: 'state', state: 'none' });
      await panel.page.getByRole('heading', { name: 'Nothing is being debugged' }).waitFor();
      assert.deepEqual(await violations(), []);
      await shot('empty');
    });

    it('says what changed in a live region', async () => {
      await stopped();
      const said = await panel.page.locator('#live').innerText();
      assert.match(said, /^Step 233 of 269\. gmap_pte_op_end: .* Changed: PTE of vm 0x3000: .*IN from 0 to 1/);
    });
  });

  describe('moves through time', () => {
    it('by the keyboard: a step, a statement, the ends', async () => {
      await stopped();
      const time = panel.page.getByRole('slider', { name: 'Time' });
      await time.focus();
      const press = async (key: string): Promise<number> => {
        const before = steps().length;
        await panel.page.keyboard.press(key);
        await panel.until(() => steps().length > before, `${key} does not move`);
        await panel.settled();
        return steps().at(-1)!;
      };
      assert.equal(await press('ArrowRight'), 234);
      assert.equal(await press('ArrowLeft'), 233);
      assert.equal(await time.getAttribute('aria-valuenow'), '233');
      const statement = await press('Shift+ArrowLeft');
      assert.match((await time.getAttribute('aria-valuetext'))!, new RegExp(`^step ${statement} of 269: `));
      assert.equal(await press('Shift+ArrowRight'), 239);
      assert.equal(await press('Home'), 0);
      assert.equal(await press('End'), 269);
    });

    it('by dragging: the picture follows at once, the debugger when the hand rests', async () => {
      await stopped();
      const box = (await panel.page.getByRole('slider', { name: 'Time' }).boundingBox())!;
      const y = box.y + box.height - 8;
      await panel.page.mouse.move(box.x + 300, y);
      await panel.page.mouse.down();
      for (let x = 300; x <= 900; x += 20) await panel.page.mouse.move(box.x + x, y);
      await panel.page.mouse.up();
      await panel.until(() => steps().length > 0, 'the debugger does not move');
      await panel.settled();
      const step = steps().at(-1)!;
      assert.ok(step > 120 && step < 220, String(step));
      assert.ok(steps().length <= 10, `${steps().length} moves`);
      const asked = panel.sent.filter(({ type }) => type === 'picture').length;
      assert.ok(asked > 4, `${asked} pictures`);
      await panel.page.locator('.moment', { hasText: `step ${step} of 269` }).waitFor();
    });

    it('to a mark by a click, and to an event of the list', async () => {
      await stopped();
      await panel.page.locator('.mark.notify .hit').click();
      await panel.until(() => steps().length === 1, 'the debugger does not move');
      await panel.page.locator('.events summary').click();
      await panel.page.locator('.events li.notify button').click();
      await panel.until(() => steps().length === 2, 'the debugger does not move');
      assert.equal(steps()[0], steps()[1]);
    });

    it('in a run of a million steps, without making anybody wait', async () => {
      await open(long(8700));
      await panel.stopAt(400_000);
      const time = panel.page.getByRole('slider', { name: 'Time' });
      const items = await panel.page.locator('.lanes rect, .lanes path').count();
      assert.ok(items < 4000, `${items} shapes`);
      const box = (await time.boundingBox())!;
      await panel.page.mouse.move(box.x + 300, box.y + 30);
      await panel.page.mouse.down();
      const start = performance.now();
      for (let x = 300; x <= 1100; x += 10) await panel.page.mouse.move(box.x + x, box.y + 30);
      await panel.page.mouse.up();
      const end = Number(await time.getAttribute('aria-valuenow'));
      await panel.until(() => steps().at(-1) === end, 'the debugger does not move');
      await panel.page.locator('.moment', { hasText: `step ${end.toLocaleString('en')} of` }).waitFor();
      const took = performance.now() - start;
      assert.ok(took < 30_000, `${took} ms for 80 moves`);
      for (let i = 0; i < 8; i++) await panel.page.getByRole('button', { name: 'Zoom in' }).click();
      await panel.settled();
      await panel.page.locator('.bar.call text', { hasText: 'gmap_mprotect_notify' }).first().waitFor();
      await shot('million');
    });
  });

  describe('shows entries', () => {
    it('that the arrow keys reach, with their history, and breaks when one changes', async () => {
      await stopped();
      await panel.page.locator('.walk.guest .row.path button').first().focus();
      const focused = (): Promise<unknown> => panel.page.evaluate('document.activeElement.getAttribute("aria-label")');
      assert.match(String(await focused()), /^0: → 0x1c000, 0–2 GB/);
      await panel.page.keyboard.press('ArrowDown');
      assert.match(String(await focused()), /^1: empty/);
      await panel.page.keyboard.press('ArrowRight');
      await panel.page.keyboard.press('ArrowRight');
      assert.match(String(await focused()), /^page 3, 0x3000, d2:03d, armed, changed/);
      await panel.page.keyboard.press('Enter');
      await panel.page.getByRole('heading', { name: 'selected: PTE 3 and PGSTE 3' }).waitFor();
      const moments = panel.page.locator('.history li button');
      await moments.first().waitFor();
      assert.match((await moments.allInnerTexts()).join('\n'), /IN 0 → 1/);
      await panel.page.getByRole('button', { name: 'Break when PGSTE 3 changes' }).click();
      await panel.until(() => panel.sent.at(-1)!.type === 'breakOnChange', 'no breakpoint is asked for');
      assert.deepEqual(panel.sent.at(-1), { type: 'breakOnChange', expression: 'pgste(vm, 0x3000)' });
      await moments.first().click();
      await panel.until(() => steps().length === 1, 'the debugger does not move');
    });

    it('of the address that a person wants', async () => {
      await stopped();
      const address = panel.page.getByRole('textbox', { name: 'Address' });
      await address.fill('2M + 0x1000');
      await address.press('Enter');
      await panel.page.locator('.field.pg .index', { hasText: /^1$/ }).waitFor();
      assert.equal(await panel.page.locator('.field.sg .index').innerText(), '2');
      await panel.page.getByText('chosen by you').waitFor();
      await address.fill('nonsense');
      await address.press('Enter');
      await panel.page.getByText('Write an address').waitFor();
      assert.equal(await address.getAttribute('aria-invalid'), 'true');
      await panel.page.getByRole('button', { name: 'Follow the debugger' }).click();
      await panel.page.locator('.field.pg .index', { hasText: /^3$/ }).waitFor();
    });

    it('that were folded', async () => {
      await stopped();
      await panel.page.locator('.walk.guest .fold button').first().click();
      await panel.page.locator('.walk.guest button[aria-label^="17: empty"]').waitFor();
    });
  });

  it('speaks the language of the editor', async () => {
    const english = JSON.parse(readFileSync(fromRoot('l10n/bundle.l10n.json'), 'utf8')) as Record<string, string>;
    const texts = Object.fromEntries(Object.entries(english).map(([key, text]) => [key, `⟦${text}⟧`]));
    await stopped(ARMED_STEP, ARMED, { texts });
    await panel.page.locator('.page-table .row.path button').click();
    await panel.page.locator('.history li').first().waitFor();
    const untranslated = await panel.page
      .evaluate(`[...document.querySelectorAll('h2, h3, button, th, label, [aria-label], p, summary')]
      .filter((one) => !one.closest('.tools, .entry, .next, .statement, .value, .selection dl, .asce, .table, .moment-button') && !one.querySelector('code'))
      .map((one) => one.getAttribute('aria-label') ?? one.textContent.trim().replace(/\\s+/g, ' '))
      .filter((text) => /[a-z]{3}/.test(text) && !text.includes('⟦'))`);
    assert.deepEqual(untranslated, []);
    await shot('translated');
  });

  it('keeps its state while it is hidden', async () => {
    await stopped();
    await panel.page.getByRole('button', { name: 'Zoom in' }).click();
    await panel.page.locator('.page-table .row.path button').click();
    await panel.settled();
    const state: unknown = await panel.page.evaluate('window.panelState()');
    await panel.close();
    await open(ARMED, { state });
    await panel.stopAt(ARMED_STEP);
    await panel.page.getByRole('heading', { name: 'selected: PTE 3 and PGSTE 3' }).waitFor();
    assert.equal(await panel.page.getByRole('button', { name: 'Zoom out' }).isEnabled(), true);
  });

  it('says so when its host sends what it does not know', async () => {
    await stopped();
    await panel.post({ type: 'stopped', step: -1, since: 0 });
    await panel.page.getByRole('alert').getByText('step: a whole number is needed').waitFor();
  });

  it('saves itself as one SVG that needs nothing else', async () => {
    await stopped();
    await panel.page.getByRole('button', { name: 'Save picture as SVG' }).click();
    await panel.until(() => panel.sent.at(-1)!.type === 'save', 'nothing is saved');
    const message = panel.sent.at(-1)!;
    assert.ok(message.type === 'save');
    assert.equal(message.name, 'gmap-step-233');
    const { svg } = message;
    assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    for (const text of ['gmap_pte_op_end', 'region-third', 'page table', 'present', 'notifiers', 'statements']) {
      assert.ok(svg.includes(`>${text}`), `${text} is not in it`);
    }
    assert.doesNotMatch(svg, /var\(|class=|href|<script|style=/);
    // A browser draws it by itself.
    const plain = await browser.newPage({ viewport: { width: 1400, height: 1250 } });
    await plain.goto(`data:image/svg+xml,${encodeURIComponent(svg)}`);
    assert.equal(await plain.evaluate('document.documentElement.localName'), 'svg');
    await plain.screenshot({ path: fromRoot('test/e2e/shots/panel-saved.png') });
    await plain.close();
  });
});
