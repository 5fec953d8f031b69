import type { IncomingMessage } from 'node:http';

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Why this request is not for us, in one sentence, or `undefined` when it is. A page in a browser can make any name point to
 * 127.0.0.1, so the name it asked for decides, and so does the page that asked.
 */
export function refuseUnlessLoopback(request: IncomingMessage): string | undefined {
  const host = URL.parse(`http://${request.headers.host ?? ''}`);
  if (host === null || !loopbackNames.has(host.hostname)) {
    return 'The emulator answers only requests to 127.0.0.1, localhost or [::1].';
  }
  const { origin } = request.headers;
  if (origin === undefined) return undefined;
  const page = URL.parse(origin);
  if (page?.host === host.host && page.protocol === 'http:') return undefined;
  return 'The emulator answers no requests from pages of another origin.';
}
