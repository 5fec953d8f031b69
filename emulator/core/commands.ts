/** What can be asked of the emulated Messenger. */
import type { FileKind } from '../files/fileTypes.ts';
import type {
  Attachment,
  EntryPoints,
  MessageTemplate,
  MessengerProfile,
  MetaAi,
  Mode,
  RuleSwitches,
} from './state.ts';

/** Control that goes along with a message. Without `targetAppId` a pass goes to the default app. */
export type ThreadControl = { readonly type: 'pass'; readonly targetAppId?: string } | { readonly type: 'release' };

export interface OfferedButton {
  readonly title: string;
  readonly payload: string;
  /** A button to log in or out: what the customer's account is after it. */
  readonly account?: 'linked' | 'unlinked';
}

/** A call of the Graph API, by an app. */
export type AppCommand = { readonly appId: string; readonly psid: string } & (
  | { readonly type: 'pass'; readonly targetAppId?: string; readonly metadata?: string }
  | { readonly type: 'take'; readonly metadata?: string }
  | { readonly type: 'request'; readonly metadata?: string }
  | { readonly type: 'release'; readonly metadata?: string }
  | { readonly type: 'extend'; readonly seconds: number }
  | { readonly type: 'threadOwner' }
  | {
      readonly type: 'send';
      readonly text: string;
      readonly quickReplies: readonly OfferedButton[];
      readonly buttons: readonly OfferedButton[];
      readonly attachments?: readonly Attachment[];
      readonly metadata?: string;
      readonly tag?: string;
      /** It may be sent however long ago the customer wrote, or never did. */
      readonly outsideWindow?: 'allowed';
      readonly personaId?: string;
      readonly threadControl?: ThreadControl;
      /** The message that it answers. */
      readonly replyTo?: string;
    }
  | { readonly type: 'senderAction'; readonly action: string }
  /** Without `reaction` the Page takes its reaction back. */
  | { readonly type: 'pageReaction'; readonly mid: string; readonly reaction?: string }
);

/** What an agent does in the Page Inbox. */
export type InboxCommand = { readonly psid: string } & (
  | { readonly type: 'reply'; readonly text: string }
  | { readonly type: 'markAsDone' }
  | { readonly type: 'moveToMain' }
  /** Looks at the conversation: nothing in it is unread any more. */
  | { readonly type: 'openConversation' }
);

/** What Meta's AI does, and what Messenger notes about it in the conversation. */
export type MetaAiCommand = { readonly psid: string } & (
  | { readonly type: 'aiTake' }
  | { readonly type: 'aiAnswer'; readonly text: string }
  | {
      readonly type: 'aiHandBack';
      /** Default: the default app, or who would be. */
      readonly to?: string;
      /** Whether the new owner gets a pass event. Often there was none. */
      readonly event: 'pass' | 'none';
      /** Goes along with the event. */
      readonly note?: string;
      readonly notice?: string;
    }
  | { readonly type: 'notice'; readonly text: string; readonly from: 'customer' | 'page' }
);

/** What the customer does. */
export type CustomerCommand = { readonly psid: string } & (
  | {
      readonly type: 'say';
      readonly text: string;
      readonly attachments?: readonly Attachment[];
      /** The message that it answers. */
      readonly replyTo?: string;
    }
  | { readonly type: 'tap'; readonly title: string }
  | {
      /** Without `payload` a button that was sent is looked up by its title. */
      readonly type: 'postback';
      readonly title: string;
      readonly payload?: string;
      /** The app that sent the button, when it was not sent as a message: its payload is for that app alone. */
      readonly appId?: string;
    }
  /** The button that a new conversation shows, when an app has set one. */
  | { readonly type: 'getStarted' }
  | {
      readonly type: 'react';
      readonly action: 'react' | 'unreact';
      /** One of Meta's words; what stands for it as an emoji goes along. */
      readonly reaction: string;
      /** Without it, the Page's last message. */
      readonly mid?: string;
    }
  /** Follows an m.me link to the Page or, with `adId`, an ad. */
  | { readonly type: 'follow'; readonly ref?: string; readonly adId?: string }
  /** Sends what the platform does not pass on. */
  | { readonly type: 'sendUnsupported' }
  /** Agrees to marketing messages. */
  | { readonly type: 'optIn'; readonly payload: string; readonly title: string }
  | { readonly type: 'read' }
  | { readonly type: 'receive' }
);

/** What the Page's owner does in the settings, and what time does. */
export type PageCommand =
  | { readonly type: 'secondaryReceivers'; readonly appId: string }
  | { readonly type: 'addCustomer'; readonly name: string; readonly psid?: string; readonly knownBy?: string }
  | { readonly type: 'addPersona'; readonly name: string; readonly pictureUrl: string }
  | { readonly type: 'deletePersona'; readonly id: string }
  | { readonly type: 'saveAsset'; readonly fileType: FileKind; readonly url: string }
  | ({ readonly type: 'addMessageTemplate' } & Omit<MessageTemplate, 'id'>)
  /** In all its languages. */
  | { readonly type: 'deleteMessageTemplate'; readonly name: string }
  | { readonly type: 'setMode'; readonly mode: Mode }
  | { readonly type: 'setPrimary'; readonly appId: string }
  | { readonly type: 'setMayTakeControl'; readonly appId: string; readonly allowed: 'yes' | 'no' }
  | { readonly type: 'setMetaAi'; readonly metaAi: MetaAi }
  | { readonly type: 'setEntryPoints'; readonly entryPoints: EntryPoints }
  | { readonly type: 'setSwitches'; readonly switches: Partial<RuleSwitches> }
  | { readonly type: 'subscribe'; readonly appId: string; readonly fields: readonly string[] | null }
  /** A property that is `undefined` is taken away. */
  | { readonly type: 'setProfile'; readonly appId: string; readonly profile: MessengerProfile }
  | { readonly type: 'expire' };

export type Command = AppCommand | InboxCommand | MetaAiCommand | CustomerCommand | PageCommand;
