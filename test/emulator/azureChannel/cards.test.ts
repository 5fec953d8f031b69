import { expect } from 'chai';
import { CardFactory, MessageFactory } from 'botbuilder';
import { convertActivity } from '../../../emulator/azureChannel/activityToMessenger.ts';
import type { JsonObject } from '../../../emulator/json.ts';
import { startPage } from '../pageUnderTest.ts';

/** Cards as Bot Builder's own factory makes them. */
describe("cards on Azure's channel", () => {
  const messagesOf = (activity: object): readonly unknown[] => {
    const json = JSON.parse(JSON.stringify({ type: 'message', ...activity })) as JsonObject;
    const conversion = convertActivity(json, '1', { metadata: 'drop' });
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

  it('are the file that they play, or text, where Azure is not recorded', () => {
    const video = CardFactory.videoCard('Film', [{ url: 'https://example.com/a.mp4' }]);
    expect(messagesOf(MessageFactory.attachment(video))).to.deep.equal([
      { attachment: { type: 'video', payload: { url: 'https://example.com/a.mp4' } } },
    ]);
    const adaptive = CardFactory.adaptiveCard({ type: 'AdaptiveCard', body: [{ type: 'TextBlock', text: 'Hello' }] });
    expect(messagesOf(MessageFactory.attachment(adaptive))).to.deep.equal([{ text: 'Hello' }]);
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
