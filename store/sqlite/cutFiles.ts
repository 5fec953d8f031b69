import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StoreUnavailableError } from '../storeErrors.ts';

interface LogHead {
  bytes: number;
  /** The log's first bytes, which differ each time SQLite starts the log over. Empty if the log is. */
  head: Buffer;
}

/** SQLite's write-ahead log begins with this number or the next one. */
const logMagic = 0x377f0682;
const logHeadBytes = 32;

/** Checks whether an open store's log was cut. */
export interface CutWatch {
  /** @throws StoreUnavailable `detached` */
  assertUncut(): void;
  close(): void;
}

/**
 * Detects that somebody truncated an open store's log, as a shell does with `> bot.db-wal` and a log rotation with `copytruncate`. SQLite does
 * not check: it would write on behind the gap, where no later start finds it.
 *
 * SQLite itself only empties the log, and then begins it with another head. Two looks have to agree, since a tool may empty the log during one.
 * The log stays open for this; the file must not, since closing it would drop SQLite's locks.
 *
 * Source: https://www.sqlite.org/fileformat2.html#the_write_ahead_log and https://www.sqlite.org/howtocorrupt.html
 */
export function watchForCuts(path: string): CutWatch {
  const log = openSync(`${path}-wal`, 'r');
  let known = readHead(log);

  const isCut = ({ head, bytes }: LogHead): boolean => {
    if (head.length === 0) return false;
    if (head.length < logHeadBytes || (head.readUInt32BE(0) & ~1) >>> 0 !== logMagic) return true;
    return head.equals(known.head) && bytes < known.bytes;
  };

  return {
    assertUncut: () => {
      const first = readHead(log);
      const now = isCut(first) ? readHead(log) : first;
      if (isCut(now))
        throw new StoreUnavailableError('detached', `${path}-wal was cut or overwritten by somebody else`);
      known = now;
    },
    close: () => closeSync(log),
  };
}

function readHead(log: number): LogHead {
  const head = Buffer.alloc(logHeadBytes);
  const read = readSync(log, head, 0, logHeadBytes, 0);
  return { bytes: fstatSync(log).size, head: head.subarray(0, read) };
}
