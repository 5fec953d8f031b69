import { ActionTypes, Channels, MessageFactory, type TurnContext } from 'botbuilder';
import {
  PAGE_INBOX_APP_ID,
  type EchoEvent,
  type PassThreadControlEvent,
  type RequestThreadControlEvent,
  type TakeThreadControlEvent,
} from '../../models/facebookEvent.ts';
import { GraphApiError } from '../../helpers/graph/graphErrors.ts';
import { isMetaAi } from '../../models/metaReceivers.ts';
import type { StandbyEvent } from '../facebookActivityHandler.ts';
import { because, isSamePhrase, sentences } from './handoverWording.ts';
import { HumanActivity, type Moment } from './humanActivity.ts';
import { type Said, ThreadBot, type ThreadBotOptions } from '../threadBot.ts';
import { ThreadNotes } from '../threadNotes.ts';

export interface LiveChatBotOptions extends ThreadBotOptions {
  /** When a person clicks *Move to Main* in the Page Inbox, under the classic protocol: let them have the thread (the default), or not. */
  pageInboxMoveToMain?: 'grant' | 'ignore';
  /**
   * After how many milliseconds without a word of the people in the inbox the customer's next message brings the bot back, for
   * agents who never click *Done*. Default: never; under Conversation Routing Meta itself ends their turn 24 hours after
   * the customer's last message.
   */
  takeBackAfterMs?: number;
  /**
   * When the Page last said something in a thread that this bot did not say, in milliseconds since 1970, by asking the platform: not every
   * endpoint lets a bot hear people. Without it the bot believes what it hears.
   */
  lastWordOfOthers?: ((pageId: string, psid: string) => Promise<number | undefined>) | undefined;
  /** Whether the bot hears what others say for this Page. Default: it does. */
  hearsOthers?: (pageId: string) => Promise<boolean>;
}

const passToInbox = { title: 'Pass to Inbox', payload: 'pass_to_inbox' } as const;
const takeFromInbox = { title: 'Take From Inbox', payload: 'take_from_inbox' } as const;
type Choice = typeof passToInbox | typeof takeFromInbox;

const words = {
  welcome: 'Hello! You are talking to a bot. To talk to a person, tap or write Pass to Inbox.',
  passing: 'A person in the page inbox will answer you. Whenever you want to, you can come back to the bot.',
  passingForGood: 'A person in the page inbox will answer you.',
  ended: 'The person has closed the conversation, so you are talking to the bot again.',
  taken: 'You are talking to the bot again.',
  unanswered: 'No person has answered for a while, so you are talking to the bot again.',
  moved: 'A person in the page inbox takes over now.',
  couldNotPass: 'The conversation could not be passed to a person',
  couldNotTake: 'The conversation could not be taken back from the person',
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
 * | a person answers although the thread was not passed, as on Pages without default app | stays silent until that person has been for long enough |
 * | the agent clicks *Done* | says so with *Pass to Inbox* |
 * | *Take From Inbox*, heard on standby | takes control, then says so with *Pass to Inbox* |
 * | no person has answered for too long, and the customer writes | takes control, then says so |
 *
 * A Page without default app lets nobody take a thread. Once the bot was refused for that, it offers *Take From Inbox* no more; who writes it
 * is answered by the bot again, as far as the Page lets it speak. Meta's own AI is no person.
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
  readonly #lastByOthers: HumanActivity;
  /** When a person last answered in a thread that nobody had passed. */
  readonly #lastByPerson: HumanActivity;
  /** Pages of which it is known that nobody can take a thread there. */
  readonly #takesRefused: ThreadNotes<true>;
  readonly #lastWordOfOthers: LiveChatBotOptions['lastWordOfOthers'];
  readonly #hearsOthers: NonNullable<LiveChatBotOptions['hearsOthers']>;

  constructor(options: LiveChatBotOptions) {
    super('Live chat bot', options);
    this.#pageInboxMoveToMain = options.pageInboxMoveToMain ?? 'grant';
    this.#takeBackAfterMs = options.takeBackAfterMs;
    const kept = { storage: this.notes, appId: this.appId };
    this.#lastByOthers = new HumanActivity(kept);
    this.#lastByPerson = new HumanActivity({ ...kept, topic: 'person answered' });
    this.#takesRefused = new ThreadNotes({
      ...kept,
      topic: 'takes refused',
      read: (json) => json === true || undefined,
    });
    this.#lastWordOfOthers = options.lastWordOfOthers;
    this.#hearsOthers = options.hearsOthers ?? (() => Promise.resolve(true));

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
    this.onFacebookStandby(async (event, context, next) => {
      await this.#listen(event, context);
      await next();
    });
  }

  protected override async threadTaken(event: TakeThreadControlEvent): Promise<void> {
    await this.#lastByOthers.note(event);
    this.logger.info({ newOwner: event.newOwnerAppId }, 'Thread control was taken.');
  }

  async #answer(context: TurnContext, payload: string | undefined, text: unknown): Promise<void> {
    const moment = { ...this.threadOf(context), timestamp: context.activity.timestamp?.getTime() };
    const isPersons = await this.#isPersons(moment);
    if (isPersons || !(await this.maySpeak(context))) {
      if (isChosen(takeFromInbox, payload, text)) await this.#takeBack(moment, context, words.taken);
      else if (isPersons) this.logger.info({ bot: this.name }, 'Nothing is said, because a person is answering.');
      return;
    }
    if (!isChosen(passToInbox, payload, text)) {
      await this.#sayWith(context, words.welcome, passToInbox);
    } else if (context.activity.channelId !== Channels.Facebook.valueOf()) {
      await this.say(context, sentences.onlyOnFacebook);
    } else {
      await this.moveThread(context, words.couldNotPass, async (threadControl) => {
        const isForGood = (await this.#takesRefused.get({ pageId: moment.pageId, psid: '' })) === true;
        const said = isForGood
          ? await this.say(context, words.passingForGood)
          : await this.#sayWith(context, words.passing, takeFromInbox);
        if (said === 'suppressed') return;
        await threadControl.passThreadControl(context.activity.from.id, PAGE_INBOX_APP_ID, passToInbox.payload);
        await this.#lastByOthers.note(moment);
      });
    }
  }

  protected override async threadPassed(event: PassThreadControlEvent, context: TurnContext): Promise<void> {
    if (this.isAnotherReceiver(event.newOwnerAppId)) {
      this.logger.debug({ newOwner: event.newOwnerAppId }, 'The thread was passed to another receiver.');
      return;
    }
    await this.#forgetOthers(event);
    // The classic protocol tells the one who takes a thread from the inbox that it was passed; the bot has spoken already.
    if (event.metadata === ownTake) return;
    const isAi = event.previousOwnerAppId !== undefined && isMetaAi(event.previousOwnerAppId);
    await this.#sayWith(context, isAi ? words.taken : words.ended, passToInbox);
  }

  async #listen(event: StandbyEvent, context: TurnContext): Promise<void> {
    if (event.kind !== 'message') return;
    if (isChosen(takeFromInbox, event.quickReply?.payload, event.text)) {
      await this.#takeBack(event, context, words.taken);
    } else if (this.#takeBackAfterMs !== undefined) {
      const since = await this.#lastByOthers.silence(event);
      if (since <= this.#takeBackAfterMs || (await this.#hasSpokenUnheard(event, this.#takeBackAfterMs))) return;
      await this.#takeBack(event, context, words.unanswered);
    }
  }

  /** Whether somebody spoke in the time that counts without this bot having heard of it; when nobody can tell, it is taken for so. */
  async #hasSpokenUnheard(event: StandbyEvent, withinMs: number): Promise<boolean> {
    const { pageId = '', psid, timestamp } = event;
    if (psid === undefined || timestamp === undefined) return true;
    if (this.#lastWordOfOthers === undefined) return !(await this.#hearsOthers(pageId));
    try {
      const at = await this.#lastWordOfOthers(pageId, psid);
      if (at === undefined || timestamp - at > withinMs) return false;
      await this.#lastByOthers.note({ pageId, psid, timestamp: at });
      return true;
    } catch (error) {
      if (!(error instanceof GraphApiError)) throw error;
      const isHeard = await this.#hearsOthers(pageId);
      this.logger[isHeard ? 'debug' : 'warn'](
        { bot: this.name, reason: error.reason },
        'Whether a person answered in the meantime could not be asked.',
      );
      return !isHeard;
    }
  }

  /** Takes first and then speaks: before, Messenger would refuse the message. */
  async #takeBack(moment: Moment, context: TurnContext, sentence: string): Promise<void> {
    const outcome = await this.moveSilently(moment, sentence, (threadControl, psid) =>
      threadControl.takeThreadControl(psid, ownTake),
    );
    if (outcome === 'notPossible') return;
    if (outcome === 'noDefaultApp') {
      // Nobody owns threads of such a Page for good: who may speak, speaks.
      const { pageId = '', psid = '' } = moment;
      await this.#takesRefused.set({ pageId, psid: '' }, true);
      await this.takeAsOwn({ pageId, psid });
    } else if (outcome !== 'moved') {
      // Without an answer the person may have the thread still. Who asked for the bot is told that he does not get it.
      if (sentence === words.taken && outcome !== 'noAnswer') {
        await this.sayIfAllowed(context, `${words.couldNotTake}, ${because(outcome)}.`);
      }
      return;
    }
    await this.#forgetOthers(moment);
    await this.#sayWith(context, sentence, passToInbox);
  }

  /** Whether a person has answered in a thread that nobody had passed, and not long ago. */
  async #isPersons(moment: Moment): Promise<boolean> {
    const since = await this.#lastByPerson.silenceSince(moment);
    return since !== undefined && (this.#takeBackAfterMs === undefined || since <= this.#takeBackAfterMs);
  }

  async #forgetOthers(moment: Moment): Promise<void> {
    await this.#lastByOthers.forget(moment);
    await this.#lastByPerson.forget(moment);
  }

  protected override async threadRequested(event: RequestThreadControlEvent, context: TurnContext): Promise<void> {
    const { psid, requestedOwnerAppId } = event;
    const isInbox = requestedOwnerAppId === PAGE_INBOX_APP_ID;
    if (!isInbox || psid === undefined || this.#pageInboxMoveToMain === 'ignore') {
      this.logger.info({ requester: requestedOwnerAppId }, 'A request for thread control was not granted.');
      return;
    }
    await this.moveThread(context, words.couldNotPass, async (threadControl) => {
      if ((await this.#sayWith(context, words.moved, takeFromInbox)) === 'suppressed') return;
      await threadControl.passThreadControl(psid, PAGE_INBOX_APP_ID, 'request granted');
      await this.#lastByOthers.note(event);
    });
  }

  /** An echo of another app or of a person is how the bot learns that somebody else spoke. */
  protected override async pageSpoke(event: EchoEvent): Promise<void> {
    if (event.author === 'metaAi' || (event.author === 'app' && !this.isAnotherReceiver(event.appId))) return;
    await this.#lastByOthers.note(event);
    if (event.author === 'person' && event.via === 'messaging') await this.#lastByPerson.note(event);
  }

  async #sayWith(context: TurnContext, sentence: string, choice: Choice): Promise<Said> {
    const actions = [{ type: ActionTypes.ImBack, title: choice.title, value: choice.payload }];
    return this.sendIfOwner(context, MessageFactory.suggestedActions(actions, `${this.name}: ${sentence}`), 'warn');
  }
}

/** Chosen by tapping it or by writing it, with or without a full stop. Azure's channel, and other channels, may bring the payload as text. */
function isChosen({ title, payload }: Choice, tapped: string | undefined, text: unknown): boolean {
  const written = typeof text === 'string' && text.length < 100 ? text.replace(/[\s.!?]{1,20}$/, '') : text;
  return tapped === payload || isSamePhrase(written, title) || isSamePhrase(written, payload);
}
