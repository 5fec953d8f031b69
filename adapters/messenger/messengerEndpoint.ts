import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphClient } from '../../helpers/graph/graphClient.ts';
import { onceMiddleware } from '../../helpers/once.ts';
import type { Secret } from '../../helpers/secret.ts';
import { maxItems, readFacebookWebhook, type WebhookItem } from '../../models/facebookWebhook.ts';
import { present } from '../../models/present.ts';
import type { OwnEvent } from '../../models/ownEvents.ts';
import { parseJson } from '../../models/readJson.ts';
import type { TurnLogic } from '../../turns/turnLogic.ts';
import { StoreUnavailableError } from '../../store/storeErrors.ts';
import { RequestRefusedError, sendText } from '../http/answer.ts';
import { readBytes } from '../http/requestBody.ts';
import { answerErrors, type Endpoint, type EndpointParts, type Route } from '../http/route.ts';
import { MessengerAdapter } from './messengerAdapter.ts';
import { messengerInboxEvent, ownMessengerTurn } from './messengerTurn.ts';
import { createSendApi } from './sendApi.ts';
import { isSameSecret, signatureForm, verifySignature } from './signature.ts';

export interface MessengerEndpointOptions extends EndpointParts {
  appSecret: Secret;
  verifyToken: Secret;
  /** This bot's Facebook app, part of every key. */
  appId: string;
  /** Sends the bot's messages. */
  graph: Pick<GraphClient, 'post'>;
}

/**
 * The most bytes of a webhook: 16 kB for each of the 1,000 updates that Meta puts into one. 2,000 non-ASCII characters of text take 12,000
 * bytes on the wire (`\u0e01`), which leaves 4 kB for the fields around them. A lower limit would refuse Meta's own batches until Meta gives
 * up.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/webhooks (batching), and
 * https://developers.facebook.com/docs/messenger-platform/reference/send-api (length of a text)
 */
export const maxWebhookBytes = maxItems * 16 * 1024;

/**
 * Messenger's webhook: the handshake (`GET`) and the events (`POST`). Bytes, then signature, then JSON, then events, then the store, then
 * 200; turns run after that.
 *
 * Meta repeats requests that do not get 200, and after an hour of that it unsubscribes the app. So everything with a valid signature gets
 * 200, whatever it holds, unless it could not be stored.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/webhooks
 */
export class MessengerEndpoint implements Endpoint {
  readonly name = 'webhook';
  readonly routes: readonly Route[];
  readonly #parts: MessengerEndpointOptions;
  readonly #adapter: MessengerAdapter;

  constructor(options: MessengerEndpointOptions) {
    const { appId, graph, logic, send, recordOnce, middleware = [], logger, refusals } = options;
    this.#parts = options;
    this.#adapter = new MessengerAdapter({
      sendApi: createSendApi(graph, present('send', send)),
      ...{ logic, ownAppId: appId },
    });
    if (recordOnce !== undefined) this.#adapter.use(onceMiddleware(recordOnce));
    this.#adapter.use(...middleware);
    const answers = {
      ...{ logger, ...present('refusals', refusals) },
      ...{ answer: sendText, unavailable: notStored },
    };
    const handshake = answerErrors((request, response) => this.#answerHandshake(request, response), answers);
    const receive = answerErrors((request, response) => this.#receive(request, response), answers);
    this.routes = [
      { method: 'get', path: '/webhook', handle: handshake },
      { method: 'post', path: '/webhook', handle: receive },
    ];
  }

  run(payload: string, logic?: TurnLogic): Promise<void> {
    return this.#adapter.runStoredTurn(payload, logic);
  }

  ownTurn(conversation: string, _from: string | undefined, event: OwnEvent): string | undefined {
    return ownMessengerTurn(conversation, event);
  }

  #answerHandshake(request: IncomingMessage, response: ServerResponse): void {
    const { verifyToken, logger } = this.#parts;
    const query = URL.parse(request.url ?? '/', 'http://localhost')?.searchParams ?? new URLSearchParams();
    if (query.get('hub.mode') !== 'subscribe') throw new RequestRefusedError(403, 'hub.mode must be subscribe.');
    if (!isSameSecret(query.get('hub.verify_token') ?? '', verifyToken.reveal())) {
      throw new RequestRefusedError(403, "hub.verify_token is not this bot's verify token.");
    }
    const challenge = query.get('hub.challenge') ?? '';
    if (!/^[\w.-]{1,200}$/.test(challenge))
      throw new RequestRefusedError(400, 'hub.challenge is missing or malformed.');
    sendText(response, 200, challenge);
    logger.info({}, 'the webhook was verified');
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { appSecret, appId, store, runner, logger } = this.#parts;
    const header = request.headers['x-hub-signature-256'];
    const signature = typeof header === 'string' ? header : undefined;
    refuseUnsigned(signatureForm(signature), request);
    const bytes = await readBytes(request, maxWebhookBytes);
    if (verifySignature(bytes, signature, appSecret.reveal()) !== 'valid') {
      throw new RequestRefusedError(403, 'X-Hub-Signature-256 is not the signature of this body.');
    }
    const events = itemsOf(bytes).map((item) => messengerInboxEvent(this.#withRules(item), appId));
    try {
      await store.accept(events);
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      logger.error({ err: error }, 'the events of a webhook could not be stored');
      throw new RequestRefusedError(503, notStored);
    }
    sendText(response, 200, 'EVENT_RECEIVED');
    runner.wake();
  }

  #withRules(item: WebhookItem): WebhookItem {
    if ('unusable' in item || item.quarantine !== undefined) return item;
    return { ...item, ...present('quarantine', this.#parts.rules?.(item.event, this.name)) };
  }
}

const notStored = 'The events could not be stored. Send them again.';

/** Runs before the body is read: a stranger's is not worth the memory. */
function refuseUnsigned(form: ReturnType<typeof signatureForm>, { headers }: IncomingMessage): void {
  if (form === 'missing') {
    const older = headers['x-hub-signature'] === undefined ? '' : ' X-Hub-Signature alone is not enough.';
    throw new RequestRefusedError(401, `The request has no X-Hub-Signature-256 header.${older}`);
  }
  if (form === 'malformed') {
    throw new RequestRefusedError(400, 'X-Hub-Signature-256 must be sha256= and 64 lower-case hexadecimal digits.');
  }
}

function itemsOf(bytes: Buffer): WebhookItem[] {
  const text = new TextDecoder().decode(bytes);
  let body: unknown;
  try {
    body = parseJson(text);
  } catch {
    return [
      { unusable: { kind: 'unsupported', via: 'messaging', reason: 'The body is not readable JSON.', raw: text } },
    ];
  }
  return readFacebookWebhook(body);
}
