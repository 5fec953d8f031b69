import type { GraphParams } from '../../helpers/graph/graphClient.ts';
import { GraphApiError, GraphTransportError } from '../../helpers/graph/graphErrors.ts';
import { createPlatformClock } from '../../helpers/graph/platformClock.ts';
import { createRecentMessages } from '../../helpers/graph/recentMessages.ts';
import { createMemoryJournal } from '../../store/memory/memoryJournal.ts';
import { createReconcileSend, type ReconcileSend } from '../../turns/reconcile/reconcileSend.ts';
import type { EchoNote, JournalEntry } from '../../store/store.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { botWords, channelRenderer, otherWords, trimmed, type Renderer } from './channelWords.ts';
import { createVirtualTime } from './virtualTime.ts';

/** What happens in the histories of a scenario. Shares are from 0 to 1. */
export interface SendScenario {
  endpoint: 'webhook' | 'azure';
  /** How many echoes arrive at all. */
  echoShare: number;
  /** How many of them come late, by seconds or by most of a minute. */
  lateShare?: number;
  /** How many histories have others, people or apps, who speak too. */
  othersShare?: number;
  /** How many of what others say has the bot's own words. */
  sameWordsShare?: number;
  /** `burst`: the bot says the same few words again and again. Default: `mixed`. */
  words?: 'mixed' | 'burst';
  /** How many histories end the process in the middle of a call. */
  crashShare?: number;
  /** How far the own clock may be off, in milliseconds. */
  clockMs?: number;
  /** How many histories in which the channel changes words beyond recognition. */
  strangeWordsShare?: number;
  /** `wrong`: the settings name another app than the channel sends with. Default: `right`. */
  appId?: 'right' | 'wrong';
  /**
   * Others have spoken before. `yes`: they have to take the thread before they may speak again, and give it back before the bot may. `no`: they
   * speak when they like.
   */
  routing?: 'yes' | 'no';
  /** For how long a process is gone at most, in milliseconds. Default: a minute. */
  downMs?: number;
  /** `quick`: the customer writes so much that what can be read is from a few seconds. Default: `usual`. */
  pace?: 'usual' | 'quick';
  /** How the conversation can be read. Default: `works`. */
  reading?: 'works' | 'refused' | 'troubled' | 'withoutFrom';
}

/** What was found out about the messages of a history whose answers were lost. */
export interface SendTally {
  asked: number;
  unknown: number;
  wrongDone: number;
  wrongAbsent: number;
}

interface Lost {
  text: string;
  from: number;
  to: number;
  tookEffect: boolean;
  state: 'done' | 'absent' | 'unknown';
}

interface Message {
  mid: string;
  text: string;
  at: number;
  from: 'page' | 'customer';
}

const page = '108';
const customer = '7004';
const ownAppId = '1000';
const conversation = `facebook ${page} ${customer}`;
/** How long after its call was given up one may still take effect: what is promised is five seconds. */
const latestEffectMs = 4_500;

/** How long a person keeps a thread at least, and what passes between the last words and giving it back. */
const [personKeepsMs, personPausesMs] = [30_000, 2_000];

/** One history, told by its seed: what really happens, and what the bot finds out about what it cannot see. */
export async function playSendHistory(scenario: SendScenario, seed: number): Promise<SendTally> {
  const random = seededRandom(seed);
  const { next, below, pick } = random;
  const { endpoint, echoShare, lateShare = 0.05, othersShare = 0, sameWordsShare = 0, crashShare = 0 } = scenario;
  const { clockMs = 0, strangeWordsShare = 0, reading = 'works' } = scenario;
  const chance = (share: number) => share > 0 && next() < share;
  const time = createVirtualTime(1_700_000_000_000 + below(100_000));
  let aheadMs = clockMs === 0 ? 0 : below(2 * clockMs) - clockMs;
  /** The bot's own clock. */
  const now = () => time.now() + aheadMs;

  const journal = createMemoryJournal({ isInWork: () => true, now });
  const hasOthers = chance(othersShare);
  const render: Renderer = endpoint === 'azure' ? channelRenderer(random, strangeWordsShare) : trimmed;
  const mids = endpoint === 'azure' ? pick(['own', 'none', 'real'] as const) : 'real';
  const whenUnknown = pick(['park', 'again', 'assumeDone'] as const);
  /** As whose this app's own echoes come. */
  const asWhose = scenario.appId === 'wrong' ? ({ author: 'other', appId: '5000' } as const) : {};
  const messages: Message[] = [];
  const lost: Lost[] = [];
  let [count, downUntil, unknown, asked] = [0, 0, 0, 0];
  const nextMid = () => `m_${(count += 1)}`;

  function echo(note: EchoNote): void {
    hear((echoed) => journal.noteEcho(conversation, echoed), note);
  }

  function hear<T>(accept: (event: T) => void, event: T): void {
    if (!chance(echoShare)) return;
    const delayMs = chance(lateShare) ? below(chance(0.2) ? 45_000 : 9_000) : 20 + below(1_500);
    const copies = chance(0.05) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const dueAt = time.now() + delayMs + copy * below(3_000);
      time.at(dueAt, () => {
        if (dueAt >= downUntil) accept(event);
        // Meta comes again when nobody took it; Azure is not known to.
        else if (endpoint === 'webhook') time.at(downUntil + below(2_000), () => accept(event));
      });
    }
  }

  function appears(text: string, correlationId: string): string {
    const mid = nextMid();
    const at = time.now();
    messages.push({ mid, text: render(text), at, from: 'page' });
    echo({ mid, at, text: render(text), ...asWhose, ...(endpoint === 'webhook' ? { correlationId } : {}) });
    return mid;
  }

  function othersSpeak(isPerson = chance(0.5)): void {
    const mid = nextMid();
    const at = time.now();
    const text = chance(sameWordsShare) ? render(pick(words)) : pick(otherWords);
    messages.push({ mid, text, at, from: 'page' });
    echo(isPerson ? { mid, at, author: 'other' } : { mid, at, text, author: 'other', appId: '2000' });
  }

  const isRouted = scenario.routing === 'yes';
  let owner: 'self' | 'other' = 'self';
  const hasApp = isRouted && chance(0.5);
  if (scenario.routing !== undefined && hasOthers) {
    const before = { mid: 'm_before', at: time.now() - 900_000, author: 'other' } as const;
    journal.noteEcho(conversation, hasApp ? { ...before, text: 'x', appId: '2000' } : before);
  }

  function handOver(to: 'self' | 'other'): void {
    owner = to;
    const kind = to === 'self' ? 'pass_thread_control' : 'take_thread_control';
    hear((note) => journal.noteThread(conversation, note), {
      kind,
      at: time.now(),
      newOwner: to === 'self' ? ownAppId : '2000',
    } as const);
  }

  /** Somebody takes the thread, speaks, and gives it back, which may stay untold. */
  async function othersTakeOver(): Promise<void> {
    const isPerson = !hasApp || chance(0.5);
    handOver('other');
    othersSpeak(isPerson);
    await time.sleep(isPerson ? personKeepsMs - personPausesMs + below(20_000) : below(2_000));
    if (chance(0.5)) othersSpeak(isPerson);
    await time.sleep(isPerson ? personPausesMs : below(200));
    if (chance(0.5)) handOver('self');
    else owner = 'self';
  }

  const customerSpeaks = () => {
    messages.push({ mid: nextMid(), text: chance(0.2) ? pick(words) : 'hi', at: time.now(), from: 'customer' });
  };

  const words = Array.from({ length: scenario.words === 'burst' ? 1 + below(3) : 10 }, () => pick(botWords));
  let clock = createPlatformClock(now);
  let troubles = reading === 'troubled' ? 1 + below(2) : 0;
  const graph = {
    get: async (_path: string, _params?: GraphParams): Promise<unknown> => {
      const begunAt = now();
      await time.sleep(20 + below(400));
      clock.learn(httpDate(time.now()), begunAt);
      if (reading === 'refused') throw new GraphApiError({ status: 403, code: 10, reason: 'permission' });
      if (troubles > 0) {
        troubles -= 1;
        throw new GraphTransportError('timeout');
      }
      const newest = messages.slice(-20).reverse();
      const data = newest.map(({ mid, text, at, from }) => {
        const created_time = new Date(Math.floor(at / 1000) * 1000).toISOString();
        const isBare = reading === 'withoutFrom' && chance(0.1);
        if (isBare) return chance(0.5) ? { id: mid, created_time } : { id: mid, message: text, created_time };
        return { id: mid, message: text, from: { id: from === 'page' ? page : customer }, created_time };
      });
      return { data: [{ messages: { data, ...(messages.length > 20 ? { paging: { next: 'more' } } : {}) } }] };
    },
  };
  const startProcess = (): ReconcileSend => {
    clock = createPlatformClock(now);
    // Most calls are not a process's first one.
    if (chance(0.8)) clock.learn(httpDate(time.now()), now() - 100);
    const sentMessages = createRecentMessages(graph);
    const isAlone = async () => {
      await time.sleep(20 + below(400));
      return isRouted && owner === 'self';
    };
    const soleSpeaker = { appId: ownAppId, isAlone };
    const waits = { clock, now, startedAt: now(), sleep: time.sleep };
    return createReconcileSend({ table: journal.table, sentMessages, soleSpeaker, ...waits });
  };
  let settle = startProcess();

  // Others of this page were heard before.
  if (echoShare > 0) {
    journal.noteEcho(`facebook ${page} 1`, { mid: 'm_old', text: 'x', at: time.now() - 60_000, ...asWhose });
  }
  let ordinal = 0;

  /** Sends, and finds out what became of it when the answer is lost. */
  async function send(text: string, mustWork: 'mustWork' | 'mayFail'): Promise<'sent' | 'parked'> {
    const from = time.now();
    const correlationId = `once-${seed}-${(ordinal += 1)}`;
    const place = ordinal;
    const at = now();
    const known = clock.offset();
    const about = { conversation, text, earliest: at + known.min };
    const entry: JournalEntry = {
      ...{ ordinal: place, kind: 'send', hash: '', at, outcome: 'open', result: '' },
      detail: JSON.stringify({ mark: correlationId, about }),
    };
    await journal.table.begin(1, entry);
    const process = settle;
    const note = (id: string) =>
      journal.table.end(1, place, 'done', '{}', {
        ...{ conversation, text, at: now(), latest: now() + clock.offset().max },
        ...(process === settle ? { earliest: at + clock.offset().min } : {}),
        ...(id === '' ? {} : { mid: id }),
      });
    // Refused for the moment, and tried again.
    while (chance(isQuick ? 0.02 : 0.15)) await time.sleep(below(9_000));
    const how = mustWork === 'mustWork' ? 0 : next();
    const reachesMs = 20 + below(800);
    if (how < (isQuick ? 0.7 : 0.4)) {
      await time.sleep(reachesMs);
      if (owner === 'other') {
        await journal.table.end(1, place, 'refused', '{}');
        return 'sent';
      }
      const mid = appears(text, correlationId);
      const begunAt = now() - reachesMs;
      await time.sleep(below(300));
      if (chance(0.8)) clock.learn(httpDate(time.now()), begunAt);
      await note(mids === 'real' ? mid : mids === 'own' ? `azure-${mid}` : '');
      return 'sent';
    }
    if (how < (isQuick ? 0.72 : 0.45)) {
      await journal.table.end(1, place, 'refused', '{}');
      return 'sent';
    }
    const isSent = how < (isQuick ? 0.87 : 0.75);
    const isLate = isSent && chance(0.2);
    let tookEffect = false;
    const arrives = (): void => {
      if (owner === 'other') return;
      tookEffect = true;
      appears(text, correlationId);
    };
    const isCrash = tasks.length === 1 && chance(crashShare);
    if (isSent && !isLate) {
      await time.sleep(reachesMs);
      arrives();
    }
    await time.sleep(chance(0.5) ? below(100) : below(15_000));
    if (isLate) time.at(time.now() + below(latestEffectMs), arrives);
    const begun = { correlationId, at, ...(isCrash ? {} : { endedAt: now() }) };
    if (isCrash) {
      downUntil = time.now() + 200 + below(scenario.downMs ?? 60_000);
      await time.sleep(downUntil - time.now());
      // The clock may be another one when the machine is.
      if (clockMs > 0 && chance(0.3)) aheadMs = below(2 * clockMs) - clockMs;
      settle = startProcess();
    }
    const rendering = endpoint === 'azure' ? 'channel' : 'exact';
    const question = { ...begun, conversation, userId: customer, text, rendering, earliest: about.earliest } as const;
    asked += 1;
    const verdict = await untilAnswered(() => settle(question), time.sleep);
    lost.push({
      text,
      from,
      to: time.now(),
      tookEffect,
      state: verdict.state,
    });
    if (verdict.state === 'unknown') unknown += 1;
    if (verdict.state === 'done') await note(verdict.result.isGuess === true ? '' : verdict.result.id);
    else if (verdict.state === 'absent' || whenUnknown === 'again') return send(text, 'mustWork');
    else if (whenUnknown === 'assumeDone') await note('');
    else return 'parked';
    return 'sent';
  }

  const isQuick = scenario.pace === 'quick';
  async function branch(): Promise<void> {
    for (let left = 1 + below(isQuick ? 8 : 4); left > 0; left -= 1) {
      for (let more = isQuick ? below(20) : chance(0.4) ? 1 : 0; more > 0; more -= 1) customerSpeaks();
      if ((await send(pick(words), 'mayFail')) === 'parked') return;
      if (chance(isQuick ? 0.1 : 0.3)) await time.sleep(below(20_000));
    }
  }

  const before = pick([0, 3, 25]);
  for (let one = 0; one < before; one += 1) {
    messages.push({ mid: nextMid(), text: 'hi', at: time.now() - (before - one) * 40_000, from: 'customer' });
  }
  const others = async () => {
    while (hasOthers && chance(0.8)) {
      await time.sleep(below(15_000));
      if (isRouted) await othersTakeOver();
      else othersSpeak();
    }
  };
  const branches = chance(0.25) ? [branch, branch] : [branch];
  const tasks = branches;
  await time.run([...branches, others]);
  return { asked, unknown, ...wrongOf(lost) };
}

/** As a server's `Date` header tells it: in whole seconds. */
function httpDate(at: number): string {
  return new Date(at).toUTCString();
}

/**
 * What is wrong beyond exchange: which of the messages with the same words arrived that were asked about side by side, nobody can tell and
 * no customer minds. Their number has to be right.
 */
function wrongOf(lost: readonly Lost[]): Pick<SendTally, 'wrongDone' | 'wrongAbsent'> {
  let [wrongDone, wrongAbsent] = [0, 0];
  for (const text of new Set(lost.map((one) => one.text))) {
    for (const group of sideBySide(lost.filter((one) => one.text === text))) {
      const done = group.filter(({ state, tookEffect }) => state === 'done' && !tookEffect).length;
      const absent = group.filter(({ state, tookEffect }) => state === 'absent' && tookEffect).length;
      const unknown = group.filter(({ state, tookEffect }) => state === 'unknown' && tookEffect).length;
      wrongDone += Math.max(0, done - absent - unknown);
      wrongAbsent += Math.max(0, absent - done);
    }
  }
  return { wrongDone, wrongAbsent };
}

/** Those whose times overlap, from one to the next. */
function sideBySide(lost: readonly Lost[]): Lost[][] {
  const groups: Lost[][] = [];
  let until = -Infinity;
  for (const one of [...lost].sort((first, second) => first.from - second.from)) {
    if (one.from > until) groups.push([]);
    groups.at(-1)?.push(one);
    until = Math.max(until, one.to);
  }
  return groups;
}

async function untilAnswered<T>(ask: () => Promise<T>, sleep: (ms: number) => Promise<void>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof GraphTransportError)) throw error;
      await sleep(500);
    }
  }
}
