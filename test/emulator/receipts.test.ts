import { expect } from 'chai';
import { startPage, type GraphAnswer, type PageUnderTest } from './pageUnderTest.ts';

describe('what was received, read and seen', () => {
  let page: PageUnderTest;
  afterEach(() => page.close());

  const thread = () => page.emulator.state().threads[page.psid]!;
  const say = (text: string): Promise<GraphAnswer> => page.post(0, 'messages', { message: { text } });

  it('is told to the apps once, whoever asks how often', async () => {
    page = await startPage();
    page.emulator.customer().say('hi');
    await say('hello');
    await page.news(0);
    page.emulator.customer().receive();
    page.emulator.customer().receive();
    page.emulator.customer().read();
    page.emulator.customer().read();
    expect(await page.heard(0)).to.deep.equal(['messaging delivery', 'messaging read']);
    const { at } = thread().messages.at(-1)!;
    expect(thread()).to.include({ receivedUpTo: at, readUpTo: at });
    await say('and on');
    await page.news(0);
    page.emulator.customer().read();
    expect(await page.heard(0)).to.deep.equal(['messaging read']);
  });

  it('is received at once by a phone that is on', async () => {
    page = await startPage({ switches: { receipts: 'automatic' } });
    page.emulator.customer().say('hi');
    await page.news(0);
    const { body } = await page.post(0, 'messages', { message: { text: 'hello' } });
    const news = await page.news(0);
    expect(news.map(([, item]) => Object.keys(item).at(-1))).to.deep.equal(['message', 'delivery']);
    const { at } = thread().messages.at(-1)!;
    expect(news[1]![1]['delivery']).to.deep.equal({ mids: [body['message_id']], watermark: at });
    expect(thread()).to.include({ receivedUpTo: at, readUpTo: 0 });
  });

  it('counts what no agent has seen, until one opens the conversation or answers', async () => {
    page = await startPage();
    const { emulator } = page;
    emulator.customer().say('one');
    emulator.customer().say('two');
    expect(thread().unread).to.equal(2);
    await page.news(0);
    const conversations = await page.graph(0, 'GET', '/conversations?fields=unread_count');
    expect(conversations.body['data']).to.deep.include({ id: `t_emulated${page.psid}`, unread_count: 2 });
    emulator.inbox().open();
    emulator.inbox().open();
    expect(thread().unread).to.equal(0);
    expect(emulator.events().filter(({ type }) => type === 'conversationSeen')).to.have.length(1);
    expect(await page.heard(0)).to.deep.equal([]);
    emulator.customer().say('three');
    emulator.inbox().reply('Yes?');
    expect(thread().unread).to.equal(0);
  });

  it('is opened over HTTP too, and only for customers that there are', async () => {
    page = await startPage();
    page.emulator.customer().say('hi');
    const open = (psid: string): Promise<Response> =>
      fetch(`${page.emulator.url}/_emulator/inbox/${psid}/open`, { method: 'POST' });
    expect((await open(page.psid)).status).to.equal(200);
    expect(thread().unread).to.equal(0);
    expect((await open('1')).status).to.equal(400);
  });

  it('has the reaction beside the message, until it is taken back', async () => {
    page = await startPage();
    page.emulator.customer().say('hi');
    await say('hello');
    page.emulator.customer().react('love');
    expect(thread().messages.at(-1)).to.include({ reaction: 'love' });
    page.emulator.customer().react('love', { action: 'unreact' });
    expect(thread().messages.at(-1)).not.to.have.property('reaction');
    const known = await fetch(`${page.emulator.url}/_emulator/reactions`);
    expect(await known.json()).to.include({ love: '\u2764', like: '\u{1F44D}' });
  });
});
