import { AzureEndpoint } from './adapters/azure/azureEndpoint.ts';
import { closeInOrder } from './adapters/http/closeInOrder.ts';
import { healthRoutes } from './adapters/http/healthRoutes.ts';
import { createIncomingRules } from './adapters/http/incomingRules.ts';
import { handoffRoute } from './adapters/http/handoffRoute.ts';
import { createRefusalLog } from './adapters/http/refusalLog.ts';
import { createRequestGate } from './adapters/http/requestGate.ts';
import { mountRoutes, runStoredTurn, type Endpoint, type EndpointParts } from './adapters/http/route.ts';
import { listenThenOpen, type Opened } from './adapters/http/listenThenOpen.ts';
import { MessengerEndpoint } from './adapters/messenger/messengerEndpoint.ts';
import type { Bot } from './bots/botModule.ts';
import type { BotParts } from './bots/botParts.ts';
import { OwnershipGuard } from './bots/ownershipGuard.ts';
import { Desk } from './bots/takeover/desk.ts';
import { HandoverFigures } from './bots/takeover/handoverFigures.ts';
import { Transcripts } from './bots/takeover/transcripts.ts';
import type { GraphClientOptions } from './helpers/graph/graphClient.ts';
import type { Logger } from './helpers/logging/logger.ts';
import { createScrubber, type Scrubber } from './helpers/logging/scrubLine.ts';
import { secretsOf } from './helpers/settings/settings.ts';
import type { Settings } from './helpers/settings/types.ts';
import { createMetrics } from './metrics/metrics.ts';
import { openMetricsPort } from './metrics/metricsServer.ts';
import { noopObserver } from './metrics/observer.ts';
import { present } from './models/present.ts';
import { acceptByPage } from './store/acceptByPage.ts';
import { createMemoryStore } from './store/memory/memoryStore.ts';
import { scrubbedStore } from './store/scrubbedStore.ts';
import type { Store } from './store/store.ts';
import { createBotServices } from './turns/botServices.ts';
import type { RetryPolicy } from './turns/retryPolicy.ts';
import { turnFieldsOf } from './turns/turnFields.ts';
import { TurnRunner, type TurnRunnerOptions } from './turns/turnRunner.ts';
import type { TurnServicesOptions } from './turns/turnServices.ts';

export { loadBotModule } from './bots/botModule.ts';
export { openStore } from './store/openStore.ts';
export type { BotParts } from './bots/botParts.ts';
export type { DeadLetter, Store } from './store/store.ts';
export { createRetryPolicy, type RetryPolicy } from './turns/retryPolicy.ts';

export interface BotServerOptions {
  logger: Logger;
  /**
   * Where accepted events wait for their turn, or what opens it: that is called once the server listens, requests wait meanwhile, and the
   * server closes what was opened. Default: the memory of this process.
   */
  store?: Store | (() => Promise<Store>);
  /** Makes the bot to run. Default: the bot of the settings' role. */
  createBot?(parts: BotParts): Bot | Promise<Bot>;
  /** Knows the secrets that must not get into dead letters and journals. Default: one that knows those of the settings. */
  scrubber?: Scrubber;
  /** Makes calls to Graph. Default: an axios of the client's own. */
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
  /**
   * Dates what is accepted, measures and ends the waits before another attempt, and says when the bot's timers are due. Default: the system's clock
   * and timers.
   */
  clock?: Pick<TurnRunnerOptions, 'now' | 'monotonicNow' | 'after' | 'every'>;
}

export interface BotServer {
  /** `http://address:port`, without a slash at the end. */
  url: string;
  /** The address of the metrics, if the settings ask for them. */
  metricsUrl?: string;
  /** Resolves once no accepted event is waiting and no turn is running. */
  settled(): Promise<void>;
  /** Resolves once no turn is running and none may begin now. Turns that wait for a time do not count. */
  drained(): Promise<void>;
  /** Must be told of every rejection and exception of the process that nothing handled. Resolves once it is noted which turn it came from. */
  stray: TurnRunner['stray'];
  /**
   * Lets accepted turns run for a while, and resolves once everything is closed. With a store on disk it goes on accepting meanwhile: the
   * next process runs what comes then, and turns that only wait for another attempt.
   */
  close(): Promise<void>;
}

/**
 * Listens, opens the store, builds one bot and mounts its routes. Requests that come before all of that is done wait a while.
 *
 * @throws the listening socket's error, such as `EADDRINUSE`
 * @throws StartProblemError if the metrics' port or the store cannot be had
 */
export function createBotServer(settings: Settings, options: BotServerOptions): Promise<BotServer> {
  const { logger, clock = {} } = options;
  const { store = createMemoryStore({ maxWaiting: settings.store.maxWaiting, logger, ...clock }) } = options;
  return listenThenOpen(settings, store, async (opened) => ({
    url: opened.url,
    ...(await mountBot(settings, { ...options, ...opened })),
  }));
}

async function mountBot(settings: Settings, options: BotServerOptions & Opened): Promise<Omit<BotServer, 'url'>> {
  const { logger, server, clock, drainMs: limitMs = 8_000 } = options;
  const { scrubber = createScrubber(secretsOf(settings)) } = options;
  const { webhook, handoff, listenSocket, turnTimeoutMs, metricsPort } = settings;
  const store = scrubbedStore(options.store, scrubber);
  const [pages, turns] = [() => runner.pages(), () => runner.state()];
  const metrics = metricsPort === undefined ? undefined : createMetrics({ store, pages, turns });
  const observer = metrics ?? noopObserver;

  const services = await createBotServices(settings, {
    ...{ ...options, store, observer, now: clock?.now, wake: () => runner.wake() },
    ownTurn: (name, ...about) => endpoints.find((one) => one.name === name)?.ownTurn(...about),
  });
  const { send, recordOnce, graph, platformClock, ownPage, echoes, scopes, isOfPlatform, askTime, runs, ownTurns } =
    services;
  const { keepTranscriptsMs: keepMs, facebook } = settings;
  const { now = Date.now } = clock ?? {};
  const { expiring: storage } = services;
  const transcripts =
    keepMs === undefined ? undefined : new Transcripts({ storage, appId: facebook.appId, keepMs, now });
  const { tellDesk: tell, forBot } = services;
  const observe = (what: string) => observer.deskHeard(what);
  const desk = tell && new Desk({ tell, timers: forBot.timers, transcripts, logger, now, observe });
  const watchers = [new HandoverFigures(observer), ...(desk ? [desk] : [])];
  const guard = new OwnershipGuard({ ...services.forBot, logger });
  // The module is loaded as late as it can be: a bot of one's own, loaded by its path, needs nothing of ours.
  const bot = await (options.createBot ?? (await import('./bots/createBot.ts')).createBot)({
    ...{
      ...forBot,
      threadControl: guard,
      watchers,
      logger,
      settings,
      own: settings.own.values,
      ...present('transcripts', transcripts),
    },
  });
  const runner: TurnRunner = new TurnRunner({
    ...{ store, logger, scopes, isOfPlatform, retries: options.retries ?? services.retries, ...clock },
    ...{ timeoutMs: turnTimeoutMs, about: turnFieldsOf, observe: observer.turnEnded },
    run: (event) => runStoredTurn(endpoints, event, runs.logicOf(event)),
    ended: (event, result) => runs.ended(event, result),
  });

  const gate = createRequestGate();
  const accepting = gate.guardedStore(acceptByPage(store, () => runner.wake()));
  const refusals = createRefusalLog({ logger, remoteAddresses: settings.logRemoteAddresses });
  const rules = createIncomingRules({ ownPage, times: settings.eventTimes, clock: platformClock, askTime, logger });
  const partsOf = (name: Endpoint['name']): EndpointParts => ({
    ...{
      runner,
      logger,
      send,
      recordOnce,
      middleware: [guard, ...(transcripts ? [transcripts] : []), ...(desk ? [desk] : [])],
      refusals,
      rules,
      store: observer.store(name, accepting),
    },
    logic: (context) => bot.run(context),
  });
  const endpoints: Endpoint[] = [
    ...(webhook && graph ? [new MessengerEndpoint({ ...partsOf('webhook'), ...webhook, graph })] : []),
    new AzureEndpoint({
      ...{ ...partsOf('azure'), settings, echoes },
      calls: { platformClock, timeoutMs: options.connectorTimeoutMs, gotToken: (token) => scrubber.learn(token) },
    }),
  ];
  const health = healthRoutes({ runner, store, gate, turnTimeoutMs });
  const deskParts = {
    store: accepting,
    conversations: store,
    ownTurns,
    logger,
    refusals,
    accepted: () => runner.wake(),
  };
  const others = handoff === undefined ? [] : [handoffRoute({ ...deskParts, ...handoff })];
  mountRoutes(server, { gate, health, endpoints, others, observer });
  const metricsServer = metrics && (await openMetricsPort(metrics, settings, logger));
  // What was accepted before this bot last ended.
  runner.wake();
  ownPage.learn();

  return {
    ...present('metricsUrl', metricsServer?.url),
    settled: () => runner.settled(),
    drained: () => runner.drained(),
    stray: (kind, error) => runner.stray(kind, error),
    close: () => {
      ownPage.stop();
      const last = async () => {
        runs.close();
        await metricsServer?.close();
      };
      return closeInOrder({ server, gate, runner, store, logger, refusals, listenSocket, limitMs, last });
    },
  };
}
