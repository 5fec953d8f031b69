import { expect } from 'chai';
import { startEmulator } from '../../emulator/startEmulator.ts';
import type { Emulator } from '../../emulator/emulator.ts';
import { describeInBrowser } from './browser.ts';

const minute = 60_000;

describeInBrowser('what the bots are going to do, on the page', (browser) => {
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await startEmulator({ mode: 'routing' });
  });
  afterEach(() => emulator.close());

  it('is shown for the customer in view, counts down with the clock, and goes with the bot that ends', async () => {
    const [primary, secondary] = emulator.apps;
    const psid = emulator.customers[0]!;
    const now = emulator.clock();
    const at = (minutes: number): number => now + minutes * minute + 30_000;
    const timers = (many: number) =>
      Array.from({ length: many }, (_, n) => ({ name: `timer ${n + 1}`, dueAt: at(60 + n) }));
    emulator.report(primary!.id, {
      ...{ type: 'botPlans', psid, timers: [{ name: 'reminder', dueAt: at(4) }] },
      handover: {
        ...{ reason: '<b>asked</b>', to: 'Page Inbox', since: now, firstAnswerAt: now },
        next: [{ what: 'the bot comes back', at: at(30) }],
      },
    });
    emulator.report(secondary!.id, { type: 'botPlans', psid, timers: timers(8) });
    const other = emulator.addCustomer({ name: 'Dora' });
    emulator.report(secondary!.id, { type: 'botPlans', psid: other, timers: [{ name: 'for Dora', dueAt: at(9) }] });

    const page = await browser.open(emulator.url);
    const plans = page.getByRole('region', { name: 'What the bots are going to do' });
    await plans.getByText('reminder').waitFor();
    await plans.getByText(/to Page Inbox since .*: <b>asked<\/b>; first answer/).waitFor();
    await plans.getByText(/in 4 min/).waitFor();
    await plans.getByText(/in 30 min.* the bot comes back/).waitFor();
    await plans.getByText('and 2 more').waitFor();
    expect(await plans.getByText('for Dora').count()).to.equal(0);
    emulator.advanceClock(5 * minute);
    await plans.getByText(/reminder.*due/).waitFor();
    await plans.getByText(/in 25 min/).waitFor();

    emulator.report(primary!.id, { type: 'botState', state: 'down', because: 'It ended.' });
    await plans.getByText('reminder').waitFor({ state: 'detached' });
    emulator.report(secondary!.id, { type: 'botPlans', psid, timers: [] });
    await plans.waitFor({ state: 'detached' });
    expect(await page.locator('.row').getByText('reminder').count()).to.equal(0);
    await page.getByRole('combobox', { name: 'Which customer' }).selectOption(other);
    await plans.getByText('for Dora').waitFor();
  });
});
