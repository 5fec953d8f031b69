import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import type { Emulator } from '../../emulator/emulator.ts';
import { callGraph, dot, until } from './botByHand.ts';
import { describeInBrowser, startEmulatorForPage } from './browser.ts';

describeInBrowser('what is sent besides text', (browser) => {
  let emulator: Emulator;
  let page: Page;

  beforeEach(async () => {
    emulator = await startEmulatorForPage({ mode: 'routing' });
    emulator.customer().say('Hi');
    page = await browser.open(emulator.url);
  });
  afterEach(() => emulator.close());

  const customer = (): Locator => page.getByRole('region', { name: 'Customer', exact: true });
  const inbox = (): Locator => page.getByRole('region', { name: 'Page Inbox' });
  const attach = (type: string, payload: object): Promise<number> =>
    callGraph(emulator, emulator.apps[0]!, 'messages', {
      recipient: { id: emulator.customers[0] },
      message: { attachment: { type, payload } },
    });
  const postbacks = (): unknown[] =>
    emulator
      .events()
      .flatMap((event) => (event.type === 'webhookNotSent' && event.kind === 'postback' ? [event.payload] : []));

  it('is shown as cards in a row that scrolls, and each button is its own', async () => {
    const button = (payload: string): object => ({ type: 'postback', title: 'Order', payload });
    const elements = [
      { title: 'Green', subtitle: 'From Uji', buttons: [button('GREEN')] },
      { title: 'Black', buttons: [button('BLACK')] },
      { title: 'Red', buttons: [button('RED')] },
    ];
    await attach('template', { template_type: 'generic', elements });
    const cards = customer().getByRole('group', { name: '3 cards' });
    await cards.getByText('From Uji').waitFor();
    expect((await cards.locator('.card').last().boundingBox())!.x).to.be.above((await customer().boundingBox())!.width);
    await cards.focus();
    await cards.locator('.card', { hasText: 'Black' }).getByRole('button', { name: 'Order' }).click();
    await until(emulator, () => postbacks().length === 2);
    expect(JSON.stringify(postbacks())).to.contain('"payload":"BLACK"').and.not.to.contain('RED');
    await inbox().getByRole('group', { name: '3 cards' }).getByText('From Uji').waitFor();
    expect(await inbox().getByRole('button', { name: 'Order' }).count()).to.equal(0);
  });

  it('has links that lead out in a tab of their own, and know nothing of this one', async () => {
    const url = 'https://tea.example/green';
    const link = { type: 'web_url', title: 'About it', url };
    const call = { type: 'phone_number', title: 'Call', payload: '+49301234' };
    const elements = [{ title: 'Green', default_action: { type: 'web_url', url }, buttons: [link, call] }];
    await attach('template', { template_type: 'generic', elements });
    for (const name of [/^About it/, /^Green/]) {
      const found = customer().getByRole('link', { name });
      await found.waitFor();
      const told = await Promise.all(['href', 'target', 'rel'].map((attribute) => found.getAttribute(attribute)));
      expect(told).to.deep.equal([url, '_blank', 'noopener noreferrer']);
    }
    await customer().getByText('+49301234').waitFor();
    expect(await customer().getByRole('link').count()).to.equal(2);
  });

  it('is a picture when it is here, and its address when it is elsewhere', async () => {
    const { url } = emulator.keepFile({ name: 'dot.png', contentType: 'image/png', bytes: dot });
    emulator.customer().sendAttachment({ type: 'image', url });
    emulator.customer().sendAttachment({ type: 'image', url: `data:image/png;base64,${dot.toString('base64')}` });
    const image_url = 'https://tea.example/green.png';
    await attach('template', { template_type: 'generic', elements: [{ title: 'Green', image_url }] });
    await attach('image', { url: image_url });
    for (const pane of [customer(), inbox()]) {
      await pane.getByText(image_url).nth(1).waitFor();
      await pane.getByText('Image, not loaded from elsewhere').first().waitFor();
      expect(await pane.locator('img').count()).to.equal(2);
      for (const image of await pane.locator('img').all()) expect((await image.boundingBox())!.width).to.be.above(0);
    }
    await page.getByRole('button', { name: /^Carla Customer sends image: dot.png/ }).waitFor();
  });

  it('is loaded by the name under which the page was opened', async () => {
    const { url } = emulator.keepFile({ name: 'dot.png', contentType: 'image/png', bytes: dot });
    emulator.customer().sendAttachment({ type: 'image', url });
    await page.goto('about:blank');
    await browser.open(emulator.url.replace('127.0.0.1', 'localhost'));
    const image = customer().getByRole('img', { name: 'Image dot.png' });
    await image.waitFor();
    await page.evaluate(`document.querySelector('img').decode()`);
    expect(await page.evaluate(`document.querySelector('img').naturalWidth`)).to.equal(1);
  });

  it('says of a picture that is gone that it is', async () => {
    emulator.customer().sendAttachment({ type: 'image', url: `${emulator.url}/_emulator/files/gone/dot.png` });
    await customer().getByText('Image, no longer here').waitFor();
  });

  it('is a file by its name: to be opened when it is here', async () => {
    const { url } = emulator.keepFile({ name: 'our terms.pdf', contentType: 'application/pdf', bytes: dot });
    await attach('file', { url });
    await attach('audio', { url: 'https://tea.example/a%20song.mp3' });
    const file = customer().getByRole('link', { name: 'our terms.pdf' });
    await file.waitFor();
    expect(await file.getAttribute('href')).to.equal(new URL(url).pathname);
    await customer().locator('.sent-file', { hasText: 'a song.mp3' }).getByText('https://tea.example/').waitFor();
  });

  it('loads nothing from elsewhere and runs nothing, whatever the addresses are', async () => {
    const attacks = [
      'javascript:window.hacked=1',
      'data:text/html,<script>window.hacked=1</script>',
      'data:image/svg+xml,<svg onload="window.hacked=1">',
      '"><img src=x onerror=window.hacked=1>',
      `${emulator.url}@tea.example/_emulator/files/a/b.png`,
      `${emulator.url}.tea.example/_emulator/files/a/b.png`,
      '//tea.example/_emulator/files/a.png',
    ];
    for (const type of ['image', 'file'] as const) {
      for (const url of attacks) emulator.customer().sendAttachment({ type, url });
    }
    await customer()
      .locator('.sent-file')
      .nth(attacks.length - 1)
      .waitFor();
    const found = await page.evaluate(
      `({ hacked: 'hacked' in window, elements: document.querySelectorAll('#page :is(img, script, iframe, a)').length })`,
    );
    expect(found).to.deep.equal({ hacked: false, elements: 0 });
  });
});
