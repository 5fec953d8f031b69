import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { modes } from '../../emulator/core/state.ts';
import type { Emulator } from '../../emulator/emulator.ts';
import { callGraph, dot, sayAs } from './botByHand.ts';
import { describeInBrowser, startEmulatorForPage } from './browser.ts';

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
    emulator = await startEmulatorForPage({
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
    const { url } = emulator.keepFile({ name: 'dot.png', contentType: 'image/png', bytes: dot });
    emulator.customer().sendAttachment({ type: 'image', url });
    const image_url = 'https://tea.example/green.png';
    const buttons = [
      { type: 'postback', title: 'Order', payload: 'GREEN' },
      { type: 'web_url', title: 'About it', url: 'https://tea.example/' },
    ];
    const elements = [
      { title: 'Green', subtitle: 'From Uji', image_url, buttons },
      { title: 'Black', image_url: url },
    ];
    for (const attachment of [
      { type: 'template', payload: { template_type: 'generic', elements } },
      { type: 'file', payload: { url: 'https://tea.example/terms.pdf' } },
    ]) {
      await callGraph(emulator, primary!, 'messages', { recipient, message: { attachment } });
    }
    emulator.customer().react('love');
    await sayAs(emulator, secondary!, { text: 'Me too' });
    await callGraph(emulator, primary!, 'pass_thread_control', { recipient, target_app_id: secondary!.id });
    emulator.addCustomer({ name: 'Dora' });
    await emulator.settled();
  }

  /** Everything that covers the page or comes up on it, one after the other. */
  async function openAll(page: Page, look: () => Promise<void>): Promise<void> {
    await page
      .getByRole('button', { name: /^React to/ })
      .first()
      .focus();
    await page.keyboard.press('Enter');
    await page.getByRole('group', { name: 'Reactions' }).waitFor();
    await page.getByLabel('More actions').click();
    await look();
    await page.keyboard.press('Escape');
    // It asks, since the conversation would be lost.
    page.once('dialog', (question) => void question.accept());
    await page.getByRole('button', { name: 'Play the tour' }).click();
    await page.getByText('Why.').waitFor();
    await page.getByText('Faults', { exact: true }).click();
    await look();
    await page.keyboard.press('Escape');
    await page
      .getByRole('button', { name: /^Messenger sends message/ })
      .first()
      .click();
    await page.getByRole('dialog').waitFor();
    await look();
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no violation that axe finds, ${colorScheme}`, async () => {
      await converse();
      const page = await browser.open(emulator.url, { width: 1280, height: 900, colorScheme });
      await page.getByRole('region', { name: 'Who owns the conversation' }).getByText('secondary').first().waitFor();
      expect(await violationsOn(page)).to.deep.equal([]);
      await openAll(page, async () => void expect(await violationsOn(page)).to.deep.equal([]));
    });
  }

  it('has no violation that axe finds, and fits, on a phone', async () => {
    await converse();
    const page = await browser.open(emulator.url, { width: 360, height: 900 });
    for (const tab of ['Customer', 'Timeline', 'Inbox', 'Controls']) {
      await page.getByRole('tab', { name: tab }).click();
      expect(await violationsOn(page)).to.deep.equal([]);
      expect(await overflow(page)).to.equal(0);
    }
  });

  it('fits into every width in every mode', async () => {
    await converse();
    const page = await browser.open(emulator.url, { width: 1280, height: 900 });
    for (const mode of modes) {
      emulator.setMode(mode);
      await page.getByRole('button', { name: mode, pressed: true }).waitFor();
      for (const width of [1080, 1280, 2560]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await overflow(page), `${mode}, ${width} px`).to.equal(0);
      }
    }
  });

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
    await page.getByRole('button', { name: 'Tea', exact: true }).waitFor();
    await tabTo(/^Tea$/);
    await press('Enter');
    await page.locator('.customer .bubble', { hasText: 'Tea' }).waitFor();

    await tabTo(/^Move to Main$/);
    await press('Enter');
    await page.locator('.owner-strip strong', { hasText: 'Page Inbox' }).waitFor();

    await tabTo(/^(Messenger sends|The thread of|Page Inbox shows)/);
    await press('Home');
    await page.locator('[data-index="0"]:focus').waitFor();
    expect(await focused()).to.match(
      /^The thread of Carla Customer moves from nobody to primary|^Carla Customer says "Hi"/,
    );
    await press('ArrowDown');
    await page.locator('[data-index="1"]:focus').waitFor();
    await press('Enter');
    await page.getByRole('dialog').waitFor();
    await press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.locator('[data-index="1"]:focus').waitFor();
  });
});
