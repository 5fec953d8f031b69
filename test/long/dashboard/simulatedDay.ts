import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BotParts } from '../../../bots/botParts.ts';
import { FacebookActivityHandler } from '../../../bots/facebookActivityHandler.ts';
import { rulesFromSettings } from '../../../bots/takeover/rulesFromSettings.ts';
import { Takeover } from '../../../bots/takeover/takeover.ts';
import { msUntilTimeOfDay } from '../../../emulator/narration/time.js';
import type { Conversation } from '../../../testing/openStage.ts';
import { withStage } from '../../../testing/withStage.ts';
import { seededRandom, type SeededRandom } from '../../support/seededRandom.ts';

const minute = 60_000;
/** How often a Prometheus would ask. */
export const scrapeMs = 5 * minute;
const dayMs = 24 * 60 * minute;
const customers = 70;

/** What a Prometheus would have got: the text of each scrape, with its time in milliseconds since 1970. */
export interface Scrape {
  readonly at: number;
  readonly text: string;
}

/** Something that somebody does at a time of the day. */
interface Deed {
  readonly at: number;
  readonly does: () => Promise<void>;
}

const settings = {
  TakeoverHours: 'Mo-Su 08:00-18:00',
  TakeoverTimeZone: 'UTC',
  TakeoverUnhelpfulAnswers: '2',
  TakeoverOnException: 'handOver',
  TakeoverNoticeMinutes: '10',
  TakeoverSilenceMinutes: '30',
  TakeoverReturn: 'atOnce',
  HandoffSecret: 'a-secret-between-a-bot-and-its-desk-for-one-day',
};

/** A day of a Page with a bot that hands over for every reason, and people who are quick, slow or away. The same day each time, but for its date. */
export async function simulateDay(): Promise<Scrape[]> {
  const desk = await startDesk();
  const metricsPort = await freePort();
  const scrapes: Scrape[] = [];
  try {
    await withStage(
      { bot, settings: { ...settings, HandoffUrl: desk.url, MetricsPort: String(metricsPort) }, settleMs: 60_000 },
      async (stage) => {
        const { clock } = stage;
        await clock.advance(msUntilTimeOfDay('00:00', clock.now()) ?? 0);
        const midnight = clock.now();
        const deeds = deedsOf(seededRandom(20_261_127), (n) => stage.anotherCustomer(`Customer ${n}`));
        for (let at = 0; at <= dayMs; at += scrapeMs) {
          for (const deed of deeds.filter((one) => one.at >= at && one.at < at + scrapeMs)) {
            await clock.advance(Math.max(0, Math.round(midnight + deed.at) - clock.now()));
            await deed.does();
          }
          await clock.advance(Math.max(0, midnight + at + scrapeMs - clock.now()));
          const answer = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
          scrapes.push({ at: midnight + at + scrapeMs, text: await answer.text() });
        }
      },
    );
  } finally {
    desk.close();
  }
  return scrapes;
}

/** Knows nothing but a refund, and fails at "broken". */
function bot(parts: BotParts): Pick<FacebookActivityHandler, 'run'> {
  const takeover = new Takeover(parts, rulesFromSettings(parts.settings));
  const answers = new FacebookActivityHandler().onMessage(async (context, next) => {
    const { text } = context.activity;
    if (text === 'broken') throw new Error('The order service is down.');
    if (text === 'refund') await takeover.handOver(context, { reason: 'refund' });
    else {
      await context.sendActivity('I know about refunds only.');
      await takeover.unhelpful(context);
    }
    await next();
  });
  return takeover.before(answers);
}

const openings: readonly (readonly string[])[] = [
  ['Can I talk to a human?'],
  ['agent please'],
  ['hello?', 'Where is my parcel?'],
  ['refund'],
  ['broken'],
];

function deedsOf(random: SeededRandom, anotherCustomer: (n: number) => Conversation): Deed[] {
  const deeds: Deed[] = [];
  for (let n = 0; n < customers; n += 1) {
    const conversation = anotherCustomer(n);
    // Most come about noon.
    const begin = (6 + (random.next() + random.next() + random.next()) * 5) * 60 * minute;
    const opening = random.pick(openings);
    opening.forEach((text, index) =>
      deeds.push({ at: begin + index * minute, does: () => conversation.customer.says(text) }),
    );
    const wait = Math.round(minute * (1 + 24 * random.next() * random.next()));
    const answer = begin + 2 * minute + wait;
    const kind = random.next();
    // The others are answered by nobody.
    if (kind > 0.82) continue;
    const ifTheirs = (does: () => Promise<void>) => async (): Promise<void> => {
      if (conversation.owner() === 'inbox') await does();
    };
    deeds.push({ at: answer, does: ifTheirs(() => conversation.inbox.says('Hello, how can I help?')) });
    deeds.push({
      at: answer + 4 * minute,
      does: ifTheirs(() => conversation.customer.says('My parcel did not come.')),
    });
    if (kind < 0.5) deeds.push({ at: answer + 9 * minute, does: ifTheirs(() => conversation.inbox.marksDone()) });
    else if (kind < 0.6) deeds.push({ at: answer + 9 * minute, does: ifTheirs(() => conversation.inbox.says('/bot')) });
  }
  return deeds.sort((one, other) => one.at - other.at);
}

/** Cannot be reached now and then, as any other. */
async function startDesk(): Promise<{ url: string; close: () => void }> {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    request.resume().on('end', () => response.writeHead(count % 5 === 0 ? 503 : 202).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
