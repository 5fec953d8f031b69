import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphClient } from '../../helpers/graph/graphClient.ts';
import { onceMiddleware } from '../../helpers/once.ts';
import type { Secret } from '../../helpers/secret.ts';
import { maxItems, readFacebookWebhook, type WebhookItem } from '../../models/facebookWebhook.ts';
import { present } from '../../models/present.ts';
import { parseJson } from '../../models/readJson.ts';
import { StoreUnavailableError } from '../../store/storeErrors.ts';
import { RequestRefusedError, sendText } from '../http/answer.ts';
import { readBytes } from '../http/requestBody.ts';
import { answerErrors, type Endpoint, type EndpointParts, type Route } from '../http/route.ts';
import { MessengerAdapter } from './messengerAdapter.ts';
import { messengerDelivery } from './messengerTurn.ts';
import { createSendApi } from './sendApi.ts';
import { isSameSecret, signatureForm, verifySignature } from './signature.ts';

export interface MessengerEndpointOptions extends EndpointParts {
  appSecret: Secret;
  verifyToken: Secret;
  /** This bot's Facebook app, part of every key. */
  appId: string;
  /** What the bot says is sent with this. */
  graph: Pick<GraphClient, 'post'>;
}

/**
 * The most bytes of a webhook. Meta puts up to 1,000 updates into one, and this is 16 kB for each: 2,000 characters of text that are not
 * ASCII are 12,000 bytes on Meta's wire (`\u0e01`), and what stands around the text has the rest. A limit that Meta's own batches exceed
 * would refuse them until Meta gives up on them.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/webhooks (batching), and
 * https://developers.facebook.com/docs/messenger-platform/reference/send-api (length of a text)
 */
export const maxWebhookBytes = maxItems * 16 * 1024;

/**
 * Messenger's webhook: the handshake (`GET`) and the events (`POST`). Bytes, then signature, then JSON, then events, then
 * the store, then 200; turns run after that.
 *
 * Meta repeats a request that was not answered with 200 and gives up on the app after an hour of them, so everything with the right
 * signature is answered with 200, whatever it holds; only what could not be stored is not.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/webhooks
 */
export class MessengerEndpoint implements Endpoint {
  readonly name = 'webhook';
  readonly routes: readonly Route[];
  readonly #parts: MessengerEndpointOptions;
  readonly #adapter: MessengerAdapter;

  constructor(options: MessengerEndpointOptions) {
    const { appId, graph, logic, send, recordOnce, logger, refusals } = options;
    this.#parts = options;
    this.#adapter = new MessengerAdapter({
      sendApi: createSendApi(graph, present('send', send)),
      ...{ logic, ownAppId: appId },
    });
    if (recordOnce !== undefined) this.#adapter.use(onceMiddleware(recordOnce));
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

  run(turn: string): Promise<void> {
    return this.#adapter.runStoredTurn(turn);
  }

  #answerHandshake(request: IncomingMessage, response: ServerResponse): void {
    const { verifyToken, logger } = this.#parts;
    const query = URL.parse(request.url ?? '/', 'http://localhost')?.searchParams ?? new URLSearchParams();
    if (query.get('hub.mode') !== 'subscribe') throw new RequestRefusedError(403, 'hub.mode must be subscribe.');
    if (!isSameSecret(query.get('hub.verify_token') ?? '', verifyToken.reveal())) {
      throw new RequestRefusedError(403, 'hub.verify_token is not the token that this bot was given.');
    }
    const challenge = query.get('hub.challenge') ?? '';
    if (!/^[\w.-]{1,200}$/.test(challenge))
      throw new RequestRefusedError(400, 'hub.challenge is missing or no challenge.');
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
    const deliveries = itemsOf(bytes).map((item) => messengerDelivery(this.#judged(item), appId));
    try {
      await store.accept(deliveries);
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      logger.error({ err: error }, 'the store did not take what the webhook brought');
      throw new RequestRefusedError(503, notStored);
    }
    sendText(response, 200, 'EVENT_RECEIVED');
    runner.wake();
  }

  #judged(item: WebhookItem): WebhookItem {
    if ('unusable' in item || item.quarantine !== undefined) return item;
    return { ...item, ...present('quarantine', this.#parts.rules?.(item.event, this.name)) };
  }
}

const notStored = 'The events could not be stored. Send them again.';

/** Before anything is read: a stranger's body is not worth the memory. */
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
