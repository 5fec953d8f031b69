import { createHmac } from 'node:crypto';

/**
 * A webhook's body as Meta puts it on the wire: characters beyond ASCII as `\u00e4` with lower-case hex, and `/` as `\/`.
 * Parsing it and printing it again gives different bytes, and so a different signature.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/webhooks#validate-payloads
 */
export function webhookBytes(payload: unknown): Buffer {
  const escaped = JSON.stringify(payload)
    .replaceAll('/', '\\/')
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Buffer.from(escaped, 'ascii');
}

/** Both signature headers over exactly these bytes. Meta still sends the older one too. */
export function signatureHeaders(bytes: Buffer, appSecret: string): Record<string, string> {
  const digest = (algorithm: 'sha1' | 'sha256'): string => createHmac(algorithm, appSecret).update(bytes).digest('hex');
  return {
    'x-hub-signature': `sha1=${digest('sha1')}`,
    'x-hub-signature-256': `sha256=${digest('sha256')}`,
  };
}
