import type { Channel, WebhookKind } from './effects.ts';

/**
 * The fields of a Page that an app can subscribe to, as far as the emulator sends something for them.
 * Source: https://developers.facebook.com/docs/messenger-platform/webhooks#webhook-events
 */
export const subscribedFields = [
  'messages',
  'messaging_postbacks',
  'standby',
  'messaging_handovers',
  'message_echoes',
  'message_reads',
  'message_deliveries',
  'message_reactions',
  'messaging_referrals',
  'messaging_optins',
] as const;

export type SubscribedField = (typeof subscribedFields)[number];

/** Other fields of Meta's for Messenger. An app may subscribe to them; nothing is ever sent for them. */
export const silentFields: readonly string[] = [
  'message_edits',
  'message_context',
  'messaging_account_linking',
  'messaging_customer_information',
  'messaging_policy_enforcement',
  'response_feedback',
  'inbox_labels',
  'send_cart',
  'feed',
];

export function isKnownField(name: string): boolean {
  return [...subscribedFields, ...silentFields].includes(name);
}

const fieldOfKind: Readonly<Record<WebhookKind, SubscribedField>> = {
  message: 'messages',
  postback: 'messaging_postbacks',
  echo: 'message_echoes',
  read: 'message_reads',
  delivery: 'message_deliveries',
  reaction: 'message_reactions',
  referral: 'messaging_referrals',
  optin: 'messaging_optins',
  notice: 'messages',
  pass_thread_control: 'messaging_handovers',
  take_thread_control: 'messaging_handovers',
  request_thread_control: 'messaging_handovers',
  app_roles: 'messaging_handovers',
};

/** The subscription that a webhook needs: everything on standby comes with the field `standby`. */
export function fieldFor(channel: Channel, kind: WebhookKind): SubscribedField {
  return channel === 'standby' ? 'standby' : fieldOfKind[kind];
}
