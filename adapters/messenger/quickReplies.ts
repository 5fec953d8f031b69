import { isJsonObject, readProperty, readText, type JsonObject } from '../../models/readJson.ts';
import { UnsendableMessageError } from '../../helpers/unsendableMessageError.ts';
import { limits, payloadOf } from './sendApiMessage.ts';
import { cutText } from '../../helpers/splitText.ts';

/** Actions that send something to the bot when tapped. A quick reply can do nothing else, such as open a page. */
const spokenActions: readonly string[] = ['imBack', 'postBack', 'messageBack'];

/**
 * Suggested actions as quick replies: the customer taps the title, which comes back as text, with the value as payload. Titles are cut to
 * twenty characters, as Meta would do.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/send-messages/quick-replies
 *
 * @throws UnsendableMessageError for an action without a title, or one that a quick reply cannot do
 */
export function quickRepliesOf(actions: readonly unknown[]): JsonObject[] {
  return actions.map((action) => {
    const title = titleOf(action);
    if (title === '') throw new UnsendableMessageError('A suggested action needs a title.');
    const type = readText(action, 'type') ?? 'imBack';
    if (!spokenActions.includes(type)) {
      throw new UnsendableMessageError(
        `A quick reply on Messenger cannot do what a suggested action of the type ${type.slice(0, 60)} does; use a card with a button.`,
      );
    }
    const imageUrl = readText(action, 'image');
    return {
      content_type: 'text',
      title: cutText(title, limits.title),
      payload: payloadOf(readProperty(action, 'value'), title),
      ...(imageUrl === undefined ? {} : { image_url: imageUrl }),
    };
  });
}

/** Bot Builder's actions have a title; hand-written ones may have only a value. */
export function titleOf(action: unknown): string {
  if (!isJsonObject(action)) return typeof action === 'string' ? action : '';
  return (readText(action, 'title') || readText(action, 'value') || readText(action, 'text')) ?? '';
}
