import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { startEmulator } from '../../emulator/startEmulator.ts';
import { describeInBrowser } from './browser.ts';
import { holdBack } from './holdBack.ts';

/**
 * Resolves when the page would show what it heard up to this text. Another stream has it all; the timer behind it comes after the one by which
 * the page hands on what it has, and drawing takes some frames.
 */
const untilShown = (page: Page, text: string): Promise<unknown> =>
  page.evaluate(`new Promise((done) => {
    const afterFrames = (count) => (count === 0 ? done() : requestAnimationFrame(() => afterFrames(count - 1)));
    const stream = new EventSource('/_emulator/events?after=0');
    stream.onmessage = ({ data }) => {
      if (!data.includes(${JSON.stringify(text)})) return;
      stream.close();
      setTimeout(() => afterFrames(10), 60);
    };
  })`);

describeInBrowser('a page whose emulator starts again', (browser) => {
  it('says that it is alone, connects again and shows what the new one has', async () => {
    const first = await startEmulator();
    const { port } = first;
    first.customer().say('To the first');
    const page = await browser.open(first.url);
    await page.locator('.bubble', { hasText: 'To the first' }).first().waitFor();
    await first.close();
    await page.getByText('connection lost').waitFor();
    const second = await startEmulator({ port });
    try {
      second.customer().say('To the second');
      await page.getByText('live', { exact: true }).waitFor();
      await page.getByRole('region', { name: 'Timeline' }).locator('.label', { hasText: 'To the second' }).waitFor();
      expect(await page.getByText('To the first').count()).to.equal(0);
      second.customer().say('And on');
      await page.getByRole('region', { name: 'Timeline' }).locator('.label', { hasText: 'And on' }).waitFor();
    } finally {
      await second.close();
    }
  });

  it('never shows what happened in one emulator beside what happened in the next', async () => {
    const first = await startEmulator();
    const { port } = first;
    first.customer().say('To the first');
    const page = await browser.open(first.url);
    const said = (text: string) => page.getByRole('region', { name: 'Timeline' }).locator('.label', { hasText: text });
    await said('To the first').waitFor();
    await first.close();
    await page.getByText('connection lost').waitFor();
    // The page learns slowly that the emulator is another one.
    const state = await holdBack(page, '**/_emulator/state');
    const second = await startEmulator({ port });
    try {
      // The page goes on behind the last event that it has, so there have to be more.
      for (const count of [1, 2, 3, 4, 5, 6]) second.customer().say(`To the second, ${count}`);
      await state.asked;
      await untilShown(page, 'To the second, 6');
      expect([await said('To the first').count(), await said('To the second').count()]).to.deep.equal([1, 0]);
      state.release();
      await said('To the second, 1').waitFor();
      expect([await said('To the first').count(), await said('To the second').count()]).to.deep.equal([0, 6]);
    } finally {
      state.release();
      await second.close();
    }
  });

  it('shows what happens while it reads the state for the first time', async () => {
    const emulator = await startEmulator();
    const page = await browser.open('about:blank');
    const state = await holdBack(page, '**/_emulator/state');
    try {
      await browser.open(emulator.url);
      await state.asked;
      emulator.customer().say('Meanwhile');
      await untilShown(page, 'Meanwhile');
      state.release();
      await page.locator('.bubble', { hasText: 'Meanwhile' }).first().waitFor();
    } finally {
      state.release();
      await emulator.close();
    }
  });
});
