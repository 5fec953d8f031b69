import { expect } from 'chai';
import { startEmulator } from '../../emulator/startEmulator.ts';
import { describeInBrowser } from './browser.ts';

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
});
