import type { TurnContext } from 'botbuilder';

/** What runs in a turn: the bot. */
export type TurnLogic = (context: TurnContext) => Promise<void>;
