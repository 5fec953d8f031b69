import type { Logger } from '../../helpers/logging/logger.ts';
import type { RequestRefusedError } from './answer.ts';

export interface RefusalLogOptions {
  logger: Logger;
  /** Whether the lines name the address that a request came from. Default: false. */
  remoteAddresses?: boolean | undefined;
  /** Calls back after so many milliseconds, and does not keep the process alive for it. */
  after?: (ms: number, callback: () => void) => void;
}

/** The part of a request that it needs. */
interface CameFrom {
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** Logs refused requests without a line for each of them: anybody can cause thousands a second. */
export interface RefusalLog {
  refused(request: CameFrom, refusal: RequestRefusedError): void;
  /** Writes the counts of the minutes that are not over. */
  flush(): void;
}

const minuteMs = 60_000;
/** There are some thirty kinds; this is so that nothing a caller writes can ever become a kind of its own. */
const maxKinds = 100;

/** The first refusal of a kind is written at once; what follows within a minute is counted, and written when the minute is over. */
export function createRefusalLog(options: RefusalLogOptions): RefusalLog {
  const { logger, remoteAddresses = false, after = afterUnreferenced } = options;
  const counts = new Map<string, { status: number; reason: string; count: number; last: object }>();

  function write(kind: string): void {
    const entry = counts.get(kind);
    if (entry === undefined || entry.count === 0) return;
    const { status, reason, count, last } = entry;
    entry.count = 0;
    logger.warn({ status, reason, count, ...last }, 'more requests refused for the same reason');
  }

  function endMinute(kind: string): void {
    if (counts.get(kind)?.count === 0) {
      counts.delete(kind);
      return;
    }
    write(kind);
    after(minuteMs, () => endMinute(kind));
  }

  return {
    refused: ({ socket }, { status, message: reason }) => {
      const from = remoteAddresses ? { remoteAddress: socket.remoteAddress } : {};
      const name = `${status} ${reason}`;
      const kind = counts.has(name) || counts.size < maxKinds ? name : 'other';
      const entry = counts.get(kind);
      if (entry !== undefined) {
        entry.count += 1;
        entry.last = from;
        return;
      }
      counts.set(kind, { status, reason, count: 0, last: from });
      after(minuteMs, () => endMinute(kind));
      logger.warn({ status, reason, ...from }, 'request refused');
    },
    flush: () => {
      for (const kind of counts.keys()) write(kind);
    },
  };
}

function afterUnreferenced(ms: number, callback: () => void): void {
  setTimeout(callback, ms).unref();
}
