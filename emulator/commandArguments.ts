import { parseArgs } from 'node:util';
import { isKnownField } from './core/subscribedFields.ts';
import { isIdWord } from './seed.ts';
import { modes } from './startPlatform.ts';

export const usage = `Usage: npm run emulator -- [options]

  --port <number>            port of Messenger: Graph API and control (4600; 0 is any free one)
  --azure-port <number>      port of Azure's channel (4601; 0 is any free one)
  --mode ${modes.join('|')}     the rules: Handover Protocol or Conversation Routing (routing)
  --fields <names>|all       the fields that the apps are subscribed to, with commas; all has echoes and receipts too
  --meta-ai                  Meta's own AI takes part; POST /_emulator/meta-ai/... plays it
  --primary-bot <address>    where the primary app's bot is, without /api/messages (http://127.0.0.1:3978)
  --secondary-bot <address>  where the secondary app's bot is (http://127.0.0.1:3979)
  --seed <word>              message ids have it in them and are the same from run to run
  --state <file>             goes on from this file if it is there, and saves the state to it at the end
  --quiet                    does not print events
  --help                     prints this
`;

export interface EmulatorArguments {
  readonly port: number;
  readonly azurePort: number;
  readonly mode: (typeof modes)[number];
  /** Where Azure's channel finds the bots of the two apps, without `/api/messages`. */
  readonly botUrls: Readonly<Record<'primary' | 'secondary', string>>;
  /** Absent: those of events that a bot answers. */
  readonly fields?: 'all' | readonly string[];
  /** Absent: Meta's AI takes no part. */
  readonly metaAi?: 'on';
  /** The word in the ids of messages. Absent: the time of the start. */
  readonly ids?: string;
  /** The file to go on from and to save to. */
  readonly stateFile?: string;
  readonly quiet: boolean;
}

export type ReadArguments =
  | { readonly type: 'run'; readonly run: EmulatorArguments }
  | { readonly type: 'help' }
  /** A sentence about what cannot be meant. */
  | { readonly type: 'wrong'; readonly problem: string };

const options = {
  port: { type: 'string', default: '4600' },
  'azure-port': { type: 'string', default: '4601' },
  mode: { type: 'string', default: 'routing' },
  'primary-bot': { type: 'string', default: 'http://127.0.0.1:3978' },
  'secondary-bot': { type: 'string', default: 'http://127.0.0.1:3979' },
  fields: { type: 'string' },
  'meta-ai': { type: 'boolean', default: false },
  seed: { type: 'string' },
  state: { type: 'string' },
  quiet: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export function readArguments(args: readonly string[]): ReadArguments {
  const values = parse(args);
  if (typeof values === 'string') return { type: 'wrong', problem: values };
  if (values.help) return { type: 'help' };
  const mode = modes.find((candidate) => candidate === values.mode);
  if (mode === undefined) return { type: 'wrong', problem: `--mode is one of ${modes.join(', ')}.` };
  for (const name of ['port', 'azure-port'] as const) {
    if (!(/^\d{1,5}$/.test(values[name]) && Number(values[name]) <= 65_535)) {
      return { type: 'wrong', problem: `--${name} is a number from 0 to 65535.` };
    }
  }
  const [primary, secondary] = [addressOf(values['primary-bot']), addressOf(values['secondary-bot'])];
  if (primary === undefined || secondary === undefined) {
    const name = primary === undefined ? 'primary-bot' : 'secondary-bot';
    return { type: 'wrong', problem: `--${name} is an http address without path, such as http://127.0.0.1:3978.` };
  }
  const fields = values.fields === 'all' ? ('all' as const) : values.fields?.split(',');
  const strange = Array.isArray(fields) ? fields.find((name) => !isKnownField(name)) : undefined;
  if (strange !== undefined) return { type: 'wrong', problem: `A Page has no field "${strange}".` };
  const { seed: ids, state: stateFile } = values;
  if (ids !== undefined && !isIdWord(ids)) {
    return { type: 'wrong', problem: '--seed is a word of at most 64 letters, digits, _ and -.' };
  }
  if (stateFile === '') return { type: 'wrong', problem: '--state is a file.' };
  const [port, azurePort] = [Number(values.port), Number(values['azure-port'])];
  const { quiet } = values;
  const asked = {
    ...(fields === undefined ? {} : { fields }),
    ...(ids === undefined ? {} : { ids }),
    ...(stateFile === undefined ? {} : { stateFile }),
  };
  const metaAi = values['meta-ai'] ? { metaAi: 'on' as const } : {};
  return { type: 'run', run: { port, azurePort, mode, botUrls: { primary, secondary }, ...asked, ...metaAi, quiet } };
}

/** Without the slash at the end. */
function addressOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, origin, pathname, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${pathname}${search}${hash}` === '/' ? origin : undefined;
}

function parse(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof options }>>['values'] | string {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    // Node's message goes on with advice for programs that take other arguments than this one.
    const [sentence = 'The arguments cannot be read'] = error instanceof Error ? error.message.split(/\. |\n/) : [];
    return `${sentence.replace(/\.$/, '')}.`;
  }
}
