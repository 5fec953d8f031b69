import { setTimeout as wait } from 'node:timers/promises';
import { BotStartError, type BotProcess, type BotWork } from './botProcess.ts';

export interface SupervisedBotOptions {
  /** Starts the process: on any free port at first, on the port it had when it is restarted. */
  readonly start: (signal: AbortSignal, port?: number) => Promise<BotProcess>;
  /** Tells Messenger, or Azure, the address of the bot. */
  readonly connect: (url: string) => Promise<void>;
  /** Called with a sentence each time the process ends unexpectedly. */
  readonly ended: (sentence: string) => void;
  /** Called when it runs and when it has ended, with a sentence about why where nobody asked for it. */
  readonly stateChanged: (state: 'running' | 'down', because?: string) => void;
}

/** A bot process that can be restarted at the same address, after a crash or because its code has changed. */
export interface SupervisedBot {
  readonly name: string;
  /** Of the running process, or of the last one. */
  readonly pid: number;
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  work(): Promise<BotWork>;
  /** What it is going to do in a conversation although nothing happens; undefined if it has ended. */
  plansOf: BotProcess['plansOf'];
  /** Resolves when its clock shows what it is to show now, or when it has ended. */
  followClock(): Promise<void>;
  /** The last lines of its output, the oldest first; of a bot that has ended, those before its end. */
  lastLines(): readonly string[];
  /** Resolves when the new process is ready; rejects when it does not start. */
  restart(): Promise<void>;
  /** Resolves when the process has ended; it is not restarted. */
  stop(): Promise<void>;
}

/** How long it takes at most until the end of a process is known. */
const lastWordsMs = 300;

/** Rejects when the bot does not start or cannot be connected; no process is left running in that case. */
export async function startSupervisedBot(options: SupervisedBotOptions): Promise<SupervisedBot> {
  const { start, connect, ended, stateChanged } = options;
  const closing = new AbortController();
  let wanted: BotProcess | undefined;
  let restarting: Promise<void> = Promise.resolve();

  async function begin(port?: number): Promise<BotProcess> {
    const bot = await start(closing.signal, port);
    let sentence: string | undefined;
    void bot.ended.then((said) => {
      sentence = said;
      if (wanted !== bot) return;
      stateChanged('down', said);
      ended(said);
    });
    try {
      await connect(bot.url);
    } catch (error) {
      // It may have ended at once, as one does whose first turn ends the process.
      const said = await Promise.race([bot.ended, wait(lastWordsMs, undefined, { ref: false })]);
      await end(bot);
      throw said === undefined ? error : new BotStartError(said, []);
    }
    if (sentence !== undefined) throw new BotStartError(sentence, []);
    wanted = bot;
    stateChanged('running');
    return bot;
  }
  async function end(bot: BotProcess): Promise<void> {
    wanted = undefined;
    await bot.stop();
  }
  let current = await begin();
  const replace = async (): Promise<void> => {
    if (closing.signal.aborted) return;
    await end(current);
    stateChanged('down', 'It is started again.');
    current = await begin(Number(new URL(current.url).port));
  };

  return {
    name: current.name,
    get pid() {
      return current.pid;
    },
    url: current.url,
    work: () => current.work(),
    plansOf: (thread) => current.plansOf(thread),
    followClock: () => current.followClock(),
    lastLines: () => current.lastLines(),
    restart: () => {
      const restarted = restarting.then(replace);
      restarting = restarted.catch(() => undefined);
      return restarted;
    },
    stop: async () => {
      closing.abort();
      await restarting;
      await end(current);
    },
  };
}
