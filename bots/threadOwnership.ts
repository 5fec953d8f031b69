import type { Storage } from 'botbuilder';
import type { ThreadControl } from '../helpers/facebookThreadControlHelper.ts';
import { GraphApiError, GraphTransportError } from '../helpers/graph/graphErrors.ts';
import { ThreadControlUnavailableError } from '../helpers/threadControlUnavailableError.ts';
import { metaReceiverName } from '../models/metaReceivers.ts';
import { present } from '../models/present.ts';
import { isJsonObject, readInteger, readProperty } from '../models/readJson.ts';
import { ThreadNotes, type Thread } from './threadNotes.ts';

export interface ThreadOwnershipOptions {
  /** Tells who owns a thread. */
  threadControl: Pick<ThreadControl, 'getThreadOwner'>;
  /** Remembers what is known of each thread. */
  storage: Storage;
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
  /** What if nothing is known of the thread, and the customer wrote before the notes were begun? Default: `speak`. */
  unknown?: 'ask' | 'speak';
}

interface Note {
  /** Absent in the note of a Page. */
  owner?: 'this' | 'other';
  /** The time of the event that told it, in milliseconds since 1970, by Messenger's clock. */
  toldAt?: number;
  /** Which change of the Page's roles was the last one when this was noted. */
  roles?: number;
  /** A person talks in it although nothing was moved, so nobody need be asked. */
  isPaused?: boolean;
}

/**
 * What is known of who owns each thread: from this app's own calls, from Messenger's events, and from what Meta refused.
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
  readonly #threads: ThreadNotes<Note>;

  constructor(options: ThreadOwnershipOptions) {
    this.#options = options;
    const { storage, appId } = options;
    // Earlier versions noted passes of their own alone, and under this name.
    this.#threads = new ThreadNotes({ storage, appId, topic: 'own passes', read: readNote });
  }

  /** The thread belongs to this app, or to another receiver. */
  async note(thread: Thread, owner: 'this' | 'other', toldAt?: number): Promise<void> {
    const { roles } = (await this.#threads.get(ofPage(thread))) ?? {};
    await this.#threads.set(thread, { owner, ...present('toldAt', toldAt), ...present('roles', roles) });
  }

  /** Nothing is to be said in the thread, whoever owns it, until something else is noted. */
  async pause(thread: Thread): Promise<void> {
    const { roles } = (await this.#threads.get(ofPage(thread))) ?? {};
    await this.#threads.set(thread, { owner: 'other', isPaused: true, ...present('roles', roles) });
  }

  /** The Page's receivers got other roles: what was known of its threads before may be wrong. */
  async rolesChanged(pageId: string, at: number): Promise<void> {
    await this.#threads.set(ofPage({ pageId }), { roles: at });
  }

  /**
   * Whether this app may speak in the thread, as far as it can tell. Where Graph refuses to tell the owner the answer is yes, and Meta
   * decides; where Graph gives no answer it is no if another receiver got the thread.
   */
  async maySpeak(thread: Thread, occasion: Occasion): Promise<boolean> {
    const { writtenAt, onStandby = false, unknown = 'speak' } = occasion;
    const [known, page] = await this.#threads.getAll([thread, ofPage(thread)]);
    if (known?.isPaused === true) return false;
    const isOld = writtenAt !== undefined && writtenAt < this.#options.startedAt;
    const isOurs = known === undefined ? !isOld || unknown === 'speak' : known.owner === 'this';
    if (isOurs && known?.roles === page?.roles && !onStandby) return true;
    if (isSince(occasion, known, page?.roles)) {
      await this.note(thread, 'this');
      return true;
    }
    try {
      const owner = await this.#options.threadControl.getThreadOwner(thread.psid);
      const mayNow =
        owner.owner === 'idle' || (owner.owner === 'app' && !isAnotherReceiver(owner.appId, this.#options.appId));
      await this.note(thread, mayNow ? 'this' : 'other');
      return mayNow;
    } catch (error) {
      const isElsewhere = known?.owner === 'other' || onStandby;
      if (error instanceof ThreadControlUnavailableError) return !onStandby && !isBefore(writtenAt, known);
      if (error instanceof GraphTransportError) return !isElsewhere;
      if (!(error instanceof GraphApiError)) throw error;
      if (passing.has(error.reason)) return !isElsewhere;
      await this.note(thread, 'this');
      return true;
    }
  }
}

/** Whether an id belongs to somebody else than this app. Without a configured app id that is often unknown. */
export function isAnotherReceiver(appId: string | undefined, own: string | undefined): boolean {
  if (appId === undefined || appId === own) return false;
  return own !== undefined || metaReceiverName(appId) !== undefined;
}

/** Refusals that pass: they say nothing about the Page. */
const passing: ReadonlySet<string> = new Set<GraphApiError['reason']>(['rateLimited', 'temporary', 'invalidToken']);

/** Whether Messenger let this app answer something that was said after another receiver got the thread: so that one has it no more. */
function isSince(
  { writtenAt, isForThisApp = false, onStandby = false }: Occasion,
  known: Note | undefined,
  rolesAt: number | undefined,
): boolean {
  if (!isForThisApp || onStandby || writtenAt === undefined || (known ?? rolesAt) === undefined) return false;
  const lostAt = known?.owner === 'other' ? (known.toldAt ?? Infinity) : -Infinity;
  return writtenAt > lostAt && writtenAt >= (rolesAt ?? -Infinity);
}

/** Whether the customer wrote it before the thread went to another receiver. */
function isBefore(writtenAt: number | undefined, known: Note | undefined): boolean {
  if (known?.owner !== 'other' || writtenAt === undefined || known.toldAt === undefined) return false;
  return writtenAt <= known.toldAt;
}

function ofPage({ pageId }: Pick<Thread, 'pageId'>): Thread {
  return { pageId, psid: '' };
}

function readNote(json: unknown): Note | undefined {
  if (json === 'passed') return { owner: 'other' };
  if (json === 'kept') return { owner: 'this' };
  if (!isJsonObject(json)) return undefined;
  const owner = readProperty(json, 'owner');
  return {
    ...(owner === 'this' || owner === 'other' ? { owner } : {}),
    ...present('toldAt', readInteger(json, 'toldAt')),
    ...present('roles', readInteger(json, 'roles')),
    ...(readProperty(json, 'isPaused') === true && { isPaused: true }),
  };
}
