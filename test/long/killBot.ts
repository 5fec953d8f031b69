import type { TurnContext } from 'botbuilder';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import { customerOf } from '../../bots/facebookTurn.ts';
import { timerOf } from '../../helpers/botTimers.ts';
import type { Logger } from '../../helpers/logging/logger.ts';
import { readSettings } from '../../helpers/settings/settings.ts';
import { PAGE_INBOX_APP_ID } from '../../models/facebookEvent.ts';
import { readProperty, readText } from '../../models/readJson.ts';
import { createBot } from '../../bots/samples/createBot.ts';
import { createBotServer, type BotParts } from '../../server.ts';
import { createRetryPolicy } from '../../turns/retryPolicy.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import type { Store } from '../../store/store.ts';
import { breakableHandles } from '../support/brokenDisk.ts';
import { OutsideBot, type OutsideCall } from './outsideBot.ts';

/** What the process tells the test. */
export type FromKillBot =
  | { type: 'listening'; url: string }
  /** Nothing is waiting and nothing is running. */
  | { type: 'drained' }
  | { type: 'parked'; letters: readonly ParkedTurn[] }
  /** What became of a call from outside, as the caller is told. */
  | { type: 'called'; id: number; outcome: 'done' | 'failed' };

export interface ParkedTurn {
  id: number;
  conversation: string;
  kind: string;
  /** The turn as it is stored, in which the message's id can be found. */
  turn: string;
  reason: string;
  sentence: string;
}

/** `diskFull`: the store's file may not grow from here on. `diskFree`: it may again. */
export type ToKillBot = 'drain' | 'end' | 'diskFull' | 'diskFree' | { id: number; call: OutsideCall };

/** The bots of the test's own. */
export type TestBot = 'own' | 'random' | 'timer' | 'outside';

/** Says something else each time, as a language model does, and fails before or after one effect in ten. */
const unsteady = {
  words: () =>
    ` ~ ${Array.from({ length: 1 + Math.floor(Math.random() * 5) }, () => Math.random().toString(36).slice(2)).join(' ')}`,
  effect: async (perform: () => Promise<unknown>): Promise<void> => {
    const fails = Math.random() < 0.1;
    if (fails && Math.random() < 0.5) throw new Error('The order service is down.');
    await perform();
    if (fails) throw new Error('The answer of the order service makes no sense.');
  },
};

const steady = { words: () => '', effect: (perform: () => Promise<unknown>) => perform() };

/** A bot whose every word tells what it answers, and in Markdown, which platforms render. As `timer` it answers by a timer that is due at once. */
class KillBot extends FacebookActivityHandler {
  constructor({ threadControl, timers }: BotParts, kind: 'own' | 'random' | 'timer') {
    super();
    const { words, effect } = kind === 'random' ? unsteady : steady;
    const say = (context: TurnContext, text: string) => effect(() => context.sendActivity(text + words()));
    const answer = async (context: TurnContext, text: string) => {
      await say(context, `${text} *first*`);
      const { psid = '' } = customerOf(context) ?? {};
      if (text.endsWith('pass')) await effect(() => threadControl.passThreadControl(psid, PAGE_INBOX_APP_ID, text));
      else await say(context, 'Anything else?');
    };
    this.onMessage(async (context, next) => {
      const { text } = context.activity;
      // The message's id, so that a timer that is given up can be told from others.
      const data = { text, mid: readProperty(readProperty(context.activity.channelData, 'message'), 'mid') };
      if (kind === 'timer') await timers.schedule(context, text, 0, data);
      else await answer(context, text);
      await next();
    });
    this.onEvent(async (context, next) => {
      const text = readText(timerOf(context)?.data, 'text');
      if (text !== undefined) await answer(context, text);
      await next();
    });
    this.onFacebookPassThreadControl(async (_event, context, next) => {
      await say(context, 'back again');
      await next();
    });
    this.onFacebookStandby(async (event, context, next) => {
      if (event.kind === 'message' && event.text?.endsWith('take') === true && event.psid !== undefined) {
        const { psid, text } = event;
        await effect(() => threadControl.takeThreadControl(psid, text));
        await say(context, `${text} taken`);
      }
      await next();
    });
  }
}

function tell(message: FromKillBot): void {
  process.send?.(message);
}

/** Tells of every turn that was given up, also of those that a process before this one gave up. */
async function tellParked(store: Store): Promise<void> {
  const letters = await store.deadLetters.list(100_000);
  const parked = letters.map(({ id, reason, sentence, event: { conversation, kind, payload: turn } }) => ({
    ...{ id, conversation, kind, turn, reason, sentence },
  }));
  if (parked.length > 0) tell({ type: 'parked', letters: parked });
}

/**
 * The process that the kill test kills. It is put together as `index.ts` does it, from settings in the environment, with the bot that ships
 * for the role or with the one above; waits are shorter. Its arguments: how long it waits for what may come late, in milliseconds, and
 * `shipped` or which of the test's own.
 */
const settings = readSettings();
const kind = process.argv[3];
const silent = () => undefined;
const quiet: Logger = { debug: silent, info: silent, warn: silent, error: silent };
const disk = breakableHandles();
let store: Store | undefined;
let outside: OutsideBot | undefined;
// A turn that is given up is an error in the log.
const logger: Logger = { ...quiet, error: () => void (store && tellParked(store)) };
const server = await createBotServer(settings, {
  logger,
  store: async () => {
    store = await openSqliteStore(settings.store.path, { openHandle: disk.openHandle });
    await tellParked(store);
    return store;
  },
  createBot: (parts) => {
    if (kind === 'outside') return (outside = new OutsideBot(parts));
    return kind === 'own' || kind === 'random' || kind === 'timer' ? new KillBot(parts, kind) : createBot(parts);
  },
  retries: createRetryPolicy({ maxAttempts: 50, baseMs: 20, capMs: 200, maxCrashes: 1000 }),
  connectorTimeoutMs: 800,
  graphTimeoutMs: 800,
  turnWork: { echoWaitMs: Number(process.argv[2]) },
});
// Nothing of the test is left behind when it ends before its time.
process.on('disconnect', () => process.exit());
process.on('message', (message: ToKillBot) => {
  if (message === 'drain') void server.settled().then(() => tell({ type: 'drained' }));
  else if (message === 'end') void server.close().then(() => process.disconnect());
  else if (typeof message === 'object') void answer(message);
  else limitDisk(message);
});
process.on('SIGTERM', () => void server.close().then(() => process.exit()));

async function answer({ id, call }: { id: number; call: OutsideCall }): Promise<void> {
  const outcome = await outside?.call(call).then(
    () => 'done' as const,
    () => 'failed' as const,
  );
  tell({ type: 'called', id, outcome: outcome ?? 'failed' });
}

/** SQLite refuses to make the file larger than so many pages, as a full disk does. */
function limitDisk(to: 'diskFull' | 'diskFree'): void {
  const handle = disk.current();
  if (!handle.isOpen) return;
  const pages = Number(handle.prepare('PRAGMA page_count').get()?.['page_count']);
  handle.exec(`PRAGMA max_page_count = ${to === 'diskFull' ? pages : 1_000_000_000}`);
}
tell({ type: 'listening', url: server.url });
