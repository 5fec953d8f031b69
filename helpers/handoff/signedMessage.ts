import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../secret.ts';

/** A message between the bot and a desk, whichever sends it. */
export interface DeskMessage {
  /** The same however often it is sent, so that whoever gets it twice knows. */
  id: string;
  /** JSON. */
  body: string;
}

/** How far the clocks of the two may be apart, and how old a message may be, in seconds. */
const longestAgeSeconds = 300;

/**
 * The headers of a signed message, as Standard Webhooks has them. The secret is taken as the text that it is.
 *
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * @param now milliseconds since 1970
 */
export function signedHeaders({ id, body }: DeskMessage, secret: Secret, now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signatureOf(`${id}.${timestamp}.`, Buffer.from(body), secret).toString('base64')}`,
  };
}

/** What the headers of a request claim, before its body is read. */
export interface Claimed {
  id: string;
  timestamp: string;
  /** Several while a secret is being replaced. */
  signatures: readonly Buffer[];
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** `missing`: there is no signature. `malformed`: the headers are none of a signed message. `old`: it is not from now. */
export function readClaim(headers: Headers, now: number): Claimed | 'missing' | 'malformed' | 'old' {
  const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map((name) => headers[`webhook-${name}`]);
  if (signature === undefined || signature === '') return 'missing';
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string') return 'malformed';
  if (!/^[\w.:-]{1,200}$/.test(id) || !/^\d{1,12}$/.test(timestamp) || signature.length > 1_000) return 'malformed';
  const signatures = signature
    .split(' ')
    .filter((one) => /^v1,[\w+/]{43}=$/.test(one))
    .map((one) => Buffer.from(one.slice('v1,'.length), 'base64'));
  if (signatures.length === 0) return 'malformed';
  if (Math.abs(Number(timestamp) - now / 1000) > longestAgeSeconds) return 'old';
  return { id, timestamp, signatures };
}

/** Whether the body is the one that was signed with this secret, in constant time. */
export function isSigned({ id, timestamp, signatures }: Claimed, body: Uint8Array, secret: Secret): boolean {
  const right = signatureOf(`${id}.${timestamp}.`, body, secret);
  return signatures.some((given) => given.length === right.length && timingSafeEqual(given, right));
}

function signatureOf(before: string, body: Uint8Array, secret: Secret): Buffer {
  return createHmac('sha256', secret.reveal()).update(before).update(body).digest();
}
