import type { TurnContext } from 'botbuilder';
import { CustomerState } from '../../bots/customerState.ts';
import { FacebookActivityHandler } from '../../bots/facebookActivityHandler.ts';
import { timerOf } from '../../helpers/botTimers.ts';
import { readText } from '../../models/readJson.ts';
import type { BotParts } from '../../server.ts';

/** What somebody asks the bot's program from outside of a turn, such as a shop when a parcel is on its way. */
export interface OutsideCall {
  psid: string;
  /** What to say, which is also the key of the call: it is never used for another one. */
  text: string;
  /** `run`: the call waits until it is said. `timer`: until it is certain that it will be, and it may come again. */
  how: 'run' | 'timer';
}

/** Speaks when it is called from outside, in the two ways that docs/your-bot.md recommends. Each answer has two parts. */
export class OutsideBot extends FacebookActivityHandler {
  readonly #parts: Pick<BotParts, 'conversations' | 'timers'>;
  readonly #customers: CustomerState;

  constructor({ storage, conversations, timers }: BotParts) {
    super();
    this.#parts = { conversations, timers };
    this.#customers = new CustomerState(storage);
    const told = this.#customers.createProperty<string[]>('told');
    this.onMessage(async (context, next) => {
      await sayBoth(context, context.activity.text);
      await next();
    });
    this.onEvent(async (context, next) => {
      const key = readText(timerOf(context)?.data, 'text');
      if (key !== undefined) {
        const before = await told.get(context, []);
        if (!before.includes(key)) {
          await sayBoth(context, key);
          await told.set(context, [...before, key]);
        }
      }
      await next();
    });
  }

  override async run(context: TurnContext): Promise<void> {
    await super.run(context);
    await this.#customers.saveChanges(context);
  }

  async call({ psid, text, how }: OutsideCall): Promise<void> {
    if (how === 'run') await this.#parts.conversations.run(psid, (context) => sayBoth(context, text));
    else await this.#parts.timers.schedule(psid, text, 0, { text });
  }
}

async function sayBoth(context: TurnContext, text: string): Promise<void> {
  await context.sendActivity(`${text} first`);
  await context.sendActivity(`${text} last`);
}
