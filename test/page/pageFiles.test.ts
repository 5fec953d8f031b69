import { readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { expect } from 'chai';
import type { Emulator } from '../../emulator/emulator.ts';
import { startEmulator } from '../../emulator/startEmulator.ts';

const scripts = ['page', 'narration'].flatMap((folder) =>
  readdirSync(new URL(`../../emulator/${folder}/`, import.meta.url))
    .filter((name) => name.endsWith('.js'))
    .map((name) => `/_emulator/${folder}/${name}`),
);

describe('the files of the page', () => {
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await startEmulator();
  });
  afterEach(() => emulator.close());

  const get = (path: string): Promise<Response> => fetch(`${emulator.url}${path}`);

  it('are all served, as what they are, and so are the packages that the page names', async () => {
    const html = await (await get('/')).text();
    const packages = [...html.matchAll(/"(\/_emulator\/v-\w+\/page\/packages\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(packages).to.have.length(6);
    for (const path of [...scripts, ...packages]) {
      const response = await get(path);
      expect([path, response.status]).to.deep.equal([path, 200]);
      expect(response.headers.get('content-type')).to.contain('text/javascript');
      expect(response.headers.get('x-content-type-options')).to.equal('nosniff');
    }
    expect((await get('/_emulator/page/page.css')).headers.get('content-type')).to.contain('text/css');
  });

  it('are asked for once: the page names them with their version, and what has none is asked for again', async () => {
    const cacheControl = async (path: string) => (await get(path)).headers.get('cache-control');
    const html = await (await get('/')).text();
    const named = [...html.matchAll(/"(\/_emulator\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(named).to.have.length(11);
    for (const path of named) {
      expect(path).to.match(/^\/_emulator\/v-\w{16}\/page\//);
      expect(await cacheControl(path), path).to.equal('max-age=31536000, immutable');
    }
    for (const path of ['/', '/_emulator/page/main.js']) expect(await cacheControl(path), path).to.equal('no-cache');
    expect(await (await get('/')).text()).to.equal(html);
  });

  it('come with a policy that lets nothing in from elsewhere', async () => {
    const policy = (await get('/')).headers.get('content-security-policy');
    expect(policy).to.contain("default-src 'none'").and.to.contain("frame-ancestors 'none'");
    expect(policy).not.to.match(/unsafe|https?:|\*/);
  });

  it('are no way to other files', async () => {
    const paths = [
      'tsconfig.json',
      '../seed.ts',
      '%2e%2e/seed.ts',
      'packages/../main.js/..',
      'packages/preact.mjs.map',
      '',
    ];
    for (const path of paths) expect((await get(`/_emulator/page/${path}`)).status, path).to.equal(404);
  });

  it('are refused to names and pages that are not of this machine', async () => {
    const statusFor = (path: string, headers: Record<string, string>, method = 'GET'): Promise<number> =>
      new Promise((resolve, reject) => {
        const sent = httpRequest(`${emulator.url}${path}`, { headers, method }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        sent.on('error', reject).end();
      });
    for (const path of ['/', '/_emulator/page/main.js', '/_emulator/events', '/_emulator/state']) {
      expect(await statusFor(path, { host: 'rebound.example' }), path).to.equal(403);
      expect(await statusFor(path, { host: `127.0.0.1.rebound.example:${emulator.port}` }), path).to.equal(403);
      expect(await statusFor(path, { origin: 'https://elsewhere.example' }), path).to.equal(403);
    }
    const verbs = [
      'reset',
      'clock/advance',
      'mode',
      'faults',
      'webhook-faults',
      `customers/${emulator.customers[0]!}/messages`,
    ];
    const refused = () => emulator.events().flatMap((event) => (event.type === 'hostRefused' ? [event] : []));
    const others = () => emulator.events().length - refused().length;
    const before = others();
    for (const verb of verbs) {
      for (const origin of ['https://elsewhere.example', 'null', `http://127.0.0.1:${emulator.port + 1}`]) {
        expect(await statusFor(`/_emulator/${verb}`, { origin }, 'POST'), verb).to.equal(403);
      }
      expect(await statusFor(`/_emulator/${verb}`, { host: 'rebound.example' }, 'POST'), verb).to.equal(403);
      expect(others()).to.equal(before);
    }
    // Told once each, so that no page of a stranger fills the list of events.
    const told = refused().map(({ host, because }) => `${host} ${because}`);
    expect(told).not.to.have.length(0);
    expect(told).to.have.length(new Set(told).size);
  });

  it('take HEAD, and leave every other method to Graph', async () => {
    const head = await fetch(emulator.url, { method: 'HEAD' });
    expect([head.status, await head.text()]).to.deep.equal([200, '']);
    expect((await fetch(emulator.url, { method: 'POST' })).status).to.be.within(400, 499);
  });
});
