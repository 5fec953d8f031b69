import { parseArgs } from 'node:util';

export const startUsage = `Usage: npm start -- [options]

Runs one bot, by the settings in the environment, in .env and in appsettings.json; docs/settings.md has all of them.

  --bot <file>             the module with your createBot, .ts or .js, instead of bots/createBot.ts; the setting Bot does the same
  --inspect[=<port>]       lets a debugger in, on this machine alone; without a port at 9229, and 0 takes any free one
  --own-settings-only      of .env and appsettings.json, takes only what is for your own bot; the playground starts bots so
  --help                   shows this
`;

export type StartArguments =
  | { readonly type: 'help' }
  /** A sentence about what cannot be meant. */
  | { readonly type: 'wrong'; readonly problem: string }
  | {
      readonly type: 'run';
      readonly bot: string | undefined;
      /** The port for a debugger. */
      readonly inspect: number | undefined;
      readonly files: 'all' | 'own';
    };

const options = {
  bot: { type: 'string' },
  inspect: { type: 'string' },
  'own-settings-only': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads what stands behind `npm start --`. */
export function readStartArguments(args: readonly string[]): StartArguments {
  try {
    // Node knows no option whose value may be left out.
    const { values } = parseArgs({ args: args.map((arg) => (arg === '--inspect' ? '--inspect=9229' : arg)), options });
    if (values.help === true) return { type: 'help' };
    if (values.bot?.trim() === '') return { type: 'wrong', problem: '--bot needs the path of a file.' };
    const inspect = values.inspect === undefined ? undefined : Number(values.inspect);
    if (inspect !== undefined && (!/^\d{1,5}$/.test(values.inspect ?? '') || inspect > 65_535)) {
      return { type: 'wrong', problem: '--inspect is followed by = and a port from 0 to 65535, or by nothing.' };
    }
    return { type: 'run', bot: values.bot, inspect, files: values['own-settings-only'] === true ? 'own' : 'all' };
  } catch (error) {
    // Node's message goes on with advice for programs that take other arguments than this one.
    const [sentence = 'The arguments cannot be read'] = error instanceof Error ? error.message.split(/\. |\n/) : [];
    return { type: 'wrong', problem: `${sentence.replace(/\.$/, '')}.` };
  }
}
