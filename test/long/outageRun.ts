import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGraphClient } from '../../helpers/graphClient.ts';
import { createSentMessages } from '../../helpers/sentMessages.ts';
import { createBotServer } from '../../server.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import { createManualClock } from '../support/manualClock.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { webhookSettings } from '../support/settingsReader.ts';
import { metaBytes, postSigned } from '../support/signedWebhook.ts';
import { testSettings } from '../support/testSettings.ts';
import { startBrokenGraph, type Breakdown } from './brokenGraph.ts';

const pageId = '99';

export interface Counts {
  lost: number;
  doubled: number;
  reordered: number;
  parked: number;
}

/** A bot on a disk that answers each event with one message, a Graph that can break down, and a clock that the run moves. */
async function startStage({ conversations, maxWaiting }: { conversations: number; maxWaiting?: number }) {
  const folder = mkdtempSync(join(tmpdir(), 'outage-test-'));
  const graph = await startBrokenGraph(pageId);
  const clock = createManualClock();
  const logger = createRecordingLogger();
  /** How often each warning and error was written, those of turns included. */
  const alarms: Record<string, number> = {};
  const quiet = { ...logger, debug: () => undefined, info: () => undefined };
  const note = (_fields: object, message: string) => void (alarms[message] = (alarms[message] ?? 0) + 1);
  const store = await openSqliteStore(join(folder, 'bot.db'), {
    ...{ monotonicNow: clock.monotonicNow, logger: { ...quiet, warn: note, error: note } },
    ...(maxWaiting === undefined ? {} : { maxWaiting }),
  });
  const client = createGraphClient({ pageToken: webhookSettings.FacebookPageToken, baseUrl: graph.url, retries: 0 });
  const server = await createBotServer(testSettings({ ...webhookSettings, GraphApiBaseUrl: graph.url }), {
    ...{ store, clock, logger: { ...quiet, warn: note, error: note } },
    createBot: () => ({ run: async (context) => void (await context.sendActivity(context.activity.text)) }),
    turnWork: { echoWaitMs: 0, sentMessages: createSentMessages(client) },
  });
  let posted = 0;
  let highestRss = 0;

  const sampleMemory = () => void (highestRss = Math.max(highestRss, process.memoryUsage.rss()));

  /** Resolves once no turn is running. */
  async function idle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while ((await store.counts()).claimed > 0);
    sampleMemory();
  }

  return {
    graph,
    clock,
    store,
    alarms,
    posted: () => posted,
    highestRssMb: () => Math.round(highestRss / 2 ** 20),
    idle,
    ready: async () => (await fetch(`${server.url}/readyz`)).status,
    /** Posts the next events in one webhook; they are counted when they were acknowledged. */
    post: async (count: number): Promise<number> => {
      const messaging = Array.from({ length: count }, (_, index) => {
        const n = posted + index;
        const text = String(n);
        const sender = { id: String(1000 + (n % conversations)) };
        return { sender, recipient: { id: pageId }, timestamp: 1_767_225_600_000 + n, message: { mid: `c_${n}`, text } };
      });
      const body = metaBytes({ object: 'page', entry: [{ id: pageId, time: 1, messaging }] });
      const { status } = await postSigned(`${server.url}/webhook`, body, webhookSettings.FacebookAppSecret);
      if (status === 200) posted += count;
      return status;
    },
    /** Lets time go by whenever no turn is running, until nothing is waiting. */
    drain: async (whileDraining: () => Promise<void> = async () => undefined) => {
      const sampling = setInterval(() => {
        sampleMemory();
        void whileDraining();
      }, 50);
      while ((await store.counts()).waiting > 0) {
        clock.pass(1000);
        await idle();
      }
      clearInterval(sampling);
      await server.settled();
    },
    count: async (): Promise<Counts> => {
      const parked = (await store.deadLetters.list(1_000_000)).length;
      const counts = { lost: posted - parked, doubled: 0, reordered: 0, parked };
      for (const messages of graph.seen.values()) {
        const numbers = messages.map(({ text }) => Number(text));
        const distinct = new Set(numbers);
        counts.lost -= distinct.size;
        counts.doubled += numbers.length - distinct.size;
        counts.reordered += numbers.filter((n, index) => n < (numbers[index - 1] ?? 0)).length;
      }
      return counts;
    },
    close: async () => {
      await server.close();
      await graph.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export interface OutageResult extends Counts {
  events: number;
  /** Calls that Graph refused or broke while it was down. */
  callsWhileDown: number;
  waitingAtTheEnd: number;
  /** On the clock of the run, from the end of the breakdown to the last turn. */
  drainSeconds: number;
  /** On the clock of the wall. */
  drainWallSeconds: number;
  highestRssMb: number;
  alarms: Readonly<Record<string, number>>;
  rssBeforeMb: number;
}

const breakdowns: readonly Breakdown[] = ['resetAfterEffect', 'resetBeforeEffect', 'errorOne', 'badGateway'];

/** Events come evenly for twelve minutes, and Graph is down for the ten in the middle, in one way after the other. */
export async function runOutage({ events, conversations }: { events: number; conversations: number }) {
  const stage = await startStage({ conversations });
  const rssBeforeMb = Math.round(process.memoryUsage.rss() / 2 ** 20);
  const seconds = 12 * 60;
  let waitingAtTheEnd = 0;
  let endedAt = { clock: 0, wall: 0 };
  let drainedAt: typeof endedAt | undefined;
  for (let second = 0; second < seconds; second += 1) {
    const downFor = second - 60;
    const { state } = stage.graph;
    state.breakdown = downFor < 0 ? undefined : breakdowns[Math.floor((downFor / 600) * breakdowns.length)];
    if (downFor === 600) {
      waitingAtTheEnd = (await stage.store.counts()).waiting;
      endedAt = { clock: stage.clock.monotonicNow(), wall: performance.now() };
    }
    const due = Math.floor(((second + 1) / seconds) * events) - stage.posted();
    if (due > 0 && (await stage.post(due)) !== 200) throw new Error('The webhook was not acknowledged.');
    stage.clock.pass(1000);
    await stage.idle();
    if (downFor >= 600 && drainedAt === undefined && (await stage.store.counts()).waiting === 0) {
      drainedAt = { clock: stage.clock.monotonicNow(), wall: performance.now() };
    }
  }
  await stage.drain();
  drainedAt ??= { clock: stage.clock.monotonicNow(), wall: performance.now() };
  const result: OutageResult = {
    events: stage.posted(),
    ...(await stage.count()),
    callsWhileDown: stage.graph.state.refusedCalls,
    waitingAtTheEnd,
    drainSeconds: Math.round((drainedAt.clock - endedAt.clock) / 1000),
    drainWallSeconds: Math.round((drainedAt.wall - endedAt.wall) / 100) / 10,
    rssBeforeMb,
    highestRssMb: stage.highestRssMb(),
    alarms: stage.alarms,
  };
  await stage.close();
  return result;
}

export interface BacklogResult extends Counts {
  accepted: number;
  rssBeforeMb: number;
  rssFullMb: number;
  heapBytesPerEvent: number;
  /** Statuses of `/readyz` and of one more event, when full and after a tenth was worked off. */
  whenFull: readonly number[];
  later: readonly number[];
  highestRssMb: number;
}

/** Graph is down and events come in until no more are accepted; then it works again. */
export async function runBacklog({ maxWaiting, conversations }: { maxWaiting: number; conversations: number }) {
  const stage = await startStage({ conversations, maxWaiting });
  const heap = () => {
    globalThis.gc?.();
    return process.memoryUsage();
  };
  await stage.post(100);
  await stage.drain();
  const before = heap();
  stage.graph.state.breakdown = 'resetBeforeEffect';
  while ((await stage.post(500)) === 200);
  await stage.idle();
  const full = heap();
  const { waiting } = await stage.store.counts();
  while ((await stage.post(1)) === 200);
  const whenFull = [await stage.ready(), await stage.post(1)];
  stage.graph.state.breakdown = undefined;
  let later: readonly number[] = [];
  let asked = false;
  await stage.drain(async () => {
    if (asked || (await stage.store.counts()).waiting > 0.9 * maxWaiting) return;
    asked = true;
    later = [await stage.ready(), await stage.post(1)];
  });
  await stage.drain();
  const result: BacklogResult = {
    accepted: stage.posted(),
    ...(await stage.count()),
    rssBeforeMb: Math.round(before.rss / 2 ** 20),
    rssFullMb: Math.round(full.rss / 2 ** 20),
    heapBytesPerEvent: Math.round((full.heapUsed - before.heapUsed) / waiting),
    ...{ whenFull, later },
    highestRssMb: stage.highestRssMb(),
  };
  await stage.close();
  return result;
}
