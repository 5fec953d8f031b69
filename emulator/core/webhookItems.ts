/**
 * The items of Meta's webhooks, in Meta's own shapes and key order.
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
 */

import type { Referral } from './state.ts';

/** Meta documents app ids as strings and sends numbers; `null` stands for nobody (idle). */
export type WireAppId = number | string | null;

export type WebhookItem = Readonly<Record<string, unknown>>;

interface Ends {
  readonly pageId: string;
  readonly psid: string;
  readonly timestamp: number;
}

interface MessageContent {
  /** An empty text is left out. */
  readonly text: string;
  readonly attachments?: readonly object[];
  /** There is more in the message than the platform passes on. */
  readonly unsupported?: true;
  readonly replyTo?: Reply;
}

/** The message that another one answers. */
export interface Reply {
  readonly mid: string;
  /** Whoever said it answers themselves. */
  readonly isSelf: boolean;
}

const contentOf = ({ text, attachments = [], unsupported, replyTo }: MessageContent): WebhookItem => ({
  ...(text === '' ? {} : { text }),
  ...(attachments.length === 0 ? {} : { attachments }),
  ...(unsupported === undefined ? {} : { is_unsupported: true }),
  ...(replyTo === undefined ? {} : { reply_to: { mid: replyTo.mid, is_self_reply: replyTo.isSelf } }),
});

/**
 * With the referral that brought the customer: that of an ad within the message, that of a link beside it (recorded once).
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messages,
 * https://github.com/ChatbotXIO/ChatbotX (integrations/messenger/__tests__/incoming-message-referral.test.ts)
 */
export const messageItem = (
  ends: Ends,
  mid: string,
  content: MessageContent,
  { quickReplyPayload, referral }: { readonly quickReplyPayload?: string; readonly referral?: Referral },
): WebhookItem => ({
  sender: { id: ends.psid },
  recipient: { id: ends.pageId },
  timestamp: ends.timestamp,
  message: {
    mid,
    ...contentOf(content),
    ...(quickReplyPayload === undefined ? {} : { quick_reply: { payload: quickReplyPayload } }),
    ...(referral?.source === 'ADS' ? { referral } : {}),
  },
  ...(referral?.source === 'SHORTLINK' ? { referral } : {}),
});

/** @param payload only for the app that sent the button */
export const postbackItem = (
  ends: Ends,
  mid: string,
  title: string,
  payload?: string,
  referral?: Referral,
): WebhookItem => ({
  sender: { id: ends.psid },
  recipient: { id: ends.pageId },
  timestamp: ends.timestamp,
  postback: {
    title,
    ...(payload === undefined ? {} : { payload }),
    mid,
    ...(referral === undefined ? {} : { referral }),
  },
});

/** Who said it for the Page. */
export interface EchoSource {
  readonly appId: WireAppId;
  readonly metadata?: string;
  readonly aiGenerated?: true;
}

/** The Page is the sender of an echo. */
export const echoItem = (
  ends: Ends,
  mid: string,
  content: MessageContent,
  { appId, metadata, aiGenerated }: EchoSource,
): WebhookItem => ({
  sender: { id: ends.pageId },
  recipient: { id: ends.psid },
  timestamp: ends.timestamp,
  message: {
    mid,
    is_echo: true,
    ...contentOf(content),
    app_id: appId,
    ...(metadata === undefined ? {} : { metadata }),
    ...(aiGenerated === undefined ? {} : { ai_generated: true }),
  },
});

/**
 * Messenger's own note about a conversation comes as a message of one side, without id and text.
 * Source: reports of vendors from production, July to October 2026
 */
export const noticeItem = (ends: Ends, text: string, from: 'customer' | 'page'): WebhookItem => ({
  sender: { id: from === 'customer' ? ends.psid : ends.pageId },
  recipient: { id: from === 'customer' ? ends.pageId : ends.psid },
  timestamp: ends.timestamp,
  message: { admin_text: text },
});

export const reactionItem = (
  ends: Ends,
  reaction: {
    readonly reaction: string;
    readonly emoji: string;
    readonly action: 'react' | 'unreact';
    readonly mid: string;
  },
): WebhookItem => ({
  sender: { id: ends.psid },
  recipient: { id: ends.pageId },
  timestamp: ends.timestamp,
  reaction,
});

export const referralItem = (ends: Ends, referral: Referral): WebhookItem => ({
  sender: { id: ends.psid },
  recipient: { id: ends.pageId },
  timestamp: ends.timestamp,
  referral,
});

export const optinItem = (ends: Ends, payload: string, title: string, token: string): WebhookItem => ({
  sender: { id: ends.psid },
  recipient: { id: ends.pageId },
  timestamp: ends.timestamp,
  optin: { type: 'notification_messages', payload, title, notification_messages_token: token },
});

/** @param code only of an account that was linked */
export const accountLinkingItem = (ends: Ends, status: 'linked' | 'unlinked', code?: string): WebhookItem => ({
  sender: { id: ends.psid },
  recipient: { id: ends.pageId },
  timestamp: ends.timestamp,
  account_linking: { status, ...(code === undefined ? {} : { authorization_code: code }) },
});

export const readItem = (ends: Ends, watermark: number): WebhookItem => ({
  sender: { id: ends.psid },
  recipient: { id: ends.pageId },
  timestamp: ends.timestamp,
  read: { watermark },
});

export const deliveryItem = (ends: Ends, mids: readonly string[], watermark: number): WebhookItem => ({
  sender: { id: ends.psid },
  recipient: { id: ends.pageId },
  timestamp: ends.timestamp,
  delivery: { mids, watermark },
});

/** @param fields of the control object; an `undefined` one is left out, `null` stays */
export const controlItem = (
  ends: Ends,
  kind: 'pass_thread_control' | 'take_thread_control' | 'request_thread_control',
  fields: Readonly<Record<string, WireAppId | object | undefined>>,
): WebhookItem => ({
  recipient: { id: ends.pageId },
  timestamp: ends.timestamp,
  sender: { id: ends.psid },
  [kind]: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
});

/** About the Page, so there is no sender. */
export const appRolesItem = (pageId: string, timestamp: number, appId: string, role: string): WebhookItem => ({
  recipient: { id: pageId },
  timestamp,
  app_roles: { [appId]: [role] },
});
