import type { BotProcess, BotWork } from './botProcess.ts';

export interface StandingBotOptions {
  /** Starts the process: on a port that is free, or, the second time, on the one that it had. */
  readonly start: (signal: AbortSignal, port?: number) => Promise<BotProcess>;
  /** Tells Messenger, or Azure, where the bot is. */
  readonly connect: (url: string) => Promise<void>;
  /** Hears, in a sentence, of each end that nobody asked for. */
  readonly ended: (sentence: string) => void;
}

/** A bot that keeps its address and can be started again, after it ended or because its code has changed. */
export interface StandingBot {
  readonly name: string;
  /** Of the process of this moment, or of the last one. */
  readonly pid: number;
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  work(): Promise<BotWork>;
  /** Resolves when a new process is ready in place of the old one; rejects when it does not start. */
  restart(): Promise<void>;
  /** Resolves when it is gone for good. */
  stop(): Promise<void>;
}

/** Rejects when the bot does not start or cannot be connected; nothing of it is left running then. */
export async function startStandingBot({ start, connect, ended }: StandingBotOptions): Promise<StandingBot> {
  const closing = new AbortController();
  let wanted: BotProcess | undefined;
  let restarting: Promise<void> = Promise.resolve();

  async function begin(port?: number): Promise<BotProcess> {
    const bot = await start(closing.signal, port);
    wanted = bot;
    void bot.ended.then((sentence) => {
      if (wanted === bot) ended(sentence);
    });
    try {
      await connect(bot.url);
      return bot;
    } catch (error) {
      await end(bot);
      throw error;
    }
  }
  async function end(bot: BotProcess): Promise<void> {
    wanted = undefined;
    await bot.stop();
  }
  let current = await begin();
  const replace = async (): Promise<void> => {
    if (closing.signal.aborted) return;
    await end(current);
    current = await begin(Number(new URL(current.url).port));
  };

  return {
    name: current.name,
    get pid() {
      return current.pid;
    },
    url: current.url,
    work: () => current.work(),
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
