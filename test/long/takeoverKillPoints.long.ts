import { fork, type ChildProcess } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { runHandovers } from '../../commands/handovers/runHandovers.ts';
import { defaultSeed } from '../../emulator/seed.ts';
import { startDirectPlatform } from '../../emulator/startDirectPlatform.ts';
import { readClaim, isSigned, signedHeaders } from '../../helpers/handoff/signedMessage.ts';
import { Secret } from '../../helpers/secret.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import { createConversation } from '../../testing/conversation.ts';
import type { FromPointKillBot, ToPointKillBot } from './pointKillBot.ts';
import { startRelay } from './killRelay.ts';

const minute = 60_000;
const secret = new Secret('fake-desk-secret');
/** More than there are. */
const mostPoints = 200;
const patienceMs = 30_000;

/** What the customer reads, however often the bot dies. */
const words = [
  /^Live chat bot: A person in the page inbox will answer you/,
  /^Live chat bot: No person has answered yet/,
  /^Live chat bot: No person has answered for a while/,
  /^Live chat bot: Hello! You are talking to a bot/,
];

interface Told {
  id: string;
  name: string;
  replyToId?: string;
  conversation: { id: string };
}

/** A desk that answers each message with 500 at first, then not at all, and then takes it. */
async function openDesk(now: () => number, moment: (what: string) => void) {
  const attempts = new Map<string, number>();
  const told = new Map<string, Told>();
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const claim = readClaim(request.headers, now());
    if (typeof claim === 'string' || !isSigned(claim, body, secret)) {
      response.writeHead(401).end();
      return;
    }
    const attempt = (attempts.get(claim.id) ?? 0) + 1;
    attempts.set(claim.id, attempt);
    moment(`the desk has got attempt ${attempt}`);
    if (attempt === 1) {
      response.writeHead(500).end();
      return;
    }
    told.set(claim.id, JSON.parse(body.toString()) as Told);
    if (attempt === 2) request.socket.destroy();
    else response.writeHead(202).end();
  }
  const server = createServer((request, response) => void receive(request, response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    attempts,
    /** What it was told of the conversation of this customer. */
    about: (psid: string, name: string) =>
      [...told.values()].filter((one) => one.name === name && one.conversation.id.startsWith(`${psid}-`)),
    close: () => server.close(),
  };
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`This did not happen: ${what}.`);
    await delay(10);
  }
}

describe('a takeover with a desk, killed -9 at each of its steps', function () {
  this.timeout(900_000);

  it('says each sentence once, moves the thread once, and tells the desk of each handover and of its end', async () => {
    const customers = Array.from({ length: mostPoints }, (_, n) => ({
      ...{ psid: `24900000000${String(n).padStart(6, '0')}`, name: `Customer ${n}` },
    }));
    const seed = { ...defaultSeed, apps: defaultSeed.apps.slice(0, 1), customers };
    const platform = await startDirectPlatform({ mode: 'routing', fields: 'all', seed });
    const { emulator, bots } = platform;
    const [app] = bots;
    if (app === undefined) throw new Error('The Page has no app.');
    /** How many moments outside of the bot it lives on from here; it ends when Meta or the desk has what it sent, and before it has the answer. */
    let outsideLeft = Infinity;
    const moment = (what: string): void => {
      outsideLeft -= 1;
      if (outsideLeft !== 0) return;
      appendFileSync(points, `${what}, and the bot has no answer\n`);
      bot.child.kill('SIGKILL');
    };
    emulator.on((event) => {
      if (event.type === 'pageMessage' && event.appId === app.app.id) moment('Meta has a message');
      if (event.type === 'ownershipChanged' && (event.cause === 'pass' || event.cause === 'take'))
        moment(`Meta has a ${event.cause}`);
    });
    const desk = await openDesk(() => emulator.clock(), moment);
    const folder = mkdtempSync(join(tmpdir(), 'takeover-points-'));
    const [points, path] = [join(folder, 'points.txt'), join(folder, 'bot.db')];
    writeFileSync(points, '');
    const env = {
      ...app.settings,
      ...{ BotRole: 'liveChat', Port: '0', Host: '127.0.0.1', StorePath: path, EventTimes: 'unchecked' },
      ...{ TakeoverSilenceMinutes: '30', TakeoverNoticeMinutes: '10', TakeoverReturn: 'atOnce' },
      ...{
        HandoffUrl: desk.url,
        HandoffSecret: secret.reveal(),
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      },
    };

    let kills = 0;
    let ends = false;
    let plays = 0;
    const start = (): { child: ChildProcess; url: Promise<string> } => {
      const child = fork(join(import.meta.dirname, 'pointKillBot.ts'), [points], {
        env,
        execArgv: ['--import', new URL('../../playground/followClock.ts', import.meta.url).href],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      child.send({ clockAheadMs: emulator.clock() - Date.now() });
      const url = new Promise<string>((resolve) => {
        child.on('message', (message: FromPointKillBot | object) => {
          if (typeof message === 'object' && 'url' in message) resolve(message.url);
        });
      });
      child.once('exit', (_code, signal) => {
        if (ends) return;
        if (signal === 'SIGKILL') kills += 1;
        bot = start();
      });
      return { child, url };
    };
    let bot = start();
    /** Asks whichever process is there; one that dies is asked no more. */
    const ask = async (message: ToPointKillBot, answer: 'armed' | 'drained'): Promise<void> => {
      await until(answer, async () => {
        const { child, url } = bot;
        await url;
        return new Promise<boolean>((resolve) => {
          const heard = (told: unknown): void => {
            if (told === answer) end(true);
          };
          const died = (): void => end(false);
          const end = (isAnswered: boolean): void => {
            child.off('message', heard).off('exit', died);
            resolve(isAnswered);
          };
          child.on('message', heard).once('exit', died);
          child.send(message, (error) => {
            if (error !== null) died();
          });
        });
      });
    };
    const relay = await startRelay({
      ...{ target: () => bot.url, redelivery: 'byRelay', twice: () => false, moment: () => undefined },
    });
    await bot.url;
    await app.connect(relay.url);
    const advance = async (ms: number): Promise<void> => {
      emulator.advanceClock(ms);
      const { child } = bot;
      if (child.connected) child.send({ clockAheadMs: emulator.clock() - Date.now() }, () => undefined);
      await settled();
    };
    const settled = async (): Promise<void> => {
      await emulator.settled();
      await ask('drain', 'drained');
      await emulator.settled();
    };

    async function play(at: { inside: number } | { outside: number }): Promise<string[]> {
      plays += 1;
      const psid = customers[plays]?.psid ?? '';
      const conversation = createConversation(emulator, psid, () => Promise.resolve());
      const said: string[] = [];
      const says = (many: number) => () => {
        said.push(...conversation.texts());
        return said.length >= many;
      };
      const hits: string[] = [];
      let seen = kills;
      const step = async (name: string, work: () => Promise<void>): Promise<void> => {
        await work();
        await settled();
        if (kills > seen) hits.push(`${name} | ${readFileSync(points, 'utf8').trim().split('\n').at(-1) ?? ''}`);
        seen = kills;
      };
      /** Lets the desk's waits go by, and no more. */
      const deskHas = async (name: string): Promise<void> => {
        await until(`the desk has ${name}`, async () => {
          if (desk.about(psid, name).some(({ id }) => (desk.attempts.get(id) ?? 0) >= 3)) return true;
          await advance(1_000);
          return false;
        });
      };
      await ask({ at: 'inside' in at ? at.inside : Infinity }, 'armed');
      outsideLeft = 'outside' in at ? at.outside : Infinity;
      await step('wish', async () => {
        await conversation.customer.says('Can I talk to a human?');
        await until('the pass', () => conversation.owner() === 'inbox');
      });
      await step('desk is told', () => deskHas('handoff.initiate'));
      await step('desk accepts', async () => {
        const [{ id: replyToId, conversation: about } = { id: '', conversation: {} }] = desk.about(
          psid,
          'handoff.initiate',
        );
        const status = { type: 'event', name: 'handoff.status', conversation: about, replyToId };
        const body = JSON.stringify({ ...status, value: { state: 'accepted' } });
        // A desk sends again what was not taken.
        await until('the status is taken', async () => {
          const headers = signedHeaders({ id: `status-${plays}`, body }, secret, emulator.clock());
          const posted = fetch(`${await bot.url}/api/handoff`, { method: 'POST', headers, body });
          return (await posted.catch(() => undefined))?.status === 202;
        });
      });
      await step('notice', async () => {
        await advance(10 * minute);
        await until('the notice', () => says(2)() && conversation.owner() === 'inbox');
      });
      await step('person speaks', async () => {
        await conversation.inbox.says('I am Ana.');
        await conversation.customer.says('Hello Ana');
      });
      await step('not yet', () => advance(28 * minute));
      expect(says(2)() && said.length, said.join('\n')).to.equal(2);
      await step('silence', async () => {
        await advance(3 * minute);
        await until('the return', () => says(3)() && conversation.owner() === 'primary');
      });
      await step('desk is told of the end', () => deskHas('handoff.status'));
      await step('customer goes on', async () => {
        await conversation.customer.says('thanks');
        await until('the answer', says(4));
      });
      says(0)();
      expect(said.length, said.join('\n')).to.equal(words.length);
      for (const [index, pattern] of words.entries()) expect(said[index]).to.match(pattern);
      expect(desk.about(psid, 'handoff.initiate'), 'initiations').to.have.length(1);
      expect(desk.about(psid, 'handoff.status'), 'ends').to.have.length(1);
      expect(desk.about(psid, 'handoff.status')[0]?.replyToId).to.equal(desk.about(psid, 'handoff.initiate')[0]?.id);
      return hits;
    }

    const hits: string[] = [];
    for (const where of ['inside', 'outside'] as const) {
      let before = -1;
      // When nothing is killed, there are no more points.
      for (let n = 1; before !== hits.length; n += 1) {
        before = hits.length;
        hits.push(...(await play(where === 'inside' ? { inside: n } : { outside: n })));
      }
    }
    ends = true;
    bot.child.send('end' satisfies ToPointKillBot);
    await new Promise((resolve) => bot.child.once('exit', resolve));
    await relay.close();
    await platform.close();
    desk.close();
    process.stdout.write(`${hits.join('\n')}\n${hits.length} kills\n`);
    const steps = new Set(hits.map((hit) => hit.split(' | ')[0]));
    expect([...steps]).to.include.members([
      'wish',
      'desk is told',
      'desk accepts',
      'notice',
      'person speaks',
      'silence',
    ]);
    expect([...steps]).to.include.members(['desk is told of the end', 'customer goes on']);
    const store = await openSqliteStore(path);
    expect(await store.deadLetters.list()).to.deep.equal([]);
    await store.close();
    const { output } = await runHandovers({ path, which: 'all', limit: 1_000, format: 'json' });
    const records = JSON.parse(output) as { end: string; acceptedAt?: number }[];
    expect(records.map(({ end, acceptedAt }) => `${end} ${acceptedAt !== undefined}`)).to.deep.equal(
      Array.from({ length: plays }, () => 'silence true'),
    );
  });
});
