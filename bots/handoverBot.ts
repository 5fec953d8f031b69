import { type Activity, Channels, MessageFactory, type TurnContext } from 'botbuilder';
import type { ThreadControl } from '../helpers/facebookThreadControlHelper.ts';
import { GraphApiError, GraphTransportError } from '../helpers/graphErrors.ts';
import type { Logger } from '../helpers/logger.ts';
import { isRefusedAsNotThreadOwner } from '../helpers/refusedSend.ts';
import { facebookEventOf } from '../models/facebookActivity.ts';
import { PAGE_INBOX_APP_ID, type PassThreadControlEvent } from '../models/facebookEvent.ts';
import { FacebookActivityHandler } from './facebookActivityHandler.ts';
import { becauseOf, isSamePhrase, sentences, withMetadata } from './handoverWording.ts';
import { OwnPasses } from './ownPasses.ts';

export interface HandoverBotOptions {
  /** Thread control in the name of this bot's app. Without it (no page token) the bot talks, but moves no thread. */
  threadControl?: ThreadControl;
  /** The id of this bot's Facebook app, to tell events about it from events about other apps. */
  appId?: string;
  logger: Logger;
  /** When this process began, in milliseconds since 1970. Default: now. */
  startedAt?: number;
}

type ChoiceHandler = (context: TurnContext, choice: string) => Promise<void>;
type PhraseHandler = (threadControl: ThreadControl, psid: string, phrase: string) => Promise<void>;

/**
 * What the primary and the secondary bot have in common: they show choices and do what is chosen, act silently on
 * phrases heard on standby, and say who owns the thread when it is passed to them.
 *
 * Rules that hold for both: speak first, then pass, since nobody may speak after passing; never answer an echo; on
 * standby listen and never talk.
 */
export abstract class HandoverBot extends FacebookActivityHandler {
  protected readonly logger: Logger;
  protected readonly appId: string | undefined;
  readonly #name: string;
  readonly #ownPasses: OwnPasses | undefined;
  readonly #choices = new Map<string, ChoiceHandler>();

  /** @param name How the bot calls itself before each sentence: both bots speak in the same conversation. */
  protected constructor(name: string, options: HandoverBotOptions) {
    super();
    this.#name = name;
    this.appId = options.appId;
    this.logger = options.logger;
    const { threadControl, startedAt = Date.now() } = options;
    this.#ownPasses =
      threadControl &&
      new OwnPasses({ threadControl, startedAt, isAnotherReceiver: (id) => this.isAnotherReceiver(id) });

    this.onMessage(async (context, next) => {
      await this.#answer(context, context.activity.text);
      await next();
    });
    // A button is answered here and ends here: as a message activity it would otherwise be answered a second time.
    this.onFacebookPostback((event, context) => this.#answer(context, event.title ?? context.activity.text));
    this.onMembersAdded(async (context, next) => {
      await this.#greet(context);
      await next();
    });
    this.onFacebookPassThreadControl(async (event, context, next) => {
      await this.#tellNewOwner(event, context);
      await next();
    });
  }

  /** Offers a choice, in the order of these calls, and says what happens when the customer chooses it. */
  protected onChoice(choice: string, handler: ChoiceHandler): void {
    this.#choices.set(choice, handler);
  }

  /** Does something when the customer says this to another receiver. Whatever comes of it, nothing is said. */
  protected onStandbyPhrase(phrase: string, handler: PhraseHandler): void {
    this.onFacebookStandby(async (event, _context, next) => {
      if (event.kind === 'message' && isSamePhrase(event.text, phrase)) {
        await this.#actSilently(event.psid, phrase, handler);
      }
      await next();
    });
  }

  /** Says something in a thread that is this bot's own. If it is not, after all, the log has a warning. */
  protected async say(context: TurnContext, sentence: string): Promise<void> {
    await this.#send(context, MessageFactory.text(`${this.#name}: ${sentence}`), 'warn');
  }

  /** Says what only the classic protocol allows: there a receiver may speak in a thread that it does not own. */
  protected async sayIfAllowed(context: TurnContext, sentence: string): Promise<void> {
    await this.#send(context, MessageFactory.text(`${this.#name}: ${sentence}`), 'debug');
  }

  /** Moves a thread, and tells the customer in plain words when that fails: `couldNot` is the start of the sentence. */
  protected async moveThread(
    context: TurnContext,
    couldNot: string,
    move: (threadControl: ThreadControl) => Promise<void>,
  ): Promise<void> {
    if (this.#ownPasses === undefined) {
      await this.sayIfAllowed(context, sentences.noPageToken);
      return;
    }
    try {
      await move(this.#ownPasses.threadControl);
    } catch (error) {
      const reason = this.#logFailure(error);
      await this.sayIfAllowed(context, `${couldNot}, ${reason}.`);
    }
  }

  /** Whether an id belongs to somebody else than this bot's app. Without a configured app id that is often unknown. */
  protected isAnotherReceiver(appId: string | undefined): boolean {
    return appId === PAGE_INBOX_APP_ID || (appId !== undefined && this.appId !== undefined && appId !== this.appId);
  }

  protected nameOf(appId: string | undefined): string {
    if (appId === undefined) return 'an unknown receiver';
    if (appId === PAGE_INBOX_APP_ID) return 'the page inbox';
    return appId === this.appId ? `the ${this.#name.toLowerCase()}` : `app ${appId}`;
  }

  async #answer(context: TurnContext, text: unknown): Promise<void> {
    // Before anything is done: a choice made twice must not be carried out in a thread that is gone.
    if (!(await this.#maySpeak(context))) return;
    const chosen = [...this.#choices].find(([choice]) => isSamePhrase(text, choice));
    if (chosen === undefined) {
      await this.#showChoices(context, sentences.choose);
    } else if (context.activity.channelId !== Channels.Facebook.valueOf()) {
      await this.say(context, sentences.onlyOnFacebook);
    } else {
      const [choice, handler] = chosen;
      await handler(context, choice);
    }
  }

  async #greet(context: TurnContext): Promise<void> {
    const { channelId, membersAdded = [], recipient } = context.activity;
    // On Facebook a person writes first: the bot could not speak before anyway.
    if (channelId === Channels.Facebook.valueOf()) return;
    if (membersAdded.some(({ id }) => id !== recipient.id)) await this.#showChoices(context, sentences.greet);
  }

  async #tellNewOwner(event: PassThreadControlEvent, context: TurnContext): Promise<void> {
    if (this.isAnotherReceiver(event.newOwnerAppId)) {
      this.logger.debug({ newOwner: event.newOwnerAppId }, 'The thread was passed to another receiver.');
      return;
    }
    if (event.psid !== undefined) this.#ownPasses?.noteReturn(event.psid);
    const owner = this.nameOf(event.newOwnerAppId ?? this.appId);
    await this.say(context, `The thread was passed${withMetadata(event.metadata)} and now belongs to ${owner}.`);
    await this.#showChoices(context, sentences.choose);
  }

  async #showChoices(context: TurnContext, sentence: string): Promise<void> {
    const choices = [...this.#choices.keys()];
    await this.#send(context, MessageFactory.suggestedActions(choices, `${this.#name}: ${sentence}`), 'warn');
  }

  /** A refusal because another receiver owns the thread goes to the log: running the turn again would not help. */
  async #send(context: TurnContext, message: Partial<Activity>, level: 'warn' | 'debug'): Promise<void> {
    if (!(await this.#maySpeak(context))) return;
    try {
      await context.sendActivity(message);
    } catch (error) {
      if (!isRefusedAsNotThreadOwner(error)) throw error;
      this.logger[level]({ bot: this.#name }, 'A message was refused, because another receiver owns the thread.');
    }
  }

  async #maySpeak({ activity }: TurnContext): Promise<boolean> {
    if (this.#ownPasses === undefined || activity.channelId !== Channels.Facebook.valueOf()) return true;
    const writtenAt = facebookEventOf(activity)?.timestamp;
    if (await this.#ownPasses.maySpeak(activity.from.id, writtenAt)) return true;
    this.logger.info(
      { bot: this.#name },
      'Nothing is said, because this bot has passed the thread to another receiver.',
    );
    return false;
  }

  async #actSilently(psid: string | undefined, phrase: string, handler: PhraseHandler): Promise<void> {
    if (this.#ownPasses === undefined || psid === undefined) {
      this.logger.warn({ phrase }, psid === undefined ? 'Standby event without a customer.' : sentences.noPageToken);
      return;
    }
    try {
      await handler(this.#ownPasses.threadControl, psid, phrase);
    } catch (error) {
      this.#logFailure(error);
    }
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
