import type { Secret } from '../secret.ts';
import type { HoursPlan } from './hoursPlan.ts';
import type { OwnValues } from './ownSettings.ts';
import type {
  divergedTurnAnswers,
  eventTimes,
  exceptionAnswers,
  listenSockets,
  logFormats,
  logLevels,
  moveToMainAnswers,
  notOwnerAnswers,
  outsideHoursAnswers,
  returnTimes,
  unknownSendOutcomes,
} from './schema.ts';

export type LogLevel = (typeof logLevels)[number];
export type LogFormat = (typeof logFormats)[number];

/**
 * The endpoints that the Bot Framework SDK uses instead of the public ones, all together.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/how-to-deploy-gov-cloud-high
 */
export interface BotEndpoints {
  toChannelFromBotLoginUrl: string;
  toChannelFromBotOAuthScope: string;
  toBotFromChannelTokenIssuer: string;
  toBotFromChannelOpenIdMetadataUrl: string;
  toBotFromEmulatorOpenIdMetadataUrl: string;
  oAuthUrl: string;
  callerId: string;
}

/** How requests of the Bot Framework are checked and answered. `none` means: open to whoever reaches the port. */
export type BotCredentials =
  | { readonly authentication: 'none' }
  | {
      readonly authentication: 'password';
      readonly appType: 'SingleTenant';
      readonly appId: string;
      readonly password: Secret;
      readonly tenantId: string;
      readonly endpoints?: Readonly<BotEndpoints>;
    }
  | {
      readonly authentication: 'password';
      readonly appType: 'MultiTenant';
      readonly appId: string;
      readonly password: Secret;
      readonly tenantId?: undefined;
      readonly endpoints?: Readonly<BotEndpoints>;
    }
  | {
      readonly authentication: 'managedIdentity';
      readonly appType: 'UserAssignedMSI';
      readonly appId: string;
      readonly password?: undefined;
      readonly tenantId: string;
      readonly endpoints?: Readonly<BotEndpoints>;
    };

/** Everything that one bot process is told from outside, checked. Frozen all the way down. */
export interface Settings {
  /** `NODE_ENV` is `production`. */
  readonly production: boolean;
  /** One of the roles of the bot's module, such as `primary`. */
  readonly role: string;
  /** The address to listen on. Always a loopback one when `bot.authentication` is `none` and there is no webhook. */
  readonly host: string;
  /** 0 means any free port. */
  readonly port: number;
  /**
   * Whose the socket is that the bot listens on: its own, its own at a port that a successor may listen at too, or the one that the
   * process was started with.
   */
  readonly listenSocket: (typeof listenSockets)[number];
  /** Where the metrics are; 0 means any free port, absent means nowhere. */
  readonly metricsPort?: number;
  /** The address on which they are. */
  readonly metricsHost: string;
  /** How long a turn may take, in milliseconds. */
  readonly turnTimeoutMs: number;
  readonly logLevel: LogLevel;
  /** `auto`: for people where standard output is a terminal, else JSON. */
  readonly logFormat: LogFormat;
  /** Whether the log says from which addresses refused requests came. */
  readonly logRemoteAddresses?: true;
  readonly bot: BotCredentials;
  /** The channels that are served, when the settings name any. */
  readonly channels?: readonly string[];
  readonly facebook: {
    readonly pageToken?: Secret;
    /** Always there when `pageToken` is. */
    readonly appId?: string;
    /** The one Page whose events this bot handles. Absent: the Page that the token belongs to. */
    readonly pageId?: string;
    readonly appSecret?: Secret;
    readonly verifyToken?: Secret;
  };
  /** Messenger's own webhook, when it is on: then everything that it needs is there. */
  readonly webhook?: {
    readonly appId: string;
    readonly appSecret: Secret;
    readonly verifyToken: Secret;
  };
  /** Whether events from long ago and from the future are quarantined. */
  readonly eventTimes: (typeof eventTimes)[number];
  readonly graph: {
    /** Without a slash at the end. */
    readonly baseUrl: string;
    /** Such as `v27.0`. */
    readonly version: string;
  };
  readonly store: {
    /** The file of the store, or `:memory:`. */
    readonly path: string;
    /** How many accepted events may wait for their turn before the endpoints refuse more. */
    readonly maxWaiting: number;
    /** How long state of a customer is kept that nobody uses, in milliseconds. Absent: until the bot deletes it. */
    readonly keepCustomerStateMs?: number;
    /** How long it is remembered where a customer can be answered, after the last event, in milliseconds. */
    readonly keepConversationsMs: number;
    /** How long dead letters and quarantined events wait for a person, in milliseconds. */
    readonly keepDeadLettersMs: number;
    /** What to do with a message of which nothing can be found out. */
    readonly unknownSendOutcome: (typeof unknownSendOutcomes)[number];
    /** What to do with a turn that ran again and did something else, although nothing was lost or doubled by it. */
    readonly divergedTurns: (typeof divergedTurnAnswers)[number];
  };
  readonly primary: {
    /** What the primary bot, or the live-chat bot, does when a person in the Page Inbox clicks *Move to Main*. */
    readonly pageInboxMoveToMain: (typeof moveToMainAnswers)[number];
    /** What the primary bot does with a polite request while it does not own the thread. */
    readonly notOwnerRequest: (typeof notOwnerAnswers)[number];
  };
  /** The settings of the bot's own, whose names begin with `My`. */
  readonly own: OwnValues;
  readonly liveChat: {
    /**
     * After how many milliseconds without a word of the people in the inbox the live-chat bot answers the customer again.
     * Absent: never.
     */
    readonly takeBackAfterMs?: number;
  };
  /** The desk that is told of handovers. */
  readonly handoff?: {
    readonly url: string;
    /** Signs what the bot tells the desk, and what the desk tells the bot. */
    readonly secret: Secret;
  };
  /** For how many milliseconds what was said is kept for the person who takes over. Absent: it is not kept. */
  readonly keepTranscriptsMs?: number;
  /** How people take over from the bot; absent if no setting says anything about it. */
  readonly takeover?: {
    /** Phrases instead of those that come with the project, or `standard` for those. Absent: as the bot has it. */
    readonly phrases?: 'standard' | readonly string[];
    readonly receivers: readonly string[];
    readonly unhelpfulAnswers?: number;
    readonly onException: (typeof exceptionAnswers)[number];
    /** It makes sense. */
    readonly hours?: HoursPlan;
    readonly outsideHours: (typeof outsideHoursAnswers)[number];
    /** Undefined: never. Absent: as the bot has it. */
    readonly silenceMs?: number | undefined;
    readonly onSilence: (typeof returnTimes)[number];
    readonly hardLimitMs?: number | undefined;
    readonly noticeMs?: number | undefined;
  };
  /** Settings that are written as in an earlier version, each with how to write it now, as a sentence. */
  readonly outdated?: readonly string[];
}
