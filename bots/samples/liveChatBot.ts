import { ActionTypes, Channels, MessageFactory, type TurnContext } from 'botbuilder';
import {
  PAGE_INBOX_APP_ID,
  type PassThreadControlEvent,
  type RequestThreadControlEvent,
  type TakeThreadControlEvent,
} from '../../models/facebookEvent.ts';
import { mergePhrases } from '../takeover/phrases.ts';
import type { TakeoverRules } from '../takeover/rules.ts';
import { Takeover, type TakeoverParts } from '../takeover/takeover.ts';
import { personWishes } from '../takeover/wishes.ts';
import { ThreadBot, type ThreadBotOptions } from '../threadBot.ts';
import { earlierLiveChat } from './earlierLiveChat.ts';
import { isSamePhrase, sentences } from './handoverWording.ts';
import { liveChatName, liveChatRules, passToInbox, tutorialPhrases } from './liveChatRules.ts';

export interface LiveChatBotOptions
  extends ThreadBotOptions, Pick<TakeoverParts, 'timers' | 'now' | 'lastWordOfOthers' | 'hearsOthers'> {
  /** When a person clicks *Move to Main* in the Page Inbox, under the classic protocol: let them have the thread (the default), or not. */
  pageInboxMoveToMain?: 'grant' | 'ignore';
  /**
   * After how many milliseconds without a word of the people in the inbox the customer's next message brings the bot back, for
   * agents who never click *Done*. Default: never; under Conversation Routing Meta itself ends their turn 24 hours after
   * the customer's last message.
   */
  takeBackAfterMs?: number;
  /** Other rules than those of {@link liveChatRules}. */
  takeover?: Partial<TakeoverRules>;
}

const welcome = 'Hello! You are talking to a bot. To talk to a person, tap or write Pass to Inbox.';

/**
 * The bot of Facebook's handover tutorial: it answers until the customer wants a person, hands over to the Page Inbox, and
 * answers again when the agent is done or the customer wants the bot back. It is {@link Takeover} with the tutorial's words and a welcome.
 *
 * | when | what |
 * |---|---|
 * | anything the customer says to it | a welcome with *Pass to Inbox* |
 * | *Pass to Inbox*, or a wish for a person in other words | says so with *Take From Inbox*, then passes to the Page Inbox |
 * | a person answers although the thread was not passed, as on Pages without default app | stays silent until that person has been for long enough |
 * | the agent clicks *Done* | says so with *Pass to Inbox* |
 * | *Take From Inbox*, heard on standby | takes control, then says so with *Pass to Inbox* |
 * | no person has answered for too long, and the customer writes | takes control, then says so |
 *
 * A Page without default app lets nobody take a thread. Once the bot was refused for that, it passes none to the inbox, and is just silent until
 * it comes back: people can answer there anyway. Meta's own AI is no person.
 *
 * Messenger shows quick replies below the last message only. Once the agent has written, *Take From Inbox* is gone, so the
 * words are understood too.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/handover-protocol
 */
export class LiveChatBot extends ThreadBot {
  readonly #takeover: Takeover;
  readonly #pageInboxMoveToMain: 'grant' | 'ignore';

  constructor(options: LiveChatBotOptions) {
    super(liveChatName, options);
    const { pageInboxMoveToMain = 'grant', takeBackAfterMs: silenceMs, takeover = {} } = options;
    const { phrases = personWishes } = takeover;
    this.#pageInboxMoveToMain = pageInboxMoveToMain;
    this.#takeover = new Takeover(
      { ...options, notes: this.notes, appId: this.appId, earlier: earlierLiveChat },
      {
        ...liveChatRules,
        silenceMs,
        moveToMain: pageInboxMoveToMain === 'grant' ? 'grant' : 'leave',
        ...takeover,
        phrases: mergePhrases(tutorialPhrases, phrases),
      },
    );
    this.onTurn((context, next) => this.#takeover.onTurn(context, next));
    this.onMessage(async (context, next) => {
      await this.#answer(context);
      await next();
    });
    this.onMembersAdded(async (context, next) => {
      if (this.hasNewMember(context)) await this.#welcome(context);
      await next();
    });
  }

  async #answer(context: TurnContext): Promise<void> {
    const { channelId, text } = context.activity;
    const { title, payload } = passToInbox;
    const isWish = isSamePhrase(text, title) || isSamePhrase(text, payload);
    if (isWish && channelId !== Channels.Facebook.valueOf()) {
      await this.say(context, sentences.onlyOnFacebook);
      return;
    }
    if (!(await this.maySpeak(context))) return;
    // It knows nothing but this.
    if ((await this.#takeover.unhelpful(context)) === 'counted') await this.#welcome(context);
  }

  async #welcome(context: TurnContext): Promise<void> {
    const actions = [{ type: ActionTypes.ImBack, title: passToInbox.title, value: passToInbox.payload }];
    await this.sendIfOwner(context, MessageFactory.suggestedActions(actions, `${this.name}: ${welcome}`), 'warn');
  }

  protected override threadPassed({ newOwnerAppId }: PassThreadControlEvent): Promise<void> {
    this.logger.debug({ newOwner: newOwnerAppId }, 'Thread control was passed.');
    return Promise.resolve();
  }

  protected override threadTaken({ newOwnerAppId }: TakeThreadControlEvent): Promise<void> {
    this.logger.info({ newOwner: newOwnerAppId }, 'Thread control was taken.');
    return Promise.resolve();
  }

  protected override threadRequested({ requestedOwnerAppId }: RequestThreadControlEvent): Promise<void> {
    if (requestedOwnerAppId !== PAGE_INBOX_APP_ID || this.#pageInboxMoveToMain === 'ignore') {
      this.logger.info({ requester: requestedOwnerAppId }, 'A request for thread control was not granted.');
    }
    return Promise.resolve();
  }
}
