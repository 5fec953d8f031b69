import { expect } from 'chai';
import type { Emulator } from '../../emulator/emulator.ts';
import { startEmulator } from '../../emulator/startEmulator.ts';
import { metaAiAppId } from '../../emulator/startPlatform.ts';
import { startPlayground, type Playground } from '../../playground/startPlayground.ts';
import { samples } from '../support/playgroundProcess.ts';
import { sayAs } from './botByHand.ts';
import { describeInBrowser } from './browser.ts';

const anyPorts = { messenger: 0, azure: 0, primary: 0, secondary: 0 };

describeInBrowser('the tour, clicked through on the page', (browser) => {
  let playground: Playground;
  // One for both modes: starting the bots takes longer than half of the tour.
  before(async () => {
    playground = await startPlayground({ mode: 'classic', ports: anyPorts, notice: () => undefined, own: samples });
  });
  after(() => playground.stop());

  for (const mode of ['classic', 'routing'] as const) {
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
      expect(owners.size).to.equal(mode === 'classic' ? 3 : 4);
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

describeInBrowser('the tour, clicked faster than it is played', (browser) => {
  let emulator: Emulator;
  beforeEach(async () => {
    const routing = [
      { tells: 'The customer asks.', action: { does: 'say', text: 'What is there?' } },
      { tells: 'The customer chooses.', action: { does: 'tap', text: 'Tea' } },
    ] as const;
    emulator = await startEmulator({ mode: 'routing', tour: { routing } });
  });
  afterEach(() => emulator.close());

  const messages = () => emulator.state().threads[emulator.customers[0]!]!.messages.map(({ text }) => text);

  it('begins once', async () => {
    const page = await browser.open(emulator.url);
    await page.getByRole('button', { name: 'Play the tour' }).dblclick();
    await page.getByText('Step 1 of 2').waitFor();
    await page.getByRole('button', { name: 'Next step', disabled: false }).waitFor();
    expect(emulator.events().filter(({ type }) => type === 'reset')).to.have.length(1);
    expect(messages()).to.deep.equal(['What is there?']);
  });

  it('says at once that it does not fit a bot that answers something else', async () => {
    const page = await browser.open(emulator.url);
    const end = emulator.on(({ type }) => {
      if (type === 'customerMessage')
        void sayAs(emulator, emulator.apps[0]!, { text: 'Mine', quickReplies: ['Cocoa'] });
    });
    await page.getByRole('button', { name: 'Play the tour' }).click();
    await page.getByText('This tour does not fit your bots. None of them offers “Tea”').waitFor({ timeout: 5000 });
    end();
    await sayAs(emulator, emulator.apps[0]!, { text: 'Choose', quickReplies: ['Tea'] });
    await page.getByText('The customer asks.').waitFor();
  });

  it('ends although it waits for a bot, does nothing afterwards, and can be played again', async () => {
    const page = await browser.open(emulator.url);
    await page.getByRole('button', { name: 'Play the tour' }).click();
    await page.getByRole('button', { name: 'Next step' }).click();
    await page.getByText('Step 2 of 2').waitFor();
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByText('Step 2 of 2').waitFor({ state: 'detached' });
    await sayAs(emulator, emulator.apps[0]!, { text: 'Choose', quickReplies: ['Tea'] });
    await page.getByRole('button', { name: 'Tea', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Play the tour', disabled: false }).waitFor();
    expect(messages()).to.deep.equal(['What is there?', 'Choose']);
    // Nobody is asked before there is a conversation to lose; now the first answer is no.
    const questions: string[] = [];
    page.once('dialog', (question) => {
      questions.push(question.message());
      void question.dismiss();
    });
    await page.getByRole('button', { name: 'Play the tour' }).click();
    page.once('dialog', (question) => void question.dismiss());
    await page.getByRole('button', { name: 'Reset' }).click();
    expect(questions.join('')).to.contain('forgets all conversations');
    expect(messages()).to.deep.equal(['What is there?', 'Choose']);
    page.once('dialog', (question) => void question.accept());
    await page.getByRole('button', { name: 'Play the tour' }).click();
    await page.getByText('Step 1 of 2').waitFor();
  });
});
