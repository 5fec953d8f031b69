/** What can go wrong with single attempts to post a webhook, behind which Meta tries again. */
const attemptFaultKinds = ['refuse', 'timeout', 'loseAnswer'] as const;
export type AttemptFaultKind = (typeof attemptFaultKinds)[number];

/** What can go wrong with a webhook on its way to an app. */
export const webhookFaultKinds = ['drop', 'duplicate', 'delay', 'reorder', 'hold', ...attemptFaultKinds] as const;
export type WebhookFaultKind = (typeof webhookFaultKinds)[number];

export const isOfAttempt = (kind: WebhookFaultKind): kind is AttemptFaultKind =>
  attemptFaultKinds.some((one) => one === kind);
