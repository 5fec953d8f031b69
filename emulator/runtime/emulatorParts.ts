import { createBusySources, createBusyTracker, type BusySources } from './busy.ts';
import { createClock, type AdvanceableClock } from './clock.ts';
import { createMessenger, type Messenger } from './messenger.ts';
import type { BotState } from '../botReports.ts';
import type { MessengerState } from '../core/state.ts';
import { subscribedFields } from '../core/subscribedFields.ts';
import { askForWebhook } from '../delivery/webhookHandshake.ts';
import { WebhookDelivery, type Receiver } from '../delivery/webhookDelivery.ts';
import type { EmulatorOptions } from '../emulator.ts';
import { createInjectedFaults, type InjectedFaults } from '../faults/injectedFaults.ts';
import { createFileStore, type FileStore } from '../files/fileStore.ts';
import { createAppAccounts, type AppAccounts } from '../graph/appAccounts.ts';
import type { Webhooks } from '../graph/appRoutes.ts';
import { createGraphApi } from '../graph/graphApi.ts';
import { defaultSeed, stateFromSeed, type Seed } from '../seed.ts';
import type { SetUpBots, Tour } from '../tour.ts';
import { createTraceLog, type TraceLog } from '../trace/traceLog.ts';

/** What an emulator is made of, before it listens on a port. */
export interface EmulatorParts {
  readonly seed: Seed;
  /** The state to which `reset()` goes back. */
  readonly beginning: MessengerState;
  readonly clock: AdvanceableClock;
  readonly trace: TraceLog;
  readonly sources: BusySources;
  readonly faults: InjectedFaults;
  /** The registered callbacks, by app id. */
  readonly receivers: Map<string, Receiver>;
  /** Whether the bots run, by app id, as far as somebody has told. */
  readonly bots: Map<string, BotState>;
  readonly delivery: WebhookDelivery;
  readonly messenger: Messenger;
  readonly files: FileStore;
  readonly accounts: AppAccounts;
  readonly webhooks: Webhooks;
  readonly graph: ReturnType<typeof createGraphApi>;
  readonly tour: Tour;
  readonly setUpBots: SetUpBots;
  /** Aborted when the emulator closes. */
  readonly closing: AbortController;
}

/** Throws a RangeError when the seed is wrong. */
export function createParts(options: EmulatorOptions): EmulatorParts {
  const { request = fetch, tour = {}, setUpBots = () => Promise.resolve(), appSecretProof = 'optional' } = options;
  const seed = { ...defaultSeed, ...options.seed };
  const clock = createClock(options.clock);
  const beginning = stateFromSeed(seed, options, clock.now());
  const trace = createTraceLog(clock.now);
  for (const { pageToken, appSecret, verifyToken } of seed.apps) {
    for (const secret of [pageToken, appSecret, verifyToken]) trace.hideSecret(secret);
  }
  const sources = createBusySources();
  const deliveries = createBusyTracker();
  const graphCalls = createBusyTracker();
  sources.add(deliveries);
  sources.add(graphCalls);
  const receivers = new Map<string, Receiver>();
  const faults = createInjectedFaults(trace);
  const setFields = (appId: string, fields: readonly string[] | null): void =>
    void messenger.execute({ type: 'subscribe', appId, fields });
  const delivery = new WebhookDelivery({
    pageId: seed.page.id,
    receiverOf: (appId) => receivers.get(appId),
    trace,
    busy: deliveries,
    request,
    clock,
    faults,
    disable: (appId) => setFields(appId, null),
    ...(options.batching === undefined ? {} : { batching: options.batching }),
  });
  const messenger = createMessenger(beginning, clock.now, trace, delivery);
  const accounts = createAppAccounts(
    seed.apps,
    clock.now,
    {
      of: (appId) => messenger.state().apps.find(({ id }) => id === appId)?.subscribedFields ?? null,
      set: setFields,
    },
    (changed) => trace.add(changed),
  );
  const webhooks: Webhooks = {
    async register(appId, { callbackUrl, verifyToken }) {
      trace.hideSecret(verifyToken);
      await askForWebhook({ callbackUrl, verifyToken }, request);
      const appSecret = seed.apps.find(({ id }) => id === appId)?.appSecret ?? '';
      receivers.set(appId, { callbackUrl, appSecret });
      const webhook = { fields: subscribedFields, active: true, ...accounts.of(appId).webhook, callbackUrl };
      accounts.change(appId, { webhook });
      trace.add({ type: 'webhookRegistered', appId, callbackUrl });
    },
    remove(appId) {
      receivers.delete(appId);
      accounts.change(appId, { webhook: null });
    },
  };
  const closing = new AbortController();
  const files = createFileStore();
  const graph = createGraphApi({
    files,
    webhooks,
    messenger,
    apps: seed.apps,
    accounts,
    trace,
    busy: graphCalls,
    faults,
    appSecretProof,
    clock,
    closing: closing.signal,
  });
  const bots = new Map<string, BotState>();
  const all = { bots, seed, beginning, clock, trace, sources, faults, receivers, delivery, messenger, files, accounts };
  return { ...all, webhooks, graph, tour, setUpBots, closing };
}
