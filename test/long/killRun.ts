import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startDirectPlatform } from '../../emulator/startDirectPlatform.ts';
import { startPlatform, type EmulatorEvent, type Platform, type PlatformBot } from '../../emulator/startPlatform.ts';
import { defaultSeed } from '../../emulator/seed.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { playCustomer, type KillCustomer } from './killCustomer.ts';
import { injectFaults } from './killFaults.ts';
import { startKilledBot } from './killProcess.ts';
import { startRelay } from './killRelay.ts';
import { compareTranscript } from './killTranscript.ts';

export interface KillRunOptions {
  entrance: 'azure' | 'direct';
  messages: number;
  kills: number;
  conversations: number;
  seed: number;
  /** How many of a hundred calls fail; half of those leave open what happened. */
  faultPercent: number;
  /** How long the bot waits for what may come late, in milliseconds: on a busy machine that has to be long. */
  patienceMs: number;
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
  calls: number;
  faulty: number;
  ambiguous: number;
}

async function startFor(entrance: KillRunOptions['entrance'], conversations: number): Promise<Platform> {
  const customers = Array.from({ length: conversations }, (_, n) => ({
    psid: String(7_004_000_000_000_001 + n),
    name: `Customer ${n + 1}`,
  }));
  const seed = { ...defaultSeed, apps: defaultSeed.apps.slice(0, 1), customers };
  // One mode each: what the blog describes, and what Pages have today.
  return entrance === 'azure'
    ? startPlatform({ mode: 'classic', seed })
    : startDirectPlatform({ mode: 'routing', seed });
}

/**
 * Lets customers write to a bot that is killed again and again in the middle of its work, while its calls fail, and counts what the
 * customers saw in the end. The platform is the project's emulator; a relay before the bot keeps its address.
 */
export async function runKills(options: KillRunOptions): Promise<KillRunResult> {
  const { entrance, messages, kills, conversations, seed, faultPercent, report = () => undefined } = options;
  const { next: random } = seededRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'kill-test-'));
  const platform = await startFor(entrance, conversations);
  const { emulator } = platform;
  const [first] = platform.bots as [PlatformBot];
  const customers = new Map<string, KillCustomer>();

  const env = {
    ...first.settings,
    BotRole: 'primary',
    Port: '0',
    Host: '127.0.0.1',
    StorePath: join(folder, 'bot.db'),
  };
  const bot = await startKilledBot({
    ...{ env, patienceMs: options.patienceMs },
    heardParked: ({ conversation, kind, turn }) => {
      customers.get(conversation.split(' ')[2] ?? '')?.heardParked(kind, turn);
    },
  });

  const history: (EmulatorEvent | { at: number; type: 'killed' })[] = [];
  let killed = 0;
  let said = 0;
  let momentsLeft = 0;
  /** The kills are spread over the messages, and each waits for some moments of its own. */
  function moment(): void {
    if (killed >= kills || said <= (killed * messages) / kills) return;
    if (momentsLeft > 0) momentsLeft -= 1;
    else if (bot.kill()) {
      killed += 1;
      history.push({ at: emulator.clock(), type: 'killed' });
      momentsLeft = Math.floor(random() * 40);
    }
  }
  const relay = await startRelay({
    target: () => bot.url(),
    redelivery: entrance === 'azure' ? 'byRelay' : 'bySender',
    twice: () => random() < 0.1,
    moment,
  });
  await first.connect(relay.url);

  const faults = injectFaults(emulator, { entrance, percent: faultPercent, random });
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
      const customer = playCustomer({
        ...{ emulator, psid, messages: each, random },
        hearsOwnTakes: entrance === 'azure' ? 'yes' : 'no',
        saying: () => void (said += 1),
      });
      customers.set(psid, customer);
      return customer.played;
    }),
  );
  await Promise.race([played, standstill(() => history.length)]);
  await emulator.settled();
  await bot.drained();
  await emulator.settled();
  await bot.drained();
  await bot.end();

  const result = { lost: 0, doubled: 0, reordered: 0, handovers: 0 };
  for (const [psid, { turns, seen, handovers, expectedHandovers }] of customers) {
    const { lost, doubled, reordered } = compareTranscript(turns, seen);
    const surplus = handovers.length - expectedHandovers.filter(({ parked }) => !parked).length;
    const mayBe = expectedHandovers.filter(({ parked }) => parked).length;
    result.lost += lost + Math.max(0, -surplus);
    result.doubled += doubled + Math.max(0, surplus - mayBe);
    result.reordered += reordered;
    result.handovers += handovers.length;
    if (lost + doubled + reordered === 0 && surplus >= 0 && surplus <= mayBe) continue;
    report(`${psid}: ${JSON.stringify({ lost, doubled, reordered, surplus })} ${seen.join(', ')}`);
    for (const event of history) {
      const text = JSON.stringify(event);
      if (event.type === 'killed' || text.includes(psid)) report(`${event.at} ${text}`);
    }
  }
  for (const { conversation, kind, reason, sentence, turn } of bot.parked.values()) {
    report(`${conversation}: ${kind} given up, ${reason}: ${sentence} ${turn}`);
  }
  await relay.close();
  await platform.close();
  rmSync(folder, { recursive: true });
  const unknowable = [...bot.parked.values()].filter(({ reason }) => reason === 'unknownOutcome').length;
  return {
    ...{ messages: said, kills: killed, ...result },
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
