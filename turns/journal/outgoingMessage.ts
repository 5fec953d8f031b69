/** One message that the adapter is about to send. */
export interface OutgoingMessage {
  /** What is sent, as JSON. Nothing in it may change from one run of the turn to the next. */
  content: unknown;
  /** Its words as the platform will show them; empty when it has none. */
  text: string;
  /** Whether a duplicate would be visible. A typing indicator is `harmless`. */
  duplicate: 'harmless' | 'visible';
  /** The conversation that it goes to, as the store names it. Default: that of the turn. */
  conversation?: string | undefined;
  /** How its words reach the customer: as they are (the default), or as Azure's channel renders them. */
  rendering?: 'exact' | 'channel';
  /** `several`: the platform makes more than one message of it, so part of it may have been sent. Default: `one`. */
  parts?: 'one' | 'several';
}

/** The answer to a sent message. */
export interface SentResult {
  /** The platform's id of the message; empty when the answer named none. */
  id: string;
  /** The id was found by the message's words; if several messages have the same words, it may belong to another one. */
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
