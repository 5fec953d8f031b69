/**
 * Every setting, once. `appsettings.example.json` and `docs/settings.md` are held against this table by a test.
 */

/** How the text of a setting has to look. `settingsFormats.ts` has the rule and the fix for each. */
export type SettingFormat =
  | 'channels'
  | 'choice'
  | 'count'
  | 'digits'
  | 'duration'
  | 'graphVersion'
  | 'guid'
  | 'host'
  | 'identifier'
  | 'minutes'
  | 'pageId'
  | 'pageToken'
  | 'phrases'
  | 'port'
  | 'receivers'
  | 'role'
  | 'tenant'
  | 'text'
  | 'token'
  | 'url';

export interface SettingDefinition {
  name: string;
  format: SettingFormat;
  /** The only values it may have, for the format `choice`. */
  choices?: readonly string[];
  /** What holds when it is not set. */
  default?: string;
  /** Kept in a `Secret`, never shown. */
  secret?: true;
  /** A second name for the same thing, and where the two may differ: within no single source, or not at all. */
  alias?: {
    name: string;
    mustAgree: 'withinSource' | 'everywhere';
    /** Set when it is the name of an earlier version: today's values by the earlier ones. A line at the start tells the new names. */
    earlierValues?: Readonly<Record<string, string>>;
  };
  /** Other programs use variables of such a name too, so a different spelling in the environment is none of our business. */
  commonName?: true;
}

export const appTypes = ['SingleTenant', 'UserAssignedMSI', 'MultiTenant'] as const;
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export const logFormats = ['auto', 'text', 'json'] as const;
export const logRemoteAddresses = ['no', 'yes'] as const;
export const listenSockets = ['own', 'shared', 'inherited'] as const;
export const nodeEnvironments = ['development', 'test', 'production'] as const;
export const moveToMainAnswers = ['grant', 'ignore'] as const;
export const unknownSendOutcomes = ['deadLetter', 'resend', 'assumeSent'] as const;
export const divergedTurnAnswers = ['goOn', 'deadLetter'] as const;
export const eventTimes = ['checked', 'unchecked'] as const;
export const notOwnerAnswers = ['takeThenPass', 'decline'] as const;

export const exceptionAnswers = ['throw', 'handOver'] as const;
export const outsideHoursAnswers = ['refuse', 'keep', 'pass'] as const;
export const returnTimes = ['withNextWord', 'atOnce'] as const;

/** The channels of Azure that a bot may serve. */
export const servedChannels = ['facebook', 'webchat', 'directline'] as const;

const settingsSchema = [
  { name: 'MicrosoftAppType', format: 'choice', choices: appTypes, default: 'SingleTenant' },
  { name: 'MicrosoftAppId', format: 'guid' },
  { name: 'MicrosoftAppPassword', format: 'text', secret: true },
  { name: 'MicrosoftAppTenantId', format: 'tenant' },
  { name: 'Channels', format: 'channels' },

  {
    name: 'FacebookPageToken',
    format: 'pageToken',
    secret: true,
    alias: { name: 'PAGE_ACCESS_TOKEN', mustAgree: 'everywhere' },
  },
  { name: 'FacebookAppId', format: 'digits' },
  { name: 'FacebookPageId', format: 'pageId' },
  { name: 'FacebookAppSecret', format: 'token', secret: true },
  {
    name: 'FacebookVerifyToken',
    format: 'text',
    secret: true,
    alias: { name: 'VERIFY_TOKEN', mustAgree: 'everywhere' },
  },

  // Its choices are the roles of the bot's module.
  { name: 'BotRole', format: 'role', default: 'primary' },
  { name: 'Bot', format: 'text' },
  { name: 'PageInboxMoveToMain', format: 'choice', choices: moveToMainAnswers, default: 'grant' },
  { name: 'NotOwnerRequest', format: 'choice', choices: notOwnerAnswers, default: 'decline' },
  { name: 'LiveChatTakeBackMinutes', format: 'minutes', default: '1440' },
  { name: 'TakeoverPhrases', format: 'phrases' },
  { name: 'TakeoverReceivers', format: 'receivers', default: 'inbox' },
  { name: 'TakeoverUnhelpfulAnswers', format: 'count' },
  { name: 'TakeoverOnException', format: 'choice', choices: exceptionAnswers, default: 'throw' },
  { name: 'TakeoverHours', format: 'text' },
  { name: 'TakeoverTimeZone', format: 'text' },
  { name: 'TakeoverHolidays', format: 'text' },
  { name: 'TakeoverOutsideHours', format: 'choice', choices: outsideHoursAnswers, default: 'refuse' },
  { name: 'TakeoverSilenceMinutes', format: 'minutes' },
  { name: 'TakeoverReturn', format: 'choice', choices: returnTimes, default: 'withNextWord' },
  { name: 'TakeoverHardLimitMinutes', format: 'minutes' },
  { name: 'TakeoverNoticeMinutes', format: 'minutes' },
  { name: 'HandoffUrl', format: 'url' },
  { name: 'HandoffSecret', format: 'token', secret: true },
  { name: 'KeepTranscripts', format: 'duration' },

  // A platform that runs the bot chooses the port by PORT, whatever the file says.
  {
    name: 'Port',
    format: 'port',
    default: '3978',
    alias: { name: 'PORT', mustAgree: 'withinSource' },
    commonName: true,
  },
  { name: 'Host', format: 'host', commonName: true },
  { name: 'ListenSocket', format: 'choice', choices: listenSockets, default: 'own' },
  { name: 'MetricsPort', format: 'port' },
  { name: 'MetricsHost', format: 'host', default: '127.0.0.1' },
  { name: 'LogLevel', format: 'choice', choices: logLevels, default: 'info', commonName: true },
  { name: 'LogFormat', format: 'choice', choices: logFormats, default: 'auto', commonName: true },
  { name: 'LogRemoteAddresses', format: 'choice', choices: logRemoteAddresses, default: 'no' },
  { name: 'NODE_ENV', format: 'choice', choices: nodeEnvironments, default: 'development', commonName: true },

  { name: 'StorePath', format: 'text' },
  { name: 'MaxWaitingEvents', format: 'count', default: '100000' },
  { name: 'KeepCustomerState', format: 'duration' },
  { name: 'KeepConversations', format: 'duration', default: '60d' },
  { name: 'KeepDeadLetters', format: 'duration', default: '30d' },
  { name: 'TurnTimeoutSeconds', format: 'count', default: '120' },
  { name: 'EventTimes', format: 'choice', choices: eventTimes, default: 'checked' },
  {
    name: 'UnknownSendOutcome',
    format: 'choice',
    choices: unknownSendOutcomes,
    default: 'deadLetter',
    alias: {
      name: 'UnknownSends',
      mustAgree: 'everywhere',
      earlierValues: { park: 'deadLetter', again: 'resend', assumeDone: 'assumeSent' },
    },
  },
  { name: 'DivergedTurns', format: 'choice', choices: divergedTurnAnswers, default: 'goOn' },

  { name: 'GraphApiBaseUrl', format: 'url', default: 'https://graph.facebook.com' },
  { name: 'GraphApiVersion', format: 'graphVersion', default: 'v27.0' },

  { name: 'ToChannelFromBotLoginUrl', format: 'url' },
  { name: 'ToChannelFromBotOAuthScope', format: 'identifier' },
  { name: 'ToBotFromChannelTokenIssuer', format: 'identifier' },
  { name: 'ToBotFromChannelOpenIdMetadataUrl', format: 'url' },
  { name: 'ToBotFromEmulatorOpenIdMetadataUrl', format: 'url' },
  { name: 'OAuthUrl', format: 'url', commonName: true },
  { name: 'CallerId', format: 'identifier', commonName: true },
] as const satisfies readonly SettingDefinition[];

export type SettingName = (typeof settingsSchema)[number]['name'];

/** The same table, seen as its general type, for code that treats all settings alike. */
export const settingDefinitions: readonly KnownSetting[] = settingsSchema;

export type KnownSetting = SettingDefinition & { name: SettingName };

/** The table for a bot that has these roles. The first one is the default where there is no `primary`. */
export function definitionsFor(roles: readonly string[] | undefined): readonly KnownSetting[] {
  const [first] = roles ?? [];
  if (roles === undefined || first === undefined) return settingDefinitions;
  return settingDefinitions.map((known) =>
    known.name === 'BotRole'
      ? { ...known, format: 'choice', choices: roles, default: roles.includes('primary') ? 'primary' : first }
      : known,
  );
}

/** The SDK takes each one that is missing as "intentionally empty" once another one is set, so: all of them or none. */
export const endpointSettings = [
  'ToChannelFromBotLoginUrl',
  'ToChannelFromBotOAuthScope',
  'ToBotFromChannelTokenIssuer',
  'ToBotFromChannelOpenIdMetadataUrl',
  'ToBotFromEmulatorOpenIdMetadataUrl',
  'OAuthUrl',
  'CallerId',
] as const satisfies readonly SettingName[];
