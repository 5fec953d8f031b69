import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Emulator } from '../../emulator/emulator.ts';
import { sayAs, until } from './botByHand.ts';
import { describeInBrowser, startEmulatorForPage } from './browser.ts';
import { holdBack } from './holdBack.ts';

describeInBrowser('a conversation on the page', (browser) => {
  let emulator: Emulator;
  let page: Page;

  beforeEach(async () => {
    emulator = await startEmulatorForPage({ mode: 'routing' });
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
    await page.getByRole('button', { name: /^Carla Customer taps "Order/ }).waitFor();
    expect(await customer().getByRole('button', { name: 'Order' }).count()).to.equal(1);
  });

  it('names who spoke', async () => {
    emulator.customer().say('Hi');
    await sayAs(emulator, emulator.apps[0]!, { text: 'Hello' });
    await customer().locator('.sender', { hasText: 'primary' }).waitFor();
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

  it('stays with the customer who is chosen while it reads the state', async () => {
    const psid = emulator.addCustomer({ name: 'Dora' });
    await customer().getByRole('option', { name: 'Dora' }).waitFor({ state: 'attached' });
    const meaning = await holdBack(page, `**/_emulator/inbox/${emulator.customers[0]!}`);
    emulator.customer(psid).say('I am Dora');
    emulator.inbox(psid).reply('I am a person');
    await meaning.asked;
    await customer().getByLabel('Which customer').selectOption('Dora');
    meaning.release();
    await customer().locator('.bubble', { hasText: 'I am Dora' }).waitFor();
    await inbox().getByText('Sends the answer; the inbox keeps control').waitFor();
  });

  it('counts what agents have not seen, and an agent who opens a conversation has seen it', async () => {
    emulator.customer().say('Hi');
    const psid = emulator.addCustomer({ name: 'Dora' });
    emulator.customer(psid).say('One');
    emulator.customer(psid).say('Two');
    await inbox().getByRole('button', { name: /Done/ }).getByText('2 new').waitFor();
    await page.reload();
    await inbox().getByRole('button', { name: /Done/ }).getByText('2 new').waitFor();
    await inbox().getByRole('button', { name: /^Dora/ }).click();
    await inbox().getByText('2 new').first().waitFor({ state: 'detached' });
    await until(emulator, () => emulator.state().threads[psid]!.unread === 0);
    expect(emulator.state().threads[emulator.customers[0]!]!.unread).to.equal(0);
  });

  it('counts in a window what is seen in another', async () => {
    emulator.customer().say('Hi');
    await page.setViewportSize({ width: 360, height: 740 });
    await page.getByRole('tab', { name: 'Customer' }).waitFor();
    emulator.customer().say('And on');
    await page.getByRole('tab', { name: 'Inbox 1' }).waitFor();
    emulator.inbox().open();
    await page.getByRole('tab', { name: 'Inbox', exact: true }).waitFor();
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

  it('gives back what was refused, and keeps what was written since', async () => {
    const refusal = await holdBack(page, '**/messages', { status: 400, json: { error: 'Not now.' } });
    const line = customer().getByLabel('Write to the Page');
    await line.fill('One');
    await line.press('Enter');
    await refusal.asked;
    await line.fill('Two');
    refusal.release();
    await page.getByRole('alert').getByText('Not now.').waitFor();
    expect(await line.inputValue()).to.equal('One Two');
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
