import { idAt, listAt, objectAt, type JsonObject } from '../json.ts';

/**
 * What a bot wants that makes a conversation: the Page as `bot`, one customer as `members`. That another bot's id is missing, and not wrong,
 * was recorded; that a second member is refused too, but without the words.
 *
 * Source: https://github.com/microsoft/botframework-sdk/issues/1869, https://github.com/microsoft/botframework-sdk/issues/4627
 */
export function readConversation(
  body: JsonObject,
  pageId: string,
): { readonly psid: string; readonly activity?: JsonObject } | { readonly refused: string } {
  if (idAt(objectAt(body, 'bot'), 'id') !== pageId)
    return { refused: 'CreateConversationAsync FAILED: Missing Bot Id' };
  const members = listAt(body, 'members').map((member) => idAt(member, 'id'));
  const [psid] = members;
  if (psid === undefined || !/^\d+$/.test(psid) || members.length > 1 || body['isGroup'] === true) {
    return { refused: 'CreateConversationAsync FAILED: a conversation on Messenger has one member, by its id' };
  }
  const activity = objectAt(body, 'activity');
  return { psid, ...(activity !== undefined && { activity }) };
}
