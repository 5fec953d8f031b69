import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import { spawnProgram, type ProgramProcess } from '../support/programProcess.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { postSigned } from '../support/signedWebhook.ts';
import { startSlowGraph, type SlowGraph } from './sigtermPlatform.ts';

export interface SigtermRunOptions {
  /** How often the bot is started, loaded, and told to end in the middle of it. */
  rounds: number;
  eventsPerRound: number;
  seed: number;
  /** In every so-manieth round one call is never answered, so that a turn is cut. 0 means in none. */
  stallEvery: number;
}

export interface SigtermRunResult {
  rounds: number;
  events: number;
  /** Events that were refused, or whose connection was, because the bot was closing; they are delivered again. */
  refused: number;
  lost: number;
  doubled: number;
  parked: number;
  /** Ends with another exit code than 0, or by a signal. */
  badExits: number;
  /** How long the slowest end took, from the signal on, in milliseconds. */
  slowestExitMs: number;
  /** Rounds at whose end accepted events were left for the next start. */
  resumed: number;
}

const [pageId, appId, appSecret] = ['99', '1000', 'not-a-real-secret'];
const conversations = 40;
const producers = 16;

function spawnBot(folder: string, graph: SlowGraph): ProgramProcess {
  const env = {
    ...{ BotRole: 'primary', Port: '0', Host: '127.0.0.1', StorePath: join(folder, 'bot.db'), LogLevel: 'info' },
    ...{ FacebookPageToken: 'not-a-real-token', FacebookAppId: appId, FacebookAppSecret: appSecret },
    ...{ FacebookVerifyToken: 'not-a-real-verify-token', GraphApiBaseUrl: graph.url },
  };
  const index = resolve(import.meta.dirname, '../../index.ts');
  return spawnProgram('commands/launch.js', [index], env, folder);
}

// An event of long ago would be quarantined.
const startedAt = Date.now();

function bodyOf(event: number): string {
  const message = { mid: `m_${event}`, text: 'Good morning' };
  const sender = { id: String(1000 + (event % conversations)) };
  const item = { sender, recipient: { id: pageId }, timestamp: startedAt + event, message };
  return JSON.stringify({ object: 'page', entry: [{ id: pageId, time: startedAt, messaging: [item] }] });
}

/**
 * Ends a bot with SIGTERM again and again in the middle of its work, as a process of its own with its store on the disk; delivers
 * again what it did not acknowledge, and counts what the customers got in the end: one answer to each event.
 */
export async function runSigterms(options: SigtermRunOptions): Promise<SigtermRunResult> {
  const { rounds, eventsPerRound, seed, stallEvery } = options;
  const { next: random } = seededRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'sigterm-test-'));
  const graph = await startSlowGraph(random, pageId, appId);
  const events = rounds * eventsPerRound;
  const result = {
    rounds,
    events,
    refused: 0,
    lost: 0,
    doubled: 0,
    parked: 0,
    badExits: 0,
    slowestExitMs: 0,
    resumed: 0,
  };
  const undelivered: number[] = [];
  let running: ProgramProcess | undefined;

  /** Until nothing is left, or the bot takes nothing more. */
  async function deliver(url: string): Promise<void> {
    for (let event = undelivered.shift(); event !== undefined; event = undelivered.shift()) {
      const isTaken = await postSigned(url, bodyOf(event), appSecret).then(
        async (response) => {
          await response.arrayBuffer();
          return response.ok;
        },
        () => false,
      );
      if (isTaken) continue;
      undelivered.push(event);
      result.refused += 1;
      return;
    }
  }
  const deliverAll = (url: string) => Promise.all(Array.from({ length: producers }, () => deliver(url)));

  async function start(): Promise<{ bot: ProgramProcess; url: string }> {
    const bot = (running = spawnBot(folder, graph));
    await bot.printed('"the bot is listening"');
    return { bot, url: /"webhook":"([^"]+)"/.exec(bot.output())?.[1] ?? '' };
  }

  async function end(bot: ProgramProcess, signalledAt: number): Promise<void> {
    const { code, signal } = await bot.ended;
    if (code !== 0 || signal !== null) result.badExits += 1;
    result.slowestExitMs = Math.max(result.slowestExitMs, Math.round(performance.now() - signalledAt));
    if (bot.output().includes('closed before every accepted event was handled')) result.resumed += 1;
  }

  try {
    for (let round = 0; round < rounds; round += 1) {
      for (let n = 0; n < eventsPerRound; n += 1) undelivered.push(round * eventsPerRound + n);
      const { bot, url } = await start();
      if (stallEvery > 0 && round % stallEvery === stallEvery - 1) graph.stallNext(random() < 0.5 ? 'sent' : 'notSent');
      const signalled = Promise.withResolvers<number>();
      const signal = (): void => {
        bot.kill('SIGTERM');
        signalled.resolve(performance.now());
      };
      // Each event makes one call at least.
      let callsLeft = Math.ceil(random() * eventsPerRound);
      graph.onCall(() => {
        callsLeft -= 1;
        if (callsLeft === 0) signal();
      });
      await deliverAll(url);
      await end(bot, await signalled.promise);
    }

    const { bot, url } = await start();
    await deliverAll(url);
    await Promise.race([graph.reached(events), bot.ended, timeout(120_000)]);
    bot.kill('SIGTERM');
    await end(bot, performance.now());
    const store = await openSqliteStore(join(folder, 'bot.db'));
    result.parked = await store.deadLetters.count();
    await store.close();
  } finally {
    running?.kill('SIGKILL');
    await graph.close();
    rmSync(folder, { recursive: true });
  }
  for (let c = 0; c < conversations; c += 1) {
    const wanted = Math.floor((events - c - 1) / conversations) + 1;
    const got = graph.seen.get(String(1000 + c))?.length ?? 0;
    result.lost += Math.max(0, wanted - got);
    result.doubled += Math.max(0, got - wanted);
  }
  return result;
}

/** Only for a bot that never gets done: then what is missing is counted as lost. */
function timeout(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
