import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConversationError } from '../../helpers/conversations.ts';
import { isSigned, readClaim } from '../../helpers/handoff/signedMessage.ts';
import type { Logger } from '../../helpers/logging/logger.ts';
import type { Secret } from '../../helpers/secret.ts';
import { conversationKey } from '../../models/conversationKey.ts';
import { readHandoffStatus, type HandoffStatus } from '../../models/handoffStatus.ts';
import { ownEventNames } from '../../models/ownEvents.ts';
import { parseJson, readId, readObject, readText } from '../../models/readJson.ts';
import { brokenLimitOf } from '../../models/scanJson.ts';
import type { Store } from '../../store/store.ts';
import type { OwnTurns } from '../../turns/ownTurns.ts';
import { answerJson, RequestRefusedError } from './answer.ts';
import type { RefusalLog } from './refusalLog.ts';
import { maxBodyDepth, readBytes } from './requestBody.ts';
import { answerErrors, type Route } from './route.ts';

export interface HandoffRouteOptions {
  secret: Secret;
  store: Pick<Store, 'accept'>;
  /** Knows which conversations the bot has. */
  conversations: Pick<Store, 'knownConversation'>;
  ownTurns: Pick<OwnTurns, 'inboxEventFor'>;
  logger: Logger;
  refusals?: RefusalLog;
  /** Called after something was accepted. */
  accepted: () => void;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** An activity with a few words in it. */
export const maxStatusBytes = 64 * 1024;
const maxStatusValues = 2_000;

const path = '/api/handoff';

/**
 * What a desk says about a handover: a Bot Framework `handoff.status` event, signed with the secret that the bot and the desk share. It is stored as
 * an event of its conversation, and its turn runs after those that wait there.
 *
 * Headers, then bytes, then signature, then JSON, then the store, then 202. A message that comes twice is accepted once.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/bot-service-design-pattern-handoff-human
 */
export function handoffRoute(options: HandoffRouteOptions): Route {
  const { secret, store, ownTurns, logger, refusals, accepted, now = Date.now } = options;

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const claim = readClaim(request.headers, now());
    if (typeof claim === 'string') throw refusedClaims[claim]();
    const bytes = await readBytes(request, maxStatusBytes);
    if (!isSigned(claim, bytes, secret)) {
      throw new RequestRefusedError(403, 'webhook-signature is not the signature of this message.');
    }
    const { status, conversation } = await read(bytes, options);
    const event = { name: ownEventNames.handoff, id: `handoff-status-${claim.id}`, value: { ...status } };
    const made = ownTurns.inboxEventFor(conversation, { key: `handoff ${claim.id}`, kind: 'handoff', event });
    const inboxEvent = await made.catch((error: unknown) => {
      throw error instanceof ConversationError ? unknownConversation() : error;
    });
    await store.accept([inboxEvent]);
    answerJson(response, 202, {});
    accepted();
  }

  const handle = answerErrors(receive, {
    ...{ logger, ...(refusals && { refusals }) },
    answer: (response, status, error) => answerJson(response, status, { error }),
    unavailable: 'The message could not be stored. Send it again.',
  });
  return { method: 'post', path, handle };
}

const refusedClaims = {
  missing: () => new RequestRefusedError(401, 'The request has no webhook-signature header.'),
  malformed: () =>
    new RequestRefusedError(
      400,
      'webhook-id, webhook-timestamp and webhook-signature are not those of a signed message.',
    ),
  old: () => new RequestRefusedError(401, 'webhook-timestamp is more than five minutes from now.'),
} as const;

const unknownConversation = () => new RequestRefusedError(404, 'Nothing is known of this conversation.');

async function read(
  bytes: Buffer,
  { conversations }: HandoffRouteOptions,
): Promise<{ status: HandoffStatus; conversation: string }> {
  const activity = jsonOf(bytes);
  if (readText(activity, 'type') !== 'event' || readText(activity, 'name') !== 'handoff.status') {
    throw new RequestRefusedError(400, 'The body must be an event activity with the name handoff.status.');
  }
  const status = readHandoffStatus(readObject(activity, 'value'), readId(activity, 'replyToId'));
  if (status === undefined) {
    throw new RequestRefusedError(400, 'value.state must be accepted, failed or completed.');
  }
  const id = readId(readObject(activity, 'conversation'), 'id') ?? '';
  const [, psid, page] = /^([^\s-]{1,128})-([^\s-]{1,128})$/.exec(id) ?? [];
  if (psid === undefined || page === undefined) {
    throw new RequestRefusedError(400, 'conversation.id must be that of the handoff.initiate event.');
  }
  const conversation = conversationKey(page, psid);
  if ((await conversations.knownConversation(conversation)) === undefined) {
    throw unknownConversation();
  }
  return { status, conversation };
}

function jsonOf(bytes: Buffer): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (brokenLimitOf(text, { depth: maxBodyDepth, values: maxStatusValues }) === undefined) return parseJson(text);
  } catch {
    // Refused below, like what is too deep.
  }
  throw new RequestRefusedError(400, 'The body is not valid JSON, or holds too much.');
}
