import type { Middleware, Storage } from 'botbuilder';
import type { BotTimers } from '../../helpers/botTimers.ts';
import type { TellDesk } from '../../helpers/handoff/deskClient.ts';
import type { Logger } from '../../helpers/logging/logger.ts';
import { Desk } from './desk.ts';
import { HandoverFigures, type HandoverFiguresOptions } from './handoverFigures.ts';
import type { TakeoverWatcher, WatchedTakeover } from './takeoverWatcher.ts';
import { Transcripts } from './transcripts.ts';

export interface BesideHandoversOptions {
  appId: string | undefined;
  /** Undefined: no transcript is kept. */
  keepTranscriptsMs: number | undefined;
  /** Keeps each item until its `until`, in milliseconds since 1970. */
  expiring: Storage;
  /** Undefined without a desk. */
  tellDesk: TellDesk | undefined;
  timers: BotTimers;
  observer: HandoverFiguresOptions & { deskHeard(what: string): void };
  logger: Logger;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** What goes along with the handovers of any bot, as the settings say. */
export interface BesideHandovers {
  watchers: readonly TakeoverWatcher[];
  transcripts?: Transcripts;
  middleware: readonly Middleware[];
  /** The open handover of a conversation; undefined also if the bot has no takeover. */
  planOf: WatchedTakeover['planOf'];
}

export function besideHandovers(options: BesideHandoversOptions): BesideHandovers {
  const {
    appId,
    keepTranscriptsMs: keepMs,
    expiring: storage,
    tellDesk: tell,
    timers,
    observer,
    logger,
    now,
  } = options;
  const figures = new HandoverFigures(observer);
  const transcripts = keepMs === undefined ? undefined : new Transcripts({ storage, appId, keepMs, now });
  const observe = (what: string) => observer.deskHeard(what);
  const desk = tell && new Desk({ tell, timers, transcripts, logger, now, observe });
  let watched: WatchedTakeover | undefined;
  const last: TakeoverWatcher = { watch: (takeover) => void (watched = takeover) };
  return {
    planOf: async (thread, at) => watched?.planOf(thread, at),
    watchers: [figures, ...(desk ? [desk] : []), last],
    ...(transcripts && { transcripts }),
    middleware: [...(transcripts ? [transcripts] : []), ...(desk ? [desk] : [])],
  };
}
