import type { TurnContext } from 'botbuilder';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import type { Logger } from '../../helpers/logger.ts';
import { readSettings } from '../../helpers/settings.ts';
import { PAGE_INBOX_APP_ID } from '../../models/facebookEvent.ts';
import { createBotServer, openStore, type BotParts } from '../../server.ts';
import { createRetryPolicy } from '../../store/retryPolicy.ts';
import type { Store } from '../../store/store.ts';

/** What the process tells the test. */
export type FromKillBot =
  | { type: 'listening'; url: string }
  /** Nothing is waiting and nothing is running. */
  | { type: 'drained' }
  | { type: 'parked'; letters: readonly ParkedTurn[] };

export interface ParkedTurn {
  id: number;
  conversation: string;
  kind: string;
  /** The turn as it is stored, in which the message's id can be found. */
  turn: string;
  reason: string;
  sentence: string;
}

export type ToKillBot = 'drain' | 'end';

/**
 * The process that the kill test kills. It is put together as `index.ts` does it, from settings in the environment; only the bot is
 * another one, whose every word tells what it answers, and waits are shorter. Its argument is how long it waits for what may come late,
 * in milliseconds.
 */
class KillBot extends FacebookActivityHandler {
  constructor({ threadControl }: BotParts) {
    super();
    if (threadControl === undefined) throw new Error('The kill test needs thread control.');
    const say = (context: TurnContext, text: string) => context.sendActivity(text);
    this.onMessage(async (context, next) => {
      const { text, from } = context.activity;
      await say(context, `${text} first`);
      if (text.endsWith('pass')) await threadControl.passThreadControl(from.id, PAGE_INBOX_APP_ID, text);
      else await say(context, 'Anything else?');
      await next();
    });
    this.onFacebookPassThreadControl(async (_event, context, next) => {
      await say(context, 'back again');
      await next();
    });
    this.onFacebookStandby(async (event, context, next) => {
      if (event.kind === 'message' && event.text?.endsWith('take') === true && event.psid !== undefined) {
        await threadControl.takeThreadControl(event.psid, event.text);
        await say(context, `${event.text} taken`);
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
  const parked = letters.map(({ id, reason, sentence, delivery: { conversation, kind, turn } }) => ({
    ...{ id, conversation, kind, turn, reason, sentence },
  }));
  if (parked.length > 0) tell({ type: 'parked', letters: parked });
}

const settings = readSettings();
const silent = () => undefined;
const quiet: Logger = { debug: silent, info: silent, warn: silent, error: silent };
const store = await openStore(settings, quiet);
// A turn that is given up is an error in the log.
const logger: Logger = { ...quiet, error: () => void tellParked(store) };
await tellParked(store);
const server = await createBotServer(settings, {
  logger,
  store,
  createBot: (parts) => new KillBot(parts),
  retries: createRetryPolicy({ maxAttempts: 50, baseMs: 20, capMs: 200, maxCrashes: 1000 }),
  connectorTimeoutMs: 800,
  graphTimeoutMs: 800,
  turnWork: { echoWaitMs: Number(process.argv[2]) },
});
// Nothing of the test is left behind when it ends before its time.
process.on('disconnect', () => process.exit());
process.on('message', (message: ToKillBot) => {
  if (message === 'drain') void server.settled().then(() => tell({ type: 'drained' }));
  else void server.close().then(() => process.disconnect());
});
tell({ type: 'listening', url: server.url });
