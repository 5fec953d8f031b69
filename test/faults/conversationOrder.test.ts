import { ConversationState } from 'botbuilder';
import { expect } from 'chai';
import { readObject, readText } from '../../models/readJson.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import { endpointNames, passesTo, says, startBothEndpoints, type BothEndpoints } from '../support/bothEndpoints.ts';
import { useFolder } from '../support/brokenDisk.ts';
import { deferred } from '../support/deferred.ts';

function metadataOf(item: unknown): string {
  return String(readText(readObject(item, 'pass_thread_control'), 'metadata'));
}

describe('The events of a conversation', () => {
  const folder = useFolder();
  let bot: BothEndpoints;
  afterEach(() => bot.close());
  const openStore = () => openSqliteStore(folder.path('bot.db'));

  for (const endpoint of endpointNames) {
    it(`run in order on ${endpoint}, handovers among them, while a slow conversation holds no other`, async () => {
      const gates = { one: deferred(), slow: deferred() };
      const seen: string[] = [];
      const everybodyElse = deferred();
      bot = await startBothEndpoints({
        store: await openStore(),
        run: async ({ activity }) => {
          const word = activity.type === 'message' ? activity.text : `pass ${metadataOf(activity.channelData)}`;
          if (word === 'one' || word === 'slow') await gates[word].promise;
          seen.push(`${activity.from.id} ${word}`);
          if (seen.length === 20) everybodyElse.resolve();
        },
      });
      const post = bot.post[endpoint];
      await post(says('7', 'm_1', 'one'));
      await post(passesTo('7', 'first'));
      await post(says('7', 'm_2', 'two'));
      await post({ ...passesTo('7', 'second'), timestamp: 1_767_225_600_001 });
      await post(says('7', 'm_3', 'three'));
      await post(says('8', 'm_slow', 'slow'));
      for (let n = 1; n <= 20; n += 1) await post(says(String(100 + n), `m_other_${n}`, 'hello'));
      await everybodyElse.promise;
      expect(seen.filter((line) => !line.endsWith('hello'))).to.deep.equal([]);
      gates.one.resolve();
      gates.slow.resolve();
      await bot.server().settled();
      expect(seen.filter((line) => line.startsWith('7 '))).to.deep.equal([
        '7 one',
        '7 pass first',
        '7 two',
        '7 pass second',
        '7 three',
      ]);
    });

    it(`find on ${endpoint} the state that those before them left, also after a restart in the middle`, async () => {
      const spoken = deferred();
      let isFirst = true;
      bot = await startBothEndpoints({
        store: await openStore(),
        createBot: ({ storage }) => {
          const state = new ConversationState(storage);
          const count = state.createProperty<number>('count');
          return {
            run: async (context) => {
              const next = (await count.get(context, 0)) + 1;
              await count.set(context, next);
              await state.saveChanges(context);
              await context.sendActivity(`${context.activity.text} is number ${next}`);
              if (context.activity.text !== 'two' || !isFirst) return;
              spoken.resolve();
              await new Promise(() => undefined);
            },
          };
        },
        drainMs: 0,
      });
      const post = bot.post[endpoint];
      for (const word of ['one', 'two', 'three']) await post(says('7', `m_${word}`, word));
      await spoken.promise;
      // The second turn has changed the state and spoken, and never ends.
      isFirst = false;
      await bot.restart(openStore);
      await bot.server().settled();
      expect(bot.sent.map(({ text }) => text)).to.deep.equal([
        'one is number 1',
        'two is number 2',
        'three is number 3',
      ]);
    });
  }
});
