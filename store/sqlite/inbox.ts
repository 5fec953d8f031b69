import type { Logger } from '../../helpers/logging/logger.ts';
import { present } from '../../models/present.ts';
import type { Backlog } from '../backlog.ts';
import { createQuarantineLog } from '../logQuarantined.ts';
import type { Acceptance, Claim, InboxEvent } from '../store.ts';
import { StoreUnavailableError } from '../storeErrors.ts';
import type { CommitQueue } from './commitQueue.ts';
import type { Connection } from './connection.ts';
import type { Database } from './database.ts';
import * as table from './inboxTable.ts';
import { readJournal } from './journalTable.ts';
import type { OpenEvents } from './openEvents.ts';
import { insertQuarantined } from './quarantineTable.ts';
import { forgetOld, type Limits } from './retention.ts';
import { inboxEventOf, numberOf } from './rowReaders.ts';
import { storeErrorFrom } from './sqliteErrors.ts';
import type { TurnsInWork } from './turnsInWork.ts';
import { maintenanceEveryMs } from './maintenance.ts';

export interface InboxOptions {
  queue: CommitQueue;
  connection: Connection;
  openEvents: OpenEvents;
  turns: TurnsInWork;
  backlog: Backlog;
  limits: () => Limits;
  now: () => number;
  logger: Logger | undefined;
}

/** Looking for old rows costs as much whether there are any or not, so not each event does. */
const addedBetweenCuts = 32;

interface Inserted {
  waiting: table.WaitingId[];
  /** Those of the waiting that are committed as begun. */
  begun: Claim[];
  quarantined: InboxEvent[];
}

/** Accepts events and hands them out. */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #logQuarantined: (events: readonly InboxEvent[]) => void;
  /** What the last transaction accepted and is going to be claimed at once, so that it is not read back. By id. */
  readonly #fresh = new Map<number, Claim>();
  /** How many events were added since old rows were last deleted. The first event of a process deletes some. */
  #added = addedBetweenCuts;

  constructor(options: InboxOptions) {
    this.#options = options;
    this.#logQuarantined = createQuarantineLog(options.logger, options.now);
  }

  async accept(events: readonly InboxEvent[]): Promise<Acceptance> {
    if (events.length === 0) return { accepted: 0, duplicates: 0 };
    const { waiting, quarantined } = await this.#options.queue.add({
      durability: 'machine',
      work: (open) => this.#insertNew(open, events),
      committed: (inserted) => {
        this.#options.openEvents.addArrived(inserted.waiting);
        this.#options.turns.acceptedAsBegun(inserted.begun);
        for (const claim of inserted.begun) this.#fresh.set(claim.id, claim);
      },
    });
    this.#logQuarantined(quarantined);
    const accepted = waiting.length + quarantined.length;
    const duplicates = events.length - accepted;
    return { accepted, duplicates, ...(quarantined.length > 0 && { quarantined: quarantined.length }) };
  }

  /** Another transaction may change what was accepted: an operator may have forgotten a customer. */
  beginTransaction(): void {
    this.#fresh.clear();
  }

  async claim(mayTake?: (page: string) => boolean): Promise<Claim | undefined> {
    await Promise.resolve();
    const { connection, openEvents, turns } = this.#options;
    const { schedule } = openEvents;
    const open = connection.readable();
    for (let id = schedule.next(mayTake); id !== undefined; id = schedule.next(mayTake)) {
      try {
        const claimed = this.#fresh.get(id) ?? readClaim(open, id, turns.begunAhead(id));
        if (claimed !== undefined) return claimed;
        turns.vanished(id);
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

  #insertNew(open: Database, events: readonly InboxEvent[]): Inserted {
    const { openEvents, limits, now } = this.#options;
    const acceptedAt = now();
    this.#admit(open, events);
    const inserted: Inserted = { waiting: [], begun: [], quarantined: [] };
    for (const event of events) {
      if (!table.rememberKey(open, event.key, acceptedAt)) continue;
      const { conversation, echo, thread, reach } = event;
      if (echo !== undefined) table.insertEcho(open, conversation, echo, acceptedAt);
      if (thread !== undefined) table.insertHandover(open, conversation, thread, acceptedAt);
      if (event.quarantine === undefined) {
        if (reach !== undefined) table.noteReach(open, event, reach, acceptedAt);
        const begins = openEvents.beginsAtOnce(conversation);
        const added = table.insertEvent(open, { event, acceptedAt, origin: 'accepted', begins });
        inserted.waiting.push(added);
        if (begins) inserted.begun.push(firstClaim(added.id, event, acceptedAt));
      } else {
        insertQuarantined(open, event, event.quarantine, acceptedAt);
        inserted.quarantined.push(event);
      }
    }
    for (const one of inserted.waiting) openEvents.arrive(one);
    const added = inserted.waiting.length + inserted.quarantined.length;
    this.#added += added;
    if (added > 0 && this.#added >= addedBetweenCuts) {
      forgetOld(open, limits(), 2 * this.#added);
      this.#added = 0;
    }
    return inserted;
  }

  /** @throws StoreUnavailable `backlog` when there is no room */
  #admit(open: Database, events: readonly InboxEvent[]): void {
    const { backlog, openEvents } = this.#options;
    const forTurns = events.filter(({ quarantine }) => quarantine === undefined);
    // Duplicates need no room, but are only looked for when room is short.
    const fresh = backlog.hasRoom(forTurns, openEvents.load())
      ? forTurns
      : forTurns.filter(({ key }) => !table.isKnown(open, key));
    if (fresh.length > 0) backlog.admit(fresh, openEvents.load());
  }
}

function firstClaim(id: number, event: InboxEvent, acceptedAt: number): Claim {
  const { key, conversation, kind, via, endpoint, payload, timer } = event;
  const stored = { key, conversation, kind, via, endpoint, payload, ...present('timer', timer) };
  return { id, event: stored, acceptedAt, attempts: 0, begun: 0, journal: [] };
}

/** @param ahead how many of its beginnings are committed and have not come yet */
function readClaim(open: Database, id: number, ahead: number): Claim | undefined {
  const row = table.readEvent(open, id);
  if (row === undefined) return undefined;
  const [attempts, begun] = [numberOf(row, 'attempts'), numberOf(row, 'begun') - ahead];
  const isFirstRun = begun === 0 && attempts === 0 && numberOf(row, 'resumed') === 0;
  const journal = isFirstRun ? [] : readJournal(open, id);
  return { id, event: inboxEventOf(row), acceptedAt: numberOf(row, 'accepted_at'), attempts, begun, journal };
}
