/**
 * What can happen in a Messenger conversation, as one closed union.
 *
 * Names of kinds and fields are Meta's where the thing is Meta's. Ids are always strings here: Meta's documentation says
 * strings, its real webhooks carry app ids as JSON numbers.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
 */

/** Where the event came from: `messaging` when this app may answer it, `standby` when another receiver owns the thread. */
export type Via = 'messaging' | 'standby';

interface EventBase {
  via: Via;
  /** The Page. Absent when the payload names none. */
  pageId?: string;
  /** The customer's page-scoped id (PSID). Absent on events about the Page itself, such as `app_roles`. */
  psid?: string;
  /** When it happened, in milliseconds since 1970. Absent when the payload has none, as in some delivery events. */
  timestamp?: number;
  /** The item as it was received, for whatever this union does not name. */
  raw: unknown;
}

/** An attachment of a message: `type` is Meta's word (`image`, `file`, `sticker`, `template`, …). */
export interface FacebookAttachment {
  type: string;
  url?: string;
}

/** Text, attachments or a tapped quick reply from the customer. */
export interface MessageEvent extends EventBase {
  kind: 'message';
  mid?: string;
  text?: string;
  /** Set when the customer tapped a quick reply; `text` is then its title. */
  quickReply?: { payload: string };
  attachments: readonly FacebookAttachment[];
}

/** A tapped button. On standby, and for apps that did not send the button, Meta leaves the payload out. */
export interface PostbackEvent extends EventBase {
  kind: 'postback';
  mid?: string;
  title?: string;
  payload?: string;
}

/** Control of the thread was passed to this app, also by a person in the Page Inbox who clicked Done. */
export interface PassThreadControlEvent extends EventBase {
  kind: 'pass_thread_control';
  newOwnerAppId?: string;
  previousOwnerAppId?: string;
  metadata?: string;
}

/** Control of the thread was taken, usually from this app. */
export interface TakeThreadControlEvent extends EventBase {
  kind: 'take_thread_control';
  previousOwnerAppId?: string;
  newOwnerAppId?: string;
  metadata?: string;
}

/** Another receiver asks for control. The owner does not change by it. */
export interface RequestThreadControlEvent extends EventBase {
  kind: 'request_thread_control';
  requestedOwnerAppId?: string;
  metadata?: string;
}

/** The Page's receivers were given other roles. */
export interface AppRolesEvent extends EventBase {
  kind: 'app_roles';
  /** App id to role names, such as `primary_receiver`. */
  roles: ReadonlyMap<string, readonly string[]>;
}

/** A message that the Page sent, through this app, another one or the Page Inbox. Never to be answered. */
export interface EchoEvent extends EventBase {
  kind: 'echo';
  mid?: string;
  /** The app that sent it. Absent in old payloads for messages from the Page Inbox. */
  appId?: string;
  text?: string;
  metadata?: string;
}

/** The customer read everything up to the watermark. */
export interface ReadEvent extends EventBase {
  kind: 'read';
  /** Milliseconds since 1970. */
  watermark?: number;
}

/** The customer's device received everything up to the watermark. */
export interface DeliveryEvent extends EventBase {
  kind: 'delivery';
  mids: readonly string[];
  /** Milliseconds since 1970. */
  watermark?: number;
}

/** The customer reacted to a message, or took the reaction back. */
export interface ReactionEvent extends EventBase {
  kind: 'reaction';
  mid?: string;
  action?: string;
  reaction?: string;
  emoji?: string;
}

/** The customer came through a link or an ad. */
export interface ReferralEvent extends EventBase {
  kind: 'referral';
  ref?: string;
  source?: string;
  type?: string;
}

/** The customer opted in through a plug-in or a request. */
export interface OptinEvent extends EventBase {
  kind: 'optin';
  ref?: string;
  type?: string;
}

/** Anything else. Nothing is lost: it is in `raw`. */
export interface UnsupportedEvent extends EventBase {
  kind: 'unsupported';
  /** Why it is unsupported, in one sentence, without any value of the payload. */
  reason: string;
}

export type FacebookEvent =
  | MessageEvent
  | PostbackEvent
  | PassThreadControlEvent
  | TakeThreadControlEvent
  | RequestThreadControlEvent
  | AppRolesEvent
  | EchoEvent
  | ReadEvent
  | DeliveryEvent
  | ReactionEvent
  | ReferralEvent
  | OptinEvent
  | UnsupportedEvent;

export type FacebookEventKind = FacebookEvent['kind'];

/** The Page Inbox's app id, the same for every Page. Source: Meta, Conversation Routing. */
export const PAGE_INBOX_APP_ID = '263902037430900';
