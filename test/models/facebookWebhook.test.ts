import { expect } from 'chai';
import { readFacebookWebhook, type WebhookItem } from '../../models/facebookWebhook.ts';
import { messengerFixtures, printable } from '../support/messengerFixtures.ts';
import { strangeValues } from '../support/strangeValues.ts';

const pageId = '10';
const from = (psid: string, body: object = { message: { mid: `m_${psid}`, text: 'hi' } }) => ({
  sender: { id: psid },
  recipient: { id: pageId },
  timestamp: 1767225600123,
  ...body,
});
const page = (...entry: unknown[]) => ({ object: 'page', entry });
const entry = (fields: object) => ({ id: pageId, time: 1767225600000, ...fields });

const notMessaging = 'The entry holds something that is not an event of a conversation, such as a change to the Page.';

/** `kind/via/psid` of events, `unusable: reason` of what is quarantined. */
function told(body: unknown): string[] {
  return readFacebookWebhook(body).map((item) =>
    'unusable' in item
      ? `unusable: ${item.unusable.reason}`
      : [item.event.kind, item.event.via, item.event.psid].join('/'),
  );
}
const rawOf = (item: WebhookItem | undefined) => item && ('unusable' in item ? item.unusable.raw : item.event.raw);
const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });

describe('readFacebookWebhook', () => {
  for (const [name, { payload, expected }] of messengerFixtures()) {
    it(`reads ${name}`, () => {
      const events = readFacebookWebhook(payload).map((item) =>
        printable('unusable' in item ? item.unusable : item.event),
      );
      expect(events).to.deep.equal(
        expected.map((event) =>
          // An item that is no object belongs to nobody: what the entry says of it is left out.
          'reason' in event && event.reason === 'The item is not a JSON object.'
            ? { kind: 'unsupported', via: 'messaging', pageId: '104857600012345', reason: event.reason }
            : event,
        ),
      );
    });
  }

  it('reads every item of every entry, of messaging and of standby, in order', () => {
    const body = page(
      entry({ messaging: [from('1'), from('2')], standby: [from('3')] }),
      entry({ standby: [from('4'), from('5')] }),
      entry({ messaging: [from('6')] }),
    );
    expect(told(body)).to.deep.equal([
      'message/messaging/1',
      'message/messaging/2',
      'message/standby/3',
      'message/standby/4',
      'message/standby/5',
      'message/messaging/6',
    ]);
  });

  it('tells the time of the entry beside each item', () => {
    const items = readFacebookWebhook(page(entry({ messaging: [from('1'), null] })));
    expect(items.map(({ entryTime }) => entryTime)).to.deep.equal([1767225600000, 1767225600000]);
  });

  it('quarantines what no bot could act on, and reads its neighbours', () => {
    const good = from('1');
    const cases: [string, unknown][] = [
      ['The item is not a JSON object.', null],
      ['The item is not a JSON object.', 'text'],
      ['The item is not a JSON object.', [good]],
      ['The item names no customer.', { recipient: { id: pageId }, message: { mid: 'm', text: 'hi' } }],
      ['The item names no customer.', { ...good, sender: { id: {} } }],
      ['The item has an id that is too long.', from('x'.repeat(513))],
      ['The item has an id that is too long.', from('2', { message: { mid: 'x'.repeat(513), text: 'hi' } })],
      ['The item has more than 32 levels.', from('2', { message: { mid: 'm', deep: nested(40) } })],
    ];
    for (const [reason, item] of cases) {
      for (const list of ['messaging', 'standby']) {
        expect(told(page(entry({ [list]: [good, item, good] })))).to.deep.equal([
          `message/${list}/1`,
          `unusable: ${reason}`,
          `message/${list}/1`,
        ]);
      }
    }
    const noPage = { object: 'page', entry: [{ messaging: [{ sender: { id: '1' }, message: { text: 'hi' } }, good] }] };
    expect(told(noPage)).to.deep.equal(['unusable: The item names no Page.', 'message/messaging/1']);
  });

  it('quarantines strange entries, and reads their neighbours', () => {
    const good = entry({ messaging: [from('1')] });
    for (const strange of [null, 'entry', [], {}, entry({}), entry({ changes: [], messaging: [] })]) {
      expect(told(page(good, strange, good)), JSON.stringify(strange)).to.deep.equal([
        'message/messaging/1',
        'unusable: The entry holds neither messaging nor standby items.',
        'message/messaging/1',
      ]);
    }
    expect(told(page(entry({ messaging: { 0: from('1') }, standby: [from('2')] })))).to.deep.equal([
      'unusable: The items of the entry are not a list.',
      'message/standby/2',
    ]);
    expect(told(page(entry({ messaging: null, standby: [from('2')] })))).to.deep.equal(['message/standby/2']);
  });

  it('reads the events of other lists, and leaves out nothing that stands beside them', () => {
    const handover = from('2', { pass_thread_control: { new_owner_app_id: 1 } });
    const feed = { field: 'feed', value: { item: 'comment' } };
    const cases: [object, string[]][] = [
      [{ messaging_handovers: [handover] }, ['pass_thread_control/messaging/2']],
      [{ handovers: [handover, from('3')] }, ['pass_thread_control/messaging/2', 'message/messaging/3']],
      [{ standBy: [from('4')] }, ['message/standby/4']],
      [{ changes: [feed] }, [`unusable: ${notMessaging}`]],
      [{ new_list: [1, null, from('5', {})] }, Array.from({ length: 3 }, () => `unusable: ${notMessaging}`)],
      [{ messaging_handovers: { 0: handover } }, ['unusable: The items of the entry are not a list.']],
    ];
    const good = from('1');
    for (const [fields, expected] of cases) {
      expect(told(page(entry(fields))), JSON.stringify(fields)).to.deep.equal(expected);
      expect(told(page(entry({ ...fields, messaging: [good] })))).to.deep.equal(['message/messaging/1', ...expected]);
      expect(told(page(entry({ ...fields, standby: [good] })))).to.deep.equal(['message/standby/1', ...expected]);
    }
    const [item] = readFacebookWebhook(page(entry({ changes: [feed] })));
    expect(rawOf(item)).to.deep.equal({ changes: [feed] });
    expect(item).to.include({ reason: 'notMessaging' });
  });

  it('knows what the Test button of the App Dashboard sends, whichever field it is pressed for', () => {
    for (const field of ['messages', 'messaging_postbacks', 'message_echoes', 'messaging_handovers', 'standby']) {
      const test = { field, value: { sender: { id: '12334' }, recipient: { id: '23245' }, message: { mid: 'test' } } };
      const [item] = readFacebookWebhook(page({ id: '0', time: 1, changes: [test] }));
      expect(item).to.include({ reason: 'dashboardTest' });
      expect(told(page({ id: '0', time: 1, changes: [test] }))[0]).to.contain(
        'a made-up item from the "Test" button of the App Dashboard',
      );
    }
  });

  it('hands on what the entry says beside its lists, and reads how the thread came there', () => {
    const forms: [unknown, object[]][] = [
      [{ is_ai_thread_owner: true }, [{ isAiThreadOwner: true }]],
      [{ app_id: 2653153441517780, metadata: '' }, [{ appId: '2653153441517780', metadata: '' }]],
      [
        [{ app_id: 12, metadata: 'a' }, null, { app_id: 13 }],
        [{ appId: '12', metadata: 'a' }, { appId: '13' }],
      ],
    ];
    for (const [hop_context, hopContext] of forms) {
      for (const list of ['messaging', 'standby']) {
        const [item] = readFacebookWebhook(page(entry({ hop_context, uid: '7', [list]: [from('1')] })));
        expect(item).to.have.deep.property('beside', { hop_context, uid: '7' });
        expect(item).to.have.deep.nested.property('event.hopContext', hopContext);
      }
    }
    for (const hop_context of [null, 'x', [], {}, [[]]]) {
      const [item] = readFacebookWebhook(page(entry({ hop_context, messaging: [from('1')] })));
      expect(item).to.not.have.nested.property('event.hopContext');
    }
  });

  it('hands on little beside each item, and quarantines what is more', () => {
    const read = readFacebookWebhook(page(entry({ hop_context: { a: 'x'.repeat(5000) }, messaging: [from('1')] })));
    expect(read.map((item) => 'beside' in item)).to.deep.equal([false, false]);
    expect(told(page(entry({ hop_context: { a: 'x'.repeat(5000) }, messaging: [from('1')] })))[1]).to.equal(
      'unusable: The fields of the entry beside its items are too large to pass on with them.',
    );
    const deep = readFacebookWebhook(page(entry({ hop_context: nested(4000), messaging: [from('1')] })));
    expect(() => JSON.stringify(deep)).to.not.throw();
  });

  it('quarantines an item of another Page than its entry is about', () => {
    const [item] = readFacebookWebhook(page({ id: '11', messaging: [from('1')] }));
    expect(item).to.have.nested.property('quarantine.reason', 'otherPage');
  });

  it('gives an event that Meta has not told of to the bot as unsupported', () => {
    expect(told(page(entry({ messaging: [from('1', { game_play: {} })] })))).to.deep.equal(['unsupported/messaging/1']);
  });

  it('quarantines a body that is about no Page as a whole', () => {
    for (const body of [null, 1, 'page', [], {}, { object: 'page' }, page(), { object: 'user', entry: [entry({})] }]) {
      expect(told(body)).to.deep.equal(['unusable: The body is not a list of entries about a Page.']);
    }
  });

  it('quarantines every item about Instagram', () => {
    const body = { object: 'instagram', entry: [entry({ messaging: [from('1'), from('2')], standby: [from('3')] })] };
    expect(told(body)).to.deep.equal(Array.from({ length: 3 }, () => 'unusable: Events of Instagram are not handled.'));
    expect(readFacebookWebhook(body).map(rawOf)).to.deep.equal([from('1'), from('2'), from('3')]);
  });

  it('reads a thousand items and quarantines the rest together', () => {
    const items = Array.from({ length: 1003 }, (_, index) => from(String(index + 1)));
    const read = readFacebookWebhook(page(entry({ messaging: items })));
    expect(read).to.have.length(1001);
    expect(read.slice(0, 1000).every((item) => 'event' in item)).to.equal(true);
    expect(rawOf(read[1000])).to.deep.equal(items.slice(1000));
  });

  it('cuts what is nested too deeply, so that it can be printed', () => {
    const [item] = readFacebookWebhook({ object: 'other', deep: nested(4000) });
    expect(JSON.stringify(item)).to.contain('too deep').and.to.have.length.below(1000);
  });

  it('never throws, whatever comes in whichever place', () => {
    for (const strange of strangeValues()) {
      const bodies = [
        strange,
        { object: strange, entry: [entry({ messaging: [from('1')] })] },
        page(strange),
        page({ id: strange, time: strange, messaging: [from('1')] }),
        page(entry({ messaging: strange, standby: strange })),
        page(entry({ messaging: [strange], standby: [strange] })),
        page(entry({ messaging: [{ sender: strange, recipient: strange, timestamp: strange, message: strange }] })),
      ];
      for (const body of bodies) expect(readFacebookWebhook(body)).to.not.have.length(0);
    }
  });
});
