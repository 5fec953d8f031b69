import type { Storage } from 'botbuilder';
import type { BotThreadControl } from '../helpers/botThreadControl.ts';
import { GraphApiError, GraphTransportError } from '../helpers/graph/graphErrors.ts';
import type { PlatformSpan } from '../helpers/graph/platformClock.ts';
import { metaReceiverName } from '../models/metaReceivers.ts';
import {
  afterNews,
  readOwnershipNote,
  timeOf,
  type Owner,
  type OwnershipNews,
  type OwnershipNote,
} from './ownershipNote.ts';
import { ThreadNotes, type Thread } from './threadNotes.ts';

export interface ThreadOwnershipOptions {
  /** Tells who owns a thread. */
  threadControl: Pick<BotThreadControl, 'getThreadOwner' | 'isAvailable'>;
  /** Remembers what is known of each thread. A turn that runs again reads from it what it read before. */
  notes: Storage;
  /** The same, as it is now. Default: the same storage. */
  latestNotes?: Storage | undefined;
  /** What time it is for Messenger. A turn that runs again gets the time that it got before. Default: that of this machine. */
  platformTime?: (() => Promise<PlatformSpan>) | undefined;
  /** Whether the times of events were checked: if not, they may be recorded ones, of another time than now. Default: they were not. */
  eventTimes?: 'checked' | 'unchecked' | undefined;
  appId: string | undefined;
  /** When that storage was begun, in milliseconds since 1970: an earlier message may follow a pass that it does not know. */
  startedAt: number;
}

/** What is to be said, and on what occasion. */
export interface Occasion {
  /** The time of what is to be answered, in milliseconds since 1970, by Messenger's clock. */
  writtenAt?: number | undefined;
  /** The customer said it, and Messenger brought it as what this app may answer. */
  isForThisApp?: boolean;
  /** It was heard on standby: another receiver owned the thread then. */
  onStandby?: boolean;
  /** It tells that the thread is this app's, and may be older than what is known. */
  isGainInDoubt?: boolean;
  /** What if nothing is known of the thread, and the customer wrote before the notes were begun? Default: `speak`. */
  unknown?: 'ask' | 'speak';
}

/**
 * What is known of who owns each thread: from this app's own calls, from Messenger's events, and from what Meta refused. All of it has a time,
 * and whatever comes late changes nothing: under the classic protocol a bot learns of its own take by an event, and may have passed the thread on by then.
 *
 * A message that was on its way while the bot passed the thread still reaches it as one to be answered. Messenger refuses
 * the answer today; under the classic protocol the customer would read two receivers talking at once. So where another receiver
 * got the thread, where the Page's roles were changed since, and for what was written before anything was remembered, the owner is asked
 * before anything is said.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/handover-protocol
 */
export class ThreadOwnership {
  readonly #options: ThreadOwnershipOptions;
  readonly #threads: ThreadNotes<OwnershipNote>;
  readonly #latest: ThreadNotes<OwnershipNote>;

  constructor(options: ThreadOwnershipOptions) {
    this.#options = options;
    const { notes, latestNotes = notes, appId } = options;
    // Earlier versions noted passes of their own alone, and under this name.
    const about = { appId, topic: 'own passes', read: readOwnershipNote };
    this.#threads = new ThreadNotes({ ...about, storage: notes });
    this.#latest = new ThreadNotes({ ...about, storage: latestNotes });
  }

  /** What time it is for Messenger. */
  async now(): Promise<PlatformSpan> {
    const { platformTime } = this.#options;
    if (platformTime !== undefined) return platformTime();
    const now = Date.now();
    return { earliest: now, latest: now };
  }

  /**
   * An event tells who owned the thread at its time.
   *
   * @returns whether nothing is known that is newer
   */
  async told(thread: Thread, owner: Owner, at: PlatformSpan): Promise<boolean> {
    if (owner === 'other' && at.latest === Infinity) return this.found(thread, owner, await this.now());
    const [known, page] = await this.#latest.getAll([thread, ofPage(thread)]);
    const isInOrder = known?.foundAt === undefined || (await this.#isOfNow(at));
    const note = await this.#learn(thread, isInOrder ? known : undefined, { owner, by: 'event', at });
    return note !== undefined && timeOf(note) >= rolesAt(page);
  }

  /**
   * A call of this app's, made just now, found who owns the thread.
   *
   * @param at when it was begun if the thread is this app's, otherwise when it ended
   * @returns whether nothing is known that is newer: there is only if an old turn runs again
   */
  async found(thread: Thread, owner: Owner, at: PlatformSpan): Promise<boolean> {
    const { latest: until } = await this.now();
    const note = await this.#learn(thread, await this.#latest.get(thread), { owner, by: 'call', at, until });
    return note !== undefined;
  }

  /** This app gave the thread away, or may have, by a call that it began at that time. */
  async passed(thread: Thread, begun: PlatformSpan): Promise<void> {
    await this.#learn(thread, await this.#latest.get(thread), { owner: 'other', by: 'pass', at: begun });
  }

  /** The thread is this app's, or counts as its own from that time on, by default from now on. */
  async regained(thread: Thread, at: number | undefined): Promise<void> {
    const known = await this.#latest.get(thread);
    if (known?.owner === 'this') return;
    const now = await this.now();
    await this.#latest.set(thread, { owner: 'this', foundAt: at ?? now.earliest, foundUntil: now.latest });
  }

  /** Nothing is to be said in the thread, whoever owns it, from that time on, by default from now on, until something newer is noted. */
  async pause(thread: Thread, at: number | undefined): Promise<void> {
    const known = await this.#latest.get(thread);
    // What is known is newer, and Meta is asked before anything is said.
    if (at !== undefined && known?.owner === 'other' && known.isPaused !== true && timeOf(known) > at) return;
    const foundAt = Math.max(at ?? (await this.now()).earliest, timeOf(known));
    await this.#latest.set(thread, { owner: 'other', foundAt, isPaused: true });
  }

  /** The Page's receivers got other roles: what was known of its threads before may be wrong. */
  async rolesChanged(pageId: string, at: number | undefined): Promise<void> {
    const page = ofPage({ pageId });
    const roles = at ?? (await this.now()).latest;
    if (roles > rolesAt(await this.#latest.get(page))) await this.#latest.set(page, { roles });
  }

  /**
   * Whether this app may speak in the thread, as far as it can tell. Where Graph refuses to tell the owner the answer is yes, and Meta
   * decides; where Graph gives no answer it is no if another receiver got the thread.
   */
  async maySpeak(thread: Thread, occasion: Occasion): Promise<boolean> {
    const { writtenAt, onStandby = false, isGainInDoubt = false, unknown = 'speak' } = occasion;
    const [known, page] = await this.#threads.getAll([thread, ofPage(thread)]);
    if (known?.isPaused === true) return false;
    const isOld = writtenAt !== undefined && writtenAt < this.#options.startedAt;
    const isOurs = known === undefined ? !isOld || unknown === 'speak' : known.owner === 'this';
    if (isOurs && timeOf(known) >= rolesAt(page) && !onStandby) return true;
    if (isSince(occasion, known, page)) {
      await this.told(thread, 'this', { earliest: occasion.writtenAt, latest: occasion.writtenAt });
      return true;
    }
    const { threadControl, appId } = this.#options;
    if (!threadControl.isAvailable) return !onStandby && !isBefore(writtenAt, known);
    const begun = await this.now();
    try {
      const owner = await threadControl.getThreadOwner(thread.psid);
      const mayNow = owner.owner === 'idle' || (owner.owner === 'app' && !isAnotherReceiver(owner.appId, appId));
      await (mayNow ? this.found(thread, 'this', begun) : this.found(thread, 'other', await this.now()));
      return mayNow;
    } catch (error) {
      const isElsewhere = known?.owner === 'other' || onStandby;
      // The thread is probably this app's, and to be silent in it now is to be silent for good. The turn runs again, and asks again.
      if (isGainInDoubt && isElsewhere && isPassing(error)) throw error;
      if (isPassing(error)) return !isElsewhere;
      if (!(error instanceof GraphApiError)) throw error;
      await this.found(thread, 'this', begun);
      return true;
    }
  }

  /** Whether an event can be put in order with calls. Recorded events cannot: then the order counts in which they come. */
  async #isOfNow(at: PlatformSpan): Promise<boolean> {
    if (this.#options.eventTimes === 'checked' || at.latest === Infinity) return true;
    const now = await this.now();
    return at.latest > now.earliest - dayMs && at.latest < now.latest + dayMs;
  }

  async #learn(thread: Thread, known: OwnershipNote | undefined, news: OwnershipNews) {
    const note = afterNews(known, news);
    if (note === known) return undefined;
    await this.#latest.set(thread, note);
    return note;
  }
}

/** Whether an id belongs to somebody else than this app. Without a configured app id that is often unknown. */
export function isAnotherReceiver(appId: string | undefined, own: string | undefined): boolean {
  if (appId === undefined || appId === own) return false;
  return own !== undefined || metaReceiverName(appId) !== undefined;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Refusals that pass: they say nothing about the Page. */
const passing: ReadonlySet<string> = new Set<GraphApiError['reason']>(['rateLimited', 'temporary', 'invalidToken']);

/** Whether Graph gave no answer to what was asked, and may give one later. */
function isPassing(error: unknown): boolean {
  return error instanceof GraphTransportError || (error instanceof GraphApiError && passing.has(error.reason));
}

/** Whether Messenger let this app answer something that was said after another receiver got the thread: so that one has it no more. */
function isSince(
  occasion: Occasion,
  known: OwnershipNote | undefined,
  page: OwnershipNote | undefined,
): occasion is Occasion & { writtenAt: number } {
  const { writtenAt, isForThisApp = false, onStandby = false } = occasion;
  if (!isForThisApp || onStandby || writtenAt === undefined || (known ?? page) === undefined) return false;
  const lostAt = known?.owner === 'other' ? (known.toldAt ?? Infinity) : -Infinity;
  return writtenAt > lostAt && writtenAt >= rolesAt(page);
}

/** Whether the customer wrote it before the thread went to another receiver. */
function isBefore(writtenAt: number | undefined, known: OwnershipNote | undefined): boolean {
  if (known?.owner !== 'other' || writtenAt === undefined || known.toldAt === undefined) return false;
  return writtenAt <= known.toldAt;
}

/** When the Page's receivers last got other roles. */
function rolesAt(page: OwnershipNote | undefined): number {
  return page?.roles ?? -Infinity;
}

function ofPage({ pageId }: Pick<Thread, 'pageId'>): Thread {
  return { pageId, psid: '' };
}
