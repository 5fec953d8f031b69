/**
 * The key of a conversation, by which the store keeps its turns in order: `facebook <page id> <PSID>` for a customer of a Page, and
 * `<channel> <conversation id>` on any other channel. Made and read only here.
 */
export function conversationKey(pageId: string, psid: string): string {
  return `${pageKey(pageId)} ${psid}`;
}

/** The key of a Page: the prefix of all its conversations' keys. */
export function pageKey(pageId: string): string {
  return `facebook ${pageId}`;
}

/** The key of a conversation on a channel other than Messenger. */
export function channelConversationKey(channelId: string, conversationId: string): string {
  return `${channelId} ${conversationId}`;
}

/** The page's key, or the channel, in a conversation's key: everything before the last word. */
export function pageOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf(' ')));
}

/** The Page's id; undefined if the conversation is not on Messenger. */
export function pageIdOf(key: string): string | undefined {
  const [channel, pageId] = key.split(' ');
  return channel === 'facebook' ? pageId : undefined;
}

/** The customer's PSID; undefined if the conversation is not on Messenger. */
export function psidOf(key: string): string | undefined {
  const [channel, , psid] = key.split(' ');
  return channel === 'facebook' ? psid : undefined;
}

/** The same conversation with customer and Page swapped, as an echo's activity names it. */
export function mirrored(key: string): string {
  const [channel, one, other] = key.split(' ');
  return `${channel} ${other} ${one}`;
}

/** Whether an id is one of the key's parts. */
export function hasPart(key: string, id: string): boolean {
  return key.split(' ').includes(id);
}
