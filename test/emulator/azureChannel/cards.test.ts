import { expect } from 'chai';
import { CardFactory, MessageFactory } from 'botbuilder';
import {
  convertActivity,
  defaultConversion,
  type ConversionOptions,
} from '../../../emulator/azureChannel/activityToMessenger.ts';
import type { JsonObject } from '../../../emulator/json.ts';
import { startPage } from '../pageUnderTest.ts';

/** Cards as Bot Builder's own factory makes them. */
describe("cards on Azure's channel", () => {
  const messagesOf = (activity: object, options: Partial<ConversionOptions> = {}): readonly unknown[] => {
    const json = JSON.parse(JSON.stringify({ type: 'message', ...activity })) as JsonObject;
    const conversion = convertActivity(json, '1', { ...defaultConversion, ...options });
    return conversion.outcome === 'calls' ? conversion.calls.map(({ message }) => message) : [conversion];
  };
  const hero = CardFactory.heroCard(
    'Choose',
    'one of these',
    ['https://example.com/a.png'],
    [
      { type: 'postBack', title: 'First', value: 'FIRST' },
      { type: 'openUrl', title: 'Read', value: 'https://example.com/' },
      { type: 'call', title: 'Call', value: 'tel:+15555550100' },
      { type: 'imBack', title: 'Fourth', value: 'FOURTH' },
    ].map((action) => ({ ...action, channelData: undefined })),
  );
  const element = {
    title: 'Choose',
    subtitle: 'one of these',
    image_url: 'https://example.com/a.png',
    buttons: [
      { type: 'postback', title: 'First', payload: 'FIRST' },
      { type: 'web_url', title: 'Read', url: 'https://example.com/' },
      { type: 'phone_number', title: 'Call', payload: '+15555550100' },
    ],
  };
  const generic = (...elements: object[]) => ({
    attachment: { type: 'template', payload: { template_type: 'generic', elements } },
  });

  it('are templates: a hero card and a thumbnail card', () => {
    expect(messagesOf(MessageFactory.attachment(hero))).to.deep.equal([generic(element)]);
    const thumbnail = CardFactory.thumbnailCard('Small');
    expect(messagesOf(MessageFactory.attachment(thumbnail))).to.deep.equal([generic({ title: 'Small' })]);
  });

  it('stand in one row as a carousel, and below each other in a list', () => {
    const small = CardFactory.heroCard('Small');
    expect(messagesOf(MessageFactory.carousel([hero, small]))).to.deep.equal([generic(element, { title: 'Small' })]);
    expect(messagesOf(MessageFactory.list([hero, small]))).to.deep.equal([
      generic(element),
      generic({ title: 'Small' }),
    ]);
  });

  it('lead to a login', () => {
    const card = CardFactory.signinCard('Log in', 'https://example.com/login', 'Please log in');
    const buttons = [{ type: 'web_url', title: 'Log in', url: 'https://example.com/login' }];
    const payload = { template_type: 'button', text: 'Please log in', buttons };
    expect(messagesOf(MessageFactory.attachment(card))).to.deep.equal([{ attachment: { type: 'template', payload } }]);
  });

  const film = { attachment: { type: 'video', payload: { url: 'https://example.com/a.mp4' } } };
  const video = CardFactory.videoCard('Film', [{ url: 'https://example.com/a.mp4' }]);

  it('are the file that they play and a card of the rest behind it, as Microsoft wrote of video cards', () => {
    expect(messagesOf(MessageFactory.attachment(video))).to.deep.equal([film, generic({ title: 'Film' })]);
    const bare = { contentType: video.contentType, content: { media: [{ url: 'https://example.com/a.mp4' }] } };
    expect(messagesOf({ attachments: [bare] })).to.deep.equal([film]);
  });

  it('are the file alone, or none at all, by the switch', () => {
    expect(messagesOf(MessageFactory.attachment(video), { mediaCards: 'file' })).to.deep.equal([film]);
    expect(messagesOf(MessageFactory.attachment(video), { mediaCards: 'asDocumented' })).to.deep.equal([
      { outcome: 'refused', reason: 'The channel has no video cards.' },
    ]);
    const animation = CardFactory.animationCard('Gif', [{ url: 'https://example.com/a.gif' }]);
    expect(messagesOf(MessageFactory.attachment(animation), { mediaCards: 'asDocumented' })).to.deep.equal([
      { attachment: { type: 'image', payload: { url: 'https://example.com/a.gif' } } },
      generic({ title: 'Gif' }),
    ]);
  });

  it('are the texts of an adaptive card, of which Azure draws a picture', () => {
    const adaptive = CardFactory.adaptiveCard({
      type: 'AdaptiveCard',
      body: [
        { type: 'TextBlock', text: 'Hello' },
        { type: 'FactSet', facts: [{ title: 'Seats', value: '2' }] },
        { type: 'Input.Text', id: 'name', value: 'a name' },
        { type: 'ActionSet', actions: [{ type: 'Action.Submit', title: 'Send' }] },
      ],
      actions: [{ type: 'Action.OpenUrl', title: 'Read', url: 'https://example.com/' }],
    });
    expect(messagesOf(MessageFactory.attachment(adaptive))).to.deep.equal([{ text: 'Hello\nSeats\n2' }]);
    const json = JSON.parse(JSON.stringify(MessageFactory.attachment(adaptive))) as JsonObject;
    const { leftOut } = convertActivity(json, '1', defaultConversion) as { leftOut?: string };
    expect(leftOut).to.include('picture of an adaptive card');
  });

  it('are a receipt, which the emulated Messenger takes', async () => {
    const receipt = CardFactory.receiptCard({
      title: 'Jo Customer',
      facts: [{ key: 'Order Number', value: '1234' }],
      items: [{ title: 'Data', quantity: '368', price: '$ 38.45' }],
      tax: '$ 7.50',
      total: '$ 90.95',
      buttons: [],
    } as never);
    const [message] = messagesOf(MessageFactory.attachment(receipt));
    expect(message).to.deep.equal({
      attachment: {
        type: 'template',
        payload: {
          template_type: 'receipt',
          recipient_name: 'Jo Customer',
          order_number: '1234',
          currency: 'USD',
          payment_method: 'Card',
          summary: { total_cost: 90.95, total_tax: 7.5 },
          elements: [{ title: 'Data', quantity: 368, price: 38.45 }],
        },
      },
    });
    const page = await startPage();
    page.emulator.customer().say('hi');
    expect((await page.post(0, 'messages', { message })).status).to.equal(200);
    await page.close();
  });

  it('have "Options" as the title of a picture alone, and long titles cut as Azure was seen to do', () => {
    const picture = CardFactory.heroCard('', ['https://example.com/a.png']);
    expect(messagesOf(MessageFactory.attachment(picture))).to.deep.equal([
      generic({ title: 'Options', image_url: 'https://example.com/a.png' }),
    ]);
    const long = CardFactory.heroCard('x'.repeat(81));
    expect(messagesOf(MessageFactory.attachment(long))).to.deep.equal([generic({ title: `${'x'.repeat(77)}...` })]);
    const whole = CardFactory.heroCard('x'.repeat(80));
    expect(messagesOf(MessageFactory.attachment(whole))).to.deep.equal([generic({ title: 'x'.repeat(80) })]);
  });

  it('are taken by the emulated Messenger', async () => {
    const page = await startPage();
    page.emulator.customer().say('hi');
    const cards = [hero, CardFactory.signinCard('Log in', 'https://example.com/login', 'Please log in')];
    for (const message of messagesOf(MessageFactory.list(cards))) {
      expect((await page.post(0, 'messages', { message })).status).to.equal(200);
    }
    expect(page.emulator.customer().postback({ title: 'First' })).to.be.a('string');
    await page.close();
  });
});
