import { expect } from 'chai';
import type { Emulator } from '../../emulator/emulator.ts';
import { sayAs } from './botByHand.ts';
import { describeInBrowser, startEmulatorForPage } from './browser.ts';
import { describePageTour } from './describePageTour.ts';

// The whole tour, in both modes, with and without Azure's channel: `test/long/tours.long.ts`.
describePageTour('direct', ['classic'], 'takeover');

describeInBrowser('the tour, clicked faster than it is played', (browser) => {
  let emulator: Emulator;
  beforeEach(async () => {
    const routing = [
      { tells: 'The customer asks.', action: { does: 'say', text: 'What is there?' } },
      { tells: 'The customer chooses.', action: { does: 'tap', text: 'Tea' } },
    ] as const;
    emulator = await startEmulatorForPage({ mode: 'routing', tour: { routing } });
  });
  afterEach(() => emulator.close());

  const messages = () => emulator.state().threads[emulator.customers[0]!]!.messages.map(({ text }) => text);

  it('has the bots set up for each step, and as they were once it ends', async () => {
    const asked: (string | undefined)[] = [];
    const routing = [
      { tells: 'With the usual bots.', action: { does: 'say', text: 'One' } },
      { tells: 'With others.', action: { does: 'wait', at: '09:00' }, bots: 'others' },
    ] as const;
    const ended = Promise.withResolvers<undefined>();
    const setUpBots = (bots: string | undefined): Promise<void> => {
      if (asked.push(bots) === 3) ended.resolve(undefined);
      return Promise.resolve();
    };
    const special = await startEmulatorForPage({ mode: 'routing', tour: { routing }, setUpBots });
    try {
      const page = await browser.open(special.url);
      await page.getByRole('button', { name: 'Play the tour' }).click();
      await page.getByRole('button', { name: 'Next step', disabled: false }).click();
      await page.getByText('Time passes until 09:00 UTC.').waitFor();
      await page.getByRole('button', { name: 'Play it again', disabled: false }).waitFor();
      expect(asked).to.deep.equal([undefined, 'others']);
      expect(new Date(special.clock()).toISOString()).to.contain('T09:00:');
      await page.getByRole('button', { name: 'End', exact: true }).click();
      await ended.promise;
      expect(asked).to.deep.equal([undefined, 'others', undefined]);
    } finally {
      await special.close();
    }
  });

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
