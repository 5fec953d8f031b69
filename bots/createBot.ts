import { botOfRole, type Bot, type BotParts, type BotRoles } from './botParts.ts';
import { roles as sampleRoles } from './samples/createBot.ts';

export type { BotParts } from './botParts.ts';

/** The bots that the setting `BotRole` chooses from. **A line for a bot of your own is all that a role of your own needs.** */
export const roles: BotRoles = {
  ...sampleRoles,
};

/** Makes the bot that this process runs. The rest of the project only knows that it has `run(context)`. */
export function createBot(parts: BotParts): Bot {
  return botOfRole(roles, parts);
}
