/**
 * What the channel did, as records of the event stream. No record holds a token, a secret or the text of a message.
 * `guessed` marks what Azure is not known to do in this way.
 */
export type AzureTraceRecord = WebhookIgnored | ActivitySent | ActivityReceived | ConnectorRefused | TokenAnswered;

/** Something of a webhook did not become an activity. */
export interface WebhookIgnored extends Fields {
  type: 'azureChannel.webhookIgnored';
  botAppId: string;
  reason: string;
}

/** An activity for a bot, after its delivery was tried. */
export interface ActivitySent extends Fields {
  type: 'azureChannel.activitySent';
  botAppId: string;
  activityType: string;
  activityName?: string;
  activityId: string;
  /** The conversations it tells about: a standby activity may have several, one about the Page has none. */
  conversations: readonly string[];
  /** `gaveUp`: no answer within the time limit. `unreachable`: no connection, or one that broke. */
  outcome: 'answered' | 'gaveUp' | 'unreachable' | 'noEndpoint';
  /** The bot's HTTP status, when it answered. */
  status?: number;
  guessed?: true;
}

/** An activity from a bot, after it was handed to Messenger. */
export interface ActivityReceived extends Fields {
  type: 'azureChannel.activityReceived';
  botAppId: string;
  activityType: string;
  activityName?: string;
  conversationId: string;
  outcome: 'sent' | 'ignored' | 'refused';
  /** The status that the bot got. */
  status: number;
  /** Messages that reached Messenger, also when a later one of the same activity was refused. */
  messageIds: readonly string[];
  /** Why it was ignored or refused, or what was left out. */
  reason?: string;
  guessed?: true;
}

/** A call to the Connector that did not get as far as an activity. */
export interface ConnectorRefused extends Fields {
  type: 'azureChannel.connectorRefused';
  method: string;
  status: number;
  code: string;
  /** Absent when the caller did not prove who it is. */
  botAppId?: string;
}

/** A bot asked for a token. */
export interface TokenAnswered extends Fields {
  type: 'azureChannel.tokenIssued' | 'azureChannel.tokenRefused';
  clientId: string;
  tenantId: string;
  /** Microsoft's number for the refusal, such as `AADSTS7000215`. */
  error?: string;
}

interface Fields {
  readonly [field: string]: unknown;
}

export type AzureTrace = (record: AzureTraceRecord) => void;
