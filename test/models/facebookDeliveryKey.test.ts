import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { messengerInboxEvent } from '../../adapters/messenger/messengerTurn.ts';
import { readFacebookWebhook } from '../../models/facebookWebhook.ts';
import { parseFacebookEvent } from '../../models/parseFacebookEvent.ts';
import { facebookDeliveryKey } from '../../models/facebookDeliveryKey.ts';
import { messengerFixtures } from '../support/messengerFixtures.ts';

const own = '5100000000000001';

type Item = Record<string, unknown>;

const item = (fields: Item): Item => ({
  sender: { id: '11' },
  recipient: { id: '99' },
  timestamp: 1_700_000_000_000,
  ...fields,
});

const keyOf = (payload: Item, via: 'messaging' | 'standby' = 'messaging', app = own): string | undefined =>
  facebookDeliveryKey(parseFacebookEvent(payload, via), app);

describe('facebookDeliveryKey', () => {
  const message = item({ message: { mid: 'm_1', text: 'hello' } });

  const place = new URL('../fixtures/earlierDeliveryKeys.json', import.meta.url);
  const earlier = JSON.parse(readFileSync(place, 'utf8')) as Record<string, string[]>;
  for (const [name, keys] of Object.entries(earlier)) {
    it(`knows ${name} again in a store file of an earlier version`, () => {
      const items = readFacebookWebhook(messengerFixtures().get(name)!.payload);
      expect(items.map((one) => messengerInboxEvent(one, '1200345678901234').key)).to.deep.equal(keys);
    });
  }

  it('goes by what an event had from the beginning, not by what was read of it later', () => {
    const pairs: [Item, Item][] = [
      [item({ optin: { type: 'a' } }), item({ optin: { type: 'a', payload: 'p', one_time_notif_token: '1' } })],
      [item({ referral: { ref: 'a' } }), item({ referral: { ref: 'a', ad_id: '1', is_guest_user: true } })],
      [item({ referral: { ref: 'a' } }), item({ referral: { ref: 'a', product: { id: '7' } } })],
      [
        item({ pass_thread_control: { new_owner_app_id: 4 } }),
        item({ pass_thread_control: { new_owner_app_id: 4, metadata: {}, thread_control_metadata: { text: 'x' } } }),
      ],
      [item({ read: { watermark: 5 } }), item({ read: { watermark: 5 }, hop_context: { app_id: 12 } })],
      [item({ postback: { payload: 'p' } }), item({ postback: { payload: 'p', referral: { ref: 'r' } } })],
    ];
    for (const [before, after] of pairs) expect(keyOf(after), JSON.stringify(after)).to.equal(keyOf(before));
  });

  it('is the same for the same event, however often it is asked', () => {
    expect(keyOf(message))
      .to.be.a('string')
      .and.equal(keyOf(structuredClone(message)));
  });

  it('goes by the message id alone where there is one', () => {
    const again = item({ timestamp: 1_700_000_000_999, message: { mid: 'm_1', text: 'hello', extra: true } });
    expect(keyOf(again)).to.equal(keyOf(message));
  });

  const neighbours: Record<string, string | undefined> = {
    'another message': keyOf(item({ message: { mid: 'm_2', text: 'hello' } })),
    'the same message on standby': keyOf(message, 'standby'),
    'the same message for another app': keyOf(message, 'messaging', '5100000000000002'),
    'the same message id on another Page': keyOf(
      item({ recipient: { id: '98' }, message: { mid: 'm_1', text: 'hello' } }),
    ),
    'the echo of the same message': keyOf({
      ...item({ message: { mid: 'm_1', text: 'hello', is_echo: true } }),
      sender: { id: '99' },
      recipient: { id: '11' },
    }),
  };
  for (const [what, key] of Object.entries(neighbours)) {
    it(`tells a message from ${what}`, () => {
      expect(key).to.be.a('string').and.not.equal(keyOf(message));
    });
  }

  const pass = item({ pass_thread_control: { new_owner_app_id: 42, metadata: 'x' } });
  const others: Record<string, Item> = {
    'one a millisecond later': { ...pass, timestamp: 1_700_000_000_001 },
    'one of another customer': { ...pass, sender: { id: '12' } },
    'one to another app': item({ pass_thread_control: { new_owner_app_id: 43, metadata: 'x' } }),
    'one with other metadata': item({ pass_thread_control: { new_owner_app_id: 42, metadata: 'y' } }),
    'a take at the same time': item({ take_thread_control: { previous_owner_app_id: 42, metadata: 'x' } }),
  };
  for (const [what, other] of Object.entries(others)) {
    it(`tells a pass without a message id from ${what}`, () => {
      expect(keyOf(other)).to.be.a('string').and.not.equal(keyOf(pass));
    });
  }

  it('tells two reactions to one message apart by their time', () => {
    const reaction = item({ reaction: { mid: 'm_1', action: 'react', emoji: '👍', reaction: 'like' } });
    expect(keyOf(reaction)).to.not.equal(keyOf({ ...reaction, timestamp: 1_700_000_000_001 }));
    expect(keyOf(reaction)).to.equal(keyOf(structuredClone(reaction)));
  });

  it('gives none to an event that nothing tells from the next one', () => {
    const { timestamp: _timestamp, ...timeless } = pass;
    expect(keyOf(timeless)).to.equal(undefined);
  });

  it('holds no text of the event when it is made of a hash', () => {
    expect(keyOf(item({ pass_thread_control: { new_owner_app_id: 42, metadata: 'private words' } }))).to.not.contain(
      'private words',
    );
  });

  describe('is the same however the payload is written:', () => {
    const writings: Record<string, [Item, Item]> = {
      'the order of properties': [pass, Object.fromEntries(Object.entries(pass).reverse())],
      'ids as numbers or strings': [
        pass,
        item({
          sender: { id: 11 },
          recipient: { id: 99 },
          pass_thread_control: { new_owner_app_id: '42', metadata: 'x' },
        }),
      ],
      'null or absent': [
        item({ take_thread_control: { previous_owner_app_id: '42', metadata: null } }),
        item({ take_thread_control: { previous_owner_app_id: 42 } }),
      ],
      'null or absent beside the event': [pass, { ...pass, message: null, prior_message: null }],
      'roles in another order': [
        item({ app_roles: { 1: ['primary_receiver'], 2: ['secondary_receiver'] } }),
        Object.fromEntries(
          Object.entries(item({ app_roles: { 2: ['secondary_receiver'], 1: ['primary_receiver'] } })).reverse(),
        ),
      ],
      'what is not understood': [
        item({ something_new: { id: 7, name: 'x', more: null } }),
        item({ something_new: { name: 'x', id: '7' } }),
      ],
    };
    for (const [what, [one, other]] of Object.entries(writings)) {
      it(what, () => {
        expect(keyOf(one)).to.be.a('string').and.equal(keyOf(other));
      });
    }
  });

  const pairs: Record<string, [Item, Item]> = {
    'postbacks of two buttons': [
      item({ postback: { title: 'Go', payload: 'go' } }),
      item({ postback: { title: 'Go', payload: 'stay' } }),
    ],
    'receipts of two messages': [
      item({ delivery: { mids: ['m_1'], watermark: 5 } }),
      item({ delivery: { mids: ['m_2'], watermark: 5 } }),
    ],
    'two reactions': [
      item({ reaction: { mid: 'm_1', action: 'react', emoji: '👍' } }),
      item({ reaction: { mid: 'm_1', action: 'unreact', emoji: '👍' } }),
    ],
    'two kinds of referral': [
      item({ referral: { ref: 'a', source: 'ADS' } }),
      item({ referral: { ref: 'b', source: 'ADS' } }),
    ],
    'opt-ins of two visitors without an id': [
      { ...item({ optin: { ref: 'a', user_ref: 'one' } }), sender: undefined },
      { ...item({ optin: { ref: 'a', user_ref: 'two' } }), sender: undefined },
    ],
    'roles of two apps': [
      item({ app_roles: { 1: ['primary_receiver'] } }),
      item({ app_roles: { 2: ['primary_receiver'] } }),
    ],
    'two things that are not understood': [item({ something_new: { id: 7 } }), item({ something_new: { id: 8 } })],
  };
  for (const [what, [one, other]] of Object.entries(pairs)) {
    it(`differs for ${what} at one time`, () => {
      expect(keyOf(one)).to.be.a('string').and.not.equal(keyOf(other));
    });
  }
});
