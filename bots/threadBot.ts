import { type Activity, Channels, MessageFactory, type Storage, type TurnContext } from 'botbuilder';
import type { ThreadControl } from '../helpers/facebookThreadControlHelper.ts';
import { GraphApiError, GraphTransportError } from '../helpers/graph/graphErrors.ts';
import type { Logger } from '../helpers/logging/logger.ts';
import { createRecentStorage } from '../helpers/recentStorage.ts';
import type {
  EchoEvent,
  NoticeEvent,
  PassThreadControlEvent,
  PolicyEnforcementEvent,
  RequestThreadControlEvent,
  TakeThreadControlEvent,
} from '../models/facebookEvent.ts';
import { metaReceiverName } from '../models/metaReceivers.ts';
import { readId } from '../models/readJson.ts';
import { FacebookActivityHandler } from './facebookActivityHandler.ts';
import { becauseNoPageToken, becauseOf } from './refusalsInWords.ts';
import { OwnershipGuard } from './ownershipGuard.ts';
import type { Thread } from './threadNotes.ts';
import { isAnotherReceiver } from './threadOwnership.ts';

export interface ThreadBotOptions {
  /** Thread control in the name of this bot's app. Without it (no page token) the bot talks, but moves no thread. */
  threadControl?: ThreadControl;
  /** The id of this bot's Facebook app, to tell events about it from events about other apps. */
  appId?: string;
  logger: Logger;
  /**
   * Where it keeps what it has to remember of each thread: whose it is, and when others spoke in it. Default: this process, for up to
   * 20,000 threads.
   */
  notes?: Storage;
  /** When these notes were begun, in milliseconds since 1970. Default: now. */
  startedAt?: number;
}

/** What became of a call that moves a thread: `noAnswer` leaves open whether it did; what Graph refused has its reason. */
export type Moved = 'moved' | 'noAnswer' | 'notPossible' | GraphApiError['reason'];

/** Refusals that pass: the turn runs again, and then the call may go well. */
const passing: ReadonlySet<string> = new Set<GraphApiError['reason']>(['rateLimited', 'temporary', 'invalidToken']);

const noPageToken = `Thread control cannot be used, ${becauseNoPageToken}.`;

/** `suppressed`: nothing was sent, or Meta refused it because another receiver owns the thread. Then nothing may follow it. */
export type Said = 'sent' | 'suppressed';

/**
 * How a bot speaks in a thread that may not be its own, and moves it: what Graph refuses ends in words or in the log, and
 * never in a turn that fails and runs again.
 */
export abstract class ThreadBot extends FacebookActivityHandler {
  protected readonly logger: Logger;
  protected readonly appId: string | undefined;
  protected readonly name: string;
  /** See {@link ThreadBotOptions.notes}. */
  protected readonly notes: Storage;
  /** The server's, if this bot was given that one's thread control; otherwise one of its own. */
  readonly #guard: OwnershipGuard;
  #isAiTold = false;

  /** @param name How the bot calls itself before each sentence: others speak in the same conversation. */
  protected constructor(name: string, options: ThreadBotOptions) {
    super();
    this.name = name;
    this.appId = options.appId;
    this.logger = options.logger;
    this.notes = options.notes ?? createRecentStorage();
    const { threadControl, appId, startedAt = Date.now() } = options;
    this.#guard =
      threadControl instanceof OwnershipGuard
        ? threadControl
        : new OwnershipGuard({ threadControl, notes: this.notes, appId, startedAt, logger: this.logger });
    this.#handleInOrder();
  }

  override async run(context: TurnContext): Promise<void> {
    await this.#guard.onTurn(context, () => super.run(context));
  }

  /**
   * What happens with each event, in this order: what every bot has to note, then the bot's own method below, then the handlers that were
   * registered with `onFacebook…`.
   */
  #handleInOrder(): void {
    this.onFacebookPassThreadControl(async (event, context, next) => {
      await this.threadPassed(event, context);
      await next();
    });
    this.onFacebookTakeThreadControl(async (event, context, next) => {
      await this.threadTaken(event, context);
      await next();
    });
    this.onFacebookRequestThreadControl(async (event, context, next) => {
      await this.threadRequested(event, context);
      await next();
    });
    this.onFacebookEcho(async (event, context, next) => {
      this.#warnOfMetaAi(event);
      await this.pageSpoke(event, context);
      await next();
    });
    this.onFacebookNotice(async (event, _context, next) => {
      this.#logNotice(event);
      await next();
    });
    this.onFacebookPolicyEnforcement(async (event, _context, next) => {
      this.#logPolicy(event);
      await next();
    });
  }

  /** Control of a thread was passed, to this bot or to another receiver. Override it to react. */
  protected threadPassed(_event: PassThreadControlEvent, _context: TurnContext): Promise<void> {
    return Promise.resolve();
  }

  /** Control of a thread was taken, usually from this bot. Override it to react. */
  protected threadTaken(_event: TakeThreadControlEvent, _context: TurnContext): Promise<void> {
    return Promise.resolve();
  }

  /** Another receiver, or a person, asks for control of a thread. Override it to decide. */
  protected threadRequested(_event: RequestThreadControlEvent, _context: TurnContext): Promise<void> {
    return Promise.resolve();
  }

  /** The Page said something through any receiver. Override it to note that. Never answer it. */
  protected pageSpoke(_event: EchoEvent, _context: TurnContext): Promise<void> {
    return Promise.resolve();
  }

  #warnOfMetaAi({ author }: EchoEvent): void {
    if (author !== 'metaAi' || this.#isAiTold) return;
    this.#isAiTold = true;
    this.logger.warn(
      { bot: this.name },
      "Meta's own AI answers customers of this Page. While it owns a thread this bot is refused: see docs/troubleshooting.md.",
    );
  }

  #logNotice({ via, text }: NoticeEvent): void {
    this.logger.info({ bot: this.name, via, notice: text }, 'Meta wrote a line of its own into the thread.');
  }

  #logPolicy({ pageId, action, reason }: PolicyEnforcementEvent): void {
    const isOver = action === 'unblock';
    const sentence = isOver
      ? 'Meta lets the Page send again.'
      : 'Meta enforces a policy against the Page; blocked, it can send nothing.';
    this.logger[isOver ? 'info' : 'warn']({ bot: this.name, page: pageId, action, reason }, sentence);
  }

  /** Says something in a thread that is this bot's own. If it is not, after all, the log has a warning. */
  protected async say(context: TurnContext, sentence: string): Promise<Said> {
    return this.sendIfOwner(context, MessageFactory.text(`${this.name}: ${sentence}`), 'warn');
  }

  /** Says what only the classic protocol allows: there a receiver may speak in a thread that it does not own. */
  protected async sayIfAllowed(context: TurnContext, sentence: string): Promise<Said> {
    return this.sendIfOwner(context, MessageFactory.text(`${this.name}: ${sentence}`), 'debug');
  }

  /**
   * A refusal because another receiver owns the thread goes to the log at this level: running the turn again would not
   * help.
   */
  protected async sendIfOwner(
    context: TurnContext,
    message: Partial<Activity>,
    level: 'warn' | 'debug',
  ): Promise<Said> {
    return this.#guard.speak(level === 'warn' ? 'asOwner' : 'ifAllowed', async () => {
      if (!(await this.maySpeak(context))) return 'suppressed';
      await context.sendActivity(message);
      // Meta may have refused it.
      return (await this.#guard.maySpeak(context)) ? 'sent' : 'suppressed';
    });
  }

  /**
   * Check this before acting on a customer's choice, since the thread may have been passed on. `say` checks it itself. Also false if the
   * activity names no customer or no conversation.
   */
  protected async maySpeak(context: TurnContext): Promise<boolean> {
    const { activity } = context;
    const isFacebook = activity.channelId === Channels.Facebook.valueOf();
    const customer = readId(activity.from, 'id');
    if (readId(activity.conversation, 'id') === undefined || (isFacebook && customer === undefined)) {
      this.logger.debug({ bot: this.name }, 'Nothing is said, because the activity names no customer or conversation.');
      return false;
    }
    return this.#guard.maySpeak(context);
  }

  /** Moves a thread, and tells the customer in plain words when that fails: `couldNot` is the start of the sentence. */
  protected async moveThread(
    context: TurnContext,
    couldNot: string,
    move: (threadControl: ThreadControl) => Promise<void>,
  ): Promise<void> {
    if (!this.#guard.isAvailable) {
      await this.sayIfAllowed(context, noPageToken);
      return;
    }
    try {
      await move(this.#guard);
    } catch (error) {
      const reason = this.#logFailure(error);
      await this.sayIfAllowed(context, `${couldNot}, ${reason}.`);
    }
  }

  /**
   * Moves a thread of which something was heard on standby. Whatever comes of it, nothing is said.
   *
   * @throws GraphApiError for a refusal that passes, such as a rate limit, so that the turn runs again
   */
  protected async moveSilently(
    { psid }: Partial<Thread>,
    why: string,
    move: (threadControl: ThreadControl, psid: string) => Promise<void>,
  ): Promise<Moved> {
    if (!this.#guard.isAvailable || psid === undefined) {
      this.logger.warn({ why }, psid === undefined ? 'Standby event without a customer.' : noPageToken);
      return 'notPossible';
    }
    try {
      await move(this.#guard, psid);
      return 'moved';
    } catch (error) {
      if (error instanceof GraphApiError && passing.has(error.reason)) throw error;
      this.#logFailure(error);
      return error instanceof GraphApiError ? error.reason : 'noAnswer';
    }
  }

  /** From here on the bot may speak in the thread, whoever it was passed to. */
  protected async takeAsOwn(thread: Thread): Promise<void> {
    await this.#guard.regained(thread);
  }

  /** Whether somebody else than the bot itself joined the conversation, which happens on other channels. */
  protected hasNewMember({ activity }: TurnContext): boolean {
    // On Facebook a person writes first: the bot could not speak before anyway.
    if (activity.channelId === Channels.Facebook.valueOf()) return false;
    const own = readId(activity.recipient, 'id');
    return (activity.membersAdded ?? []).some((member) => readId(member, 'id') !== own);
  }

  /** Whether an id belongs to somebody else than this bot's app. Without a configured app id that is often unknown. */
  protected isAnotherReceiver(appId: string | undefined): boolean {
    return isAnotherReceiver(appId, this.appId);
  }

  protected nameOf(appId: string | undefined): string {
    if (appId === undefined) return 'an unknown receiver';
    const metas = metaReceiverName(appId);
    if (metas !== undefined) return metas;
    return appId === this.appId ? `the ${this.name.toLowerCase()}` : `app ${appId}`;
  }

  /** Whose conversation a turn is about; it has an empty id where the payload names nobody. */
  protected threadOf(context: TurnContext): Thread {
    const { from, recipient } = context.activity;
    const { pageId = readId(recipient, 'id'), psid = readId(from, 'id') } = this.facebookEvent(context) ?? {};
    return { pageId: pageId ?? '', psid: psid ?? '' };
  }

  /** Logs what Graph said and gives it in words. Anything else than an error of Graph is thrown on. */
  #logFailure(error: unknown): string {
    if (error instanceof GraphApiError) {
      const { reason, status, code, subcode, fbtraceId } = error;
      this.logger.warn({ reason, status, code, subcode, fbtraceId }, 'Graph refused a call about thread control.');
      return becauseOf(error);
    }
    if (error instanceof GraphTransportError) {
      const { failure, status, systemCode } = error;
      this.logger.warn({ failure, status, systemCode }, 'Graph did not answer a call about thread control.');
      return becauseOf(error);
    }
    throw error;
  }
}
