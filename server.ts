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
import { OwnershipGuard } from './bots/ownershipGuard.ts';
import { besideHandovers } from './bots/takeover/besideHandovers.ts';
import type { BotServer, BotServerOptions } from './botServer.ts';
import { createScrubber } from './helpers/logging/scrubLine.ts';
import { secretsOf } from './helpers/settings/settings.ts';
import type { Settings } from './helpers/settings/types.ts';
import { openMetricsPort } from './metrics/metricsServer.ts';
import { noopObserver } from './metrics/observer.ts';
import { conversationKey } from './models/conversationKey.ts';
import { present } from './models/present.ts';
import { acceptByPage } from './store/acceptByPage.ts';
import { createMemoryStore } from './store/memory/memoryStore.ts';
import { scrubbedStore } from './store/scrubbedStore.ts';
import { createBotServices } from './turns/botServices.ts';
import { turnFieldsOf } from './turns/turnFields.ts';
import { TurnRunner } from './turns/turnRunner.ts';

export type { BotServer, BotServerOptions } from './botServer.ts';
export { checkedBot, loadBotModule } from './bots/botModule.ts';
export { openStore } from './store/openStore.ts';
export type { BotParts } from './bots/botParts.ts';
export type { DeadLetter, Store } from './store/store.ts';
export { createRetryPolicy, type RetryPolicy } from './turns/retryPolicy.ts';

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
  const metrics =
    metricsPort === undefined
      ? undefined
      : (await import('./metrics/metrics.ts')).createMetrics({ store, pages, turns });
  const observer = metrics ?? noopObserver;

  const services = await createBotServices(settings, {
    ...{ ...options, store, observer, now: clock?.now, wake: () => runner.wake() },
    ownTurn: (name, ...about) => endpoints.find((one) => one.name === name)?.ownTurn(...about),
  });
  const { send, recordOnce, graph, platformClock, ownPage, echoes, scopes, isOfPlatform, askTime } = services;
  const { forBot, runs, ownTurns } = services;
  const { keepTranscriptsMs } = settings;
  const { middleware, planOf, ...beside } = besideHandovers({
    ...services,
    ...forBot,
    keepTranscriptsMs,
    observer,
    logger,
  });
  const untilPageKnown = () => ownPage.untilKnown();
  const { eventTimes } = settings;
  const guard = new OwnershipGuard({ ...services, ...forBot, eventTimes, untilPageKnown, logger });
  // The module is loaded as late as it can be: a bot of one's own, loaded by its path, needs nothing of ours.
  const bot = await (options.createBot ?? (await import('./bots/createBot.ts')).createBot)({
    ...{ ...forBot, ...beside, threadControl: guard, logger, settings, own: settings.own.values },
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
    ...{ runner, logger, send, recordOnce, refusals, rules, store: observer.store(name, accepting) },
    middleware: [guard, ...middleware],
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
  const accepted = () => runner.wake();
  const deskParts = { store: accepting, conversations: store, ownTurns, logger, refusals, accepted };
  const others = handoff === undefined ? [] : [handoffRoute({ ...deskParts, ...handoff })];
  mountRoutes(server, { gate, health, endpoints, others, observer });
  const metricsServer = metrics && (await openMetricsPort(metrics, settings, logger));
  // What was accepted before this bot last ended.
  runner.wake();
  ownPage.learn();

  return {
    ...present('metricsUrl', metricsServer?.url),
    plansOf: async (thread) => {
      const handover = await planOf(thread, forBot.now());
      return {
        timers: await store.timers.of(conversationKey(thread.pageId, thread.psid)),
        ...present('handover', handover),
      };
    },
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
