import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Emulator } from '../../emulator/emulator.ts';
import { startCallback, type Callback } from '../emulator/callback.ts';
import { callGraph, sayAs } from './botByHand.ts';
import { hasCurl, runInShell } from '../support/shell.ts';
import { describeInBrowser, startEmulatorForPage } from './browser.ts';

const dayMs = 24 * 60 * 60 * 1000;

describeInBrowser('the timeline and the controls of the page', (browser) => {
  let emulator: Emulator;
  let page: Page;

  beforeEach(async () => {
    emulator = await startEmulatorForPage({ mode: 'routing' });
    page = await browser.open(emulator.url);
  });
  afterEach(() => emulator.close());

  const timeline = () => page.getByRole('region', { name: 'Timeline' });
  const owner = () => page.getByRole('region', { name: 'Who owns the conversation' });
  const clock = () => page.locator('summary', { hasText: /^Clock / });
  const row = (name: RegExp) => timeline().getByRole('button', { name });

  it('teaches a refusal: Meta’s code, and why in one sentence', async () => {
    emulator.customer().say('Hi');
    expect(await sayAs(emulator, emulator.apps[1]!, { text: 'Me too' })).to.equal(400);
    const refused = row(/^secondary calls messages/);
    await refused.locator('.answer').getByText('#10/2018300').waitFor();
    await refused
      .locator('.reason')
      .getByText('Another receiver owns the thread, and only its owner may send.')
      .waitFor();
  });

  it('marks what is guessed', async () => {
    emulator.customer().say('Hi');
    const recipient = { id: emulator.customers[0] };
    await callGraph(emulator, emulator.apps[1]!, 'request_thread_control', { recipient });
    await row(/^secondary calls request_thread_control.*guessed/)
      .locator('.guessed')
      .waitFor();
  });

  it('lets ownership expire with the clock', async () => {
    emulator.customer().say('Hi');
    await owner()
      .getByText(/in (24 h|23 h 59 min)/)
      .waitFor();
    await clock().click();
    await page.getByRole('button', { name: '+24 h' }).click();
    await owner().locator('strong', { hasText: 'Nobody' }).waitFor();
    await owner().getByText('The ownership of primary expired.').waitFor();
    await row(/^The clock moves 24 h ahead/).waitFor();
    await row(/moves from primary to nobody: expired/).waitFor();
    expect(emulator.clock()).to.be.at.least(Date.now() + dayMs - 60_000);
  });

  it('changes the mode, the default app and who may take control, and goes back to the beginning or to a saved state', async () => {
    await page.getByRole('button', { name: 'Classic' }).click();
    await page
      .locator('.field', { hasText: /^Primary receiver/ })
      .locator('select')
      .selectOption('secondary');
    await owner().locator('strong', { hasText: 'secondary primary receiver' }).waitFor();
    expect(emulator.state()).to.include({ mode: 'classic', primaryAppId: emulator.apps[1]!.id });
    await page.getByRole('button', { name: 'Reset' }).click();
    await owner().locator('strong', { hasText: 'Nobody' }).waitFor();
    await page.getByText('Faults', { exact: true }).click();
    const answered = page.waitForResponse((response) => response.request().method() !== 'GET');
    await page.getByRole('group', { name: 'May take other apps’ conversations' }).getByLabel('secondary').check();
    await answered;
    expect(emulator.state().apps[1]!.mayTakeControl).to.equal(true);
    await page.keyboard.press('Escape');

    emulator.customer().say('Saved');
    await owner().locator('strong', { hasText: 'primary' }).waitFor();
    const sheet = page.locator('summary', { hasText: /^State$/ });
    const downloaded = page.waitForEvent('download');
    await sheet.click();
    await page.getByRole('button', { name: 'Export to a file' }).click();
    const file = await (await downloaded).path();
    emulator.reset();
    emulator.customer().say('Said since');
    const questions: string[] = [];
    const choose = async (path: string, answer: 'accept' | 'dismiss'): Promise<void> => {
      page.once('dialog', (dialog) => {
        questions.push(dialog.message());
        void dialog[answer]();
      });
      await sheet.click();
      const chosen = page.waitForEvent('filechooser');
      await page.getByRole('button', { name: 'Import from a file' }).click();
      await (await chosen).setFiles(path);
    };
    const chat = page.getByRole('region', { name: 'Customer' });
    await chat.getByText('Said since').waitFor();
    await choose(file, 'dismiss');
    await choose(file, 'accept');
    await chat.getByText('Saved').waitFor();
    await chat.getByText('Said since').waitFor({ state: 'detached' });
    await owner().getByText('It was so in the state that was imported.').waitFor();
    await row(/^The emulator goes on from a state that was exported/).waitFor();
    await choose(import.meta.filename, 'accept');
    await page.getByRole('alert').getByText('The body has to be a JSON object.').waitFor();
    expect(questions.map((question) => /^Go on from \S+\? The emulator forgets/.test(question))).to.deep.equal([
      ...[true, true, true],
    ]);
  });

  it('marks in the lane of a bot what it throws, with the stack a click away, and says at its head that it is down', async () => {
    const [app] = emulator.apps;
    const { psid } = emulator.customer();
    const stack = 'TypeError: no\n    at answer (bot.ts:8:11)';
    const thrown = { message: 'TypeError: no', stack, psid, attempt: 5, outcome: 'deadLetter' } as const;
    emulator.report(app!.id, { type: 'botState', state: 'running' });
    await timeline().locator('.lane', { hasText: 'primary' }).getByText('running').waitFor();
    emulator.report(app!.id, { type: 'botLog', level: 'info', message: 'looking it up', psid });
    emulator.report(app!.id, { type: 'botException', ...thrown });
    emulator.report(app!.id, { type: 'botState', state: 'down', because: 'It ended.' });
    await timeline().locator('.lane', { hasText: 'primary' }).getByText('down').waitFor();
    const quiet = row(/^primary logs looking it up/);
    expect(await quiet.locator('.spot').innerText()).to.equal('');
    await timeline().getByLabel("Bots' logs").uncheck();
    await quiet.waitFor({ state: 'detached' });
    const failure = row(/^primary throws TypeError: no\. Then: The turn \(attempt 5\) was given up/);
    const [lane, mark] = await Promise.all([
      timeline().locator('.lane', { hasText: 'primary' }).boundingBox(),
      failure.locator('.spot', { hasText: '✕' }).boundingBox(),
    ]);
    expect(mark!.x + mark!.width / 2).to.be.closeTo(lane!.x + lane!.width / 2, 1);
    await failure.click();
    await page.getByRole('dialog').getByLabel('Stack').getByText('at answer (bot.ts:8:11)').waitFor();
    await page.keyboard.press('Escape');
  });

  it('shows the whole activity of an Azure delivery, and crosses the pill of a bot that it does not reach', async () => {
    const callback = await startCallback();
    const { id, verifyToken } = emulator.apps[0]!;
    await emulator.registerWebhook(id, { callbackUrl: callback.url, verifyToken });
    emulator.customer().say('Hi');
    await emulator.settled();
    const sent = emulator.events().find((event) => event.type === 'webhookDelivered');
    const activity = { type: 'message', text: 'the whole activity', channelData: sent?.payload };
    const what = { appId: id, botAppId: 'b', activityType: 'message', activity };
    emulator.trace({ type: 'azureChannel.activitySent', ...what, outcome: 'unreachable' });
    const pill = row(/^Messenger sends message to primary on messaging \(unreachable\)/).locator('.pill.unreachable');
    await pill.waitFor();
    const style = await page.evaluate<Record<string, string>>(
      "(({ textDecorationLine, backgroundColor }) => ({ textDecorationLine, backgroundColor }))(getComputedStyle(document.querySelector('.pill.unreachable')))",
    );
    expect(style).to.deep.equal({ textDecorationLine: 'line-through', backgroundColor: 'rgb(255, 255, 255)' });
    await row(/it cannot be reached/).click();
    await page.getByRole('dialog').getByText('"text": "the whole activity"').waitFor();
    await page.keyboard.press('Escape');
    await callback.close();
  });

  describe('with a callback', () => {
    let callback: Callback;
    beforeEach(async () => {
      callback = await startCallback();
      for (const { id, verifyToken } of emulator.apps) {
        await emulator.registerWebhook(id, { callbackUrl: callback.url, verifyToken });
      }
    });
    afterEach(() => callback.close());

    it('shows a webhook that is held back only when it is let go', async () => {
      await page.getByText('Faults', { exact: true }).click();
      const form = page.locator('form', { hasText: 'Webhooks' });
      await form.locator('[name=appId]').selectOption('secondary');
      await form.locator('[name=fault]').selectOption('hold');
      await form.getByRole('button', { name: 'Arm' }).click();
      await row(/the next matching webhook will be held back/).waitFor();
      emulator.customer().say('Hi');
      await row(/A fault hits a webhook: held back/).waitFor();
      await row(/^Messenger sends message to primary on messaging$/).waitFor();
      await form.getByRole('button', { name: 'Send held webhooks' }).click();
      await row(/^Messenger sends message to primary on messaging, secondary on standby$/).waitFor();
    });

    it('shows what is tried again as late, until it has come', async () => {
      callback.statuses.push(500, 500, 500);
      emulator.changeAccount(emulator.apps[1]!.id, { pageFields: ['message_echoes'] });
      await row(/secondary is subscribed to message_echoes/).waitFor();
      emulator.customer().say('Hi');
      await row(/secondary does not get message: it is not subscribed to/).waitFor();
      await row(/^Messenger sends message to primary on messaging \(late\).*Meta tries again in 1 min/).waitFor();
      await clock().click();
      await page.getByLabel('By 90s, 20m').fill('soon');
      await page.getByRole('button', { name: 'Go' }).click();
      await page.getByRole('alert').getByText('“soon” is no span of time.').waitFor();
      await page.getByLabel('By 90s, 20m').fill('40m');
      await page.getByRole('button', { name: 'Go' }).click();
      await row(/^The clock moves 40 min ahead/).waitFor();
      await row(/^Messenger sends message to primary on messaging\. Why: The callback answered 500\.$/).waitFor();
    });

    it('has rows for what customers do besides writing', async () => {
      emulator.customer().say('Hi');
      await sayAs(emulator, emulator.apps[0]!, { text: 'Hello' });
      emulator.customer().react('love');
      emulator.customer().follow('from-a-poster');
      emulator.customer().optIn({ payload: 'news' });
      for (const did of ['reacts with love', 'follows an m.me link with ref "from-a-poster"', 'opts in to "news"'])
        await row(new RegExp(`^Carla Customer ${did}`)).waitFor();
      for (const kind of ['reaction', 'referral', 'optin'])
        await row(new RegExp(`^Messenger sends ${kind} to primary`)).waitFor();
    });

    it('tells messaging and standby apart', async () => {
      emulator.customer().say('Hi');
      const message = row(/^Messenger sends message to .*primary on messaging.*/);
      await message.locator('.pill.messaging[data-colour=app0]').waitFor();
      await message.locator('.pill.standby[data-colour=app1]').waitFor();
    });

    it('opens a webhook to the byte, and copies it as curl that sends it again and as a fixture', async () => {
      emulator.customer().say("It's “me”\u007f! 100% \\ $HOME `ls`");
      await row(/^Messenger sends message/).click();
      const dialog = page.getByRole('dialog');
      const article = dialog.locator('article', { hasText: 'primary · messaging' });
      await article.getByText('x-hub-signature-256').waitFor();
      const names = ['Copy JSON', 'Copy as curl (bash)', 'Copy as fixture'];
      const copied = async (name: string): Promise<string> => {
        const button = article.locator('.copies button').nth(names.indexOf(name));
        await button.click();
        await button.and(page.getByText('Copied')).waitFor();
        return page.evaluate<string>('navigator.clipboard.readText()');
      };
      const sent = callback.received.find(({ body }) => 'messaging' in body.entry[0]!)!;
      const bytes = sent.bytes.toString();
      expect(await copied('Copy JSON')).to.equal(bytes);
      const curl = await copied('Copy as curl (bash)');
      expect(curl).to.contain(String(sent.headers['x-hub-signature-256']));
      if (hasCurl) {
        const before = callback.received.length;
        await runInShell(curl);
        expect(callback.received.length).to.equal(before + 1);
        const again = callback.received.at(-1)!;
        expect(again.bytes.toString()).to.equal(bytes);
        expect(again.headers).to.include({ 'x-hub-signature-256': sent.headers['x-hub-signature-256'] });
      }
      const fixture = JSON.parse(await copied('Copy as fixture')) as { payload: unknown };
      expect(fixture.payload).to.deep.equal(sent.body);
      const before = callback.received.length;
      await article.getByRole('button', { name: 'Send again' }).click();
      await article.getByText('Sent: 200').waitFor();
      expect(callback.received[before]!.bytes.toString()).to.equal(bytes);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await row(/^Messenger sends message again to primary on messaging/)
        .locator('.pill', { hasText: '↻ message' })
        .waitFor();
    });

    it('copies a Graph call without the token, so that it runs as pasted and is answered alike', async () => {
      const [app, other] = emulator.apps;
      const said = "It's 100% “you”, $HOME! `ls`";
      emulator.customer().say('Hi');
      await sayAs(emulator, app!, { text: said });
      await sayAs(emulator, other!, { text: said });
      for (const [name, token, answer] of [
        [/^primary says "It's/, app!.pageToken, { recipient_id: emulator.customers[0] }],
        [/^secondary calls messages/, other!.pageToken, { error: { code: 10, error_subcode: 2018300 } }],
      ] as const) {
        await row(name).click();
        await page.getByRole('button', { name: 'Copy as curl (bash)' }).click();
        await page.getByRole('button', { name: 'Copied' }).waitFor();
        const curl = await page.evaluate<string>('navigator.clipboard.readText()');
        expect(curl).to.contain('/v26.0/me/messages').and.not.to.contain(token);
        if (hasCurl) expect(JSON.parse(await runInShell(curl))).to.containSubset(answer);
        await page.keyboard.press('Escape');
      }
      if (hasCurl) expect(emulator.state().threads[emulator.customers[0]!]!.messages.at(-1)!.text).to.equal(said);
    });
  });

  it('shows another conversation only when asked to', async () => {
    const psid = emulator.addCustomer({ name: 'Dora' });
    emulator.customer(psid).say('From Dora');
    await page.getByRole('button', { name: /Done 1/ }).waitFor();
    expect(await timeline().getByText('From Dora').count()).to.equal(0);
    await timeline().getByLabel('All customers').check();
    await row(/^Dora says "From Dora"/)
      .locator('.whose', { hasText: 'Dora' })
      .waitFor();
  });

  it('has its controls in one line and its title whole, with Meta’s AI on, at 1280 and 1440 pixels', async () => {
    emulator.setMetaAi('on');
    await page.getByLabel("Meta's AI", { exact: true }).waitFor();
    for (const width of [1280, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      const found = await page.evaluate(
        "(() => { const [h1, controls] = ['h1', '.controls'].map((one) => document.querySelector(one)); return { cut: h1.scrollWidth > h1.clientWidth, height: controls.clientHeight, wide: document.documentElement.scrollWidth } })()",
      );
      expect(found).to.deep.include({ cut: false, wide: width });
      expect(found).to.have.property('height').that.is.lessThan(50);
    }
  });

  it('draws only what can be seen of ten thousand events', async () => {
    for (let count = 0; count < 10_000; count += 1)
      emulator.trace({ type: 'azureChannel.noise', activityType: `n${count}` });
    await timeline().getByLabel('Azure').check();
    await row(/n9999/).waitFor();
    expect(await timeline().getByRole('listitem').count()).to.be.below(80);
    await timeline().locator('[tabindex="0"][data-index]').focus();
    await page.keyboard.press('Home');
    await row(/n0\b/).waitFor();
    await page.locator('[data-index="0"]:focus').waitFor();
    await page.getByRole('button', { name: 'To the latest' }).click();
    await row(/n9999/).waitFor();
  });
});
