import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import type { TurnContext } from 'botbuilder';
import { useFolder } from '../support/brokenDisk.ts';
import { startScriptedPlatform, type ScriptedPlatformOptions } from '../support/scriptedPlatform.ts';

type ScriptedPlatform = Awaited<ReturnType<typeof startScriptedPlatform>>;
type Stage = Omit<ScriptedPlatformOptions, 'endpoint' | 'storePath'>;

const answersWith = (text: string) => (context: TurnContext) =>
  context.activity.type === 'message' ? context.sendActivity(text) : Promise.resolve();

for (const endpoint of ['webhook', 'azure'] as const) {
  describe(`An answer that is lost in a world of its own, on the endpoint of ${endpoint === 'azure' ? 'Azure' : 'the webhook'}`, () => {
    const folder = useFolder();
    const storePath = () => folder.path('bot.db');
    let platform: ScriptedPlatform | undefined;
    afterEach(async () => {
      await platform?.close();
      platform = undefined;
    });
    const start = async (stage: Stage): Promise<ScriptedPlatform> => {
      platform = await startScriptedPlatform({ ...stage, endpoint, storePath: storePath() });
      return platform;
    };
    const outcomes = ({ logger }: ScriptedPlatform) =>
      logger.lines.filter(({ fields }) => 'by' in fields).map(({ fields }) => [fields['outcome'], fields['by']]);

    const [said, seen] =
      endpoint === 'azure'
        ? ['**Hello** [shop](https://shop.example)\n\n* open', 'Hello shop https://shop.example open']
        : ['  hello ', 'hello'];

    it('is found by reading the words that the channel made of the bot’s', async () => {
      const world = await start({
        run: answersWith(said),
        render: () => seen,
        isLost: (_call, number) => number === 1,
      });
      await world.says('hi');
      await world.bot().settled();
      expect(world.texts()).to.deep.equal([seen]);
      expect(outcomes(world)).to.deep.equal([['done', 'reading']]);
    });

    it('is found by an echo with the words that the channel made of the bot’s', async () => {
      let waits = 0;
      const world = await start({
        ...{ run: answersWith(said), render: () => seen, isLost: (_call, number) => number === 1 },
        whileWaiting: async () => {
          if ((waits += 1) === 1) await platform?.echoes(1);
        },
      });
      await world.says('hi');
      await world.bot().settled();
      expect(world.texts()).to.deep.equal([seen]);
      expect(outcomes(world)).to.deep.equal([['done', 'echo']]);
    });

    it('is not repeated when the words are beyond recognition: a person decides', async () => {
      const render = () => 'Something that nobody said';
      const world = await start({ run: answersWith(said), render, isLost: (_call, number) => number === 1 });
      await world.says('hi');
      await world.bot().settled();
      expect(world.texts()).to.have.length(1);
      expect(outcomes(world)).to.deep.equal([['unknown', 'none']]);
    });

    it('is told by its echo although nothing was found out about an earlier message with the same words', async () => {
      const { now: wallNow } = Date;
      let aheadMs = -180_000;
      Date.now = () => wallNow() + aheadMs;
      try {
        let sent = 0;
        const world = await start({
          run: answersWith('same'),
          render: (text) => ((sent += 1) === 1 ? 'Something that nobody said' : text),
          isLost: () => true,
          whileWaiting: async () => {
            if (world.texts().length === 2) await world.echoes(2);
          },
        });
        await world.says('one');
        await world.bot().settled();
        aheadMs += 120_000;
        await world.says('two');
        await world.bot().settled();
        expect(world.texts()).to.deep.equal(['Something that nobody said', 'same']);
        expect(outcomes(world)).to.deep.equal([
          ['unknown', 'none'],
          ['done', 'echo'],
        ]);
      } finally {
        Date.now = wallNow;
      }
    });

    it('is not repeated when the echo of an earlier message with the same words is lost', async () => {
      const world = await start({ run: answersWith('same'), isLost: (_call, number) => number === 3 });
      for (const question of ['one', 'two', 'three']) {
        await world.says(question);
        await world.bot().settled();
        if (question === 'two') await world.echoes(2);
      }
      await world.bot().settled();
      expect(world.texts().length).to.equal(3);
    });

    it('is found although the platform’s clock is an hour behind', async () => {
      const isLost = (_call: string, number: number) => number === 2;
      const world = await start({ run: answersWith('hello'), aheadMs: -3_600_000, isLost });
      for (const question of ['one', 'two']) {
        await world.says(question);
        await world.bot().settled();
      }
      expect(world.texts()).to.deep.equal(['hello', 'hello']);
      expect(outcomes(world)).to.deep.equal([['done', 'reading']]);
    });

    it('is a pass that is not made twice when the event that the thread came back arrives behind a long pause', async () => {
      let tellOfIt: (() => Promise<void>) | undefined;
      const world = await start({
        run: async ({ activity }, { threadControl }) => {
          if (activity.type === 'message') await threadControl.passThreadControl('7004', '263902037430900');
        },
        isLost: (call, number) => call === 'pass' && number === 1,
        whileWaiting: async () => {
          await tellOfIt?.();
          tellOfIt = undefined;
        },
      });
      const forever = new Promise<never>(() => undefined);
      // A process that ends as soon as the pass took effect asks nothing and notes nothing.
      await world.restart(
        () => undefined,
        (store) => ({ ...store, journal: { ...store.journal, threadSince: () => forever, end: () => forever } }),
      );
      const lost = world.untilLost();
      await world.says('a person, please');
      await lost;
      const event = world.givesBack();
      await world.restart(() => {
        const file = new DatabaseSync(storePath());
        file.exec('UPDATE journal SET at = at - 25000');
        file.close();
        tellOfIt = event;
      });
      await world.bot().settled();
      expect(world.passes()).to.equal(1);
    });

    describe('behind attempts that took long', () => {
      const { now: wallNow } = Date;
      const { random } = Math;
      let aheadMs = -120_000;
      let isUnderWay = false;
      beforeEach(() => {
        // Time that goes by while an attempt is made: the earlier of two clocks counts, so this one begins in the past.
        Date.now = () => wallNow() + aheadMs;
        aheadMs = -120_000;
        Math.random = () => 0;
      });
      afterEach(() => {
        Date.now = wallNow;
        Math.random = random;
      });
      /** Two attempts are refused and the third takes effect after its connection broke; each takes eight seconds. */
      const attempt = (number: number) => {
        aheadMs += 8_000;
        if (number < 3) return 'refused';
        isUnderWay = number === 3;
        return isUnderWay ? 'late' : 'taken';
      };
      const startLate = (run: Stage['run'], then: () => unknown): Promise<ScriptedPlatform> =>
        start({
          ...{ run, attempt },
          whileWaiting: async () => {
            if (!isUnderWay) return;
            isUnderWay = false;
            aheadMs += 2_000;
            platform?.takesEffect();
            await then();
          },
        });

      it('is a message that is waited for from the last attempt on', async () => {
        const world = await startLate(answersWith('hello'), () => platform?.echoes(1));
        await world.says('hi');
        await world.bot().settled();
        expect(world.texts()).to.deep.equal(['hello']);
        expect(outcomes(world)).to.deep.equal([['done', 'echo']]);
      });

      it('is a pass that is waited for from the last attempt on', async () => {
        const passes: Stage['run'] = async ({ activity }, { threadControl }) => {
          if (activity.type === 'message') await threadControl.passThreadControl('7004', '263902037430900');
        };
        const world = await startLate(passes, () => undefined);
        await world.says('a person, please');
        await world.bot().settled();
        expect(world.passes()).to.equal(1);
        expect(outcomes(world)).to.deep.equal([['done', 'owner']]);
      });
    });
  });
}
