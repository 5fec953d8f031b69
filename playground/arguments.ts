import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { modes, type Mode } from '../emulator/startPlatform.ts';
import { isSetInShell } from './botEnvironment.ts';
import { sampleBots, type BotSetup, type ScenarioName, type Endpoint } from './scenarios.ts';
import { paragraph, table } from './paragraph.ts';
import { defaultPorts, type OwnBot, type PlaygroundPorts } from './startPlayground.ts';

const optionRows = [
  [
    '--tour',
    'plays the whole handover conversation, checks every step and stops; for its last chapter, human takeover, it starts the bot again with the rules of --takeover',
  ],
  ['--say <text>', 'sends one message of a customer, shows what comes back and stops'],
  [
    '--live-chat',
    "runs the live-chat bot of Facebook's tutorial instead of primary and secondary; with --tour, plays the tutorial's flow",
  ],
  [
    '--takeover',
    'the bots hand over to people by rules: a notice after 10 minutes, back after 30 minutes of silence, people from 9:00 to 17:00 UTC; with --tour, plays that chapter alone',
  ],
  ['--direct', "without Azure: each bot has Messenger's own webhook and the Send API"],
  [
    '--mode routing|classic',
    'whose rules hold: Conversation Routing, which Pages have today, or the Handover Protocol with a primary and secondary receivers (routing)',
  ],
  ['--bot <file>', 'your own bot, a module with createBot, in the place of the primary or the live-chat bot'],
  [
    '--env <name>',
    'lets your bot have this variable of the shell; may be given several times. Names that begin with My pass anyway',
  ],
  ['--watch', 'starts the bots again when a file of theirs is saved'],
  ['--inspect[=<port>]', 'lets a debugger into your bot, at 9229 or this port'],
  ['--primary-port <port>', `port of the primary or the live-chat bot (${defaultPorts.primary})`],
  ['--secondary-port <port>', `port of the secondary bot (${defaultPorts.secondary})`],
  ['--messenger-port <port>', `port of the emulated Messenger (${defaultPorts.messenger})`],
  ['--azure-port <port>', `port of Azure's emulated channel (${defaultPorts.azure}), unless --direct`],
  ['--help', 'shows this'],
];

/** What can be asked for, in lines of at most `width` columns. */
export const usage = (width: number): string =>
  [
    paragraph('Usage: npm run playground -- [options]', width),
    '',
    paragraph(
      'Starts an emulated Messenger and its bots on this machine. Without --tour and --say you are the customer, at a prompt or, where the input is no terminal, with a line of it for each thing that you would type.',
      width,
    ),
    '',
    table(optionRows, [27], width),
    '',
    paragraph('A port that is in use is replaced by the next free one; 0 takes any free port.', width),
    '',
  ].join('\n');

export type PlaygroundTask =
  { readonly type: 'interactive' } | { readonly type: 'tour' } | { readonly type: 'say'; readonly text: string };

export type PlaygroundArguments =
  | { readonly type: 'help' }
  /** A sentence about what cannot be meant. */
  | { readonly type: 'wrong'; readonly problem: string }
  | {
      readonly type: 'run';
      readonly task: PlaygroundTask;
      readonly scenario: ScenarioName;
      readonly endpoint: Endpoint;
      readonly mode: Mode;
      readonly ports: PlaygroundPorts;
      readonly own: OwnBot;
      readonly setup: BotSetup;
    };

const options = {
  tour: { type: 'boolean' },
  say: { type: 'string' },
  'live-chat': { type: 'boolean' },
  takeover: { type: 'boolean' },
  direct: { type: 'boolean' },
  mode: { type: 'string' },
  'primary-port': { type: 'string' },
  'secondary-port': { type: 'string' },
  'messenger-port': { type: 'string' },
  'azure-port': { type: 'string' },
  bot: { type: 'string' },
  env: { type: 'string', multiple: true },
  watch: { type: 'boolean' },
  inspect: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const wrong = (problem: string): PlaygroundArguments => ({ type: 'wrong', problem });

/** @param isSet whether the shell has a variable of this name */
export function readArguments(args: readonly string[], isSet = isSetInShell): PlaygroundArguments {
  const read = parse(args);
  if (typeof read === 'string') return wrong(read);
  if (read.help === true) return { type: 'help' };
  if (read.tour === true && read.say !== undefined) return wrong('--tour and --say do not go together.');
  if (read.say?.trim() === '') return wrong('--say needs a text.');
  if (read.tour === true && read.bot !== undefined && resolve(read.bot) !== sampleBots) {
    return wrong('--tour expects the bots that come with the project, so it does not go with --bot.');
  }
  if (read.bot?.trim() === '') return wrong('--bot needs the path of a file.');
  if (read.inspect !== undefined && !isPort(read.inspect)) return wrong('--inspect is followed by = and a port.');
  const absent = read.env?.find((name) => !isSet(name));
  if (absent !== undefined) return wrong(`--env ${absent}: the shell has no variable of this name. Export it first.`);
  const mode = read.mode === undefined ? 'routing' : modes.find((known) => known === read.mode);
  if (mode === undefined) return wrong(`--mode is one of ${modes.join(', ')}.`);
  const ports = { ...defaultPorts };
  for (const who of ['primary', 'secondary', 'messenger', 'azure'] as const) {
    const text = read[`${who}-port`];
    if (text === undefined) continue;
    if (!isPort(text)) return wrong(`--${who}-port is a number from 0 to 65535.`);
    ports[who] = Number(text);
  }
  const scenario = read['live-chat'] === true ? 'liveChat' : 'twoBots';
  const endpoint = read.direct === true ? 'direct' : 'azure';
  const setup = read.takeover === true ? 'takeover' : 'usual';
  return { type: 'run', task: taskOf(read), scenario, endpoint, mode, ports, setup, own: ownBotOf(read) };
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65_535;

function ownBotOf({ tour = false, bot, env = [], watch = false, inspect }: Values): OwnBot {
  const module = tour ? sampleBots : bot === undefined ? undefined : resolve(bot);
  return {
    ...(module === undefined ? {} : { module }),
    ...(inspect === undefined ? {} : { inspect }),
    ...{ passed: env, restart: watch ? 'onSave' : 'onCommand' },
  };
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

function parse(args: readonly string[]): Values | string {
  try {
    return parseArgs({ args: args.map((arg) => (arg === '--inspect' ? '--inspect=9229' : arg)), options }).values;
  } catch (error) {
    // Node's message goes on with advice for programs that take other arguments than this one.
    const [sentence = 'The arguments cannot be read'] = error instanceof Error ? error.message.split(/\. |\n/) : [];
    return `${sentence.replace(/\.$/, '')}.`;
  }
}

function taskOf({ tour, say }: Values): PlaygroundTask {
  if (tour === true) return { type: 'tour' };
  return say === undefined ? { type: 'interactive' } : { type: 'say', text: say };
}
