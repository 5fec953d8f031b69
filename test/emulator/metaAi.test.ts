import { expect } from 'chai';
import { startPage, type News, type PageUnderTest } from './pageUnderTest.ts';

const ai = '622851382610562';
const inbox = '263902037430900';
const anotherControls = { code: 10, error_subcode: 2018300 };

/** What an item tells beside whom it is about. */
const told = (news: News): unknown[] =>
  news.map(([channel, item]) => {
    const { sender: _sender, recipient: _recipient, timestamp: _timestamp, ...what } = item;
    return [channel, what];
  });

describe("Meta's AI on a Page with a default app", () => {
  let page: PageUnderTest;
  const owner = (): string | null | undefined => page.emulator.state().threads[page.psid]?.owner;
  const entries = (app: 0 | 1): Record<string, unknown>[] =>
    page.callbacks[app].received.flatMap(({ body }) => body.entry);
  beforeEach(async () => {
    page = await startPage({ seed: { metaAi: 'on' } });
    page.emulator.customer().say('hi');
    await page.heard(0);
    await page.heard(1);
  });
  afterEach(() => page.close());

  it('takes the thread as was recorded: in seconds, named by an older id, and with a notice', async () => {
    page.emulator.metaAi().take();
    const news = await page.news(0);
    expect(told(news)).to.deep.equal([
      [
        'messaging',
        {
          take_thread_control: {
            previous_owner_app_id: Number(page.ids[0]),
            new_owner_app_id: 928891643393937,
            metadata: 'axon_take_thread_control',
          },
        },
      ],
      ['standby', { message: { admin_text: 'Your AI agent will respond.' } }],
    ]);
    const [take, notice] = news.map(([, { timestamp }]) => timestamp as number);
    expect([String(take).length, String(notice).length]).to.deep.equal([10, 13]);
    expect(await page.heard(1)).to.deep.equal(['standby message']);
    expect(owner()).to.equal(ai);
  });

  it('can have its take told four times, with the same bytes, and named by its id of today', async () => {
    page.emulator.setSwitches({ takeDeliveries: 'fourTimes', aiTakeNames: '622851382610562', aiNotices: 'notSent' });
    page.emulator.metaAi().take();
    await page.emulator.settled();
    const bodies = page.callbacks[0].received.map(({ bytes }) => bytes.toString());
    expect([bodies.length, new Set(bodies).size]).to.deep.equal([4, 1]);
    expect(bodies[0]).to.contain(`"new_owner_app_id":${ai}`);
  });

  it('answers with an echo that looks like one of a person, but for a flag, and no app may send', async () => {
    page.emulator.metaAi().take();
    await page.heard(0);
    const mid = page.emulator.metaAi().answer('We open at nine.');
    const echo = {
      message: {
        ...{ mid, is_echo: true, text: 'We open at nine.', app_id: Number(inbox) },
        ...{ metadata: '{"source":"axon"}', ai_generated: true },
      },
    };
    expect(told(await page.news(0))).to.deep.equal([['standby', echo]]);
    for (const app of [0, 1] as const) {
      const { status, body } = await page.post(app, 'messages', { message: { text: 'me too' } });
      expect(status).to.equal(400);
      expect(body.error).to.include(anotherControls);
      for (const edge of ['pass_thread_control', 'release_thread_control', 'request_thread_control']) {
        expect((await page.post(app, edge, { target_app_id: page.ids[1 - app] })).status, edge).to.equal(400);
      }
    }
    page.emulator.setSwitches({ aiEchoAppId: 'metaAi', aiEchoChannel: 'messaging', webhookAppIds: 'string' });
    page.emulator.metaAi().answer('And close at six.');
    const [[channel, { message }]] = (await page.news(0)) as [[string, { message: Record<string, unknown> }]];
    expect([channel, message['app_id'], message['ai_generated']]).to.deep.equal(['messaging', ai, true]);
  });

  it('says beside the list of an entry that it owns the thread, but never on its own echoes', async () => {
    page.emulator.metaAi().take();
    page.emulator.metaAi().answer('We open at nine.');
    await page.news(0);
    page.emulator.customer().say('Thanks');
    await page.emulator.settled();
    expect(entries(0)).to.have.length(1);
    expect(entries(0)[0]).to.have.keys('id', 'time', 'standby', 'hop_context');
    expect(entries(0)[0]!['hop_context']).to.deep.equal({ is_ai_thread_owner: true });
    page.callbacks[0].received.splice(0);
    page.emulator.metaAi().answer('You are welcome.');
    page.emulator.setSwitches({ hopContext: 'never' });
    page.emulator.customer().say('Bye');
    await page.emulator.settled();
    for (const entry of entries(0)) expect(entry).not.to.have.property('hop_context');
  });

  it('hands back with a pass event that has a note of its own, and with a notice', async () => {
    page.emulator.metaAi().take();
    await page.news(0);
    page.emulator.metaAi().handBack({ note: 'wants to buy' });
    expect(told(await page.news(0))).to.deep.equal([
      [
        'messaging',
        {
          pass_thread_control: {
            previous_owner_app_id: Number(ai),
            new_owner_app_id: Number(page.ids[0]),
            metadata: 'wants to buy',
            thread_control_metadata: { text: 'wants to buy' },
          },
        },
      ],
      ['messaging', { message: { admin_text: 'Your AI agent transferred this chat to you.' } }],
    ]);
    expect(owner()).to.equal(page.ids[0]);
    expect((await page.post(0, 'messages', { message: { text: 'Hello again' } })).status).to.equal(200);
  });

  it('hands back without any event but the notice, whose words can be others, to whom it is told to', async () => {
    page.emulator.metaAi().take();
    await page.news(0);
    const notice = 'Your AI agent transferred this chat to you because your customer is ready to buy.';
    page.emulator.metaAi().handBack({ event: 'none', to: page.ids[1], notice });
    expect(told(await page.news(1)).slice(-1)).to.deep.equal([['messaging', { message: { admin_text: notice } }]]);
    expect((await page.heard(0)).join()).not.to.contain('thread_control');
    expect(owner()).to.equal(page.ids[1]);
    page.emulator.metaAi().take();
    page.emulator.metaAi().handBack({ to: inbox });
    expect(owner()).to.equal(inbox);
  });

  it('gets a thread by a pass, and answers nothing by itself', async () => {
    expect((await page.post(0, 'pass_thread_control', { target_app_id: ai })).body).to.deep.equal({ success: true });
    expect(owner()).to.equal(ai);
    expect(await page.heard(0)).to.deep.equal([]);
    page.emulator.customer().say('Still there?');
    expect([await page.heard(0), await page.heard(1)]).to.deep.equal([['standby message'], ['standby message']]);
    const { body } = await page.graph(0, 'GET', `/thread_owner?recipient=${page.psid}`);
    expect(JSON.stringify(body)).to.contain(`"app_id":"${ai}"`);
  });

  it('gives way to an agent, which a notice tells, and to a take of the default app', async () => {
    page.emulator.metaAi().take();
    await page.news(0);
    page.emulator.inbox().reply('Ana here');
    expect(owner()).to.equal(inbox);
    const notice = { message: { admin_text: 'You took over this chat from your AI agent.' } };
    expect(told(await page.news(0))[0]).to.deep.equal(['standby', notice]);
    page.emulator.metaAi().take();
    expect((await page.post(0, 'take_thread_control')).status).to.equal(200);
    expect(owner()).to.equal(page.ids[0]);
  });

  it('loses the thread to a day of silence and to being switched off', () => {
    page.emulator.metaAi().take();
    page.emulator.advanceClock(86_400_000);
    expect(owner()).to.equal(null);
    page.emulator.metaAi().take();
    page.emulator.setMetaAi('off');
    expect(owner()).to.equal(null);
    page.emulator.setMetaAi('on');
    page.emulator.metaAi().take();
    page.emulator.setMode('classic');
    expect(owner()).to.equal(page.ids[0]);
  });

  it('does nothing that it cannot do, and says why', () => {
    const { emulator, psid } = page;
    expect(() => emulator.metaAi().answer('x')).to.throw('does not own');
    expect(() => emulator.metaAi().handBack()).to.throw('does not own');
    emulator.metaAi().take();
    expect(() => emulator.metaAi().handBack({ to: '42' })).to.throw('cannot be handed back');
    expect(() => emulator.metaAi().handBack({ to: ai })).to.throw('cannot be handed back');
    expect(() => emulator.metaAi('42').take()).to.throw('no customer');
    emulator.setMode('exclusive');
    expect(() => emulator.metaAi(psid).take()).to.throw('routing and open');
    emulator.setMode('routing');
    emulator.setMetaAi('off');
    expect(() => emulator.metaAi().take()).to.throw('switch it on');
  });

  it('is no receiver of a Page that has none', async () => {
    page.emulator.setMetaAi('off');
    const { body } = await page.post(0, 'pass_thread_control', { target_app_id: ai });
    expect(body.error).to.include({ code: 100, error_subcode: 2018164 });
  });

  it('is off unless somebody switches it on, also over HTTP, and a reset goes back to the beginning', async () => {
    const post = (path: string, body: object): Promise<Response> =>
      fetch(`${page.emulator.url}/_emulator/${path}`, { method: 'POST', body: JSON.stringify(body) });
    const other = await startPage();
    expect(other.emulator.state().metaAi).to.equal('off');
    await other.close();
    expect((await post(`meta-ai/${page.psid}/answer`, { text: 'x' })).status).to.equal(400);
    expect((await post(`meta-ai/${page.psid}/take`, {})).status).to.equal(200);
    expect((await post(`meta-ai/${page.psid}/answer`, { text: 'x' })).status).to.equal(200);
    expect((await post(`meta-ai/${page.psid}/hand-back`, { event: 'none', note: 'x' })).status).to.equal(200);
    expect((await post(`meta-ai/${page.psid}/hand-back`, { event: 'maybe' })).status).to.equal(400);
    expect((await post(`meta-ai/${page.psid}/notices`, { text: 'Lead stage set', from: 'page' })).status).to.equal(200);
    const last = (await page.news(0)).at(-1)!;
    expect(last[1]).to.deep.include({
      sender: { id: page.emulator.pageId },
      message: { admin_text: 'Lead stage set' },
    });
    expect((await post('meta-ai', { metaAi: 'off' })).status).to.equal(200);
    expect(page.emulator.state().metaAi).to.equal('off');
    page.emulator.reset();
    expect(page.emulator.state().metaAi).to.equal('on');
  });
});

describe('a Page without default app', () => {
  let page: PageUnderTest;
  const owner = (): string | null | undefined => page.emulator.state().threads[page.psid]?.owner;
  const refusal = async (edge: string, body: object = {}): Promise<unknown> =>
    (await page.post(0, edge, body)).body.error?.['message'];
  beforeEach(async () => {
    page = await startPage({ mode: 'open', seed: { metaAi: 'on' } });
    page.emulator.customer().say('hi');
  });
  afterEach(() => page.close());

  const metas: Record<string, () => void> = {
    "Meta's AI": () => page.emulator.metaAi().take(),
    'the Page Inbox': () => {
      page.emulator.metaAi().take();
      page.emulator.inbox().reply('Ana here');
    },
  };
  for (const [name, take] of Object.entries(metas)) {
    it(`refuses what apps do while ${name} owns the thread, in the words that were recorded`, async () => {
      take();
      const before = owner();
      expect(await refusal('take_thread_control')).to.equal(
        '(#27) Take thread control is not supported when Conversation Routing is not enabled.',
      );
      expect(await refusal('release_thread_control')).to.equal('(#100) Only the current thread owner can release');
      expect(await refusal('pass_thread_control', { target_app_id: page.ids[0] })).to.equal(
        '(#100) calling app is not the thread owner',
      );
      expect(await refusal('messages', { message: { text: 'me' } })).to.equal(
        '(#10) Message failed to send because another app is controlling this thread now.',
      );
      expect(owner()).to.equal(before);
    });

    it(`answers a request with success while ${name} owns the thread, and nothing comes of it`, async () => {
      take();
      await page.heard(0);
      const { status, body } = await page.post(0, 'request_thread_control', { metadata: 'please' });
      expect([status, body]).to.deep.equal([200, { success: true }]);
      expect([await page.heard(0), (await page.heard(1)).includes('messaging request_thread_control')]).to.deep.equal([
        [],
        false,
      ]);
      expect(await refusal('messages', { message: { text: 'now?' } })).to.contain('another app is controlling');
    });
  }

  it('marks none of the recorded refusals as guessed', async () => {
    page.emulator.metaAi().take();
    for (const [edge, body] of [
      ['take_thread_control', {}],
      ['release_thread_control', {}],
      ['pass_thread_control', { target_app_id: page.ids[1] }],
      ['messages', { message: { text: 'me' } }],
    ] as const) {
      await page.post(0, edge, body);
    }
    const refused = page.emulator.events().flatMap((event) => (event.type === 'refused' ? [event.guessed] : []));
    expect(refused).to.deep.equal([false, false, false, false]);
  });

  it('lets everyone send by a switch, as Meta writes', async () => {
    page.emulator.metaAi().take();
    page.emulator.setSwitches({ sendInOpen: 'allowed' });
    expect((await page.post(0, 'messages', { message: { text: 'me' } })).status).to.equal(200);
  });

  it('tells nobody that its AI takes an idle thread, and those who lose one', async () => {
    await page.heard(0);
    page.emulator.metaAi().take();
    expect(await page.heard(0)).to.deep.equal(['standby message']);
    page.emulator.metaAi().handBack({ to: page.ids[1] });
    await page.heard(1);
    page.emulator.metaAi().take();
    expect((await page.heard(1))[0]).to.equal('messaging take_thread_control');
  });

  it('tells flags that do not say more than was recorded', async () => {
    const flags = async (): Promise<unknown> =>
      (await page.graph(0, 'GET', '?fields=messaging_feature_status')).body['messaging_feature_status'];
    expect(await flags()).to.deep.equal({ hop_v2: true, msgr_multi_app: false, ig_multi_app: false });
    page.emulator.setMode('routing');
    expect(await flags()).to.deep.equal({ hop_v2: true, msgr_multi_app: true, ig_multi_app: false });
    page.emulator.setSwitches({ routingFlag: 'never' });
    expect(await flags()).to.deep.equal({ hop_v2: true, msgr_multi_app: false, ig_multi_app: false });
  });
});

describe('Handover events', () => {
  for (const [handoverList, lists] of [
    ['messaging', ['messaging']],
    ['messaging_handovers', ['messaging_handovers']],
    ['both', ['messaging', 'messaging_handovers']],
  ] as const) {
    it(`stand in ${lists.join(' and ')} when the switch says ${handoverList}`, async () => {
      const page = await startPage({ switches: { handoverList } });
      page.emulator.customer().say('hi');
      await page.post(0, 'pass_thread_control', { target_app_id: page.ids[1] });
      await page.emulator.settled();
      const entry = page.callbacks[1].received.at(-1)!.body.entry[0] as unknown as Record<string, unknown[]>;
      expect(Object.keys(entry).filter((key) => !['id', 'time'].includes(key))).to.deep.equal(lists);
      for (const list of lists) expect(entry[list]![0]).to.have.property('pass_thread_control');
      await page.close();
    });
  }
});
