import { Channels, MessageFactory, type TurnContext } from 'botbuilder';
import type { ThreadControl } from '../../helpers/facebookThreadControlHelper.ts';
import type { PassThreadControlEvent } from '../../models/facebookEvent.ts';
import { isSamePhrase, sentences, withMetadata } from './handoverWording.ts';
import { ThreadBot, type ThreadBotOptions } from '../threadBot.ts';

export type HandoverBotOptions = ThreadBotOptions;

type ChoiceHandler = (context: TurnContext, choice: string) => Promise<void>;
type PhraseHandler = (threadControl: ThreadControl, psid: string, phrase: string) => Promise<void>;

/**
 * What the primary and the secondary bot have in common: they show choices and do what is chosen, act silently on
 * phrases heard on standby, and say who owns the thread when it is passed to them.
 *
 * Rules that hold for both: speak first, then pass, since nobody may speak after passing; never answer an echo; on
 * standby listen and never talk.
 */
export abstract class HandoverBot extends ThreadBot {
  readonly #choices = new Map<string, ChoiceHandler>();

  /** @param name How the bot calls itself before each sentence: both bots speak in the same conversation. */
  protected constructor(name: string, options: HandoverBotOptions) {
    super(name, options);
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
  }

  /** Offers a choice, in the order of these calls, and says what happens when the customer chooses it. */
  protected onChoice(choice: string, handler: ChoiceHandler): void {
    this.#choices.set(choice, handler);
  }

  /** Acts when the customer says this to another receiver. The bot says nothing about it. */
  protected onStandbyPhrase(phrase: string, handler: PhraseHandler): void {
    this.onFacebookStandby(async (event, _context, next) => {
      if (event.kind === 'message' && isSamePhrase(event.text, phrase)) {
        await this.moveSilently(event, phrase, (threadControl, psid) => handler(threadControl, psid, phrase));
      }
      await next();
    });
  }

  async #answer(context: TurnContext, text: unknown): Promise<void> {
    if (!(await this.maySpeak(context))) return;
    const chosen = [...this.#choices].find(([choice]) => isSamePhrase(text, choice));
    if (chosen === undefined) {
      await this.notUnderstood(context);
    } else if (context.activity.channelId !== Channels.Facebook.valueOf()) {
      await this.say(context, sentences.onlyOnFacebook);
    } else {
      const [choice, handler] = chosen;
      await handler(context, choice);
    }
  }

  /** The customer said none of the choices. */
  protected async notUnderstood(context: TurnContext): Promise<void> {
    await this.#showChoices(context, sentences.choose);
  }

  async #greet(context: TurnContext): Promise<void> {
    if (this.hasNewMember(context)) await this.#showChoices(context, sentences.greet);
  }

  protected override async threadPassed(event: PassThreadControlEvent, context: TurnContext): Promise<void> {
    if (this.isAnotherReceiver(event.newOwnerAppId)) {
      this.logger.debug({ newOwner: event.newOwnerAppId }, 'The thread was passed to another receiver.');
      return;
    }
    const owner = this.nameOf(event.newOwnerAppId ?? this.appId);
    await this.say(context, `The thread was passed${withMetadata(event.metadata)} and now belongs to ${owner}.`);
    await this.#showChoices(context, sentences.choose);
  }

  async #showChoices(context: TurnContext, sentence: string): Promise<void> {
    const choices = [...this.#choices.keys()];
    await this.sendIfOwner(context, MessageFactory.suggestedActions(choices, `${this.name}: ${sentence}`), 'warn');
  }
}
