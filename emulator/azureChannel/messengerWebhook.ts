import { createHmac, timingSafeEqual } from 'node:crypto';
import type { BusyTracker } from '../runtime/busy.ts';
import type { Clock } from '../runtime/hooks.ts';
import type { AzureTrace } from './azureTrace.ts';
import { createConversationOrder } from './conversationOrder.ts';
import type { HttpAnswer, HttpRequest } from './httpServer.ts';
import { idAt, isJsonObject, listAt, parseJson } from '../json.ts';
import { translateEntry } from './messengerToActivity.ts';
import type { Translated } from './messengerToActivity.ts';
import type { AzureRegistration } from './registration.ts';
import type { TranslationOptions } from './translationOptions.ts';

export interface WebhookParts {
  readonly busy: BusyTracker;
  readonly clock: Clock;
  readonly trace: AzureTrace;
  readonly translation: TranslationOptions;
  readonly serviceUrl: () => string;
  readonly nextId: () => string;
  /** Brings one activity to the bot. It must not reject. */
  readonly deliver: (translated: Translated, registration: AzureRegistration) => Promise<void>;
}

/** Answers what Messenger asks of, and posts to, the webhook of one bot's Facebook app. */
export type MessengerWebhook = (request: HttpRequest, registration: AzureRegistration) => HttpAnswer;

/** Answers Messenger's handshake. Source: https://developers.facebook.com/docs/messenger-platform/webhooks */
function answerHandshake(request: HttpRequest, registration: AzureRegistration): HttpAnswer {
  const challenge = request.query.get('hub.challenge');
  const known =
    request.query.get('hub.mode') === 'subscribe' &&
    request.query.get('hub.verify_token') === registration.verifyToken &&
    challenge !== null;
  return known ? { status: 200, text: challenge } : { status: 403, text: 'The verify token is not the one expected.' };
}

/** Whether `X-Hub-Signature-256` was made over these bytes with the app's secret. */
function isSigned(request: HttpRequest, appSecret: string): boolean {
  const header = request.headers['x-hub-signature-256'];
  if (typeof header !== 'string') return false;
  const expected = Buffer.from(`sha256=${createHmac('sha256', appSecret).update(request.body).digest('hex')}`);
  const given = Buffer.from(header);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * The channel as a webhook client of Messenger. A signed webhook is answered at once; after that its entries become
 * activities, and each waits for the earlier ones of its conversation.
 */
export function createMessengerWebhook(parts: WebhookParts): MessengerWebhook {
  const { busy, trace } = parts;
  const order = createConversationOrder();
  /** The conversations that each bot knows. */
  const known = new Set<string>();

  const processWebhook = (body: Buffer, registration: AzureRegistration): void => {
    const { botAppId, pageId } = registration;
    const ignore = (reason: string): void => trace({ type: 'azureChannel.webhookIgnored', botAppId, reason });
    const payload = parseJson(body.toString('utf8'));
    if (!isJsonObject(payload) || payload['object'] !== 'page') {
      ignore('The body is not a Page webhook.');
      return;
    }
    for (const entry of listAt(payload, 'entry')) {
      if (!isJsonObject(entry) || idAt(entry, 'id') !== pageId) {
        ignore('The entry is about another Page.');
        continue;
      }
      const context = {
        serviceUrl: parts.serviceUrl(),
        now: parts.clock(),
        nextId: parts.nextId,
        isNew: (conversationId: string) => {
          const before = known.size;
          return known.add(`${botAppId} ${conversationId}`).size > before;
        },
        options: parts.translation,
      };
      const { activities, ignored } = translateEntry(entry, pageId, context);
      ignored.forEach(ignore);
      for (const translated of activities) {
        const done = busy.begin();
        const lanes = translated.conversations.map((conversation) => `${botAppId} ${conversation}`);
        void order.run(lanes, () => parts.deliver(translated, registration)).finally(done);
      }
    }
  };

  return (request, registration) => {
    if (request.method === 'GET') return answerHandshake(request, registration);
    if (request.method !== 'POST') return { status: 405, text: 'A webhook knows GET and POST.' };
    if (!isSigned(request, registration.appSecret)) {
      const reason = 'The signature is missing or wrong.';
      trace({ type: 'azureChannel.webhookIgnored', botAppId: registration.botAppId, reason });
      return { status: 403, text: reason };
    }
    const done = busy.begin();
    return {
      status: 200,
      text: 'EVENT_RECEIVED',
      afterwards: () => {
        processWebhook(request.body, registration);
        done();
      },
    };
  };
}
