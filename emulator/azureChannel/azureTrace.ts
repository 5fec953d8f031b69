/**
 * What the channel did, as records of the event stream. No record holds a token or a secret.
 * `guessed` marks what Azure is not known to do in this way.
 */
export type AzureTraceRecord =
  WebhookIgnored | ActivitySent | ActivityReceived | ConnectorRefused | TokenAnswered | HostRefused | InternalError;

/** Something of a webhook did not become an activity. */
export interface WebhookIgnored extends Fields {
  readonly type: 'azureChannel.webhookIgnored';
  readonly botAppId: string;
  readonly reason: string;
}

/** An activity for a bot, after its delivery was tried. */
export interface ActivitySent extends Fields {
  readonly type: 'azureChannel.activitySent';
  readonly botAppId: string;
  /** The Facebook app whose bot it is. */
  readonly appId: string;
  readonly activityType: string;
  readonly activityName?: string;
  readonly activityId: string;
  /** All of it, as the bot gets it. */
  readonly activity: object;
  /** The conversations it tells about: a standby activity may have several, one about the Page has none. */
  readonly conversations: readonly string[];
  /** `gaveUp`: no answer within the time limit. `unreachable`: no connection, or one that broke. */
  readonly outcome: 'answered' | 'gaveUp' | 'unreachable' | 'noEndpoint';
  /** The bot's HTTP status, when it answered. */
  readonly status?: number;
  readonly guessed?: true;
}

/** An activity from a bot, after it was handed to Messenger. */
export interface ActivityReceived extends Fields {
  readonly type: 'azureChannel.activityReceived';
  readonly botAppId: string;
  readonly activityType: string;
  readonly activityName?: string;
  readonly conversationId: string;
  readonly outcome: 'sent' | 'ignored' | 'refused';
  /** The status that the bot got. */
  readonly status: number;
  /** Messages that reached Messenger, also when a later one of the same activity was refused. */
  readonly messageIds: readonly string[];
  /** Why it was ignored or refused, or what was left out. */
  readonly reason?: string;
  readonly guessed?: true;
}

/** A call to the Connector that did not get as far as an activity. */
export interface ConnectorRefused extends Fields {
  readonly type: 'azureChannel.connectorRefused';
  readonly method: string;
  readonly status: number;
  readonly code: string;
  /** Absent when the caller did not prove who it is. */
  readonly botAppId?: string;
}

/** A bot asked for a token. */
export interface TokenAnswered extends Fields {
  readonly type: 'azureChannel.tokenIssued' | 'azureChannel.tokenRefused';
  readonly clientId: string;
  readonly tenantId: string;
  /** Microsoft's number for the refusal, such as `AADSTS7000215`. */
  readonly error?: string;
}

/** A request by a name that is none of this machine and of Microsoft, or of a page of another origin. */
export interface HostRefused extends Fields {
  readonly type: 'azureChannel.hostRefused';
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly because: string;
}

/** The channel itself failed, which it should not. */
export interface InternalError extends Fields {
  readonly type: 'azureChannel.internalError';
  readonly because: string;
}

interface Fields {
  readonly [field: string]: unknown;
}

export type AzureTrace = (record: AzureTraceRecord) => void;
