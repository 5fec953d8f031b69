import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDirectPlatform } from '../emulator/startDirectPlatform.ts';
import { startPlatform, type Mode, type Platform } from '../emulator/startPlatform.ts';
import { startBotProcess, type BotProcess } from './botProcess.ts';
import { scenarios, type ScenarioName, type Endpoint } from './cast.ts';
import { createStartOnPort, portNotice } from './nextPort.ts';
import { untilQuiet } from './quiet.ts';
import { startStandingBot, type StandingBot } from './standingBot.ts';
import { tourOfPage } from './tour/tourOfPage.ts';

export interface PlaygroundPorts {
  readonly messenger: number;
  readonly azure: number;
  readonly primary: number;
  readonly secondary: number;
}

/** The bots' ports are those of Bot Framework's samples; Messenger's is that of `npm run emulator`. */
export const defaultPorts: PlaygroundPorts = { messenger: 4600, azure: 4601, primary: 3978, secondary: 3979 };

export interface PlaygroundOptions {
  readonly mode: Mode;
  /** Default: primary and secondary. */
  readonly cast?: ScenarioName;
  /** Default: Azure's channel. */
  readonly endpoint?: Endpoint;
  /** `automatic`: the customer's phone is on. Default `onCommand`. */
  readonly receipts?: 'onCommand' | 'automatic';
  /** Those of parts that do not run are left alone. */
  readonly ports: PlaygroundPorts;
  /** Hears a sentence when a port is not the wanted one. */
  readonly notice: (sentence: string) => void;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
  /** The file that each bot process runs. Default: the bot of this project. */
  readonly program?: string;
}

/** Messenger, the bots and what is between them, running. */
export interface Playground {
  readonly platform: Platform;
  readonly cast: ScenarioName;
  readonly bots: readonly StandingBot[];
  /** Resolves when nobody has anything to do any more; rejects when that takes too long. */
  quiet(): Promise<void>;
  /** Starts every bot again, those that have ended too. Resolves when all are ready, rejects when one does not start. */
  restart(): Promise<void>;
  /** Hears, in a sentence, of each bot that ends although nobody stopped it, also of one that has ended already. */
  onBotEnded(listener: (sentence: string) => void): void;
  /** Ends everything and resolves when nothing is left. */
  stop(): Promise<void>;
}

/** Starts everything; when a part does not start, the others are stopped before this rejects. */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const { mode, cast = 'twoBots', endpoint = 'azure', receipts = 'onCommand', ports, notice } = options;
  const { seed, parts } = scenarios[cast];
  const undo: (() => Promise<unknown>)[] = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= undoAll(undo));
  const endings: string[] = [];
  const listeners: ((sentence: string) => void)[] = [];
  const ended = (sentence: string): void => {
    if (stopped !== undefined) return;
    endings.push(sentence);
    for (const listener of listeners) listener(sentence);
  };
  try {
    const directory = await mkdtemp(join(tmpdir(), 'messenger-handover-playground-'));
    undo.push(() => rm(directory, { recursive: true, force: true }));
    const emulated = {
      ...{ mode, seed: { ...seed, metaAi: 'on' as const }, switches: { receipts }, tour: tourOfPage(cast) },
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
    const startOnPort = createStartOnPort();
    const starting = platform.bots.map(async ({ app, settings, connect }) => {
      const part = parts[app.name];
      if (part === undefined) throw new Error(`No bot plays the app ${app.name}.`);
      const wanted = ports[part.port];
      const startAt = (port: number, signal: AbortSignal): Promise<BotProcess> =>
        startBotProcess({
          name: app.name,
          settings: { ...settings, ...part.settings, Host: '127.0.0.1', Port: String(port), LogLevel: 'info' },
          directory,
          signal: options.signal === undefined ? signal : AbortSignal.any([signal, options.signal]),
          ...(options.program === undefined ? {} : { program: options.program }),
        });
      const start = (signal: AbortSignal, port?: number): Promise<BotProcess> =>
        port === undefined ? startOnPort(wanted, (next) => startAt(next, signal)) : startAt(port, signal);
      const bot = await startStandingBot({ start, connect, ended });
      undo.push(() => bot.stop());
      tellPort(`the ${app.name} bot`, wanted, bot.url);
      return bot;
    });
    // All of them, also when one failed: what still starts has to be stopped too.
    const outcomes = await Promise.allSettled(starting);
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
    const bots = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const { emulator } = platform;
    return {
      platform,
      cast,
      bots,
      quiet: () =>
        untilQuiet({ settled: () => emulator.settled(), bots, lastEventId: () => emulator.events().at(-1)?.id ?? 0 }),
      restart: async () => {
        await Promise.all(bots.map((bot) => bot.restart()));
      },
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

/** The last first; the bots, which came last, end together. */
async function undoAll(undo: (() => Promise<unknown>)[]): Promise<void> {
  const [removeDirectory, closePlatform, ...stopBots] = undo;
  await Promise.all(stopBots.map((stopBot) => stopBot()));
  await closePlatform?.();
  await removeDirectory?.();
}
