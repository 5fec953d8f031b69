import { expect } from 'chai';
import type { FacebookEvent } from '../../models/facebookEvent.ts';
import { parseFacebookEvent } from '../../models/parseFacebookEvent.ts';
import { messengerFixtures, printable } from '../support/messengerFixtures.ts';
import type { MessengerFixture } from '../support/messengerFixtures.ts';
import { strangeValues } from '../support/strangeValues.ts';

function eventsOf({ payload }: MessengerFixture): FacebookEvent[] {
  return payload.entry.flatMap(({ id, time, hop_context: hopContext, messaging = [], standby = [] }) => [
    ...messaging.map((item) => parseFacebookEvent(item, 'messaging', { pageId: id, time, hopContext })),
    ...standby.map((item) => parseFacebookEvent(item, 'standby', { pageId: id, time, hopContext })),
  ]);
}

const bodies = {
  message: [
    'mid',
    'text',
    'is_echo',
    'app_id',
    'metadata',
    'quick_reply',
    'attachments',
    'is_deleted',
    'is_unsupported',
    'admin_text',
    'ai_generated',
    'referral',
    'sticker_id',
  ],
  postback: ['mid', 'title', 'payload', 'referral'],
  pass_thread_control: ['new_owner_app_id', 'previous_owner_app_id', 'metadata', 'thread_control_metadata'],
  take_thread_control: ['new_owner_app_id', 'previous_owner_app_id', 'metadata'],
  request_thread_control: ['requested_owner_app_id', 'metadata'],
  app_roles: ['1200345678901234'],
  read: ['watermark'],
  delivery: ['mids', 'watermark'],
  reaction: ['mid', 'action', 'reaction', 'emoji'],
  referral: ['ref', 'source', 'type', 'ad_id', 'ads_context_data', 'is_guest_user'],
  optin: ['ref', 'type', 'payload', 'one_time_notif_token', 'token_expiry_timestamp', 'user_ref'],
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
    expect(kinds).to.include.members([...known, 'echo', 'notice', 'unsupported']);
  });

  const body = (message: object, more: object = {}): FacebookEvent => {
    const item = {
      sender: { id: '10' },
      recipient: { id: '76' },
      timestamp: 1,
      message: { mid: 'm', ...message },
      ...more,
    };
    return parseFacebookEvent(item, 'messaging', { pageId: '10' });
  };

  it('tells who wrote what the Page sent: an app, a person, or the AI of Meta, which goes by the id of the inbox', () => {
    const authors: [object, string][] = [
      [{ app_id: 1200345678901234 }, 'app'],
      [{ app_id: '1200345678901234', ai_generated: true }, 'app'],
      [{ app_id: { id: 1 } }, 'app'],
      [{}, 'person'],
      [{ app_id: null }, 'person'],
      [{ app_id: 263902037430900 }, 'person'],
      [{ app_id: '263902037430900', ai_generated: false }, 'person'],
      [{ app_id: '1217981644879628' }, 'person'],
      [{ app_id: 263902037430900, ai_generated: true }, 'metaAi'],
      [{ app_id: '1217981644879628', ai_generated: 'true' }, 'metaAi'],
      [{ ai_generated: true }, 'metaAi'],
      [{ app_id: 622851382610562 }, 'metaAi'],
      [{ app_id: '928891643393937', ai_generated: true }, 'metaAi'],
    ];
    for (const [fields, author] of authors) {
      expect(body({ is_echo: true, text: 'hello', ...fields }), JSON.stringify(fields)).to.include({
        kind: 'echo',
        author,
      });
    }
  });

  it("takes Meta's own line for nobody's word, in whoever's name it comes", () => {
    const admin_text = 'Your AI agent will respond.';
    const shell = { type: 'fallback', payload: null };
    const forms = [
      ...[{}, { is_echo: true }, { text: '' }, { text: admin_text }, { attachments: [] }],
      ...[{ text: ' ' }, { text: `${admin_text}\n` }, { attachments: [shell] }, { attachments: [{ payload: {} }] }],
    ];
    for (const fields of forms) {
      const notice = { kind: 'notice', text: admin_text, pageId: '10', psid: '76' };
      expect(body({ admin_text, ...fields }), JSON.stringify(fields)).to.include(notice);
    }
    const fromCustomer = { sender: { id: '76' }, recipient: { id: '10' } };
    expect(body({ admin_text }, fromCustomer)).to.include({ kind: 'notice', pageId: '10', psid: '76' });
    expect(body({ admin_text, text: 'no, I am a person' }, fromCustomer)).to.include({ kind: 'message' });
    const picture = { type: 'image', payload: { url: 'https://example.com/a.png' } };
    expect(body({ admin_text, attachments: [picture] }, fromCustomer)).to.include({ kind: 'message' });
  });

  it('takes a message in which nobody said anything for none', () => {
    const fromCustomer = { sender: { id: '76' }, recipient: { id: '10' } };
    const empty: object[] = [
      {},
      { text: '' },
      { text: null },
      { is_unsupported: true },
      { is_unsupported: true, attachments: [{ type: 'unsupported_type' }] },
      { is_unsupported: true, attachments: [{ type: 'ephemeral', payload: {} }] },
      { is_deleted: true },
      { attachments: [] },
      { attachments: [null] },
      { quick_reply: {} },
      { admin_text: '' },
      { reply_to: { mid: 'm_0' } },
      { referral: { ref: 'r' } },
      { something_new: 'x' },
    ];
    for (const fields of empty) {
      const event = body(fields, fromCustomer);
      expect(event, JSON.stringify(fields)).to.include({ kind: 'unsupported' });
      expect(event).to.have.property('reason').that.is.a('string');
    }
    expect(body({ referral: { ref: 'r' } }, fromCustomer)).to.deep.include({ referral: { ref: 'r' } });
    const said: object[] = [
      { text: ' ' },
      { quick_reply: { payload: '' } },
      { attachments: [{ payload: {} }] },
      { sticker_id: 369239263222822 },
      { is_unsupported: true, text: 'shown after all' },
    ];
    for (const fields of said)
      expect(body(fields, fromCustomer), JSON.stringify(fields)).to.include({ kind: 'message' });
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
    const known = [...Object.keys(bodies), 'echo', 'notice', 'unsupported'];
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
