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
  /** Of a quick reply and of a button. */
  title: 20,
  /** Of a quick reply and of a button. */
  payload: 1000,
  buttons: 3,
  buttonTemplateText: 640,
  elements: 10,
  elementText: 80,
} as const;

/** A message that Messenger cannot carry. The bot has to send another one; nothing was sent. */
export class UnsendableMessageError extends Error {
  override readonly name = 'UnsendableMessageError';
}

/**
 * What a quick reply or a button brings back when it is tapped.
 *
 * @throws UnsendableMessageError when it is too long: cut short it would mean something else
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
 * @param where what the bot calls the place that it stands in, for the error
 * @throws UnsendableMessageError when it is none of the web
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
