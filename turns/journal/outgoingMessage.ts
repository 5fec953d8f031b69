/** One message on its way out, as the adapter is about to send it. */
export interface OutgoingMessage {
  /** What is sent, as JSON: whatever tells it from another message. Nothing in it may change from one run of the turn to the next. */
  content: unknown;
  /** Its words as the platform will show them; empty when it has none. */
  text: string;
  /** Whether the customer minds getting it twice: a typing indicator is `harmless`. */
  duplicate: 'harmless' | 'visible';
  /** The conversation that it goes to, as the store names it. Default: that of the turn. */
  conversation?: string | undefined;
  /** How its words reach the customer: as they are (the default), or as Azure's channel renders them. */
  rendering?: 'exact' | 'channel';
  /** `several`: the platform makes more than one message of it, so part of it may have been sent. Default: `one`. */
  parts?: 'one' | 'several';
}

/** What the answer to a sent message tells. */
export interface SentResult {
  /** The platform's id of the message; empty when the answer named none. */
  id: string;
  /** The id is that of a message with the same words; when there are several, it may be another one's. */
  isGuess?: true;
}

/**
 * Sends one message, once: `perform` makes the one call for it, with the correlation id as the message's `metadata` where the platform takes
 * one, and gives the platform's id of the message.
 */
export type JournaledSend = (
  message: OutgoingMessage,
  perform: (correlationId: string) => Promise<SentResult>,
) => Promise<SentResult>;
