import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import type { Emulator } from '../../emulator/emulator.ts';
import { until } from './botByHand.ts';
import { describeInBrowser, startEmulatorForPage } from './browser.ts';

const axe = readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

describeInBrowser("the page with Meta's AI", (browser) => {
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await startEmulatorForPage({ seed: { metaAi: 'on' } });
    emulator.customer().say('Hi');
  });
  afterEach(() => emulator.close());

  const owner = (): string | null | undefined => emulator.state().threads[emulator.customers[0]!]?.owner;
  const strip = (page: Page): Locator => page.locator('.owner-strip strong');
  const sheet = (page: Page): Locator => page.locator('.meta-ai summary');

  it('has it take the conversation, answer and give it back, and says so by its name', async () => {
    const page = await browser.open(emulator.url);
    await sheet(page).click();
    await page.getByRole('button', { name: 'Take the conversation' }).click();
    await strip(page).filter({ hasText: "Meta's AI" }).waitFor();
    await page.getByRole('button', { name: 'Messenger notes "Your AI agent will respond."' }).waitFor();
    await sheet(page).click();
    await page.getByLabel("What Meta's AI says").fill('We open at nine.');
    await page.keyboard.press('Enter');
    await page.locator('.customer .bubble', { hasText: 'We open at nine.' }).waitFor();
    await page.locator('.customer .sender', { hasText: "Meta's AI" }).waitFor();
    await sheet(page).click();
    await page.getByRole('button', { name: 'Pass the conversation back' }).click();
    await strip(page).filter({ hasText: 'primary' }).waitFor();
    expect(emulator.events().filter(({ type }) => type === 'metaAiAction')).to.have.length(2);
  });

  it('switches it off and on, and offers it only where it takes part', async () => {
    const page = await browser.open(emulator.url);
    const check = page.getByLabel("Meta's AI", { exact: true });
    // Not `uncheck`: the box shows what the emulator says, which the page hears a moment later.
    await check.click();
    await until(emulator, () => emulator.state().metaAi === 'off');
    await sheet(page).waitFor({ state: 'detached' });
    await check.click();
    await sheet(page).waitFor();
    emulator.setMode('classic');
    await sheet(page).waitFor({ state: 'detached' });
    expect(await check.count()).to.equal(0);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no violation that axe finds while the AI owns the conversation, ${colorScheme}`, async () => {
      emulator.metaAi().take();
      emulator.metaAi().answer('We open at nine.');
      emulator.customer().sendUnsupported();
      const page = await browser.open(emulator.url, { colorScheme });
      await strip(page).filter({ hasText: "Meta's AI" }).waitFor();
      await sheet(page).click();
      await page.evaluate(axe);
      const found = await page.evaluate<{ id: string }[]>('axe.run().then(({ violations }) => violations)');
      expect(found.map(({ id }) => id)).to.deep.equal([]);
      expect(owner()).to.equal('622851382610562');
    });
  }

  it('says that something came of which nothing is passed on, and by which ad', async () => {
    const page = await browser.open(emulator.url);
    await page.getByLabel('More actions').click();
    await page.getByRole('button', { name: 'Send something unsupported' }).click();
    await page.locator('.customer .bubble', { hasText: 'something that Messenger does not pass on' }).waitFor();
    await page.getByLabel('More actions').click();
    await page.getByLabel('Id of an ad').fill('1200');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /Carla Customer follows the ad 1200/ }).waitFor();
  });
});
