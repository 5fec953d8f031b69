/**
 * Whether a key of the bot's state is one under which Bot Builder's `ConversationState` and `UserState`, or `CustomerState`, keep what belongs to
 * one customer.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/bot-builder-concept-state
 */
export function isCustomerStateKey(key: string): boolean {
  return /^[^/]+\/(?:conversations|users|customers)\//.test(key);
}

/** The key of a value of the bot's state without the ids of Pages and apps, which all their customers share. */
export function withoutPages(key: string): string {
  return key
    .replace(/^thread notes\/.*\//, '')
    .replace(/^(facebook\/conversations\/[^/-]*)-[^/]*/, '$1')
    .replace(/^facebook\/customers\/[^/]*\//, '');
}
