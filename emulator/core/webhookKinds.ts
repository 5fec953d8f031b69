/** Where an app gets an event: `messaging` when it may answer, `standby` when another receiver owns the thread. */
export type Channel = 'messaging' | 'standby';

export const webhookKinds = [
  'message',
  'postback',
  'echo',
  'read',
  'delivery',
  'reaction',
  'referral',
  'optin',
  'account_linking',
  'notice',
  'pass_thread_control',
  'take_thread_control',
  'request_thread_control',
  'app_roles',
] as const;
export type WebhookKind = (typeof webhookKinds)[number];
