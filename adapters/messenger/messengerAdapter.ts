import { setTimeout as wait } from 'node:timers/promises';
import { BotAdapter, TurnContext, type Activity, type ConversationReference, type ResourceResponse } from 'botbuilder';
import type { SendApi } from './sendApi.ts';
import { isSilent, type SendApiCallOptions } from './sendApiCalls.ts';
import { facebookEventOf } from '../../models/facebookActivity.ts';
import { isOwnEvent } from '../../models/ownEvents.ts';
import { readId, readInteger } from '../../models/readJson.ts';
import type { TurnLogic } from '../../turns/turnLogic.ts';
import { messengerServiceUrl } from './messengerActivity.ts';
import { restoreMessengerTurn } from './messengerTurn.ts';

export interface MessengerAdapterOptions {
  sendApi: SendApi;
  /** The bot. */
  logic: TurnLogic;
  /** This bot's Facebook app id, to recognise echoes of its own messages. */
  ownAppId: string;
  /** For `delay` activities, in milliseconds. */
  sleep?: (ms: number) => Promise<unknown>;
}

type Continue = (context: TurnContext) => Promise<void>;

/** The longest `delay` activity, in milliseconds: it holds up the whole conversation. */
const maxDelayMs = 60_000;

/**
 * The Bot Framework adapter of the direct endpoint: turns run from stored webhook items, and the bot's messages go through the Send API.
 * `onTurnError` stays unset on purpose: with it, Bot Builder resolves turns that failed.
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
   * Runs the turn of a stored event. Rejects if the turn fails. Echoes of this app's own messages do not reach the bot. An item that
   * makes no sense, which only a person can have released from quarantine, is refused and so becomes a dead letter.
   */
  async runStoredTurn(text: string, logic = this.#options.logic): Promise<void> {
    const { ownAppId } = this.#options;
    const turn = restoreMessengerTurn(text);
    if ('aside' in turn) throw new TypeError(`No bot can handle this item: ${turn.aside.reason}`);
    // Only echoes have this property. Most turns are not echoes, so their event is parsed once, by the bot.
    const event = text.includes('"is_echo":') ? facebookEventOf(turn.activity) : undefined;
    if (event?.kind === 'echo' && event.appId === ownAppId) return;
    await this.runMiddleware(new TurnContext(this, turn.activity), logic);
  }

  /**
   * Sends in order and waits for each response. Every message that the customer sees is one call to the Send API; `typing` shows the three
   * dots; `delay` waits; Bot Builder's internal activities, such as traces, are skipped.
   *
   * @throws GraphApiError if Meta refuses, for example because another receiver owns the thread
   * @throws UnsendableMessageError if Messenger cannot carry the message, or has nothing like the activity
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

  /** Always rejects: Messenger cannot do this. */
  override updateActivity(): Promise<void> {
    return Promise.reject(new Error('Messenger cannot change a message that was sent. Send another one instead.'));
  }

  /** Always rejects: Messenger cannot do this. */
  override deleteActivity(): Promise<void> {
    return Promise.reject(new Error('Messenger cannot take back a message that was sent.'));
  }

  /** The same as {@link continueConversationAsync}. */
  override continueConversation(reference: Partial<ConversationReference>, logic: Continue): Promise<void> {
    return this.#continue(reference, logic);
  }

  /**
   * Lets the bot speak first: runs `logic` in an existing conversation. References from either endpoint will do. Meta accepts messages for 24
   * hours after the customer's last one, or up to 7 days after the first one that came from an ad; after that it refuses them.
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
  const isContinued = activity.type === 'event' && activity.name === continueName;
  return isContinued || isOwnEvent(activity) ? 'UPDATE' : 'RESPONSE';
}

/** The conversation is `<psid>-<pageid>` whoever spoke; the sender will not do, since for an echo that is the Page. */
function customerOf({ conversation }: Partial<Activity>): string {
  const id = readId(conversation, 'id') ?? '';
  const end = id.lastIndexOf('-');
  if (end < 1) throw new Error('The activity has no conversation with a customer, so there is nobody to send it to.');
  return id.slice(0, end);
}
