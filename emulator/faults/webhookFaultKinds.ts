/** What can go wrong with a webhook on its way to an app. */
export const webhookFaultKinds = ['drop', 'duplicate', 'delay', 'reorder', 'hold'] as const;
export type WebhookFaultKind = (typeof webhookFaultKinds)[number];
