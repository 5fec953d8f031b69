import { ActionTypes, Channels, MessageFactory, type TurnContext } from 'botbuilder';
import {
  PAGE_INBOX_APP_ID,
  type EchoEvent,
  type PassThreadControlEvent,
  type RequestThreadControlEvent,
} from '../models/facebookEvent.ts';
import type { StandbyEvent } from './facebookActivityHandler.ts';
import { isSamePhrase, sentences } from './handoverWording.ts';
import { LastSpoken } from './lastSpoken.ts';
import { type Said, ThreadBot, type ThreadBotOptions } from './threadBot.ts';

export interface LiveChatBotOptions extends ThreadBotOptions {
  /** When a person clicks *Move to Main* in the Page Inbox, under the classic protocol: let them have the thread (the default), or not. */
  pageInboxMoveToMain?: 'grant' | 'ignore';
  /**
   * After how many milliseconds without a word of the people in the inbox the customer's next message brings the bot back, for
   * agents who never click *Done*. Default: never; under Conversation Routing Meta itself ends their turn after 24 hours.
   */
  takeBackAfterMs?: number;
}

const passToInbox = { title: 'Pass to Inbox', payload: 'pass_to_inbox' } as const;
const takeFromInbox = { title: 'Take From Inbox', payload: 'take_from_inbox' } as const;
type Choice = typeof passToInbox | typeof takeFromInbox;

const words = {
  welcome: 'Hello! You are talking to a bot. If you would rather talk to a person, say so.',
  passing: 'A person in the page inbox will answer you. Whenever you want to, you can come back to the bot.',
  ended: 'The person has closed the conversation, so you are talking to the bot again.',
  taken: 'You are talking to the bot again.',
  unanswered: 'No person has answered for a while, so you are talking to the bot again.',
  moved: 'A person in the page inbox takes over now.',
  couldNotPass: 'The conversation could not be passed to a person',
} as const;

/** Goes along with the bot's own takes, to know the pass events that they cause. */
const ownTake = 'taken by the live chat bot';

/**
 * The bot of Facebook's handover tutorial: it answers until the customer wants a person, hands over to the Page Inbox, and
 * answers again when the agent is done or the customer wants the bot back.
 *
 * | when | what |
 * |---|---|
 * | anything the customer says to it | a welcome with *Pass to Inbox* |
 * | *Pass to Inbox* | says so with *Take From Inbox*, then passes to the Page Inbox |
 * | the agent clicks *Done* | says so with *Pass to Inbox* |
 * | *Take From Inbox*, heard on standby | takes control, then says so with *Pass to Inbox* |
 * | no person has answered for too long, and the customer writes | takes control, then says so |
 *
 * Messenger shows quick replies below the last message only. Once the agent has written, *Take From Inbox* is gone, so the
 * words are understood too.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/handover-protocol
 */
export class LiveChatBot extends ThreadBot {
  readonly #pageInboxMoveToMain: 'grant' | 'ignore';
  readonly #takeBackAfterMs: number | undefined;
  /** When a person or another app last did something in a thread that is not this bot's. */
  readonly #lastByOthers: LastSpoken;

  constructor(options: LiveChatBotOptions) {
    super('Live chat bot', options);
    this.#pageInboxMoveToMain = options.pageInboxMoveToMain ?? 'grant';
    this.#takeBackAfterMs = options.takeBackAfterMs;
    this.#lastByOthers = new LastSpoken({ storage: this.notes, appId: this.appId });

    this.onFacebookQuickReply((event, context) => this.#answer(context, event.quickReply.payload, event.text));
    this.onFacebookPostback((event, context) => this.#answer(context, event.payload, event.title));
    this.onMessage(async (context, next) => {
      await this.#answer(context, undefined, context.activity.text);
      await next();
    });
    this.onMembersAdded(async (context, next) => {
      if (this.hasNewMember(context)) await this.#sayWith(context, words.welcome, passToInbox);
      await next();
    });
    this.onFacebookPassThreadControl(async (event, context, next) => {
      await this.#tellReturn(event, context);
      await next();
    });
    this.onFacebookTakeThreadControl(async (event, _context, next) => {
      await this.#lastByOthers.note(event);
      this.logger.info({ newOwner: event.newOwnerAppId }, 'Thread control was taken.');
      await next();
    });
    this.onFacebookRequestThreadControl(async (event, context, next) => {
      await this.#decide(event, context);
      await next();
    });
    this.onFacebookStandby(async (event, context, next) => {
      await this.#listen(event, context);
      await next();
    });
    this.onFacebookEcho((event) => this.#noteOthers(event));
  }

  async #answer(context: TurnContext, payload: string | undefined, text: unknown): Promise<void> {
    if (!(await this.maySpeak(context))) return;
    if (!isChosen(passToInbox, payload, text)) {
      await this.#sayWith(context, words.welcome, passToInbox);
    } else if (context.activity.channelId !== Channels.Facebook.valueOf()) {
      await this.say(context, sentences.onlyOnFacebook);
    } else {
      await this.moveThread(context, words.couldNotPass, async (threadControl) => {
        if ((await this.#sayWith(context, words.passing, takeFromInbox)) === 'heldBack') return;
        await threadControl.passThreadControl(context.activity.from.id, PAGE_INBOX_APP_ID, passToInbox.payload);
        const timestamp = context.activity.timestamp?.getTime();
        await this.#lastByOthers.note({ ...this.threadOf(context), timestamp });
      });
    }
  }

  async #tellReturn(event: PassThreadControlEvent, context: TurnContext): Promise<void> {
    if (this.isAnotherReceiver(event.newOwnerAppId)) {
      this.logger.debug({ newOwner: event.newOwnerAppId }, 'The thread was passed to another receiver.');
      return;
    }
    await this.#lastByOthers.forget(event);
    // The classic protocol tells the one who takes a thread from the inbox that it was passed; the bot has spoken already.
    if (event.metadata === ownTake) return;
    await this.#sayWith(context, words.ended, passToInbox);
  }

  async #listen(event: StandbyEvent, context: TurnContext): Promise<void> {
    if (event.kind !== 'message') return;
    if (isChosen(takeFromInbox, event.quickReply?.payload, event.text)) {
      await this.#takeBack(event, context, words.taken);
    } else if (this.#takeBackAfterMs !== undefined) {
      const since = await this.#lastByOthers.silence(event);
      if (since > this.#takeBackAfterMs) await this.#takeBack(event, context, words.unanswered);
    }
  }

  /** Takes first and then speaks: before, Messenger would refuse the message. */
  async #takeBack(event: StandbyEvent, context: TurnContext, sentence: string): Promise<void> {
    const outcome = await this.moveSilently(event, sentence, (threadControl, psid) =>
      threadControl.takeThreadControl(psid, ownTake),
    );
    if (outcome === 'notMoved') return;
    await this.#lastByOthers.forget(event);
    await this.#sayWith(context, sentence, passToInbox);
  }

  async #decide(event: RequestThreadControlEvent, context: TurnContext): Promise<void> {
    const { psid, requestedOwnerAppId } = event;
    const isInbox = requestedOwnerAppId === PAGE_INBOX_APP_ID;
    if (!isInbox || psid === undefined || this.#pageInboxMoveToMain === 'ignore') {
      this.logger.info({ requester: requestedOwnerAppId }, 'A request for thread control was not granted.');
      return;
    }
    await this.moveThread(context, words.couldNotPass, async (threadControl) => {
      if ((await this.#sayWith(context, words.moved, takeFromInbox)) === 'heldBack') return;
      await threadControl.passThreadControl(psid, PAGE_INBOX_APP_ID, 'request granted');
      await this.#lastByOthers.note(event);
    });
  }

  /** An echo of another app or of the inbox is how the bot learns that somebody else spoke. Old payloads name no inbox. */
  async #noteOthers(event: EchoEvent): Promise<void> {
    if (event.appId === undefined || this.isAnotherReceiver(event.appId)) await this.#lastByOthers.note(event);
  }

  async #sayWith(context: TurnContext, sentence: string, choice: Choice): Promise<Said> {
    const actions = [{ type: ActionTypes.ImBack, title: choice.title, value: choice.payload }];
    return this.sendAs(context, MessageFactory.suggestedActions(actions, `${this.name}: ${sentence}`), 'warn');
  }
}

/** Chosen by tapping it or by writing it. Azure's channel, and other channels, may bring the payload as text. */
function isChosen({ title, payload }: Choice, tapped: string | undefined, text: unknown): boolean {
  return tapped === payload || isSamePhrase(text, title) || isSamePhrase(text, payload);
}
