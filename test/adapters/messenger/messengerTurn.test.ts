import { ClaimsIdentity } from 'botframework-connector';
import { expect } from 'chai';
import { messengerInboxEvent } from '../../../adapters/messenger/messengerTurn.ts';
import { azureInboxEvent } from '../../../adapters/azure/azureTurn.ts';
import { splitStandby } from '../../../models/facebookActivity.ts';
import { readFacebookWebhook } from '../../../models/facebookWebhook.ts';
import { azureFixtures, messengerFixtures } from '../../support/messengerFixtures.ts';

const appId = '1200345678901234';
const authenticated = {
  claimsIdentity: new ClaimsIdentity([], true),
  audience: 'audience',
  callerId: '',
  connectorFactory: undefined as never,
};
const eventsOf = (payload: unknown, ownAppId = appId) =>
  readFacebookWebhook(payload).map((item) => messengerInboxEvent(item, ownAppId));

describe('the delivery of a webhook item', () => {
  const azure = azureFixtures();
  for (const [name, { payload }] of messengerFixtures()) {
    const channel = azure.get(name)?.payload;
    if (channel === undefined) continue;
    it(`has the key and the conversation that ${name} has through Azure`, () => {
      const direct = eventsOf(payload);
      const through = splitStandby(channel).map((part) => azureInboxEvent(part, authenticated, appId));
      expect(direct.map(({ key }) => key)).to.deep.equal(through.map(({ key }) => key));
      expect(direct.map(({ conversation }) => conversation)).to.deep.equal(
        through.map(({ conversation }) => conversation),
      );
    });
  }

  it('says which endpoint wrote the turn', () => {
    for (const { payload } of azureFixtures().values()) {
      expect(azureInboxEvent(payload, authenticated, appId).endpoint).to.equal('azure');
    }
    for (const { endpoint } of eventsOf({ object: 'page', entry: [null] })) expect(endpoint).to.equal('webhook');
  });

  const item = (fields: object) => ({ sender: { id: '76' }, recipient: { id: '10' }, ...fields });
  const keysOf = (time: number, ...messaging: unknown[]) =>
    eventsOf({ object: 'page', entry: [{ id: '10', time, messaging }] }).map(({ key }) => key);

  it('has the same key when it comes again, and another one for everything else', () => {
    const items = [
      item({ timestamp: 5e12, optin: { ref: 'a' } }),
      item({ timestamp: 6e12, optin: { ref: 'a' } }),
      item({ optin: { ref: 'a' } }),
      item({ game_play: {} }),
      item({ timestamp: 5e12, read: { watermark: 4e12 } }),
      item({ timestamp: 5e12, read: { watermark: 5e12 } }),
      null,
      'strange',
    ];
    const keys = keysOf(1e12, ...items);
    expect(new Set(keys).size).to.equal(items.length);
    expect(keysOf(1e12, ...items)).to.deep.equal(keys);
  });

  it('tells equal items without a time apart by the time of their entry', () => {
    for (const strange of [item({ optin: { ref: 'a' } }), null]) {
      expect(keysOf(1e12, strange)).to.not.deep.equal(keysOf(2e12, strange));
    }
  });

  it('has another key for another app, so that two bots may share a store', () => {
    const payload = { object: 'page', entry: [{ id: '10', messaging: [item({ message: { mid: 'm' } }), null] }] };
    const [first, second] = [eventsOf(payload, '1'), eventsOf(payload, '2')];
    for (const { key } of first) expect(second.map((other) => other.key)).to.not.include(key);
  });

  it('stands in no conversation but its own when it has no customer', () => {
    const events = eventsOf({ object: 'page', entry: [null, 'strange'] });
    expect(events.map(({ conversation }) => conversation)).to.deep.equal(events.map(({ key }) => key));
    expect(events.map(({ kind }) => kind)).to.deep.equal(['unsupported', 'unsupported']);
  });

  it('tells of an echo what was said and by whom, and of no other event', () => {
    const echo = (fields: object) => ({
      sender: { id: '10' },
      recipient: { id: '76' },
      timestamp: 1_700_000_000_000,
      message: { mid: 'm_1', text: 'hi', metadata: 'mark', is_echo: true, app_id: Number(appId), ...fields },
    });
    const about = { correlationId: 'mark', text: 'hi', at: 1_700_000_000_000 };
    const messaging = [echo({}), echo({ mid: 'm_2', app_id: 1 }), echo({ mid: 'm_3', is_echo: false })];
    const events = eventsOf({ object: 'page', entry: [{ id: '10', time: 1, messaging }] });
    expect(events.map((event) => event.echo)).to.deep.equal([
      { mid: 'm_1', ...about },
      { mid: 'm_2', text: about.text, at: about.at, author: 'other', appId: '1' },
      undefined,
    ]);
  });
});
