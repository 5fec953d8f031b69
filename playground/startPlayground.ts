import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printable } from '../emulator/printable.ts';
import { startDirectPlatform } from '../emulator/startDirectPlatform.ts';
import { startPlatform, type Mode, type Platform } from '../emulator/startPlatform.ts';
import { createBotReader } from './botReader.ts';
import { startBotProcess, type BotProcess } from './botProcess.ts';
import {
  sampleBots,
  scenarios,
  takeoverSettings,
  type BotSetup,
  type ScenarioName,
  type Endpoint,
} from './scenarios.ts';
import { besideBot } from './besideBot.ts';
import { letBotsFollowClock } from './botsFollowClock.ts';
import { createFileWatch } from './fileWatch.ts';
import { createStartOnPort, portNotice } from './nextPort.ts';
import { namesOf } from './names.ts';
import { reportPlans } from './reportPlans.ts';
import { untilIdle } from './untilIdle.ts';
import { watchForSilence } from './silentBots.ts';
import { startSupervisedBot, type SupervisedBot } from './supervisedBot.ts';
import { tourOfPage } from './tour/tourOfPage.ts';

export interface PlaygroundPorts {
  readonly messenger: number;
  readonly azure: number;
  readonly primary: number;
  readonly secondary: number;
}

/** The bots' ports are those of Bot Framework's samples; Messenger's is that of `npm run emulator`. */
export const defaultPorts: PlaygroundPorts = { messenger: 4600, azure: 4601, primary: 3978, secondary: 3979 };

/** What a user's own bot needs. */
export interface OwnBot {
  /** The file of its module. Default: `bots/createBot.ts`. */
  readonly module?: string;
  /** Names of variables of the user's shell that the bots get. */
  readonly passed: readonly string[];
  /** The port at which a debugger is let in. */
  readonly inspect?: string;
  /** When the bots start again: when one of their files is saved, or on `restart` alone. */
  readonly restart: 'onSave' | 'onCommand';
}

export interface PlaygroundOptions {
  readonly mode: Mode;
  /** Default: primary and secondary. */
  readonly scenario?: ScenarioName;
  /** Default: Azure's channel. */
  readonly endpoint?: Endpoint;
  /** `automatic`: the customer's phone receives and reads messages by itself. Default `onCommand`. */
  readonly receipts?: 'onCommand' | 'automatic';
  /** Ports of parts that do not run are ignored. */
  readonly ports: PlaygroundPorts;
  /** Called with a sentence when another port than the requested one is used. */
  readonly notice: (sentence: string) => void;
  /** Aborts the start. */
  readonly signal?: AbortSignal;
  /** The file that each bot process runs. Default: the bot of this project. */
  readonly program?: string;
  readonly own?: OwnBot;
  /** How the bots are set up in the beginning. Default: `usual`. */
  readonly setup?: BotSetup;
}

/** A running Messenger, its bots and, unless they have webhooks of their own, Azure. */
export interface Playground {
  readonly platform: Platform;
  readonly scenario: ScenarioName;
  /** How the bots were set up in the beginning. */
  readonly firstSetup: BotSetup;
  readonly bots: readonly SupervisedBot[];
  /** Resolves when everything is idle; rejects when that takes more than 30 s. */
  untilIdle(): Promise<void>;
  /** Restarts every bot, including those that have ended. Resolves when all are ready, rejects when one does not start. */
  restart(): Promise<void>;
  /**
   * Starts the bot that answers first again where it is set up otherwise, with an empty store. Default: as in the beginning. Resolves when it
   * is ready.
   */
  setUpBots(setup: BotSetup | undefined): Promise<void>;
  /** Calls the listener with a sentence for each bot that ends unexpectedly, including those that already have. */
  onBotEnded(listener: (sentence: string) => void): void;
  /** Stops everything; resolves when it has ended. */
  stop(): Promise<void>;
}

/** Starts everything. If a part does not start, the others are stopped before this rejects. */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const { mode, scenario = 'twoBots', endpoint = 'azure', receipts = 'onCommand', ports, notice } = options;
  const { own = { passed: [], restart: 'onCommand' }, setup: firstSetup = 'usual' } = options;
  let setup = firstSetup;
  let settingUp = Promise.resolve();
  let firstBots: readonly SupervisedBot[] = [];
  // What the bots store outlives their restarts, as on a real Page, and is gone with the playground.
  const folder = await mkdtemp(join(tmpdir(), 'messenger-handover-playground-'));
  let setups = 0;
  const setUpBots = (next = firstSetup): Promise<void> => {
    if (next !== setup) {
      [setup, setups] = [next, setups + 1];
      settingUp = Promise.all(firstBots.map((bot) => bot.restart())).then(() => undefined);
    }
    return settingUp;
  };
  const { seed, bots: specs } = scenarios[scenario];
  const undo: (() => Promise<unknown>)[] = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopped ??= undoAll(undo).finally(() => rm(folder, { recursive: true, force: true })));
  const endings: string[] = [];
  const listeners: ((sentence: string) => void)[] = [];
  const ended = (sentence: string): void => {
    if (stopped !== undefined) return;
    endings.push(sentence);
    for (const listener of listeners) listener(sentence);
  };
  try {
    const emulated = {
      ...{
        mode,
        fields: 'all' as const,
        seed: { ...seed, metaAi: 'on' as const },
        switches: { receipts },
        ...(hasTour(own) ? { tour: tourOfPage(scenario, firstSetup) } : {}),
        setUpBots: (bots: string | undefined) => setUpBots(bots === 'takeover' ? bots : undefined),
      },
      ...{ port: ports.messenger, portTaken: 'next' as const },
    };
    const platform =
      endpoint === 'azure'
        ? await startPlatform({ ...emulated, azurePort: ports.azure })
        : await startDirectPlatform(emulated);
    undo.push(() => platform.close());
    const tellPort = (what: string, wanted: number, url: string): void => {
      const taken = Number(new URL(url).port);
      if (wanted !== 0 && taken !== wanted) notice(portNotice(what, wanted, taken));
    };
    tellPort('the emulated Messenger', ports.messenger, platform.emulator.url);
    if (platform.azure !== undefined) tellPort("Azure's emulated channel", ports.azure, platform.azure.url);
    let saved: Promise<void> = Promise.resolve();
    const files = own.restart === 'onSave' ? createFileWatch(() => void (saved = restartSaved())) : undefined;
    undo.push(() => Promise.resolve(files?.close()));
    const startOnPort = createStartOnPort();
    const starting = platform.bots.map(async ({ app, settings, connect }) => {
      const spec = specs[app.name];
      if (spec === undefined) throw new Error(`The scenario has no bot for the app ${app.name}.`);
      const wanted = ports[spec.port];
      const { emulator } = platform;
      const { args, settings: ofUser } = optionsOf(spec.port === 'primary' ? own : { module: besideBot(own.module) });
      let isDebugged = false;
      const startAt = (port: number, signal: AbortSignal): Promise<BotProcess> => {
        isDebugged = false;
        return startBotProcess({
          name: app.name,
          settings: {
            ...settings,
            ...spec.settings,
            ...(spec.port === 'primary' && setup === 'takeover' ? takeoverSettings : {}),
            ...ofUser,
            Host: '127.0.0.1',
            Port: String(port),
            StorePath: join(folder, spec.port === 'primary' ? `primary-${setups}.db` : `${spec.port}.db`),
            LogLevel: 'info',
          },
          directory: process.cwd(),
          ...{ args, passed: own.passed, debuggable: notice },
          heldUp: (line) => notice(printable(`The ${app.name} bot: ${line}`)),
          clockAheadMs: () => emulator.clock() - Date.now(),
          ...(files === undefined ? {} : { loaded: (path) => files.add(path) }),
          // One for each process: the numbers of its deliveries begin again.
          onLine: createBotReader({
            isCustomer: (id) => emulator.customers.includes(id),
            report: (report) => {
              if (report.type === 'botState') isDebugged = report.state === 'debugging';
              emulator.report(app.id, report);
            },
          }),
          signal: options.signal === undefined ? signal : AbortSignal.any([signal, options.signal]),
          ...(options.program === undefined ? {} : { program: options.program }),
        });
      };
      const start = (signal: AbortSignal, port?: number): Promise<BotProcess> =>
        port === undefined ? startOnPort(wanted, (next) => startAt(next, signal)) : startAt(port, signal);
      const bot = await startSupervisedBot({
        start,
        connect,
        ended,
        stateChanged: (changed, because) => {
          const state = changed === 'running' && isDebugged ? 'debugging' : changed;
          emulator.report(app.id, { type: 'botState', state, ...(because === undefined ? {} : { because }) });
        },
      });
      undo.push(() => bot.stop());
      tellPort(`the ${app.name} bot`, wanted, bot.url);
      return bot;
    });
    // Wait for all of them even when one fails: those still starting have to be stopped too.
    const outcomes = await Promise.allSettled(starting);
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
    const bots = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    firstBots = bots.filter(({ name }) => specs[name]?.port === 'primary');
    const { emulator } = platform;
    letBotsFollowClock(emulator, bots);
    if (own.inspect === undefined) {
      const watch = watchForSilence(bots, notice);
      undo.push(() => {
        watch.close();
        return Promise.resolve();
      });
    }
    const stopReports = reportPlans({ emulator, bots, nameOf: namesOf(platform).receiver });
    undo.push(() => {
      stopReports();
      return Promise.resolve();
    });
    const patience = own.inspect === undefined ? {} : { limitMs: Infinity };
    const restart = async (): Promise<void> => {
      await Promise.all(bots.map((bot) => bot.restart()));
    };
    const isStopped = (): boolean => stopped !== undefined;
    const restartSaved = async (): Promise<void> => {
      if (isStopped()) return;
      try {
        await restart();
        notice('A file was saved: the bots started again.');
      } catch (error) {
        // What was broken may be mended by the next save.
        if (!isStopped()) notice(error instanceof Error ? error.message : String(error));
      }
    };
    return {
      platform,
      ...{ scenario, firstSetup, bots },
      untilIdle: async () => {
        await saved;
        await untilIdle({
          settled: () => emulator.settled(),
          bots: own.restart === 'onSave' ? bots.map(idleWhileBroken) : bots,
          lastEventId: () => emulator.events().at(-1)?.id ?? 0,
          ...patience,
        });
      },
      restart,
      setUpBots,
      onBotEnded: (listener) => {
        listeners.push(listener);
        endings.forEach(listener);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A bot as one that has nothing to do while it does not answer: what is broken in it is mended by the next save. */
const idleWhileBroken = (bot: SupervisedBot): Pick<SupervisedBot, 'name' | 'work'> => ({
  name: bot.name,
  work: () => bot.work().catch(() => ({ waiting: 0, running: 0, failed: 0 })),
});

/** The page offers the tour unless a bot was given that it was not written for. */
function hasTour({ module }: OwnBot): boolean {
  return module === sampleBots || besideBot(module) === undefined;
}

/** What the process of a user's bot is told. Nobody knows how long a person looks at a breakpoint. */
function optionsOf({ module, inspect }: { module?: string | undefined; inspect?: string }): {
  args: string[];
  settings: Record<string, string>;
} {
  return {
    args: [
      ...(module === undefined ? [] : ['--bot', module]),
      ...(inspect === undefined ? [] : [`--inspect=${inspect}`]),
    ],
    settings: inspect === undefined ? {} : { TurnTimeoutSeconds: '86400' },
  };
}

/** The last first; the bots, which came last, end together. */
async function undoAll(undo: (() => Promise<unknown>)[]): Promise<void> {
  const [closePlatform, ...stopBots] = undo;
  await Promise.all(stopBots.map((stopBot) => stopBot()));
  await closePlatform?.();
}
