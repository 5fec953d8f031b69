import type { EchoAuthor } from './facebookEvent.ts';
import { isInbox, isMetaAi } from './metaReceivers.ts';
import { isJsonObject, readArray, readFlag, readProperty, readText, toId, type JsonObject } from './readJson.ts';

/** Whether the body of a message holds anything that its sender said or showed, and not only what Meta put there. */
export function saysSomething(message: JsonObject): boolean {
  const text = readText(message, 'text') ?? '';
  return (
    (text !== '' && text !== noticeOf(message)) ||
    readText(readProperty(message, 'quick_reply'), 'payload') !== undefined ||
    readArray(message, 'attachments').some(isJsonObject) ||
    toId(readProperty(message, 'sticker_id')) !== undefined
  );
}

/** Meta's own line in a thread, which comes in the form of a message. */
export function noticeOf(message: JsonObject): string | undefined {
  const notice = readText(message, 'admin_text');
  return notice === '' ? undefined : notice;
}

/** Who wrote the message of an echo. A person's has the inbox's app id, in old payloads none; Meta's AI has the inbox's and a flag. */
export function authorOf(message: JsonObject): EchoAuthor {
  const given = readProperty(message, 'app_id') ?? '';
  const appId = toId(given);
  const fromInbox = given === '' || (appId !== undefined && isInbox(appId));
  if ((appId !== undefined && isMetaAi(appId)) || (fromInbox && readFlag(message, 'ai_generated'))) return 'metaAi';
  return fromInbox ? 'person' : 'app';
}
