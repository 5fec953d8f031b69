import type { TurnContext } from 'botbuilder';
import type { ConversationTarget } from './botTimers.ts';

export interface RunOptions {
  /**
   * A message tag for everything that is said in the turn. Messenger takes messages with a tag also when the customer has
   * been silent for more than 24 hours, so the window is not checked then. A bot may use `CUSTOMER_FEEDBACK` alone, for Meta's feedback
   * template; it is not known whether Meta still takes it.
   *
   * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/changelog/
   */
  tag?: string;
  /**
   * For how long after the customer's last word Messenger takes messages without a tag, in milliseconds. Default: 24 hours. It is seven days for
   * customers who came from an ad, after their first message.
   *
   * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/policy/
   */
  windowMs?: number;
}

/** Conversations in which the bot speaks by itself. */
export interface Conversations {
  /**
   * Runs `logic` as a turn of a conversation: after the turns that wait there, journaled and guarded like any. It resolves with what `logic`
   * returned once the turn is committed, and rejects when the turn was given up. A turn that fails runs again like any other, so `logic` may be
   * called several times. It must speak through the context that it is given.
   *
   * `logic` lives in this process. If the process ends first, what had begun is reconciled at the next start and the rest is dropped. For what must
   * happen, set a timer that is due at once.
   *
   * @throws ConversationError
   * @throws UnsendableMessageError for a tag that a bot may not use. Nothing was sent
   */
  run<T>(target: ConversationTarget, logic: (context: TurnContext) => Promise<T>, options?: RunOptions): Promise<T>;
  /**
   * Until when Messenger takes messages of the bot in this conversation: 24 hours after the customer's last word, in milliseconds since 1970.
   * Undefined if that is not known. A timer's turn asks before it speaks; Meta refuses what comes later, and the turn becomes a dead letter.
   */
  openUntil(target: ConversationTarget): Promise<number | undefined>;
}

const sentences = {
  unknown: 'Nothing is known of this conversation, so there is no way to reach it. The customer has to write first.',
  noPage: 'The Page of the customer is not known yet. Pass { pageId, psid }.',
  outsideWindow:
    'The customer last wrote more than 24 hours ago, and Messenger takes only messages with a tag then. Nothing was sent.',
  insideTurn:
    'A turn must not run another one: when it runs again, so would the other. Use its own context, or set a timer that is due at once.',
  closed: 'The bot is closing. The turn may be run, or dropped, by the next process.',
} as const;

/** Why nothing could be begun in a conversation. Nothing was sent; only with `closed` something may have been. */
export class ConversationError extends Error {
  override readonly name = 'ConversationError';
  readonly reason: keyof typeof sentences;

  constructor(reason: keyof typeof sentences) {
    super(sentences[reason]);
    this.reason = reason;
  }
}
