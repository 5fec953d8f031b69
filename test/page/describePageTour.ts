import { expect } from 'chai';
import { metaAiAppId } from '../../emulator/startPlatform.ts';
import { startPlayground, type Playground, type PlaygroundOptions } from '../../playground/startPlayground.ts';
import { samples } from '../support/playgroundProcess.ts';
import { describeInBrowser } from './browser.ts';

const anyPorts = { messenger: 0, azure: 0, primary: 0, secondary: 0 };

/** Tests that click through the whole tour of the playground, with its bots. */
export function describePageTour(
  endpoint: PlaygroundOptions['endpoint'],
  modes: readonly ('classic' | 'routing')[],
  setup: PlaygroundOptions['setup'] = 'usual',
): void {
  describeInBrowser(`the tour, clicked through on the page, ${endpoint}`, (browser) => {
    let playground: Playground;
    // One for all modes: starting the bots takes longer than half of the tour.
    before(async () => {
      playground = await startPlayground({
        mode: 'classic',
        ...{ endpoint, setup },
        ports: anyPorts,
        notice: () => undefined,
        own: samples,
      });
    });
    after(() => playground.stop());

    for (const mode of modes) {
      it(`shows in ${mode} what the emulator says, step by step, to the end`, async () => {
        const { emulator } = playground.platform;
        const page = await browser.open(emulator.url);
        await page.getByRole('button', { name: mode }).click();
        await page.getByRole('button', { name: mode, pressed: true }).waitFor();
        const steps = emulator.tour();
        const hasTalked = Object.keys(emulator.state().threads).length > 0;
        if (hasTalked) page.once('dialog', (question) => void question.accept());
        await page.getByRole('button', { name: 'Play the tour' }).click();
        const ownerOnPage = page.locator('.owner-strip strong');
        const owners = new Set<string | null>();
        for (const [index, step] of steps.entries()) {
          const bar = page.getByRole('region', { name: 'Tour' });
          await bar.getByText(`Step ${index + 1} of ${steps.length}`).waitFor();
          await bar.getByText(step.tells).waitFor();
          const last = index === steps.length - 1;
          const go = bar.getByRole('button', { name: last ? 'Play it again' : 'Next step' });
          await go
            .and(page.locator(':enabled'))
            .waitFor()
            .catch((error: unknown) => {
              throw new Error(`Step ${index + 1} (${step.tells}) did not end.`, { cause: error });
            });
          const { owner } = emulator.state().threads[emulator.customers[0]!]!;
          owners.add(owner);
          const inbox = owner === metaAiAppId ? "Meta's AI" : 'Page Inbox';
          const name = emulator.apps.find(({ id }) => id === owner)?.name ?? inbox;
          await ownerOnPage.filter({ hasText: name }).waitFor();
          expect(await page.getByRole('alert').count(), step.tells).to.equal(0);
          if (!last) await go.click();
        }
        expect(owners.size).to.equal(setup === 'takeover' ? 2 : mode === 'classic' ? 3 : 4);
        expect(await ownerOnPage.innerText()).to.contain('primary');
      });
    }

    it('is offered only in the modes that it was written for', async () => {
      const { emulator } = playground.platform;
      const page = await browser.open(emulator.url);
      await page.getByRole('button', { name: 'Play the tour' }).waitFor();
      await page.getByRole('button', { name: 'Open', exact: true }).click();
      await page.getByRole('button', { name: 'Play the tour' }).waitFor({ state: 'detached' });
      expect(emulator.state().mode).to.equal('open');
    });
  });
}
