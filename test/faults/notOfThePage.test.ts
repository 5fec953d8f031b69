import { expect } from 'chai';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { createRetryPolicy } from '../../turns/retryPolicy.ts';
import { StoreUnavailableError } from '../../store/storeErrors.ts';
import type { Store } from '../../store/store.ts';
import { endpointNames, says, startBothEndpoints, type BothEndpoints, type Item } from '../support/bothEndpoints.ts';
import { createManualClock } from '../support/manualClock.ts';

/** Resolves once no turn is running. */
async function idle(store: Store): Promise<void> {
  // The Graph client waits for seconds by the real clock: to ask all the time would keep a processor busy for so long.
  do await new Promise((resolve) => setTimeout(resolve, 2));
  while ((await store.counts()).claimed > 0);
}

const code = (status: number, number: number) => ({ status, json: { error: { message: 'no', code: number } } });
const receipt = (psid: string, watermark: number): Item => ({
  ...{ sender: { id: psid }, recipient: { id: '10' }, timestamp: 1_767_225_600_000 + watermark },
  read: { watermark },
});

const everySecond = (clock: ReturnType<typeof createManualClock>) => (ms: number, work: () => void) => {
  let cancel: () => void = () => undefined;
  const again = () => {
    cancel = clock.after(ms, () => {
      work();
      again();
    });
  };
  again();
  return () => cancel();
};

describe('What is no trouble of a page', () => {
  let bot: BothEndpoints;
  afterEach(() => bot.close());

  const pageLines = () =>
    bot.logger.lines.filter(({ message }) => /page|platform/.test(message)).map(({ message }) => message);

  for (const endpoint of endpointNames) {
    it(`a customer to whom nothing can be sent holds up nobody else on ${endpoint}`, async () => {
      const clock = createManualClock();
      const store = createMemoryStore({ monotonicNow: clock.monotonicNow });
      bot = await startBothEndpoints({
        ...{ clock: { ...clock, every: everySecond(clock) }, store },
        retries: createRetryPolicy({ random: () => 0.5 }),
        run: (context) => context.sendActivity(context.activity.text).then(() => undefined),
        answer: ({ psid }) => (psid === '66' ? code(500, 2) : undefined),
      });
      await bot.post[endpoint](says('66', 'm_poison'));
      // The Graph client waits by the real clock between its attempts; the runner's waits are the test's.
      for (let round = 0; round < 6; round += 1) {
        await idle(store);
        clock.pass(20_000);
      }
      for (let n = 0; n < 5; n += 1) await bot.post[endpoint](says(`${n}`, `m_${n}`));
      await idle(store);
      expect(bot.sent.map(({ psid }) => psid).sort()).to.deep.equal(['0', '1', '2', '3', '4']);
      expect(pageLines()).to.deep.equal([]);
      expect((await store.counts()).waiting, 'the customer is tried again').to.equal(1);
    });

    it(`a pause on ${endpoint} does not end with receipts, and while it lasts each event is tried with one call`, async () => {
      const clock = createManualClock();
      const store = createMemoryStore({ monotonicNow: clock.monotonicNow });
      let limited = true;
      let calls = 0;
      bot = await startBothEndpoints({
        ...{ clock: { ...clock, every: everySecond(clock) }, store },
        retries: createRetryPolicy({ random: () => 0.5 }),
        run: async (context) => {
          if (context.activity.type === 'message') await context.sendActivity(context.activity.text);
        },
        answer: () => {
          if (!limited) return undefined;
          calls += 1;
          return endpoint === 'azure' ? { status: 429, json: {} } : code(400, 613);
        },
      });
      for (let n = 0; n < 10; n += 1) await bot.post[endpoint](says(`${n}`, `m_${n}`));
      await idle(store);
      for (let minute = 0; minute < 5; minute += 1) {
        clock.pass(60_000);
        await idle(store);
      }
      const [begun, lines] = [calls, pageLines().length];
      for (let second = 0; second < 600; second += 4) {
        await bot.post.webhook(receipt('77', second));
        clock.pass(4000);
        await idle(store);
      }
      expect(calls - begun, 'calls in ten minutes').to.be.within(5, 20);
      expect(pageLines().slice(lines)).to.deep.equal([]);
      limited = false;
      await clock.passUntil(bot.server().settled());
      expect(bot.sent).to.have.length(10);
      expect(pageLines().at(-1)).to.equal('the page works again');
    });

    it(`a service of the bot's own that refuses it, is too busy or away says nothing about the page on ${endpoint}`, async () => {
      const clock = createManualClock();
      const store = createMemoryStore({ monotonicNow: clock.monotonicNow });
      const troubles = [
        { status: 429 },
        { status: 401 },
        { status: 503 },
        { code: 'ECONNREFUSED' },
        { code: 'ENOENT' },
        new StoreUnavailableError('full'),
      ];
      bot = await startBothEndpoints({
        ...{ clock: { ...clock, every: everySecond(clock) }, store },
        retries: createRetryPolicy({ random: () => 0.5 }),
        run: async (context) => {
          const trouble = troubles[Number(context.activity.text)];
          if (trouble !== undefined)
            throw trouble instanceof Error ? trouble : Object.assign(new Error('own'), trouble);
          await context.sendActivity('fine');
        },
      });
      for (let round = 0; round < 8; round += 1) {
        for (let kind = 0; kind < troubles.length; kind += 1) {
          await bot.post[endpoint](says(`${round}${kind}`, `m_${round}_${kind}`, String(kind)));
        }
      }
      await idle(store);
      await bot.post[endpoint](says('9', 'm_9', 'hello'));
      await idle(store);
      expect(bot.sent).to.deep.equal([{ psid: '9', text: 'fine' }]);
      expect(pageLines()).to.deep.equal([]);
    });
  }

  it('a bot that takes the refusal for an answer does not keep calling for a page that is slowed down', async () => {
    const clock = createManualClock();
    const store = createMemoryStore({ monotonicNow: clock.monotonicNow });
    let calls = 0;
    bot = await startBothEndpoints({
      ...{ clock: { ...clock, every: everySecond(clock) }, store },
      retries: createRetryPolicy({ random: () => 0.5 }),
      run: async (context) => {
        await context.sendActivity('hello').catch(() => undefined);
      },
      answer: () => {
        calls += 1;
        return code(401, 190);
      },
    });
    for (let n = 0; n < 100; n += 1) await bot.post.webhook(says(`${n}`, `m_${n}`));
    await idle(store);
    const begun = calls;
    for (let minute = 0; minute < 10; minute += 1) {
      clock.pass(60_000);
      await idle(store);
    }
    expect(calls - begun).to.be.within(5, 20);
  });
});
