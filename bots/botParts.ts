import type { ActivityHandler, Storage } from 'botbuilder';
import type { BotThreadControl } from '../helpers/botThreadControl.ts';
import type { BotTimers } from '../helpers/botTimers.ts';
import type { Conversations } from '../helpers/conversations.ts';
import type { Logger } from '../helpers/logging/logger.ts';
import type { OwnSettings, OwnSettingsSchema } from '../helpers/settings/ownSettings.ts';
import type { Settings } from '../helpers/settings/types.ts';
import type { TakeoverWatcher } from './takeover/takeoverWatcher.ts';
import type { Transcripts } from './takeover/transcripts.ts';

/** What a bot is made of. With own settings: `BotParts<typeof ownSettings>`. */
export interface BotParts<Schema extends OwnSettingsSchema | undefined = undefined> {
  /** Thread control through Graph. Without a page token every call throws `ThreadControlUnavailableError`. */
  threadControl: BotThreadControl;
  /** The id of this bot's Facebook app. */
  appId: string | undefined;
  /** The id of the Page that the bot works for: the setting, or the Page of the token. Undefined until that is known. */
  pageId: () => string | undefined;
  logger: Logger;
  settings: Settings;
  /** The bot's own settings, whose names begin with `My`, in the types of the `ownSettings` that the module exports. */
  own: Schema extends OwnSettingsSchema ? OwnSettings<Schema> : Readonly<Record<string, unknown>>;
  /** For `ConversationState` and `UserState`. What a turn changes is committed at its end, or not at all. */
  storage: Storage;
  /**
   * For what must be remembered of a conversation whatever becomes of the turn, such as that the thread was passed: it is committed even if
   * the turn is given up. Kept for 30 days.
   */
  notes: Storage;
  /** Turns of a conversation at a later time. */
  timers: BotTimers;
  /** Turns that no event began, to speak first. */
  conversations: Conversations;
  /** The time, in milliseconds since 1970; in the playground and in tests that of the emulator. Take it by `once` where a decision depends on it. */
  now: () => number;
  /** What was said in each conversation. Undefined unless the setting `KeepTranscripts` is set. */
  transcripts?: Transcripts | undefined;
  /** What of the server wants to know of handovers. For `Takeover`. */
  watchers?: readonly TakeoverWatcher[] | undefined;
  /** When these notes were begun: at the first start with this store, in milliseconds since 1970. */
  startedAt: number;
  /**
   * When somebody other than this bot last spoke for the Page in a thread, in milliseconds since 1970, found by reading the conversation.
   * Undefined without a page token.
   */
  lastWordOfOthers: ((pageId: string, psid: string) => Promise<number | undefined>) | undefined;
  /**
   * Whether the bot hears what people and other apps say for a Page. Messenger's own webhook tells it. Nobody documents whether Azure's
   * channel does, so behind Azure it is true once something was heard.
   */
  hearsOthers: (pageId: string) => Promise<boolean>;
}

/** What the project needs of a bot. */
export type Bot = Pick<ActivityHandler, 'run'>;

/** Bots by the names that the setting `BotRole` chooses from. */
export type BotRoles = Readonly<Record<string, (parts: BotParts) => Bot>>;

/** @throws TypeError if there is no such role */
export function botOfRole(roles: BotRoles, parts: BotParts): Bot {
  const makeBot = roles[parts.settings.role];
  if (makeBot === undefined) throw new TypeError(`There is no role ${parts.settings.role}.`);
  return makeBot(parts);
}
