import type { BusySource } from '../../emulator/runtime/hooks.ts';
import { startDirectPlatform } from '../../emulator/startDirectPlatform.ts';
import { startPlatform } from '../../emulator/startPlatform.ts';
import type { Emulator, EmulatorOptions } from '../../emulator/emulator.ts';
import axios from 'axios';
import { PrimaryBot } from '../../bots/samples/primaryBot.ts';
import { SecondaryBot } from '../../bots/samples/secondaryBot.ts';
import { FacebookThreadControlHelper } from '../../helpers/facebookThreadControlHelper.ts';
import { createGraphClient } from '../../helpers/graph/graphClient.ts';
import { createBotServer, type BotServer } from '../../server.ts';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import type { Store } from '../../store/store.ts';
import { createRecordingLogger } from '../support/recordingLogger.ts';
import { testSettings } from '../support/testSettings.ts';
import { Scheduler } from './scheduler.ts';
import { withoutRetries } from '../support/withoutRetries.ts';

export type Role = 'primary' | 'secondary';

/** Which way Messenger's events come to the bots. */
export const endpoints = ['azure', 'webhook'] as const;
export type Endpoint = (typeof endpoints)[number];

export interface RaceStageOptions extends EmulatorOptions {
  endpoint: Endpoint;
}

/** The whole machine on loopback: Messenger, Azure's channel or none, and both bots, every way between them through a gate. */
export interface RaceStage {
  emulator: Emulator;
  scheduler: Scheduler;
  appIdOf(role: Role): string;
  /** Thread control in the name of an app, from a process beside its bot, through the same gates. */
  controlOf(role: Role): FacebookThreadControlHelper;
  /** Every webhook comes twice from now on, or once again. */
  repeatWebhooks(how: 'twice' | 'once'): void;
  /**
   * Ends the bot and starts it anew; what was accepted is handled. What arrives in between is lost on the way through Azure, and comes
   * once the bot is back from Messenger, which tries again.
   */
  restart(role: Role): Promise<void>;
  /** Resolves when neither Messenger, nor Azure, nor a bot, nor a restart is busy. */
  settled: () => Promise<void>;
  /** Turns that failed, and lines on the level of errors, since the last look. */
  trouble(): string[];
  close(): Promise<void>;
}

const botOf = { primary: PrimaryBot, secondary: SecondaryBot } as const;

export async function startRaceStage({ endpoint, ...options }: RaceStageOptions): Promise<RaceStage> {
  const scheduler = new Scheduler();
  const restarts = new Set<Promise<void>>();
  let repeat: 'twice' | 'once' = 'once';
  const deliver: typeof fetch = async (input, init) => {
    if (endpoint === 'webhook' && init?.method === 'POST') await Promise.all(restarts);
    if (repeat === 'twice') await (await fetch(input, init)).arrayBuffer();
    return fetch(input, init);
  };
  const gated = { ...options, fields: 'all' as const, request: scheduler.gated(deliver) };
  const platform =
    endpoint === 'azure'
      ? await startPlatform({ ...gated, azureFetch: scheduler.gated() })
      : await startDirectPlatform(gated);
  const { emulator } = platform;
  const apps = new Map(emulator.apps.map((app) => [app.role, app]));
  const logger = createRecordingLogger();
  const servers = new Map<Role, BotServer>();

  /** Calls to Graph wait at the same gates, before the request and before the answer. */
  const http = axios.create();
  http.interceptors.request.use(async (config) => {
    await scheduler.pass();
    return config;
  });
  http.interceptors.response.use(async (response) => {
    await scheduler.pass();
    return response;
  });
  function controlOf(role: Role): FacebookThreadControlHelper {
    const { id, pageToken } = apps.get(role)!;
    const client = createGraphClient({ pageToken, baseUrl: emulator.graphBaseUrl, http });
    return new FacebookThreadControlHelper(client, { appId: id });
  }

  async function start(role: Role): Promise<void> {
    const { settings, connect } = platform.bots.find(({ app }) => app.role === role)!;
    const work = countWork(createMemoryStore());
    const server = await createBotServer(testSettings({ ...settings, BotRole: role }), {
      ...withoutRetries,
      logger,
      http,
      store: work.store,
      createBot: (parts) => new botOf[role]({ ...parts, threadControl: controlOf(role) }),
    });
    emulator.addBusySource({ busy: work.busy, idle: () => server.settled() });
    servers.set(role, server);
    await connect(server.url);
  }
  for (const role of ['primary', 'secondary'] as const) await start(role);

  async function settled(): Promise<void> {
    do {
      await Promise.all(restarts);
      await emulator.settled();
    } while (restarts.size > 0);
  }

  return {
    emulator,
    scheduler,
    appIdOf: (role) => apps.get(role)!.id,
    controlOf,
    repeatWebhooks: (how) => (repeat = how),
    async restart(role) {
      const old = servers.get(role)!;
      const done = old.close().then(() => start(role));
      restarts.add(done);
      void done.finally(() => restarts.delete(done));
    },
    settled,
    trouble: () =>
      logger.lines
        .splice(0)
        .filter(({ level }) => level === 'error')
        .map(({ message, fields }) => `${message} ${String(fields['err'])}`),
    async close() {
      await settled();
      for (const server of servers.values()) await server.close();
      await platform.close();
    },
  };
}

/** The store with a count of what was accepted and has not ended, readable without waiting. */
function countWork(inner: Store): { store: Store; busy: BusySource['busy'] } {
  let pending = 0;
  const store: Store = {
    ...inner,
    accept: async (events) => {
      pending += events.length;
      const acceptance = await inner.accept(events);
      pending -= acceptance.duplicates;
      return acceptance;
    },
    complete: (id, changes) => inner.complete(id, changes).finally(() => (pending -= 1)),
    fail: (id, note) => inner.fail(id, note).finally(() => (pending -= 1)),
  };
  return { store, busy: () => pending > 0 };
}
