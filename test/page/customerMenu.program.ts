import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import type { Emulator } from '../../emulator/emulator.ts';
import { startCallback } from '../emulator/callback.ts';
import { callGraph, dot, sayAs, until } from './botByHand.ts';
import { describeInBrowser, startEmulatorForPage } from './browser.ts';

describeInBrowser('what a customer does besides writing', (browser) => {
  let emulator: Emulator;
  let page: Page;

  beforeEach(async () => {
    emulator = await startEmulatorForPage({ mode: 'routing', fields: 'all' });
    emulator.customer().say('Hi');
    page = await browser.open(emulator.url);
  });
  afterEach(() => emulator.close());

  const customer = (): Locator => page.getByRole('region', { name: 'Customer', exact: true });
  const menu = (): Locator => customer().getByLabel('More actions');
  const told = (kind: string): unknown[] =>
    emulator
      .events()
      .flatMap((event) => (event.type === 'webhookNotSent' && event.kind === kind ? [event.payload] : []));
  const thread = () => emulator.state().threads[emulator.customers[0]!]!;
  const send = (name: string, mimeType: string, buffer: Buffer): Promise<void> =>
    customer().locator('input[type=file]').setInputFiles({ name, mimeType, buffer });

  it('sends a photo, which bots load from the emulator', async () => {
    await menu().click();
    await customer().getByRole('button', { name: 'Send a photo or file' }).waitFor();
    await send('my cat.png', 'image/png', dot);
    await customer().getByRole('img', { name: 'Image my cat.png' }).waitFor();
    const [attachment] = thread().messages.at(-1)!.attachments!;
    expect(attachment!.type).to.equal('image');
    const response = await fetch(String(attachment!.payload['url']));
    expect(Buffer.from(await response.arrayBuffer()).equals(dot)).to.equal(true);
    expect(JSON.stringify(told('message'))).to.contain('my%20cat.png');
    await customer().getByRole('button', { name: 'Send a photo or file' }).waitFor({ state: 'hidden' });
  });

  it('is told why a file is not taken', async () => {
    await send('film.mp4', 'video/mp4', Buffer.alloc(0));
    await page.getByRole('alert').getByText('The file is empty.').waitFor();
    expect(thread().messages).to.have.length(1);
  });

  it('follows an m.me link, opts in and gets started, by keyboard alone', async () => {
    await callGraph(emulator, emulator.apps[0]!, 'messenger_profile', { get_started: { payload: 'START' } });
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await menu().focus();
    await press('Enter', 'Tab', 'Tab', 'Tab');
    await page.keyboard.type('from-a-poster');
    await press('Enter');
    await until(emulator, () => told('referral').length === 1);
    await page.locator('summary[aria-label="More actions"]:focus').waitFor();
    await press('Enter', 'Tab', 'Tab', 'Tab', 'Tab', 'Tab');
    await page.keyboard.type('news');
    await press('Enter');
    await until(emulator, () => told('optin').length === 1);
    await press('Enter', 'Tab', 'Tab', 'Enter');
    await until(emulator, () => told('postback').length > 0);
    expect(JSON.stringify([told('referral'), told('optin'), told('postback')]))
      .to.contain('"ref":"from-a-poster"')
      .and.to.contain('"payload":"news"')
      .and.to.contain('"payload":"START"');
    await press('Enter');
    await customer().getByRole('button', { name: 'Tap Get Started' }).waitFor();
    await press('Escape');
    await customer().getByRole('button', { name: 'Tap Get Started' }).waitFor({ state: 'hidden' });
  });

  it('reacts to a message, and takes it back', async () => {
    await sayAs(emulator, emulator.apps[0]!, { text: 'One' });
    await sayAs(emulator, emulator.apps[0]!, { text: 'Two' });
    const react = async (to: string): Promise<void> => {
      await customer().locator('.said', { hasText: to }).hover();
      await customer()
        .getByRole('button', { name: `React to ${to}` })
        .click();
    };
    const palette = customer().getByRole('group', { name: 'Reactions' });
    const shown = page.getByRole('img', { name: 'Reaction: love' });
    await react('One');
    await palette.getByRole('button', { name: 'love' }).click();
    await shown.nth(1).waitFor();
    expect(thread().messages.map(({ reaction }) => reaction)).to.deep.equal([undefined, 'love', undefined]);
    await react('One');
    await palette.getByRole('button', { name: 'love', pressed: true }).click();
    await shown.first().waitFor({ state: 'detached' });
    expect(told('reaction')).to.have.length(2);
    await customer().getByRole('button', { name: 'React to Two' }).focus();
    await page.keyboard.press('Enter');
    await palette.waitFor();
    await page.keyboard.press('Escape');
    await palette.waitFor({ state: 'detached' });
    expect(await page.locator(':focus').getAttribute('aria-label')).to.equal('React to Two');
  });

  it('receives and reads on command', async () => {
    await sayAs(emulator, emulator.apps[0]!, { text: 'Hello' });
    for (const [name, mark] of [
      ['received', 'Received'],
      ['read', 'Read'],
    ] as const) {
      await menu().click();
      await customer().getByRole('button', { name, exact: true }).click();
      await customer().locator('.mark', { hasText: mark }).waitFor();
    }
    expect([told('delivery').length, told('read').length]).to.deep.equal([2, 2]);
  });

  it('receives and reads at once when the phone is on: what is shown is read, in every window the same', async () => {
    const dora = emulator.addCustomer({ name: 'Dora' });
    emulator.customer(dora).say('Hi');
    await menu().click();
    await customer().getByLabel('Receive and read at once').check();
    await until(emulator, () => emulator.state().switches.receipts === 'automatic');
    await sayAs(emulator, emulator.apps[0]!, { text: 'Hello' });
    await customer().locator('.mark', { hasText: 'Read' }).waitFor();
    const recipient = { id: dora };
    await callGraph(emulator, emulator.apps[0]!, 'messages', { recipient, message: { text: 'Hello, Dora' } });
    const ofDora = () => emulator.state().threads[dora]!;
    expect(ofDora()).to.include({ receivedUpTo: ofDora().messages.at(-1)!.at, readUpTo: 0 });
    await customer().getByLabel('Which customer').selectOption('Dora');
    await until(emulator, () => ofDora().readUpTo === ofDora().messages.at(-1)!.at);
    await page.reload();
    await customer().locator('.mark', { hasText: 'Read' }).waitFor();
    expect([told('delivery').length, told('read').length]).to.deep.equal([4, 4]);
  });

  it('keeps receipts out of the timeline until they are asked for', async () => {
    const callback = await startCallback();
    try {
      for (const { id, verifyToken } of emulator.apps) {
        await emulator.registerWebhook(id, { callbackUrl: callback.url, verifyToken });
      }
      const timeline = page.getByRole('region', { name: 'Timeline' });
      const receipts = timeline.getByRole('button', { name: /^Messenger sends delivery to primary/ });
      await sayAs(emulator, emulator.apps[0]!, { text: 'Hello' });
      emulator.customer().receive();
      await emulator.settled();
      emulator.customer().say('And then?');
      await timeline.getByRole('button', { name: /says "And then/ }).waitFor();
      expect(await receipts.count()).to.equal(0);
      await timeline.getByLabel('Receipts').check();
      await receipts.waitFor();
    } finally {
      await callback.close();
    }
  });
});
