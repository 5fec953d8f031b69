import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Emulator } from '../../emulator/emulator.ts';
import { defaultSeed } from '../../emulator/seed.ts';
import { sayAs } from './botByHand.ts';
import { describeInBrowser, startEmulatorForPage } from './browser.ts';

const appNames = ['The order and shipping help desk bot 001', 'Secondary_receiver_without_a_space_000002'];
const customers = [
  { psid: '7004000000000001', name: 'Maximiliane-Alexandra von und zu Hohenstein-Wittgenstein Jr.' },
  { psid: '7004000000000002', name: 'Wolfeschlegelsteinhausenbergerdorffwolfeschlegelsteinhausen' },
];

/**
 * What is cut by the window or by what scrolls or hides it around it, by its words; and selects that are too narrow for theirs, except that a name
 * of 40 characters is wider than a phone.
 */
const findCut = `(() => {
  const shown = (one) => one.checkVisibility() && one.getBoundingClientRect().width > 0;
  const cutBy = (one) => {
    const { left, right } = one.getBoundingClientRect();
    if (right > innerWidth + 1 || left < -1) return true;
    for (let around = one.parentElement; around !== null; around = around.parentElement) {
      if (getComputedStyle(around).overflowX === 'visible') continue;
      const box = around.getBoundingClientRect();
      if (left < box.left - 1 || right > box.right + 1) return true;
    }
    return false;
  };
  const tooNarrow = (select) => {
    const whole = select.cloneNode(true);
    whole.style.cssText = 'position:absolute;width:max-content;max-width:none';
    select.parentElement.append(whole);
    const { width } = whole.getBoundingClientRect();
    whole.remove();
    return width > select.getBoundingClientRect().width + 1;
  };
  const whole = '.guessed, .row.owner .label > span > :not(.owner-name), .badge, button, .owner-strip strong, .owner-strip dd, summary, .faults select';
  const cut = [...document.querySelectorAll(whole)].filter((one) => shown(one) && cutBy(one));
  const selects = [...document.querySelectorAll(innerWidth < 400 ? '.faults select:not([name=appId])' : '.faults select')].filter((one) => shown(one) && tooNarrow(one));
  return [...cut, ...selects].map((one) => one.className + ' ' + one.textContent.trim());
})()`;

describeInBrowser('long names on the page', (browser) => {
  let emulator: Emulator;
  let page: Page;

  before(async () => {
    const apps = defaultSeed.apps.map((app, index) => ({ ...app, name: appNames[index]! }));
    const pageOf = { id: defaultSeed.page.id, name: 'A Page whose name needs more than all of the line that it has' };
    emulator = await startEmulatorForPage({ mode: 'routing', seed: { apps, customers, page: pageOf, metaAi: 'on' } });
    emulator.customer().say('Hi');
    await sayAs(emulator, emulator.apps[0]!, { text: 'Hello' });
    emulator.customer(customers[1]!.psid).say('Hello there');
    emulator.inbox().reply('A person');
    emulator.injectFault({ fault: 'callLimit', match: { appId: emulator.apps[1]!.id, edge: 'messages' } });
    emulator.inbox().markAsDone();
  });
  after(() => emulator.close());

  const cut = async (): Promise<string[]> => page.evaluate<string[]>(findCut);
  const width = (): Promise<number> => page.evaluate<number>('document.documentElement.scrollWidth');

  for (const size of [1440, 1280, 1080]) {
    it(`push nothing out at ${size} pixels, and no badge, no owner and no choice of a fault is cut`, async () => {
      page = await browser.open(emulator.url, { width: size, height: 900 });
      await page.getByLabel('All customers').check();
      await page.locator('.row.owner .guessed').last().waitFor();
      expect(await cut()).to.deep.equal([]);
      const strip = page.locator('.owner-strip dl');
      expect((await strip.boundingBox())!.width).to.be.at.least(250);
      await page.getByText('Faults', { exact: true }).click();
      await page.getByRole('button', { name: 'Disarm' }).waitFor();
      expect(await cut()).to.deep.equal([]);
      expect(await width()).to.equal(size);
      await page.keyboard.press('Escape');
    });
  }

  for (const size of [1024, 390]) {
    it(`push nothing out at ${size} pixels, one part at a time`, async () => {
      page = await browser.open(emulator.url, { width: size, height: 844 });
      for (const part of ['Customer', 'Timeline', 'Inbox', 'Controls']) {
        await page.getByRole('tab', { name: part }).click();
        if (part === 'Timeline') {
          await page.getByLabel('All customers').check();
          await page.locator('.row.owner .guessed').last().waitFor();
        }
        if (part === 'Controls') {
          await page.getByText('Faults', { exact: true }).click();
          await page.getByRole('button', { name: 'Disarm' }).waitFor();
        }
        expect(await cut(), part).to.deep.equal([]);
        expect(await width(), part).to.equal(size);
      }
    });
  }

  it('leave most of the window to the conversation, and turn no words around them, however long and from wherever they are', async () => {
    page = await browser.open(emulator.url, { width: 1280, height: 900 });
    await page.getByLabel('Which customer').waitFor();
    const height = async (): Promise<number> => (await page.locator('.owner-strip').boundingBox())!.height;
    for (const name of ['Ä'.repeat(200), 'A\u202elive', 'مريم بنت عبد الله آل سعود']) {
      const psid = emulator.addCustomer({ name });
      emulator.customer(psid).say('Hi');
      await page.getByLabel('Which customer').selectOption(psid);
      const strip = page.locator('.owner-strip .eyebrow');
      await strip.filter({ hasText: name.slice(0, 6) }).waitFor();
      expect(await height(), name).to.be.below(180);
      const isolated = /^\u2068[^]*\u2069\u2019s conversation belongs to$/;
      if (name.charCodeAt(1) > 0x500) expect(await strip.textContent()).to.match(isolated);
      expect(await page.locator('.conversations [aria-current]').boundingBox()).not.to.equal(null);
    }
  });
});
