import { expect } from 'chai';
import type { FacebookEvent } from '../../models/facebookEvent.ts';
import { parseFacebookEvent } from '../../models/parseFacebookEvent.ts';
import { messengerFixtures, printable } from '../support/messengerFixtures.ts';
import type { MessengerFixture } from '../support/messengerFixtures.ts';
import { strangeValues } from '../support/strangeValues.ts';

function eventsOf({ payload }: MessengerFixture): FacebookEvent[] {
  return payload.entry.flatMap(({ id, time, messaging = [], standby = [] }) => [
    ...messaging.map((item) => parseFacebookEvent(item, 'messaging', { pageId: id, time })),
    ...standby.map((item) => parseFacebookEvent(item, 'standby', { pageId: id, time })),
  ]);
}

const bodies = {
  message: ['mid', 'text', 'is_echo', 'app_id', 'metadata', 'quick_reply', 'attachments', 'is_deleted'],
  postback: ['mid', 'title', 'payload'],
  pass_thread_control: ['new_owner_app_id', 'previous_owner_app_id', 'metadata'],
  take_thread_control: ['new_owner_app_id', 'previous_owner_app_id', 'metadata'],
  request_thread_control: ['requested_owner_app_id', 'metadata'],
  app_roles: ['1200345678901234'],
  read: ['watermark'],
  delivery: ['mids', 'watermark'],
  reaction: ['mid', 'action', 'reaction', 'emoji'],
  referral: ['ref', 'source', 'type'],
  optin: ['ref', 'type'],
};

describe('parseFacebookEvent', () => {
  for (const [name, fixture] of messengerFixtures()) {
    it(`reads ${name} as Meta sends it`, () => {
      expect(eventsOf(fixture).map(printable)).to.deep.equal(fixture.expected);
    });
  }

  it('has a golden payload for every kind of event', () => {
    const kinds = [...messengerFixtures().values()].flatMap(eventsOf).map(({ kind }) => kind);
    const known = Object.keys(bodies);
    expect(kinds).to.include.members([...known, 'echo', 'unsupported']);
  });

  it('keeps the item as it was received', () => {
    const item = { sender: { id: '1' }, recipient: { id: '2' }, message: { mid: 'm_1', extra: true }, hop_context: {} };
    expect(parseFacebookEvent(item, 'messaging').raw).to.equal(item);
    expect(parseFacebookEvent(null, 'standby').raw).to.equal(null);
  });

  it('leaves no key behind for what is null or absent', () => {
    const event = parseFacebookEvent({ take_thread_control: { metadata: null, new_owner_app_id: null } }, 'messaging');
    expect(event).to.have.all.keys('kind', 'via', 'raw');
  });

  it('takes Page and time from the envelope only when the item names none', () => {
    const envelope = { pageId: '104', time: 1767225600000 };
    expect(parseFacebookEvent({ read: {} }, 'messaging', envelope)).to.include({
      pageId: '104',
      timestamp: 1767225600000,
    });
    const item = { recipient: { id: '105' }, timestamp: 1767225600999, read: {} };
    expect(parseFacebookEvent(item, 'messaging', envelope)).to.include({ pageId: '105', timestamp: 1767225600999 });
  });

  it('treats an echo whose flag was written as a string as an echo', () => {
    const item = { sender: { id: 'page' }, recipient: { id: 'user' }, message: { is_echo: 'true' } };
    expect(parseFacebookEvent(item, 'messaging')).to.include({ kind: 'echo', pageId: 'page', psid: 'user' });
  });

  it('knows no app id where the number was too long to be read exactly', () => {
    const event = parseFacebookEvent({ request_thread_control: { requested_owner_app_id: 2 ** 60 } }, 'messaging');
    expect(event).to.have.property('kind', 'request_thread_control');
    expect(event).not.to.have.property('requestedOwnerAppId');
  });

  it('does not read inherited properties', () => {
    const item: unknown = Object.create({ message: { mid: 'm_1' }, sender: { id: '1' } });
    const event = parseFacebookEvent(item, 'messaging');
    expect(event).to.include({ kind: 'unsupported' });
    expect(event).not.to.have.property('psid');
  });

  it('tells no value of a strange payload in its reason', () => {
    const event = parseFacebookEvent({ my_secret_name: 'my secret value', message: 'secret' }, 'messaging');
    expect(event)
      .to.have.property('reason')
      .that.does.not.match(/secret/);
  });

  it('never throws, whatever stands in place of an item, a body or a field', () => {
    const known = [...Object.keys(bodies), 'echo', 'unsupported'];
    const items = strangeValues().flatMap((strange) => [
      strange,
      { sender: strange, recipient: strange, timestamp: strange, message: { text: 'hi' } },
      { sender: { id: strange }, recipient: { id: strange }, message: { is_echo: true } },
      ...Object.entries(bodies).flatMap(([body, fields]) => [
        { [body]: strange },
        ...fields.map((field) => ({ [body]: { [field]: strange } })),
      ]),
      { message: { attachments: [strange, { type: 'image', payload: strange }], quick_reply: { payload: strange } } },
      { delivery: { mids: [strange] } },
      { app_roles: { 1: [strange] } },
    ]);
    expect(items).to.have.length.above(1000);
    for (const item of items) {
      for (const via of ['messaging', 'standby'] as const) {
        const event = parseFacebookEvent(item, via, { pageId: '104', time: 1 });
        expect(event.kind).to.be.oneOf(known);
        expect(event.via).to.equal(via);
      }
    }
  });

  it('does not take a pass to an app whose id was rounded on the way for one to this app', () => {
    for (const id of [2 ** 53, '', {}, true]) {
      const item = { sender: { id: '1' }, recipient: { id: '2' }, pass_thread_control: { new_owner_app_id: id } };
      expect(parseFacebookEvent(item, 'messaging')).to.include({
        kind: 'unsupported',
        reason: 'The new owner of the thread is no usable app id.',
      });
    }
  });
});
