import { ActivityHandler, MessageFactory, TurnContext, type Activity } from 'botbuilder';
import { expect } from 'chai';
import { MessengerAdapter } from '../../../adapters/messenger/messengerAdapter.ts';
import { messengerInboxEvent } from '../../../adapters/messenger/messengerTurn.ts';
import type { TurnLogic } from '../../../turns/turnLogic.ts';
import { FacebookActivityHandler } from '../../../bots/facebookActivityHandler.ts';
import { createGraphClient } from '../../../helpers/graph/graphClient.ts';
import { GraphApiError } from '../../../helpers/graph/graphErrors.ts';
import { createSendApi } from '../../../adapters/messenger/sendApi.ts';
import { readFacebookWebhook } from '../../../models/facebookWebhook.ts';
import { rejection } from '../../contracts/storeContract.ts';
import { scriptedGraph, type Script, type ScriptedGraph } from '../../support/scriptedGraph.ts';

const ownAppId = '1200345678901234';
const yes: Script = { json: { recipient_id: '76', message_id: 'm_1' } };
const item = (body: object) => ({ sender: { id: '76' }, recipient: { id: '10' }, timestamp: 1767225600123, ...body });
const echo = (appId: number | undefined) => ({
  ...item({ message: { mid: 'm_e', is_echo: true, text: 'said', app_id: appId } }),
  sender: { id: '10' },
  recipient: { id: '76' },
});
const hello = item({ message: { mid: 'm_0', text: 'hello' } });

describe('the Messenger adapter', () => {
  let graph: ScriptedGraph;
  let slept: number[];

  beforeEach(() => {
    slept = [];
  });
  afterEach(() => graph.close());

  async function adapterOf(logic: TurnLogic, ...scripts: Script[]): Promise<MessengerAdapter> {
    graph = await scriptedGraph(...scripts);
    const client = createGraphClient({ pageToken: 'fake-page-token', baseUrl: graph.url, retries: 0 });
    const sendApi = createSendApi(client, { send: (_message, perform) => perform('own') });
    return new MessengerAdapter({
      sendApi,
      logic,
      ownAppId,
      sleep: (ms) => Promise.resolve(slept.push(ms)),
    });
  }
  const sent = () => graph.calls.map(({ body }) => JSON.parse(body) as Record<string, unknown>);

  async function play(adapter: MessengerAdapter, item: unknown, via: 'messaging' | 'standby' = 'messaging') {
    const [read] = readFacebookWebhook({ object: 'page', entry: [{ id: '10', time: 1767225600000, [via]: [item] }] });
    await adapter.runStoredTurn(messengerInboxEvent(read!, ownAppId).payload);
  }

  it('runs the bot and sends its answer to the customer', async () => {
    let id: string | undefined;
    const adapter = await adapterOf(async (context) => {
      id = (await context.sendActivity(`you said ${context.activity.text}`))?.id;
    }, yes);
    await play(adapter, hello);
    expect(id).to.equal('m_1');
    expect(sent()).to.deep.equal([
      { recipient: { id: '76' }, messaging_type: 'RESPONSE', message: { text: 'you said hello', metadata: 'own' } },
    ]);
  });

  it('sends several activities in order, waits where told to, and leaves out what is for Bot Builder alone', async () => {
    const done: (string | number)[] = [];
    const adapter = await adapterOf(
      async (context) => {
        const responses = await context.sendActivities([
          { type: 'typing' },
          { type: 'delay', value: 250 },
          MessageFactory.text('one'),
          { type: 'trace', text: 'secret' },
          { type: 'endOfConversation' },
          MessageFactory.text('two'),
        ]);
        done.push(...responses.map(({ id }) => id));
      },
      { json: { recipient_id: '76' } },
      yes,
      { json: { recipient_id: '76', message_id: 'm_2' } },
    );
    await play(adapter, hello);
    expect(done).to.deep.equal(['', '', 'm_1', '', '', 'm_2']);
    expect(slept).to.deep.equal([250]);
    expect(
      sent().map(({ sender_action, message }) => sender_action ?? (message as { text: string }).text),
    ).to.deep.equal(['typing_on', 'one', 'two']);
  });

  it('answers the customer in a turn about an echo too, where the Page is the sender', async () => {
    const adapter = await adapterOf(async (context) => {
      await context.sendActivity('noted');
    }, yes);
    await play(adapter, echo(1300345678901234));
    expect(sent()[0]).to.deep.include({ recipient: { id: '76' } });
  });

  it('rejects with what Graph said when it refuses a message, and so fails the turn', async () => {
    const error = { message: '(#10) another app is controlling this thread now.', code: 10, error_subcode: 2018300 };
    const adapter = await adapterOf(
      async (context) => {
        await context.sendActivity('hi');
      },
      {
        status: 400,
        json: { error },
      },
    );
    const failure = await play(adapter, hello).catch((err: unknown) => err);
    expect(failure).to.be.instanceOf(GraphApiError).and.to.include({ reason: 'notThreadOwner', subcode: 2018300 });
  });

  it('says clearly that Messenger can neither change nor take back a message', async () => {
    const failures: string[] = [];
    const adapter = await adapterOf(async (context) => {
      const note = (error: Error) => failures.push(error.message);
      await context.updateActivity({ ...MessageFactory.text('new'), id: 'm_1' }).catch(note);
      await context.deleteActivity('m_1').catch(note);
    });
    await play(adapter, hello);
    expect(failures[0]).to.contain('cannot change');
    expect(failures[1]).to.contain('cannot take back');
    expect(graph.calls).to.have.length(0);
  });

  describe('echoes', () => {
    const turns: string[] = [];
    beforeEach(() => turns.splice(0));

    const listening = () => {
      const bot = new FacebookActivityHandler();
      bot.onMessage(async () => void turns.push('message'));
      bot.onFacebookStandby(async () => void turns.push('standby'));
      bot.onFacebookEcho(async ({ appId, via }) => void turns.push(`echo of ${appId} on ${via}`));
      return adapterOf((context) => bot.run(context));
    };

    it("of this app's own messages are no turn at all", async () => {
      const adapter = await listening();
      await play(adapter, echo(Number(ownAppId)));
      await play(adapter, echo(Number(ownAppId)), 'standby');
      expect(turns).to.deep.equal([]);
    });

    it('of another app or the inbox tell the bot that somebody else spoke, and are never a message', async () => {
      const adapter = await listening();
      await play(adapter, echo(263902037430900));
      await play(adapter, echo(undefined));
      await play(adapter, echo(1300345678901234), 'standby');
      expect(turns).to.deep.equal([
        'echo of 263902037430900 on messaging',
        'echo of undefined on messaging',
        'echo of 1300345678901234 on standby',
      ]);
    });

    it("are no message for a bot that knows nothing of Facebook's events either", async () => {
      const bot = new ActivityHandler();
      bot.onMessage(async () => void turns.push('message'));
      bot.onEvent(async () => void turns.push('event'));
      const adapter = await adapterOf((context) => bot.run(context));
      await play(adapter, echo(1300345678901234));
      expect(turns).to.deep.equal(['event']);
    });
  });

  it('runs no bot for what makes no sense, and says so without showing it', async () => {
    let turns = 0;
    const adapter = await adapterOf(async () => void (turns += 1));
    const error = await rejection(play(adapter, 'a strange item'));
    expect(error.message).to.equal('No bot can handle this item: The item is not a JSON object.');
    expect(turns).to.equal(0);
  });

  describe('speaking first', () => {
    async function referenceFrom(adapter: MessengerAdapter, seen: Partial<Activity>[]) {
      await play(adapter, hello);
      return TurnContext.getConversationReference(seen[0]!);
    }

    it('works with a reference from an earlier turn, as an update', async () => {
      const seen: Partial<Activity>[] = [];
      const adapter = await adapterOf(async ({ activity }) => void seen.push({ ...activity }), yes, yes);
      const reference = await referenceFrom(adapter, seen);
      const speak = async (context: TurnContext) => {
        await context.sendActivity('are you still there?');
      };
      await adapter.continueConversationAsync('any-bot', reference, speak);
      await adapter.continueConversation(reference, speak);
      expect(sent()).to.deep.equal(
        [1, 2].map(() => ({
          recipient: { id: '76' },
          messaging_type: 'UPDATE',
          message: { text: 'are you still there?', metadata: 'own' },
        })),
      );
    });

    it('works with an audience between, and with a reference that was made behind Azure', async () => {
      const adapter = await adapterOf(async () => undefined, yes);
      const reference = {
        channelId: 'facebook',
        serviceUrl: 'https://facebook.botframework.com/',
        conversation: { id: '76-10', isGroup: false, conversationType: '', name: '' },
        user: { id: '76', name: 'Anna' },
        bot: { id: '10', name: 'Page' },
      };
      await adapter.continueConversationAsync('any-bot', reference, 'audience', async (context) => {
        await context.sendActivity('moved');
      });
      expect(sent()[0]).to.deep.include({ recipient: { id: '76' } });
    });

    it('is refused without a conversation or without anything to do', async () => {
      const adapter = await adapterOf(async () => undefined);
      const nowhere = await adapter
        .continueConversationAsync('bot', {}, async () => undefined)
        .catch((e: unknown) => e);
      expect(nowhere).to.be.instanceOf(Error).and.have.property('message').that.contains('nobody to send it to');
      const nothing = await adapter.continueConversationAsync('bot', {}, 'audience').catch((e: unknown) => e);
      expect(nothing).to.be.instanceOf(TypeError);
    });
  });
});
