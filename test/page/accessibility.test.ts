import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Emulator } from '../../emulator/emulatorFace.ts';
import { startEmulator } from '../../emulator/startEmulator.ts';
import { callGraph, sayAs } from './botByHand.ts';
import { describeInBrowser } from './browser.ts';

const axe = readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const violations = await page.evaluate<Violation[]>('axe.run().then(({ violations }) => violations)');
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`,
  );
}

/** Whatever does not fit pushes the page wide. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

describeInBrowser('the page for everybody', (browser) => {
  let emulator: Emulator;

  beforeEach(async () => {
    emulator = await startEmulator({
      mode: 'routing',
      tour: { classic: [], routing: [{ tells: 'Why.', action: { does: 'say', text: 'Hi' } }] },
    });
  });
  afterEach(() => emulator.close());

  /** A handover with everything that has a look of its own. */
  async function converse(): Promise<void> {
    const [primary, secondary] = emulator.apps;
    const recipient = { id: emulator.customers[0] };
    emulator.customer().say('Hi');
    await sayAs(emulator, primary!, { text: 'Choose', buttons: ['Order'] });
    await sayAs(emulator, primary!, { text: 'Choose', quickReplies: ['Tea', 'Coffee'] });
    await sayAs(emulator, secondary!, { text: 'Me too' });
    await callGraph(emulator, primary!, 'pass_thread_control', { recipient, target_app_id: secondary!.id });
    emulator.addCustomer({ name: 'Dora' });
    await emulator.settled();
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 1280, 2560]) {
      it(`has no violation that axe finds and fits, ${width} px wide and ${colorScheme}`, async () => {
        await converse();
        const page = await browser.open(emulator.url, { width, height: 900, colorScheme });
        await page.getByRole('region', { name: 'Who owns the conversation' }).getByText('secondary').first().waitFor();
        for (const tab of width < 1080 ? ['Customer', 'Timeline', 'Inbox', 'Controls'] : [undefined]) {
          if (tab !== undefined) await page.getByRole('tab', { name: tab }).click();
          expect(await violationsOn(page)).to.deep.equal([]);
          expect(await overflow(page)).to.equal(0);
        }
        if (width < 1080) return;
        await page.getByRole('button', { name: 'Play the tour' }).click();
        await page.getByText('Why.').waitFor();
        await page.getByText('Faults', { exact: true }).click();
        expect(await violationsOn(page)).to.deep.equal([]);
        await page.keyboard.press('Escape');
        await page
          .getByRole('button', { name: /^Webhook message/ })
          .first()
          .click();
        await page.getByRole('dialog').waitFor();
        expect(await violationsOn(page)).to.deep.equal([]);
      });
    }
  }

  it('works by keyboard alone: write, tap, hand over, read the diagram, open and close a row', async () => {
    const page = await browser.open(emulator.url);
    await page.getByText('live', { exact: true }).waitFor();
    const press = (key: string): Promise<void> => page.keyboard.press(key);
    const focused = (): Promise<string> =>
      page.evaluate<string>(
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()",
      );
    const tabTo = async (wanted: RegExp): Promise<void> => {
      for (let count = 0; count < 60; count += 1) {
        await press('Tab');
        if (wanted.test(await focused())) return;
      }
      throw new Error(`The keyboard does not get to ${String(wanted)}.`);
    };

    await tabTo(/^Write to the Page$/);
    await page.keyboard.type('Hi');
    await press('Enter');
    await page.locator('.customer .bubble', { hasText: 'Hi' }).waitFor();
    await sayAs(emulator, emulator.apps[0]!, { text: 'Choose', quickReplies: ['Tea'] });
    await page.getByRole('button', { name: 'Tea' }).waitFor();
    await tabTo(/^Tea$/);
    await press('Enter');
    await page.locator('.customer .bubble', { hasText: 'Tea' }).waitFor();

    await tabTo(/^Move to Main$/);
    await press('Enter');
    await page.locator('.owner-strip strong', { hasText: 'Page Inbox' }).waitFor();

    await tabTo(/^(Webhook|The conversation goes|The inbox shows)/);
    await press('Home');
    await page.locator('[data-index="0"]:focus').waitFor();
    expect(await focused()).to.match(/^The conversation goes from Nobody to primary|^Carla Customer says Hi/);
    await press('ArrowDown');
    await page.locator('[data-index="1"]:focus').waitFor();
    await press('Enter');
    await page.getByRole('dialog').waitFor();
    await press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.locator('[data-index="1"]:focus').waitFor();
  });
});
