import { expect } from 'chai';
import { connectorRefusal } from '../support/botStage.ts';
import { pageInboxAppId, primaryAppId, psid, secondaryAppId } from '../support/facebookActivities.ts';
import { notOwner, requestedBy, setUp } from './primaryBotSetUp.ts';

describe('PrimaryBot', () => {
  describe('on a request', () => {
    const granted = [
      `owner of ${psid}`,
      `say Primary bot: The thread was requested nicely by app ${secondaryAppId} and goes there now.`,
      `pass ${psid} to ${secondaryAppId} "request granted"`,
    ];

    for (const metadata of ['please', ' Please ']) {
      it(`says so and passes to the requester, when the metadata is "${metadata}" and it owns the thread`, async () => {
        const { stage, bot } = setUp();
        stage.owner = { owner: 'app', appId: primaryAppId };
        expect(await stage.play(bot, requestedBy(Number(secondaryAppId), metadata))).to.deep.equal(granted);
      });
    }

    it('grants while nobody owns the thread, which is then its own', async () => {
      const { stage, bot } = setUp();
      stage.owner = { owner: 'idle' };
      expect(await stage.play(bot, requestedBy(secondaryAppId, 'please'))).to.deep.equal(granted);
    });

    it('tries to grant when Graph does not tell the owner', async () => {
      const { stage, bot } = setUp();
      stage.failures.owner = notOwner('permission');
      expect(await stage.play(bot, requestedBy(secondaryAppId, 'please'))).to.deep.equal(granted);
    });

    for (const metadata of ['give me control', 'please!', null, undefined]) {
      it(`refuses in words, when the metadata is ${metadata === undefined ? 'absent' : JSON.stringify(metadata)}`, async () => {
        const { stage, bot } = setUp();
        expect(await stage.play(bot, requestedBy(Number(secondaryAppId), metadata))).to.deep.equal([
          `say Primary bot: The thread was requested by app ${secondaryAppId} without a please, ` +
            'so it stays where it is. Write something to go on.',
        ]);
      });
    }

    for (const [endpoint, refusal] of [
      ['the direct endpoint', notOwner()],
      ["Azure's channel", connectorRefusal(403, 'Another app is controlling this thread now.')],
    ] as const) {
      it(`writes a debug line, and no error, when ${endpoint} does not deliver the refusal`, async () => {
        const { stage, bot } = setUp();
        stage.failures.say = refusal;
        await stage.play(bot, requestedBy(secondaryAppId, 'give me control'));
        expect(stage.levelsOfLog()).to.deep.equal(['debug']);
      });
    }

    for (const metadata of ['please', undefined]) {
      it(`leaves a request of its own alone (${metadata ?? 'without metadata'})`, async () => {
        const { stage, bot } = setUp();
        expect(await stage.play(bot, requestedBy(primaryAppId, metadata))).to.deep.equal([]);
        expect(stage.levelsOfLog()).to.deep.equal(['debug']);
      });
    }

    it('lets a refusal that says nothing of the owner reject the turn', async () => {
      const { stage, bot } = setUp();
      stage.failures.say = connectorRefusal(403, 'Authorization has been denied for this request.');
      const outcome = await stage.play(bot, requestedBy(secondaryAppId, 'no')).catch((error: unknown) => error);
      expect(outcome).to.equal(stage.failures.say);
    });

    it('lets any other failure to speak reject the turn', async () => {
      const { stage, bot } = setUp();
      stage.failures.say = connectorRefusal(500);
      const outcome = await stage.play(bot, requestedBy(secondaryAppId, 'no')).catch((error: unknown) => error);
      expect(outcome).to.equal(stage.failures.say);
    });

    it('says that it could not when the pass is refused', async () => {
      const { stage, bot } = setUp();
      stage.failures.pass = notOwner('invalidTarget');
      expect(await stage.play(bot, requestedBy(secondaryAppId, 'please'))).to.deep.equal([
        ...granted,
        'say Primary bot: Thread control could not be passed, because Messenger knows no such receiver for this Page.',
      ]);
    });

    for (const owner of [
      { owner: 'app', appId: '77' },
      { owner: 'app', appId: pageInboxAppId },
      { owner: 'other' },
    ] as const) {
      const whose = 'appId' in owner ? `app ${owner.appId}` : 'an unknown app';
      it(`says that it cannot pass what belongs to ${whose}`, async () => {
        const { stage, bot } = setUp();
        stage.owner = owner;
        expect(await stage.play(bot, requestedBy(secondaryAppId, 'please'))).to.deep.equal([
          `owner of ${psid}`,
          'say Primary bot: Thread control could not be passed, because another receiver owns the thread.',
        ]);
      });

      it(`takes first, then speaks, then passes what belongs to ${whose}, when told to`, async () => {
        const { stage, bot } = setUp({ notOwnerRequest: 'takeThenPass' });
        stage.owner = owner;
        expect(await stage.play(bot, requestedBy(secondaryAppId, 'please'))).to.deep.equal([
          granted[0],
          `take ${psid} "taken to grant a request"`,
          ...granted.slice(1),
        ]);
      });
    }

    it('says that it could not, and passes nothing, when the take before is refused', async () => {
      const { stage, bot } = setUp({ notOwnerRequest: 'takeThenPass' });
      stage.owner = { owner: 'other' };
      stage.failures.take = notOwner('noDefaultApp');
      expect((await stage.play(bot, requestedBy(secondaryAppId, 'please'))).slice(2)).to.deep.equal([
        'say Primary bot: Thread control could not be passed, because the Page has no default app.',
      ]);
    });

    it('leaves the thread alone when the requester owns it already', async () => {
      const { stage, bot } = setUp({ notOwnerRequest: 'takeThenPass' });
      stage.owner = { owner: 'app', appId: secondaryAppId };
      expect(await stage.play(bot, requestedBy(Number(secondaryAppId), 'please'))).to.deep.equal([`owner of ${psid}`]);
    });

    it('only warns when a request names no requester', async () => {
      const { stage, bot } = setUp();
      expect(await stage.play(bot, requestedBy(undefined, 'please'))).to.deep.equal([]);
      expect(stage.levelsOfLog()).to.deep.equal(['warn']);
    });

    describe('from the page inbox, where a person clicked Move to Main', () => {
      it('grants it by default, without a please', async () => {
        const { stage, bot } = setUp();
        expect(await stage.play(bot, requestedBy(Number(pageInboxAppId), null))).to.deep.equal([
          `owner of ${psid}`,
          'say Primary bot: A person in the page inbox wants to take over, so the thread goes there now.',
          `pass ${psid} to ${pageInboxAppId} "request granted"`,
        ]);
      });

      it('ignores it when told to', async () => {
        const { stage, bot } = setUp({ pageInboxMoveToMain: 'ignore' });
        expect(await stage.play(bot, requestedBy(Number(pageInboxAppId), null))).to.deep.equal([]);
        expect(stage.levelsOfLog()).to.deep.equal(['info']);
      });
    });
  });
});
