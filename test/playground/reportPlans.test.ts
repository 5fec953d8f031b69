import { expect } from 'chai';
import type { BotReport } from '../../emulator/botReports.ts';
import type { JsonObject } from '../../emulator/json.ts';
import { handoverReasons } from '../../models/handoverWords.ts';
import { plansInWords } from '../../playground/plansInWords.ts';
import { createPlansAsker } from '../../playground/reportPlans.ts';
import { startEmulator } from '../../emulator/startEmulator.ts';
import type { Emulator } from '../../emulator/emulator.ts';

const nameOf = (appId: string): string => `app ${appId}`;

describe('What the bots are going to do', () => {
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await startEmulator({ mode: 'routing' });
    emulator.customer().say('hi');
  });
  afterEach(() => emulator.close());

  const told = (): BotReport[] => emulator.events().flatMap((event) => (event.type === 'botPlans' ? [event] : []));

  it('is told when it has changed, and again by the process that comes after', async () => {
    let answer: JsonObject | undefined = { timers: [] };
    const bot = { name: 'primary', pid: 1, plansOf: async () => answer };
    const ask = createPlansAsker(bot, { emulator, nameOf });
    await ask();
    expect(told()).to.have.length(0);
    answer = { timers: [{ name: 'reminder', dueAt: 5 }] };
    await ask();
    await ask();
    expect(told()).to.have.length(1);
    expect(told()[0]).to.deep.include({ psid: emulator.customers[0], timers: [{ name: 'reminder', dueAt: 5 }] });
    answer = undefined;
    await ask();
    answer = { timers: [] };
    await ask();
    expect(told().map((event) => event.type === 'botPlans' && event.timers.length)).to.deep.equal([1, 0]);
    answer = { timers: [{ name: 'reminder', dueAt: 5 }] };
    await ask();
    bot.pid = 2;
    await ask();
    expect(told()).to.have.length(4);
    // The bot knows its conversations, whatever the emulator forgets.
    emulator.reset();
    answer = { timers: [] };
    await ask();
    expect(told()).to.have.length(5);
  });

  it('is asked once at a time, however long a bot stands at a breakpoint', async () => {
    const answer = Promise.withResolvers<JsonObject>();
    let asked = 0;
    const plansOf = (): Promise<JsonObject> => {
      asked += 1;
      return answer.promise;
    };
    const ask = createPlansAsker({ name: 'primary', pid: 1, plansOf }, { emulator, nameOf });
    const first = ask();
    await ask();
    await ask();
    expect(asked).to.equal(1);
    answer.resolve({ timers: [] });
    await first;
    await ask();
    expect(asked).to.equal(2);
  });

  it('has words for every reason of a handover', () => {
    for (const reason of handoverReasons) {
      const { handover } = plansInWords({ handover: { handover: { reason, askedAt: 5 }, next: [] } }, nameOf);
      expect(handover?.reason).to.contain(' ');
      expect(handover?.since).to.equal(5);
    }
  });

  it('names the receiver, and none while the handover waits for the opening', () => {
    const open = { reason: 'bot', reasonText: 'refund', askedAt: 5, handedAt: 6, to: 'inbox', toAppId: '4' };
    const { handover } = plansInWords({ handover: { handover: open, next: [{ what: 'other', at: 9 }] } }, nameOf);
    expect(handover).to.deep.equal({ reason: 'refund', to: 'app 4', since: 6, next: [{ what: 'other', at: 9 }] });
    const waiting = plansInWords({ handover: { handover: { ...open, state: 'waiting' }, next: [] } }, nameOf);
    expect(waiting.handover).not.to.have.property('to');
    expect(plansInWords({}, nameOf)).to.deep.equal({ timers: [] });
  });
});
