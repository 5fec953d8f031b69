import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Emulator } from '../../emulator/emulator.ts';
import { callGraph, sayAs } from './botByHand.ts';
import { describeInBrowser, startEmulatorForPage } from './browser.ts';

const attacks = [
  '<img src=x onerror="window.hacked=1">',
  '"><script>window.hacked=1</script>',
  '</textarea><svg onload="window.hacked=1">',
  'javascript:window.hacked=1//\'"',
  '${window.hacked=1}{{7*7}}',
];

describeInBrowser('what people and bots say', (browser) => {
  let emulator: Emulator;
  let page: Page;

  beforeEach(async () => {
    emulator = await startEmulatorForPage({ mode: 'routing' });
    page = await browser.open(emulator.url);
  });
  afterEach(() => emulator.close());

  /** Text came out as text, and no element of it. */
  async function isText(): Promise<void> {
    const found = await page.evaluate(
      `({ hacked: 'hacked' in window, elements: document.querySelectorAll('#page :is(img, script, svg:not(.own), iframe, a)').length })`,
    );
    expect(found).to.deep.equal({ hacked: false, elements: 0 });
  }

  for (const attack of attacks) {
    it(`is text everywhere: ${attack}`, async () => {
      const [primary] = emulator.apps;
      const short = attack.slice(0, 20);
      await page.getByLabel('Write to the Page').fill(attack);
      await page.getByRole('button', { name: 'Send' }).click();
      await page.locator('.bubble').getByText(attack).first().waitFor();
      await sayAs(emulator, primary!, { text: attack, buttons: [short] });
      const elements = [
        { title: attack, subtitle: attack, buttons: [{ type: 'postback', title: short, payload: attack }] },
      ];
      await callGraph(emulator, primary!, 'messages', {
        recipient: { id: emulator.customers[0] },
        message: { attachment: { type: 'template', payload: { template_type: 'generic', elements } } },
      });
      await page.locator('.card-text').getByText(attack).first().waitFor();
      await sayAs(emulator, primary!, { text: attack, quickReplies: [short] });
      await page.getByRole('group', { name: 'Quick replies' }).getByText(short).waitFor();
      await page.locator('.said .buttons').getByText(short).first().waitFor();
      const recipient = { id: emulator.customers[0] };
      await callGraph(emulator, primary!, 'pass_thread_control', {
        recipient,
        target_app_id: 263902037430900,
        metadata: attack,
      });
      await page.getByRole('button', { name: /^primary calls pass_thread_control/ }).click();
      await page.getByRole('dialog').locator('pre').first().getByText('window.hacked').waitFor();
      await isText();
      await page.keyboard.press('Escape');
      await page.getByLabel('Answer as an agent').fill(attack);
      await page.getByRole('button', { name: 'Reply' }).click();
      await page.locator('.sender', { hasText: 'Page Inbox' }).first().waitFor();
      emulator.addCustomer({ name: attack });
      await page.getByRole('button', { name: /can write to the Page/ }).waitFor();
      emulator.trace({ type: 'x.y', activityName: attack, outcome: attack });
      await isText();
    });
  }
});
