import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { createBusySources, createBusyTracker } from './runtime/busy.ts';
import { createClock } from './runtime/clock.ts';
import { controlPrefix, createControlApi } from './control/controlApi.ts';
import { graphFault } from './core/graphFaults.ts';
import { createEventStream } from './control/eventStream.ts';
import { createWebhookDelivery, type Receiver } from './delivery/webhookDelivery.ts';
import { askForWebhook } from './delivery/webhookHandshake.ts';
import { createControls } from './runtime/emulatorControls.ts';
import type { Emulator, EmulatorOptions } from './emulator.ts';
import { createFileStore } from './files/fileStore.ts';
import { createInjectedFaults } from './faults/injectedFaults.ts';
import { subscribedFields } from './core/subscribedFields.ts';
import { createAppAccounts } from './graph/appAccounts.ts';
import { createGraphApi } from './graph/graphApi.ts';
import { answerJson, httpDate } from './http/answer.ts';
import { listenOnLoopback } from './http/listen.ts';
import { refuseUnlessLoopback } from './http/loopbackOnly.ts';
import { createMessenger } from './runtime/messenger.ts';
import { createPageFiles } from './http/pageFiles.ts';
import { defaultSeed, stateFromSeed } from './seed.ts';
import { createTraceLog } from './trace/traceLog.ts';

/**
 * Starts an emulator of Messenger for one Page, on 127.0.0.1 only.
 *
 * Rejects with a RangeError when the seed is wrong and with the system's error when the port is taken.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { mode = 'routing', switches = {}, request = fetch } = options;
  const seed = { ...defaultSeed, ...options.seed };
  const clock = createClock(options.clock);
  const beginning = stateFromSeed(seed, mode, switches, clock.now());
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
  const delivery = createWebhookDelivery({
    pageId: seed.page.id,
    receiverOf: (appId) => receivers.get(appId),
    trace,
    busy: deliveries,
    request,
    clock,
    faults,
    disable: (appId) => void messenger.execute({ type: 'subscribe', appId, fields: null }),
    ...(options.batching === undefined ? {} : { batching: options.batching }),
  });
  const messenger = createMessenger(beginning, clock.now, trace, delivery);
  const closing = new AbortController();
  const files = createFileStore();
  const accounts = createAppAccounts(seed.apps, clock.now, {
    of: (appId) => messenger.state().apps.find(({ id }) => id === appId)?.subscribedFields ?? null,
    set: (appId, fields) => void messenger.execute({ type: 'subscribe', appId, fields }),
  });
  const graph = createGraphApi({
    messenger,
    apps: seed.apps,
    accounts,
    trace,
    busy: graphCalls,
    faults,
    appSecretProof: options.appSecretProof ?? 'optional',
    clock,
    closing: closing.signal,
  });
  const events = createEventStream(trace);

  const server = createServer((incoming, response) => {
    response.setHeader('date', httpDate(clock.now()));
    serve(incoming, response).catch((error: unknown) => {
      trace.add({ type: 'internalError', because: error instanceof Error ? error.message : 'unknown' });
      answerJson(response, 500, { error: 'The emulator itself failed; its event stream says more.' });
    });
  });
  const port = await listenOnLoopback(server, options.port ?? 0, options.portTaken);
  const url = `http://127.0.0.1:${port}`;

  const controls = createControls({
    seed,
    beginning,
    messenger,
    clock,
    trace,
    faults,
    delivery,
    receivers,
    accounts,
    files,
    ...(options.tour === undefined ? {} : { tour: options.tour }),
  });
  const emulator: Emulator = {
    ...controls,
    // Spreading would fix what these two tell at the moment of the start.
    get apps() {
      return controls.apps;
    },
    get customers() {
      return controls.customers;
    },
    url,
    port,
    pageId: seed.page.id,
    graphBaseUrl: url,
    clock: clock.now,
    trace: (record) => trace.addRecord(record),
    addBusySource: sources.add,
    hideSecret: (value) => trace.hideSecret(value),
    takeFault(call) {
      const spec = faults.take(call);
      if (spec === undefined) return undefined;
      const { when = 'before', delayMs = 0, fault, connection, body } = spec;
      return {
        when,
        ...(fault === undefined ? {} : { answer: typeof fault === 'string' ? graphFault(fault) : fault }),
        ...(connection === undefined ? {} : { connection }),
        ...(body === undefined ? {} : { body }),
        delay: () => clock.wait(delayMs, closing.signal),
        pace: (ms) => clock.wait(ms, closing.signal),
      };
    },
    async registerWebhook(appId, callback) {
      const { appSecret } = emulator.app(appId);
      trace.hideSecret(callback.verifyToken);
      await askForWebhook(callback, request);
      receivers.set(appId, { callbackUrl: callback.callbackUrl, appSecret });
      accounts.change(appId, {
        webhook: {
          fields: subscribedFields,
          active: true,
          ...accounts.of(appId).webhook,
          callbackUrl: callback.callbackUrl,
        },
      });
      trace.add({ type: 'webhookRegistered', appId, callbackUrl: callback.callbackUrl });
    },
    keepFile: (file) => files.add(file, url),
    async settled({ quietMs = 0 } = {}) {
      for (;;) {
        await sources.settled();
        if (quietMs === 0) return;
        const lastId = trace.lastId();
        await wait(quietMs, undefined, { signal: closing.signal }).catch(() => undefined);
        if (trace.lastId() === lastId || closing.signal.aborted) return;
      }
    },
    async close() {
      closing.abort();
      delivery.close();
      events.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
  const control = createControlApi(emulator, events);
  const page = createPageFiles();

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refuseUnlessLoopback(incoming);
    if (refusal !== undefined) {
      answerJson(response, 403, { error: refusal });
      return;
    }
    const path = (incoming.url ?? '/').split('?', 1)[0] ?? '/';
    if (await page(incoming.method ?? 'GET', path, response)) return;
    if (files.answer(incoming.method ?? 'GET', path, response)) return;
    const own = path === controlPrefix || path.startsWith(`${controlPrefix}/`);
    await (own ? control : graph)(incoming, response);
  }
  return emulator;
}
