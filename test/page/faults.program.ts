import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Emulator } from '../../emulator/emulator.ts';
import { sayAs } from './botByHand.ts';
import { describeInBrowser, startEmulatorForPage } from './browser.ts';

describeInBrowser('the faults sheet of the page', (browser) => {
  let emulator: Emulator;
  let page: Page;

  beforeEach(async () => {
    emulator = await startEmulatorForPage({ mode: 'routing' });
    page = await browser.open(emulator.url);
  });
  afterEach(() => emulator.close());

  const row = (name: RegExp) => page.getByRole('region', { name: 'Timeline' }).getByRole('button', { name });

  it('lets the next Graph call fail', async () => {
    emulator.customer().say('Hi');
    await page.getByText('Faults', { exact: true }).click();
    const form = page.locator('form', { hasText: 'Calls' });
    await form.locator('[name=fault]').selectOption('callLimit');
    await form.getByRole('button', { name: 'Arm' }).click();
    await row(/will fail/).waitFor();
    await page.keyboard.press('Escape');
    expect(await sayAs(emulator, emulator.apps[0]!, { text: 'Hello' })).to.equal(400);
    const refused = row(/^primary calls messages.*Why: An injected fault makes it fail\./);
    await refused.locator('.answer', { hasText: '#613' }).waitFor();
    await refused.locator('.reason').waitFor();
    expect(await refused.getAttribute('class')).to.contain('trouble');
  });

  it('lets the next webhook be lost', async () => {
    await page.getByText('Faults', { exact: true }).click();
    const form = page.locator('form', { hasText: 'Webhooks' });
    await form.locator('[name=appId]').selectOption('secondary');
    await form.getByRole('button', { name: 'Arm' }).click();
    await row(/the next matching webhook will be dropped/).waitFor();
    emulator.customer().say('Hi');
    await row(/secondary on standby \(lost\).*Why: An injected fault drops it/).waitFor();
  });

  it('lists what is armed, and takes back one at a time', async () => {
    const [primary, secondary] = emulator.apps;
    emulator.customer().say('Hi');
    emulator.injectFault({ fault: 'callLimit', times: 3, match: { appId: primary!.id, edge: 'messages' } });
    emulator.injectFault({ connection: 'reset', when: 'after' });
    emulator.injectWebhookFault({ fault: 'delay', delayMs: 60_000, match: { appId: secondary!.id, kind: 'message' } });
    await page.getByText('Faults', { exact: true }).click();
    const armed = page.getByRole('region', { name: 'Armed' }).getByRole('listitem');
    const webhooks = page.locator('form', { hasText: 'Webhooks' });
    await armed.nth(2).waitFor();
    expect(await armed.locator('span').allInnerTexts()).to.deep.equal([
      'Next 3 Graph calls by primary to messages: callLimit',
      'Next Graph call: connection cut, takes effect',
      'Next webhook to secondary about message: sent 1 min late',
    ]);
    await page.getByRole('button', { name: 'Disarm: Next 3 Graph calls' }).click();
    await row(/^A fault is disarmed/).waitFor();
    await armed.nth(2).waitFor({ state: 'detached' });
    expect(emulator.state().armedFaults).to.have.length(2);
    await page.getByRole('button', { name: 'Disarm: Next Graph call:' }).click();
    await armed.nth(1).waitFor({ state: 'detached' });
    const tokens = page.locator('form', { hasText: 'Tokens' });
    for (const [life, words] of [
      ['expired', /^The page token of primary has expired/],
      ['good', /^The page token of primary works for ever/],
    ] as const) {
      await tokens.locator('[name=life]').selectOption(life);
      await tokens.getByRole('button', { name: 'Set' }).click();
      await row(words).waitFor();
      if (life === 'expired') await tokens.getByText('The page token of primary has expired.').waitFor();
    }
    await webhooks.locator('[name=mode]').selectOption('every');
    await webhooks.locator('[name=count]').fill('4');
    await webhooks.locator('[name=fault]').selectOption('loseAnswer');
    await webhooks.getByRole('button', { name: 'Arm' }).click();
    await armed.getByText('Every 4th webhook: delivered, its answer lost').waitFor();
    await page.getByRole('button', { name: 'Disarm all' }).click();
    await armed.first().waitFor({ state: 'detached' });
    expect(await sayAs(emulator, primary!, { text: 'Hello' })).to.equal(200);
    await page.keyboard.press('Escape');
  });
});
