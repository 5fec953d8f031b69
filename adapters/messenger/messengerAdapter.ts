import { setTimeout as wait } from 'node:timers/promises';
import { BotAdapter, TurnContext, type Activity, type ConversationReference, type ResourceResponse } from 'botbuilder';
import type { SendApi } from './sendApi.ts';
import { isSilent, type SendApiCallOptions } from './sendApiCalls.ts';
import { facebookEventOf } from '../../models/facebookActivity.ts';
import { readId, readInteger } from '../../models/readJson.ts';
import type { TurnLogic } from '../../turns/turnLogic.ts';
import { messengerServiceUrl } from './messengerActivity.ts';
import { restoreMessengerTurn } from './messengerTurn.ts';

export interface MessengerAdapterOptions {
  sendApi: SendApi;
  /** The bot. */
  logic: TurnLogic;
  /** This bot's Facebook app, to know the echoes of its own messages. */
  ownAppId: string;
  /** For `delay` activities, in milliseconds. */
  sleep?: (ms: number) => Promise<unknown>;
}

type Continue = (context: TurnContext) => Promise<void>;

/** The longest wait of a `delay` activity, in milliseconds: the whole conversation waits with it. */
const maxDelayMs = 60_000;

/**
 * The Bot Framework adapter of the direct endpoint: turns run from stored webhook items, and what the bot sends goes through
 * the Send API. `onTurnError` stays unset on purpose: with it Bot Builder resolves a turn that failed.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/bot-builder-basics
 */
export class MessengerAdapter extends BotAdapter {
  readonly #options: MessengerAdapterOptions;

  constructor(options: MessengerAdapterOptions) {
    super();
    this.#options = options;
  }

  /**
   * Runs the turn of a stored delivery; rejects when the turn fails. An echo of this app's own message is no turn of the bot. An item that
   * makes no sense, which only a person can have taken out of quarantine, is refused, so that it is kept as a dead letter.
   */
  async runStoredTurn(text: string): Promise<void> {
    const { logic, ownAppId } = this.#options;
    const turn = restoreMessengerTurn(text);
    if ('aside' in turn) throw new TypeError(`No bot can have this item: ${turn.aside.reason}`);
    // Only an echo's item has this property, and most turns are none: the bot reads their event, once.
    const event = text.includes('"is_echo":') ? facebookEventOf(turn.activity) : undefined;
    if (event?.kind === 'echo' && event.appId === ownAppId) return;
    await this.runMiddleware(new TurnContext(this, turn.activity), logic);
  }

  /**
   * Sends in order and waits for each answer. A message is one call of the Send API for each message that the customer sees;
   * `typing` shows the three dots; `delay` waits; what Bot Builder sends for itself, such as traces, is left out.
   *
   * @throws GraphApiError when Meta refused, such as for a thread that another receiver owns
   * @throws UnsendableMessageError when Messenger cannot carry the message, or has nothing like the activity
   */
  override async sendActivities(context: TurnContext, activities: Partial<Activity>[]): Promise<ResourceResponse[]> {
    const { sendApi, sleep = wait } = this.#options;
    const responses: ResourceResponse[] = [];
    for (const activity of activities) {
      let id: string | undefined;
      if (activity.type === 'delay') {
        await sleep(Math.min(Math.max(readInteger(activity, 'value') ?? 1000, 0), maxDelayMs));
      } else if (!isSilent(activity)) {
        id = await sendApi.send(activity, customerOf(activity), messagingTypeOf(context));
      }
      responses.push({ id: id ?? '' });
    }
    return responses;
  }

  /** Messenger has no such thing. Always rejects. */
  override updateActivity(): Promise<void> {
    return Promise.reject(new Error('Messenger cannot change a message that was sent. Send another one instead.'));
  }

  /** Messenger has no such thing. Always rejects. */
  override deleteActivity(): Promise<void> {
    return Promise.reject(new Error('Messenger cannot take back a message that was sent.'));
  }

  /** As {@link continueConversationAsync}, which needs no more than this either. */
  override continueConversation(reference: Partial<ConversationReference>, logic: Continue): Promise<void> {
    return this.#continue(reference, logic);
  }

  /**
   * Speaks first: runs `logic` in a conversation that was there before. References made on either endpoint will do. Within
   * 24 hours after the customer's last message Meta accepts what is sent, and up to 7 days after the first one behind an ad; later it refuses.
   *
   * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/policy/
   * Source: https://learn.microsoft.com/azure/bot-service/bot-builder-howto-proactive-message
   *
   * @param _bot not needed: the Page token says who is speaking
   */
  override continueConversationAsync(
    _bot: unknown,
    reference: Partial<ConversationReference>,
    audienceOrLogic: string | Continue,
    maybeLogic?: Continue,
  ): Promise<void> {
    const logic = typeof audienceOrLogic === 'function' ? audienceOrLogic : maybeLogic;
    if (logic === undefined) return Promise.reject(new TypeError('There is no logic to continue with.'));
    return this.#continue(reference, logic);
  }

  async #continue(reference: Partial<ConversationReference>, logic: Continue): Promise<void> {
    const activity = TurnContext.applyConversationReference(
      { type: 'event', name: continueName },
      { ...reference, channelId: 'facebook', serviceUrl: messengerServiceUrl },
      true,
    );
    customerOf(activity);
    await this.runMiddleware(new TurnContext(this, activity), logic);
  }
}

const continueName = 'ContinueConversation';

function messagingTypeOf({ activity }: TurnContext): SendApiCallOptions['messagingType'] {
  return activity.type === 'event' && activity.name === continueName ? 'UPDATE' : 'RESPONSE';
}

/** The conversation is `<psid>-<pageid>` whoever spoke: in a turn about an echo the Page is the sender. */
function customerOf({ conversation }: Partial<Activity>): string {
  const id = readId(conversation, 'id') ?? '';
  const end = id.lastIndexOf('-');
  if (end < 1) throw new Error('The activity has no conversation with a customer, so there is nobody to send to.');
  return id.slice(0, end);
}
