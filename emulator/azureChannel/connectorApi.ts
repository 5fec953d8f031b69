import { convertActivity } from './activityToMessenger.ts';
import type { Conversion, ConversionOptions } from './activityToMessenger.ts';
import type { ActivityReceived, AzureTrace } from './azureTrace.ts';
import type { HttpAnswer, HttpRequest } from './httpServer.ts';
import { isJsonObject, parseJson, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { postJson } from './outbound.ts';
import type { Outbound } from './outbound.ts';
import type { AzureRegistration } from './registration.ts';
import type { SigningKeys } from './signingKeys.ts';

export interface ConnectorParts {
  readonly registrations: readonly AzureRegistration[];
  readonly keys: SigningKeys;
  readonly outbound: Outbound;
  readonly trace: AzureTrace;
  /** Graph with its version, without a slash at the end. */
  readonly graphUrl: string;
  readonly conversion: ConversionOptions;
  readonly nextId: () => string;
}

/** Milliseconds that the channel waits for Graph. */
const graphTimeLimitMs = 30_000;

/** Marks responses whose real wording is undocumented. */
const GUESSED = { 'x-emulated': 'guessed' };

const ACTIVITIES = /^\/v3\/conversations\/([^/]+)\/activities(?:\/([^/]+))?\/?$/;

const errorAnswer = (status: number, code: string, message: string): HttpAnswer => ({
  status,
  json: { error: { code, message } },
  headers: GUESSED,
});

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** The token of a call, or an empty text. */
export const bearerOf = (request: HttpRequest): string =>
  /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';

/** What a bot gets for its activity, and what the event stream says about it. */
interface Outcome {
  readonly answer: HttpAnswer;
  readonly outcome: ActivityReceived['outcome'];
  readonly messageIds: readonly string[];
  readonly reason?: string;
  readonly guessed?: true;
}

const refusal = (answer: HttpAnswer, reason: string, messageIds: readonly string[] = []): Outcome => ({
  answer,
  outcome: 'refused',
  messageIds,
  reason,
  guessed: true,
});

/** The refusal as Azure wraps it. Source: https://github.com/microsoft/botframework-sdk/issues/1838 */
const wrapped = (refused: string): string => `SendActivityToUserAsync FAILED: ${refused}`;

/** Sends one call after the other and stops at the first that fails. */
async function sendToGraph(
  conversion: Conversion & { outcome: 'calls' },
  registration: AzureRegistration,
  parts: ConnectorParts,
): Promise<Outcome> {
  const messageIds: string[] = [];
  for (const call of conversion.calls) {
    const url = `${parts.graphUrl}/me/messages`;
    const reply = await postJson(parts.outbound, url, call, registration.pageToken, graphTimeLimitMs);
    if (reply.outcome !== 'answered') {
      const reason = reply.outcome === 'gaveUp' ? 'Graph did not answer in time.' : 'Graph could not be reached.';
      return refusal(errorAnswer(500, 'ServiceError', wrapped(reason)), reason, messageIds);
    }
    if (reply.status >= 300) {
      const status = reply.status >= 500 ? 500 : 400;
      return refusal(errorAnswer(status, 'ServiceError', wrapped(reply.text)), reply.text, messageIds);
    }
    const messageId = textAt(parseJson(reply.text), 'message_id');
    if (messageId !== undefined) messageIds.push(messageId);
  }
  const { leftOut } = conversion;
  return {
    answer: { status: 201, json: { id: messageIds.at(-1) ?? parts.nextId() } },
    outcome: 'sent',
    messageIds,
    ...(leftOut !== undefined && { reason: leftOut, guessed: true }),
  };
}

async function handleActivity(
  activity: JsonObject,
  psid: string,
  registration: AzureRegistration,
  parts: ConnectorParts,
): Promise<Outcome> {
  const conversion = convertActivity(activity, psid, parts.conversion);
  switch (conversion.outcome) {
    case 'calls':
      return sendToGraph(conversion, registration, parts);
    case 'ignored': {
      const answer = { status: 200, json: { id: parts.nextId() } };
      return { answer, outcome: 'ignored', messageIds: [], reason: conversion.reason, guessed: true };
    }
    case 'refused':
      return refusal(errorAnswer(400, 'BadArgument', conversion.reason), conversion.reason);
    case 'notEmulated':
      return refusal(errorAnswer(501, 'NotImplemented', conversion.reason), conversion.reason);
  }
}

/**
 * The Connector API: `POST /v3/conversations/{conversationId}/activities` and `…/{activityId}`, which do the same on
 * Messenger, because it has no threads. Everything else of it is refused in the Connector's error shape.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
 */
export async function answerConnectorRequest(
  request: HttpRequest,
  /** The part of the path below the service URL. */
  path: string,
  parts: ConnectorParts,
): Promise<HttpAnswer> {
  const refuse = (status: number, code: string, message: string, botAppId?: string): HttpAnswer => {
    const { method } = request;
    parts.trace({ type: 'azureChannel.connectorRefused', method, status, code, ...(botAppId && { botAppId }) });
    return errorAnswer(status, code, message);
  };

  const bearer = await parts.keys.readAccessToken(bearerOf(request));
  const registration = parts.registrations.find((one) => one.botAppId === bearer);
  if (registration === undefined) {
    return refuse(401, 'Unauthorized', 'A valid token of the token endpoint is required: Authorization: Bearer …');
  }
  const { botAppId, pageId } = registration;

  const match = ACTIVITIES.exec(path);
  if (match === null) {
    return refuse(
      501,
      'NotImplemented',
      'The Facebook channel of the emulator does not have this operation.',
      botAppId,
    );
  }
  if (request.method !== 'POST' || match[2] === 'history') {
    return refuse(
      405,
      'MethodNotAllowed',
      'Messages on Messenger can be sent, not changed, deleted or read.',
      botAppId,
    );
  }
  const conversationId = decode(match[1] ?? '');
  const suffix = `-${pageId}`;
  if (conversationId === undefined || !conversationId.endsWith(suffix) || conversationId.length === suffix.length) {
    return refuse(
      403,
      'Forbidden',
      'This bot has no such conversation; its conversations end with its Page.',
      botAppId,
    );
  }
  const activity = parseJson(request.body.toString('utf8'));
  if (!isJsonObject(activity)) return refuse(400, 'BadSyntax', 'The body is not a JSON object.', botAppId);

  const { answer, ...outcome } = await handleActivity(
    activity,
    conversationId.slice(0, -suffix.length),
    registration,
    parts,
  );
  const activityName = textAt(activity, 'name');
  parts.trace({
    type: 'azureChannel.activityReceived',
    botAppId,
    activityType: textAt(activity, 'type') ?? 'none',
    ...(activityName !== undefined && { activityName }),
    conversationId,
    status: answer.status,
    ...outcome,
  });
  return answer;
}
