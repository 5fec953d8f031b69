import { expect } from 'chai';
import { createEchoesHeard } from '../../turns/echoesHeard.ts';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { endpointNames, says, startBothEndpoints, type BothEndpoints, type Item } from '../support/bothEndpoints.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';

const hour = 3_600_000;
const at = (psid: string, mid: string, timestamp: number, pageId = '10'): Item => ({
  ...says(psid, mid, mid, pageId),
  timestamp,
});

for (const endpoint of endpointNames) {
  describe(`What must not reach the bot, through ${endpoint}`, () => {
    let both: BothEndpoints;
    let told: string[];
    let store: ReturnType<typeof createMemoryStore>;

    async function start(env: Record<string, string> = {}): Promise<void> {
      told = [];
      const logger = createRecordingLogger();
      store = createMemoryStore({ logger });
      both = await startBothEndpoints({
        store,
        logger,
        env: { EventTimes: 'checked', ...env },
        run: async ({ activity }) => {
          told.push(activity.text);
          await Promise.resolve();
        },
      });
    }
    afterEach(() => both.close());

    const post = async (...items: Item[]) => {
      const status = await both.post[endpoint](...items);
      await both.server().settled();
      return status;
    };
    const reasons = async () => (await store.quarantine.list()).map(({ reason }) => reason);

    it('is what is too old or dated ahead, whole in the quarantine, while its neighbours are handled', async () => {
      await start();
      const now = Date.now();
      const items = [
        at('76', 'of 2015', 1_420_070_400_000),
        at('76', 'of now', now),
        at('76', 'of 2099', 4_070_908_800_000),
        at('76', 'of three days ago', now - 72 * hour),
        at('76', 'of four days ago', now - 96 * hour),
        at('76', 'in four minutes', now + 4 * 60_000),
        at('76', 'in seconds', Math.floor(now / 1000)),
      ];
      expect(await post(...items)).to.equal(200);
      expect(told).to.deep.equal(['of now', 'of three days ago', 'in four minutes', 'in seconds']);
      expect(await reasons()).to.deep.equal(['tooOld', 'inTheFuture', 'tooOld']);
      expect((await store.quarantine.list())[0]?.event.payload).to.contain('of 2015');
    });

    it('is what was quarantined once: repeated it is the same event, and released it is handled', async () => {
      await start();
      await post(at('76', 'of 2015', 1_420_070_400_000));
      await post(at('76', 'of 2015', 1_420_070_400_000));
      const [first, ...more] = await store.quarantine.list();
      expect(more).to.deep.equal([]);
      expect(await store.quarantine.release(first!.id)).to.equal(true);
      await both.server().settled();
      expect(told).to.deep.equal(['of 2015']);
    });

    it('is what is for another Page, or from the Page itself, said once in the log', async () => {
      await start({ FacebookPageId: '10' });
      const now = Date.now();
      const others = Array.from({ length: 20 }, (_, index) => at('88', `other ${index}`, now, '20'));
      expect(await post(...others, at('76', 'own', now), at('10', 'from the Page', now))).to.equal(200);
      expect(told).to.deep.equal(['own']);
      expect(await reasons()).to.deep.equal([...others.map(() => 'otherPage'), 'pageIsSender']);
      const lines = both.logger.lines.filter(({ message }) => message === 'an event went into quarantine');
      expect(lines.map(({ fields }) => fields.why)).to.deep.equal([
        'The event is for the Page 20, and this bot works for the Page 10.',
        'The Page itself is named as the sender, and it is not a customer.',
      ]);
    });
  });
}

describe('The Page that the token belongs to', () => {
  it('is asked for at the start, and other Pages are known by it on the webhook, but not behind Azure', async () => {
    const store = createMemoryStore();
    const told: string[] = [];
    const both = await startBothEndpoints({
      store,
      page: { id: '10' },
      run: async ({ activity }) => {
        told.push(activity.text);
        await Promise.resolve();
      },
    });
    // What the answer brings is taken in a moment after it has come.
    const isKnown = () => both.logger.lines.some(({ message }) => message === 'the page token belongs to this Page');
    for (let turn = 0; turn < 10_000 && !isKnown(); turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(isKnown()).to.equal(true);
    await both.post.webhook(says('88', 'other', 'other', '20'), says('76', 'own'));
    await both.post.azure(says('88', 'channel of several Pages', 'channel of several Pages', '20'));
    await both.server().settled();
    expect(told).to.have.members(['own', 'channel of several Pages']);
    expect((await store.quarantine.list()).map(({ reason }) => reason)).to.deep.equal(['otherPage']);
    await both.close();
  });
});

describe("Azure's channel", () => {
  const start = async (told: string[] = []) => {
    const store = createMemoryStore();
    const run = async ({ activity }: { activity: { text: string; type: string } }) => {
      told.push(`${activity.type} ${activity.text}`);
      await Promise.resolve();
    };
    return { store, both: await startBothEndpoints({ store, run }), told };
  };
  const echo = { sender: { id: '10' }, recipient: { id: '76' }, timestamp: 1_767_225_600_000 };

  it('is noted to tell of echoes once it has told of one for a Page, also after the bot was started again', async () => {
    const { store, both } = await start();
    const heard = () => createEchoesHeard(store.state).heard('facebook 10');
    await both.post.azure(says('76', 'm_1'));
    await both.server().settled();
    expect(await heard()).to.equal(false);
    const text = JSON.stringify({ ...echo, message: { mid: 'm_2', is_echo: true, text: 'hello' } });
    await both.postActivity({ type: 'event', name: 'echo', channelId: 'facebook', id: 'a', text });
    await both.server().settled();
    expect(await heard()).to.equal(true);
    expect(await createEchoesHeard(store.state).heard('facebook 20')).to.equal(false);
    await both.close();
  });

  it('gives a bot that knows nothing of echoes and notices no message for them, nor JSON that a customer wrote', async () => {
    const { both, told } = await start();
    const about = { channelId: 'facebook', from: { id: '76' }, recipient: { id: '10' }, conversation: { id: '76-10' } };
    const item = { sender: { id: '76' }, recipient: { id: '10' }, timestamp: 1 };
    const written = JSON.stringify({ ...echo, message: { mid: 'm_9', is_echo: true, text: 'forged' } });
    const activities = [
      { ...about, text: 'said by the Page', channelData: { ...echo, message: { is_echo: true, text: 'said' } } },
      { ...about, text: 'a notice', channelData: { ...item, message: { mid: 'm_3', admin_text: 'a notice' } } },
      { ...about, text: '', channelData: { ...item, message: { mid: 'm_4', is_unsupported: true } } },
      { ...about, text: '', channelData: { ...item, reaction: { mid: 'm_5', action: 'react' } } },
      { ...about, text: written, channelData: { ...item, message: { mid: 'm_6', text: written } } },
      { ...about, text: written },
      { ...about, text: 'only in the activity', channelData: { ...item, message: { mid: 'm_7' } } },
    ];
    for (const [index, activity] of activities.entries()) {
      expect(await both.postActivity({ type: 'message', id: `a${index}`, ...activity })).to.equal(200);
      await both.server().settled();
    }
    expect(told).to.deep.equal([
      ...Array.from({ length: 4 }, () => 'event undefined'),
      `message ${written}`,
      `message ${written}`,
      'message only in the activity',
    ]);
    await both.close();
  });

  it('may send an echo that nobody can read: it is quarantined, not lost', async () => {
    const { store, both, told } = await start();
    const item = { ...echo, message: { mid: 'm_8', text: 'hello' } };
    const whole = JSON.stringify(item);
    const texts = [undefined, 'hello', whole.slice(0, -9), `[${whole}]`, JSON.stringify(whole), '{"text":"hello"}'];
    for (const [index, text] of texts.entries()) {
      const activity = {
        type: 'event',
        name: index === 0 ? 'Echo' : 'echo',
        channelId: 'facebook',
        id: `e${index}`,
        text,
      };
      expect(await both.postActivity(activity)).to.equal(200);
    }
    await both.postActivity({ type: 'event', name: 'echo', channelId: 'webchat', id: 'w' });
    await both.server().settled();
    expect(told).to.deep.equal(['event undefined']);
    expect((await store.quarantine.list()).map(({ reason }) => reason)).to.deep.equal(texts.map(() => 'malformed'));
    await both.close();
  });

  it('may leave out the id of an activity: what comes again is handled once', async () => {
    const { both, told } = await start();
    const hello = {
      type: 'message',
      channelId: 'facebook',
      from: { id: '76' },
      recipient: { id: '10' },
      text: 'hello',
    };
    const conversation = { id: '76-10' };
    const timestamp = '2026-11-27T00:00:00.000Z';
    for (let n = 0; n < 3; n += 1) await both.postActivity({ ...hello, conversation, timestamp });
    await both.postActivity({ timestamp, conversation, ...hello });
    await both.postActivity({ ...hello, conversation, timestamp: '2026-11-27T00:00:01.000Z' });
    await both.server().settled();
    expect(told).to.have.length(2);
    await both.close();
  });

  it('stores of a standby activity what each item needs, and refuses what comes to too much', async () => {
    const { store, both } = await start();
    const item = (n: number) => ({
      ...{ sender: { id: String(1000 + n) }, recipient: { id: '10' }, timestamp: 1_767_225_600_000 },
      message: { mid: `m_${n}`, text: 'hi' },
    });
    const standby = (id: string, count: number, more: object) => ({
      ...{ type: 'event', name: 'standby', channelId: 'facebook', id },
      ...{ value: Array.from({ length: count }, (_, n) => item(n)), ...more },
    });
    const turns: number[] = [];
    const accept = store.accept.bind(store);
    store.accept = (events) => {
      turns.push(events.reduce((sum, { payload: turn }) => sum + turn.length, 0));
      return accept(events);
    };
    const filler = 'x'.repeat(40_000);
    const ballast = { text: filler, attachments: [{ content: filler }], entities: [{ filler }], other: filler };
    expect(await both.postActivity(standby('a', 200, {}))).to.equal(200);
    expect(await both.postActivity(standby('b', 200, ballast))).to.equal(200);
    expect(turns[1]).to.equal(turns[0]);
    expect(await both.postActivity(standby('c', 200, { from: { id: '1', filler } }))).to.equal(200);
    expect(turns[2]).to.be.below(2 * (turns[0] ?? 0));
    const named = { from: { id: '1', filler }, conversation: { id: 'c', filler } };
    const nobody = Array.from({ length: 200 }, (_, n) => ({ something: n }));
    expect(await both.postActivity({ ...standby('d', 0, named), value: nobody })).to.equal(413);
    expect(turns).to.have.length(3);
    await both.server().settled();
    await both.close();
  });
});
