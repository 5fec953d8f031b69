import { UnsendableMessageError } from './unsendableMessageError.ts';

/** Ended on 27 April 2026. */
const retired: readonly string[] = ['ACCOUNT_UPDATE', 'CONFIRMED_EVENT_UPDATE', 'POST_PURCHASE_UPDATE'];

/**
 * The message tag of a bot, as Meta spells it. Of those that there ever were, only the feedback template's was not ended, or made for people, so it
 * is left to Meta to accept or refuse it.
 *
 * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/changelog/
 *
 * @throws UnsendableMessageError for every other one
 */
export function checkedTag(tag: string): string {
  const name = tag.toUpperCase();
  if (name === 'CUSTOMER_FEEDBACK') return name;
  const shown = JSON.stringify(tag.slice(0, 60));
  if (name === 'HUMAN_AGENT') {
    throw new UnsendableMessageError('The tag HUMAN_AGENT is for messages that people write; a bot may not use it.');
  }
  if (retired.includes(name)) {
    throw new UnsendableMessageError(`Meta ended the tag ${shown} on 27 April 2026. No tag has taken its place.`);
  }
  throw new UnsendableMessageError(`Meta has no message tag ${shown}, or has ended it.`);
}
