import type { Logger } from '../../helpers/logging/logger.ts';
import type { Backlog } from '../backlog.ts';
import { createQuarantineLog } from '../logQuarantined.ts';
import type { Acceptance, Claim, Delivery } from '../store.ts';
import { StoreUnavailableError } from '../storeErrors.ts';
import type { CommitQueue } from './commitQueue.ts';
import type { Connection } from './connection.ts';
import type { Database } from './database.ts';
import * as table from './inboxTable.ts';
import { readJournal } from './journalTable.ts';
import type { OpenDeliveries } from './openDeliveries.ts';
import { insertQuarantined } from './quarantineTable.ts';
import { forgetOld, type Limits } from './retention.ts';
import { deliveryOf, numberOf } from './rowReaders.ts';
import { storeErrorFrom } from './sqliteErrors.ts';
import { maintenanceEveryMs } from './maintenance.ts';

export interface InboxOptions {
  queue: CommitQueue;
  connection: Connection;
  deliveries: OpenDeliveries;
  backlog: Backlog;
  limits: () => Limits;
  now: () => number;
  logger: Logger | undefined;
}

interface Inserted {
  waiting: table.WaitingId[];
  quarantined: Delivery[];
}

/** Accepts deliveries and hands them out. */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #logQuarantined: (deliveries: readonly Delivery[]) => void;

  constructor(options: InboxOptions) {
    this.#options = options;
    this.#logQuarantined = createQuarantineLog(options.logger, options.now);
  }

  async accept(deliveries: readonly Delivery[]): Promise<Acceptance> {
    if (deliveries.length === 0) return { accepted: 0, duplicates: 0 };
    const { waiting, quarantined } = await this.#options.queue.add({
      durability: 'machine',
      work: (open) => this.#insertNew(open, deliveries),
      committed: (inserted) => this.#options.deliveries.addArrived(inserted.waiting),
    });
    this.#logQuarantined(quarantined);
    const accepted = waiting.length + quarantined.length;
    const duplicates = deliveries.length - accepted;
    return { accepted, duplicates, ...(quarantined.length > 0 && { quarantined: quarantined.length }) };
  }

  async claim(mayTake?: (page: string) => boolean): Promise<Claim | undefined> {
    await Promise.resolve();
    const { connection, deliveries } = this.#options;
    const { schedule } = deliveries;
    const open = connection.database();
    for (let id = schedule.next(mayTake); id !== undefined; id = schedule.next(mayTake)) {
      try {
        const claimed = readClaim(open, id);
        if (claimed !== undefined) return claimed;
        schedule.release(id);
      } catch (error) {
        // Other conversations go first. The scheduler asks again after that time.
        schedule.putBack(id, maintenanceEveryMs);
        const problem = storeErrorFrom(error);
        if (problem instanceof StoreUnavailableError) connection.report(problem);
        throw problem;
      }
    }
    return undefined;
  }

  #insertNew(open: Database, deliveries: readonly Delivery[]): Inserted {
    const { deliveries: known, limits, now } = this.#options;
    const acceptedAt = now();
    this.#admit(open, deliveries);
    const inserted: Inserted = { waiting: [], quarantined: [] };
    for (const delivery of deliveries) {
      if (!table.rememberKey(open, delivery.key, acceptedAt)) continue;
      const { conversation, echo, thread, reach } = delivery;
      if (echo !== undefined) table.insertEcho(open, conversation, echo, acceptedAt);
      if (thread !== undefined) table.insertHandover(open, conversation, thread, acceptedAt);
      if (delivery.quarantine === undefined) {
        if (reach !== undefined) table.noteReach(open, delivery, reach, acceptedAt);
        inserted.waiting.push(table.insertDelivery(open, { delivery, acceptedAt, origin: 'accepted' }));
      } else {
        insertQuarantined(open, delivery, delivery.quarantine, acceptedAt);
        inserted.quarantined.push(delivery);
      }
    }
    for (const one of inserted.waiting) known.arrive(one);
    const added = inserted.waiting.length + inserted.quarantined.length;
    if (added > 0) forgetOld(open, limits(), 2 * added);
    return inserted;
  }

  /** @throws StoreUnavailable `backlog` when there is no room */
  #admit(open: Database, deliveries: readonly Delivery[]): void {
    const { backlog, deliveries: known } = this.#options;
    const forTurns = deliveries.filter(({ quarantine }) => quarantine === undefined);
    // Duplicates need no room, but are only looked for when room is short.
    const fresh = backlog.hasRoom(forTurns, known.load())
      ? forTurns
      : forTurns.filter(({ key }) => !table.isKnown(open, key));
    if (fresh.length > 0) backlog.admit(fresh, known.load());
  }
}

function readClaim(open: Database, id: number): Claim | undefined {
  const row = table.readDelivery(open, id);
  if (row === undefined) return undefined;
  const [attempts, begun] = [numberOf(row, 'attempts'), numberOf(row, 'begun')];
  const isFirstRun = begun === 0 && attempts === 0 && numberOf(row, 'resumed') === 0;
  const journal = isFirstRun ? [] : readJournal(open, id);
  return { id, delivery: deliveryOf(row), acceptedAt: numberOf(row, 'accepted_at'), attempts, begun, journal };
}
