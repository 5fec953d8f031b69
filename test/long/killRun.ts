import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startDirectPlatform } from '../../emulator/startDirectPlatform.ts';
import { startPlatform, type EmulatorEvent, type Platform, type PlatformBot } from '../../emulator/startPlatform.ts';
import { defaultSeed } from '../../emulator/seed.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { playCaller } from './killCaller.ts';
import { playCustomer } from './killCustomer.ts';
import { injectFaults, loseEchoes } from './killFaults.ts';
import type { TestBot } from './killBot.ts';
import type { KillPlayer, KillPlayerOptions } from './killPlayer.ts';
import { startKilledBot, type KilledBot } from './killProcess.ts';
import { startRelay } from './killRelay.ts';
import { playShipped, type ShippedRole } from './killShipped.ts';

export interface KillRunOptions {
  /** A bot that ships, or one of the test's own, whose words tell what they answer. */
  bot: ShippedRole | TestBot;
  endpoint: 'azure' | 'direct';
  messages: number;
  kills: number;
  conversations: number;
  seed: number;
  /** How many of a hundred calls fail; half of those leave open what happened. */
  faultPercent: number;
  /** How many of a hundred echoes never come; as many come late. */
  lostEchoPercent: number;
  /** How long the bot waits for what may come late, in milliseconds: on a busy machine that has to be long. */
  patienceMs: number;
  /**
   * How long people take before they give a thread back, in milliseconds. Default: 0. Around a call that was cut off, what happens within the
   * two seconds by which the platform's clocks may differ cannot be put in order, so the call's outcome stays unknown.
   */
  personTakesMs?: number;
  /** Is told, line by line, what happened in a conversation of which something is wrong, and of every turn that was given up. */
  report?: (line: string) => void;
}

export interface KillRunResult {
  messages: number;
  kills: number;
  lost: number;
  doubled: number;
  reordered: number;
  /** Turns that were given up because nothing could be found out, and those given up for another reason, which are not to be. */
  parked: number;
  failed: number;
  handovers: number;
  /** Calls from outside that nobody acknowledged. */
  unacknowledged: number;
  calls: number;
  faulty: number;
  ambiguous: number;
}

const isTestBot = (bot: KillRunOptions['bot']): bot is TestBot => ['own', 'random', 'timer', 'outside'].includes(bot);

/**
 * What the blog describes on Azure, and what Pages have today. Where every receiver may write, nobody can tell who wrote a message whose answer and
 * echo are lost, so no bot of which no turn may be given up plays there.
 */
const modeOf = ({ bot, endpoint }: Pick<KillRunOptions, 'bot' | 'endpoint'>) =>
  endpoint === 'azure' && bot !== 'random' ? 'classic' : 'routing';

async function startFor(options: KillRunOptions): Promise<Platform> {
  const { bot, endpoint, conversations } = options;
  const mode = modeOf(options);
  const customers = Array.from({ length: conversations }, (_, n) => ({
    psid: String(7_004_000_000_000_001 + n),
    name: `Customer ${n + 1}`,
  }));
  const seed = { ...defaultSeed, apps: defaultSeed.apps.slice(0, bot === 'secondary' ? 2 : 1), customers };
  return endpoint === 'azure'
    ? startPlatform({ mode, fields: 'all', seed, azureFetch: withRenderedText })
    : startDirectPlatform({ mode, fields: 'all', seed });
}

/**
 * Azure's channel renders Markdown as plain text before it gives it to Messenger, and folds line breaks.
 *
 * Source: https://github.com/microsoft/botframework-sdk/issues/224
 */
const withRenderedText: typeof fetch = (input, init) => {
  if (typeof input !== 'string' || !input.endsWith('/me/messages') || typeof init?.body !== 'string') {
    return fetch(input, init);
  }
  const body = JSON.parse(init.body) as { message?: { text?: string } };
  if (body.message?.text !== undefined) body.message.text = body.message.text.replaceAll('*', '').replaceAll('\n', ' ');
  return fetch(input, { ...init, body: JSON.stringify(body) });
};

function playerFor(bot: KillRunOptions['bot'], about: KillPlayerOptions, call: KilledBot['call']): KillPlayer {
  if (bot === 'outside') return playCaller({ ...about, call });
  return isTestBot(bot) ? playCustomer(about) : playShipped(bot, about);
}

/**
 * Lets customers write to a bot that is killed again and again in the middle of its work, while its calls fail, and counts what the
 * customers saw in the end. The platform is the project's emulator; a relay before the bot keeps its address.
 */
export async function runKills(options: KillRunOptions): Promise<KillRunResult> {
  const { endpoint, messages, kills, conversations, seed, personTakesMs = 0, report = () => undefined } = options;
  const { next: random } = seededRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'kill-test-'));
  const platform = await startFor(options);
  const { emulator } = platform;
  const killed = platform.bots.at(-1) as PlatformBot;
  const appId = killed.app.id;
  const customers = new Map<string, KillPlayer>();

  const env = {
    ...killed.settings,
    BotRole: isTestBot(options.bot) ? 'primary' : options.bot,
    Port: '0',
    Host: '127.0.0.1',
    StorePath: join(folder, 'bot.db'),
    // The emulator's clock is put forward when webhooks wait.
    EventTimes: 'unchecked',
  };
  const bot = await startKilledBot({
    ...{ env, patienceMs: options.patienceMs, bot: isTestBot(options.bot) ? options.bot : 'shipped' },
    heardParked: ({ conversation, kind, turn }) => {
      // A timer's turn is the answer to a message.
      const about = kind === 'timer' ? 'message' : kind;
      customers.get(conversation.split(' ')[2] ?? '')?.heardParked(about, turn);
    },
  });

  const history: (EmulatorEvent | { at: number; type: 'ended'; how: string })[] = [];
  let ends = 0;
  let said = 0;
  let momentsLeft = 0;
  let isDiskFull = false;
  /** The ends are spread over the messages, and each waits for some moments of its own. */
  function moment(): void {
    if (ends >= kills || said <= (ends * messages) / kills) return;
    if (momentsLeft > 0) {
      momentsLeft -= 1;
      return;
    }
    // One in five meets a full disk first, and one in five is an end in good order with the next process beside it.
    if (!isDiskFull && random() < 0.2) {
      isDiskFull = true;
      bot.disk('diskFull');
      history.push({ at: emulator.clock(), type: 'ended', how: 'diskFull' });
      setTimeout(() => bot.disk('diskFree'), 2_000);
      momentsLeft = 10;
      return;
    }
    const how = random() < 0.2 ? 'term' : 'kill';
    if (!bot.end(how)) return;
    ends += 1;
    isDiskFull = false;
    history.push({ at: emulator.clock(), type: 'ended', how });
    momentsLeft = Math.floor(random() * 40);
  }
  const relay = await startRelay({
    target: () => bot.url(),
    redelivery: endpoint === 'azure' ? 'byRelay' : 'bySender',
    // What Azure does not deliver again is lost; customers' words are, or nothing could be counted.
    isWorthAnother: (body) => !body.includes('"is_echo":true') && !body.includes('"name":"echo"'),
    twice: () => random() < 0.1,
    moment,
  });
  await killed.connect(relay.url);

  const faults = injectFaults(emulator, { endpoint, appId, percent: options.faultPercent, random });
  loseEchoes(emulator, { appId, percent: options.lostEchoPercent, random });
  emulator.on((event) => {
    if (event.type === 'graphCall' || event.type === 'pageMessage' || event.type === 'ownershipChanged') moment();
    // What failed three times goes out again when the time has come: now.
    if (event.type === 'webhookPostponed') setImmediate(() => emulator.advanceClock(event.pauseMs));
    const { psid } = event as { psid?: string };
    if (psid !== undefined) customers.get(psid)?.heard(event);
    history.push(event);
  });

  const each = Math.ceil(messages / conversations);
  const played = Promise.all(
    emulator.customers.map((psid) => {
      const player = {
        emulator,
        psid,
        appId,
        messages: each,
        random,
        personTakesMs,
        isClassic: modeOf(options) === 'classic',
      };
      const about = { ...player, saying: () => void (said += 1) };
      const customer = playerFor(options.bot, about, (call) => bot.call(call));
      customers.set(psid, customer);
      return customer.played;
    }),
  );
  await Promise.race([played, standstill(() => history.length)]);
  await emulator.settled();
  await bot.drained();
  await emulator.settled();
  await bot.drained();
  await bot.close();

  const reportHistory = (psid: string): void => {
    for (const event of history) {
      const text = JSON.stringify(event);
      if (event.type === 'ended' || text.includes(psid)) report(`${event.at} ${text}`);
    }
  };
  const result = { lost: 0, doubled: 0, reordered: 0, handovers: 0, unacknowledged: 0 };
  for (const [psid, customer] of customers) {
    const { lost, doubled, reordered, handovers, unacknowledged = 0, seen } = customer.result();
    result.lost += lost;
    result.doubled += doubled;
    result.reordered += reordered;
    result.handovers += handovers;
    result.unacknowledged += unacknowledged;
    if (lost + doubled + reordered === 0) continue;
    report(`${psid}: ${JSON.stringify({ lost, doubled, reordered })} ${seen.join(', ')}`);
    reportHistory(psid);
  }
  for (const { conversation, kind, reason, sentence, turn } of bot.parked.values()) {
    report(`${conversation}: ${kind} given up, ${reason}: ${sentence} ${turn}`);
    if (options.bot === 'random') reportHistory(conversation.split(' ')[2] ?? '');
  }
  await relay.close();
  await platform.close();
  rmSync(folder, { recursive: true });
  const unknowable = [...bot.parked.values()].filter(({ reason }) => reason === 'unknownOutcome').length;
  return {
    ...{ messages: said, kills: ends, ...result },
    ...{ parked: unknowable, failed: bot.parked.size - unknowable },
    ...{ calls: faults.calls(), faulty: faults.faulty(), ambiguous: faults.ambiguous() },
  };
}

/** Resolves when a number has not grown for so long that nothing will come any more: then what is missing is lost. */
async function standstill(count: () => number): Promise<void> {
  for (let [before, quietMs] = [-1, 0]; quietMs < 60_000; quietMs += 5_000) {
    if (count() > before) quietMs = 0;
    before = count();
    await delay(5_000, undefined, { ref: false });
  }
}
