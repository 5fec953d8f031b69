import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDirectPlatform } from '../emulator/startDirectPlatform.ts';
import { startPlatform, type Mode, type Platform } from '../emulator/startPlatform.ts';
import { startBotProcess, type BotProcess } from './botProcess.ts';
import { casts, type Cast, type Entrance } from './cast.ts';
import { choosePort } from './freePort.ts';
import { untilQuiet } from './quiet.ts';
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
  readonly cast?: Cast;
  /** Default: Azure's channel. */
  readonly entrance?: Entrance;
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
  readonly cast: Cast;
  readonly bots: readonly BotProcess[];
  /** Resolves when nobody has anything to do any more; rejects when that takes too long. */
  quiet(): Promise<void>;
  /** Resolves, with a sentence and its last lines, when a bot has ended although nobody stopped it. */
  readonly broken: Promise<string>;
  /** Ends everything and resolves when nothing is left. */
  stop(): Promise<void>;
}

/** Starts everything; when a part does not start, the others are stopped before this rejects. */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const { mode, cast = 'twoBots', entrance = 'azure', receipts = 'onCommand', notice, signal, program } = options;
  const { seed, parts } = casts[cast];
  const undo: (() => Promise<unknown>)[] = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= undoAll(undo));
  try {
    const needed = new Map<keyof PlaygroundPorts, string>([
      ['messenger', 'the emulated Messenger'],
      ...(entrance === 'azure' ? [['azure', "Azure's emulated channel"] as const] : []),
      ...Object.entries(parts).map(([name, { port }]) => [port, `the ${name} bot`] as const),
    ]);
    const ports = await choosePorts(options.ports, needed, notice);
    const directory = await mkdtemp(join(tmpdir(), 'messenger-handover-playground-'));
    undo.push(() => rm(directory, { recursive: true, force: true }));
    const emulated = { mode, seed, switches: { receipts }, tour: tourOfPage(cast), port: ports.messenger };
    const platform =
      entrance === 'azure'
        ? await startPlatform({ ...emulated, azurePort: ports.azure })
        : await startDirectPlatform(emulated);
    undo.push(() => platform.close());
    const starting = platform.bots.map(async ({ app, settings, connect }) => {
      const part = parts[app.name];
      if (part === undefined) throw new Error(`No bot plays the app ${app.name}.`);
      const port = String(ports[part.port]);
      const bot = await startBotProcess({
        name: app.name,
        settings: { ...settings, ...part.settings, Host: '127.0.0.1', Port: port, LogLevel: 'info' },
        directory,
        ...(program === undefined ? {} : { program }),
        ...(signal === undefined ? {} : { signal }),
      });
      undo.push(() => bot.stop());
      await connect(bot.url);
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
      broken: new Promise((resolve) => {
        for (const bot of bots) {
          void bot.ended.then((sentence) => {
            if (stopped === undefined) resolve([sentence, ...bot.lastLines()].join('\n'));
          });
        }
      }),
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

async function choosePorts(
  wanted: PlaygroundPorts,
  needed: ReadonlyMap<keyof PlaygroundPorts, string>,
  notice: (sentence: string) => void,
): Promise<PlaygroundPorts> {
  const ports = { ...wanted };
  const chosen: number[] = [];
  for (const [whose, what] of needed) {
    const choice = await choosePort(what, wanted[whose], chosen);
    if (choice.notice !== undefined) notice(choice.notice);
    chosen.push(choice.port);
    ports[whose] = choice.port;
  }
  return ports;
}
