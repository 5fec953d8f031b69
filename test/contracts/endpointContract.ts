import { MessageFactory, type TurnContext } from 'botbuilder';
import { expect } from 'chai';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import { applyFacebookPayload } from '../../helpers/applyFacebookPayload.ts';
import { facebookEventOf } from '../../models/facebookActivity.ts';
import { messengerFixtures, printable } from '../support/messengerFixtures.ts';

/** One endpoint with a bot behind it, and Messenger on both sides. */
export interface EndpointUnderTest {
  /** Posts a webhook body as Meta does, signed, and resolves when everything that it caused is done. */
  deliver(payload: unknown): Promise<void>;
  /** The bodies of the Send API calls that reached Graph, in order. */
  sent(): readonly SentBody[];
  close(): Promise<void>;
}

export interface SentBody {
  recipient?: { id?: string };
  messaging_type?: string;
  sender_action?: string;
  appsecret_proof?: string;
  message?: { text?: string; quick_replies?: unknown; metadata?: string };
}

export type StartEndpoint = (bot: { run(context: TurnContext): Promise<void> }) => Promise<EndpointUnderTest>;

const pageId = '104857600012345';
const psid = '7601234509876543';

/**
 * Golden payloads of what customers and other receivers do, with the handlers that they come to. An echo of the bot's own
 * words is no such thing.
 */
const customerEvents: Record<string, readonly string[]> = {
  message: ['message'],
  messageQuickReply: ['quick reply', 'message'],
  messageReply: ['message'],
  messageAttachments: ['message'],
  messageTakenBack: ['event'],
  messageEdit: ['event'],
  messageUnsupported: ['event'],
  messageEmpty: ['event'],
  messageReferral: ['referral', 'message'],
  messageReferralBeside: ['referral', 'message'],
  messageLocation: ['message'],
  messageSharedLink: ['message'],
  messageProduct: ['message'],
  notice: ['notice', 'event'],
  noticeOfPage: ['notice', 'event'],
  standbyNotice: ['notice', 'event'],
  postback: ['referral', 'postback', 'message'],
  postbackGuestReferral: ['referral', 'postback', 'message'],
  optin: ['optin', 'event'],
  optinOneTime: ['optin', 'event'],
  optinRecurring: ['optin', 'event'],
  referral: ['referral', 'event'],
  reaction: ['reaction', 'event'],
  read: ['read', 'event'],
  delivery: ['delivery', 'event'],
  passThreadControl: ['pass_thread_control'],
  passThreadControlStrings: ['pass_thread_control'],
  passThreadControlFromIdle: ['pass_thread_control'],
  passThreadControlFromPageInbox: ['pass_thread_control'],
  takeThreadControl: ['take_thread_control'],
  takeThreadControlStrings: ['take_thread_control'],
  takeThreadControlByMetaAi: ['take_thread_control'],
  passThreadControlByMetaAi: ['pass_thread_control'],
  passThreadControlNested: ['pass_thread_control'],
  requestThreadControl: ['request_thread_control', 'event'],
  requestThreadControlStrings: ['request_thread_control', 'event'],
  requestThreadControlFromPageInbox: ['request_thread_control', 'event'],
  appRoles: ['app_roles', 'event'],
  echoFromPageInbox: ['echo'],
  echoFromMetaAi: ['echo'],
  standbyEchoFromMetaAi: ['echo'],
  standbyMessage: ['standby', 'event'],
  standbyQuickReply: ['standby', 'event'],
  standbyPostback: ['standby', 'event'],
  standbyRead: ['standby', 'event'],
  standbyDelivery: ['standby', 'event'],
  standbyEcho: ['echo'],
};

/** What every endpoint holds to, so that a bot cannot tell through which one something came. */
export function describeEndpoint(name: string, start: StartEndpoint): void {
  describe(`${name} as an endpoint`, () => {
    let endpoint: EndpointUnderTest;
    let sentBefore: number;
    const turns: { event: object | undefined; handlers: string[]; conversation: string | undefined }[] = [];
    const sent = () => endpoint.sent().slice(sentBefore);

    before(async () => {
      endpoint = await start(createBot(turns));
    });
    beforeEach(() => {
      turns.splice(0);
      sentBefore = endpoint.sent().length;
    });
    after(() => endpoint.close());

    const fixtures = messengerFixtures();
    for (const [event, handlers] of Object.entries(customerEvents)) {
      const { payload, expected } = fixtures.get(event)!;
      const [first] = expected as [{ kind: string; via: string; psid?: string }];

      it(`turns ${event} into one turn with that event, in its conversation`, async () => {
        // The same event as the one before, written otherwise: for one endpoint it would be a repetition.
        const isRepetition = event === 'passThreadControlStrings';
        const receiver = isRepetition ? await start(createBot(turns)) : endpoint;
        await receiver.deliver(payload);
        if (isRepetition) await receiver.close();
        // Meta tells no time of this one, so each endpoint knows its own.
        if (event === 'delivery') for (const turn of turns) Object.assign(turn.event ?? {}, { timestamp: undefined });
        expect(turns).to.deep.equal([
          {
            event: event === 'delivery' ? { ...first, timestamp: undefined } : first,
            handlers,
            conversation: first.psid === undefined ? undefined : `${first.psid}-${pageId}`,
          },
        ]);
      });
    }

    const hello = (...mids: string[]) => ({
      object: 'page',
      entry: mids.map((mid) => ({
        id: pageId,
        time: 1767225600123,
        messaging: [
          { sender: { id: psid }, recipient: { id: pageId }, timestamp: 1767225600123, message: { mid, text: mid } },
        ],
      })),
    });

    it('brings the words of the bot to the customer, with its choices', async () => {
      await endpoint.deliver(hello('choose'));
      expect(withoutMetadata(sent())).to.deep.equal([
        { recipient: { id: psid }, messaging_type: 'RESPONSE', message: { text: 'you said choose' } },
        {
          recipient: { id: psid },
          messaging_type: 'RESPONSE',
          message: {
            text: 'what now?',
            quick_replies: [
              { content_type: 'text', title: 'Yes', payload: 'yes' },
              { content_type: 'text', title: 'No', payload: 'No' },
            ],
          },
        },
      ]);
    });

    it('shows that the bot is typing', async () => {
      await endpoint.deliver(hello('typing'));
      expect(sent()[0]).to.deep.include({ recipient: { id: psid }, sender_action: 'typing_on' });
    });

    it('handles an event once, though it is delivered twice', async () => {
      await endpoint.deliver(hello('once'));
      await endpoint.deliver(hello('once'));
      expect(turns).to.have.length(1);
    });

    it('handles everything of a batch, in order', async () => {
      await endpoint.deliver(hello('one', 'two', 'three'));
      expect(sent().map(({ message }) => message?.text)).to.deep.equal([
        'you said one',
        'you said two',
        'you said three',
      ]);
    });

    it('gives each customer of a standby batch a turn', async () => {
      await endpoint.deliver(fixtures.get('batch')!.payload);
      const events = turns.map((turn) => (turn as { event: { via: string; psid: string; text?: string } }).event);
      const messages = events.filter(({ text }) => text !== undefined);
      expect(messages.map(({ via, text }) => `${via} ${text}`)).to.have.members([
        'messaging one',
        'messaging two',
        'standby three',
        'standby four',
      ]);
    });
  });
}

/** A bot that keeps each turn's event and the handlers that it came to, and answers messages. */
function createBot(turns: object[]): FacebookActivityHandler {
  const bot = new FacebookActivityHandler();
  let handlers: string[] = [];
  bot.onTurn(async (context, next) => {
    handlers = [];
    const event = facebookEventOf(context.activity);
    if (event !== undefined) applyFacebookPayload(context, event);
    const { conversation } = context.activity as { conversation?: { id: string } };
    turns.push({ event: event && printable(event), handlers, conversation: conversation?.id });
    await next();
  });
  const notes =
    (name: string) =>
    async (_event: unknown, _context: TurnContext, next: () => Promise<void>): Promise<void> => {
      handlers.push(name);
      await next();
    };
  bot.onFacebookPassThreadControl(notes('pass_thread_control'));
  bot.onFacebookTakeThreadControl(notes('take_thread_control'));
  bot.onFacebookRequestThreadControl(notes('request_thread_control'));
  bot.onFacebookAppRoles(notes('app_roles'));
  bot.onFacebookPolicyEnforcement(notes('policy_enforcement'));
  bot.onFacebookStandby(notes('standby'));
  bot.onFacebookEcho(notes('echo'));
  bot.onFacebookPostback(notes('postback'));
  bot.onFacebookQuickReply(notes('quick reply'));
  bot.onFacebookReferral(notes('referral'));
  bot.onFacebookReaction(notes('reaction'));
  bot.onFacebookOptin(notes('optin'));
  bot.onFacebookNotice(notes('notice'));
  bot.onFacebookRead(notes('read'));
  bot.onFacebookDelivery(notes('delivery'));
  bot.onEvent(async (context, next) => {
    // Whatever it is that the bot is not told with a kind of its own, it is there.
    handlers.push((context.activity.value as unknown) === undefined ? 'event without value' : 'event');
    await next();
  });
  bot.onMessage(async (context, next) => {
    handlers.push('message');
    const { text } = context.activity;
    if (text === 'typing') await context.sendActivity({ type: 'typing' });
    await context.sendActivity(`you said ${text}`);
    if (text === 'choose') {
      const yes = { type: 'imBack', title: 'Yes', value: 'yes' };
      await context.sendActivity(MessageFactory.suggestedActions([yes, 'No'], 'what now?'));
    }
    await next();
  });
  return bot;
}

/** Neither the metadata nor the proof of the caller, which the direct endpoint sends along. */
function withoutMetadata(bodies: readonly SentBody[]): object[] {
  return bodies.map(({ message, appsecret_proof: _proof, ...rest }) => {
    if (message === undefined) return rest;
    const { metadata: _, ...visible } = message;
    return { ...rest, message: visible };
  });
}
