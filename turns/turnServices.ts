import type { Storage } from 'botbuilder';
import type { EffectJournal } from './journal/effect.ts';
import { isGraphError } from '../helpers/graph/graphErrors.ts';
import type { ThreadControl } from '../helpers/facebookThreadControlHelper.ts';
import type { GraphCallEnd } from '../helpers/graph/graphClient.ts';
import { createPlatformClock, type PlatformClock } from '../helpers/graph/platformClock.ts';
import type { Logger } from '../helpers/logging/logger.ts';
import type { RecentMessages } from '../helpers/graph/recentMessages.ts';
import { createAskPlatform } from './reconcile/askPlatform.ts';
import { createBotStorage } from './botStorage.ts';
import type { RecordOnce } from '../helpers/once.ts';
import { createRecordOnce } from './journal/recordedValues.ts';
import type { JournaledSend } from './journal/outgoingMessage.ts';
import { conservativeNow } from './reconcile/grace.ts';
import { journaledNotes } from './journal/journaledNotes.ts';
import { createJournaledSend } from './journal/journaledSend.ts';
import type { Reconciled } from './reconcile/reconcileReport.ts';
import { createRetryPolicy, type RetryPolicy } from './retryPolicy.ts';
import { journaledThreadControl } from './journal/journaledThreadControl.ts';
import { pageOf } from '../models/conversationKey.ts';
import { createReconcileSend } from './reconcile/reconcileSend.ts';
import type { Store } from '../store/store.ts';
import { TurnJournal, type TurnJournalOptions } from './journal/turnJournal.ts';
import { causeOf, classifyTurnFailure } from './turnFailure.ts';
import { createWordsOfOthers } from './reconcile/wordsOfOthers.ts';
import { createTurnScopes, type CallResult, type TurnScope, type TurnScopes } from './turnScope.ts';

export interface TurnServicesOptions {
  store: Store;
  logger: Logger;
  /** Reads conversations back; undefined without a page token. */
  sentMessages?: RecentMessages | undefined;
  onUnknownOutcome?: TurnJournalOptions['onUnknownOutcome'];
  divergedTurns?: TurnJournalOptions['divergedTurns'];
  /** How long after a lost answer to wait for an echo, or for a call that is still on its way, in milliseconds. Default: 5 seconds. */
  echoWaitMs?: number;
  /** How that is waited for. */
  sleep?: (ms: number) => Promise<unknown>;
  scopes?: TurnScopes;
  /** What is known of the platform's clock. */
  clock?: PlatformClock;
  observe?: TurnObserver;
}

/** Is told what a turn does outside. */
export interface TurnObserver {
  /** A message was taken by the platform. */
  messageSent: () => void;
  /** It was found out what became of a call whose answer was lost. */
  reconciled: (found: Reconciled) => void;
}

/** For how long a note is kept after it was written: well beyond the time in which anybody may answer the customer. */
const notesKeptMs = 30 * 24 * 60 * 60 * 1000;

/** Everything that knows which turn it works for, made for each other. */
export interface TurnServices {
  scopes: TurnScopes;
  journal: EffectJournal;
  send: JournaledSend;
  /** Values that a bot makes once a turn. */
  recordOnce: RecordOnce;
  storage: Storage;
  /** What a bot remembers of its conversations: true whatever becomes of the turn, and forgotten when it was not written for long. */
  notes: Storage;
  retries: RetryPolicy;
  /** See {@link createWordsOfOthers}; undefined without a page token. */
  wordsOfOthers: ReturnType<typeof createWordsOfOthers> | undefined;
  /** Whether a turn's error came from a call of the platform. */
  isOfPlatform: (scope: TurnScope, error: unknown) => boolean;
  /** Thread control of this app with the turn's journal. */
  threadControl(inner: ThreadControl, appId: string | undefined): ThreadControl;
}

export function createTurnServices(options: TurnServicesOptions): TurnServices {
  const { store, logger, sentMessages, onUnknownOutcome = 'deadLetter', echoWaitMs = 5_000, sleep } = options;
  const { scopes = createTurnScopes(), divergedTurns = 'goOn' } = options;
  const { clock = createPlatformClock(() => conservativeNow()), observe } = options;
  const { reconciled } = observe ?? {};
  const policy = { onUnknownOutcome, divergedTurns, ...(reconciled && { reconciled }) };
  const journal = new TurnJournal({ table: store.journal, scopes, logger, ...policy });
  const waits = { clock, ask: createAskPlatform(), ...(sleep && { sleep }) };
  const reconcile = createReconcileSend({ table: store.journal, sentMessages, echoWaitMs, ...waits });
  const send = createJournaledSend({
    journal,
    scopes,
    reconcile,
    clock,
    ...(observe && { observe: observe.messageSent }),
  });
  return {
    scopes,
    journal,
    send: (message, perform) => send(message, (correlationId) => recordCall(scopes.current(), perform(correlationId))),
    recordOnce: createRecordOnce({ table: store.journal, scopes }),
    storage: createBotStorage(store.state, scopes),
    notes: journaledNotes(createBotStorage(store.state, scopes, { keepMs: notesKeptMs, committed: 'always' }), journal),
    wordsOfOthers: sentMessages && createWordsOfOthers({ table: store.journal, sentMessages, journal }),
    retries: createRetryPolicy(),
    isOfPlatform: (scope, error) => {
      const cause = causeOf(error);
      return isGraphError(cause) || scope.hasCallFailedWith(cause);
    },
    threadControl: (inner, appId) => {
      const heardSince = async (userId: string, at: number) => {
        const scope = scopes.current();
        const conversation = scope && `${pageOf(scope.conversation)} ${userId}`;
        if (conversation === undefined) return { handovers: [], othersSpoke: [] };
        const handovers = await store.journal.threadSince(conversation, at);
        const othersSpoke = await store.journal.othersSince(conversation, at + clock.offset(at).min);
        return { handovers, othersSpoke };
      };
      return journaledThreadControl(inner, { journal, appId, heardSince, lateMs: echoWaitMs, ...waits });
    },
  };
}

/** Notes in a turn how a call of the platform ended. */
async function recordCall<T>(scope: TurnScope | undefined, call: Promise<T>): Promise<T> {
  try {
    const result = await call;
    scope?.recordCall('worked');
    return result;
  } catch (error) {
    scope?.recordCall(resultOfFailedCall(error), error);
    throw error;
  }
}

function resultOfFailedCall(error: unknown): CallResult {
  const failure = classifyTurnFailure(error);
  return failure === 'rateLimited' || failure === 'invalidToken' || failure === 'temporary' ? failure : 'refused';
}

/** How a call of Graph ended, told by the reason of its end. */
export function resultOfGraphCall(reason: GraphCallEnd['reason']): CallResult {
  if (reason === 'ok') return 'worked';
  if (reason === 'transport') return 'temporary';
  return reason === 'rateLimited' || reason === 'invalidToken' || reason === 'temporary' ? reason : 'refused';
}
