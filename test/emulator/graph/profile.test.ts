import { expect } from 'chai';
import { startPage, type GraphAnswer, type PageUnderTest } from '../pageUnderTest.ts';

describe('the emulated Messenger Profile', () => {
  let page: PageUnderTest;
  beforeEach(async () => {
    page = await startPage();
  });
  afterEach(() => page.close());

  const set = (profile: object, app: 0 | 1 = 0): Promise<GraphAnswer> =>
    page.graph(app, 'POST', '/messenger_profile', profile);
  const read = async (fields: string, app: 0 | 1 = 0): Promise<unknown> =>
    (await page.graph(app, 'GET', `/messenger_profile?fields=${fields}`)).body['data'];
  const profile = {
    get_started: { payload: 'START' },
    greeting: [{ locale: 'default', text: 'Welcome' }],
    ice_breakers: [{ question: 'Where are you?', payload: 'WHERE' }],
    persistent_menu: [
      {
        locale: 'default',
        composer_input_disabled: false,
        call_to_actions: [
          { type: 'postback', title: 'Help', payload: 'HELP' },
          { type: 'web_url', title: 'Shop', url: 'https://example.com/' },
        ],
      },
    ],
  };

  it('gives back what was set, of the calling app alone', async () => {
    expect((await set(profile)).body).to.deep.equal({ result: 'success' });
    expect(await read(Object.keys(profile).join(','))).to.deep.equal([profile]);
    expect(await read('greeting')).to.deep.equal([{ greeting: profile.greeting }]);
    expect(await read('greeting', 1)).to.deep.equal([]);
  });

  it('takes properties away', async () => {
    await set(profile);
    const gone = await page.graph(0, 'DELETE', '/messenger_profile', { fields: ['greeting', 'ice_breakers'] });
    expect(gone.body).to.deep.equal({ result: 'success' });
    expect(await read('greeting,ice_breakers')).to.deep.equal([]);
  });

  it('keeps get_started as long as there is a menu', async () => {
    const { persistent_menu } = profile;
    expect((await set({ persistent_menu })).body.error?.['message']).to.contain('needs get_started');
    await set(profile);
    const kept = await page.graph(0, 'DELETE', '/messenger_profile', { fields: ['get_started'] });
    expect(kept.status).to.equal(400);
    const both = await page.graph(0, 'DELETE', '/messenger_profile', { fields: ['get_started', 'persistent_menu'] });
    expect(both.status).to.equal(200);
  });

  it('refuses wrong properties', async () => {
    const wrong: object[] = [
      {},
      { get_started: {} },
      { greeting: 'Welcome' },
      { greeting: [{ locale: 'de_DE', text: 'Hallo' }] },
      { ice_breakers: Array.from({ length: 5 }, () => ({ question: 'x', payload: 'x' })) },
      { ice_breakers: [{ question: '', payload: 'x' }] },
      { ice_breakers: [{ locale: 'de_DE', call_to_actions: [{ question: 'x', payload: 'x' }] }] },
      { get_started: { payload: 'x' }, persistent_menu: [{ locale: 'default', call_to_actions: [] }] },
    ];
    for (const one of wrong) expect((await set(one)).body.error?.['code'], JSON.stringify(one)).to.equal(100);
    expect((await page.graph(0, 'GET', '/messenger_profile')).status).to.equal(400);
  });

  it('takes a greeting that is longer than documented, as Meta does for its own sample, unless it is switched', async () => {
    const greeting = [{ locale: 'default', text: 'x'.repeat(194) }];
    expect((await set({ greeting })).status).to.equal(200);
    page.emulator.setSwitches({ longGreetings: 'refused' });
    expect((await set({ greeting })).body.error?.['message']).to.contain('at most 160');
  });

  it('keeps every property that Meta has, and gives back what it knows of those asked for', async () => {
    const all = { whitelisted_domains: ['https://example.com/'], account_linking_url: 'https://example.com/login' };
    expect((await set(all)).status).to.equal(200);
    const names =
      'account_linking_url,persistent_menu,get_started,greeting,whitelisted_domains,payment_settings,nothing';
    const { body } = await page.graph(0, 'GET', `/messenger_profile?fields=${names}`);
    expect(body['data']).to.deep.equal([all]);
    expect((await page.graph(0, 'DELETE', '/messenger_profile', { fields: Object.keys(all) })).status).to.equal(200);
    expect((await page.graph(0, 'GET', `/messenger_profile?fields=${names}`)).body['data']).to.deep.equal([]);
  });

  it('lets the customer get started, with the payload for the app whose button it is', async () => {
    expect(() => page.emulator.customer().getStarted()).to.throw('get_started');
    await set({ get_started: { payload: 'OF SECONDARY' } }, 1);
    page.emulator.customer().getStarted();
    const [[channel, item]] = (await page.news(1)) as [[string, { postback: object }]];
    expect([channel, item.postback]).to.deep.include('messaging');
    expect(item.postback).to.include({ payload: 'OF SECONDARY' });
    await set(profile);
    await page.news(0);
    page.emulator.customer().getStarted();
    const [[, first]] = (await page.news(0)) as [[string, { postback: object }]];
    expect(first.postback).to.include({ title: 'Get Started', payload: 'START' });
  });
});
