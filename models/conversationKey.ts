/**
 * The key of a conversation, under which the store keeps its order: `facebook <page id> <PSID>` for a customer of a Page, and
 * `<channel> <conversation id>` on any other channel. Made and read here alone.
 */
export function conversationKey(pageId: string, psid: string): string {
  return `${pageKey(pageId)} ${psid}`;
}

/** The key of a Page: what all of its conversations' keys begin with. */
export function pageKey(pageId: string): string {
  return `facebook ${pageId}`;
}

/** The key of a conversation that is not one of Messenger. */
export function channelConversationKey(channelId: string, conversationId: string): string {
  return `${channelId} ${conversationId}`;
}

/** The page's key, or the channel, of a conversation's key: whatever stands before the last word. */
export function pageOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf(' ')));
}

/** The customer's id; undefined when the conversation is not one of Messenger. */
export function psidOf(key: string): string | undefined {
  const [channel, , psid] = key.split(' ');
  return channel === 'facebook' ? psid : undefined;
}

/** The same conversation with the customer's and the Page's places exchanged, as an echo's activity names it. */
export function mirrored(key: string): string {
  const [channel, one, other] = key.split(' ');
  return `${channel} ${other} ${one}`;
}

/** Whether an id is one of the key's parts as a whole. */
export function hasPart(key: string, id: string): boolean {
  return key.split(' ').includes(id);
}
