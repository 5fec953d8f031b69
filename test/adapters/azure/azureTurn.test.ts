import type { Activity } from 'botbuilder';
import { ClaimsIdentity, type AuthenticateRequestResult } from 'botframework-connector';
import { expect } from 'chai';
import { conversationKeyOf, azureInboxEvent, restoreAzureTurn } from '../../../adapters/azure/azureTurn.ts';
import { splitStandby } from '../../../models/facebookActivity.ts';

const own = '5100000000000001';
const claims = [
  { type: 'aud', value: 'a-bot' },
  { type: 'exp', value: 1_700_003_600 as unknown as string },
];

const authenticated = (type: string | boolean = true): AuthenticateRequestResult => ({
  claimsIdentity: new ClaimsIdentity(claims, type),
  audience: 'https://api.botframework.com',
  callerId: 'urn:botframework:azure',
});

const activity = (fields: Record<string, unknown>): Activity =>
  ({
    type: 'message',
    id: 'activity-1',
    channelId: 'facebook',
    serviceUrl: 'https://facebook.botframework.com/',
    from: { id: '11' },
    recipient: { id: '99' },
    ...fields,
  }) as unknown as Activity;

const keyOf = (one: Activity): string => azureInboxEvent(one, authenticated(), own).key;

const item = (fields: object): object => ({
  sender: { id: '11' },
  recipient: { id: '99' },
  timestamp: 1_700_000_000_000,
  ...fields,
});

describe('a stored turn', () => {
  it('comes back with an identity that is authenticated', () => {
    const { claimsIdentity } = restoreAzureTurn(azureInboxEvent(activity({}), authenticated(), own).payload);
    expect(claimsIdentity).to.be.instanceOf(ClaimsIdentity);
    expect(claimsIdentity.isAuthenticated).to.equal(true);
    expect(claimsIdentity.claims).to.deep.equal(claims);
  });

  it('keeps a named authentication type', () => {
    const { claimsIdentity, authenticationType } = restoreAzureTurn(
      azureInboxEvent(activity({}), authenticated('anonymous'), own).payload,
    );
    expect(authenticationType).to.equal('anonymous');
    expect(claimsIdentity.isAuthenticated).to.equal(true);
  });

  it('does not make an identity authenticated that was not', () => {
    const { claimsIdentity } = restoreAzureTurn(azureInboxEvent(activity({}), authenticated(false), own).payload);
    expect(claimsIdentity.isAuthenticated).to.equal(false);
  });

  it('comes back with audience and caller', () => {
    const restored = restoreAzureTurn(azureInboxEvent(activity({}), authenticated(), own).payload);
    expect(restored.audience).to.equal('https://api.botframework.com');
    expect(restored.activity.callerId).to.equal('urn:botframework:azure');
  });

  it('comes back with the three dates as dates, and their text beside them', () => {
    const dates = {
      timestamp: '2026-11-22T09:30:00.123Z',
      localTimestamp: '2026-11-22T10:30:00.123+01:00',
      expiration: '2026-11-23T00:00:00.000Z',
    };
    const restored = restoreAzureTurn(azureInboxEvent(activity(dates), authenticated(), own).payload).activity;
    expect(restored.timestamp).to.deep.equal(new Date(dates.timestamp));
    expect(restored.localTimestamp).to.deep.equal(new Date(dates.localTimestamp));
    expect(restored.expiration).to.deep.equal(new Date(dates.expiration));
    expect(restored).to.include({
      rawTimestamp: dates.timestamp,
      rawLocalTimestamp: dates.localTimestamp,
      rawExpiration: dates.expiration,
    });
  });

  it('is told in logs by kind and endpoint', () => {
    const message = activity({ channelData: item({ message: { mid: 'm_1', text: 'hi' } }) });
    expect(azureInboxEvent(message, authenticated(), own)).to.include({ kind: 'message', via: 'messaging' });
    const elsewhere = activity({ channelId: 'webchat', conversation: { id: 'c' }, type: 'typing' });
    expect(azureInboxEvent(elsewhere, authenticated(), own)).to.include({ kind: 'typing', via: 'webchat' });
  });
});

describe('the key of a stored turn', () => {
  const mid = item({ message: { mid: 'm_1', text: 'hi' } });
  const postback = item({ postback: { title: 'Go', payload: 'go' } });

  it('is the same for one postback as message and as event', () => {
    const asMessage = activity({ id: 'x', channelData: postback });
    const asEvent = activity({ id: 'y', type: 'event', value: postback });
    expect(keyOf(asEvent)).to.equal(keyOf(asMessage));
  });

  it('is the same for one standby item in every shape that Azure gives it', () => {
    const shapes = [
      { value: [mid] },
      { value: { standby: [mid] } },
      { value: { standBy: [mid] } },
      { channelData: { standby: [mid] } },
      { name: 'Standby', value: { standby: [mid] } },
    ];
    const keys = shapes.flatMap((shape, index) =>
      splitStandby(activity({ id: `s-${index}`, type: 'event', name: 'standby', ...shape })).map(keyOf),
    );
    expect(keys).to.have.length(shapes.length);
    expect(new Set(keys)).to.have.property('size', 1);
  });

  it('differs for a message and for the update of its conversation that has the same item beside it', () => {
    const [channelData, conversation] = [item({ message: { mid: 'm_1', text: 'hello' } }), { id: '11-99' }];
    const update = {
      type: 'conversationUpdate',
      membersAdded: [{ id: '11' }, { id: '99' }],
      channelData,
      conversation,
    };
    const events = [activity(update), activity({ text: 'hello', channelData, conversation })].map((one) =>
      azureInboxEvent(one, authenticated(), own),
    );
    expect(events.map(({ kind }) => kind)).to.deep.equal(['conversationUpdate', 'message']);
    expect(new Set(events.map(({ key }) => key)).size).to.equal(2);
    expect(new Set(events.map((event) => event.conversation)).size).to.equal(1);
  });

  it('is the same for one message under two activity ids', () => {
    expect(keyOf(activity({ id: 'x', channelData: mid }))).to.equal(keyOf(activity({ id: 'y', channelData: mid })));
  });

  it('is the same for one pass on standby in the shapes that Azure gives it, however they are written', () => {
    const pass = item({ pass_thread_control: { new_owner_app_id: '42', metadata: null } });
    const written = {
      pass_thread_control: { new_owner_app_id: 42 },
      timestamp: 1_700_000_000_000,
      recipient: { id: 99 },
      sender: { id: 11 },
    };
    const shapes = [
      { value: [pass] },
      { value: { id: 99, time: 1_700_000_000_500, standby: [written] } },
      { name: 'Standby', value: { id: '99', standBy: [pass] } },
      { channelData: { standby: [written] } },
    ];
    const keys = shapes.flatMap((shape, index) =>
      splitStandby(activity({ id: `s-${index}`, type: 'event', name: 'standby', ...shape })).map(keyOf),
    );
    expect(keys).to.have.length(shapes.length);
    expect(new Set(keys)).to.have.property('size', 1);
  });

  it('differs for two bots that get the same activity of another channel', () => {
    const one = activity({ channelId: 'webchat', conversation: { id: 'c' } });
    expect(azureInboxEvent(one, authenticated(), 'another').key).to.not.equal(keyOf(one));
    expect(keyOf(structuredClone(one))).to.equal(keyOf(one));
  });

  it('differs for events that differ only in their timestamp', () => {
    const pass = { pass_thread_control: { new_owner_app_id: '42', metadata: null } };
    const first = activity({ type: 'conversationUpdate', channelData: item(pass) });
    const second = activity({
      type: 'conversationUpdate',
      channelData: { ...item(pass), timestamp: 1_700_000_000_001 },
    });
    expect(keyOf(first)).to.not.equal(keyOf(second));
  });

  it('goes by channel, conversation and id on another channel', () => {
    const one = activity({ channelId: 'webchat', conversation: { id: 'c' } });
    expect(keyOf(one)).to.equal(keyOf(structuredClone(one)));
    for (const other of [{ channelId: 'directline' }, { conversation: { id: 'd' } }, { id: 'activity-2' }]) {
      expect(keyOf({ ...one, ...other } as Activity)).to.not.equal(keyOf(one));
    }
  });

  it('is new each time for an activity without an id', () => {
    const one = activity({ channelId: 'webchat', conversation: { id: 'c' }, id: undefined });
    expect(keyOf(one)).to.not.equal(keyOf(one));
  });
});

describe('the conversation of a stored turn', () => {
  it('is the customer and the Page on Facebook, whatever the activity says', () => {
    const mid = item({ message: { mid: 'm_1', text: 'hi' } });
    const strange = activity({ channelData: mid, conversation: { id: 'strange' } });
    expect(conversationKeyOf(strange)).to.equal('facebook 99 11');
  });

  it('is the same for an echo, whose sender is the Page', () => {
    const echo = {
      sender: { id: '99' },
      recipient: { id: '11' },
      timestamp: 1,
      message: { mid: 'm_2', text: 'x', is_echo: true },
    };
    expect(conversationKeyOf(activity({ channelData: echo }))).to.equal('facebook 99 11');
  });

  it('is the conversation of the activity elsewhere, and none where there is none', () => {
    const elsewhere = { channelId: 'webchat' };
    expect(conversationKeyOf(activity({ ...elsewhere, conversation: { id: 'c' } }))).to.equal('webchat c');
    expect(conversationKeyOf(activity(elsewhere))).to.equal(undefined);
    expect(azureInboxEvent(activity(elsewhere), authenticated(), own)).to.satisfy(
      ({ key, conversation }: { key: string; conversation: string }) => key === conversation,
    );
  });
});
