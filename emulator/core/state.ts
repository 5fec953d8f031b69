import type { FileKind } from '../files/fileTypes.ts';
import type { RuleSwitches } from './switches.ts';

export { defaultSwitches, switchValues, type RuleSwitches } from './switches.ts';

/** What the emulated Messenger knows. Plain data, never changed in place, without a token or a secret. */

/** Whose rules hold on the Page. Each mode has its rows in `rules.ts`. */
export const modes = ['classic', 'exclusive', 'routing', 'open'] as const;
export type Mode = (typeof modes)[number];

/** The Page Inbox takes part under this app id on every Page. Source: Meta, Conversation Routing. */
export const pageInboxAppId = '263902037430900';

/**
 * Meta's own AI ("Meta Business AI") owns threads under this app id on every Page that has it.
 * Source: https://github.com/ChatbotXIO/ChatbotX (integrations/messenger), which passes threads back to it
 */
export const metaAiAppId = '622851382610562';

/** Whether Meta's AI answers customers of the Page. Pages had none before Conversation Routing. */
export type MetaAi = 'on' | 'off';

/**
 * The ways into a conversation that give it an owner of their own: app ids. What is not set belongs to the default app. On a Page
 * without default app only `ad` counts.
 * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
 */
export interface EntryPoints {
  /** The customer writes by themselves, or taps Get Started. */
  readonly social?: string;
  /** An ad that opens the conversation. */
  readonly ad?: string;
  /** m.me links by their `ref`. */
  readonly links?: Readonly<Record<string, string>>;
}

/** What brought the customer, in the form of Meta's webhooks. */
export interface Referral {
  readonly ref?: string;
  readonly ad_id?: string;
  readonly source: 'SHORTLINK' | 'ADS';
  readonly type: 'OPEN_THREAD';
  readonly ads_context_data?: Readonly<Record<string, string>>;
}

export type Folder = 'Main' | 'Done';

export interface AppState {
  readonly id: string;
  readonly name: string;
  /** `routing`: whether the Page's settings let this app take a conversation that another app owns. */
  readonly mayTakeControl: boolean;
  /** The fields of the Page that the app is subscribed to. `null`: it is not subscribed at all. */
  readonly subscribedFields: readonly string[] | null;
  /** What the app has set with `messenger_profile`, by property, as it was sent. */
  readonly profile: MessengerProfile;
}

/** Properties of Meta's Messenger Profile; each is JSON as Meta describes it. */
export type MessengerProfile = Readonly<Record<string, unknown>>;

export interface Customer {
  readonly psid: string;
  readonly name: string;
  /** Where an app knows them from without their id: `user_ref:<text>` or `comment_id:<id>`. */
  readonly knownBy?: string;
}

/**
 * A name and a picture in which an app may speak for the Page.
 * Source: https://developers.facebook.com/docs/messenger-platform/send-messages/personas
 */
export interface Persona {
  readonly id: string;
  readonly name: string;
  readonly pictureUrl: string;
}

/** A file that can be sent again by its id. Source: https://developers.facebook.com/docs/messenger-platform/send-messages/saving-assets */
export interface Asset {
  readonly id: string;
  readonly type: FileKind;
  readonly url: string;
}

/**
 * What a message outside the 24 hours is made of. Meta looks at a template first; here each is approved at once.
 * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages
 */
export interface MessageTemplate {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  /** As they were sent. */
  readonly components: readonly Readonly<Record<string, unknown>>[];
}

/** A message as both sides see it in the conversation. */
export interface ThreadMessage {
  readonly mid: string;
  readonly at: number;
  readonly from: 'customer' | 'page';
  /** The app that sent it for the Page. Absent on the customer's own messages. */
  readonly appId?: string;
  /** In whose name the app sent it, where not in the Page's. */
  readonly persona?: Persona;
  /** Empty when there are only attachments. */
  readonly text: string;
  readonly attachments?: readonly Attachment[];
  /** The customer sent what the platform does not pass on. */
  readonly unsupported?: true;
  /** The customer's reaction to it, in one of Meta's words. */
  readonly reaction?: string;
  /** The Page's reaction to it, an emoji. */
  readonly pageReaction?: string;
  /** The message that it answers. */
  readonly replyTo?: string;
}

/** An attachment in the form of Meta's webhooks: a file by its address, or a template. */
export interface Attachment {
  readonly type: FileKind | 'template';
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A quick reply or a button that the customer can tap, and the app it came from. */
export interface Offer {
  readonly title: string;
  readonly payload: string;
  /** A button to log in or out: what the customer's account is after it. */
  readonly account?: 'linked' | 'unlinked';
  readonly appId: string;
}

export interface Thread {
  readonly psid: string;
  /** Who owns it. `null` is Meta's idle state, which all modes but `classic` have. */
  readonly owner: string | null;
  /** When ownership ends by itself, in milliseconds since 1970; in `classic` never. */
  readonly expiresAt: number | null;
  readonly folder: Folder;
  readonly lastCustomerMessageAt: number | null;
  /** What brought a customer who has not done anything yet; it goes along with the first thing. */
  readonly referral: Referral | null;
  /** How many of the customer's messages no agent has seen in the Page Inbox. */
  readonly unread: number;
  /** The Page's messages up to this time are on the customer's phone; 0: none is known to be. */
  readonly receivedUpTo: number;
  /** The customer has read the Page's messages up to this time. */
  readonly readUpTo: number;
  /** How many messages apps have sent since somebody else did something. */
  readonly inARow: number;
  readonly messages: readonly ThreadMessage[];
  /** Quick replies vanish with the next message, as they do on a phone. */
  readonly quickReplies: readonly Offer[];
  /** Buttons stay. */
  readonly buttons: readonly Offer[];
}

export interface MessengerState {
  readonly mode: Mode;
  readonly page: { readonly id: string; readonly name: string };
  /**
   * The primary receiver in `classic` and `exclusive`, the default app in `routing`. Except in `classic` it can be the Page
   * Inbox. In `open` there is none: then it is only who will be when the mode changes.
   */
  readonly primaryAppId: string;
  /** It can own threads in `routing` and `open`. */
  readonly metaAi: MetaAi;
  readonly entryPoints: EntryPoints;
  readonly apps: readonly AppState[];
  readonly customers: readonly Customer[];
  readonly personas: readonly Persona[];
  /** What apps have saved to be sent again. */
  readonly assets: readonly Asset[];
  readonly messageTemplates: readonly MessageTemplate[];
  readonly threads: Readonly<Record<string, Thread>>;
  readonly switches: RuleSwitches;
  /** Part of every mid, so that mids of other runs of the emulator differ unless they are to be the same. */
  readonly epoch: string;
  /** How many messages there were, so that every mid is new. */
  readonly messageCount: number;
  /** How many personas and assets there were, so that no id is used twice. */
  readonly nodeCount: number;
  readonly customerCount: number;
  /** Every webhook has a later timestamp than the one before, so that two events never look like one. */
  readonly lastTimestamp: number;
}

/** The thread of a customer; one that never had an event is owned as the mode says. */
export function threadOf(state: MessengerState, psid: string): Thread {
  return (
    state.threads[psid] ?? {
      psid,
      owner: firstOwner(state),
      expiresAt: null,
      folder: 'Done',
      lastCustomerMessageAt: null,
      referral: null,
      unread: 0,
      receivedUpTo: 0,
      readUpTo: 0,
      inARow: 0,
      messages: [],
      quickReplies: [],
      buttons: [],
    }
  );
}

/** Who owns a conversation that nobody has taken: the primary receiver in `classic`, otherwise nobody. */
export function firstOwner(state: MessengerState): string | null {
  return state.mode === 'classic' ? state.primaryAppId : null;
}

/** The app that counts as the owner: the owner, or while the thread is idle the primary receiver or default app. */
export function listenerOf(state: MessengerState, thread: Thread): string {
  return thread.owner ?? state.primaryAppId;
}

/** Whether there is Meta's AI on the Page now. */
export function hasMetaAi({ mode, metaAi }: Pick<MessengerState, 'mode' | 'metaAi'>): boolean {
  return metaAi === 'on' && (mode === 'routing' || mode === 'open');
}

/** Whether the app gets the thread's events on `messaging`. An idle thread of a Page in `open` is everyone's. */
export function mayAnswer(state: MessengerState, thread: Thread, appId: string): boolean {
  return (state.mode === 'open' && thread.owner === null) || listenerOf(state, thread) === appId;
}
