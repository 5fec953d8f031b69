type WatchedBot = Readonly<{ name: string; url: string }>;

export interface SilenceWatch {
  /** Asks each bot once whether it is there. Resolves when all have answered or were given up. */
  look(): Promise<void>;
  close(): void;
}

const everyMs = 5_000;

/**
 * Tells of a bot whose process runs and answers nothing, which is the only sign of an endless loop in its code: a bot that is busy with one cannot say so
 * itself.
 *
 * @param limitMs how long an answer may take
 */
export function watchForSilence(
  bots: readonly WatchedBot[],
  notice: (sentence: string) => void,
  limitMs = 15_000,
): SilenceWatch {
  const silent = new Set<WatchedBot>();
  let looking: Promise<void> | undefined;

  async function ask(bot: WatchedBot): Promise<void> {
    try {
      const answer = await fetch(`${bot.url}/healthz`, { signal: AbortSignal.timeout(limitMs) });
      await answer.arrayBuffer();
      silent.delete(bot);
    } catch (error) {
      // One that has ended refuses the connection, which is told elsewhere.
      if (!(error instanceof Error && error.name === 'TimeoutError') || silent.has(bot)) return;
      silent.add(bot);
      notice(
        `The ${bot.name} bot has not answered for ${limitMs / 1000} s: something in it keeps its process busy, such as an endless loop. /restart starts it again.`,
      );
    }
  }

  const look = (): Promise<void> =>
    (looking ??= Promise.all(bots.map(ask)).then(() => {
      looking = undefined;
    }));
  const timer = setInterval(() => void look(), everyMs).unref();
  return { look, close: () => clearInterval(timer) };
}
