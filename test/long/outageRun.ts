import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { webhookSettings } from '../support/settingsReader.ts';
import { metaBytes, postSigned } from '../support/signedWebhook.ts';
import { startBrokenGraph, type Breakdown } from './brokenGraph.ts';
import type { OutageBotOrder, OutageBotReport } from './outageBot.ts';

const pageId = '99';

export interface Counts {
  lost: number;
  doubled: number;
  reordered: number;
  parked: number;
}

/** A bot process with its store on a disk and a heap of 128 MB, so that what it keeps is not taken for what V8 has not yet collected; and a Graph that can break down. */
async function startStage({ conversations, maxWaiting }: { conversations: number; maxWaiting: number }) {
  const folder = mkdtempSync(join(tmpdir(), 'outage-test-'));
  const graph = await startBrokenGraph(pageId);
  const args = [join(folder, 'bot.db'), graph.url, String(maxWaiting)];
  const bot = fork(join(import.meta.dirname, 'outageBot.ts'), args, {
    execArgv: ['--expose-gc', '--max-old-space-size=128'],
  });
  const answer = async (): Promise<OutageBotReport> => ((await once(bot, 'message')) as [OutageBotReport])[0];
  const { url } = await answer();
  let posted = 0;

  async function order(what: OutageBotOrder): Promise<OutageBotReport> {
    const answered = answer();
    bot.send(what);
    return answered;
  }

  return {
    graph,
    posted: () => posted,
    ready: async () => (await fetch(`${url}/readyz`)).status,
    report: () => order('collectGarbage'),
    /** Lets seconds go by on the bot's clock, and resolves once no turn is running. */
    pass: (seconds: number) => order({ passMs: seconds * 1000 }),
    /** Posts the next events in one webhook; they count when they were acknowledged. */
    post: async (count: number): Promise<number> => {
      const messaging = Array.from({ length: count }, (_, index) => {
        const n = posted + index;
        const message = { mid: `c_${n}`, text: String(n) };
        const sender = { id: String(1000 + (n % conversations)) };
        return { sender, recipient: { id: pageId }, timestamp: 1_767_225_600_000 + n, message };
      });
      const body = metaBytes({ object: 'page', entry: [{ id: pageId, time: 1, messaging }] });
      const { status } = await postSigned(`${url}/webhook`, body, webhookSettings.FacebookAppSecret);
      if (status === 200) posted += count;
      return status;
    },
    /** Lets seconds go by until nothing is waiting. */
    drain: async (): Promise<OutageBotReport> => {
      let last = await order({ passMs: 1000 });
      for (let second = 1; last.waiting > 0 && second < 3600; second += 1) last = await order({ passMs: 1000 });
      return last;
    },
    count: ({ parked }: OutageBotReport): Counts => {
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
      const ended = once(bot, 'exit');
      bot.send('close' satisfies OutageBotOrder);
      await ended;
      await graph.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);

export interface OutageOptions {
  events: number;
  conversations: number;
  /** How many seconds of the bot's clock pass between two webhooks. */
  step: number;
}

export interface OutageResult extends Counts {
  events: number;
  /** Calls that reached Graph while it was down. */
  callsWhileDown: number;
  waitingAtTheEnd: number;
  /** On the bot's clock, from the end of the breakdown until nothing was waiting. */
  drainSeconds: number;
  /** On the clock of the wall. */
  drainWallSeconds: number;
  rssBeforeMb: number;
  rssAtTheEndMb: number;
  highestRssMb: number;
  alarms: Readonly<Record<string, number>>;
}

const breakdowns: readonly Breakdown[] = ['resetAfterEffect', 'resetBeforeEffect', 'errorOne', 'badGateway'];

/** Events come evenly for twelve minutes, and Graph is down for the ten in the middle, in one way after the other. */
export async function runOutage(options: OutageOptions): Promise<OutageResult> {
  const stage = await startStage({ conversations: options.conversations, maxWaiting: 100_000 });
  const before = await stage.report();
  const seconds = 12 * 60;
  let atTheEnd = before;
  let drained: { second: number; wall: number } | undefined;
  let endedAt = 0;
  let last = before;
  for (let second = 0; second < seconds; second += options.step) {
    const downFor = second - 60;
    stage.graph.state.breakdown = downFor < 0 ? undefined : breakdowns[Math.floor((downFor / 600) * breakdowns.length)];
    if (downFor === 600) [atTheEnd, endedAt] = [last, performance.now()];
    const due = Math.floor(((second + options.step) / seconds) * options.events) - stage.posted();
    if (due > 0 && (await stage.post(due)) !== 200) throw new Error('The webhook was not acknowledged.');
    last = await stage.pass(options.step);
    if (downFor >= 600 && last.waiting === 0)
      drained ??= { second: downFor - 600 + options.step, wall: performance.now() - endedAt };
  }
  last = await stage.drain();
  const result = {
    events: stage.posted(),
    ...stage.count(last),
    callsWhileDown: stage.graph.state.refusedCalls,
    waitingAtTheEnd: atTheEnd.waiting,
    drainSeconds: drained?.second ?? Infinity,
    drainWallSeconds: Math.round((drained?.wall ?? Infinity) / 100) / 10,
    rssBeforeMb: megabytes(before.rss),
    rssAtTheEndMb: megabytes(atTheEnd.rss),
    highestRssMb: megabytes(last.highestRss),
    alarms: last.alarms,
  };
  await stage.close();
  return result;
}

export interface BacklogResult extends Counts {
  accepted: number;
  waitingWhenFull: number;
  /** Statuses of `/readyz` and of one more event, when full and after a tenth was worked off. */
  whenFull: readonly number[];
  later: readonly number[];
  heapBytesPerEvent: number;
  rssBeforeMb: number;
  rssFullMb: number;
  highestRssMb: number;
}

/** Graph is down and events come in until no more are accepted; then it works again. */
export async function runBacklog(options: { maxWaiting: number; conversations: number }): Promise<BacklogResult> {
  const stage = await startStage(options);
  await stage.post(100);
  await stage.drain();
  const before = await stage.report();
  stage.graph.state.breakdown = 'resetBeforeEffect';
  while ((await stage.post(Math.min(500, options.maxWaiting / 4))) === 200);
  const full = await stage.report();
  const whenFull = [await stage.ready(), await stage.post(1)];
  stage.graph.state.breakdown = undefined;
  await stage.drain();
  const later = [await stage.ready(), await stage.post(1)];
  const last = await stage.drain();
  const result = {
    accepted: stage.posted(),
    ...stage.count(last),
    ...{ waitingWhenFull: full.waiting, whenFull, later },
    heapBytesPerEvent: Math.round((full.heapUsed - before.heapUsed) / full.waiting),
    rssBeforeMb: megabytes(before.rss),
    rssFullMb: megabytes(full.rss),
    highestRssMb: megabytes(last.highestRss),
  };
  await stage.close();
  return result;
}
