import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What a webhook's signature is worth. `missing` also when only the older SHA-1 signature is there; `malformed` when it does not
 * look like one; `wrong` when it is one, but not of these bytes under this secret.
 */
export type SignatureVerdict = 'valid' | 'missing' | 'malformed' | 'wrong';

/** Whether there is a signature to compare with. The bytes are not needed for that, so nothing has to be read for a stranger. */
export function signatureForm(header: string | undefined): 'missing' | 'malformed' | 'wellFormed' {
  if (header === undefined || header === '') return 'missing';
  return /^sha256=[0-9a-f]{64}$/.test(header) ? 'wellFormed' : 'malformed';
}

/**
 * Checks `X-Hub-Signature-256` over the bytes as they came. Never throws. Takes as long for a signature that is wrong in
 * its first digit as for one that is wrong in its last.
 *
 * Bytes only: Meta signs the text with every special character escaped, so JSON that was parsed and printed again has another
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

/** Whether two texts are the same, in a time that tells nothing about where they differ, nor about their lengths. */
export function isSameSecret(given: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}
