import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPlatform, type Mode, type Platform } from '../emulator/startPlatform.ts';
import { startBotProcess, type BotProcess } from './botProcess.ts';
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
  readonly ports: PlaygroundPorts;
  /** Hears a sentence when a port is not the wanted one. */
  readonly notice: (sentence: string) => void;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
  /** The file that each bot process runs. Default: the bot of this project. */
  readonly program?: string;
}

/** Messenger, Azure's channel and the two bots, running. */
export interface Playground {
  readonly platform: Platform;
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
  const { mode, notice, signal, program } = options;
  const undo: (() => Promise<unknown>)[] = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= undoAll(undo));
  try {
    const ports = await choosePorts(options.ports, notice);
    const directory = await mkdtemp(join(tmpdir(), 'messenger-handover-playground-'));
    undo.push(() => rm(directory, { recursive: true, force: true }));
    const platform = await startPlatform({ mode, tour: tourOfPage, port: ports.messenger, azurePort: ports.azure });
    undo.push(() => platform.close());
    const starting = platform.bots.map(async ({ app, settings, connect }) => {
      const role = app.role;
      const bot = await startBotProcess({
        name: role,
        settings: { ...settings, BotRole: role, Host: '127.0.0.1', Port: String(ports[role]), LogLevel: 'info' },
        directory,
        ...(program === undefined ? {} : { program }),
        ...(signal === undefined ? {} : { signal }),
      });
      undo.push(() => bot.stop());
      connect(bot.url);
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

async function choosePorts(wanted: PlaygroundPorts, notice: (sentence: string) => void): Promise<PlaygroundPorts> {
  const chosen: number[] = [];
  const choose = async (what: string, port: number): Promise<number> => {
    const choice = await choosePort(what, port, chosen);
    if (choice.notice !== undefined) notice(choice.notice);
    chosen.push(choice.port);
    return choice.port;
  };
  return {
    messenger: await choose('the emulated Messenger', wanted.messenger),
    azure: await choose("Azure's emulated channel", wanted.azure),
    primary: await choose('the primary bot', wanted.primary),
    secondary: await choose('the secondary bot', wanted.secondary),
  };
}
