import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { spawnProgram } from '../support/programProcess.ts';
import { connectTo } from '../support/rawRequest.ts';
import { startScriptedIssuer } from '../support/scriptedIssuer.ts';
import { webhookSettings } from '../support/settingsReader.ts';
import { metaBytes, signatureOf } from '../support/signedWebhook.ts';

/**
 * What strangers cost a bot that runs as it ships, with both endpoints: processor time for each bad request as a multiple of a good one in the
 * same run, the growth of its memory, and how long good requests beside the attack take. Loopback only, about a minute. Ends with 1
 * when an attack costs more than its budget, or a good request is not answered.
 */
const serviceUrl = 'http://127.0.0.1:9/';
const issuer = await startScriptedIssuer();
const bot = spawnProgram('index.ts', [], {
  ...{ ...issuer.settings, ...webhookSettings, GraphApiBaseUrl: serviceUrl.slice(0, -1), LogLevel: 'info' },
  ...{ BotRole: 'primary', Host: '127.0.0.1', Port: '0', MetricsPort: '0', StorePath: ':memory:' },
});
await bot.printed('the bot is listening');
const url = /"webhook":"(http:\/\/127\.0\.0\.1:\d+)/.exec(bot.output())?.[1] ?? '';
const metricsUrl = /"metrics":"([^"]+)"/.exec(bot.output())?.[1] ?? '';

async function metric(name: string): Promise<number> {
  const text = await (await fetch(metricsUrl, { headers: { connection: 'close' } })).text();
  return Number(new RegExp(`^${name} ([\\d.e+]+)$`, 'm').exec(text)?.[1]);
}

const head = (line: string, headers: Record<string, string>): string =>
  `${line} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
const post = (path: string, headers: Record<string, string>, body: string): string =>
  head(`POST ${path}`, { 'Content-Length': String(Buffer.byteLength(body)), ...headers }) + body;

let count = 0;
function good(): string {
  count += 1;
  const read = { watermark: count };
  const messaging = [{ sender: { id: '76' }, recipient: { id: '10' }, timestamp: Date.now(), read }];
  const body = metaBytes({ object: 'page', entry: [{ id: '10', time: Date.now(), messaging }] });
  return post('/webhook', { 'X-Hub-Signature-256': signatureOf(body, webhookSettings.FacebookAppSecret) }, body);
}

/** The first line of the answer, or nothing when the bot ended the connection. */
async function send(bytes: string): Promise<string> {
  const socket = connectTo(url);
  const over = Promise.race([once(socket, 'data'), once(socket, 'close').then(() => ['']), after(8_000, [''])]);
  socket.write(bytes);
  const [data] = (await over) as [Buffer | string | boolean];
  socket.destroy();
  return data instanceof Buffer ? data.toString('latin1').slice(9, 12) : '';
}

interface Attack {
  what: string;
  /** Does it, and gives how many requests that were. */
  run: () => Promise<number>;
  /** Processor time of one, as a multiple of a good request. */
  budget: number;
}

const wrongSignature = { 'X-Hub-Signature-256': `sha256=${'0'.repeat(64)}` };
const inPieces =
  head('POST /webhook', { 'Transfer-Encoding': 'chunked', ...wrongSignature }) + '1\r\nx\r\n'.repeat(260_000);
const zeros = post('/api/messages', {}, `[${'0,'.repeat(130_000)}"\\u0041"]`);
const token = await issuer.sign({ claims: { serviceurl: serviceUrl } });
const authorized = { Authorization: `Bearer ${token}` };
const about = {
  channelId: 'facebook',
  serviceUrl,
  from: { id: '78' },
  recipient: { id: '10' },
  conversation: { id: '78-10' },
};
const activity = (more: object): string =>
  post('/api/messages', authorized, JSON.stringify({ type: 'message', id: `a${(count += 1)}`, ...about, ...more }));

const together = async (times: number, make: (index: number) => string): Promise<number> => {
  await Promise.all(Array.from({ length: times }, (_, index) => send(make(index))));
  return times;
};
const inTurn = async (times: number, make: (index: number) => string): Promise<number> => {
  for (let index = 0; index < times; index += 1) await send(make(index));
  return times;
};

const attacks: readonly Attack[] = [
  { what: '60 MB in one-byte pieces over 40 connections', run: () => together(40, () => inPieces), budget: 250 },
  {
    what: '20 requests a second of 256 kB of zeros, no token',
    run: async () => {
      for (let second = 0; second < 4; second += 1) await Promise.all([together(20, () => zeros), after(1_000)]);
      return 80;
    },
    budget: 15,
  },
  {
    what: '240 kB of eyJ- as bearer token',
    run: () => inTurn(40, () => post('/api/messages', { Authorization: `Bearer ${'eyJ-'.repeat(60_000)}` }, '{}')),
    budget: 15,
  },
  {
    what: '240 kB of eyJ- as type, good token',
    run: () => inTurn(20, () => activity({ type: 'eyJ-'.repeat(60_000) })),
    budget: 60,
  },
  {
    what: '70 inline turns of one conversation at once',
    run: () => together(70, () => activity({ deliveryMode: 'expectReplies', text: 'hello' })),
    budget: 60,
  },
  {
    what: '300 connections that send one byte a second',
    run: async () => {
      const sockets: Socket[] = Array.from({ length: 300 }, () => connectTo(url).on('error', () => undefined));
      for (const byte of 'POST') {
        for (const socket of sockets) socket.write(byte);
        await after(1_000);
      }
      for (const socket of sockets) socket.destroy();
      return 300;
    },
    budget: 15,
  },
  {
    what: 'wide JSON, good token',
    run: () => inTurn(20, () => post('/api/messages', authorized, `[${'0,'.repeat(130_000)}0]`)),
    budget: 60,
  },
  {
    what: 'deep JSON, good token',
    run: () => inTurn(20, () => post('/api/messages', authorized, '['.repeat(250_000))),
    budget: 60,
  },
];

const say = (line: string): void => void process.stdout.write(`${line}\n`);
/** In milliseconds, and MB. */
const cpu = async (): Promise<number> => 1_000 * (await metric('process_cpu_seconds_total'));
const memory = async (): Promise<number> => (await metric('process_resident_memory_bytes')) / 2 ** 20;
const mostGrowthMb = 350;
const longestAnswerMs = 5_000;

await inTurn(200, good);
const begun = await cpu();
await inTurn(200, good);
const goodMs = ((await cpu()) - begun) / 200;
say(`a good request: ${goodMs.toFixed(2)} ms of processor time`);
say(`${'attack'.padEnd(52)}  requests  ms each  of a good one  budget  memory  good beside: median  longest`);
for (const { what, run, budget } of attacks) {
  const [cpuBefore, memoryBefore] = [await cpu(), await memory()];
  const over = new AbortController();
  let highest = memoryBefore;
  const took: number[] = [];
  let lost = 0;
  const beside = (async () => {
    do {
      const at = performance.now();
      if ((await send(good())) !== '200') lost += 1;
      took.push(performance.now() - at);
      highest = Math.max(highest, await memory());
      await after(50);
    } while (!over.signal.aborted);
  })();
  const requests = await run();
  over.abort();
  await beside;
  const each = Math.max(0, (await cpu()) - cpuBefore - took.length * goodMs) / requests;
  const growth = highest - memoryBefore;
  took.sort((one, other) => one - other);
  const [median = 0, longest = 0] = [took[Math.floor(took.length / 2)], took.at(-1)];
  const isWrong = each / goodMs > budget || growth > mostGrowthMb || lost > 0 || longest > longestAnswerMs;
  say(
    [
      what.padEnd(52),
      String(requests).padStart(8),
      each.toFixed(2).padStart(7),
      (each / goodMs).toFixed(1).padStart(13),
      String(budget).padStart(6),
      `${growth.toFixed(0)} MB`.padStart(6),
      `${median.toFixed(0)} ms`.padStart(19),
      `${longest.toFixed(0)} ms`.padStart(7),
      ...(lost > 0 ? [`${lost} good requests lost`] : []),
      ...(isWrong ? ['WRONG'] : []),
    ].join('  '),
  );
  if (isWrong) process.exitCode = 1;
}
bot.kill('SIGKILL');
await bot.ended;
await issuer.close();
