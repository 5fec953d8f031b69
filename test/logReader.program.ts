import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { sampleBots } from '../playground/scenarios.ts';
import { useFolder } from './support/brokenDisk.ts';
import { webhookSettings } from './support/settingsReader.ts';
import { metaBytes, postSigned } from './support/signedWebhook.ts';

const program = fileURLToPath(new URL('../index.ts', import.meta.url));

describe('whoever reads the log of a bot', () => {
  const folder = useFolder();
  let bot: ChildProcess & { stdout: Readable };
  let metricsUrl: string;
  afterEach(() => void bot.kill('SIGKILL'));

  /** A bot as a process, read up to the line that says where it is. */
  async function start(): Promise<string> {
    const env = {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      ...webhookSettings,
      Bot: sampleBots,
      BotRole: 'primary',
      Host: '127.0.0.1',
      Port: '0',
      MetricsPort: '0',
      StorePath: ':memory:',
      LogLevel: 'debug',
      GraphApiBaseUrl: 'http://127.0.0.1:9',
    };
    const child = spawn(process.execPath, [program], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env,
      cwd: folder.path('.'),
    });
    bot = child;
    let read = '';
    while (!read.includes('the bot is listening')) read += String(((await once(child.stdout, 'data')) as [Buffer])[0]);
    child.stdout.pause();
    metricsUrl = /"metrics":"([^"]+)"/.exec(read)![1]!;
    return /http:\/\/127\.0\.0\.1:\d+/.exec(read)![0];
  }

  const receipts = (round: number) =>
    Array.from({ length: 500 }, (_, i) => ({
      sender: { id: `76${i}` },
      recipient: { id: '10' },
      timestamp: Date.now(),
      read: { watermark: 1_767_225_600_000 + round * 1_000 + i },
    }));

  /** So many times 500 events, each of which is a line of some 200 bytes at least. A pipe holds fewer than those of one time. */
  async function makeLines(url: string, rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      const body = { object: 'page', entry: [{ id: '10', time: Date.now(), messaging: receipts(round) }] };
      const answer = await postSigned(`${url}/webhook`, metaBytes(body), webhookSettings.FacebookAppSecret);
      expect(answer.status).to.equal(200);
    }
    while (!/_events_waiting 0$/m.test(await (await fetch(metricsUrl)).text())) expect(bot.exitCode).to.equal(null);
  }

  async function end(): Promise<unknown> {
    const ended = once(bot, 'exit');
    bot.kill('SIGTERM');
    return ended;
  }

  it('does not stop it by reading nothing: it acknowledges, is healthy and hears that it is to end', async () => {
    const url = await start();
    await makeLines(url, 1);
    expect((await fetch(`${url}/healthz`)).status).to.equal(200);
    expect(await end()).to.deep.equal([0, null]);
  });

  it('gets whole lines, all that there was room for, when it reads again', async () => {
    const url = await start();
    await makeLines(url, 12);
    const rest = text(bot.stdout);
    expect(await end()).to.deep.equal([0, null]);
    const lines = (await rest).trimEnd().split('\n');
    for (const line of lines.slice(1)) expect(() => JSON.parse(line) as unknown, line).to.not.throw();
    expect(lines.length).to.be.at.least(3_000);
  });

  it('does not stop it by going away', async () => {
    const url = await start();
    bot.stdout.destroy();
    await makeLines(url, 1);
    expect((await fetch(`${url}/healthz`)).status).to.equal(200);
    expect(await end()).to.deep.equal([0, null]);
  });
});
