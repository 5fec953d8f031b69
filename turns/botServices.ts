import type { Storage } from 'botbuilder';
import type { BotTimers } from '../helpers/botTimers.ts';
import type { Conversations } from '../helpers/conversations.ts';
import { FacebookThreadControlHelper, type ThreadControl } from '../helpers/facebookThreadControlHelper.ts';
import {
  createGraphClient,
  type GraphCallEnd,
  type GraphClient,
  type GraphClientOptions,
} from '../helpers/graph/graphClient.ts';
import { createDeskClient, type TellDesk } from '../helpers/handoff/deskClient.ts';
import { createOwnPage, type OwnPage } from '../helpers/graph/ownPage.ts';
import { createPlatformClock, type PlatformClock } from '../helpers/graph/platformClock.ts';
import { createRecentMessages } from '../helpers/graph/recentMessages.ts';
import type { Logger } from '../helpers/logging/logger.ts';
import { createSoleSpeaker } from '../helpers/soleSpeaker.ts';
import type { Settings } from '../helpers/settings/types.ts';
import { pageKey } from '../models/conversationKey.ts';
import { present } from '../models/present.ts';
import { readInteger } from '../models/readJson.ts';
import type { Store } from '../store/store.ts';
import { createBotStorage } from './botStorage.ts';
import { createBotTimers } from './botTimers.ts';
import { journaledDesk } from './journal/journaledDesk.ts';
import { ConversationRuns } from './conversationRuns.ts';
import { OwnTurns, type MakeOwnTurn } from './ownTurns.ts';
import { createEchoesHeard, type EchoesHeard } from './echoesHeard.ts';
import { firstStart } from './firstStart.ts';
import { conservativeNow } from './reconcile/grace.ts';
import { createTurnScopes, type TurnScopes } from './turnScope.ts';
import {
  resultOfGraphCall,
  createTurnServices,
  type TurnObserver,
  type TurnServices,
  type TurnServicesOptions,
} from './turnServices.ts';

export interface BotServicesOptions {
  store: Store;
  logger: Logger;
  observer: TurnObserver & { readonly graphCallEnded: (end: GraphCallEnd) => void };
  /** See {@link GraphClientOptions}. */
  http?: GraphClientOptions['http'] | undefined;
  graphTimeoutMs?: number | undefined;
  /** Makes the turns that the bot asks for itself. */
  ownTurn: MakeOwnTurn;
  /** Called when something may have become ready to run. */
  wake: () => void;
  /** The wall clock, in milliseconds since 1970. */
  now?: (() => number) | undefined;
  /** Changes to the services of a turn. */
  turnWork?: Partial<TurnServicesOptions> | undefined;
}

/** The platform and the store, as a bot and its turns use them. */
export interface BotServices extends Omit<TurnServices, 'threadControl' | 'wordsOfOthers'> {
  /** Undefined without a page token. */
  graph: GraphClient | undefined;
  platformClock: PlatformClock;
  /** Makes a call to Graph, to learn the platform's time from the response. */
  askTime: () => void;
  ownPage: OwnPage;
  echoes: EchoesHeard;
  runs: ConversationRuns;
  ownTurns: OwnTurns;
  /** Tells the desk through the turn's journal; undefined if there is none. */
  tellDesk: TellDesk | undefined;
  /** Keeps each item until its `until`, in milliseconds since 1970. */
  expiring: Storage;
  /** What the bot gets. */
  forBot: {
    threadControl: ThreadControl | undefined;
    appId: string | undefined;
    pageId: () => string | undefined;
    storage: Storage;
    notes: Storage;
    timers: BotTimers;
    conversations: Conversations;
    now: () => number;
    startedAt: number;
    lastWordOfOthers: TurnServices['wordsOfOthers'];
    hearsOthers: (pageId: string) => Promise<boolean>;
  };
}

/** Creates everything that a bot needs for its turns, for the app and the Page in the settings. */
export async function createBotServices(settings: Settings, options: BotServicesOptions): Promise<BotServices> {
  const { store, logger, observer, turnWork } = options;
  const { scopes = createTurnScopes() } = turnWork ?? {};
  const platformClock = createPlatformClock(() => conservativeNow());
  const graph = createGraph(settings, options, scopes, platformClock);
  const { appId, pageId } = settings.facebook;
  const threadControl = graph && new FacebookThreadControlHelper(graph, { appId });
  const services = createTurnServices({
    ...{ scopes, store, logger, clock: platformClock, observe: observer },
    sentMessages: graph && createRecentMessages(graph),
    soleSpeaker:
      graph && threadControl && appId !== undefined ? createSoleSpeaker({ graph, threadControl, appId }) : undefined,
    onUnknownOutcome: settings.store.unknownSendOutcome,
    divergedTurns: settings.store.divergedTurns,
    // What is in memory ends with the process.
    keepStateMs: store.durable ? settings.store.keepCustomerStateMs : undefined,
    keepConversationsMs: settings.store.keepConversationsMs,
    now: options.now,
    ...turnWork,
  });
  const { storage, notes } = services;
  const ownPage = createOwnPage({ pageId, graph, logger });
  const echoes = createEchoesHeard(store.state);
  const { now = Date.now, wake } = options;
  const ownTurns = new OwnTurns({ store, scopes, pageId: () => ownPage.untilKnown(), make: options.ownTurn });
  const expiring = createBotStorage(store.state, scopes, { expiresAt: (item) => readInteger(item, 'until') });
  const runs = new ConversationRuns({ store, scopes, ownTurns, logger, now, accepted: wake });
  const forBot = {
    timers: createBotTimers({ store, scopes, ownTurns, now, changed: wake }),
    conversations: runs,
    now,
    threadControl: threadControl && services.threadControl(threadControl, appId),
    ...{ appId, pageId: () => ownPage.known()?.id, storage, notes },
    startedAt: await firstStart(storage, logger),
    lastWordOfOthers: services.wordsOfOthers,
    hearsOthers: async (page: string) => settings.webhook !== undefined || echoes.heard(pageKey(page)),
  };
  const { handoff } = settings;
  const tellDesk = handoff && journaledDesk(createDeskClient(handoff), services.journal);
  // Every response of Graph tells the time.
  const askTime = () => void graph?.get('me', { fields: 'id' }).catch(() => undefined);
  return { ...services, graph, platformClock, askTime, ownPage, echoes, runs, ownTurns, tellDesk, expiring, forBot };
}

/** A Graph client that reports the end of each call to the running turn. */
function createGraph(
  { facebook, graph }: Settings,
  { logger, observer, http, graphTimeoutMs, turnWork }: BotServicesOptions,
  scopes: TurnScopes,
  platformClock: PlatformClock,
): GraphClient | undefined {
  if (facebook.pageToken === undefined) return undefined;
  return createGraphClient({
    ...{
      logger,
      platformClock,
      timeoutMs: graphTimeoutMs,
      ...present('http', http),
      ...present('sleep', turnWork?.sleep),
    },
    pageToken: facebook.pageToken.reveal(),
    appSecret: facebook.appSecret?.reveal(),
    baseUrl: graph.baseUrl,
    version: graph.version,
    observe: (end) => {
      observer.graphCallEnded(end);
      scopes.current()?.recordCall(resultOfGraphCall(end.reason));
    },
    mayRepeat: () => scopes.current()?.probing !== true,
  });
}
