/** The process that `takeoverKillPoints.long.ts` kills: the bot as it ships, which ends by `kill -9` at the point that it was told. */
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createBot } from '../../bots/samples/createBot.ts';
import type { Logger } from '../../helpers/logging/logger.ts';
import { readSettings } from '../../helpers/settings/settings.ts';
import { createBotServer, type BotParts } from '../../server.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import type { Store } from '../../store/store.ts';
import { createRetryPolicy } from '../../turns/retryPolicy.ts';

/** What the test tells the process: to count points from here on and to end at this one, or to say when nothing is left to do. */
export type ToPointKillBot = { at: number } | 'drain' | 'end';
export type FromPointKillBot = { url: string } | 'armed' | 'drained';

const [pointsFile = ''] = process.argv.slice(2);
/** Counts from the moment at which it is told to. */
let left = Infinity;

/** Ends the process here if it is the one. */
function reach(point: string): void {
  left -= 1;
  if (left !== 0) return;
  appendFileSync(pointsFile, `${point}\n`);
  process.kill(process.pid, 'SIGKILL');
}

/** A store at which the process may end: around each commit of what came in, of each effect, and of each turn. */
function pointed(store: Store): Store {
  const { journal } = store;
  const turns = new Map<number, string>();
  const turn = (id: number) => turns.get(id) ?? 'a turn';
  return {
    ...store,
    accept: async (events) => {
      const acceptance = await store.accept(events);
      reach(`accepted ${events.map(({ kind }) => kind).join(' ')}`);
      return acceptance;
    },
    claim: async (mayTake) => {
      const claim = await store.claim(mayTake);
      const [, timer] = /messengerHandover\/(takeover|desk)/.exec(claim?.event.payload ?? '') ?? [];
      if (claim !== undefined) turns.set(claim.id, timer === undefined ? claim.event.kind : `timer of ${timer}`);
      return claim;
    },
    complete: async (id, ...changes) => {
      reach(`${turn(id)}: before its end`);
      await store.complete(id, ...changes);
      reach(`${turn(id)}: after its end`);
    },
    journal: {
      ...journal,
      begin: async (id, entry) => {
        await journal.begin(id, entry);
        reach(`${turn(id)}: before ${entry.kind}`);
      },
      end: async (id, ...outcome) => {
        reach(`${turn(id)}: after an effect`);
        return journal.end(id, ...outcome);
      },
    },
  };
}

/** The platform's clock jumps here, unlike in life. What this question tells about it must be older than the take that follows. */
function slowly({ lastWordOfOthers, ...parts }: BotParts): BotParts {
  const ask: BotParts['lastWordOfOthers'] = async (pageId, psid) => {
    const at = await lastWordOfOthers?.(pageId, psid);
    await delay(2);
    return at;
  };
  return { ...parts, lastWordOfOthers: ask };
}

const silent = () => undefined;
const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent };
const settings = readSettings();
const server = await createBotServer(settings, {
  ...{
    logger,
    createBot: (parts: BotParts) => createBot(slowly(parts)),
    connectorTimeoutMs: 800,
    graphTimeoutMs: 800,
    turnWork: { echoWaitMs: 500 },
  },
  store: async () => pointed(await openSqliteStore(settings.store.path)),
  retries: createRetryPolicy({ maxAttempts: 50, baseMs: 20, capMs: 200, maxCrashes: 1000 }),
});
const tell = (message: FromPointKillBot): void => void process.send?.(message);
process.on('disconnect', () => process.exit());
process.on('message', (message: ToPointKillBot | object) => {
  if (message === 'drain') void server.drained().then(() => tell('drained'));
  else if (message === 'end') void server.close().then(() => process.disconnect());
  else if (typeof message === 'object' && 'at' in message) {
    left = message.at;
    tell('armed');
  }
});
tell({ url: server.url });
