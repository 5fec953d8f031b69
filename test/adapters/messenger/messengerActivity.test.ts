import type { Activity } from 'botbuilder';
import { expect } from 'chai';
import { messengerActivity, messengerServiceUrl } from '../../../adapters/messenger/messengerActivity.ts';
import { messengerInboxEvent, restoreMessengerTurn } from '../../../adapters/messenger/messengerTurn.ts';
import { facebookEventOf, splitStandby } from '../../../models/facebookActivity.ts';
import type { FacebookEvent } from '../../../models/facebookEvent.ts';
import { readFacebookWebhook } from '../../../models/facebookWebhook.ts';
import type { JsonObject } from '../../../models/readJson.ts';
import { azureFixtures, messengerFixtures, printable } from '../../support/messengerFixtures.ts';

function eventsOf(payload: unknown): FacebookEvent[] {
  return readFacebookWebhook(payload).flatMap((item) => ('event' in item ? [item.event] : []));
}

/** In these the channel is seen in another of its forms: an echo, or what was taken back, as message, a postback as event, a request in channelData. */
const otherForms = [
  'messageTakenBack',
  'echo',
  'echoFromPageInbox',
  'postbackStrings',
  'requestThreadControlFromPageInbox',
];

/** The activity as the turn has it: stored as JSON and restored. */
function activityOf(event: FacebookEvent, beside?: JsonObject): Partial<Activity> {
  const item = { event, ...(beside === undefined ? {} : { beside }) };
  const turn = restoreMessengerTurn(messengerInboxEvent(item, '1').payload);
  if ('aside' in turn) throw new Error('It was quarantined.');
  return turn.activity;
}

describe('the activity of a webhook item', () => {
  const azure = azureFixtures();
  let items = 0;

  for (const [name, { payload }] of messengerFixtures()) {
    it(`gives ${name} back when it is read`, () => {
      for (const item of readFacebookWebhook(payload)) {
        if ('unusable' in item) continue;
        items += 1;
        const { event, beside } = item;
        const printed = printable(event);
        expect(printable(facebookEventOf(messengerActivity(event, () => 'id', beside))!)).to.deep.equal(printed);
        expect(printable(facebookEventOf(activityOf(event, beside))!), 'after it was stored').to.deep.equal(printed);
      }
    });

    const channel = azure.get(name)?.payload;
    if (channel === undefined || otherForms.includes(name)) continue;
    it(`has the shape that Azure's channel gives to ${name}`, () => {
      const [event] = eventsOf(payload);
      const [part] = splitStandby(channel);
      const { type, name: activityName, channelId } = activityOf(event!);
      const value: unknown = activityOf(event!).value;
      const channelData: unknown = activityOf(event!).channelData;
      expect({ type, activityName, channelId }).to.deep.equal({
        type: part!.type,
        // Its letter case is not always the same.
        activityName: part!.name?.toLowerCase(),
        channelId: 'facebook',
      });
      expect(value).to.deep.equal(part!.value);
      // Beside standby items the channel leaves id and time of the entry in some of its forms only.
      if (activityName === 'standby') expect(channelData).to.deep.include(part!.value);
      else if (channelData !== undefined) expect(channelData).to.deep.equal(part!.channelData);
      if ('text' in part!) expect(activityOf(event!).text).to.equal(part.text);
    });
  }
  after(() => expect(items).to.be.above(35));

  const hello = (body: object) =>
    eventsOf({
      object: 'page',
      entry: [
        { id: '10', messaging: [{ sender: { id: '76' }, recipient: { id: '10' }, timestamp: 1767225600123, ...body }] },
      ],
    })[0]!;

  it('says who spoke to whom, where and when', () => {
    expect(activityOf(hello({ message: { mid: 'm_1', text: 'hello' } }))).to.deep.include({
      id: 'm_1',
      serviceUrl: messengerServiceUrl,
      from: { id: '76', name: '' },
      recipient: { id: '10', name: '' },
      conversation: { id: '76-10', name: '', isGroup: false, conversationType: '' },
      text: 'hello',
      timestamp: new Date('2026-01-01T00:00:00.123Z'),
      rawTimestamp: '2026-01-01T00:00:00.123Z',
    });
  });

  it('has the addresses of what the customer attached, a place as an entity, and a sticker once', () => {
    const sticker = { url: 'https://example.com/s.png', sticker_id: 369239263222822 };
    const attachments = [
      { type: 'image', payload: { url: 'https://example.com/a.png' } },
      { type: 'location', url: 'https://example.com/map', payload: { coordinates: { lat: 1.5, long: -2 } } },
      { type: 'fallback', url: 'https://shop.example/p/1', title: 'A product', payload: null },
      { type: 'template', payload: { product: { elements: [{ id: '1' }] } } },
      { type: 'image', payload: sticker },
      { type: 'sticker', payload: sticker },
    ];
    const activity = activityOf(hello({ message: { mid: 'm_1', attachments } }));
    expect(activity.attachments).to.deep.equal([
      { contentType: 'image', contentUrl: 'https://example.com/a.png' },
      { contentType: 'fallback', contentUrl: 'https://shop.example/p/1', name: 'A product' },
      { contentType: 'template', content: { product: { elements: [{ id: '1' }] } } },
      { contentType: 'sticker', contentUrl: 'https://example.com/s.png' },
    ]);
    expect(activity.entities).to.deep.equal([
      { type: 'Place', geo: { type: 'GeoCoordinates', elevation: 0, latitude: 1.5, longitude: -2 } },
    ]);
  });

  it('has what the entry said beside the item, without letting it become a part of the event', () => {
    const body = { sender: { id: '76' }, recipient: { id: '10' }, timestamp: 1767225600123 };
    const fields = { hop_context: [{ app_id: 12 }], message: { text: 'never said' }, timestamp: 1 };
    for (const [list, what] of Object.entries({ messaging: { read: { watermark: 1 } }, standby: { read: {} } })) {
      const [item] = readFacebookWebhook({
        object: 'page',
        entry: [{ id: '10', ...fields, [list]: [{ ...body, ...what }] }],
      });
      const turn = restoreMessengerTurn(messengerInboxEvent(item!, '1').payload);
      if ('aside' in turn) throw new Error('It was quarantined.');
      const event = facebookEventOf(turn.activity);
      expect(event).to.deep.include({ kind: 'read', hopContext: [{ appId: '12' }], timestamp: 1767225600123 });
      expect(JSON.stringify([turn.activity.value, turn.activity.channelData])).to.contain('"hop_context"');
    }
  });

  it('has the payload of a button as text, as on Azure, or its title where there is none', () => {
    expect(activityOf(hello({ postback: { title: 'Start', payload: 'start' } })).text).to.equal('start');
    expect(activityOf(hello({ postback: { title: 'Start' } })).text).to.equal('Start');
  });

  it('is never a message when the Page itself spoke', () => {
    const echo = hello({ sender: { id: '10' }, recipient: { id: '76' }, message: { is_echo: true, text: 'hi' } });
    expect(activityOf(echo)).to.deep.include({ type: 'event', from: { id: '10', name: '' } });
    expect(activityOf(echo).conversation?.id).to.equal('76-10');
  });

  it('does without a date when the time is none', () => {
    expect(activityOf(hello({ timestamp: 9e15, message: { mid: 'm_1' } })).timestamp).to.equal(undefined);
  });

  it('has an id of its own for events without one, the same at each delivery', () => {
    const reaction = { reaction: { mid: 'm_of_another_message', action: 'react' } };
    const { id } = activityOf(hello(reaction));
    expect(id).to.be.a('string').and.not.equal('m_of_another_message');
    expect(activityOf(hello(reaction)).id).to.equal(id);
  });
});
