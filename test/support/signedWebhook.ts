import { createHmac } from 'node:crypto';

/** A body as Meta puts it on the wire: everything beyond ASCII escaped in lower-case hex, and slashes too. */
export function metaBytes(payload: unknown): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(payload)
    .replaceAll('/', '\\/')
    .replace(/[^\0-\x7f]/g, escaped);
}

/** The value of `X-Hub-Signature-256`. */
export function signatureOf(body: string | Uint8Array, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

/** Posts a body under the right signature. */
export function postSigned(url: string, body: string | Uint8Array, appSecret: string): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(body, appSecret) },
    body: typeof body === 'string' ? body : Buffer.from(body),
  });
}
