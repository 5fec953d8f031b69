import type { TurnContext } from 'botbuilder';
import type { ThreadControl } from '../../helpers/facebookThreadControlHelper.ts';
import { GraphApiError } from '../../helpers/graph/graphErrors.ts';
import {
  PAGE_INBOX_APP_ID,
  type RequestThreadControlEvent,
  type TakeThreadControlEvent,
} from '../../models/facebookEvent.ts';
import type { TakeoverRules } from '../takeover/rules.ts';
import { Takeover, type TakeoverParts } from '../takeover/takeover.ts';
import { HandoverBot, type HandoverBotOptions } from './handoverBot.ts';
import { isSamePhrase, phrases } from './handoverWording.ts';
import { primaryRules } from './primaryTakeover.ts';

export interface PrimaryBotOptions
  extends HandoverBotOptions, Pick<TakeoverParts, 'timers' | 'now' | 'lastWordOfOthers' | 'hearsOthers'> {
  /** When a person clicks *Move to Main* in the Page Inbox, under the classic protocol: let them have the thread (the default), or not. */
  pageInboxMoveToMain?: 'grant' | 'ignore';
  /** When a request should be granted while another receiver owns the thread: take it first, or say that it cannot be passed (the default). */
  notOwnerRequest?: 'takeThenPass' | 'decline';
  /** People take over as these rules say, beside {@link primaryRules}. Absent: the bot only passes threads, and waits for what comes back. */
  takeover?: Partial<TakeoverRules>;
}

/**
 * The bot of the primary receiver (today: the Page's default app). It owns a thread unless it passed it on, decides
 * about requests of others, and may take a thread back.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/handover-protocol
 */
export class PrimaryBot extends HandoverBot {
  readonly #pageInboxMoveToMain: 'grant' | 'ignore';
  readonly #notOwnerRequest: 'takeThenPass' | 'decline';
  readonly #takeover: Takeover | undefined;

  constructor(options: PrimaryBotOptions) {
    super('Primary bot', options);
    this.#pageInboxMoveToMain = options.pageInboxMoveToMain ?? 'grant';
    this.#notOwnerRequest = options.notOwnerRequest ?? 'decline';
    const { takeover } = options;
    const parts = { ...options, notes: this.notes, appId: this.appId };
    this.#takeover = takeover && new Takeover(parts, { ...primaryRules, ...takeover });
    if (this.#takeover !== undefined) {
      const part = this.#takeover;
      this.onTurn((context, next) => part.onTurn(context, next));
    }

    this.onChoice(phrases.passToPageInbox, (context, choice) => this.#passToPageInbox(context, choice));
    this.onChoice(phrases.passToSecondary, (context, choice) => this.#passToSecondary(context, choice));
    // These two are for the secondary bot, which hears them on standby and makes its request.
    this.onChoice(phrases.receiveRequest, () => Promise.resolve());
    this.onChoice(phrases.receiveNiceRequest, () => Promise.resolve());
    this.onStandbyPhrase(phrases.haveControlTaken, (threadControl, psid, phrase) =>
      threadControl.takeThreadControl(psid, phrase),
    );
  }

  /** None of the choices was meant. */
  protected override async notUnderstood(context: TurnContext): Promise<void> {
    const result = await this.#takeover?.unhelpful(context);
    if (result === undefined || result === 'counted') await super.notUnderstood(context);
  }

  protected override threadTaken(event: TakeThreadControlEvent): Promise<void> {
    this.logger.info({ previousOwner: event.previousOwnerAppId }, 'Thread control was taken.');
    return Promise.resolve();
  }

  async #passToPageInbox(context: TurnContext, choice: string): Promise<void> {
    await this.moveThread(context, couldNotPass, async (threadControl) => {
      const goes = 'The thread goes to the page inbox now, where a person can answer.';
      if ((await this.say(context, goes)) === 'suppressed') return;
      await threadControl.passThreadControl(context.activity.from.id, PAGE_INBOX_APP_ID, choice);
      await this.#takeover?.handedOver(context, { reason: 'button', to: 'inbox' });
    });
  }

  async #passToSecondary(context: TurnContext, choice: string): Promise<void> {
    await this.moveThread(context, couldNotPass, async (threadControl) => {
      const receivers = await threadControl.getSecondaryReceivers();
      const secondary = receivers.find(({ id }) => id !== PAGE_INBOX_APP_ID && id !== this.appId);
      if (secondary === undefined) {
        await this.say(context, 'The Page has no secondary receiver that the thread could be passed to.');
        return;
      }
      const goes = `The thread goes to ${secondary.name ?? this.nameOf(secondary.id)} now.`;
      if ((await this.say(context, goes)) === 'suppressed') return;
      await threadControl.passThreadControl(context.activity.from.id, secondary.id, choice);
    });
  }

  protected override async threadRequested(event: RequestThreadControlEvent, context: TurnContext): Promise<void> {
    const requester = this.nameOf(event.requestedOwnerAppId);
    if (this.appId !== undefined && event.requestedOwnerAppId === this.appId) {
      this.logger.debug({}, 'A request for thread control came from this bot itself and is left alone.');
      return;
    }
    if (event.requestedOwnerAppId === PAGE_INBOX_APP_ID) {
      if (this.#pageInboxMoveToMain === 'ignore') {
        this.logger.info({}, 'A person moved the conversation to Main in the Page Inbox, which is ignored by choice.');
        return;
      }
      await this.#grant(event, context, 'A person in the page inbox wants to take over, so the thread goes there now.');
    } else if (isSamePhrase(event.metadata, 'please')) {
      await this.#grant(event, context, `The thread was requested nicely by ${requester} and goes there now.`);
    } else {
      await this.sayIfAllowed(
        context,
        `The thread was requested by ${requester} without a please, so it stays where it is. Write something to go on.`,
      );
    }
  }

  async #grant(event: RequestThreadControlEvent, context: TurnContext, sentence: string): Promise<void> {
    const { psid, requestedOwnerAppId: requester } = event;
    if (psid === undefined || requester === undefined) {
      this.logger.warn({}, 'A request for thread control named no customer or no requester and cannot be granted.');
      return;
    }
    await this.moveThread(context, couldNotPass, async (threadControl) => {
      const owner = await this.#ownerAsFarAsKnown(threadControl, psid);
      if (owner === requester) {
        this.logger.debug({ requester }, 'A request for thread control came from the owner of the thread.');
        return;
      }
      if (owner !== 'this') {
        if (this.#notOwnerRequest === 'decline') {
          await this.sayIfAllowed(context, `${couldNotPass}, because another receiver owns the thread.`);
          return;
        }
        await threadControl.takeThreadControl(psid, 'taken to grant a request');
      }
      if ((await this.sayIfAllowed(context, sentence)) === 'suppressed') return;
      await threadControl.passThreadControl(psid, requester, 'request granted');
      if (requester === PAGE_INBOX_APP_ID) {
        await this.#takeover?.handedOver(context, { reason: 'requested', to: 'inbox' });
      }
    });
  }

  /** The app id of another owner, `other` when Meta does not tell who it is, or `this` unless another is known to own it. */
  async #ownerAsFarAsKnown(threadControl: ThreadControl, psid: string): Promise<string> {
    try {
      const owner = await threadControl.getThreadOwner(psid);
      if (owner.owner === 'other') return 'other';
      return owner.owner === 'app' && this.isAnotherReceiver(owner.appId) ? owner.appId : 'this';
    } catch (error) {
      // Some pages refuse the question and allow the pass, so the answer to the pass decides.
      if (error instanceof GraphApiError) return 'this';
      throw error;
    }
  }
}

const couldNotPass = 'Thread control could not be passed';
