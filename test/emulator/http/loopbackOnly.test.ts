import { get } from 'node:http';
import { expect } from 'chai';
import { startPlatform, type AzurePlatform } from '../../../emulator/startPlatform.ts';

/** `fetch` sets these headers itself, as a browser does. */
const statusOf = (url: string, headers: Record<string, string>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, (response) => {
      response.destroy();
      resolve(response.statusCode);
    }).on('error', reject);
  });

describe('The servers of the emulator', () => {
  let platform: AzurePlatform;
  let page: string;
  beforeEach(async () => {
    platform = await startPlatform();
    page = platform.emulator.url;
  });
  afterEach(() => platform.close());

  const navigates = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  const loads = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };

  for (const site of ['cross-site', 'same-site', 'something new']) {
    it(`answer nothing that a page of another origin loads: ${site}`, async () => {
      const headers = { 'sec-fetch-site': site, ...loads };
      const token = platform.emulator.apps[0]!.pageToken;
      for (const path of ['/', '/_emulator/events', '/_emulator/state', `/v27.0/me?access_token=${token}`]) {
        expect(await statusOf(`${page}${path}`, headers), path).to.equal(403);
      }
      expect(await statusOf(`${platform.azure.url}/v1/.well-known/keys`, headers)).to.equal(403);
      const frame = { 'sec-fetch-site': site, ...navigates, 'sec-fetch-dest': 'iframe' };
      expect(await statusOf(`${page}/`, frame)).to.equal(403);
      expect(await statusOf(`${page}/_emulator/state`, { 'sec-fetch-site': site, ...navigates })).to.equal(403);
      expect(platform.emulator.events().filter(({ type }) => type === 'graphCall')).to.deep.equal([]);
    });
  }

  it('say in the event stream which host was asked for in vain', async () => {
    expect(await statusOf(`${page}/v27.0/me?access_token=secret`, { host: 'bot.example' })).to.equal(403);
    const refused = platform.emulator.events().filter(({ type }) => type === 'hostRefused');
    expect(refused).to.have.length(1);
    expect(refused[0]).to.deep.include({ method: 'GET', path: '/v27.0/me', host: 'bot.example' });
  });

  it('answer Graph, and nothing else, to clients that know it by its name, and no page by it', async () => {
    const me = `${page}/v27.0/me?access_token=${platform.emulator.apps[0]!.pageToken}`;
    const host = 'graph.facebook.com';
    expect(await statusOf(me, { host })).to.equal(200);
    expect(await statusOf(me, { host: 'graph.facebook.com:443' })).to.equal(200);
    expect(await statusOf(`${page}/_emulator/state`, { host })).to.equal(403);
    expect(await statusOf(me, { host: 'graph.facebook.com.example' })).to.equal(403);
    expect(await statusOf(me, { host, origin: 'http://graph.facebook.com' })).to.equal(403);
    expect(await statusOf(me, { host, 'sec-fetch-site': 'same-origin', ...loads })).to.equal(403);
    expect(await statusOf(`${platform.azure.url}/v1/.well-known/keys`, { host })).to.equal(403);
  });

  it('open the page for a link on another one, and answer their own page and programs', async () => {
    expect(await statusOf(`${page}/`, { 'sec-fetch-site': 'cross-site', ...navigates })).to.equal(200);
    // With parameters it is a call of Graph, which no link may make.
    const call = `${page}/?method=post&batch=[]&access_token=${platform.emulator.apps[0]!.pageToken}`;
    expect(await statusOf(call, { 'sec-fetch-site': 'cross-site', ...navigates })).to.equal(403);
    expect(await statusOf(`${page}/_emulator/state`, { 'sec-fetch-site': 'same-origin', ...loads })).to.equal(200);
    expect(await statusOf(`${page}/_emulator/state`, { 'sec-fetch-site': 'none', ...navigates })).to.equal(200);
    expect(await statusOf(`${page}/_emulator/state`, {})).to.equal(200);
  });

  it('tell a browser with every answer to guess no type and to show it to no other origin', async () => {
    const paths = ['/', '/_emulator/state', '/_emulator/nowhere', '/_emulator/page/page.css', '/v27.0/me', '/nowhere'];
    const urls = [...paths.map((path) => `${page}${path}`), `${platform.azure.url}/v1/.well-known/keys`];
    for (const url of urls) {
      const { headers } = await fetch(url);
      const told = [headers.get('x-content-type-options'), headers.get('cross-origin-resource-policy')];
      expect(told, url).to.deep.equal(['nosniff', 'same-origin']);
    }
    const stream = await fetch(`${page}/_emulator/events`, { headers: { accept: 'text/event-stream' } });
    expect(stream.headers.get('cross-origin-resource-policy')).to.equal('same-origin');
    await stream.body?.cancel();
  });
});
