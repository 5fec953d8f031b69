import type { Storage } from 'botbuilder';
import type { EffectJournal } from './journal/effect.ts';
import { isGraphError } from '../helpers/graph/graphErrors.ts';
import type { ThreadControl } from '../helpers/facebookThreadControlHelper.ts';
import type { GraphCallEnd } from '../helpers/graph/graphClient.ts';
import { createPlatformClock, type PlatformClock, type PlatformSpan } from '../helpers/graph/platformClock.ts';
import type { Logger } from '../helpers/logging/logger.ts';
import type { RecentMessages } from '../helpers/graph/recentMessages.ts';
import { createAskPlatform } from './reconcile/askPlatform.ts';
import { createBotStorage } from './botStorage.ts';
import type { SoleSpeaker } from '../helpers/soleSpeaker.ts';
import type { RecordOnce } from '../helpers/once.ts';
import { createRecordedTime } from './journal/recordedTime.ts';
import { createRecordOnce } from './journal/recordedValues.ts';
import type { JournaledSend } from './journal/outgoingMessage.ts';
import { conservativeNow } from './reconcile/grace.ts';
import { journaledNotes } from './journal/journaledNotes.ts';
import { createJournaledSend } from './journal/journaledSend.ts';
import type { Reconciled } from './reconcile/reconcileReport.ts';
import { createRetryPolicy, type RetryPolicy } from './retryPolicy.ts';
import { JournaledThreadControl } from './journal/journaledThreadControl.ts';
import { present } from '../models/present.ts';
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
  /** Undefined without a page token. */
  soleSpeaker?: SoleSpeaker | undefined;
  onUnknownOutcome?: TurnJournalOptions['onUnknownOutcome'];
  divergedTurns?: TurnJournalOptions['divergedTurns'];
  /** How long to wait, after a lost answer, for an echo or for the call to take effect, in milliseconds. Default: 5 seconds. */
  echoWaitMs?: number;
  /** How that is waited for, and the time before a call of Graph is repeated. */
  sleep?: (ms: number) => Promise<unknown>;
  scopes?: TurnScopes;
  /** What is known of the platform's clock. */
  clock?: PlatformClock;
  observe?: TurnObserver;
  /** How long state of a customer is kept that nobody uses, in milliseconds. Default: for ever. */
  keepStateMs?: number | undefined;
  /** How long it is remembered what became of a conversation, in milliseconds. Default: 30 days. */
  keepConversationsMs?: number;
  /** The wall clock, in milliseconds since 1970. */
  now?: (() => number) | undefined;
}

/** Observes what turns do outside the process. */
export interface TurnObserver {
  /** The platform accepted a message. */
  messageSent: () => void;
  /** A call whose answer was lost was reconciled. */
  reconciled: (found: Reconciled) => void;
}

/** How long a note is kept at most after it was written: well beyond the time in which anybody may answer the customer. */
const notesKeptMs = 30 * 24 * 60 * 60 * 1000;

/** The services that know which turn they work for. */
export interface TurnServices {
  scopes: TurnScopes;
  journal: EffectJournal;
  send: JournaledSend;
  /** Makes values once per turn. */
  recordOnce: RecordOnce;
  storage: Storage;
  /** What a bot remembers about its conversations: committed whatever happens to the turn, and expires. */
  notes: Storage;
  /** The same notes as they are now, whatever an earlier run of the turn has read. */
  latestNotes: Storage;
  /** What time it is for the platform; in a turn that runs again, what it was. */
  platformTime: () => Promise<PlatformSpan>;
  retries: RetryPolicy;
  /** See {@link createWordsOfOthers}; undefined without a page token. */
  wordsOfOthers: ReturnType<typeof createWordsOfOthers> | undefined;
  /** Whether a turn's error came from a call to the platform. */
  isOfPlatform: (scope: TurnScope, error: unknown) => boolean;
  /** Wraps this app's thread control in the turn's journal. */
  threadControl(inner: ThreadControl, appId: string | undefined): ThreadControl;
}

export function createTurnServices(options: TurnServicesOptions): TurnServices {
  const {
    store,
    logger,
    sentMessages,
    soleSpeaker,
    onUnknownOutcome = 'deadLetter',
    echoWaitMs = 5_000,
    sleep,
  } = options;
  const { keepStateMs, keepConversationsMs = Infinity, now } = options;
  const { scopes = createTurnScopes(), divergedTurns = 'goOn' } = options;
  const { clock = createPlatformClock(() => conservativeNow()), observe } = options;
  const { reconciled } = observe ?? {};
  const policy = { onUnknownOutcome, divergedTurns, ...(reconciled && { reconciled }) };
  const journal = new TurnJournal({ table: store.journal, scopes, logger, ...policy });
  const waits = { clock, ask: createAskPlatform(), ...(sleep && { sleep }) };
  const latestNotes = createBotStorage(store.state, scopes, {
    keepMs: Math.min(notesKeptMs, keepConversationsMs),
    committed: 'always',
  });
  const reconcile = createReconcileSend({ table: store.journal, sentMessages, soleSpeaker, echoWaitMs, ...waits });
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
    storage: createBotStorage(store.state, scopes, {
      keepMs: keepStateMs,
      expire: 'customers',
      ...present('now', now),
    }),
    notes: journaledNotes(latestNotes, journal),
    latestNotes,
    platformTime: createRecordedTime(clock, journal),
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
      return new JournaledThreadControl(inner, { journal, appId, heardSince, lateMs: echoWaitMs, ...waits });
    },
  };
}

/** Records in the turn how a call to the platform ended. */
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

/** The result of a call to Graph, by the reason that the client reported. */
export function resultOfGraphCall(reason: GraphCallEnd['reason']): CallResult {
  if (reason === 'ok') return 'worked';
  if (reason === 'transport') return 'temporary';
  return reason === 'rateLimited' || reason === 'invalidToken' || reason === 'temporary' ? reason : 'refused';
}
