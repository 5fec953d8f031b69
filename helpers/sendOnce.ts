/** One message on its way out, as the adapter is about to send it. */
export interface MessageOnce {
  /** What is sent, as JSON: whatever tells it from another message. Nothing in it may change from one run of the turn to the next. */
  content: unknown;
  /** Its words as the platform will show them; empty when it has none. */
  text: string;
  /** Whether the customer minds getting it twice: a typing indicator is `harmless`. */
  twice: 'harmless' | 'noticed';
  /** `several`: the platform makes more than one message of it, so part of it may have been sent. Default: `one`. */
  parts?: 'one' | 'several';
}

/** What the answer to a sent message tells. */
export interface SentResult {
  /** The platform's id of the message; empty when the answer named none. */
  id: string;
}

/**
 * Sends one message, once: `perform` makes the one call for it, with the mark as the message's `metadata` where the platform takes
 * one, and gives the platform's id of the message.
 */
export type SendOnce = (message: MessageOnce, perform: (mark: string) => Promise<SentResult>) => Promise<SentResult>;
