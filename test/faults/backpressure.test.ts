import { expect } from 'chai';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import { endpointNames, says, startBothEndpoints, type BothEndpoints } from '../support/bothEndpoints.ts';
import { useFolder } from '../support/brokenDisk.ts';
import { deferred } from '../support/deferred.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';

describe('A bot that is given more than it can work off', () => {
  const folder = useFolder();
  const [maxWaiting, concurrency, tooMany] = [60, 64, 20];
  let bot: BothEndpoints;
  afterEach(() => bot.close());

  const engines = {
    'in memory': async (logger: ReturnType<typeof createRecordingLogger>) => createMemoryStore({ maxWaiting, logger }),
    'on a disk': (logger: ReturnType<typeof createRecordingLogger>) =>
      openSqliteStore(folder.path('bot.db'), { maxWaiting, logger }),
  };
  for (const [index, [engine, openStore]] of Object.entries(engines).entries()) {
    // Each endpoint with one of the engines: neither knows which the other is.
    for (const endpoint of endpointNames.slice(index, index + 1)) {
      it(`refuses on ${endpoint} with 503 before anything is lost, and goes on by itself, ${engine}`, async () => {
        const [logger, gate] = [createRecordingLogger(), deferred()];
        const store = await openStore(logger);
        let mostAtOnce = 0;
        bot = await startBothEndpoints({
          ...{ store, logger },
          run: async (context) => {
            mostAtOnce = Math.max(mostAtOnce, (await store.counts()).claimed);
            await gate.promise;
            await context.sendActivity(context.activity.text);
          },
        });
        const post = bot.post[endpoint];
        const acknowledged: string[] = [];
        const refused: string[] = [];
        for (let n = 1; n <= maxWaiting + concurrency + tooMany; n += 1) {
          const status = await post(says(String(1000 + (n % 100)), `m_${n}`));
          (status === 200 ? acknowledged : refused).push(`m_${n}`);
          if (status !== 200) expect(status).to.equal(503);
          if (n < maxWaiting + concurrency - 3) continue;
          const { code } = await bot.ready();
          // Not ready comes first: whoever asks is told before the first event is refused.
          expect(code === 503, `ready after event ${n}`).to.equal((await store.counts()).waiting >= maxWaiting);
        }
        expect(refused).to.have.length(tooMany);
        expect(await bot.ready()).to.deep.equal({ code: 503, status: 'store backlog' });
        expect((await store.counts()).waiting).to.equal(maxWaiting);
        expect(mostAtOnce).to.equal(concurrency);

        gate.resolve();
        await bot.server().settled();
        expect(await bot.ready()).to.include({ code: 200, status: 'ready' });
        for (const mid of refused) expect(await post(says('7', mid))).to.equal(200);
        await bot.server().settled();
        expect(bot.sent.map(({ text }) => text)).to.have.members([...acknowledged, ...refused]);
        const said = logger.lines.filter(({ level, message }) => level !== 'debug' && message !== 'turn');
        expect(said.map(({ level, message }) => [level, message])).to.deep.equal([
          ['error', 'too many events are waiting: no more are accepted'],
          ['info', 'events are accepted again'],
        ]);
      });
    }

    it(`keeps room for the other pages when one cannot be worked off, ${engine}`, async () => {
      const [logger, gate] = [createRecordingLogger(), deferred()];
      const store = await openStore(logger);
      bot = await startBothEndpoints({
        ...{ store, logger },
        run: async (context) => {
          if (context.activity.recipient.id === '20') await gate.promise;
          await context.sendActivity(context.activity.text);
        },
      });
      const { webhook } = bot.post;
      const dead = (n: number) => says(`3${n}`, `m_dead_${n}`, `dead ${n}`, '20');
      for (let n = 0; n < maxWaiting + concurrency; n += 1) expect(await webhook(dead(n))).to.equal(200);
      expect((await bot.ready()).code, 'while nobody knows of another page').to.equal(503);
      expect(await webhook(dead(900)), 'one more of that page').to.equal(503);
      for (let n = 0; n < 40; n += 1) {
        expect(
          await webhook(says(`5${n}`, `m_works_${n}`, `works ${n}`, '10')),
          `event ${n} of the other page`,
        ).to.equal(200);
      }
      expect(await bot.ready()).to.deep.equal({ code: 200, status: 'ready' });
      expect((await bot.metrics()).get('pages_full')).to.equal(1);
      // Of a body with events of both, those of the other page are taken, and the whole comes again.
      const both = [dead(901), says('199', 'm_both', 'in one body', '10')];
      expect(await webhook(...both)).to.equal(503);
      expect(await webhook(...both)).to.equal(503);
      for (const enough = () => bot.sent.length >= 41; !enough();)
        await new Promise((resolve) => setImmediate(resolve));
      expect(bot.sent.filter(({ text }) => text === 'in one body')).to.have.length(1);

      gate.resolve();
      await bot.server().settled();
      expect(await webhook(...both)).to.equal(200);
      await bot.server().settled();
      expect((await bot.metrics()).get('pages_full')).to.equal(0);
      expect(bot.sent.map(({ text }) => text)).to.include('dead 901');
      expect(new Set(bot.sent.map(({ text }) => text)).size).to.equal(bot.sent.length);
    });
  }
});
