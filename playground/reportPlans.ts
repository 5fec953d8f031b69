import type { Emulator } from '../emulator/emulator.ts';
import { plansInWords } from './plansInWords.ts';
import type { SupervisedBot } from './supervisedBot.ts';

type AskedBot = Pick<SupervisedBot, 'name' | 'pid' | 'plansOf'>;

export interface PlansOptions {
  readonly emulator: Pick<Emulator, 'apps' | 'pageId' | 'report' | 'state'>;
  readonly bots: readonly AskedBot[];
  /** The name of an app or of the inbox. */
  readonly nameOf: (appId: string) => string;
}

const everyMs = 500;

/**
 * Tells the emulator again and again what the bots are going to do, whenever that has changed. It is asked, and not put together from what the bots
 * said before: so it is right after a restart, and whoever set a timer. Returns a function that ends it.
 */
export function reportPlans(options: PlansOptions): () => void {
  const askers = options.bots.map((bot) => createPlansAsker(bot, options));
  const timer = setInterval(() => askers.forEach((ask) => void ask()), everyMs).unref();
  return () => clearInterval(timer);
}

/** Asks one bot about every conversation, one after the other, unless the last time is not over. */
export function createPlansAsker(bot: AskedBot, { emulator, nameOf }: Omit<PlansOptions, 'bots'>): () => Promise<void> {
  const appId = emulator.apps.find(({ name }) => name === bot.name)?.id ?? '';
  const told = new Map<string, string>();
  let pid = bot.pid;
  // A bot in a debugger answers when it goes on.
  let asking = false;
  const ask = async (psid: string): Promise<void> => {
    const answer = await bot.plansOf({ pageId: emulator.pageId, psid });
    if (answer === undefined) return;
    // The one that has ended took its plans along.
    if (pid !== bot.pid) told.clear();
    ({ pid } = bot);
    const plans = plansInWords(answer, nameOf);
    const text = JSON.stringify(plans);
    if (text === (told.get(psid) ?? nothing)) return;
    told.set(psid, text);
    emulator.report(appId, { type: 'botPlans', psid, ...plans });
  };
  return async (): Promise<void> => {
    if (asking) return;
    asking = true;
    try {
      for (const psid of new Set([...Object.keys(emulator.state().threads), ...told.keys()])) await ask(psid);
    } finally {
      asking = false;
    }
  };
}

/** Nothing needs to be told of a bot that has no plans. */
const nothing = JSON.stringify({ timers: [] });
