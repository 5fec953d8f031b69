/** One message that the adapter is about to send. */
export interface OutgoingMessage {
  /** What is sent, as JSON. Must be the same in every run of the turn. */
  content: unknown;
  /** Its text as the platform will show it; empty if it has none. */
  text: string;
  /** Whether a duplicate would be visible. A typing indicator is `harmless`. */
  duplicate: 'harmless' | 'visible';
  /** The key of the conversation that it goes to. Default: that of the turn. */
  conversation?: string | undefined;
  /** How its text reaches the customer: as it is (the default), or as Azure's channel renders it. */
  rendering?: 'exact' | 'channel';
  /** `several`: the platform makes several messages of it, so part of it may have been sent. Default: `one`. */
  parts?: 'one' | 'several';
}

/** The answer to a sent message. */
export interface SentResult {
  /** The platform's id of the message; empty if the answer named none. */
  id: string;
  /** The id was found by the message's text; if several messages have the same text, it may belong to another one. */
  isGuess?: true;
}

/**
 * Sends one message, once. `perform` makes the call, with the correlation id as the message's `metadata` where the platform takes one, and returns
 * the platform's id of the message.
 */
export type JournaledSend = (
  message: OutgoingMessage,
  perform: (correlationId: string) => Promise<SentResult>,
) => Promise<SentResult>;
