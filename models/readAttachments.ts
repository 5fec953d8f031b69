import type { FacebookAttachment } from './facebookEvent.ts';
import { present } from './present.ts';
import { isJsonObject, readArray, readId, readObject, readProperty, readText, type JsonObject } from './readJson.ts';

/**
 * The attachments of a message's body, without duplicates: until August 2026 Messenger sent a sticker as `sticker` and again as `image`.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messages
 */
export function readAttachments(message: JsonObject): FacebookAttachment[] {
  const all = readArray(message, 'attachments').filter(isJsonObject);
  const stickers = all.filter(({ type }) => type === 'sticker');
  const isTwin = (one: JsonObject) =>
    !stickers.includes(one) && stickers.some((sticker) => isSameSticker(sticker, one));
  return all.filter((one) => !isTwin(one)).map(readAttachment);
}

function readAttachment(attachment: JsonObject): FacebookAttachment {
  const payload = readObject(attachment, 'payload');
  const url = urlOf(attachment);
  const coordinates = readCoordinates(payload);
  const hasContent = url === undefined && coordinates === undefined;
  return {
    type: readText(attachment, 'type') ?? 'file',
    ...present('url', url),
    ...present('title', readText(payload, 'title') ?? readText(attachment, 'title')),
    ...present('coordinates', coordinates),
    ...present('content', hasContent ? payload : undefined),
  };
}

/** A shared link has its address beside the payload. */
function urlOf(attachment: JsonObject): string | undefined {
  return readText(readProperty(attachment, 'payload'), 'url') ?? readText(attachment, 'url');
}

function readCoordinates(payload: unknown): FacebookAttachment['coordinates'] {
  const place = readProperty(payload, 'coordinates');
  const latitude = readProperty(place, 'lat');
  const longitude = readProperty(place, 'long');
  return typeof latitude === 'number' && typeof longitude === 'number' ? { latitude, longitude } : undefined;
}

function isSameSticker(sticker: JsonObject, other: JsonObject): boolean {
  const [id, otherId] = [sticker, other].map(({ payload }) => readId(payload, 'sticker_id'));
  const [url, otherUrl] = [sticker, other].map(urlOf);
  return (id !== undefined && id === otherId) || (url !== undefined && url === otherUrl);
}
