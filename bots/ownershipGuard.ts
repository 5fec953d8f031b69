import type { Activity, Middleware, ResourceResponse, TurnContext } from 'botbuilder';
import { BotThreadControl } from '../helpers/botThreadControl.ts';
import type { ThreadControl } from '../helpers/facebookThreadControlHelper.ts';
import { isRefusedAsNotThreadOwner } from '../helpers/graph/relayedRefusal.ts';
import { isSaid } from '../models/facebookActivity.ts';
import type { FacebookEvent } from '../models/facebookEvent.ts';
import { readProperty } from '../models/readJson.ts';
import { customerOf, facebookEventOf, threadOf } from './facebookTurn.ts';
import { GuardedThreadControl } from './guardedThreadControl.ts';
import { GuardedTurns, type GuardedTurn, type GuardedTurnsOptions, type Speaking } from './guardedTurns.ts';
import { spanOfEvent } from './ownershipNote.ts';
import type { Thread } from './threadNotes.ts';
import type { Occasion } from './threadOwnership.ts';

export type { Speaking } from './guardedTurns.ts';

export interface OwnershipGuardOptions extends Omit<GuardedTurnsOptions, 'threadControl'> {
  /** Undefined without a page token. Then nobody can be asked, and events alone tell who owns a thread. */
  threadControl: ThreadControl | undefined;
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
export class OwnershipGuard extends GuardedThreadControl implements Middleware {
  readonly #turns: GuardedTurns;

  constructor(options: OwnershipGuardOptions) {
    const turns = new GuardedTurns({ ...options, threadControl: new BotThreadControl(options.threadControl) });
    super(options.threadControl, turns);
    this.#turns = turns;
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
    return this.#turns.mayAct(turn, thread, { ...occasionOf(context), unknown: 'ask' });
  }

  /** The thread is this bot's, whatever was known before. */
  async regained(thread: Thread): Promise<void> {
    await this.#turns.regained(thread);
  }

  /** Another receiver has the thread. */
  async lost(thread: Thread): Promise<void> {
    await this.#turns.lost(thread);
  }

  /** A person talks in the thread although nothing was moved: nothing is said there until it is {@link regained}, or passed to this bot. */
  async pause(thread: Thread): Promise<void> {
    await this.#turns.pause(thread);
  }

  /** Says something in the running turn. `ifAllowed`: Meta decides, also on standby, and its refusal is worth a debug line only. */
  async speak<T>(speaking: Speaking, say: () => Promise<T>): Promise<T> {
    const turn = this.#turns.current();
    if (turn === undefined) return say();
    const isAttempt = speaking === 'ifAllowed' && turn.onStandby;
    return this.#turns.run(
      { ...turn, ...(isAttempt && { onStandby: false, found: new Map(turn.found) }), speaking },
      say,
    );
  }

  /** Notes what the turn's event tells. Who owns the thread is in no message, so the bot reads those, once. */
  #begin(context: TurnContext): Promise<GuardedTurn> {
    const event = mayTellOwner(context.activity) ? facebookEventOf(context) : undefined;
    const pageId = event?.pageId ?? threadOf(context.activity)?.pageId;
    const happenedAt = () => timeOf(facebookEventOf(context));
    return this.#turns.begin({ pageId, happenedAt }, event, event && customerOf(context));
  }

  /** The turn that runs here, and whom it is about. */
  #turnOf(context: TurnContext): [GuardedTurn | undefined, Thread | undefined] {
    const turn = this.#turns.current();
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
    if (!(await this.#turns.mayAct(turn, thread, occasionOf(context)))) {
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
    if (await this.#turns.mayAct(turn, thread, occasionOf(context))) await this.#unlessRefused(turn, thread, send);
  }

  async #unlessRefused<T>(turn: GuardedTurn, thread: Thread, send: () => Promise<T>): Promise<T | undefined> {
    try {
      return await send();
    } catch (error) {
      if (!isRefusedAsNotThreadOwner(error)) throw error;
      await this.#turns.refused(turn, thread);
      return undefined;
    }
  }
}

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

function occasionOf(context: TurnContext): Occasion {
  const event = facebookEventOf(context);
  const isTimed = timeOf(event) !== undefined;
  const isForThisApp = event !== undefined && event.via === 'messaging' && isSaid(event) && isTimed;
  return { writtenAt: event?.timestamp, isForThisApp };
}

/** When an event happened, if it tells that itself. */
function timeOf(event: FacebookEvent | undefined): number | undefined {
  const { earliest = -Infinity } = event === undefined ? {} : spanOfEvent(event);
  return Number.isFinite(earliest) ? earliest : undefined;
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
