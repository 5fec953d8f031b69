import { expect } from 'chai';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { createRetryPolicy } from '../../turns/retryPolicy.ts';
import type { Store } from '../../store/store.ts';
import { endpointNames, says, startBothEndpoints, type BothEndpoints } from '../support/bothEndpoints.ts';
import { createManualClock } from '../support/manualClock.ts';

const troubles = {
  rateLimited: {
    // Asked to wait for so long, the Graph client does not try again by itself.
    refusal: {
      status: 429,
      headers: { 'retry-after': '600' },
      json: { error: { message: 'Too many calls', code: 4 } },
    },
    said: ['warn', 'the page calls too often and is slowed down'],
  },
  invalidToken: {
    refusal: { status: 401, json: { error: { message: 'Error validating access token', code: 190 } } },
    said: ['error', 'the token of the page is refused: its events wait until it is renewed'],
  },
};

/** Resolves once no turn is running. */
async function idle(store: Store): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while ((await store.counts()).claimed > 0);
}

describe('A page that the platform refuses', () => {
  let bot: BothEndpoints;
  afterEach(() => bot.close());

  for (const [reason, { refusal, said }] of Object.entries(troubles)) {
    for (const endpoint of endpointNames) {
      it(`with ${reason} on ${endpoint} waits alone, says so once, and goes on by itself in order`, async () => {
        const clock = createManualClock();
        const store = createMemoryStore({ monotonicNow: clock.monotonicNow });
        let inTrouble = true;
        let probes = 0;
        bot = await startBothEndpoints({
          ...{ clock, store },
          retries: createRetryPolicy({ random: () => 0.5 }),
          run: async (context) => {
            await context.sendActivity(context.activity.text);
          },
          answer: ({ psid }) => {
            if (!inTrouble || !psid.startsWith('2')) return undefined;
            probes += 1;
            return refusal;
          },
        });
        const post = bot.post[endpoint];
        const customers = ['21', '22', '23'];
        const words = ['one', 'two', 'three'];
        for (const word of words) {
          for (const psid of customers) await post(says(psid, `m_${psid}_${word}`, word, '20'));
        }
        await post(says('11', 'm_other', 'hello', '10'));
        await idle(store);
        expect(bot.sent).to.deep.equal([{ psid: '11', text: 'hello' }]);
        expect(await bot.ready()).to.deep.equal({ code: 200, status: 'ready' });
        const paused = `paused_pages{reason="${reason}"}`;
        expect((await bot.metrics()).get(paused)).to.equal(1);
        expect((await store.counts()).waiting).to.equal(9);

        const begun = probes;
        for (let minute = 0; minute < 60; minute += 1) {
          clock.pass(60_000);
          await idle(store);
        }
        expect(probes - begun, 'probes in an hour').to.be.within(30, 60);
        inTrouble = false;
        await clock.passUntil(bot.server().settled());
        for (const psid of customers) {
          expect(bot.sent.filter((message) => message.psid === psid).map(({ text }) => text)).to.deep.equal(words);
        }
        expect(
          bot
            .alarms()
            .filter(({ message }) => message !== 'turn')
            .map(({ level, message }) => [level, message]),
        ).to.deep.equal([said]);
        expect((await bot.metrics()).get(paused)).to.equal(0);
      });
    }
  }
});
