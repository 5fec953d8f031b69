import { AsyncLocalStorage } from 'node:async_hooks';
import type { PlatformSpan } from '../helpers/graph/platformClock.ts';
import type { Logger } from '../helpers/logging/logger.ts';
import { conversationKey } from '../models/conversationKey.ts';
import type { FacebookEvent } from '../models/facebookEvent.ts';
import { spanOfEvent } from './ownershipNote.ts';
import type { Thread } from './threadNotes.ts';
import { isAnotherReceiver, ThreadOwnership, type Occasion, type ThreadOwnershipOptions } from './threadOwnership.ts';

export interface GuardedTurnsOptions extends ThreadOwnershipOptions {
  /** The Page, as soon as it is known, for calls outside of turns. Default: unknown. */
  untilPageKnown?: () => Promise<string | undefined>;
  logger: Logger;
}

/** Why something was not sent, or not called. */
type Reason = 'ownedByAnother' | 'refusedByMeta';

/** How refusals of Meta's are told: what only the classic protocol allows is attempted, and refused on most Pages. */
export type Speaking = 'asOwner' | 'ifAllowed';

interface Found {
  may: boolean;
  /** Whether that was asked as far as it can be. */
  isAsked: boolean;
}

const own: Found = { may: true, isAsked: true };

/** What one turn has found out. */
export interface GuardedTurn {
  pageId: string | undefined;
  /** When what it is about happened, in milliseconds since 1970, by Messenger's clock, if an event tells that. */
  happenedAt: () => number | undefined;
  onStandby: boolean;
  speaking: Speaking | undefined;
  /** What was found out in this turn, by customer. */
  found: Map<string, Found>;
  /** Customers of whose thread it was told already. */
  told: Set<string>;
  /** Its event says that the thread is this bot's, and may be older than what is known. */
  isGainInDoubt: boolean;
}

/** The turns that run under a guard, and whether they may speak in, and move, the threads that they are about. */
export class GuardedTurns {
  readonly #options: GuardedTurnsOptions;
  readonly #ownership: ThreadOwnership;
  readonly #running = new AsyncLocalStorage<GuardedTurn>();

  constructor(options: GuardedTurnsOptions) {
    this.#options = options;
    this.#ownership = new ThreadOwnership(options);
  }

  /** The turn that runs here; undefined outside of turns. */
  current(): GuardedTurn | undefined {
    return this.#running.getStore();
  }

  run<T>(turn: GuardedTurn, work: () => Promise<T>): Promise<T> {
    return this.#running.run(turn, work);
  }

  /** A page token is for one Page, and so is a turn. */
  async threadOf(psid: string): Promise<Thread> {
    const pageId = this.current()?.pageId ?? (await this.#options.untilPageKnown?.());
    return { pageId: pageId ?? '', psid };
  }

  /** Begins a turn with what its event, if it is one that may, tells about the thread. */
  async begin(
    about: Pick<GuardedTurn, 'pageId' | 'happenedAt'>,
    event: FacebookEvent | undefined,
    thread: Thread | undefined,
  ): Promise<GuardedTurn> {
    const onStandby = event?.via === 'standby';
    const found: GuardedTurn['found'] = new Map();
    const turn = { ...about, onStandby, speaking: undefined, found, told: new Set<string>(), isGainInDoubt: false };
    if (event !== undefined) await this.#note(event, thread, turn);
    return turn;
  }

  /** Whether the bot may speak in the thread, or move it. If it may not, that is logged. */
  async mayAct(turn: GuardedTurn, thread: Thread, occasion: Occasion): Promise<boolean> {
    const { onStandby, isGainInDoubt } = turn;
    const isAsked = occasion.unknown === 'ask';
    const found = turn.found.get(thread.psid);
    const isFound = found !== undefined && (!found.may || found.isAsked || !isAsked);
    const may = isFound ? found.may : await this.#ownership.maySpeak(thread, { ...occasion, onStandby, isGainInDoubt });
    if (!isFound) turn.found.set(thread.psid, { may, isAsked });
    if (!may) this.#tell(turn, thread, 'ownedByAnother');
    return may;
  }

  /** What time it is for Messenger. */
  now(): Promise<PlatformSpan> {
    return this.#ownership.now();
  }

  /** The bot has taken the thread, by a call that it began at that time. */
  async taken(thread: Thread, begun: PlatformSpan): Promise<void> {
    if (await this.#ownership.found(thread, 'this', begun)) this.current()?.found.set(thread.psid, own);
  }

  /** The thread is this bot's, whatever was known before. */
  async regained(thread: Thread): Promise<void> {
    const turn = this.current();
    await this.#ownership.regained(thread, turn?.happenedAt());
    turn?.found.set(thread.psid, own);
  }

  /** Another receiver has the thread, because this bot gave it away, or may have it, by a call that it began at that time. Default: just now. */
  async lost(thread: Thread, begun?: PlatformSpan): Promise<void> {
    await this.#ownership.passed(thread, begun ?? (await this.now()));
    this.current()?.found.delete(thread.psid);
  }

  /** A person talks in the thread although nothing was moved: nothing is said there until it is {@link regained}, or passed to this bot. */
  async pause(thread: Thread): Promise<void> {
    const turn = this.current();
    await this.#ownership.pause(thread, turn?.happenedAt());
    turn?.found.delete(thread.psid);
  }

  /** Meta refused a message, because the thread is another receiver's. */
  async refused(turn: GuardedTurn, thread: Thread): Promise<void> {
    await this.#ownership.found(thread, 'other', await this.now());
    turn.found.set(thread.psid, { may: false, isAsked: true });
    this.#tell(turn, thread, 'refusedByMeta');
  }

  async #note(event: FacebookEvent, thread: Thread | undefined, turn: GuardedTurn): Promise<void> {
    if (event.kind === 'app_roles') await this.#ownership.rolesChanged(event.pageId ?? '', event.timestamp);
    if (thread === undefined || (event.kind !== 'pass_thread_control' && event.kind !== 'take_thread_control')) return;
    const isTake = event.kind === 'take_thread_control';
    const { newOwnerAppId, previousOwnerAppId } = event;
    const isElsewhere = isAnotherReceiver(newOwnerAppId, this.#options.appId);
    // A take event may name only who lost the thread.
    const isUnclear =
      isTake && newOwnerAppId === undefined && isAnotherReceiver(previousOwnerAppId, this.#options.appId);
    if (isUnclear) return;
    const isLost = isElsewhere || (isTake && newOwnerAppId === undefined);
    const isNews = await this.#ownership.told(thread, isLost ? 'other' : 'this', spanOfEvent(event));
    // Only the classic protocol lets who lost a thread say so, and nobody but Meta knows which rules hold.
    if (isNews && (isTake || !isLost)) turn.found.set(thread.psid, own);
    turn.isGainInDoubt = !isNews && !isLost;
  }

  #tell(turn: GuardedTurn, { pageId, psid }: Thread, reason: Reason): void {
    if (turn.told.has(psid)) return;
    turn.told.add(psid);
    const level = reason === 'refusedByMeta' ? levelOf(turn.speaking) : 'info';
    const conversation = conversationKey(pageId, psid);
    this.#options.logger[level]({ suppressed: true, reason, conversation }, sentences[reason]);
  }
}

const sentences: Readonly<Record<Reason, string>> = {
  ownedByAnother: 'Nothing is said, because another receiver owns the thread.',
  refusedByMeta: 'A message was refused, because another receiver owns the thread.',
};

function levelOf(speaking: Speaking | undefined): 'debug' | 'info' | 'warn' {
  if (speaking === undefined) return 'info';
  return speaking === 'asOwner' ? 'warn' : 'debug';
}
