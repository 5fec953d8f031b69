import { convertActivity, type Conversion, type ConversionOptions } from './activityToMessenger.ts';
import type { ActivityReceived } from './azureTrace.ts';
import { connectorError } from './connectorError.ts';
import type { HttpAnswer } from './httpServer.ts';
import { parseJson, textAt, type JsonObject } from '../json.ts';
import { postJson, type Outbound } from './outbound.ts';
import type { AzureRegistration } from './registration.ts';

export interface SendParts {
  readonly outbound: Outbound;
  /** Graph with its version, without a slash at the end. */
  readonly graphUrl: string;
  readonly conversion: ConversionOptions;
  readonly nextId: () => string;
}

/** What a bot gets for its activity, and what the event stream says about it. */
export interface SendOutcome {
  readonly answer: HttpAnswer;
  readonly outcome: ActivityReceived['outcome'];
  readonly messageIds: readonly string[];
  readonly reason?: string;
  readonly guessed?: true;
}

/** Milliseconds that the channel waits for Graph. */
const graphTimeLimitMs = 30_000;

const refusal = (answer: HttpAnswer, reason: string, messageIds: readonly string[] = []): SendOutcome => ({
  answer,
  outcome: 'refused',
  messageIds,
  reason,
  guessed: true,
});

/** The refusal as Azure wraps it. Source: https://github.com/microsoft/botframework-sdk/issues/1838 */
const wrapped = (refused: string): string => `SendActivityToUserAsync FAILED: ${refused}`;

/** Sends a bot's activity to a customer, and says how the bot is answered. */
export async function sendActivity(
  activity: JsonObject,
  psid: string,
  registration: Pick<AzureRegistration, 'pageToken'>,
  parts: SendParts,
): Promise<SendOutcome> {
  const conversion = convertActivity(activity, psid, parts.conversion);
  switch (conversion.outcome) {
    case 'calls':
      return sendToGraph(conversion, registration, parts);
    case 'ignored': {
      const answer = { status: 200, json: { id: parts.nextId() } };
      return { answer, outcome: 'ignored', messageIds: [], reason: conversion.reason, guessed: true };
    }
    case 'refused':
      return refusal(connectorError(400, 'BadArgument', conversion.reason), conversion.reason);
    case 'notEmulated':
      return refusal(connectorError(501, 'NotImplemented', conversion.reason), conversion.reason);
  }
}

/** Sends one call after the other and stops at the first that fails. */
async function sendToGraph(
  conversion: Conversion & { outcome: 'calls' },
  { pageToken }: Pick<AzureRegistration, 'pageToken'>,
  parts: SendParts,
): Promise<SendOutcome> {
  const messageIds: string[] = [];
  for (const call of conversion.calls) {
    const url = `${parts.graphUrl}/me/messages`;
    const reply = await postJson(parts.outbound, url, call, pageToken, graphTimeLimitMs);
    if (reply.outcome !== 'answered') {
      const reason = reply.outcome === 'gaveUp' ? 'Graph did not answer in time.' : 'Graph could not be reached.';
      return refusal(connectorError(500, 'ServiceError', wrapped(reason)), reason, messageIds);
    }
    if (reply.status >= 300) {
      const status = reply.status >= 500 ? 500 : 400;
      return refusal(connectorError(status, 'ServiceError', wrapped(reply.text)), reply.text, messageIds);
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
