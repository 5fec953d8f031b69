import { parseArgs } from 'node:util';
import { PAGE_INBOX_APP_ID } from '../../models/facebookEvent.ts';
import { present } from '../../models/present.ts';

interface OfThread {
  readonly userId: string;
  readonly metadata?: string;
}

/** One thread control call, as given on the command line. */
export type ThreadCommand =
  | { readonly name: 'owner'; readonly userId: string }
  | ({ readonly name: 'pass'; readonly targetAppId?: string } & OfThread)
  | ({ readonly name: 'take' | 'request' | 'release' } & OfThread)
  | { readonly name: 'extend'; readonly userId: string; readonly seconds: number }
  | { readonly name: 'secondary-receivers' };

export type ThreadArguments =
  | { readonly command: ThreadCommand; readonly format: 'text' | 'json'; readonly bot?: string }
  | { readonly help: string }
  /** The arguments make no sense; the sentence says which and why. */
  | { readonly mistake: string };

export const threadUsage = `Usage: npm run thread -- <command> [--json] [--bot <file>]

  owner <psid>                                       who owns the thread
  pass <psid> [--to <app id>|inbox] [--metadata <text>]
                                                     gives control away; without --to to the primary receiver or default app
  take <psid> [--metadata <text>]                    takes control
  request <psid> [--metadata <text>]                 asks the owner for control
  release <psid> [--metadata <text>]                 gives up control; the thread is idle then
  extend <psid> --days <1 to 7>                      keeps control for that long
  secondary-receivers                                the apps that control can be passed to

--bot is the module of your bot, as npm start takes it; without it, the setting Bot.
<psid> is the customer's page-scoped id. The Page token of the settings says which app is asking.
Exit code: 0 done, 1 Meta refused or gave no usable answer, 2 the arguments or the settings are wrong.`;

const names = ['owner', 'pass', 'take', 'request', 'release', 'extend', 'secondary-receivers'] as const;

/** The options of each command, apart from `--json`. */
const optionsOf: Readonly<Record<(typeof names)[number], readonly string[]>> = {
  owner: [],
  pass: ['to', 'metadata'],
  take: ['metadata'],
  request: ['metadata'],
  release: ['metadata'],
  extend: ['days'],
  'secondary-receivers': [],
};

/** Reads the command line. Never throws. */
export function readThreadArguments(args: readonly string[]): ThreadArguments {
  const parsed = parse(args);
  if (parsed === undefined) return { mistake: 'There is an option that does not exist, or one without its value.' };
  const { values, positionals } = parsed;
  if (values.help === true || args.length === 0) return { help: threadUsage };
  const [given = '', userId = '', ...more] = positionals;
  const name = names.find((candidate) => candidate === given);
  if (name === undefined) return { mistake: `There is no such command; there are ${names.join(', ')}.` };
  const stranger = (['to', 'metadata', 'days'] as const).find(
    (option) => values[option] !== undefined && !optionsOf[name].includes(option),
  );
  if (stranger !== undefined) return { mistake: `${name} takes no --${stranger}.` };
  const about = { format: values.json === true ? 'json' : 'text', ...present('bot', values.bot) } as const;
  if (name === 'secondary-receivers') {
    return userId === '' ? { command: { name }, ...about } : { mistake: `${name} takes no further word.` };
  }
  if (more.length > 0) return { mistake: `${name} takes one customer; put metadata with blanks in quotes.` };
  if (!/^\d+$/.test(userId)) return { mistake: `${name} needs the customer's page-scoped id, digits only.` };
  const command = commandOf(name, userId, values);
  return 'mistake' in command ? command : { command, ...about };
}

function commandOf(
  name: Exclude<ThreadCommand['name'], 'secondary-receivers'>,
  userId: string,
  { to, metadata, days }: { to?: string | undefined; metadata?: string | undefined; days?: string | undefined },
): ThreadCommand | { readonly mistake: string } {
  const about = { userId, ...(metadata === undefined ? {} : { metadata }) };
  switch (name) {
    case 'owner':
      return { name, userId };
    case 'pass': {
      if (to === undefined) return { name, ...about };
      if (to !== 'inbox' && !/^\d+$/.test(to)) return { mistake: '--to is an app id, digits only, or inbox.' };
      return { name, ...about, targetAppId: to === 'inbox' ? PAGE_INBOX_APP_ID : to };
    }
    case 'take':
    case 'request':
    case 'release':
      return { name, ...about };
    case 'extend':
      if (days === undefined || !/^[1-7]$/.test(days)) return { mistake: 'extend needs --days, from 1 to 7.' };
      return { name, userId, seconds: Number(days) * 86_400 };
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        bot: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        to: { type: 'string' },
        metadata: { type: 'string' },
        days: { type: 'string' },
      },
    });
  } catch {
    return undefined;
  }
}
