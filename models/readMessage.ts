import type { EchoAuthor, FacebookAttachment } from './facebookEvent.ts';
import { isInbox, isMetaAi } from './metaReceivers.ts';
import { readAttachments } from './readAttachments.ts';
import { readFlag, readProperty, readText, toId, type JsonObject } from './readJson.ts';

/** Whether a message's body holds anything that its sender said or showed, and not only what Meta put there. */
export function saysSomething(message: JsonObject): boolean {
  const notice = noticeOf(message);
  const text = readText(message, 'text') ?? '';
  // Beside a notice, or if Meta hides what was sent, an attachment is often an empty shell.
  const mayBeEmpty = notice !== undefined || readFlag(message, 'is_unsupported');
  return (
    (notice === undefined ? text !== '' : !['', notice.trim()].includes(text.trim())) ||
    readText(readProperty(message, 'quick_reply'), 'payload') !== undefined ||
    readAttachments(message).some((attachment) => !mayBeEmpty || hasSomething(attachment)) ||
    toId(readProperty(message, 'sticker_id')) !== undefined
  );
}

function hasSomething({ url, coordinates, content }: FacebookAttachment): boolean {
  return url !== undefined || coordinates !== undefined || Object.keys(content ?? {}).length > 0;
}

/** Meta's own line in a thread, which comes in the form of a message. */
export function noticeOf(message: JsonObject): string | undefined {
  const notice = readText(message, 'admin_text');
  return notice === '' ? undefined : notice;
}

/** Who wrote the message of an echo. A person's has the inbox's app id (none in old payloads); that of Meta's AI also has a flag. */
export function authorOf(message: JsonObject): EchoAuthor {
  const given = readProperty(message, 'app_id') ?? '';
  const appId = toId(given);
  const fromInbox = given === '' || (appId !== undefined && isInbox(appId));
  if ((appId !== undefined && isMetaAi(appId)) || (fromInbox && readFlag(message, 'ai_generated'))) return 'metaAi';
  return fromInbox ? 'person' : 'app';
}
