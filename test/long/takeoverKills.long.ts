import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { defaultSeed } from '../../emulator/seed.ts';
import { startDirectPlatform } from '../../emulator/startDirectPlatform.ts';
import { createConversation } from '../../testing/conversation.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { startKilledBot } from './killProcess.ts';
import { startRelay } from './killRelay.ts';

const [conversations, mostKills, silenceMs] = [12, 15, 60_000];

/** Of what the bot says in a takeover. */
const passing = /^Live chat bot: A person in the page inbox will answer you/;
const returned = /^Live chat bot: No person has answered for a while/;

describe('a takeover whose bot is killed again and again, kill -9, on a real clock', function () {
  this.timeout(600_000);

  it('loses no wish, says nothing over a person, and comes back once, a minute after the last word', async () => {
    const { next: random } = seededRandom(20_261_127);
    const customers = Array.from({ length: conversations }, (_, n) => ({
      psid: `24900000000${String(n).padStart(6, '0')}`,
      name: `Customer ${n + 1}`,
    }));
    const seed = { ...defaultSeed, apps: defaultSeed.apps.slice(0, 1), customers };
    const platform = await startDirectPlatform({ mode: 'routing', fields: 'all', seed });
    const { emulator } = platform;
    const [killed] = platform.bots;
    if (killed === undefined) throw new Error('The Page has no app.');
    const bot = await startKilledBot({
      env: {
        ...killed.settings,
        ...{ BotRole: 'liveChat', Port: '0', Host: '127.0.0.1', EventTimes: 'unchecked' },
        ...{ TakeoverSilenceMinutes: '1', TakeoverReturn: 'atOnce' },
        StorePath: join(mkdtempSync(join(tmpdir(), 'takeover-kills-')), 'bot.db'),
      },
      ...{ bot: 'shipped', patienceMs: 1_500, heardParked: () => undefined },
    });
    let kills = 0;
    const moment = (): void => {
      if (kills < mostKills && random() < 0.04 && bot.end('kill')) kills += 1;
    };
    // Redelivered by the emulator, events would move its clock ahead of the bot's.
    const relay = await startRelay({
      ...{ target: () => bot.url(), redelivery: 'byRelay', twice: () => random() < 0.1, moment },
    });
    await killed.connect(relay.url);
    const said: { psid: string; at: number; text: string }[] = [];
    emulator.on((event) => {
      if (event.type === 'graphCall' || event.type === 'ownershipChanged') moment();
      if (event.type === 'webhookPostponed') setImmediate(() => emulator.advanceClock(event.pauseMs));
      if (event.type !== 'pageMessage') return;
      moment();
      const { psid, text } = event;
      said.push({ psid, at: emulator.clock(), text });
    });
    const played = customers.map(async ({ psid }, n) => {
      const settled = (): Promise<void> => Promise.resolve();
      const conversation = createConversation(emulator, psid, settled);
      const until = async (who: string): Promise<void> => {
        while (conversation.owner() !== who) await delay(20);
      };
      await delay(n * 500);
      said.push({ psid, at: emulator.clock(), text: 'wish' });
      await conversation.customer.says('Can I talk to a human?');
      await until('inbox');
      for (let word = 0; word < n % 3; word += 1) {
        await delay(2_000 + 4_000 * random());
        await conversation.inbox.says(`word ${word}`);
        await conversation.customer.says('I see');
      }
      await until('primary');
    });
    await Promise.all(played);
    await bot.drained();
    await emulator.settled();
    await bot.close();
    for (const { psid } of customers) {
      const own = said.filter((one) => one.psid === psid);
      const times = (pattern: RegExp) => own.filter(({ text }) => pattern.test(text)).map(({ at }) => at);
      // A turn that runs again counts from the time at which it first ran.
      const [words, backAt] = [times(/^(?:word|wish)/), times(returned)];
      const about = `${psid}: ${JSON.stringify(own)}`;
      expect(times(passing), about).to.have.length(1);
      expect(backAt, about).to.have.length(1);
      expect(backAt[0], about).to.be.at.least(Math.max(...words) + silenceMs);
    }
    expect(bot.parked.size).to.equal(0);
    expect(kills).to.be.greaterThan(3);
    await relay.close();
    await platform.close();
  });
});
