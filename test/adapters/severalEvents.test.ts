import { expect } from 'chai';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { facebookEventOf } from '../../models/facebookActivity.ts';
import { endpointNames, says, startBothEndpoints, type BothEndpoints, type Item } from '../support/bothEndpoints.ts';
import { webhookSettings } from '../support/settingsReader.ts';

const own = { new_owner_app_id: webhookSettings.FacebookAppId, metadata: 'back' };
const referral = { ref: 'summer', source: 'SHORTLINK', type: 'OPEN_THREAD' };
const bare = (psid: string): Item => ({ sender: { id: psid }, recipient: { id: '10' }, timestamp: 1_767_225_600_000 });

/** What Meta was never seen to send: two things in one item. */
const pairs: Record<string, object> = {
  'a message and a pass': { message: { mid: 'm_1', text: 'hello' }, pass_thread_control: own },
  'a pass and an echo': { message: { mid: 'm_2', text: 'bye', is_echo: true }, pass_thread_control: own },
  'a message and a postback': { message: { mid: 'm_3', text: 'hello' }, postback: { mid: 'm_4', payload: 'P' } },
  'a message and a request': { message: { mid: 'm_5', text: 'hi' }, request_thread_control: { metadata: 'please' } },
  'a take and a pass': { take_thread_control: { previous_owner_app_id: '1' }, pass_thread_control: own },
  'a read and a delivery': { read: { watermark: 5 }, delivery: { watermark: 6 } },
  'a reaction and a referral': { reaction: { mid: 'm_6', action: 'react' }, referral },
  'a postback, an opt-in and a referral': { postback: { mid: 'm_7', payload: 'P' }, optin: { ref: 'r' }, referral },
  'a message and an account that was linked': {
    message: { mid: 'm_8', text: 'hi' },
    account_linking: { status: 'linked' },
  },
  'a message and a pass that cannot be read': { message: { mid: 'm_9', text: 'hi' }, pass_thread_control: 'now' },
  'a notice and a pass': { message: { mid: 'm_10', admin_text: 'Meta says' }, pass_thread_control: own },
  'a message taken back and a postback': {
    message: { mid: 'm_11', is_deleted: true },
    postback: { mid: 'm_12', payload: 'P' },
  },
};

/** What Meta documents, and what says nothing. */
const single: Record<string, { body: object; kind: string }> = {
  'a message with a referral': { body: { message: { mid: 'm_1', text: 'hi' }, referral }, kind: 'message' },
  'a postback with a referral': { body: { postback: { mid: 'm_2', payload: 'P' }, referral }, kind: 'postback' },
  'an opt-in with a referral': { body: { optin: { ref: 'r' }, referral }, kind: 'optin' },
  'a message with the one before it': {
    body: { message: { mid: 'm_3', text: 'hi' }, prior_message: { source: 'checkbox_plugin', identifier: '1' } },
    kind: 'message',
  },
  'a message beside empty names': {
    body: { message: { mid: 'm_4', text: 'hi' }, postback: null, read: false, optin: '' },
    kind: 'message',
  },
};

for (const endpoint of endpointNames) {
  describe(`An item of Messenger with two events in it, through ${endpoint}`, () => {
    let both: BothEndpoints;
    let store: ReturnType<typeof createMemoryStore>;
    let kinds: (string | undefined)[];

    beforeEach(async () => {
      kinds = [];
      store = createMemoryStore();
      both = await startBothEndpoints({
        store,
        run: async ({ activity }) => {
          kinds.push(facebookEventOf(activity)?.kind);
          await Promise.resolve();
        },
      });
    });
    afterEach(() => both.close());

    /** The item in the `messaging` list, or as the one item of `standby`. */
    const post = async (item: Item, via: 'messaging' | 'standby'): Promise<number> => {
      const standby = { object: 'page', entry: [{ id: '10', time: item.timestamp, standby: [item] }] };
      const about = { type: 'event', name: 'standby', channelId: 'facebook', id: 's', value: { standby: [item] } };
      const status = await (via === 'messaging'
        ? both.post[endpoint](item)
        : endpoint === 'webhook'
          ? both.postBody(standby)
          : both.postActivity(about));
      await both.server().settled();
      return status;
    };

    for (const via of ['messaging', 'standby'] as const) {
      for (const [name, body] of Object.entries(pairs)) {
        it(`is quarantined whole, and known again: ${name}, on ${via}`, async () => {
          const item = { ...bare('76'), ...body };
          expect(await post(item, via)).to.equal(200);
          expect(await post(item, via)).to.equal(200);
          expect(kinds).to.deep.equal([]);
          const [first, ...more] = await store.quarantine.list();
          expect(more).to.deep.equal([]);
          expect(first?.reason).to.equal('severalEvents');
          for (const part of Object.values(body)) expect(first?.event.payload).to.contain(JSON.stringify(part));
          expect((await both.metrics()).get('events_quarantined_total')).to.equal(1);
        });
      }

      for (const [name, { body, kind }] of Object.entries(single)) {
        it(`is not what one event and its companions are: ${name}, on ${via}`, async () => {
          await post({ ...bare('76'), ...body }, via);
          expect(kinds).to.deep.equal([kind]);
          expect(await store.quarantine.list()).to.deep.equal([]);
        });
      }
    }

    it('costs its neighbours nothing, and a person can release it', async () => {
      const item = { ...bare('76'), ...pairs['a message and a pass'] };
      await both.post[endpoint](item, says('77', 'm_20'));
      await both.server().settled();
      expect(kinds).to.deep.equal(['message']);
      const [kept] = await store.quarantine.list();
      expect(await store.quarantine.release(kept!.id)).to.equal(true);
      await both.server().settled();
      expect(kinds).to.deep.equal(['message', 'unsupported']);
    });
  });
}

describe('Two events in one activity of Azure', () => {
  const play = async (activities: readonly object[]) => {
    const store = createMemoryStore();
    const kinds: (string | undefined)[] = [];
    const both = await startBothEndpoints({
      store,
      run: async ({ activity }) => {
        kinds.push(facebookEventOf(activity)?.kind);
        await Promise.resolve();
      },
    });
    const statuses: number[] = [];
    for (const [index, activity] of activities.entries()) {
      const about = { channelId: 'facebook', from: { id: '76' }, recipient: { id: '10' }, id: `a${index}` };
      statuses.push(await both.postActivity({ ...about, conversation: { id: '76-10' }, ...activity }));
      await both.server().settled();
    }
    await both.close();
    const quarantined = (await store.quarantine.list()).map(({ reason, event }) => `${reason} ${event.payload}`);
    return { kinds, quarantined, statuses };
  };
  const [message, pass] = [
    { ...bare('76'), message: { mid: 'm', text: 'hi' } },
    { ...bare('76'), pass_thread_control: own },
  ];

  it('are quarantined when they are in different places of it', async () => {
    const { kinds, quarantined } = await play([
      { type: 'message', text: 'hi', channelData: message, value: pass },
      { type: 'event', name: 'x', channelData: message, value: pass },
      { type: 'event', name: 'x', channelData: pass, text: JSON.stringify(message) },
      { type: 'message', text: 'words beside a pass', channelData: pass },
    ]);
    expect(kinds).to.deep.equal([]);
    expect(quarantined.map((line) => line.split(' ')[0])).to.deep.equal(Array(4).fill('severalEvents'));
    for (const line of quarantined) expect(line).to.contain('pass_thread_control');
    expect(quarantined.some((line) => line.includes('words beside a pass'))).to.equal(true);
  });

  it('are one when both places hold the same, and a button may carry what looks like an event', async () => {
    const { kinds, quarantined } = await play([
      { type: 'message', text: 'hi', channelData: message, value: message },
      { type: 'conversationUpdate', channelData: pass, value: JSON.stringify(pass) },
      {
        type: 'message',
        text: 'P',
        channelData: { ...bare('76'), postback: { mid: 'm_2', payload: 'P' } },
        value: { read: {} },
      },
    ]);
    expect(kinds).to.deep.equal(['message', 'pass_thread_control', 'postback']);
    expect(quarantined).to.deep.equal([]);
  });

  it('are both handled when two places of a standby activity hold different items, and each once', async () => {
    const one = { ...bare('76'), message: { mid: 'm_1', text: 'one' } };
    const two = { ...bare('77'), message: { mid: 'm_2', text: 'two' } };
    const { kinds } = await play([
      {
        type: 'event',
        name: 'standby',
        value: [one],
        channelData: { standby: [one, two], standBy: [two] },
        text: JSON.stringify([one]),
      },
    ]);
    expect(kinds).to.deep.equal(['message', 'message']);
  });

  it('are refused where the answer would be the result of the turn', async () => {
    const both = { ...message, pass_thread_control: own };
    const { kinds, statuses } = await play([
      { type: 'message', text: 'hi', deliveryMode: 'expectReplies', channelData: both },
    ]);
    expect(statuses).to.deep.equal([403]);
    expect(kinds).to.deep.equal([]);
  });
});

describe("An event in a webhook's entry itself", () => {
  it('is quarantined, since it belongs to no item', async () => {
    const store = createMemoryStore();
    const both = await startBothEndpoints({ store });
    const entry = { id: '10', time: 1, messaging: [says('76', 'm_1')], pass_thread_control: own, hop_context: {} };
    expect(await both.postBody({ object: 'page', entry: [entry] })).to.equal(200);
    const [kept, ...more] = await store.quarantine.list();
    expect(more).to.deep.equal([]);
    expect(kept?.event.payload).to.contain(JSON.stringify({ pass_thread_control: own }));
    await both.close();
  });
});
