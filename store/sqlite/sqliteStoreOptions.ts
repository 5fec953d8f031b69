import type { Logger } from '../../helpers/logging/logger.ts';
import type { OpenHandle } from './database.ts';
import type { Every } from './maintenance.ts';
import type { Bounds } from './retention.ts';
import type { After } from './delayedSync.ts';

export interface SqliteStoreOptions {
  logger?: Logger;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** Milliseconds of a clock that never jumps. */
  monotonicNow?: () => number;
  /** How long a key is remembered, in milliseconds. Default: 7 days, well beyond the time in which Meta redelivers. */
  keyRetentionMs?: number;
  /** How long echoes and sent messages are remembered, in milliseconds. Default: 2 days. */
  noteRetentionMs?: number;
  /** How long dead letters and quarantined events wait for somebody's decision, in milliseconds. Default: 30 days. */
  letterRetentionMs?: number;
  /** How long it is known where to answer in a conversation, after its last event, in milliseconds. Default: 60 days. */
  conversationRetentionMs?: number;
  /** How long values of a customer's state are kept that are not used, in milliseconds. Default: for ever. */
  stateRetentionMs?: number;
  /** How many dead letters, and how many quarantined events, are stored at most. Default: 10,000 with 100 MB, each. */
  bounds?: Bounds;
  /** How many events may wait; `accept` refuses more. Default: 100,000. */
  maxWaiting?: number;
  /** How long to wait for another owner to end, in milliseconds. Default: 15 seconds; a process gets 10 to end. */
  ownerLimitMs?: number;
  /** How long a commit waits while another program holds the file, in milliseconds. Default: 2 seconds. */
  busyLimitMs?: number;
  sleep?: (ms: number) => Promise<unknown>;
  every?: Every;
  after?: After;
  openHandle?: OpenHandle;
  /** Called once when another process has taken over the file. From then on the store does nothing, and the process may end. */
  lost?: (() => void) | undefined;
  networkFileSystem?: (folder: string) => string | undefined;
}
