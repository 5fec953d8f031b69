import { UnsendableMessageError } from '../../helpers/unsendableMessageError.ts';
import type { JsonObject } from '../../models/readJson.ts';

/** What a message to the customer may hold. Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api */
export interface OutgoingMessage {
  text?: string;
  attachment?: JsonObject;
  quick_replies?: readonly JsonObject[];
  /** Comes back in the message's echo. */
  metadata?: string;
}

/** Meta's limits. Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api */
export const limits = {
  text: 2000,
  metadata: 1000,
  quickReplies: 13,
  /** For quick replies and buttons. */
  title: 20,
  /** For quick replies and buttons. */
  payload: 1000,
  buttons: 3,
  buttonTemplateText: 640,
  elements: 10,
  elementText: 80,
} as const;

/**
 * What comes back when a quick reply or a button is tapped.
 *
 * @throws UnsendableMessageError if it is too long: cut short, it would mean something else
 */
export function payloadOf(value: unknown, title: string): string {
  const payload = value === undefined || value === null || value === '' ? title : asText(value);
  if (payload.length > limits.payload) {
    throw new UnsendableMessageError(
      `The value of a button or quick reply may have at most ${limits.payload} characters.`,
    );
  }
  return payload;
}

/**
 * An address that Meta fetches or opens.
 *
 * @param where which of the bot's fields holds it, for the error
 * @throws UnsendableMessageError if it is not an http or https address
 */
export function webAddressOf(value: unknown, where: string): string {
  if (typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value)) return value;
  throw new UnsendableMessageError(
    `Messenger fetches pages and files itself: ${where} must be an http or https address.`,
  );
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
