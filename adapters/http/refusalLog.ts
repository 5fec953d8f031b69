import type { Logger } from '../../helpers/logging/logger.ts';
import type { RequestRefusedError } from './answer.ts';

export interface RefusalLogOptions {
  logger: Logger;
  /** Whether the lines name the address that a request came from. Default: false. */
  remoteAddresses?: boolean | undefined;
  /** Like `setTimeout`, but does not keep the process alive. */
  after?: (ms: number, callback: () => void) => void;
}

/** The part of a request that the log needs. */
interface CameFrom {
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** Logs refused requests without a line for each: anybody can cause thousands a second. */
export interface RefusalLog {
  refused(request: CameFrom, refusal: RequestRefusedError): void;
  /** Writes the counts so far of the current minutes. */
  flush(): void;
}

const minuteMs = 60_000;
/** There are about thirty kinds; the limit is in case text from a caller ever became part of one. */
const maxKinds = 100;

/** Logs the first refusal of a kind at once, then counts the others and logs the count when the minute is over. */
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
