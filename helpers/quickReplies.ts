import { isJsonObject, readProperty, readText, type JsonObject } from '../models/readJson.ts';
import { limits, payloadOf } from './sendApiMessage.ts';
import { cutText } from './splitText.ts';

/**
 * Suggested actions as quick replies: the title is what the customer taps and what comes back as text, the value comes back
 * as payload. Of more than thirteen the rest is left out, and titles are cut to twenty characters, as Meta itself would.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/send-messages/quick-replies
 */
export function quickRepliesOf(actions: readonly unknown[]): JsonObject[] {
  return actions.slice(0, limits.quickReplies).flatMap((action) => {
    const title = titleOf(action);
    if (title === '') return [];
    const imageUrl = readText(action, 'image');
    return [
      {
        content_type: 'text',
        title: cutText(title, limits.title),
        payload: payloadOf(readProperty(action, 'value'), title),
        ...(imageUrl === undefined ? {} : { image_url: imageUrl }),
      },
    ];
  });
}

/** Bot Builder's actions have a title; those written by hand may have a value alone. */
export function titleOf(action: unknown): string {
  if (!isJsonObject(action)) return typeof action === 'string' ? action : '';
  return (readText(action, 'title') || readText(action, 'value') || readText(action, 'text')) ?? '';
}
