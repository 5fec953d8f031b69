import { botOfRole, type Bot, type BotParts, type BotRoles } from '../botParts.ts';
import { silenceMsOf } from '../../helpers/settings/takeover.ts';
import { present } from '../../models/present.ts';
import { rulesFromSettings } from '../takeover/rulesFromSettings.ts';
import { LiveChatBot } from './liveChatBot.ts';
import { PrimaryBot } from './primaryBot.ts';
import { SecondaryBot } from './secondaryBot.ts';

/** The bots that come with the project. */
export const roles: BotRoles = {
  primary: ({ settings, ...parts }) =>
    new PrimaryBot({ ...parts, ...settings.primary, ...present('takeover', rulesFromSettings(settings)) }),
  secondary: (parts) => new SecondaryBot(parts),
  liveChat: createLiveChatBot,
};

/** Makes one of them, whatever became of `bots/createBot.ts`: `npm start -- --bot bots/samples/createBot.ts`. */
export function createBot(parts: BotParts): Bot {
  return botOfRole(roles, parts);
}

function createLiveChatBot({ settings, ...parts }: BotParts): LiveChatBot {
  const { pageInboxMoveToMain } = settings.primary;
  if (silenceMsOf(settings) !== undefined && settings.webhook === undefined) {
    const { logger, lastWordOfOthers } = parts;
    const andSo =
      lastWordOfOthers === undefined ? 'takes none back' : 'reads the conversation before it takes one back';
    logger.info({}, `Azure may not tell what people say in threads that are theirs, so the live-chat bot ${andSo}`);
  }
  const takeover = present('takeover', rulesFromSettings(settings));
  return new LiveChatBot({ ...parts, pageInboxMoveToMain, ...settings.liveChat, ...takeover });
}
