import { randomInt } from 'node:crypto';
import type { WebhookCallback } from '../runtime/hooks.ts';
import { readLimitedBody } from '../limitedBody.ts';

const limitMs = 5000;
const maxAnswerBytes = 64 * 1024;

/** Why a callback cannot be registered, in one sentence. */
export class WebhookHandshakeError extends Error {
  override readonly name = 'WebhookHandshakeError';
}

/**
 * Asks a callback whether it wants this app's webhooks, as Meta does when one is configured: it must answer 200 with the bare challenge.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/webhooks#verification-requests
 */
export async function askForWebhook(callback: WebhookCallback, request: typeof fetch): Promise<void> {
  const url = URL.parse(callback.callbackUrl);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new WebhookHandshakeError('callbackUrl is not an http or https address.');
  }
  const challenge = String(randomInt(1_000_000_000, 2_000_000_000));
  url.searchParams.set('hub.mode', 'subscribe');
  url.searchParams.set('hub.verify_token', callback.verifyToken);
  url.searchParams.set('hub.challenge', challenge);
  const { status, body } = await ask(url, request);
  if (status !== 200)
    throw new WebhookHandshakeError(`The callback answered the handshake with ${status}, not with 200.`);
  // A newline at its end does no harm: a widely used library writes one.
  if (body.trimEnd() !== challenge)
    throw new WebhookHandshakeError('The callback did not answer with the bare hub.challenge.');
}

async function ask(url: URL, request: typeof fetch): Promise<{ status: number; body: string }> {
  try {
    const response = await request(url, { redirect: 'error', signal: AbortSignal.timeout(limitMs) });
    return { status: response.status, body: (await readLimitedBody(response, maxAnswerBytes)).text };
  } catch {
    throw new WebhookHandshakeError('The callback could not be reached for the handshake.');
  }
}
