import type { InjectedFaults } from '../faults/injectedFaults.ts';
import { readLimitedBody } from '../limitedBody.ts';
import type { WebhookPost } from '../trace/emulatorEvent.ts';
import type { Delivery } from './deliveryLog.ts';
import { signatureHeaders } from './webhookBytes.ts';

/** Meta looks only at the status. */
const maxAnswerBytes = 64 * 1024;

export interface Receiver {
  readonly callbackUrl: string;
  readonly appSecret: string;
}

/** What became of an attempt. Without a status no answer came. */
export interface Answer {
  readonly status?: number;
  readonly because: string;
}

export const isTaken = (status: number | undefined): status is number =>
  status !== undefined && status >= 200 && status < 300;

export interface AttemptOptions {
  /** How long Meta waits for an answer, in ms. Default: 5000. */
  readonly limitMs?: number;
  readonly request?: typeof fetch;
  readonly faults?: Pick<InjectedFaults, 'takeForAttempt'>;
}

/** Posts bytes to callbacks, signed. */
export interface Attempts {
  /** Posts once, unless an injected fault keeps the webhooks from the callback or its answer from Meta. */
  post(
    delivery: Pick<Delivery, 'bytes' | 'webhooks'>,
    receiver: Receiver,
  ): Promise<{ readonly answer: Answer; readonly post: WebhookPost }>;
}

/** @param closing ends what is in flight */
export function createAttempts(
  { limitMs = 5000, request = fetch, faults }: AttemptOptions,
  closing: AbortSignal,
): Attempts {
  const postOnce = async ({ url, headers }: WebhookPost, bytes: Buffer): Promise<Answer> => {
    const timeout = AbortSignal.timeout(limitMs);
    try {
      const response = await request(url, {
        method: 'POST',
        body: new Uint8Array(bytes),
        headers,
        redirect: 'manual',
        signal: AbortSignal.any([timeout, closing]),
      });
      await readLimitedBody(response, maxAnswerBytes);
      return { status: response.status, because: `The callback answered ${response.status}.` };
    } catch {
      return {
        because: timeout.aborted
          ? `The callback did not answer within ${limitMs} ms.`
          : 'The callback could not be reached.',
      };
    }
  };
  const answerTo = async (
    post: WebhookPost,
    { bytes, webhooks }: Pick<Delivery, 'bytes' | 'webhooks'>,
  ): Promise<Answer> => {
    switch (faults?.takeForAttempt(webhooks)?.fault) {
      case 'refuse':
        return { status: 503, because: 'An injected fault refuses it.' };
      case 'timeout':
        return { because: 'An injected fault lets it wait for an answer in vain.' };
      case 'loseAnswer':
        await postOnce(post, bytes);
        return { because: 'An injected fault loses the answer of the callback.' };
      default:
        return postOnce(post, bytes);
    }
  };
  return {
    async post(delivery, { callbackUrl: url, appSecret }) {
      const { bytes } = delivery;
      const headers = { 'content-type': 'application/json', ...signatureHeaders(bytes, appSecret) };
      const post = { url, headers, body: bytes.toString('ascii') };
      return { post, answer: await answerTo(post, delivery) };
    },
  };
}
