import { ActionTypes, ActivityTypes, CardFactory, MessageFactory, type Activity, type CardAction } from 'botbuilder';
import { expect } from 'chai';
import { sendApiCallsOf, type SendApiCallOptions } from '../../helpers/sendApiCalls.ts';
import { UnsendableMessageError } from '../../helpers/sendApiMessage.ts';

const recipient = { id: '76' };

function callsOf(activity: Partial<Activity>, options: Partial<SendApiCallOptions> = {}) {
  let count = 0;
  return sendApiCallsOf(activity, '76', { nextMetadata: () => `own-${(count += 1)}`, ...options });
}

/** What the customer sees, without what every message has. */
function messagesOf(activity: Partial<Activity>): Record<string, unknown>[] {
  return callsOf(activity).map((call) => {
    if (!('message' in call)) throw new Error('Not a message.');
    const { metadata: _, ...message } = call.message;
    return message;
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
    it('is one call, a response to the customer, with metadata to know its echo by', () => {
      expect(callsOf(MessageFactory.text('hello'))).to.deep.equal([
        { recipient, messaging_type: 'RESPONSE', message: { text: 'hello', metadata: 'own-1' } },
      ]);
    });

    it("is split at Meta's limit of 2000, with the quick replies on the last part", () => {
      const text = `${'word '.repeat(500)}end`;
      const messages = messagesOf(MessageFactory.suggestedActions(['Yes'], text));
      expect(messages).to.have.length(2);
      expect(messages.map((message) => message['text']).join('')).to.equal(text);
      expect(messages.map((message) => 'quick_replies' in message)).to.deep.equal([false, true]);
    });

    it('has metadata of its own in each part', () => {
      const calls = callsOf(MessageFactory.text('x'.repeat(4001)));
      expect(calls.map((call) => 'message' in call && call.message.metadata)).to.deep.equal([
        'own-1',
        'own-2',
        'own-3',
      ]);
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

    it('beyond the thirteenth are left out', () => {
      const titles = Array.from({ length: 15 }, (_, index) => `Choice ${index}`);
      expect(quickReplies(titles).map(({ title }) => title)).to.deep.equal(titles.slice(0, 13));
    });

    it('have titles of at most 20 characters, cut between characters, and a whole payload', () => {
      const title = `${'x'.repeat(18)}👨‍👩‍👧‍👦`;
      expect(quickReplies([title])).to.deep.equal([{ content_type: 'text', title: 'x'.repeat(18), payload: title }]);
    });

    it('with a value of more than 1000 characters are refused, since a part of it means something else', () => {
      const actions = [{ type: ActionTypes.ImBack, title: 'Long', value: 'x'.repeat(1001) }];
      expect(refusalOf(MessageFactory.suggestedActions(actions, '?'))).to.contain('1000');
    });

    it('without a title are left out', () => {
      expect(quickReplies([{ type: ActionTypes.ImBack, title: '', value: '' }, 'Yes'])).to.have.length(1);
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

    it('have buttons that open pages, call and send, three of them, with titles of 20 characters', () => {
      const buttons = [
        { type: ActionTypes.OpenUrl, title: 'Our page', value: 'https://example.com/' },
        { type: ActionTypes.Call, title: 'Call', value: 'tel:+491234567' },
        { type: ActionTypes.ImBack, title: 'A title that is much too long', value: 'x' },
        order,
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

    it('of other kinds are refused with a hint', () => {
      const card = CardFactory.adaptiveCard({ type: 'AdaptiveCard' });
      expect(refusalOf(MessageFactory.attachment(card))).to.contain('channelData.attachment');
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
      expect(callsOf(withData({ tag: 'SOME_TAG' }))[0]).to.include({ messaging_type: 'MESSAGE_TAG', tag: 'SOME_TAG' });
    });

    it('may not pretend that a person wrote it', () => {
      expect(refusalOf(withData({ messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }))).to.contain('HUMAN_AGENT');
      expect(refusalOf(withData({ tag: 'human_agent' }))).to.contain('HUMAN_AGENT');
    });

    it('has at most 1000 characters of metadata', () => {
      expect(callsOf(withData({ metadata: 'x'.repeat(1000) }))).to.have.length(1);
      expect(refusalOf(withData({ metadata: 'x'.repeat(1001) }))).to.contain('1000');
    });
  });

  it('shows the three dots for typing', () => {
    expect(callsOf({ type: ActivityTypes.Typing })).to.deep.equal([{ recipient, sender_action: 'typing_on' }]);
  });

  it('sends nothing for what means nothing on Messenger', () => {
    for (const type of ['trace', 'event', 'endOfConversation', 'conversationUpdate', 'messageReaction']) {
      expect(callsOf({ type, text: 'no' }), type).to.deep.equal([]);
    }
  });
});
