import { isDeepStrictEqual } from 'node:util';
import type { ActivityHandler, Middleware, TurnContext } from 'botbuilder';
import { applyFacebookPayload } from '../../helpers/applyFacebookPayload.ts';
import { timerOf } from '../../helpers/botTimers.ts';
import { isGraphError } from '../../helpers/graph/graphErrors.ts';
import { once } from '../../helpers/once.ts';

import { isSaid } from '../../models/facebookActivity.ts';
import type { HandoffStatus } from '../../models/handoffStatus.ts';
import { customerOf, facebookEventOf } from '../facebookTurn.ts';
import { maySpeak } from '../ownershipGuard.ts';
import { ThreadNotes, type Thread } from '../threadNotes.ts';
import { decide } from './decide.ts';
import type { Cause, Decision, HookName, TakeoverEvent } from './decision.ts';
import { plannedSteps } from './dueTimes.ts';
import { noRecord, readThreadRecord, type Handover, type HandoverEnd, type ThreadRecord } from './record.ts';
import { isPassed, takeoverRules, type TakeoverRules } from './rules.ts';
import { TakeoverActions, takeoverTimer, type Hooks, type TakeoverParts } from './takeoverActions.ts';
import { takeoverEventOf } from './takeoverEvent.ts';
import type { HandoverPlan } from './takeoverWatcher.ts';

export type { TakeoverParts } from './takeoverActions.ts';

/** Why the bot hands over, and to whom. */
export interface HandOverOptions {
  /** In a few words. */
  readonly reason?: string;
  /** What the customer wants, in a word of the bot's. */
  readonly intent?: string;
  /** What the next receiver should know. */
  readonly summary?: string;
  /** To whom, before those of the rules. */
  readonly to?: string;
  /** `nothing`: the bot has told the customer already. */
  readonly say?: 'nothing';
}

/** What became of a wish for a person. `kept`: until people are there. `already`: a person had the conversation before. */
export type HandOverResult = 'handedOver' | 'kept' | 'declined' | 'already';

/**
 * Human takeover for any bot: a person gets the conversation when the customer, the bot or the person wants it, the bot is silent meanwhile, and
 * it comes back when it should. When that is, the rules say.
 *
 * @example
 * const takeover = new Takeover(parts, { silenceMs: 30 * 60_000 });
 * return takeover.before(new MyBot(parts, takeover));
 */
export class Takeover implements Middleware {
  readonly #parts: TakeoverParts;
  readonly #rules: TakeoverRules;
  readonly #records: ThreadNotes<ThreadRecord>;
  readonly #actions: TakeoverActions;
  readonly #hooks: Hooks = { handedOver: [], personSpoke: [], handedBack: [], declined: [] };

  /** @throws RangeError for rules that make no sense */
  constructor(parts: TakeoverParts, rules: Partial<TakeoverRules> = {}) {
    this.#parts = parts;
    this.#rules = takeoverRules(rules);
    const { notes: storage, appId, earlier } = parts;
    this.#records = new ThreadNotes({ storage, appId, topic: 'takeover', read: readThreadRecord, earlier });
    this.#actions = new TakeoverActions(parts, this.#rules, this.#hooks);
    for (const watcher of parts.watchers ?? []) watcher.watch(this);
  }

  /** A person has got the conversation, or taken it. */
  onHandedOver(handler: (handover: Handover, context: TurnContext) => Promise<void>): this {
    return this.#on('handedOver', handler);
  }

  /** A person wrote to the customer, for the first time or again. */
  onPersonSpoke(handler: (handover: Handover, context: TurnContext, text: string | undefined) => Promise<void>): this {
    return this.#on('personSpoke', handler);
  }

  /** The bot has the conversation again. */
  onHandedBack(handler: (handover: Handover, context: TurnContext) => Promise<void>): this {
    return this.#on('handedBack', handler);
  }

  /** A wish for a person came to nothing: nobody took it, nobody is there at this hour, or the customer no longer wants it. `end` tells. */
  onHandoverDeclined(handler: (handover: Handover, context: TurnContext) => Promise<void>): this {
    return this.#on('declined', handler);
  }

  /** A bot with this part before it. */
  before(bot: Pick<ActivityHandler, 'run'>): Pick<ActivityHandler, 'run'> {
    return { run: (context) => this.onTurn(context, () => bot.run(context)) };
  }

  /** The part as middleware, or as a handler for `onTurn` of an `ActivityHandler`. */
  async onTurn(context: TurnContext, next: () => Promise<void>): Promise<void> {
    const thread = customerOf(context);
    if (thread === undefined) return next();
    const timer = timerOf(context);
    if (timer?.name === takeoverTimer) {
      // It is due, whatever the clock says.
      await this.#happen(context, thread, await this.#recordOf(thread), { kind: 'due' }, timer.dueAt);
      return;
    }
    const isForBot = (await this.#read(context, thread)) !== 'silent';
    if (isForBot) await this.#runBot(context, next);
  }

  /** The handover that a person has, or that waits for the opening; undefined if the bot has the conversation. */
  async handoverOf(context: TurnContext): Promise<Handover | undefined> {
    const thread = customerOf(context);
    return thread && (await this.#records.get(thread))?.open;
  }

  /** The same of any conversation, also outside of a turn, and what comes although nothing happens. */
  async planOf(thread: Thread, now: number): Promise<HandoverPlan | undefined> {
    const open = (await this.#records.get(thread))?.open;
    return open && { handover: open, next: plannedSteps(this.#rules, open, now) };
  }

  /** The last handovers of the conversation that have ended, the newest last. */
  async pastOf(context: TurnContext): Promise<readonly Handover[]> {
    const thread = customerOf(context);
    return thread === undefined ? [] : (await this.#recordOf(thread)).past;
  }

  /** Hands the conversation over to a person. Unless the result is `declined`, say nothing more in the turn. */
  async handOver(context: TurnContext, options: HandOverOptions = {}): Promise<HandOverResult> {
    const { reason: reasonText, ...more } = options;
    return this.#ask(context, { reason: 'bot', reasonText }, more);
  }

  /** The bot's answer did not help. After as many in a row as the rules say, a person is called. */
  async unhelpful(context: TurnContext): Promise<HandOverResult | 'counted'> {
    const open = await this.#happenHere(context, (at, locale) => ({ kind: 'answered', at, helped: false, locale }));
    return open === undefined ? 'counted' : resultOf(open);
  }

  /** The bot's answer helped, so those that did not are no longer counted. */
  async helped(context: TurnContext): Promise<void> {
    await this.#happenHere(context, (at) => ({ kind: 'answered', at, helped: true }));
  }

  /** The bot itself has passed the thread: from now on it is handed over. */
  async handedOver(context: TurnContext, { to, ...cause }: Cause & { to: string }): Promise<void> {
    await this.#happenHere(context, (at, locale) => ({ kind: 'handedOver', at, to, locale, ...cause }));
  }

  /** Ends the handover: the bot takes the conversation, and says so. */
  async handBack(context: TurnContext, end: HandoverEnd = 'bot'): Promise<void> {
    await this.#happenHere(context, () => ({ kind: 'handBack', end }));
  }

  /** A desk was told of the handover, or may have been. */
  async deskTold(context: TurnContext): Promise<void> {
    await this.#happenHere(context, (at) => ({ kind: 'deskTold', at }));
  }

  /** What a desk says about the handover: `completed` and `failed` end it, and the bot comes back. */
  async deskSaid(context: TurnContext, { state }: Pick<HandoffStatus, 'state'>): Promise<void> {
    await this.#happenHere(context, (at) => ({ kind: 'desk', at, state }));
  }

  #on(hook: HookName, handler: Hooks[HookName][number]): this {
    this.#hooks[hook].push(handler);
    return this;
  }

  /** What the event of the turn means. */
  async #read(context: TurnContext, thread: Thread): Promise<Decision['bot']> {
    const event = facebookEventOf(context);
    if (event === undefined) return 'runs';
    const { locale } = context.activity;
    const record = await this.#recordOf(thread);
    const at = this.#timeOf(context);
    if (event.kind === 'take_thread_control') await this.#actions.noteTakes(thread);
    const parties = { rules: this.#rules, open: record.open, appId: this.#parts.appId, locale };
    const meant = takeoverEventOf(event, at, parties);
    // It may have come late, and the bot has passed the thread on since.
    if (meant?.kind === 'threadGained' && meant.from !== 'own' && !(await maySpeak(context))) return 'runs';
    // Most messages mean nothing here, and need no clock.
    if (meant === undefined || isNothing(record, decide(this.#rules, record, meant, at))) return 'runs';
    applyFacebookPayload(context, event);
    return (await this.#happen(context, thread, record, meant, at)).bot;
  }

  /** Something that the bot tells. @returns the open handover afterwards, or one that it ended with */
  async #happenHere(
    context: TurnContext,
    make: (at: number, locale: string | undefined) => TakeoverEvent,
    known?: ThreadRecord,
  ): Promise<Handover | undefined> {
    const thread = customerOf(context);
    if (thread === undefined) return undefined;
    const { activity } = context;
    const at = this.#timeOf(context);
    const [before, event] = [known ?? (await this.#recordOf(thread)), make(at, activity.locale)];
    if (isNothing(before, decide(this.#rules, before, event, at))) return before.open;
    const { record } = await this.#happen(context, thread, before, event, at);
    const last = record.past.at(-1);
    return record.open ?? (last?.id === before.past.at(-1)?.id ? undefined : last);
  }

  async #ask(
    context: TurnContext,
    cause: Cause,
    { to, say, ...more }: Omit<HandOverOptions, 'reason'> = {},
  ): Promise<HandOverResult> {
    const thread = customerOf(context);
    if (thread === undefined) return 'declined';
    const known = await this.#recordOf(thread);
    if (known.open?.state === 'person') return 'already';
    const asked = (at: number, locale: string | undefined): TakeoverEvent => {
      return { kind: 'asked', at, locale, to, say, ...cause, ...more };
    };
    return resultOf(await this.#happenHere(context, asked, known));
  }

  /** The bot, and a person in its place if it throws an error of its own. */
  async #runBot(context: TurnContext, next: () => Promise<void>): Promise<void> {
    if (this.#rules.onException === 'throw') return next();
    try {
      await next();
    } catch (error) {
      // What the platform refuses may go well when the turn runs again.
      if (isGraphError(error) || (error instanceof Error && error.name === 'RestError')) throw error;
      const result = await this.#ask(context, { reason: 'exception' });
      if (result === 'declined' || result === 'already') throw error;
      this.#parts.logger.error({ err: error }, 'The bot has failed, so the conversation was handed over.');
    }
  }

  /** Decides and does what was decided, with all that comes of it. */
  async #happen(
    context: TurnContext,
    thread: Thread,
    known: ThreadRecord,
    event: TakeoverEvent,
    at: number,
  ): Promise<{ record: ThreadRecord; bot: Decision['bot'] }> {
    const { isAvailable } = this.#actions.controlOf(context);
    const { receivers } = this.#rules;
    const rules = isAvailable
      ? this.#rules
      : { ...this.#rules, receivers: receivers.filter((receiver) => !isPassed(receiver)) };
    const now = Math.max(at, await this.#clock(context));
    let record = known;
    let bot: Decision['bot'];
    const events: TakeoverEvent[] = [event];
    for (let one = events.shift(); one !== undefined; one = events.shift()) {
      const decision = decide(rules, record, one, now);
      bot = decision.bot ?? bot;
      const isNew = !isDeepStrictEqual(decision.record, record);
      record = decision.record;
      // A turn that is given up in the middle leaves what was before.
      if (isNew && isSettled(record)) await this.#records.set(thread, record);
      for (const action of decision.actions) {
        const result = action.do === 'again' ? event : await this.#actions.perform(context, thread, action, now);
        if (result !== undefined) events.push(result);
        if (result?.kind === 'suppressed') break;
      }
    }
    return { record, bot };
  }

  async #recordOf(thread: Thread): Promise<ThreadRecord> {
    return (await this.#records.get(thread)) ?? noRecord;
  }

  /** When the event of the turn happened. The item says when what was heard of others was said; the activity may tell when it was told. */
  #timeOf(context: TurnContext): number {
    const event = facebookEventOf(context);
    const [told, happened] = [context.activity.timestamp?.getTime(), event?.timestamp];
    const isSaidHere = event !== undefined && event.via === 'messaging' && isSaid(event);
    return (isSaidHere ? (told ?? happened) : (happened ?? told)) ?? this.#parts.now?.() ?? Date.now();
  }

  /** The same in each run of the turn; the time of the event where the bot was given no clock. */
  async #clock(context: TurnContext): Promise<number> {
    const { now } = this.#parts;
    return now === undefined ? 0 : once(context, 'takeover/now', now);
  }
}

function isNothing(record: ThreadRecord, { record: next, actions, bot }: Decision): boolean {
  return bot !== 'silent' && actions.length === 0 && isDeepStrictEqual(next, record);
}

function isSettled({ open }: ThreadRecord): boolean {
  return open === undefined || open.state === 'waiting' || open.state === 'person';
}

function resultOf(handover: Handover | undefined): HandOverResult {
  if (handover?.state === 'person') return 'handedOver';
  return handover?.state === 'waiting' ? 'kept' : 'declined';
}
