import { durationOf } from '../duration.ts';
import { isLoopbackHost } from '../loopback.ts';
import { Secret } from '../secret.ts';
import { checkTransport, readBotCredentials } from './botCredentials.ts';
import { listIn } from './formats.ts';
import { readOwnSettings } from './ownSettings.ts';
import { findUnknownNames } from './unknownNames.ts';
import { SettingsError } from './problems.ts';
import {
  divergedTurnAnswers,
  eventTimes,
  listenSockets,
  logFormats,
  logLevels,
  logRemoteAddresses,
  moveToMainAnswers,
  nodeEnvironments,
  notOwnerAnswers,
  unknownSendOutcomes,
  definitionsFor,
  settingDefinitions,
} from './schema.ts';
import { readSources, type Environment, type ReadTextFile, type SettingsSource } from './sources.ts';
import type { Settings } from './types.ts';
import { SettingsValues } from './values.ts';
import { withoutTrailingSlashes } from '../trailingSlashes.ts';
import { readHandoff } from './handoff.ts';
import { readTakeover } from './takeover.ts';
import { isWebhookOn, readWebhook } from './webhook.ts';

export interface ReadSettingsOptions {
  /** The environment variables; they win over `.env`, and `.env` wins over the file. */
  env?: Environment;
  /** Where `appsettings.json` and `.env` are. Both may be absent. */
  directory?: string;
  /** Reads a text file; throws an error with the code `ENOENT` when there is none. */
  readFile?: ReadTextFile;
  /** Which settings of the two files count: all, or only the bot's own, as in the playground. Default: all. */
  files?: 'all' | 'own';
  /** The names of the roles that the bot's module has. Default: `BotRole` may be any name. */
  roles?: readonly string[];
  /** The `ownSettings` that the bot's module exports. Default: every name that begins with `My` is taken as it stands there. */
  ownSettings?: unknown;
}

/**
 * Reads and checks the settings, once, at the start of the process.
 *
 * Throws a `SettingsError` that lists every problem with its fix and repeats no value. What each setting means is in
 * `docs/settings.md`.
 */
export function readSettings({
  env = process.env,
  directory = process.cwd(),
  readFile,
  files = 'all',
  roles,
  ownSettings,
}: ReadSettingsOptions = {}): Settings {
  const definitions = definitionsFor(roles);
  const { sources: all, unreadable, wrongTypes } = readSources(env, directory, readFile, definitions);
  const sources = files === 'all' ? all : all.map(onlyOwn);
  const ofFiles = files === 'all' ? wrongTypes : wrongTypes.filter(({ setting }) => setting === 'My');
  const { problems: wrongOwn, ...own } = readOwnSettings(sources, ownSettings);
  // A name that is nearly one of the bot's own is told once, with the name that was meant.
  const isTold = ({ setting }: { readonly setting: string }): boolean =>
    wrongOwn.some((own) => own.setting === setting);
  const unknown = findUnknownNames(sources).filter((problem) => !isTold(problem));
  const values = new SettingsValues(definitions, sources, unreadable, [...ofFiles, ...unknown, ...wrongOwn]);

  const production = values.choose('NODE_ENV', nodeEnvironments) === 'production';
  const bot = readBotCredentials(values, production);
  const open = bot.authentication === 'none' && !isWebhookOn(values);
  const host = values.get('Host') ?? (open ? '127.0.0.1' : '0.0.0.0');
  const keepState = values.get('KeepCustomerState');
  const settings: Settings = {
    production,
    role: values.getOrDefault('BotRole'),
    host,
    port: Number(values.getOrDefault('Port')),
    listenSocket: values.choose('ListenSocket', listenSockets),
    ...readMetricsPort(values),
    metricsHost: values.getOrDefault('MetricsHost'),
    turnTimeoutMs: Number(values.getOrDefault('TurnTimeoutSeconds')) * 1000,
    logLevel: values.choose('LogLevel', logLevels),
    logFormat: values.choose('LogFormat', logFormats),
    ...(values.choose('LogRemoteAddresses', logRemoteAddresses) === 'yes' ? { logRemoteAddresses: true } : {}),
    bot,
    ...readChannels(values),
    facebook: readFacebook(values),
    ...readWebhook(values),
    eventTimes: values.choose('EventTimes', eventTimes),
    graph: {
      baseUrl: withoutTrailingSlashes(values.getOrDefault('GraphApiBaseUrl')),
      version: values.getOrDefault('GraphApiVersion'),
    },
    store: {
      // The two bots of a Page often start from the same folder, and each needs a store of its own.
      path: values.get('StorePath') ?? `data/${values.getOrDefault('BotRole')}.db`,
      maxWaiting: Number(values.getOrDefault('MaxWaitingEvents')),
      ...(keepState === undefined ? {} : { keepCustomerStateMs: durationOf(keepState) }),
      keepConversationsMs: durationOf(values.getOrDefault('KeepConversations')),
      keepDeadLettersMs: durationOf(values.getOrDefault('KeepDeadLetters')),
      unknownSendOutcome: values.choose('UnknownSendOutcome', unknownSendOutcomes),
      divergedTurns: values.choose('DivergedTurns', divergedTurnAnswers),
    },
    primary: {
      pageInboxMoveToMain: values.choose('PageInboxMoveToMain', moveToMainAnswers),
      notOwnerRequest: values.choose('NotOwnerRequest', notOwnerAnswers),
    },
    liveChat: readLiveChat(values),
    ...readTakeover(values),
    ...readHandoff(values),
    own,
    ...(values.outdated.length > 0 ? { outdated: values.outdated } : {}),
  };
  for (const name of ['GraphApiBaseUrl', 'HandoffUrl'] as const) checkTransport(values, name, production);
  if (production && settings.eventTimes === 'unchecked') {
    values.report(
      'EventTimes',
      'is unchecked, so that events could be repeated after days, which NODE_ENV=production refuses',
      'Remove it; it is for an emulator whose clock is moved.',
    );
  }
  if (production && all.some(({ values: set }) => set.get('NODE_TLS_REJECT_UNAUTHORIZED') === '0')) {
    values.report(
      'NODE_ENV',
      'is production, while NODE_TLS_REJECT_UNAUTHORIZED=0 lets anybody pretend to be Meta or Microsoft',
      'Remove NODE_TLS_REJECT_UNAUTHORIZED; a certificate authority of your own goes into NODE_EXTRA_CA_CERTS.',
    );
  }
  if (open && !isLoopbackHost(host) && values.isMissing('MicrosoftAppId')) {
    values.report(
      'Host',
      'is reachable from other machines, but there is no authentication',
      'Set MicrosoftAppId and its password, or take 127.0.0.1.',
    );
  }
  if (values.problems.length > 0) throw new SettingsError(values.problems);
  return freezeAll(settings);
}

/** Nothing but the bot's own settings of a file; the environment stays as it is. */
function onlyOwn(source: SettingsSource): SettingsSource {
  return source.kind === 'environment' ? source : { ...source, names: [], nested: [], values: new Map() };
}

/** What a process finds at its start, and which bot it is to run. */
export type SettingsPlace = Required<Pick<ReadSettingsOptions, 'env' | 'directory' | 'files'>> & {
  /** The setting `Bot`, if there is one. */
  readonly botPath: string | undefined;
};

/**
 * Puts what `.env` has into the environment, for the bot's code, which is loaded behind it, and remembers how the environment was. A blank
 * variable counts as not set. With `files: 'own'` the settings of the project stay out, so that no real Page gets into an experiment.
 */
export function openEnvironment(
  { bot, files = 'all' }: { bot?: string | undefined; files?: 'all' | 'own' | undefined },
  env: Record<string, string | undefined> = process.env,
  directory = process.cwd(),
): SettingsPlace {
  const before = { ...env, ...(bot === undefined ? {} : { Bot: bot }) };
  const { sources } = readSources(before, directory, undefined, settingDefinitions);
  const isOurs = (name: string): boolean =>
    settingDefinitions.some((known) => known.name === name || known.alias?.name === name);
  const dotenv = sources.find(({ kind }) => kind === 'dotenv')?.values ?? new Map<string, string>();
  for (const [name, value] of dotenv) {
    if ((env[name] ?? '').trim() === '' && (files === 'all' || !isOurs(name))) env[name] = value;
  }
  const readable = files === 'all' ? sources : sources.map(onlyOwn);
  const botPath = readable.find(({ values }) => values.has('Bot'))?.values.get('Bot');
  return { env: before, directory, files, botPath };
}

/** Every secret among the settings, for the logger to keep out of its lines. */
export function secretsOf({ bot, facebook, handoff, own }: Settings): Secret[] {
  const password = bot.authentication === 'password' ? bot.password : undefined;
  const all = [password, facebook.pageToken, facebook.appSecret, facebook.verifyToken, handoff?.secret];
  return [...all, ...own.secrets].filter((secret) => secret !== undefined);
}

function readFacebook(values: SettingsValues): Settings['facebook'] {
  const pageToken = values.get('FacebookPageToken');
  const appId = values.get('FacebookAppId');
  const pageId = values.get('FacebookPageId');
  const appSecret = values.get('FacebookAppSecret');
  const verifyToken = values.get('FacebookVerifyToken');
  if (pageToken !== undefined && values.isMissing('FacebookAppId')) {
    values.report(
      'FacebookAppId',
      'is missing, although FacebookPageToken is set; the bot could not tell whether a thread is its own',
      'Set it to the id of the Meta app that the page token belongs to.',
    );
  }
  return {
    ...(pageToken === undefined ? {} : { pageToken: new Secret(pageToken) }),
    ...(appId === undefined ? {} : { appId }),
    ...(pageId === undefined ? {} : { pageId }),
    ...(appSecret === undefined ? {} : { appSecret: new Secret(appSecret) }),
    ...(verifyToken === undefined ? {} : { verifyToken: new Secret(verifyToken) }),
  };
}

function readMetricsPort(values: SettingsValues): Pick<Settings, 'metricsPort'> {
  const port = values.get('MetricsPort');
  if (port === undefined) return {};
  if (Number(port) !== 0 && Number(port) === Number(values.getOrDefault('Port'))) {
    values.report(
      'MetricsPort',
      'is the same as Port; the metrics are for this machine alone and need a port of their own',
      'Set it to another one, or remove it when nobody reads the metrics.',
    );
  }
  return { metricsPort: Number(port) };
}

function readChannels(values: SettingsValues): Pick<Settings, 'channels'> {
  const list = values.get('Channels');
  return list === undefined ? {} : { channels: listIn(list) };
}

function readLiveChat(values: SettingsValues): Settings['liveChat'] {
  const minutes = Number(values.getOrDefault('LiveChatTakeBackMinutes'));
  return minutes > 0 ? { takeBackAfterMs: minutes * 60_000 } : {};
}

function freezeAll<Value extends object>(value: Value): Value {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) freezeAll(part);
  }
  return Object.freeze(value);
}
