import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { startPlayground, type Playground } from '../../playground/startPlayground.ts';
import { describeInBrowser } from './browser.ts';

const anyPorts = { messenger: 0, azure: 0, primary: 0, secondary: 0 };

describeInBrowser('the tour, clicked through on the page', (browser) => {
  let playground: Playground;
  afterEach(() => playground.stop());

  const ownerOn = (page: Page): Promise<string> => page.locator('.owner-strip strong').innerText();

  for (const mode of ['classic', 'routing'] as const) {
    it(`shows in ${mode} what the emulator says, step by step, to the end`, async () => {
      playground = await startPlayground({ mode, ports: anyPorts, notice: () => undefined });
      const { emulator } = playground.platform;
      const steps = emulator.tour();
      const page = await browser.open(emulator.url);
      await page.getByRole('button', { name: 'Play the tour' }).click();
      const owners = new Set<string | null>();
      for (const [index, step] of steps.entries()) {
        const bar = page.getByRole('region', { name: 'Tour' });
        await bar.getByText(`Step ${index + 1} of ${steps.length}`).waitFor();
        await bar.getByText(step.tells).waitFor();
        const last = index === steps.length - 1;
        const go = bar.getByRole('button', { name: last ? 'Play it again' : 'Next step' });
        await go.and(page.locator(':enabled')).waitFor();
        const { owner } = emulator.state().threads[emulator.customers[0]!]!;
        owners.add(owner);
        const name = emulator.apps.find(({ id }) => id === owner)?.name ?? 'Page Inbox';
        await page.locator('.owner-strip strong', { hasText: name }).waitFor();
        expect(await page.getByRole('alert').count(), step.tells).to.equal(0);
        if (!last) await go.click();
      }
      expect(owners.size).to.equal(3);
      expect(await ownerOn(page)).to.contain('primary');
    }).timeout(60_000);
  }
});
