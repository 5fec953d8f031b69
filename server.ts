import type restify from 'restify';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTask } from 'node:timers/promises';
import type { ActivityHandler, Storage } from 'botbuilder';
import { answerJson, sendText } from './adapters/http/answer.ts';
import { BotFrameworkTurnAdapter } from './adapters/azure/botFrameworkAdapter.ts';
import { HandoverAuthentication } from './adapters/azure/botFrameworkAuthentication.ts';
import { createBotFrameworkEndpoint } from './adapters/azure/botFrameworkEndpoint.ts';
import { closeInOrder } from './adapters/http/closeInOrder.ts';
import { createHttpServer } from './adapters/http/httpServer.ts';
import { createIncomingRules } from './adapters/http/incomingRules.ts';
import { isPortTaken, listen } from './adapters/http/listen.ts';
import { MessengerAdapter } from './adapters/messenger/messengerAdapter.ts';
import { createMessengerWebhook } from './adapters/messenger/messengerWebhook.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { startMetricsServer, type MetricsServer } from './metrics/metricsServer.ts';
import { createRefusalLog } from './adapters/http/refusalLog.ts';
import { createRequestGate } from './adapters/http/requestGate.ts';
import { createWaitingRoom } from './adapters/http/waitingRoom.ts';
import { turnFieldsOf } from './turns/turnFields.ts';
import { noopObserver, type Observer } from './metrics/observer.ts';
import { LiveChatBot } from './bots/samples/liveChatBot.ts';
import { PrimaryBot } from './bots/samples/primaryBot.ts';
import { SecondaryBot } from './bots/samples/secondaryBot.ts';
import { FacebookThreadControlHelper, type ThreadControl } from './helpers/facebookThreadControlHelper.ts';
import { createGraphClient, type GraphClient, type GraphClientOptions } from './helpers/graph/graphClient.ts';
import type { Logger } from './helpers/logging/logger.ts';
import { onceMiddleware } from './helpers/once.ts';
import { createOwnPage } from './helpers/graph/ownPage.ts';
import { createPlatformClock, type PlatformClock } from './helpers/graph/platformClock.ts';
import { createSendApi } from './adapters/messenger/sendApi.ts';
import { createRecentMessages } from './helpers/graph/recentMessages.ts';
import { createScrubber, type Scrubber } from './helpers/logging/scrubLine.ts';
import { secretsOf } from './helpers/settings/settings.ts';
import type { Settings } from './helpers/settings/types.ts';
import { explainListening, StartProblemError } from './helpers/startProblem.ts';
import { acceptByPage } from './store/acceptByPage.ts';
import { createEchoesHeard } from './turns/echoesHeard.ts';
import { conservativeNow } from './turns/reconcile/grace.ts';
import { explainOpening, StoreUnavailableError } from './store/storeErrors.ts';
import { firstStart } from './turns/firstStart.ts';
import { createMemoryStore } from './store/memory/memoryStore.ts';
import type { RetryPolicy } from './turns/retryPolicy.ts';
import { scrubbedStore } from './store/scrubbedStore.ts';
import { openSqliteStore } from './store/sqlite/sqliteStore.ts';
import { pageKey } from './models/conversationKey.ts';
import type { Delivery, Store } from './store/store.ts';
import { TurnRunner, type TurnRunnerOptions } from './turns/turnRunner.ts';
import type { TurnLogic } from './turns/turnLogic.ts';
import { createTurnScopes, type TurnScopes } from './turns/turnScope.ts';
import { callEndOfReason, createTurnServices, type TurnServicesOptions } from './turns/turnServices.ts';

export interface BotServerOptions {
  logger: Logger;
  /**
   * Where accepted events wait for their turn, or what opens it: that is called once the server listens, requests wait meanwhile, and
   * the server closes what was opened. Default: this process's memory.
   */
  store?: Store | (() => Promise<Store>);
  /** Makes the bot to run. Default: the one that the settings' role names. */
  createBot?: (parts: BotParts) => Pick<ActivityHandler, 'run'>;
  /** Knows the secrets that must not get into dead letters and journals. Default: one that knows those of the settings. */
  scrubber?: Scrubber;
  /** What calls to Graph are made with. Default: an axios of the client's own. */
  http?: GraphClientOptions['http'];
  /** How long a call to the Bot Connector, or to a token endpoint on this machine, may take, in milliseconds. Default: 15 seconds. */
  connectorTimeoutMs?: number;
  /** How long an attempt to call Graph may take, in milliseconds. Default: 10 seconds. */
  graphTimeoutMs?: number;
  /** How long `close` waits for turns that are running or may begin at once, in milliseconds. Default: 8 seconds. */
  drainMs?: number;
  /** When a failed turn runs again. Default: five attempts, or a day while the platform has trouble. */
  retries?: RetryPolicy;
  turnWork?: Partial<TurnServicesOptions>;
  /** What measures the waits before another attempt, and ends them. Default: the system's clock and timers. */
  clock?: Pick<TurnRunnerOptions, 'monotonicNow' | 'after' | 'every'>;
}

/** For how long turns may stand before the bot takes no further events, in milliseconds. */
const stuckAfterMs = 60_000;

/** For how long at least before it is taken for dead, in milliseconds, so that whoever watches it starts it again. */
const deadAfterMs = 300_000;

/** What a bot is made of. */
export interface BotParts {
  /** Thread control through Graph. Undefined when the settings have no page token. */
  threadControl: ThreadControl | undefined;
  /** The id of this bot's Facebook app. */
  appId: string | undefined;
  /** The id of the Page that the bot works for: the setting, or whose page token it is. Undefined while that is not known. */
  pageId: () => string | undefined;
  logger: Logger;
  settings: Settings;
  /** For `ConversationState` and `UserState`. What a turn changes is committed with its end, or not at all. */
  storage: Storage;
  /**
   * For what has to be remembered of a conversation whatever becomes of the turn, such as that the thread was passed: what a turn writes is
   * committed also when the turn is given up. It is kept for 30 days.
   */
  notes: Storage;
  /** When these notes were begun: at the first start with this store, in milliseconds since 1970. */
  startedAt: number;
  /**
   * When the Page last said something in a thread that this bot did not say, in milliseconds since 1970, by reading the conversation. Undefined
   * when the settings have no page token.
   */
  lastWordOfOthers: ((pageId: string, psid: string) => Promise<number | undefined>) | undefined;
  /**
   * Whether the bot hears what people and other apps say for a Page: Messenger's own webhook tells it, and of Azure's channel nobody knows, so
   * there something must have been heard before.
   */
  hearsOthers: (pageId: string) => Promise<boolean>;
}

export interface BotServer {
  /** `http://address:port`, without a slash at the end. */
  url: string;
  /** Where the metrics are, when the settings ask for them. */
  metricsUrl?: string;
  /** Resolves once no accepted event is waiting and no turn is running. */
  settled(): Promise<void>;
  /** Is to be told of each error of the process that nobody waits for or catches. Resolves once it is noted which turn it came from. */
  stray: TurnRunner['stray'];
  /**
   * Lets accepted turns run for a while, and resolves when everything is closed. With a store on a disk it goes on accepting meanwhile: what
   * comes then, and a turn that only waits for another attempt, is run by the next process.
   */
  close(): Promise<void>;
}

/**
 * Listens, opens the store, builds the parts of one bot and mounts its routes. What comes before all of that is done waits a while.
 *
 * @throws the listening socket's error, such as `EADDRINUSE`
 * @throws StartProblem when the metrics' port or the store cannot be had
 */
export async function createBotServer(settings: Settings, options: BotServerOptions): Promise<BotServer> {
  const { logger } = options;
  const server = createHttpServer();
  const room = createWaitingRoom();
  server.pre(room.enter);
  let store: Store | undefined;
  try {
    // The process before this one may have the port until it ends, and then it leaves the store behind as well.
    const early = await listen(server, settings).catch((err: unknown) => {
      if (!isPortTaken(err) || typeof options.store !== 'function') throw err;
      return undefined;
    });
    const { store: given = createMemoryStore({ maxWaiting: settings.store.maxWaiting, logger }) } = options;
    store = typeof given === 'function' ? await given() : given;
    const url = early ?? (await listen(server, settings));
    const mounted = await mountBot(settings, { ...options, store, server });
    room.open();
    return { url, ...mounted };
  } catch (err) {
    server.close();
    server.server.closeAllConnections();
    if (typeof options.store === 'function') await store?.close();
    throw err;
  }
}

interface MountOptions extends BotServerOptions {
  store: Store;
  server: restify.Server;
}

async function mountBot(settings: Settings, options: MountOptions): Promise<Omit<BotServer, 'url'>> {
  const { logger, drainMs = 8_000, server } = options;
  const { scrubber = createScrubber(secretsOf(settings)) } = options;
  const store = scrubbedStore(options.store, scrubber);
  const pages = () => runner.pages();
  const metrics =
    settings.metricsPort === undefined ? undefined : createMetrics({ store, pages, turns: () => runner.state() });
  const watch = metrics ?? noopObserver;
  const { scopes = createTurnScopes() } = options.turnWork ?? {};
  const platformClock = createPlatformClock(() => conservativeNow());
  const graph = createGraph(settings, options, { watch, scopes, platformClock });
  const work = createTurnServices({
    scopes,
    store,
    logger,
    sentMessages: graph && createRecentMessages(graph),
    onUnknownOutcome: settings.store.unknownSendOutcome,
    divergedTurns: settings.store.divergedTurns,
    clock: platformClock,
    observe: watch,
    ...options.turnWork,
  });
  const { appId } = settings.facebook;
  const helper = graph && new FacebookThreadControlHelper(graph, { appId });
  const threadControl = helper && work.threadControl(helper, appId);
  const { storage, notes } = work;
  const startedAt = await firstStart(storage, logger);
  const { wordsOfOthers: lastWordOfOthers } = work;
  const echoes = createEchoesHeard(store.state);
  const hearsOthers = async (pageId: string) => settings.webhook !== undefined || echoes.heard(pageKey(pageId));
  const ownPage = createOwnPage({ pageId: settings.facebook.pageId, graph, logger });
  const pageId = () => ownPage.known()?.id;
  const about = { threadControl, appId, pageId, logger, settings, storage, notes, startedAt };
  const parts = { ...about, lastWordOfOthers, hearsOthers };
  const bot = (options.createBot ?? createBotOfRole)(parts);
  const logic: TurnLogic = (context) => bot.run(context);
  const authentication = new HandoverAuthentication(settings.bot, {
    platformClock,
    timeoutMs: options.connectorTimeoutMs,
    channels: settings.channels,
    gotToken: (token) => scrubber.learn(token),
  });
  const adapter = new BotFrameworkTurnAdapter(authentication, logic, work.send);
  const { webhook } = settings;
  const sendApi = graph && createSendApi(graph, { send: work.send });
  const messenger = webhook && sendApi && new MessengerAdapter({ sendApi, logic, ownAppId: webhook.appId });
  for (const each of [adapter, messenger]) each?.use(onceMiddleware(work.recordOnce));
  const run = async ({ endpoint, turn }: Delivery): Promise<void> => {
    if (endpoint === 'azure') return adapter.runStoredTurn(turn);
    if (messenger === undefined) throw new Error("This turn came through Messenger's webhook, which is off now.");
    return messenger.runStoredTurn(turn);
  };
  const { retries = work.retries, clock } = options;
  const { isOfPlatform } = work;
  const runner: TurnRunner = new TurnRunner({
    ...{ store, logger, run, scopes, isOfPlatform, retries, ...clock },
    timeoutMs: settings.turnTimeoutMs,
    about: turnFieldsOf,
    observe: watch.turnEnded,
  });
  const gate = createRequestGate();
  const endpointStore = gate.guardedStore(acceptByPage(store, () => runner.wake()));

  const refusals = createRefusalLog({ logger, remoteAddresses: settings.logRemoteAddresses });
  // Any answer of Graph tells the time.
  const askTime = () => void graph?.get('me', { fields: 'id' }).catch(() => undefined);
  const rules = createIncomingRules({ ownPage, times: settings.eventTimes, clock: platformClock, askTime, logger });
  const healthz = async (_request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const isAlive = runner.state().standingMs < Math.max(deadAfterMs, 2 * settings.turnTimeoutMs);
    answerJson(response, isAlive ? 200 : 503, { status: isAlive ? 'alive' : 'stuck' });
    await Promise.resolve();
  };
  const readyz = async (_request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // Whoever asks may be anybody: how much there is to do, and for which pages, the metrics tell.
    const isStuck = runner.state().standingMs >= stuckAfterMs;
    const status = gate.isClosing() ? 'closing' : isStuck ? 'stuck' : await statusOf(store);
    answerJson(response, status === 'ready' ? 200 : 503, { status });
  };
  server.get('/healthz', gate.open(healthz));
  server.get('/readyz', gate.open(readyz));
  if (webhook !== undefined) {
    const watched = watch.store('webhook', endpointStore);
    const parts = { store: watched, runner, logger, refusals, rules, facebookAppId: webhook.appId };
    const { handshake, receive } = createMessengerWebhook({ ...webhook, ...parts });
    server.get('/webhook', gate.guarded(handshake));
    server.post('/webhook', gate.guarded(watch.handler('webhook', receive)));
  }
  const access = settings.bot.authentication === 'none' ? 'open' : 'authenticated';
  const facebookAppId = settings.facebook.appId ?? '';
  const watched = watch.store('messages', endpointStore);
  const messages = createBotFrameworkEndpoint({
    adapter,
    store: watched,
    runner,
    logger,
    refusals,
    rules,
    echoes,
    facebookAppId,
    access,
  });
  const takeMessages = webhook !== undefined && access === 'open' ? refuseMessages : messages;
  // Whoever forwards Meta's webhook to this machine forwards this path too, and it would be open to everyone.
  server.post('/api/messages', gate.guarded(watch.handler('messages', takeMessages)));

  const metricsServer = metrics && (await listenForMetrics(metrics, settings, logger));
  // What was accepted before the last end of this bot.
  runner.wake();
  ownPage.learn();

  return {
    ...(metricsServer === undefined ? {} : { metricsUrl: metricsServer.url }),
    settled: () => runner.settled(),
    stray: (kind, err) => runner.stray(kind, err),
    close: async () => {
      ownPage.stop();
      const closed = once(server.server, 'close');
      const stopListening = async () => {
        // Right after connections were taken in: those that nobody took in are cut.
        await nextTask();
        server.close();
        await closed;
      };
      await closeInOrder({ gate, runner, store, listenSocket: settings.listenSocket, stopListening, limitMs: drainMs });
      const left = await store.counts().catch(() => ({ waiting: 0, claimed: 0 }));
      if (left.waiting + left.claimed > 0) {
        const { waiting, claimed } = left;
        logger.warn({ waiting, running: claimed }, 'closed before every accepted event was handled');
      }
      runner.stop();
      server.server.closeAllConnections();
      await closed;
      refusals.flush();
      await metricsServer?.close();
      await store.close();
    },
  };
}

/**
 * The store that the settings name. `lost` is called when another process has taken it over: then this one can do nothing more.
 *
 * @throws StartProblem when it cannot be opened
 */
export async function openStore(settings: Settings, logger: Logger, lost?: () => void): Promise<Store> {
  const { path, maxWaiting } = settings.store;
  const options = { maxWaiting, logger };
  if (path === ':memory:') return createMemoryStore(options);
  try {
    return await openSqliteStore(path, { ...options, lost });
  } catch (err) {
    throw err instanceof StoreUnavailableError ? new StartProblemError(explainOpening(path, err)) : err;
  }
}

/** `ready`, or why the store cannot commit. */
async function statusOf(store: Store): Promise<string> {
  try {
    await store.counts();
    const health = store.health();
    return health.state === 'ok' ? 'ready' : `store ${health.reason}`;
  } catch (err) {
    return `store ${err instanceof StoreUnavailableError ? err.reason : 'failed'}`;
  }
}

function createBotOfRole({ settings, ...parts }: BotParts): ActivityHandler {
  switch (settings.role) {
    case 'primary':
      return new PrimaryBot({ ...parts, ...settings.primary });
    case 'secondary':
      return new SecondaryBot(parts);
    case 'liveChat': {
      const { pageInboxMoveToMain } = settings.primary;
      if (settings.liveChat.takeBackAfterMs !== undefined && settings.webhook === undefined) {
        const { logger, lastWordOfOthers } = parts;
        const andSo =
          lastWordOfOthers === undefined ? 'takes none back' : 'reads the conversation before it takes one back';
        logger.info({}, `Azure may not tell what people say in threads that are theirs, so the live-chat bot ${andSo}`);
      }
      return new LiveChatBot({ ...parts, pageInboxMoveToMain, ...settings.liveChat });
    }
  }
}

/** The metrics' own port. When that cannot be had, the server is not started without it. */
async function listenForMetrics(metrics: Metrics, settings: Settings, logger: Logger): Promise<MetricsServer> {
  try {
    const port = await startMetricsServer({
      ...{ port: settings.metricsPort ?? 0, host: settings.metricsHost },
      ...{ metrics, logger },
    });
    return { url: port.url, close: () => port.close().finally(metrics.close) };
  } catch (err) {
    metrics.close();
    throw explainListening(err, 'MetricsPort') ?? err;
  }
}

function createGraph(
  { facebook, graph }: Settings,
  options: BotServerOptions,
  { watch, scopes, platformClock }: { watch: Observer; scopes: TurnScopes; platformClock: PlatformClock },
): GraphClient | undefined {
  if (facebook.pageToken === undefined) return undefined;
  return createGraphClient({
    pageToken: facebook.pageToken.reveal(),
    appSecret: facebook.appSecret?.reveal(),
    baseUrl: graph.baseUrl,
    version: graph.version,
    timeoutMs: options.graphTimeoutMs,
    logger: options.logger,
    observe: (end) => {
      watch.graphCallEnded(end);
      scopes.current()?.noteCall(callEndOfReason(end.reason));
    },
    mayRepeat: () => scopes.current()?.probing !== true,
    platformClock,
    ...(options.http === undefined ? {} : { http: options.http }),
  });
}

async function refuseMessages(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  sendText(response, 403, 'This bot runs without Microsoft credentials and hears Messenger through /webhook alone.');
  await Promise.resolve();
}
