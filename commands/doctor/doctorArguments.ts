import { parseArgs } from 'node:util';

export interface DoctorArguments {
  readonly format: 'text' | 'json';
  /** Where the running bot is. */
  readonly url?: string;
  /** The file of the bot's module. */
  readonly bot?: string;
  readonly pageId?: string;
  readonly userId?: string;
  /** Whether missing subscriptions are added: not at all, after asking, or at once. */
  readonly fix: 'no' | 'ask' | 'yes';
}

export const doctorUsage = `Usage: npm run doctor -- [--url <address of the bot>] [--page <page id>] [--user <psid>] [--fix [--yes]] [--json] [--bot <file>]

Reads the settings of a bot and checks them against Meta, Microsoft and the running bot. Nothing is changed without --fix.

  --url   where the running bot is, such as https://my-bot.azurewebsites.net
  --page  the id of the Page that is meant
  --user  a customer's page-scoped id, to look at the thread's owner
  --fix   subscribes the app to the fields of the Page that are missing, after asking; with --yes without asking
  --bot   the module of your bot, as npm start takes it; without it, the setting Bot
  --json  for machines

Exit code: 0 nothing is wrong, 1 something may be, 2 something is, 3 the doctor could not work.`;

/** Reads the command line. Never throws. */
export function readDoctorArguments(
  args: readonly string[],
): DoctorArguments | { readonly help: string } | { readonly mistake: string } {
  const values = parse(args);
  if (values === undefined) return { mistake: 'There is an option that does not exist, or one without its value.' };
  const { url, page, user } = values;
  if (values.help === true) return { help: doctorUsage };
  if (url !== undefined && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) {
    return { mistake: '--url is not an http or https address.' };
  }
  for (const [name, id] of [
    ['page', page],
    ['user', user],
  ] as const) {
    if (id !== undefined && !/^\d+$/.test(id)) return { mistake: `--${name} is an id, digits only.` };
  }
  if (values.yes === true && values.fix !== true) return { mistake: '--yes goes with --fix.' };
  return {
    format: values.json === true ? 'json' : 'text',
    fix: values.fix !== true ? 'no' : values.yes === true ? 'yes' : 'ask',
    ...(url === undefined ? {} : { url: new URL(url).origin }),
    ...(values.bot === undefined ? {} : { bot: values.bot }),
    ...(page === undefined ? {} : { pageId: page }),
    ...(user === undefined ? {} : { userId: user }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        json: { type: 'boolean' },
        url: { type: 'string' },
        bot: { type: 'string' },
        page: { type: 'string' },
        user: { type: 'string' },
        fix: { type: 'boolean' },
        yes: { type: 'boolean' },
      },
    }).values;
  } catch {
    return undefined;
  }
}
