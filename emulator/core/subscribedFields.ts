import type { Channel, WebhookKind } from './webhookKinds.ts';

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
  'messaging_account_linking',
] as const;

export type SubscribedField = (typeof subscribedFields)[number];

/** What a webhook is usually subscribed to: without what the Page itself says, without receipts, and without logins. */
export const usualFields: readonly SubscribedField[] = subscribedFields.filter(
  (field) => !['message_echoes', 'message_reads', 'message_deliveries', 'messaging_account_linking'].includes(field),
);

/**
 * Other fields of a Page. An app may subscribe to them; nothing is ever sent for them.
 * Source: https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps
 */
export const silentFields: readonly string[] = [
  ...[
    'message_context',
    'message_edits',
    'message_mention',
    'message_template_status_update',
    'messaging_appointments',
  ],
  ...['messaging_checkout_updates', 'messaging_customer_information', 'messaging_direct_sends'],
  ...['messaging_fblogin_account_linking', 'messaging_feedback', 'messaging_game_plays'],
  ...['messaging_in_thread_lead_form_submit', 'messaging_integrity', 'messaging_optouts', 'messaging_payments'],
  ...['messaging_policy_enforcement', 'messaging_pre_checkouts', 'response_feedback', 'inbox_labels', 'send_cart'],
  ...['affiliation', 'attire', 'awards', 'bio', 'birthday', 'category', 'checkins', 'company_overview'],
  ...['conversations', 'culinary_team', 'current_location', 'description', 'email', 'feature_access_list', 'feed'],
  ...['founded', 'general_info', 'general_manager', 'group_feed', 'hometown', 'hours', 'invoice_access_invoice_change'],
  ...['leadgen', 'leadgen_fat', 'leadgen_update', 'live_videos', 'local_delivery', 'location', 'mcom_invoice_change'],
  ...['members', 'mention', 'merchant_review', 'mission', 'name', 'otp_verification', 'page_about_story'],
  ...['page_change_proposal', 'page_upcoming_change', 'parking', 'payment_options', 'payment_request_update'],
  ...['personal_info', 'personal_interests', 'phone', 'picture', 'price_range', 'product_review', 'products'],
  ...['public_transit', 'publisher_subscriptions', 'ratings', 'registration', 'story_share', 'user_action'],
  ...['video_text_question_responses', 'videos', 'website'],
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
  account_linking: 'messaging_account_linking',
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
