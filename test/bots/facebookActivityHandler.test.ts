import { type Activity } from 'botbuilder';
import { expect } from 'chai';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import { BotStage } from '../support/botStage.ts';
import {
  conversationId,
  conversationUpdate,
  echoes,
  echoItem,
  eventActivity,
  facebookActivity,
  item,
  messageActivity,
  messageItem,
  onStandby,
  pageId,
  psid,
  says,
  taps,
} from '../support/facebookActivities.ts';
import { traceOf } from './handlerTrace.ts';

const orders: Record<string, { activity: Activity; order: string[] }> = {
  'a message that was taken back': {
    activity: messageActivity(item({ message: { mid: 'm_1', is_deleted: true } }), ''),
    order: ['onTurn', 'onEvent', 'onDialog'],
  },
  'a message that was edited': {
    activity: messageActivity(item({ message_edit: { mid: 'm_1', text: 'new', num_edit: 1 } }), 'new'),
    order: ['onTurn', 'onEvent', 'onDialog'],
  },
  'a text message': { activity: says('hi'), order: ['onTurn', 'onMessage', 'onDialog'] },
  'a message without text': {
    activity: messageActivity(item({ message: { mid: 'm_1', attachments: [{ type: 'sticker' }] } })),
    order: ['onTurn', 'onMessage', 'onDialog'],
  },
  'a quick reply': { activity: taps('Yes'), order: ['onTurn', 'onFacebookQuickReply', 'onMessage', 'onDialog'] },
  'a postback as message': {
    activity: messageActivity(item({ postback: { title: 'Start', payload: 'start' } }), 'start'),
    order: ['onTurn', 'onFacebookPostback', 'onMessage', 'onDialog'],
  },
  'a postback as event': {
    activity: eventActivity({ postback: { title: 'Start', payload: 'start' } }),
    order: ['onTurn', 'onFacebookPostback', 'onMessage', 'onDialog'],
  },
  'a pass': {
    activity: conversationUpdate({ pass_thread_control: { new_owner_app_id: 1 } }),
    order: ['onTurn', 'onFacebookPassThreadControl', 'onConversationUpdate', 'onDialog'],
  },
  'a take': {
    activity: conversationUpdate({ take_thread_control: { previous_owner_app_id: 1 } }),
    order: ['onTurn', 'onFacebookTakeThreadControl', 'onConversationUpdate', 'onDialog'],
  },
  'a request': {
    activity: eventActivity({ request_thread_control: { requested_owner_app_id: 1 } }),
    order: ['onTurn', 'onFacebookRequestThreadControl', 'onEvent', 'onDialog'],
  },
  'app roles': {
    activity: facebookActivity({
      type: 'event',
      value: { recipient: { id: pageId }, timestamp: 1, app_roles: { '123': ['primary_receiver'] } },
    }),
    order: ['onTurn', 'onFacebookAppRoles', 'onEvent', 'onDialog'],
  },
  'a policy that Meta enforces': {
    activity: facebookActivity({
      type: 'event',
      value: { recipient: { id: pageId }, timestamp: 1, policy_enforcement: { action: 'block', reason: 'spam' } },
    }),
    order: ['onTurn', 'onFacebookPolicyEnforcement', 'onEvent', 'onDialog'],
  },
  'an opt-in': {
    activity: eventActivity({ optin: { ref: 'r' } }),
    order: ['onTurn', 'onFacebookOptin', 'onEvent', 'onDialog'],
  },
  'a referral': {
    activity: eventActivity({ referral: { ref: 'r', source: 'ADS', type: 'OPEN_THREAD' } }),
    order: ['onTurn', 'onFacebookReferral', 'onEvent', 'onDialog'],
  },
  'a reaction': {
    activity: eventActivity({ reaction: { mid: 'm_1', action: 'react', reaction: 'love' } }),
    order: ['onTurn', 'onFacebookReaction', 'onEvent', 'onDialog'],
  },
  'a reaction as messageReaction': {
    activity: facebookActivity({
      type: 'messageReaction',
      channelData: item({ reaction: { mid: 'm_1', action: 'react', reaction: 'love' } }),
    }),
    order: ['onTurn', 'onFacebookReaction', 'onMessageReaction', 'onDialog'],
  },
  'a reaction as message, which says nothing': {
    activity: messageActivity(item({ reaction: { mid: 'm_1', action: 'react', reaction: 'love' } })),
    order: ['onTurn', 'onFacebookReaction', 'onDialog'],
  },
  'a read receipt': {
    activity: eventActivity({ read: { watermark: 1 } }),
    order: ['onTurn', 'onFacebookRead', 'onEvent', 'onDialog'],
  },
  'a read receipt as message': {
    activity: messageActivity(item({ read: { watermark: 1 } })),
    order: ['onTurn', 'onFacebookRead', 'onDialog'],
  },
  'a delivery receipt as message': {
    activity: messageActivity(item({ delivery: { mids: ['m_1'], watermark: 1 } })),
    order: ['onTurn', 'onFacebookDelivery', 'onDialog'],
  },
  "a notice of Meta's own": {
    activity: messageActivity(item({ message: { admin_text: 'Your AI agent will respond.' } })),
    order: ['onTurn', 'onFacebookNotice', 'onEvent', 'onDialog'],
  },
  'a notice on standby': {
    activity: onStandby([item({ message: { admin_text: 'Your AI agent will respond.' } })]),
    order: ['onTurn', 'onFacebookNotice', 'onEvent', 'onDialog'],
  },
  'a message of which Meta shows nothing': {
    activity: messageActivity(item({ message: { mid: 'm_1', is_unsupported: true } })),
    order: ['onTurn', 'onEvent', 'onDialog'],
  },
  'a quick reply with a referral beside it': {
    activity: messageActivity(
      item({ message: { text: 'Yes', quick_reply: { payload: 'y' } }, referral: { ref: 'r' } }),
    ),
    order: ['onTurn', 'onFacebookReferral', 'onFacebookQuickReply', 'onMessage', 'onDialog'],
  },
  'a postback with a referral in it': {
    activity: messageActivity(item({ postback: { title: 'Start', payload: 's', referral: { ref: 'r' } } })),
    order: ['onTurn', 'onFacebookReferral', 'onFacebookPostback', 'onMessage', 'onDialog'],
  },
  'a message without words, files and payload': {
    activity: facebookActivity({ type: 'message', text: '', attachments: [] }),
    order: ['onTurn', 'onEvent', 'onDialog'],
  },
  'an echo as message': { activity: echoes('hi'), order: ['onTurn', 'onFacebookEcho'] },
  'an echo as event': {
    activity: facebookActivity({ type: 'event', value: echoItem('hi') }),
    order: ['onTurn', 'onFacebookEcho'],
  },
  'an echo on standby': { activity: onStandby([echoItem('hi')]), order: ['onTurn', 'onFacebookEcho'] },
  'a message on standby': {
    activity: onStandby([messageItem('hi')]),
    order: ['onTurn', 'onFacebookStandby', 'onEvent', 'onDialog'],
  },
  'a quick reply on standby': {
    activity: onStandby([messageItem('Yes', 'yes')]),
    order: ['onTurn', 'onFacebookStandby', 'onEvent', 'onDialog'],
  },
  'a postback on standby': {
    activity: onStandby([item({ postback: { title: 'Start' } })]),
    order: ['onTurn', 'onFacebookStandby', 'onEvent', 'onDialog'],
  },
  'a read receipt on standby': {
    activity: onStandby([item({ read: { watermark: 1 } })]),
    order: ['onTurn', 'onFacebookStandby', 'onEvent', 'onDialog'],
  },
};

describe('FacebookActivityHandler', () => {
  describe('runs the Facebook handlers before the general ones', () => {
    for (const [name, { activity, order }] of Object.entries(orders)) {
      it(`for ${name}: ${order.join(' > ')}`, async () => {
        expect(await traceOf(structuredClone(activity))).to.deep.equal(order);
      });
    }

    for (const [name, { activity, order }] of Object.entries(orders)) {
      const own = order.find((handler) => handler.startsWith('onFacebook'));
      if (own === undefined) continue;
      it(`and ends for ${name} at ${own} when that does not call next()`, async () => {
        expect(await traceOf(structuredClone(activity), own)).to.deep.equal(['onTurn', own]);
      });
    }
  });

  it('runs several handlers of one kind in the order of registration', async () => {
    const calls: string[] = [];
    const handler = new FacebookActivityHandler()
      .onFacebookQuickReply(async (event, _context, next) => {
        calls.push(`first ${event.quickReply.payload}`);
        await next();
      })
      .onFacebookQuickReply(async (event, _context, next) => {
        calls.push(`second ${event.text ?? ''}`);
        await next();
      });
    await new BotStage().play(handler, taps('Yes', 'yes-payload'));
    expect(calls).to.deep.equal(['first yes-payload', 'second Yes']);
  });

  it('hands over the event typed, with ids as strings', async () => {
    const owners: (string | undefined)[] = [];
    const handler = new FacebookActivityHandler().onFacebookPassThreadControl(async (event) => {
      owners.push(event.newOwnerAppId, event.previousOwnerAppId, event.metadata);
    });
    await new BotStage().play(
      handler,
      conversationUpdate({
        pass_thread_control: { new_owner_app_id: 2262510160704936, previous_owner_app_id: null, metadata: null },
      }),
    );
    expect(owners).to.deep.equal(['2262510160704936', undefined, undefined]);
  });

  describe('fills in who and where before the first handler', () => {
    const complete = `${psid} to ${pageId} in ${conversationId}`;

    async function whoAndWhere(activity: Activity): Promise<string[]> {
      const seen: string[] = [];
      const handler = new FacebookActivityHandler().onTurn(async (context, next) => {
        const { from, recipient, conversation } = context.activity;
        seen.push(`${from.id} to ${recipient.id} in ${conversation.id}`);
        await next();
      });
      await new BotStage().play(handler, activity);
      return seen;
    }

    it('for an event activity that has none of the three', async () => {
      expect(await whoAndWhere(eventActivity({ request_thread_control: {} }))).to.deep.equal([complete]);
    });

    it('for a standby activity', async () => {
      expect(await whoAndWhere(onStandby([messageItem('hi')]))).to.deep.equal([complete]);
    });

    it('for an echo, which the Page sent', async () => {
      expect(await whoAndWhere(onStandby([echoItem('hi')]))).to.deep.equal([
        `${pageId} to ${psid} in ${conversationId}`,
      ]);
    });
  });

  describe('never throws on a strange payload', () => {
    const strange: Record<string, Record<string, unknown>> = {
      'standby without anything': { type: 'event', name: 'standby' },
      'standby with value null': { type: 'event', name: 'standby', value: null, channelData: null },
      'standby with an empty array': { type: 'event', name: 'standby', value: [] },
      'standby with an empty object': { type: 'event', name: 'standby', value: { standby: {} } },
      'standby with items that are none': { type: 'event', name: 'standby', value: [null, 7, 'x', [], {}] },
      'standby with a text as value': { type: 'event', name: 'standby', value: 'standby' },
      'an event without name and value': { type: 'event' },
      'an event with a number as value': { type: 'event', value: 42 },
      'an event with a number as name': { type: 'event', name: 42, value: {} },
      'a request without a body': { type: 'event', value: { request_thread_control: null } },
      'a request with a text as body': { type: 'event', value: item({ request_thread_control: 'please' }) },
      'a pass with a list as body': { type: 'conversationUpdate', channelData: item({ pass_thread_control: [] }) },
      'a conversationUpdate without channelData': { type: 'conversationUpdate' },
      'a message with channelData null': { type: 'message', text: 'hi', channelData: null },
      'a message whose channelData is a text': { type: 'message', text: 'hi', channelData: 'hi' },
      'a message whose sender has no id': { type: 'message', channelData: { sender: {}, message: { text: 7 } } },
      'a message with a message that is null': { type: 'message', channelData: { message: null } },
      'a postback that is a text': { type: 'message', channelData: item({ postback: 'start' }) },
      'a messageReaction without lists': { type: 'messageReaction' },
      'members that are none': { type: 'conversationUpdate', recipient: { id: '1' }, membersAdded: [null, 7, 'x'] },
      'members that are no list': { type: 'conversationUpdate', recipient: { id: '1' }, membersRemoved: 'x' },
      'an unknown type': { type: 'surprise', value: { standby: [messageItem('hi')] } },
    };
    for (const [name, fields] of Object.entries(strange)) {
      it(name, async () => {
        expect((await traceOf(facebookActivity(fields)))[0]).to.equal('onTurn');
      });
    }

    it('and hands on what it does not understand, as it was received', async () => {
      const seen: unknown[] = [];
      const handler = new FacebookActivityHandler().onFacebookStandby(async (event) => {
        seen.push([event.kind, event.raw]);
      });
      await new BotStage().play(handler, onStandby([item({ something_new: { a: 1 } })]));
      expect(seen).to.deep.equal([['unsupported', item({ something_new: { a: 1 } })]]);
    });
  });

  describe('on other channels', () => {
    it('is as ActivityHandler, whatever the payload looks like', async () => {
      const activity = { ...says('hi'), channelId: 'emulator', channelData: echoItem('hi') };
      expect(await traceOf(activity)).to.deep.equal(['onTurn', 'onMessage', 'onDialog']);
      const standby = { ...onStandby([messageItem('hi')]), channelId: 'directline' };
      expect(await traceOf(standby)).to.deep.equal(['onTurn', 'onEvent', 'onDialog']);
    });
  });
});
