import { createGraphClient } from '../../helpers/graph/graphClient.ts';
import type { Logger } from '../../helpers/logging/logger.ts';
import { createRecentMessages } from '../../helpers/graph/recentMessages.ts';
import { createBotServer } from '../../server.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import { createManualClock } from '../support/manualClock.ts';
import { webhookSettings } from '../support/settingsReader.ts';
import { testSettings } from '../support/testSettings.ts';

/**
 * A bot in a process of its own, so that its memory can be told from that of the test. It answers each event with one message; for its waits it
 * has a clock that stands until it is told how much time goes by. It tells of itself after each message that it is sent.
 */
export interface OutageBotReport {
  url: string;
  waiting: number;
  parked: number;
  heapUsed: number;
  rss: number;
  highestRss: number;
  /** How often each warning and error was written, those of turns included. */
  alarms: Record<string, number>;
}

/** `passMs` lets so much time go by and waits until no turn is running. */
export type OutageBotOrder = 'collectGarbage' | 'close' | { passMs: number };

const [path = '', graphUrl = '', maxWaiting = ''] = process.argv.slice(2);
const clock = createManualClock();
const alarms: Record<string, number> = {};
const count = (_fields: object, message: string) => void (alarms[message] = (alarms[message] ?? 0) + 1);
const ignore = () => undefined;
const logger: Logger = { debug: ignore, info: ignore, warn: count, error: count };
const store = await openSqliteStore(path, {
  ...{ monotonicNow: clock.monotonicNow, logger },
  maxWaiting: Number(maxWaiting),
});
const client = createGraphClient({ pageToken: webhookSettings.FacebookPageToken, baseUrl: graphUrl, retries: 0 });
const server = await createBotServer(testSettings({ ...webhookSettings, GraphApiBaseUrl: graphUrl }), {
  ...{ store, clock, logger },
  createBot: () => ({
    run: async (context) => {
      await context.sendActivity(context.activity.text);
    },
  }),
  turnWork: { echoWaitMs: 0, sentMessages: createRecentMessages(client) },
});
let highestRss = 0;
const sampling = setInterval(() => {
  highestRss = Math.max(highestRss, process.memoryUsage.rss());
}, 50);

async function report(): Promise<OutageBotReport> {
  const { heapUsed, rss } = process.memoryUsage();
  const { waiting, failed } = await store.counts();
  return { url: server.url, waiting, parked: failed, heapUsed, rss, highestRss: Math.max(rss, highestRss), alarms };
}

/** Resolves once no turn is running. */
async function idle(): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while ((await store.counts()).claimed > 0);
}

process.on('message', (order: OutageBotOrder) => {
  void (async () => {
    if (order === 'close') {
      clearInterval(sampling);
      await server.close();
      process.disconnect();
      return;
    }
    if (order === 'collectGarbage') globalThis.gc?.();
    else {
      clock.pass(order.passMs);
      await idle();
    }
    process.send?.(await report());
  })();
});
process.send?.(await report());
