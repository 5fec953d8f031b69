import type { FaultName } from './graphFaults.ts';
import type { Attachment, EntryPoints, MessengerState, MetaAi, Mode, RuleSwitches } from './state.ts';
import type { SubscribedField } from './subscribedFields.ts';
import type { Channel, WebhookKind } from './webhookKinds.ts';
import type { WebhookItem } from './webhookItems.ts';

/** Why a thread has another owner. */
export type OwnershipCause =
  'pass' | 'take' | 'release' | 'expiry' | 'customer' | 'inbox' | 'metaAi' | 'request' | 'settings';

/** What has to happen outside because of a command, in this order. */
export type Effect =
  | {
      readonly type: 'webhook';
      readonly appId: string;
      readonly channel: Channel;
      readonly kind: WebhookKind;
      /** Absent on events about the Page itself. */
      readonly psid?: string;
      readonly timestamp: number;
      readonly item: WebhookItem;
      /** The lists of the entry that it stands in. Absent: the one of its channel. */
      readonly lists?: readonly string[];
      /** What the entry says beside its list. */
      readonly hopContext?: { readonly is_ai_thread_owner: true };
      /** How often it is sent again. */
      readonly copies?: number;
    }
  | {
      /** The app would have got a webhook, had it been subscribed to the field. */
      readonly type: 'webhookNotSubscribed';
      readonly appId: string;
      readonly channel: Channel;
      readonly kind: WebhookKind;
      readonly field: SubscribedField;
      readonly psid?: string;
    }
  | {
      readonly type: 'ownershipChanged';
      readonly psid: string;
      /** App ids; `null` is idle. */
      readonly from: string | null;
      readonly to: string | null;
      readonly cause: OwnershipCause;
      readonly guessed: boolean;
    }
  | {
      readonly type: 'customerMessage';
      readonly psid: string;
      readonly mid: string;
      /** Empty when there are only attachments. */
      readonly text: string;
      readonly attachments?: readonly Attachment[];
      readonly unsupported?: true;
      readonly quickReplyPayload?: string;
    }
  | { readonly type: 'customerPostback'; readonly psid: string; readonly mid: string; readonly title: string }
  | {
      readonly type: 'customerReaction';
      readonly psid: string;
      readonly mid: string;
      readonly action: 'react' | 'unreact';
      readonly reaction: string;
    }
  | {
      /** The customer's phone has the Page's messages up to a time, or the customer has read them. */
      readonly type: 'customerReceipt';
      readonly psid: string;
      readonly receipt: 'delivery' | 'read';
      readonly upTo: number;
    }
  | { readonly type: 'customerReferral'; readonly psid: string; readonly ref?: string; readonly adId?: string }
  | { readonly type: 'customerAccount'; readonly psid: string; readonly account: 'linked' | 'unlinked' }
  | { readonly type: 'customerOptIn'; readonly psid: string; readonly payload: string }
  | { readonly type: 'customerAdded'; readonly psid: string; readonly name: string }
  | {
      /** What the customer sees. Other apps hear it as an echo. */
      readonly type: 'pageMessage';
      readonly psid: string;
      readonly mid: string;
      readonly appId: string;
      /** The name of the persona that says it. */
      readonly persona?: string;
      readonly text: string;
      readonly attachments?: readonly Attachment[];
      readonly quickReplies: readonly string[];
      readonly buttons: readonly string[];
    }
  /** The app has sent so many messages in a row that it seems to answer itself, or another app that answers it. */
  | { readonly type: 'loop'; readonly psid: string; readonly appId: string; readonly messages: number }
  | {
      readonly type: 'senderAction';
      readonly psid: string;
      readonly appId: string;
      readonly action: string;
      /** Of a reaction: the message, and what was put on it. */
      readonly mid?: string;
      readonly reaction?: string;
    }
  | {
      readonly type: 'inboxAction';
      readonly psid: string;
      readonly action: 'reply' | 'markAsDone' | 'moveToMain';
      readonly text?: string;
    }
  | {
      readonly type: 'metaAiAction';
      readonly psid: string;
      readonly action: 'take' | 'passBack' | 'letGo';
      readonly note?: string;
    }
  /** Messenger notes something in the conversation. Nobody said it. */
  | { readonly type: 'notice'; readonly psid: string; readonly text: string }
  /** An agent has seen what was unread. */
  | { readonly type: 'conversationSeen'; readonly psid: string }
  | { readonly type: 'folderChanged'; readonly psid: string; readonly folder: 'Main' | 'Done' }
  | { readonly type: 'modeChanged'; readonly mode: Mode }
  | { readonly type: 'metaAiChanged'; readonly metaAi: MetaAi }
  | { readonly type: 'entryPointsChanged'; readonly entryPoints: EntryPoints }
  | { readonly type: 'switchesChanged'; readonly switches: RuleSwitches }
  | {
      readonly type: 'subscriptionChanged';
      readonly appId: string;
      readonly fields: readonly string[] | null;
    }
  | { readonly type: 'personasChanged'; readonly names: readonly string[] }
  | { readonly type: 'profileChanged'; readonly appId: string; readonly properties: readonly string[] }
  | { readonly type: 'rolesChanged'; readonly primaryAppId: string; readonly mayTakeControl: readonly string[] }
  | {
      readonly type: 'refused';
      readonly by: string;
      readonly psid?: string;
      readonly command: string;
      readonly fault: FaultName;
      /** Why, in one sentence. */
      readonly because: string;
      /** Nobody has recorded Meta refusing this, or refusing it with these words. */
      readonly guessed: boolean;
    };

/** What a command answered. */
export type Result =
  /** `id` is that of a node that was made. */
  | { readonly type: 'done'; readonly mid?: string; readonly psid?: string; readonly id?: string }
  | {
      readonly type: 'owner';
      readonly appId: string | null;
      readonly expiresAt: number | null;
      readonly visible: boolean;
    }
  | { readonly type: 'receivers'; readonly receivers: readonly { readonly id: string; readonly name: string }[] }
  | { readonly type: 'refused'; readonly fault: FaultName; readonly because: string; readonly guessed: boolean }
  /** A mistake of whoever drives the emulator, such as tapping a quick reply that is not there. */
  | { readonly type: 'impossible'; readonly because: string };

export interface Applied {
  readonly state: MessengerState;
  readonly result: Result;
  readonly effects: readonly Effect[];
}
