import { once } from 'node:events';
import { get as httpGet, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { useFolder } from './brokenDisk.ts';
import { spawnProgram, type ProgramProcess } from './programProcess.ts';
import { connectTo } from './rawRequest.ts';
import { startScriptedIssuer, type ScriptedIssuer } from './scriptedIssuer.ts';
import { webhookSettings } from './settingsReader.ts';
import { metaBytes, signatureOf } from './signedWebhook.ts';

const serviceUrl = 'http://127.0.0.1:9/';
const wrongSignature = `sha256=${'0'.repeat(64)}`;
const chunked = (bytes: string, size: number): string =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.slice(at * size, (at + 1) * size))
    .map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`)
    .join('');

/** Bytes of one request. */
const request = (line: string, headers: Record<string, string>, body = ''): string => {
  const lines = Object.entries({ Host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
};
const post = (path: string, headers: Record<string, string>, body: string): string =>
  request(
    `POST ${path}`,
    { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)), ...headers },
    body,
  );

/** On a connection of its own: the bot may end one that is kept at the moment in which it would be used again. */
async function get(address: string): Promise<{ status: number | undefined; text: string }> {
  const [response] = (await once(httpGet(address, { agent: false }), 'response')) as [IncomingMessage];
  return { status: response.statusCode, text: (await buffer(response)).toString() };
}

export interface BudgetSize {
  /** Honest messages until the code is warm, and those that are the measure. */
  warm: number;
  honest: number;
  /** Bad requests of each kind, and of each that comes in 200,000 pieces. */
  each: number;
  eachInPieces: number;
  /** Bodies of 16 MB that lack their last byte. */
  unfinished: number;
  /** Bodies that come byte by byte at once, and how many times that happens. */
  byteByByte: number;
  rounds: number;
  /** Kinds that are left to the long form. */
  without?: readonly string[];
}

/**
 * What a bad request costs the bot, in processor time of its process, as a multiple of what an honest signed message costs it in the same
 * run. The bot tells its own processor time and memory by its metrics.
 */
export function describeCosts(size: BudgetSize): void {
  describe('What strangers cost a bot', () => {
    const folder = useFolder();
    let issuer: ScriptedIssuer;
    let bot: ProgramProcess;
    let url: string;
    let metricsUrl: string;
    let sent = 0;

    beforeEach(async () => {
      issuer = await startScriptedIssuer();
      const env = { ...issuer.settings, ...webhookSettings, GraphApiBaseUrl: 'http://127.0.0.1:9', LogLevel: 'info' };
      const place = { BotRole: 'primary', Host: '127.0.0.1', Port: '0', MetricsPort: '0', StorePath: ':memory:' };
      // A bound, so that V8 collects what is held no longer, and what is held too long ends the bot.
      const heap = { NODE_OPTIONS: '--max-old-space-size=128' };
      bot = spawnProgram('index.ts', [], { ...env, ...place, ...heap }, folder.path('.'));
      await bot.printed('the bot is listening');
      url = /"webhook":"(http:\/\/127\.0\.0\.1:\d+)/.exec(bot.output())![1]!;
      metricsUrl = /"metrics":"([^"]+)"/.exec(bot.output())![1]!;
    });
    afterEach(async () => {
      bot.kill('SIGKILL');
      await bot.ended;
      await issuer.close();
    });

    async function metric(name: string): Promise<number> {
      const { text } = await get(metricsUrl);
      return Number(new RegExp(`^${name} ([\\d.e+]+)$`, 'm').exec(text)![1]);
    }

    /** Sends it on a connection of its own and waits until the bot has ended or answered it. */
    async function send(bytes: string): Promise<void> {
      const socket = connectTo(url);
      const over = Promise.race([once(socket, 'data'), once(socket, 'close')]);
      socket.write(bytes);
      await over;
      socket.destroy();
    }

    /** Processor seconds for each of so many, one after the other. */
    async function costOf(make: () => string | Promise<string>, times: number): Promise<number> {
      const all = await Promise.all(Array.from({ length: times }, async () => make()));
      const before = await metric('process_cpu_seconds_total');
      for (const bytes of all) await send(bytes);
      return ((await metric('process_cpu_seconds_total')) - before) / times;
    }

    const receipt = (): string => {
      sent += 1;
      const read = { watermark: sent };
      const messaging = [{ sender: { id: '76' }, recipient: { id: '10' }, timestamp: Date.now() + sent, read }];
      const body = metaBytes({ object: 'page', entry: [{ id: '10', time: Date.now(), messaging }] });
      return post('/webhook', { 'X-Hub-Signature-256': signatureOf(body, webhookSettings.FacebookAppSecret) }, body);
    };
    const bearer = async (claims: Record<string, unknown> = {}): Promise<Record<string, string>> => ({
      Authorization: `Bearer ${await issuer.sign({ claims: { serviceurl: serviceUrl, ...claims } })}`,
    });
    const activity = (more: object): string =>
      JSON.stringify({ type: 'message', channelId: 'facebook', serviceUrl, id: `id-${(sent += 1)}`, ...more });
    const zeros = `[${'0,'.repeat(130_000)}"\\u0041"]`;
    const long = 'x'.repeat(250_000);

    /** What it is, the bytes of one, and how many honest messages it may cost. */
    const classes: readonly [what: string, make: () => string | Promise<string>, budget: number][] = [
      ['an unsigned event', () => post('/webhook', {}, '{}'), 2],
      [
        'an unsigned event that announces a large body',
        () => post('/webhook', { 'Content-Length': '16000000' }, ''),
        2,
      ],
      ['256 kB with a wrong signature', () => post('/webhook', { 'X-Hub-Signature-256': wrongSignature }, long), 6],
      ['a junk signature', () => post('/webhook', { 'X-Hub-Signature-256': 'eyJ-'.repeat(1_000) }, '{}'), 2],
      [
        '200,000 pieces of one byte with a wrong signature',
        () =>
          request(
            'POST /webhook',
            { 'Transfer-Encoding': 'chunked', 'X-Hub-Signature-256': wrongSignature },
            chunked('x'.repeat(200_000), 1),
          ),
        150,
      ],
      [
        '200,000 pieces of one byte without a token',
        () => request('POST /api/messages', { 'Transfer-Encoding': 'chunked' }, chunked('x'.repeat(200_000), 1)),
        150,
      ],
      [
        '200,000 pieces with GET',
        () => request('GET /healthz', { 'Transfer-Encoding': 'chunked' }, chunked('x'.repeat(200_000), 1)),
        150,
      ],
      ['256 kB of zeros without a token', () => post('/api/messages', {}, zeros), 6],
      [
        '256 kB of zeros with a junk token',
        () => post('/api/messages', { Authorization: `Bearer ${'a'.repeat(9_000)}.b.c` }, zeros),
        6,
      ],
      [
        '256 kB of zeros with a token of another bot',
        async () => post('/api/messages', await bearer({ aud: 'x' }), zeros),
        8,
      ],
      ['256 kB of zeros with a good token', async () => post('/api/messages', await bearer(), zeros), 30],
      ['100,000 levels with a good token', async () => post('/api/messages', await bearer(), '['.repeat(250_000)), 30],
      [
        'a text of 250 kB in place of a type',
        async () => post('/api/messages', await bearer(), activity({ type: 'eyJ-'.repeat(60_000) })),
        30,
      ],
      [
        'a name of 250 kB',
        async () => post('/api/messages', await bearer(), activity({ type: 'event', name: '\u001b]'.repeat(40_000) })),
        30,
      ],
      ['a wrong channel', async () => post('/api/messages', await bearer(), activity({ channelId: 'msteams' })), 20],
      [
        'a wrong serviceUrl',
        async () => post('/api/messages', await bearer(), activity({ serviceUrl: 'https://evil.example/' })),
        20,
      ],
      ['an unknown address', () => request('GET /x', {}), 2],
      ['a malformed host', () => request('GET /healthz', { Host: '[' }), 2],
      ['a thousand requests at once', () => request('GET /healthz', {}).repeat(1_000), 40],
    ];

    it('is no more than its budget for each kind of bad request, and the bot answers in between', async () => {
      await costOf(receipt, size.warm);
      const honest = await costOf(receipt, size.honest);
      const over: string[] = [];
      for (const [what, make, budget] of classes) {
        if (size.without?.includes(what)) continue;
        await costOf(make, size.eachInPieces);
        const look = () => costOf(make, what.includes('pieces') ? size.eachInPieces : size.each);
        let ratio = (await look()) / honest;
        // Compiling or a collection of garbage may fall into one look. What is too dear is so in each.
        for (let more = 2; more > 0 && ratio > budget; more -= 1) ratio = Math.min(ratio, (await look()) / honest);
        if (ratio > budget) over.push(`${what}: ${ratio.toFixed(1)} of ${budget}`);
        expect((await get(`${url}/healthz`)).status).to.equal(200);
      }
      expect(over).to.deep.equal([]);
      const refusals = bot.output().match(/"request refused"/g) ?? [];
      expect(refusals.length).to.be.below(2 * classes.length);
    });

    it('is bounded in memory, for bodies but for their last byte and for those that come byte by byte', async () => {
      await costOf(receipt, size.warm);
      const before = await metric('process_resident_memory_bytes');
      const sockets: Socket[] = [];
      let highest = 0;
      const look = async () => void (highest = Math.max(highest, await metric('process_resident_memory_bytes')));
      const body = 'x'.repeat(16_000_000);
      const almost = Buffer.from(post('/webhook', { 'X-Hub-Signature-256': wrongSignature }, body).slice(0, -1));
      for (let i = 0; i < size.unfinished; i += 1) {
        const socket = connectTo(url);
        sockets.push(socket);
        // A body is much larger than what the system keeps for a connection: once all is written, the bot has taken nearly all.
        await new Promise((over) => socket.once('close', over).write(almost, over));
        await look();
      }
      await send(receipt());
      for (const socket of sockets) socket.destroy();
      const tiny = chunked('x'.repeat(150_000), 1);
      for (let i = 0; i < size.rounds; i += 1) {
        await Promise.all(
          Array.from({ length: size.byteByByte }, () =>
            send(
              request('POST /webhook', { 'Transfer-Encoding': 'chunked', 'X-Hub-Signature-256': wrongSignature }, tiny),
            ),
          ),
        );
        await look();
      }
      expect((highest - before) / 1024 / 1024).to.be.below(350);
    });
  });
}
