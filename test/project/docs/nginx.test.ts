import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { maxWebhookBytes } from '../../../adapters/messenger/messengerEndpoint.ts';
import { maxStatusBytes } from '../../../adapters/http/handoffRoute.ts';
import { maxBodyBytes } from '../../../adapters/http/requestBody.ts';
import { createBotServer, type BotServer } from '../../../server.ts';
import { connectTo, rawRequest, readAnswer } from '../../support/rawRequest.ts';
import { createRecordingLogger } from '../../support/recordingLogger.ts';
import { webhookSettings } from '../../support/settingsReader.ts';
import { metaBytes, postSigned } from '../../support/signedWebhook.ts';
import { testSettings } from '../../support/testSettings.ts';

const example = readFileSync(new URL('../../../docs/nginx.conf', import.meta.url), 'utf8');
const isInstalled = spawnSync('nginx', ['-v']).status === 0;

describe('docs/nginx.conf', () => {
  it('lets every sender of events through, and a desk', () => {
    for (const path of ['/webhook', '/api/messages', '/api/handoff'])
      expect(example).to.contain(`location = ${path} {`);
  });

  it('lets bodies through that are as large as the bot takes them', () => {
    const sizes = [...example.matchAll(/client_max_body_size (\d+)k/g)].map(
      ([, kilobytes]) => Number(kilobytes) * 1024,
    );
    expect(sizes).to.deep.equal([maxWebhookBytes, maxBodyBytes, maxStatusBytes]);
  });
});

// A pending test would be a failure, so without nginx there is none.
(isInstalled ? describe : sayThatItWasLeftOut)('nginx with docs/nginx.conf in front of a bot', () => {
  const directory = mkdtempSync(join(tmpdir(), 'messenger-handover-nginx-'));
  const path = (name: string) => join(directory, name);
  let bot: BotServer;
  let nginx: ChildProcess;
  let url: string;

  before(async () => {
    const settings = testSettings({ ...webhookSettings, GraphApiBaseUrl: 'http://127.0.0.1:9' });
    const listens = { run: () => Promise.resolve() };
    bot = await createBotServer(settings, { logger: createRecordingLogger(), createBot: () => listens });
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, 'close');
    url = `http://127.0.0.1:${port}`;
    const site = example
      .replace('listen 80;', `listen 127.0.0.1:${port};`)
      .replace('127.0.0.1:3978', new URL(bot.url).host)
      // So that what is beyond the burst is refused, however slowly this machine asks.
      .replace('rate=50r/s', 'rate=1r/m');
    writeFileSync(path('site.conf'), site);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${path(name)};`,
    );
    writeFileSync(
      path('nginx.conf'),
      `daemon off; master_process off; pid ${path('pid')}; error_log stderr; events {}
       http { access_log off; ${temporary.join(' ')} include ${path('site.conf')}; }`,
    );
    nginx = spawn('nginx', ['-c', path('nginx.conf'), '-p', path('.')], { stdio: 'ignore' });
    for (let tries = 0; tries < 1_000; tries += 1) {
      const socket = connectTo(url);
      const isUp = await new Promise((resolve) => {
        socket.once('connect', () => resolve(true)).once('close', () => resolve(false));
      });
      socket.destroy();
      if (isUp === true) return;
    }
    expect.fail('nginx does not listen');
  });
  after(async () => {
    rmSync(directory, { recursive: true, force: true });
    if (!isInstalled) return;
    const ended = once(nginx, 'exit');
    nginx.kill('SIGTERM');
    await ended;
    await bot.close();
  });

  const item = (mid: string, text: string) => ({
    sender: { id: '76' },
    recipient: { id: '10' },
    timestamp: Date.now(),
    message: { mid, text },
  });
  const body = (count: number, text: string) =>
    metaBytes({
      object: 'page',
      entry: [{ id: '10', time: 1, messaging: Array.from({ length: count }, (_, i) => item(`m_${i}_${count}`, text)) }],
    });

  it('is accepted by nginx', () => {
    const { status, stderr } = spawnSync('nginx', ['-t', '-c', path('nginx.conf'), '-p', path('.')]);
    expect([status, status === 0 ? '' : String(stderr)]).to.deep.equal([0, '']);
  });

  it('lets signed events through, also a large batch', async () => {
    const { FacebookAppSecret } = webhookSettings;
    expect((await postSigned(`${url}/webhook`, body(1, 'hello'), FacebookAppSecret)).status).to.equal(200);
    expect((await postSigned(`${url}/webhook`, body(400, 'ж'.repeat(1_000)), FacebookAppSecret)).status).to.equal(200);
  });

  it('refuses what is too large for the other endpoint, and tells nobody how the bot is', async () => {
    const large = await fetch(`${url}/api/messages`, { method: 'POST', body: ' '.repeat(256 * 1024 + 1) }).catch(
      () => undefined,
    );
    expect(large?.status ?? 413).to.equal(413);
    for (const path of ['/', '/healthz', '/readyz', '/webhook/x'])
      expect((await fetch(url + path)).status).to.equal(404);
  });

  it('has the bot see whole pieces of a body that came byte by byte', async () => {
    const socket = connectTo(url);
    socket.write('POST /api/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n');
    socket.write(`Transfer-Encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(5_000)}0\r\n\r\n`);
    const { statuses } = await readAnswer(socket);
    expect(statuses).to.deep.equal([403]); // by the bot, which is for the webhook alone
  });

  it('refuses who asks too often', async () => {
    const get = 'GET /webhook HTTP/1.1\r\nHost: x\r\n\r\n';
    const { statuses } = await rawRequest(url, `${get.repeat(700)}${get.replace('Host', 'Connection: close\r\nHost')}`);
    expect(example).to.contain('rate=50r/s').and.contain('burst=500');
    expect(statuses.filter((status) => status === 429)).to.have.length.within(200, 300);
  });
});

function sayThatItWasLeftOut(): void {
  after(() => void process.stdout.write('\n  No nginx was found, so docs/nginx.conf was read but not run.\n'));
}
