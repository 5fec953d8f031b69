import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The result of checking a webhook's signature. `missing`: there is none, or only the older SHA-1 signature. `malformed`: it does not look
 * like a signature. `wrong`: it does, but it does not match these bytes and this secret.
 */
export type SignatureVerdict = 'valid' | 'missing' | 'malformed' | 'wrong';

/** Whether there is a signature to check. Needs no bytes, so nothing has to be read for a stranger. */
export function signatureForm(header: string | undefined): 'missing' | 'malformed' | 'wellFormed' {
  if (header === undefined || header === '') return 'missing';
  return /^sha256=[0-9a-f]{64}$/.test(header) ? 'wellFormed' : 'malformed';
}

/**
 * Checks `X-Hub-Signature-256` over the bytes as received, in constant time. Never throws.
 *
 * It must be the bytes: Meta signs the text with non-ASCII characters escaped, so JSON that was parsed and printed again has another
 * signature.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/webhooks#validate-payloads
 */
export function verifySignature(bytes: Uint8Array, header: string | undefined, appSecret: string): SignatureVerdict {
  const form = signatureForm(header);
  if (form !== 'wellFormed' || header === undefined) return form === 'missing' ? 'missing' : 'malformed';
  const given = Buffer.from(header.slice('sha256='.length), 'hex');
  const right = createHmac('sha256', appSecret).update(bytes).digest();
  return given.length === right.length && timingSafeEqual(given, right) ? 'valid' : 'wrong';
}

/** Whether two strings are equal, in a time that reveals neither where they differ nor how long they are. */
export function isSameSecret(given: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}
