/** What the emulated Messenger knows. Plain data, never changed in place, without a token or a secret. */

/** Whose rules hold on the Page. Each mode has its rows in `rules.ts`. */
export const modes = ['classic', 'routing'] as const;
export type Mode = (typeof modes)[number];

/** The Page Inbox takes part under this app id on every Page. Source: Meta, Conversation Routing. */
export const pageInboxAppId = '263902037430900';

export type Folder = 'Main' | 'Done';

export interface AppState {
  readonly id: string;
  readonly name: string;
  /** `routing`: whether the Page's settings let this app take a conversation that another app owns. */
  readonly mayTakeControl: boolean;
}

export interface Customer {
  readonly psid: string;
  readonly name: string;
}

/** A message as both sides see it in the conversation. */
export interface ThreadMessage {
  readonly mid: string;
  readonly at: number;
  readonly from: 'customer' | 'page';
  /** The app that sent it for the Page. Absent on the customer's own messages. */
  readonly appId?: string;
  readonly text: string;
}

/** A quick reply or a button that the customer can tap, and the app it came from. */
export interface Offer {
  readonly title: string;
  readonly payload: string;
  readonly appId: string;
}

export interface Thread {
  readonly psid: string;
  /** Who owns it. `null` is Meta's idle state, which only `routing` has. */
  readonly owner: string | null;
  /** `routing`: when ownership ends by itself, in milliseconds since 1970. */
  readonly expiresAt: number | null;
  readonly folder: Folder;
  readonly lastCustomerMessageAt: number | null;
  readonly messages: readonly ThreadMessage[];
  /** Quick replies vanish with the next message, as they do on a phone. */
  readonly quickReplies: readonly Offer[];
  /** Buttons stay. */
  readonly buttons: readonly Offer[];
}

/** Behaviour that Meta's pages leave open or describe in two ways. The defaults are what `docs/emulator.md` argues for. */
export interface RuleSwitches {
  /** Who hears of a take. Meta's two pages disagree. */
  readonly takeNotifies: 'losingApp' | 'everyApp';
  /** Who hears of a pass. */
  readonly passNotifies: 'newOwner' | 'everyApp';
  /** What take answers an app that owns the conversation already. `asMode`: success in `classic`, a fault in `routing`. */
  readonly takeWhenOwner: 'asMode' | 'success' | 'fault';
  /** What request does while a default app is set. */
  readonly requestInRouting: 'refused' | 'toDefaultApp' | 'toOwner';
  /** What the agent's Done does in `routing`. */
  readonly doneInRouting: 'passToDefaultApp' | 'release' | 'folderOnly';
  /** Whether a message of the owner puts off the end of its ownership as a customer's message does. */
  readonly ownerMessagesExtend: 'no' | 'yes';
  /** Whether messages outside Meta's 24 hours after the customer's last one are refused. */
  readonly messagingWindow: 'enforced' | 'ignored';
  /** How `metadata` looks in a webhook when the call had none. The Page Inbox's request always has `null`. */
  readonly missingMetadata: 'absent' | 'null';
  /** App ids in webhooks. Meta sends numbers and documents strings. */
  readonly webhookAppIds: 'number' | 'string';
}

export const defaultSwitches: RuleSwitches = {
  takeNotifies: 'losingApp',
  passNotifies: 'newOwner',
  takeWhenOwner: 'asMode',
  requestInRouting: 'refused',
  doneInRouting: 'passToDefaultApp',
  ownerMessagesExtend: 'no',
  messagingWindow: 'enforced',
  missingMetadata: 'absent',
  webhookAppIds: 'number',
};

export interface MessengerState {
  readonly mode: Mode;
  readonly page: { readonly id: string; readonly name: string };
  /** The primary receiver in `classic`, the default app in `routing`. There it can be the Page Inbox. */
  readonly primaryAppId: string;
  readonly apps: readonly AppState[];
  readonly customers: readonly Customer[];
  readonly threads: Readonly<Record<string, Thread>>;
  readonly switches: RuleSwitches;
  /** How many messages there were, so that every mid is new. */
  readonly messageCount: number;
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
      messages: [],
      quickReplies: [],
      buttons: [],
    }
  );
}

/** Who owns a conversation that nobody has taken: the primary receiver in `classic`, nobody in `routing`. */
export function firstOwner(state: MessengerState): string | null {
  switch (state.mode) {
    case 'classic':
      return state.primaryAppId;
    case 'routing':
      return null;
  }
}

/** The app whose events come on `messaging`: the owner, or while the thread is idle the default app. */
export function listenerOf(state: MessengerState, thread: Thread): string {
  return thread.owner ?? state.primaryAppId;
}
