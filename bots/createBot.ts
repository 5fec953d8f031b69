import type { ActivityHandler, Storage } from 'botbuilder';
import type { BotThreadControl } from '../helpers/botThreadControl.ts';
import type { BotTimers } from '../helpers/botTimers.ts';
import type { Conversations } from '../helpers/conversations.ts';
import type { Logger } from '../helpers/logging/logger.ts';
import type { OwnSettings, OwnSettingsSchema } from '../helpers/settings/ownSettings.ts';
import type { Settings } from '../helpers/settings/types.ts';
import { LiveChatBot } from './samples/liveChatBot.ts';
import { PrimaryBot } from './samples/primaryBot.ts';
import { SecondaryBot } from './samples/secondaryBot.ts';

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

type MakeBot = (parts: BotParts) => Pick<ActivityHandler, 'run'>;

/** The bots that the setting `BotRole` chooses from. **A line for a bot of your own is all that a role of your own needs.** */
export const roles: Readonly<Record<string, MakeBot>> = {
  primary: (parts) => new PrimaryBot({ ...parts, ...parts.settings.primary }),
  secondary: (parts) => new SecondaryBot(parts),
  liveChat: createLiveChatBot,
};

/** Makes the bot that this process runs. The rest of the project only knows that it has `run(context)`. */
export function createBot(parts: BotParts): Pick<ActivityHandler, 'run'> {
  const makeBot = roles[parts.settings.role];
  if (makeBot === undefined) throw new TypeError(`There is no role ${parts.settings.role}.`);
  return makeBot(parts);
}

function createLiveChatBot({ settings, ...parts }: BotParts): LiveChatBot {
  const { pageInboxMoveToMain } = settings.primary;
  if (settings.liveChat.takeBackAfterMs !== undefined && settings.webhook === undefined) {
    const { logger, lastWordOfOthers } = parts;
    const andSo =
      lastWordOfOthers === undefined ? 'takes none back' : 'reads the conversation before it takes one back';
    logger.info({}, `Azure may not tell what people say in threads that are theirs, so the live-chat bot ${andSo}`);
  }
  return new LiveChatBot({ ...parts, pageInboxMoveToMain, ...settings.liveChat });
}
