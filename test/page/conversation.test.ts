import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Emulator } from '../../emulator/emulatorFace.ts';
import { startEmulator } from '../../emulator/startEmulator.ts';
import { callGraph, sayAs } from './botByHand.ts';
import { describeInBrowser } from './browser.ts';

describeInBrowser('a conversation on the page', (browser) => {
  let emulator: Emulator;
  let page: Page;

  beforeEach(async () => {
    emulator = await startEmulator({ mode: 'routing' });
    page = await browser.open(emulator.url);
  });
  afterEach(() => emulator.close());

  const customer = () => page.getByRole('region', { name: 'Customer', exact: true });
  const inbox = () => page.getByRole('region', { name: 'Page Inbox' });
  const owner = () => page.getByRole('region', { name: 'Who owns the conversation' });

  it('begins with nobody, and belongs to the default app when the customer writes', async () => {
    await owner().getByText('Nobody idle').waitFor();
    await customer().getByLabel('Write to the Page').fill('Hi');
    await customer().getByRole('button', { name: 'Send' }).click();
    await owner().getByText('primary default app').waitFor();
    await owner().getByText('Carla Customer wrote').waitFor();
    await customer().getByRole('log').getByText('Hi').waitFor();
  });

  it('offers quick replies once: they are gone after use', async () => {
    emulator.customer().say('Hi');
    await sayAs(emulator, emulator.apps[0]!, { text: 'Choose', quickReplies: ['Tea', 'Coffee'] });
    await customer().getByRole('button', { name: 'Tea' }).click();
    await customer().getByRole('button', { name: 'Coffee' }).waitFor({ state: 'detached' });
    expect(emulator.state().threads[emulator.customers[0]!]!.messages.at(-1)!.text).to.equal('Tea');
    await customer().locator('.bubble', { hasText: 'Tea' }).waitFor();
  });

  it('keeps buttons of a template, and they are taps', async () => {
    emulator.customer().say('Hi');
    await sayAs(emulator, emulator.apps[0]!, { text: 'Choose', buttons: ['Order'] });
    await customer().getByRole('button', { name: 'Order' }).click();
    await page.getByRole('button', { name: /^Carla Customer says Order/ }).waitFor();
    expect(await customer().getByRole('button', { name: 'Order' }).count()).to.equal(1);
  });

  it('tells of files and cards in words, and loads none of them', async () => {
    const [psid] = emulator.customers;
    emulator.customer().sendAttachment({ type: 'image', url: 'https://files.example/cat.png' });
    await customer().locator('.bubble', { hasText: 'image: https://files.example/cat.png' }).waitFor();
    await callGraph(emulator, emulator.apps[0]!, 'messages', {
      recipient: { id: psid },
      message: {
        attachment: {
          type: 'template',
          payload: { template_type: 'generic', elements: [{ title: 'Tea', subtitle: 'Green' }] },
        },
      },
    });
    await customer().locator('.bubble', { hasText: 'Tea – Green' }).waitFor();
    await page.getByRole('button', { name: /^primary says Tea – Green/ }).waitFor();
    expect(await page.locator('#page img').count()).to.equal(0);
  });

  it('names who spoke, and shows what was received and read', async () => {
    emulator.customer().say('Hi');
    await sayAs(emulator, emulator.apps[0]!, { text: 'Hello' });
    await customer().locator('.sender', { hasText: 'primary' }).waitFor();
    await customer().getByRole('button', { name: 'received' }).click();
    await customer().getByText('Received', { exact: true }).waitFor();
    await customer().getByRole('button', { name: 'read', exact: true }).click();
    await customer().getByText('Read', { exact: true }).waitFor();
  });

  it('adds a customer in one click, and the whole page is about them', async () => {
    await customer().getByRole('button', { name: 'New customer' }).click();
    await owner().getByText('Dora’s conversation belongs to').waitFor();
    await customer().getByLabel('Write to the Page').fill('I am Dora');
    await customer().getByLabel('Write to the Page').press('Enter');
    await customer().locator('.bubble', { hasText: 'I am Dora' }).waitFor();
    expect(emulator.state().threads[emulator.customers[1]!]!.messages).to.have.length(1);
    await inbox().getByRole('button', { name: /Dora/ }).waitFor();
  });

  it('counts what agents have not seen', async () => {
    emulator.customer().say('Hi');
    const psid = emulator.addCustomer({ name: 'Dora' });
    emulator.customer(psid).say('One');
    emulator.customer(psid).say('Two');
    await inbox().getByRole('button', { name: /Done/ }).getByText('2 new').waitFor();
    await inbox().getByRole('button', { name: /^Dora/ }).click();
    await inbox().getByText('2 new').first().waitFor({ state: 'detached' });
  });

  it('shows typing until the message comes', async () => {
    emulator.customer().say('Hi');
    const [app] = emulator.apps;
    await fetch(`${emulator.url}/v26.0/me/messages?access_token=${app!.pageToken}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ recipient: { id: emulator.customers[0] }, sender_action: 'typing_on' }),
    });
    await customer().getByText('primary is typing').waitFor();
    await sayAs(emulator, app!, { text: 'Here' });
    await customer().getByText('primary is typing').waitFor({ state: 'detached' });
  });

  it('tells what cannot be done, in the words of the emulator', async () => {
    emulator.customer().say('Hi');
    await sayAs(emulator, emulator.apps[0]!, { text: 'Choose', quickReplies: ['Tea'] });
    await customer().getByRole('button', { name: 'Tea' }).waitFor();
    await page.route('**/quick-replies', (route) => route.continue({ postData: '{"title":"Milk"}' }));
    await customer().getByRole('button', { name: 'Tea' }).click();
    await page.getByRole('alert').getByText('There is no quick reply "Milk"').waitFor();
  });

  const inboxCases = [
    { mode: 'routing', moved: 'Page Inbox', tells: 'takes control at once', done: 'primary' },
    { mode: 'exclusive', moved: 'Page Inbox', tells: 'takes control at once', done: 'primary' },
    { mode: 'open', moved: 'Nobody', tells: 'control stays where it is', done: 'Nobody' },
    {
      mode: 'classic',
      moved: 'primary',
      tells: 'asks primary for control with request_thread_control',
      done: 'primary',
    },
  ] as const;
  for (const { mode, moved, tells, done } of inboxCases) {
    it(`has Move to Main and Mark as done in ${mode}, and says beside them what they do`, async () => {
      emulator.setMode(mode);
      emulator.customer().say('Hi');
      await inbox().getByText(tells).first().waitFor();
      await inbox().getByRole('button', { name: 'Move to Main' }).click();
      await inbox()
        .getByRole('button', { name: /^Main 1/ })
        .waitFor();
      await owner().locator('strong', { hasText: moved }).waitFor();
      await inbox().getByRole('button', { name: 'Mark as done' }).click();
      await inbox()
        .getByRole('button', { name: /^Done 1/ })
        .waitFor();
      await owner().locator('strong', { hasText: done }).waitFor();
    });
  }

  it('has an agent answer', async () => {
    emulator.customer().say('Hi');
    await inbox().getByLabel('Answer as an agent').fill('This is Ana');
    await inbox().getByRole('button', { name: 'Reply' }).click();
    await customer().locator('.bubble', { hasText: 'This is Ana' }).waitFor();
    await owner().locator('strong', { hasText: 'Page Inbox' }).waitFor();
  });
});
