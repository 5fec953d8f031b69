import { type Activity, ActivityHandler, type BotHandler, TurnContext } from 'botbuilder';
import { timerOf, type BotTimer } from '../helpers/botTimers.ts';
import { applyFacebookPayload, isLoadedState } from '../helpers/applyFacebookPayload.ts';
import { countStandby, isSaid, postbackAsMessage, splitStandby } from '../models/facebookActivity.ts';
import type {
  AppRolesEvent,
  DeliveryEvent,
  EchoEvent,
  FacebookEvent,
  NoticeEvent,
  OptinEvent,
  PolicyEnforcementEvent,
  PassThreadControlEvent,
  PostbackEvent,
  ReactionEvent,
  ReadEvent,
  ReferralEvent,
  RequestThreadControlEvent,
  TakeThreadControlEvent,
} from '../models/facebookEvent.ts';
import { facebookEventOf } from './facebookTurn.ts';
import {
  isEcho,
  isNotice,
  isQuickReply,
  isStandby,
  ofKind,
  referralWith,
  type QuickReplyEvent,
  type StandbyEvent,
} from './handledEvents.ts';
import { dropMalformedMembers, saysSomething } from './oddActivities.ts';
import { guardedAs } from './ownershipGuard.ts';

export type { QuickReplyEvent, StandbyEvent } from './handledEvents.ts';

/** Handles one kind of event. Without a call of `next()` nothing that comes later in the order runs for this activity. */
export type FacebookHandler<E extends FacebookEvent> = (
  event: E,
  context: TurnContext,
  next: () => Promise<void>,
) => Promise<void>;

/**
 * Bot Builder's `ActivityHandler` with Messenger's events: register handlers with the `onFacebook…` methods, which
 * receive the event typed, as Bot Builder's `TeamsActivityHandler` does it for Teams.
 *
 * The order for every activity that carries a Facebook event:
 *
 * | event | handlers, each reached when the one before called `next()` |
 * |---|---|
 * | echo, wherever it was heard | `onTurn`, `onFacebookEcho`, and there it ends |
 * | notice of Meta's own, wherever it was heard | `onTurn`, `onFacebookNotice`, `onEvent`, `onDialog`; never `onMessage` |
 * | anything else on standby | `onTurn`, `onFacebookStandby`, `onEvent`, `onDialog`; never `onMessage` |
 * | pass, take, request, app roles, policy | `onTurn`, their own, `onConversationUpdate` or `onEvent`, `onDialog` |
 * | postback, quick reply, opt-in, referral | `onTurn`, their own, `onMessage` or `onEvent` unless one of their own has sent a message, `onDialog` |
 * | other message | `onTurn`, `onMessage`, `onDialog` |
 * | any of these two rows with a referral inside or beside it | `onFacebookReferral` before all of its own |
 * | unsupported, such as an edited message or one taken back | `onTurn`, `onEvent`, `onDialog`; never `onMessage` |
 * | reaction, read, delivery | `onTurn`, their own, `onEvent` unless it came as a message, `onDialog` |
 *
 * `from`, `recipient` and `conversation` of the activity are filled in before the first handler runs. On other channels
 * everything is as in `ActivityHandler`. A payload that makes no sense never throws.
 *
 * Source: https://learn.microsoft.com/javascript/api/botbuilder/teamsactivityhandler
 */
export class FacebookActivityHandler extends ActivityHandler {
  /** Each gives what to run for an event, if it is one of its kind. */
  readonly #handlers: ((event: FacebookEvent) => BotHandler | undefined)[] = [];

  /** Control of a thread was passed, usually to this app: when in doubt compare `newOwnerAppId`. */
  onFacebookPassThreadControl(handler: FacebookHandler<PassThreadControlEvent>): this {
    return this.#onFacebook(ofKind('pass_thread_control'), handler);
  }

  /** Control was taken, usually from this app, which can no longer speak then, except under the classic protocol. */
  onFacebookTakeThreadControl(handler: FacebookHandler<TakeThreadControlEvent>): this {
    return this.#onFacebook(ofKind('take_thread_control'), handler);
  }

  /** Another receiver, or a person in the Page Inbox, asks for control. Nothing has changed yet. */
  onFacebookRequestThreadControl(handler: FacebookHandler<RequestThreadControlEvent>): this {
    return this.#onFacebook(ofKind('request_thread_control'), handler);
  }

  /** Called once for each item heard on standby, except echoes and notices, which have handlers of their own wherever they are heard. */
  onFacebookStandby(handler: FacebookHandler<StandbyEvent>): this {
    return this.#onFacebook(isStandby, handler);
  }

  /**
   * The customer tapped a button. The payload is missing when another app sent the button. With `next()` and without an answer `onMessage` follows,
   * with the payload as text, or `onEvent` in a bot that has no `onMessage`.
   */
  onFacebookPostback(handler: FacebookHandler<PostbackEvent>): this {
    return this.#onFacebook(ofKind('postback'), handler);
  }

  /** The customer tapped a quick reply; with `next()` and without an answer `onMessage` follows, with the title as text. */
  onFacebookQuickReply(handler: FacebookHandler<QuickReplyEvent>): this {
    return this.#onFacebook(isQuickReply, handler);
  }

  /** The customer opted in. */
  onFacebookOptin(handler: FacebookHandler<OptinEvent>): this {
    return this.#onFacebook(ofKind('optin'), handler);
  }

  /** Something the Page itself said, through any receiver; `via` tells where it was heard. Do not answer it. */
  onFacebookEcho(handler: FacebookHandler<EchoEvent>): this {
    return this.#onFacebook(isEcho, handler);
  }

  /**
   * Meta's own line in a thread, such as "Your AI agent will respond."; `via` tells where it was heard. Do not answer it, and conclude
   * nothing from it alone: Meta does not write one for each change.
   */
  onFacebookNotice(handler: FacebookHandler<NoticeEvent>): this {
    return this.#onFacebook(isNotice, handler);
  }

  /**
   * The customer came through a link, an ad or a product of the shop. When Meta says so with a message, a postback or an opt-in, this
   * handler comes before theirs, with `raw` the whole item, and they follow when it calls `next()`.
   */
  onFacebookReferral(handler: FacebookHandler<ReferralEvent>): this {
    return this.#onFacebook(ofKind('referral'), handler);
  }

  /** The customer reacted to a message, or took a reaction back. */
  onFacebookReaction(handler: FacebookHandler<ReactionEvent>): this {
    return this.#onFacebook(ofKind('reaction'), handler);
  }

  /** The customer read everything up to the watermark. */
  onFacebookRead(handler: FacebookHandler<ReadEvent>): this {
    return this.#onFacebook(ofKind('read'), handler);
  }

  /** The customer's device received everything up to the watermark. */
  onFacebookDelivery(handler: FacebookHandler<DeliveryEvent>): this {
    return this.#onFacebook(ofKind('delivery'), handler);
  }

  /** The Page's receivers were given other roles. There is no customer and no conversation to speak in. */
  onFacebookAppRoles(handler: FacebookHandler<AppRolesEvent>): this {
    return this.#onFacebook(ofKind('app_roles'), handler);
  }

  /** Meta warned the Page, or blocked it, and then it can send nothing. There is no customer and no conversation to speak in. */
  onFacebookPolicyEnforcement(handler: FacebookHandler<PolicyEnforcementEvent>): this {
    return this.#onFacebook(ofKind('policy_enforcement'), handler);
  }

  /** A timer of this name fired, see `BotTimers`. `onEvent` follows when it calls `next()`. */
  onTimer(
    name: string,
    handler: (timer: BotTimer, context: TurnContext, next: () => Promise<void>) => Promise<void>,
  ): this {
    return this.onEvent(async (context, next) => {
      const timer = timerOf(context);
      await (timer?.name === name ? handler(timer, context, next) : next());
    });
  }

  /** The event that the turn's activity carries, which is read once a turn. */
  protected facebookEvent(context: TurnContext): FacebookEvent | undefined {
    return facebookEventOf(context);
  }

  protected override async onTurnActivity(context: TurnContext): Promise<void> {
    const { activity } = context;
    if (countStandby(activity) > 1) {
      for (const one of splitStandby(activity)) {
        const part = forkTurn(context, one);
        await guardedAs(context, part, () => this.onTurnActivity(part));
      }
      return;
    }
    dropMalformedMembers(activity);
    const event = facebookEventOf(context);
    if (event !== undefined) {
      applyFacebookPayload(context, event);
      Object.assign(activity, postbackAsMessage(activity, event));
    }
    await super.onTurnActivity(context);
  }

  protected override async onMessageActivity(context: TurnContext): Promise<void> {
    // A like or a receipt is not a message to the bot, whatever type of activity brought it.
    const event = facebookEventOf(context);
    let general = this.defaultNextEvent(context);
    if (event?.kind === 'postback' && (this.handlers['Message'] ?? []).length === 0) {
      context.activity.value ??= event.raw;
      general = () => super.onEventActivity(context);
    } else if (event === undefined ? saysSomething(context.activity) : isSaid(event)) {
      general = () => super.onMessageActivity(context);
    } else if (event === undefined || event.kind === 'unsupported' || event.kind === 'notice') {
      // Handlers of `onEvent` look there.
      context.activity.value ??= event?.raw;
      general = () => super.onEventActivity(context);
    }
    await this.#facebookFirst(context, general);
  }

  protected override async onConversationUpdateActivity(context: TurnContext): Promise<void> {
    await this.#facebookFirst(context, () => super.onConversationUpdateActivity(context));
  }

  protected override async onEventActivity(context: TurnContext): Promise<void> {
    await this.#facebookFirst(context, () => super.onEventActivity(context));
  }

  protected override async onMessageReactionActivity(context: TurnContext): Promise<void> {
    await this.#facebookFirst(context, () => super.onMessageReactionActivity(context));
  }

  async #facebookFirst(context: TurnContext, general: () => Promise<void>): Promise<void> {
    const event = facebookEventOf(context);
    if (event === undefined) return general();
    const handlersOf = (one: FacebookEvent) => this.#handlers.flatMap((handlerFor) => handlerFor(one) ?? []);
    const referral = referralWith(event).flatMap(handlersOf);
    const mine = [...referral, ...handlersOf(event)];
    let isAnswered = false;
    if (isSaid(event) && mine.length > referral.length) onMessageSent(context, () => (isAnswered = true));
    const runFrom = async (index: number): Promise<void> => {
      // What was said about the link or ad is no answer to what the customer tapped.
      if (index === referral.length) isAnswered = false;
      const handler = mine[index];
      if (handler !== undefined) await handler(context, () => runFrom(index + 1));
      else if (!isEcho(event)) await (isAnswered ? this.defaultNextEvent(context)() : general());
    };
    await runFrom(0);
  }

  /** All Facebook handlers are one chain, of which those run that are for this kind of event. */
  #onFacebook<E extends FacebookEvent>(
    isMine: (event: FacebookEvent) => event is E,
    handler: FacebookHandler<E>,
  ): this {
    this.#handlers.push((event) => {
      return isMine(event) ? (context, next) => handler(event, context, next) : undefined;
    });
    return this;
  }
}

/**
 * The endpoints of this project hand over one standby item per activity. Behind another adapter several customers may
 * come in one, and Bot Builder caches state per turn, so each gets a turn, with what the adapter left in the first one,
 * but without the state of its conversation.
 */
function forkTurn(context: TurnContext, activity: Activity): TurnContext {
  const turn = new TurnContext(context.adapter, activity);
  for (const [key, value] of context.turnState) {
    // What was loaded for the first turn's conversation is not this one's: it would be saved under its key.
    if (!isLoadedState(value)) turn.turnState.set(key, value);
  }
  return turn;
}

/** Calls back for each message that is sent in the turn from now on; typing and the like are none. */
function onMessageSent(context: TurnContext, sent: () => void): void {
  context.onSendActivities(async (_context, activities, send) => {
    const responses = await send();
    if (activities.some(({ type }) => type === 'message')) sent();
    return responses;
  });
}
