import { AsyncLocalStorage } from 'node:async_hooks';
import type { Activity, Middleware, ResourceResponse, Storage, TurnContext } from 'botbuilder';
import { BotThreadControl } from '../helpers/botThreadControl.ts';
import type { ThreadControl } from '../helpers/facebookThreadControlHelper.ts';
import { GraphApiError } from '../helpers/graph/graphErrors.ts';
import { isRefusedAsNotThreadOwner } from '../helpers/graph/relayedRefusal.ts';
import type { Logger } from '../helpers/logging/logger.ts';
import type { FacebookEvent } from '../models/facebookEvent.ts';
import { conversationKey } from '../models/conversationKey.ts';
import { isSaid } from '../models/facebookActivity.ts';
import { readProperty } from '../models/readJson.ts';
import { customerOf, facebookEventOf, threadOf } from './facebookTurn.ts';
import { isAnotherReceiver, ThreadOwnership, type Occasion } from './threadOwnership.ts';
import type { Thread } from './threadNotes.ts';

export interface OwnershipGuardOptions {
  /** Undefined without a page token. Then nobody can be asked, and events alone tell who owns a thread. */
  threadControl: ThreadControl | undefined;
  /** Where it keeps what it knows. What is written there must last whatever becomes of the turn. */
  notes: Storage;
  appId: string | undefined;
  /** The Page, for calls outside of turns. Default: unknown. */
  pageId?: () => string | undefined;
  /** When the notes were begun, in milliseconds since 1970. */
  startedAt: number;
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

/** The turn that runs. */
interface GuardedTurn {
  pageId: string | undefined;
  onStandby: boolean;
  speaking: Speaking | undefined;
  /** What was found out in this turn, by customer. */
  found: Map<string, Found>;
  /** Customers of whose thread it was told already. */
  told: Set<string>;
}

const guards = new WeakMap<TurnContext, OwnershipGuard>();

/**
 * Keeps a bot from speaking in threads that another receiver owns, whatever its base class: as middleware it stands before the bot, and as
 * its thread control it notes what the bot does with its threads.
 *
 * - What is sent while another app, a person or Meta's AI is known to own the thread is suppressed. The call resolves, with an empty id.
 * - What Meta refuses for that reason ends the same way. The turn does not fail.
 * - Passing, releasing or extending such a thread does nothing: it is not the bot's any more.
 *
 * One line of the log for each thread and turn tells it, with `suppressed: true`. Where a Page lets every receiver speak, as under the classic
 * protocol, only what the bot gave away, or lost, is kept from it. In the turn of a take event Meta decides.
 *
 * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
 */
export class OwnershipGuard extends BotThreadControl implements Middleware {
  readonly #options: OwnershipGuardOptions;
  readonly #ownership: ThreadOwnership;
  readonly #turns = new AsyncLocalStorage<GuardedTurn>();

  constructor(options: OwnershipGuardOptions) {
    super(options.threadControl);
    this.#options = options;
    const { notes, appId, startedAt } = options;
    const threadControl = { getThreadOwner: (psid: string) => super.getThreadOwner(psid) };
    this.#ownership = new ThreadOwnership({ threadControl, storage: notes, appId, startedAt });
  }

  /** Guards a turn. Once is enough: a second call only goes on. */
  async onTurn(context: TurnContext, next: () => Promise<void>): Promise<void> {
    // A bot that was given other thread control than the server's has a guard of its own beside that one's.
    if (guards.get(context) === this) return next();
    guards.set(context, this);
    const turn = await this.#begin(context);
    context.onSendActivities((_context, activities, send) => this.#send(context, activities, send));
    context.onUpdateActivity((_context, activity, send) => this.#change(context, activity, send));
    context.onDeleteActivity((_context, _reference, send) => this.#change(context, {}, send));
    await this.#turns.run(turn, next);
  }

  /**
   * Whether the bot may speak in the turn's thread. If it may not, that is logged. Where nothing is known of the thread because the
   * customer wrote before this store was begun, the owner is asked.
   */
  async maySpeak(context: TurnContext): Promise<boolean> {
    const [turn, thread] = this.#turnOf(context);
    if (turn === undefined || thread === undefined) return true;
    return this.#mayAct(turn, thread, { ...occasionOf(context), unknown: 'ask' });
  }

  /** The thread is this bot's, whatever was known before. */
  async regained(thread: Thread): Promise<void> {
    await this.#ownership.note(thread, 'this');
    this.#turns.getStore()?.found.set(thread.psid, own);
  }

  /** Another receiver has the thread. */
  async lost(thread: Thread): Promise<void> {
    await this.#ownership.note(thread, 'other');
    this.#turns.getStore()?.found.delete(thread.psid);
  }

  /** A person talks in the thread although nothing was moved: nothing is said there until it is {@link regained}, or passed to this bot. */
  async pause(thread: Thread): Promise<void> {
    await this.#ownership.pause(thread);
    this.#turns.getStore()?.found.delete(thread.psid);
  }

  /** Says something in the running turn. `ifAllowed`: Meta decides, also on standby, and its refusal is worth a debug line only. */
  async speak<T>(speaking: Speaking, say: () => Promise<T>): Promise<T> {
    const turn = this.#turns.getStore();
    if (turn === undefined) return say();
    const isAttempt = speaking === 'ifAllowed' && turn.onStandby;
    return this.#turns.run(
      { ...turn, ...(isAttempt && { onStandby: false, found: new Map(turn.found) }), speaking },
      say,
    );
  }

  override async passThreadControl(userId: string, targetAppId?: string, metadata?: string): Promise<void> {
    await this.#leave(userId, () => super.passThreadControl(userId, targetAppId, metadata));
  }

  override async releaseThreadControl(userId: string, metadata?: string): Promise<void> {
    await this.#leave(userId, () => super.releaseThreadControl(userId, metadata));
  }

  override async extendThreadControl(userId: string, seconds: number): Promise<void> {
    if (await this.#mayMove(userId)) await super.extendThreadControl(userId, seconds);
  }

  override async takeThreadControl(userId: string, metadata?: string): Promise<void> {
    await super.takeThreadControl(userId, metadata);
    await this.regained(this.#threadOf(userId));
  }

  /** Notes what the turn's event tells. Who owns the thread is in no message, so the bot reads those, once. */
  async #begin(context: TurnContext): Promise<GuardedTurn> {
    const event = mayTellOwner(context.activity) ? facebookEventOf(context) : undefined;
    const turn: GuardedTurn = {
      pageId: event?.pageId ?? threadOf(context.activity)?.pageId,
      onStandby: event?.via === 'standby',
      speaking: undefined,
      found: new Map(),
      told: new Set(),
    };
    if (event !== undefined) await this.#note(event, customerOf(context), turn);
    return turn;
  }

  async #note(event: FacebookEvent, thread: Thread | undefined, { found }: GuardedTurn): Promise<void> {
    if (event.kind === 'app_roles') {
      await this.#ownership.rolesChanged(event.pageId ?? '', event.timestamp ?? 0);
    }
    if (thread === undefined || (event.kind !== 'pass_thread_control' && event.kind !== 'take_thread_control')) return;
    const isTake = event.kind === 'take_thread_control';
    const { newOwnerAppId, previousOwnerAppId, timestamp } = event;
    const isElsewhere = isAnotherReceiver(newOwnerAppId, this.#options.appId);
    // A take event may name only who lost the thread.
    const isUnclear =
      isTake && newOwnerAppId === undefined && isAnotherReceiver(previousOwnerAppId, this.#options.appId);
    if (isUnclear) return;
    const isLost = isElsewhere || (isTake && newOwnerAppId === undefined);
    await this.#ownership.note(thread, isLost ? 'other' : 'this', timestamp);
    // Only the classic protocol lets who lost a thread say so, and nobody but Meta knows which rules hold.
    if (isTake || !isLost) found.set(thread.psid, own);
  }

  /** The turn that runs here, and whom it is about. */
  #turnOf(context: TurnContext): [GuardedTurn | undefined, Thread | undefined] {
    const turn = this.#turns.getStore();
    const thread = customerOf(context);
    if (turn !== undefined && thread !== undefined) turn.pageId = thread.pageId;
    return [turn, thread];
  }

  async #send(
    context: TurnContext,
    activities: Partial<Activity>[],
    send: () => Promise<ResourceResponse[]>,
  ): Promise<ResourceResponse[]> {
    const [turn, thread] = this.#turnOf(context);
    if (turn === undefined || thread === undefined || !activities.some(isHeard)) return send();
    const all = activities.length;
    if (!(await this.#mayAct(turn, thread, occasionOf(context)))) {
      // What stays inside the process goes its way. Bot Builder sends what is left in this list.
      const rest = activities.filter((activity) => !isHeard(activity));
      activities.splice(0, all, ...rest);
      if (rest.length > 0) await send();
      return noIds(all);
    }
    return (await this.#unlessRefused(turn, thread, send)) ?? noIds(all);
  }

  async #change(context: TurnContext, activity: Partial<Activity>, send: () => Promise<void>): Promise<void> {
    const [turn, thread] = this.#turnOf(context);
    if (turn === undefined || thread === undefined || !isHeard(activity)) return send();
    if (await this.#mayAct(turn, thread, occasionOf(context))) await this.#unlessRefused(turn, thread, send);
  }

  async #unlessRefused<T>(turn: GuardedTurn, thread: Thread, send: () => Promise<T>): Promise<T | undefined> {
    try {
      return await send();
    } catch (error) {
      if (!isRefusedAsNotThreadOwner(error)) throw error;
      await this.#ownership.note(thread, 'other');
      turn.found.set(thread.psid, { may: false, isAsked: true });
      this.#tell(turn, thread, 'refusedByMeta');
      return undefined;
    }
  }

  async #mayAct(turn: GuardedTurn, thread: Thread, occasion: Occasion): Promise<boolean> {
    const { onStandby } = turn;
    const isAsked = occasion.unknown === 'ask';
    const found = turn.found.get(thread.psid);
    const isFound = found !== undefined && (!found.may || found.isAsked || !isAsked);
    const may = isFound ? found.may : await this.#ownership.maySpeak(thread, { ...occasion, onStandby });
    if (!isFound) turn.found.set(thread.psid, { may, isAsked });
    if (!may) this.#tell(turn, thread, 'ownedByAnother');
    return may;
  }

  #tell(turn: GuardedTurn, { pageId, psid }: Thread, reason: Reason): void {
    if (turn.told.has(psid)) return;
    turn.told.add(psid);
    const level = reason === 'refusedByMeta' ? levelOf(turn.speaking) : 'info';
    const conversation = conversationKey(pageId, psid);
    this.#options.logger[level]({ suppressed: true, reason, conversation }, sentences[reason]);
  }

  /** A refused pass changed nothing; one without an answer may have. */
  async #leave(userId: string, call: () => Promise<void>): Promise<void> {
    if (!(await this.#mayMove(userId))) return;
    const thread = this.#threadOf(userId);
    try {
      await call();
    } catch (error) {
      if (!(error instanceof GraphApiError)) await this.lost(thread);
      throw error;
    }
    await this.lost(thread);
  }

  /** Whether the thread may be this bot's to give away. Outside of a turn Meta decides. */
  async #mayMove(userId: string): Promise<boolean> {
    const turn = this.#turns.getStore();
    return !this.isAvailable || turn === undefined || this.#mayAct(turn, this.#threadOf(userId), {});
  }

  /** A page token is for one Page, and so is a turn. */
  #threadOf(psid: string): Thread {
    const pageId = this.#turns.getStore()?.pageId ?? this.#options.pageId?.();
    return { pageId: pageId ?? '', psid };
  }
}

const sentences: Readonly<Record<Reason, string>> = {
  ownedByAnother: 'Nothing is said, because another receiver owns the thread.',
  refusedByMeta: 'A message was refused, because another receiver owns the thread.',
};

/** The guard that stands before this turn, if there is one. */
export function guardOf(context: TurnContext): OwnershipGuard | undefined {
  return guards.get(context);
}

/** Runs a turn that was split off another one under that one's guard, if it has one. */
export async function guardedAs(whole: TurnContext, part: TurnContext, run: () => Promise<void>): Promise<void> {
  const guard = guardOf(whole);
  await (guard === undefined ? run() : guard.onTurn(part, run));
}

/**
 * Whether the bot may speak in the turn's thread, as far as is known: ask before work whose only use is an answer. If it may not, the log has a
 * line. Without a guard, as in a test of a bot alone, it may.
 */
export async function maySpeak(context: TurnContext): Promise<boolean> {
  return (await guardOf(context)?.maySpeak(context)) ?? true;
}

function levelOf(speaking: Speaking | undefined): 'debug' | 'info' | 'warn' {
  if (speaking === undefined) return 'info';
  return speaking === 'asOwner' ? 'warn' : 'debug';
}

function occasionOf(context: TurnContext): Occasion {
  const event = facebookEventOf(context);
  const isForThisApp = event !== undefined && event.via === 'messaging' && isSaid(event);
  return { writtenAt: event?.timestamp, isForThisApp };
}

/** Read in an activity without looking for its event. */
function mayTellOwner({ type, channelData }: Partial<Activity>): boolean {
  return type !== 'message' || telling.some((name) => readProperty(channelData, name) !== undefined);
}

const telling = ['pass_thread_control', 'take_thread_control', 'app_roles'] as const;

const inside: ReadonlySet<string> = new Set(['trace', 'delay', 'invokeResponse', 'endOfConversation']);

/** Whether an activity goes to the customer. */
function isHeard({ type }: Partial<Activity>): boolean {
  return !inside.has(type ?? '');
}

function noIds(count: number): ResourceResponse[] {
  return Array.from({ length: count }, () => ({ id: '' }));
}
