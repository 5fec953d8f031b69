/**
 * The items of Meta's webhooks, in Meta's own shapes and key order.
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
 */

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
}

const contentOf = ({ text, attachments = [] }: MessageContent): WebhookItem => ({
  ...(text === '' ? {} : { text }),
  ...(attachments.length === 0 ? {} : { attachments }),
});

export const messageItem = (
  ends: Ends,
  mid: string,
  content: MessageContent,
  quickReplyPayload?: string,
): WebhookItem => ({
  sender: { id: ends.psid },
  recipient: { id: ends.pageId },
  timestamp: ends.timestamp,
  message: {
    mid,
    ...contentOf(content),
    ...(quickReplyPayload === undefined ? {} : { quick_reply: { payload: quickReplyPayload } }),
  },
});

/** @param payload only for the app that sent the button */
export const postbackItem = (ends: Ends, mid: string, title: string, payload?: string): WebhookItem => ({
  sender: { id: ends.psid },
  recipient: { id: ends.pageId },
  timestamp: ends.timestamp,
  postback: { title, ...(payload === undefined ? {} : { payload }), mid },
});

/** The Page is the sender of an echo. */
export const echoItem = (
  ends: Ends,
  mid: string,
  content: MessageContent,
  appId: WireAppId,
  metadata?: string,
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
  },
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

export const referralItem = (ends: Ends, ref: string): WebhookItem => ({
  sender: { id: ends.psid },
  recipient: { id: ends.pageId },
  timestamp: ends.timestamp,
  referral: { ref, source: 'SHORTLINK', type: 'OPEN_THREAD' },
});

export const optinItem = (ends: Ends, payload: string, title: string, token: string): WebhookItem => ({
  sender: { id: ends.psid },
  recipient: { id: ends.pageId },
  timestamp: ends.timestamp,
  optin: { type: 'notification_messages', payload, title, notification_messages_token: token },
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
  fields: Readonly<Record<string, WireAppId | undefined>>,
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
