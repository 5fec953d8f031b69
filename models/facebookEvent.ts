/**
 * What can happen in a Messenger conversation, as one closed union.
 *
 * Names of kinds and fields are Meta's where the thing is Meta's. Ids are always strings here: Meta's documentation says
 * strings, its real webhooks carry app ids as JSON numbers.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
 */

import type { HandoverContext } from './handoverContext.ts';

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
  /** How the thread came here, according to the webhook's entry. Azure's channel is not known to pass it on. */
  hopContext?: readonly HopContext[];
  /** The link or ad that brought the customer, if Meta says so inside or beside a message, a postback or an opt-in. */
  referral?: Referral;
  /** The item as received, for anything that this union does not name. */
  raw: unknown;
}

/** One element of an entry's `hop_context`, which has been seen as an object and as a list; Meta does not document it. */
export interface HopContext {
  appId?: string;
  metadata?: string;
  /** A hint that Meta's AI owns the thread; it is missing on many events of threads that the AI does own. */
  isAiThreadOwner?: boolean;
}

/**
 * The link, ad or product that brought the customer.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messaging_referrals
 */
export interface Referral {
  /** What the Page put into the link or ad. */
  ref?: string;
  /** Meta's word, such as `SHORTLINK`, `ADS` or `CUSTOMER_CHAT_PLUGIN`. */
  source?: string;
  /** Meta's word, usually `OPEN_THREAD`. */
  type?: string;
  adId?: string;
  /** The product of the Page's shop that the customer was looking at. */
  productId?: string;
  /** `ads_context_data` as Meta sent it: title, picture and post of the ad. */
  adsContext?: Readonly<Record<string, unknown>>;
  /** The address of the web page where the customer clicked. */
  refererUri?: string;
  isGuestUser?: boolean;
}

/** An attachment of a message: `type` is Meta's word (`image`, `file`, `sticker`, `location`, `fallback`, `template`, …). */
export interface FacebookAttachment {
  type: string;
  url?: string;
  title?: string;
  /** Where a shared location is, in degrees. */
  coordinates?: { latitude: number; longitude: number };
  /** Meta's payload, if the attachment has neither an address nor coordinates, such as the product of a template. */
  content?: Readonly<Record<string, unknown>>;
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

/** A tapped button. On standby, and for apps that did not send the button, Meta omits the payload. */
export interface PostbackEvent extends EventBase {
  kind: 'postback';
  mid?: string;
  title?: string;
  payload?: string;
}

/** Control of the thread was passed to this app, for example when a person in the Page Inbox clicked Done. */
export interface PassThreadControlEvent extends EventBase {
  kind: 'pass_thread_control';
  newOwnerAppId?: string;
  previousOwnerAppId?: string;
  metadata?: string;
  /** What the other receiver tells of the conversation, if its metadata is such a context. */
  context?: HandoverContext;
  /** What Meta's AI says about the conversation that it hands over, from `thread_control_metadata.text`. */
  note?: string;
}

/** Control of the thread was taken, usually from this app. */
export interface TakeThreadControlEvent extends EventBase {
  kind: 'take_thread_control';
  previousOwnerAppId?: string;
  newOwnerAppId?: string;
  metadata?: string;
  /** What the other receiver tells of the conversation, if its metadata is such a context. */
  context?: HandoverContext;
  /** What Meta's AI says about the conversation that it hands over, from `thread_control_metadata.text`. */
  note?: string;
}

/** Another receiver asks for control. This alone does not change the owner. */
export interface RequestThreadControlEvent extends EventBase {
  kind: 'request_thread_control';
  requestedOwnerAppId?: string;
  metadata?: string;
  /** What the other receiver tells of the conversation, if its metadata is such a context. */
  context?: HandoverContext;
}

/** The Page's receivers were given other roles. */
export interface AppRolesEvent extends EventBase {
  kind: 'app_roles';
  /** App id to role names, such as `primary_receiver`. */
  roles: ReadonlyMap<string, readonly string[]>;
}

/**
 * Meta enforced a policy against the Page. A blocked Page can send nothing.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messaging_policy_enforcement
 */
export interface PolicyEnforcementEvent extends EventBase {
  kind: 'policy_enforcement';
  /** Meta's word: `warning`, `block` or `unblock`. */
  action?: string;
  reason?: string;
}

/**
 * Who wrote a message that the Page sent, as far as can be told: an app, a person in an inbox, or Meta's AI, which uses the inbox's app id
 * and is recognised by a flag.
 */
export type EchoAuthor = 'app' | 'person' | 'metaAi';

/** A message that the Page sent, through this app, another one, the Page Inbox or Meta's AI. Never to be answered. */
export interface EchoEvent extends EventBase {
  kind: 'echo';
  mid?: string;
  author: EchoAuthor;
  /** The app that sent it. Absent in old payloads for messages from the Page Inbox. */
  appId?: string;
  text?: string;
  metadata?: string;
}

/**
 * Meta's own line in a thread, such as "Your AI agent will respond.", in the reader's language. Neither the customer nor the Page said it,
 * it does not reliably tell the thread's state, and it should not be answered.
 */
export interface NoticeEvent extends EventBase {
  kind: 'notice';
  mid?: string;
  text: string;
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

/** The customer came through a link, an ad or a product of the Page's shop. */
export interface ReferralEvent extends EventBase, Referral {
  kind: 'referral';
}

/**
 * The customer opted in through a plug-in or a request.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messaging_optins
 */
export interface OptinEvent extends EventBase {
  kind: 'optin';
  ref?: string;
  /** Meta's word, such as `one_time_notif_req` or `notification_messages`. */
  type?: string;
  /** What the Page put into the request. */
  payload?: string;
  title?: string;
  /** For one message later, instead of the customer's id. */
  oneTimeNotifToken?: string;
  /** For recurring or marketing messages later, instead of the customer's id. */
  notificationMessagesToken?: string;
  /** Meta's word, such as `DAILY`. */
  notificationMessagesFrequency?: string;
  notificationMessagesTimezone?: string;
  /** Meta's word, such as `STOP_NOTIFICATIONS`, when the customer changed an earlier choice. */
  notificationMessagesStatus?: string;
  /** When the token ends, in milliseconds since 1970. */
  tokenExpiresAt?: number;
  /** Meta's word, such as `REFRESHED`. */
  userTokenStatus?: string;
  /** Names a visitor of the check-box plug-in who has no page-scoped id yet. */
  userRef?: string;
}

/** Anything else. Nothing is lost: the item is in `raw`. */
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
  | PolicyEnforcementEvent
  | EchoEvent
  | NoticeEvent
  | ReadEvent
  | DeliveryEvent
  | ReactionEvent
  | ReferralEvent
  | OptinEvent
  | UnsupportedEvent;

export type FacebookEventKind = FacebookEvent['kind'];

/** The Page Inbox's app id, the same for every Page. Source: Meta, Conversation Routing. */
export const PAGE_INBOX_APP_ID = '263902037430900';
