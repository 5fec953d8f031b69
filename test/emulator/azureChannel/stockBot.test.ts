import { MessageFactory } from 'botbuilder';
import type { TurnContext } from 'botbuilder';
import { expect } from 'chai';
import sinon from 'sinon';
import { CONVERSATION, fromCustomer, PAGE, PSID, setStage } from './channelUnderTest.ts';
import type { Stage, StageScript } from './channelUnderTest.ts';
import { startStockBot } from './stockBot.ts';

const hi = fromCustomer({ message: { mid: 'm_in', text: 'hi' } });

describe("Bot Builder's CloudAdapter behind the channel, with authentication on", () => {
  let stage: Stage;
  let bot: Awaited<ReturnType<typeof startStockBot>>;

  const withBot = async (logic: (context: TurnContext) => Promise<void>, script?: StageScript): Promise<void> => {
    stage = await setStage(script);
    const { botAppId } = stage.registration;
    bot = await startStockBot(stage.channel.settingsFor(botAppId), logic);
    stage.channel.setBotEndpoint(botAppId, bot.endpoint);
  };
  afterEach(async () => {
    sinon.restore();
    await bot.close();
    await stage.close();
  });

  it('gets the activity as from Azure, and its answer reaches Messenger', async () => {
    const seen: Partial<TurnContext['activity']>[] = [];
    let id: string | undefined;
    await withBot(async (context) => {
      seen.push({ ...context.activity });
      id = (await context.sendActivity(MessageFactory.suggestedActions(['Yes', 'No'], 'Really?')))?.id;
    });
    await stage.post({ messaging: [hi] });

    expect(seen[0]).to.deep.include({ text: 'hi', callerId: 'urn:botframework:azure', channelId: 'facebook' });
    expect(id).to.equal('m_1');
    expect(stage.graph.calls.map(({ body }) => body)).to.deep.equal([
      {
        messaging_type: 'RESPONSE',
        recipient: { id: PSID },
        message: {
          text: 'Really?',
          quick_replies: [
            { content_type: 'text', title: 'Yes', payload: 'Yes' },
            { content_type: 'text', title: 'No', payload: 'No' },
          ],
        },
      },
    ]);
    expect(stage.records.map(({ type }) => type)).to.deep.equal([
      'azureChannel.tokenIssued',
      'azureChannel.activityReceived',
      'azureChannel.activitySent',
    ]);
  });

  it('can answer a request event once it has filled in who, to whom and where', async () => {
    await withBot(async (context) => {
      context.activity.from = { id: PSID, name: '' };
      context.activity.recipient = { id: PAGE, name: '' };
      context.activity.conversation = { id: CONVERSATION, isGroup: false, conversationType: '', name: '' };
      await context.sendActivity('noted');
    });
    await stage.post({ messaging: [fromCustomer({ request_thread_control: { requested_owner_app_id: 1 } })] });
    expect(stage.graph.calls.map(({ body }) => body.message)).to.deep.equal([{ text: 'noted' }]);
  });

  it('sees an error when it speaks without owning the thread', async () => {
    let failure: { statusCode?: number; message?: string } = {};
    const message = '(#10) Message failed to send because another app is controlling this thread now.';
    await withBot(
      async (context) => {
        await context.sendActivity('mine!').catch((error: unknown) => (failure = error as typeof failure));
      },
      { graph: () => ({ status: 400, json: { error: { message, code: 10, error_subcode: 2018300 } } }) },
    );
    await stage.post({ messaging: [hi] });
    expect(failure.statusCode).to.equal(400);
    expect(failure.message).to.include('another app is controlling this thread now');
  });

  it('refuses a token that the channel signed for another bot or another service URL', async () => {
    let turns = 0;
    await withBot(async () => void (turns += 1));
    sinon.stub(console, 'error'); // Bot Builder prints each refusal
    const { botAppId } = stage.registration;
    const activity = { type: 'message', channelId: 'facebook', serviceUrl: stage.channel.serviceUrl, text: 'hi' };
    const status = async (claims?: object): Promise<number> => {
      const token = await stage.channel.signToken(botAppId, claims);
      const response = await fetch(bot.endpoint, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(activity),
      });
      return response.status;
    };
    expect(await status({ aud: 'another-bot' })).to.equal(401);
    expect(await status({ serviceurl: 'https://facebook.botframework.com/' })).to.equal(401);
    expect(await status({ exp: 1 })).to.equal(401);
    expect(turns).to.equal(0);
    expect(await status()).to.equal(200);
    expect(turns).to.equal(1);
  });
});
