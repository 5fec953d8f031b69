import { ActionTypes, ActivityTypes, CardFactory, MessageFactory, type Activity, type CardAction } from 'botbuilder';
import { expect } from 'chai';
import { sendApiCallsOf, type SendApiCallOptions } from '../../../adapters/messenger/sendApiCalls.ts';
import { UnsendableMessageError } from '../../../helpers/unsendableMessageError.ts';

const recipient = { id: '76' };

function callsOf(activity: Partial<Activity>, options: Partial<SendApiCallOptions> = {}) {
  return sendApiCallsOf(activity, '76', options);
}

/** What the customer sees, without what every message has. */
function messagesOf(activity: Partial<Activity>): Record<string, unknown>[] {
  return callsOf(activity).map((call) => {
    if (!('message' in call)) throw new Error('Not a message.');
    return { ...call.message };
  });
}

function refusalOf(activity: Partial<Activity>): string {
  try {
    callsOf(activity);
  } catch (error) {
    if (error instanceof UnsendableMessageError) return error.message;
    throw error;
  }
  throw new Error('The message was accepted.');
}

function hero(title: string, text: string, images: string[] = [], buttons: CardAction[] = [], more = {}) {
  return MessageFactory.attachment(CardFactory.heroCard(title, text, images, buttons, more));
}

describe('sendApiCallsOf', () => {
  describe('text', () => {
    it('is one call, a response to the customer', () => {
      expect(callsOf(MessageFactory.text('hello'))).to.deep.equal([
        { recipient, messaging_type: 'RESPONSE', message: { text: 'hello' } },
      ]);
    });

    it("is split at Meta's limit of 2000, with the quick replies on the last part", () => {
      const text = `${'word '.repeat(500)}end`;
      const messages = messagesOf(MessageFactory.suggestedActions(['Yes'], text));
      expect(messages).to.have.length(2);
      expect(messages.map((message) => message['text']).join('')).to.equal(text);
      expect(messages.map((message) => 'quick_replies' in message)).to.deep.equal([false, true]);
    });

    it('of white space alone is refused, as is a message with nothing in it', () => {
      for (const text of ['', '  \n']) expect(refusalOf(MessageFactory.text(text))).to.contain('nothing to send');
    });

    it('before the bot was asked anything is an update', () => {
      expect(callsOf(MessageFactory.text('psst'), { messagingType: 'UPDATE' })[0]).to.include({
        messaging_type: 'UPDATE',
      });
    });
  });

  describe('suggested actions', () => {
    const quickReplies = (actions: Parameters<typeof MessageFactory.suggestedActions>[0]) =>
      messagesOf(MessageFactory.suggestedActions(actions, '?'))[0]?.['quick_replies'] as Record<string, unknown>[];

    it('become quick replies with the value as payload', () => {
      expect(
        quickReplies([
          'Yes',
          { type: ActionTypes.ImBack, title: 'No', value: 'no_payload', image: 'https://example.com/no.png' },
          { type: ActionTypes.MessageBack, title: 'Later', value: { hours: 1 } },
        ]),
      ).to.deep.equal([
        { content_type: 'text', title: 'Yes', payload: 'Yes' },
        { content_type: 'text', title: 'No', payload: 'no_payload', image_url: 'https://example.com/no.png' },
        { content_type: 'text', title: 'Later', payload: '{"hours":1}' },
      ]);
    });

    it('may be thirteen; more are refused rather than left out', () => {
      const titles = Array.from({ length: 14 }, (_, index) => `Choice ${index}`);
      expect(quickReplies(titles.slice(1)).map(({ title }) => title)).to.deep.equal(titles.slice(1));
      expect(refusalOf(MessageFactory.suggestedActions(titles, '?')))
        .to.contain('13')
        .and.contain('14');
      const native = titles.map((title) => ({ content_type: 'text', title, payload: title }));
      const channelData = { quick_replies: native };
      expect(refusalOf({ ...MessageFactory.text('?'), channelData }))
        .to.contain('13')
        .and.contain('14');
    });

    it('that do something else than speak are refused with their type', () => {
      for (const type of [ActionTypes.OpenUrl, ActionTypes.Call, ActionTypes.Signin, 'openApp']) {
        const actions = [{ type, title: 'Go', value: 'https://example.com/' }];
        expect(refusalOf(MessageFactory.suggestedActions(actions, '?')), type).to.contain(type);
      }
    });

    it('have titles of at most 20 characters, cut between characters, and a whole payload', () => {
      const title = `${'x'.repeat(18)}👨‍👩‍👧‍👦`;
      expect(quickReplies([title])).to.deep.equal([{ content_type: 'text', title: 'x'.repeat(18), payload: title }]);
    });

    it('with a value of more than 1000 characters are refused, since a part of it means something else', () => {
      const actions = [{ type: ActionTypes.ImBack, title: 'Long', value: 'x'.repeat(1001) }];
      expect(refusalOf(MessageFactory.suggestedActions(actions, '?'))).to.contain('1000');
    });

    it('without a title are refused', () => {
      const actions = [{ type: ActionTypes.ImBack, title: '', value: '' }, 'Yes'];
      expect(refusalOf(MessageFactory.suggestedActions(actions, '?'))).to.contain('needs a title');
    });
  });

  describe('cards', () => {
    const postback = { type: 'postback', title: 'Order', payload: 'order' };
    const order = { type: ActionTypes.PostBack, title: 'Order', value: 'order' };

    it('with a picture become a generic template', () => {
      const card = hero('Shoes', 'Red ones', ['https://example.com/shoes.png'], [order], {
        tap: { type: ActionTypes.OpenUrl, title: '', value: 'https://example.com/shoes' },
      });
      expect(messagesOf(card)).to.deep.equal([
        {
          attachment: {
            type: 'template',
            payload: {
              template_type: 'generic',
              elements: [
                {
                  title: 'Shoes',
                  subtitle: 'Red ones',
                  image_url: 'https://example.com/shoes.png',
                  default_action: { type: 'web_url', url: 'https://example.com/shoes' },
                  buttons: [postback],
                },
              ],
            },
          },
        },
      ]);
    });

    it('with buttons alone become a button template', () => {
      expect(messagesOf(hero('Shoes', 'Red ones', [], [order]))).to.deep.equal([
        {
          attachment: {
            type: 'template',
            payload: { template_type: 'button', text: 'Shoes\nRed ones', buttons: [postback] },
          },
        },
      ]);
    });

    it('with more text than fits beside buttons send it before them', () => {
      const long = 'word '.repeat(200).trim();
      const [text, template] = messagesOf(hero('Shoes', long, [], [order]));
      expect(text).to.deep.equal({ text: `Shoes\n${long}` });
      expect(template).to.have.nested.property('attachment.payload.text', 'Shoes');
    });

    it('without picture and buttons are text', () => {
      expect(messagesOf(hero('Shoes', 'Red ones'))).to.deep.equal([{ text: 'Shoes\nRed ones' }]);
    });

    it('of the thumbnail kind are the same', () => {
      const card = CardFactory.thumbnailCard('Shoes', undefined, undefined, { buttons: [order] } as never);
      expect(messagesOf(MessageFactory.attachment(card))[0]).to.have.nested.property(
        'attachment.payload.template_type',
        'button',
      );
    });

    it('side by side are one template of up to ten', () => {
      const cards = Array.from({ length: 12 }, (_, index) => CardFactory.heroCard(`Card ${index}`, 'text'));
      const templates = messagesOf(MessageFactory.carousel(cards));
      expect(
        templates.map(({ attachment }) => (attachment as { payload: { elements: unknown[] } }).payload.elements.length),
      ).to.deep.equal([10, 2]);
    });

    it('have buttons that open pages, call and send, with titles of 20 characters', () => {
      const buttons = [
        { type: ActionTypes.OpenUrl, title: 'Our page', value: 'https://example.com/' },
        { type: ActionTypes.Call, title: 'Call', value: 'tel:+491234567' },
        { type: ActionTypes.ImBack, title: 'A title that is much too long', value: 'x' },
      ];
      expect(messagesOf(hero('Shoes', '', [], buttons))[0]).to.have.deep.nested.property('attachment.payload.buttons', [
        { type: 'web_url', title: 'Our page', url: 'https://example.com/' },
        { type: 'phone_number', title: 'Call', payload: '+491234567' },
        { type: 'postback', title: 'A title that is much', payload: 'x' },
      ]);
    });

    it('without any words are refused', () => {
      expect(refusalOf(hero('', '', [], [order]))).to.contain('needs a title');
      expect(refusalOf(hero('', '', ['https://example.com/a.png']))).to.contain('needs a title');
    });

    it('have at most three buttons: a fourth is refused rather than left out', () => {
      const buttons = ['1', '2', '3', '4'].map((title) => ({ ...order, title }));
      const picture = ['https://example.com/a.png'];
      for (const images of [[], picture]) expect(refusalOf(hero('Shoes', '', images, buttons))).to.contain('4');
      const cards = [CardFactory.heroCard('A', [], buttons), CardFactory.heroCard('B')];
      expect(refusalOf(MessageFactory.carousel(cards))).to.contain('4');
    });

    it('sign in by a button that opens the page, also where Bot Builder asks for its own sign-in card', () => {
      const button = { type: 'web_url', title: 'Sign in', url: 'https://login.example/' };
      const signin = CardFactory.signinCard('Sign in', 'https://login.example/', 'Who are you?');
      const template = {
        type: 'template',
        payload: { template_type: 'button', text: 'Who are you?', buttons: [button] },
      };
      expect(messagesOf(MessageFactory.attachment(signin))).to.deep.equal([{ attachment: template }]);
      const oauth = CardFactory.oauthCard('aad', 'Sign in', 'Who are you?', 'https://login.example/');
      expect(messagesOf(MessageFactory.attachment(oauth))).to.deep.equal([{ attachment: template }]);
      const nowhere = CardFactory.oauthCard('aad', 'Sign in', 'Who are you?');
      expect(refusalOf(MessageFactory.attachment(nowhere))).to.contain('the address of a button');
    });

    it('with what Messenger has nothing like are refused: buttons, taps and pictures', () => {
      const odd = { type: 'payment', title: 'Pay', value: 'x' };
      expect(refusalOf(hero('Shoes', '', [], [odd]))).to.contain('payment');
      expect(refusalOf(hero('Shoes', '', [], [], { tap: order }))).to.contain('tap');
      expect(refusalOf(hero('Shoes', '', ['https://example.com/a.png', 'https://example.com/b.png']))).to.contain(
        'picture',
      );
    });

    it('of other kinds are refused with a hint', () => {
      const card = { contentType: 'application/vnd.microsoft.teams.card.list', content: {} };
      expect(refusalOf(MessageFactory.attachment(card))).to.contain('channelData.attachment');
    });

    describe('that play something', () => {
      const url = 'https://example.com/m.mp4';
      const playing = (contentType: string, content: object) =>
        MessageFactory.attachment({ contentType: `application/vnd.microsoft.card.${contentType}`, content });

      it('are the recording, and then their words and buttons', () => {
        const content = { title: 'Shoes', text: 'In motion', media: [{ url }], buttons: [order] };
        const payload = { template_type: 'button', text: 'Shoes\nIn motion', buttons: [postback] };
        for (const type of ['video', 'audio']) {
          expect(messagesOf(playing(type, content))).to.deep.equal([
            { attachment: { type, payload: { url } } },
            { attachment: { type: 'template', payload } },
          ]);
        }
      });

      it('are a picture when the animation is one', () => {
        const sent = ['a.gif', 'a.mp4'].map((name) => {
          return messagesOf(playing('animation', { media: [{ url: `https://example.com/${name}` }] }))[0];
        });
        expect(sent).to.deep.equal([
          { attachment: { type: 'image', payload: { url: 'https://example.com/a.gif' } } },
          { attachment: { type: 'video', payload: { url: 'https://example.com/a.mp4' } } },
        ]);
      });

      it('are refused without an address', () => {
        expect(refusalOf(playing('video', { title: 'Shoes' }))).to.contain('media');
        expect(refusalOf(playing('audio', { media: [{ url: 'file:///a' }] }))).to.contain('media');
      });
    });

    describe('that are receipts', () => {
      const facts = [
        { key: 'Order Number', value: '12345' },
        { key: 'Payment Method', value: 'VISA 1234' },
        { key: 'Customer', value: 'Carla' },
      ];
      const items = [
        {
          title: 'Shoes',
          subtitle: 'Red',
          price: '$1,200.50',
          quantity: '2',
          image: { url: 'https://example.com/a.png' },
        },
      ];
      const receipt = (more: object = {}) =>
        MessageFactory.attachment(
          CardFactory.receiptCard({ title: 'Thanks', facts, items, total: '$1,234.5', tax: '34', ...more } as never),
        );

      it("become Meta's receipt template", () => {
        expect(messagesOf(receipt())).to.deep.equal([
          {
            attachment: {
              type: 'template',
              payload: {
                template_type: 'receipt',
                recipient_name: 'Carla',
                order_number: '12345',
                payment_method: 'VISA 1234',
                currency: 'USD',
                elements: [
                  {
                    title: 'Shoes',
                    subtitle: 'Red',
                    price: 1200.5,
                    quantity: 2,
                    currency: 'USD',
                    image_url: 'https://example.com/a.png',
                  },
                ],
                summary: { total_cost: 1234.5, total_tax: 34 },
              },
            },
          },
        ]);
      });

      it('are read in the writing of other countries, and by a currency that is named', () => {
        const total = (more: object) => {
          const [message] = messagesOf(receipt({ items: [], tax: undefined, ...more }));
          const { currency, summary } = (message as { attachment: { payload: { currency: string; summary: object } } })
            .attachment.payload;
          return [currency, summary];
        };
        expect(total({ total: '1.234,50 €' })).to.deep.equal(['EUR', { total_cost: 1234.5 }]);
        expect(total({ total: '1 234', facts: [...facts, { key: 'Currency', value: 'sek' }] })).to.deep.equal([
          'SEK',
          { total_cost: 1234 },
        ]);
      });

      it('are refused with what is missing, rather than sent with guessed figures', () => {
        expect(refusalOf(receipt({ facts: [] }))).to.contain('Order Number');
        expect(refusalOf(receipt({ facts: facts.slice(1) }))).to.contain('Order Number');
        expect(refusalOf(receipt({ total: undefined }))).to.contain('total');
        expect(refusalOf(receipt({ total: '17' }))).to.contain('currency');
        expect(refusalOf(receipt({ total: '$ much' }))).to.contain('amount');
      });
    });

    describe('that are Adaptive Cards', () => {
      const adaptive = (content: object, text = '') => ({
        ...MessageFactory.attachment(CardFactory.adaptiveCard({ type: 'AdaptiveCard', version: '1.5', ...content })),
        text,
      });
      const body = [
        { type: 'TextBlock', text: 'PIZZA' },
        {
          type: 'ColumnSet',
          columns: [{ type: 'Column', items: [{ type: 'FactSet', facts: [{ title: 'Size', value: 'L' }] }] }],
        },
      ];

      it('are their words, pictures and actions, behind the text of the message', () => {
        const image = { type: 'Image', url: 'https://example.com/p.png' };
        const actions = [
          { type: 'Action.OpenUrl', title: 'Menu', url: 'https://example.com/' },
          { type: 'Action.Submit', title: 'Order', data: { id: 7 } },
        ];
        expect(messagesOf(adaptive({ body: [image, ...body], actions }, 'Here it is'))).to.deep.equal([
          { text: 'Here it is' },
          { attachment: { type: 'image', payload: { url: 'https://example.com/p.png' } } },
          {
            attachment: {
              type: 'template',
              payload: {
                template_type: 'button',
                text: 'PIZZA\nSize L',
                buttons: [
                  { type: 'web_url', title: 'Menu', url: 'https://example.com/' },
                  { type: 'postback', title: 'Order', payload: '{"id":7}' },
                ],
              },
            },
          },
        ]);
      });

      it('with something that Messenger has nothing like are their fallbackText', () => {
        const input = { type: 'Input.Text', id: 'name' };
        expect(
          messagesOf(adaptive({ body: [...body, input], fallbackText: 'Tell me your name' }, 'Hello')),
        ).to.deep.equal([{ text: 'Hello' }, { text: 'Tell me your name' }]);
        expect(messagesOf(adaptive({ body: [], fallbackText: 'PIZZA' }))).to.deep.equal([{ text: 'PIZZA' }]);
      });

      it('without one are refused, and the element is named', () => {
        expect(refusalOf(adaptive({ body: [{ type: 'Input.Text', id: 'name' }] }))).to.contain('Input.Text');
        expect(refusalOf(adaptive({ body, actions: [{ type: 'Action.ShowCard', title: 'x' }] }))).to.contain(
          'Action.ShowCard',
        );
        expect(refusalOf(adaptive({}))).to.contain('fallbackText');
        let deep: object = { type: 'TextBlock', text: 'x' };
        for (let level = 0; level < 5_000; level += 1) deep = { type: 'Container', items: [deep] };
        expect(refusalOf(adaptive({ body: [deep] }))).to.contain('deep');
      });
    });
  });

  describe('files', () => {
    const file = (contentType: string, contentUrl: string) => MessageFactory.contentUrl(contentUrl, contentType);

    it('go by their address, as image, video, audio or file', () => {
      const types = ['image/png', 'image', 'video/mp4', 'audio/ogg', 'application/pdf'];
      const sent = types.map((type) => messagesOf(file(type, `https://example.com/${type}`))[0]?.['attachment']);
      expect(sent).to.deep.equal([
        { type: 'image', payload: { url: 'https://example.com/image/png' } },
        { type: 'image', payload: { url: 'https://example.com/image' } },
        { type: 'video', payload: { url: 'https://example.com/video/mp4' } },
        { type: 'audio', payload: { url: 'https://example.com/audio/ogg' } },
        { type: 'file', payload: { url: 'https://example.com/application/pdf' } },
      ]);
    });

    it('come after the text, with the quick replies on the last of them', () => {
      const message = MessageFactory.suggestedActions(['Nice'], 'Look:');
      message.attachments = [{ contentType: 'image/png', contentUrl: 'https://example.com/a.png' }];
      expect(messagesOf(message).map((one) => Object.keys(one))).to.deep.equal([
        ['text'],
        ['attachment', 'quick_replies'],
      ]);
    });

    it('inside the message are refused, since Meta fetches them', () => {
      expect(refusalOf(file('image/png', 'data:image/png;base64,AAAA'))).to.contain('http or https');
    });
  });

  describe('channelData', () => {
    const withData = (channelData: unknown, text = 'hello') => ({ ...MessageFactory.text(text), channelData });

    it('gives attachment, quick replies, notification type, persona and metadata to Messenger', () => {
      const attachment = { type: 'template', payload: { template_type: 'receipt' } };
      const quickReply = { content_type: 'user_email' };
      const channelData = {
        attachment,
        quick_replies: [quickReply],
        notification_type: 'SILENT_PUSH',
        persona_id: '12',
        message: { metadata: 'mine' },
      };
      const about = { recipient, persona_id: '12', messaging_type: 'RESPONSE', notification_type: 'SILENT_PUSH' };
      expect(callsOf(withData(channelData))).to.deep.equal([
        { ...about, message: { text: 'hello', metadata: 'mine' } },
        { ...about, message: { attachment, quick_replies: [quickReply], metadata: 'mine' } },
      ]);
    });

    it('may carry the message alone', () => {
      const attachment = { type: 'image', payload: { attachment_id: '9' } };
      expect(messagesOf(withData({ attachment }, ''))).to.deep.equal([{ attachment }]);
    });

    it('says of which type the message is, and a tag alone says it too', () => {
      expect(callsOf(withData({ messaging_type: 'UTILITY' }))[0]).to.include({ messaging_type: 'UTILITY' });
      expect(callsOf(withData({ tag: 'CUSTOMER_FEEDBACK' }))[0]).to.include({
        messaging_type: 'MESSAGE_TAG',
        tag: 'CUSTOMER_FEEDBACK',
      });
    });

    it('may not pretend that a person wrote it', () => {
      expect(refusalOf(withData({ messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }))).to.contain('HUMAN_AGENT');
      expect(refusalOf(withData({ tag: 'human_agent' }))).to.contain('HUMAN_AGENT');
    });

    it('may not use a tag that Meta has retired, nor one that there never was', () => {
      for (const tag of ['ACCOUNT_UPDATE', 'POST_PURCHASE_UPDATE', 'CONFIRMED_EVENT_UPDATE', 'NO_SUCH_TAG']) {
        expect(refusalOf(withData({ tag }))).to.contain(tag);
      }
    });

    it('names the customer in the other ways that Meta gives', () => {
      for (const name of ['user_ref', 'comment_id', 'post_id', 'one_time_notif_token', 'notification_messages_token']) {
        expect(callsOf(withData({ recipient: { [name]: '42' } }))[0]?.recipient).to.deep.equal({ [name]: '42' });
      }
      expect(callsOf(withData({ recipient: { id: '76' } }))[0]?.recipient).to.deep.equal(recipient);
    });

    it('never leads a message to somebody else than it says, or than the conversation is with', () => {
      expect(refusalOf(withData({ recipient: { id: '77' } }))).to.contain('another customer');
      for (const strange of [{}, { name: 'Carla' }, { id: '76', user_ref: '1' }, 'x', ['76'], { user_ref: {} }]) {
        expect(refusalOf(withData({ recipient: strange })), JSON.stringify(strange)).to.contain(
          'channelData.recipient',
        );
      }
    });

    it('answers one message of the customer by quoting it, with the first of several', () => {
      const calls = callsOf(withData({ reply_to: { mid: 'm_1' } }, 'x'.repeat(2001)));
      expect(calls.map((call) => 'reply_to' in call && call.reply_to)).to.deep.equal([{ mid: 'm_1' }, false]);
    });

    it('may be a sender action alone, or say which one typing is', () => {
      const payload = { message_id: 'm_1', reaction: 'love' };
      expect(callsOf(withData({ sender_action: 'react', payload }, ''))).to.deep.equal([
        { recipient, sender_action: 'react', payload },
      ]);
      const typing = { type: ActivityTypes.Typing, channelData: { sender_action: 'typing_off' } };
      expect(callsOf(typing)).to.deep.equal([{ recipient, sender_action: 'typing_off' }]);
      expect(refusalOf(withData({ sender_action: 'mark_seen' }))).to.contain('sender_action');
      expect(refusalOf(withData({ sender_action: 'dance' }, ''))).to.contain('sender_action');
      expect(refusalOf(withData({ payload }))).to.contain('payload');
    });

    it("may hold the text, and Messenger's whole message", () => {
      const quickReply = { content_type: 'text', title: 'Red', payload: 'RED' };
      expect(messagesOf(withData({ text: 'Which?', quick_replies: [quickReply] }, ''))).to.deep.equal([
        { text: 'Which?', quick_replies: [quickReply] },
      ]);
      expect(messagesOf(withData({ message: { text: 'Which?', metadata: 'mine' } }, ''))).to.deep.equal([
        { text: 'Which?', metadata: 'mine' },
      ]);
      expect(refusalOf(withData({ text: 'Which?' }, 'Who?'))).to.contain('another one in channelData');
    });

    it('with anything else in it is refused, and it is named', () => {
      expect(refusalOf(withData({ sender: { id: '1' } }))).to.contain('"sender"');
      expect(refusalOf(withData({ message: { mid: 'm_1' } }))).to.contain('"mid"');
      expect(refusalOf(withData('SILENT_PUSH'))).to.contain('channelData');
      for (const name of ['attachment', 'message', 'reply_to', 'payload', 'quick_replies', 'messaging_type']) {
        expect(refusalOf(withData({ [name]: 7 })), name).to.contain(name === 'attachment' ? 'attachment' : name);
      }
      for (const name of ['notification_type', 'messaging_type']) {
        expect(refusalOf(withData({ [name]: 'LOUD' }))).to.contain(name);
      }
      expect(callsOf(withData({ sender: undefined, tag: null }))).to.have.length(1);
    });

    it('has at most 1000 characters of metadata', () => {
      expect(callsOf(withData({ metadata: 'x'.repeat(1000) }))).to.have.length(1);
      expect(refusalOf(withData({ metadata: 'x'.repeat(1001) }))).to.contain('1000');
    });
  });

  it('shows the three dots for typing', () => {
    expect(callsOf({ type: ActivityTypes.Typing })).to.deep.equal([{ recipient, sender_action: 'typing_on' }]);
  });

  it('sends nothing for what Bot Builder sends for itself', () => {
    for (const type of ['trace', 'endOfConversation', 'invokeResponse']) {
      expect(callsOf({ type, text: 'no' }), type).to.deep.equal([]);
    }
  });

  it('refuses other activities by their name, rather than leaving them out', () => {
    for (const type of ['event', 'conversationUpdate', 'messageReaction', 'handoff', 'command']) {
      expect(refusalOf({ type, text: 'no' }), type).to.contain(type);
    }
    expect(refusalOf({ type: 'event', name: 'handoff.initiate' })).to.contain('handoff.initiate');
    expect(refusalOf({ text: 'no' })).to.contain('(none)');
  });
});
