import type { IncomingMessage } from 'node:http';

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Why this request is refused, in one sentence, or `undefined` if it is not. A web page can make any name of its own point to 127.0.0.1, so
 * both the requested name and the requesting page are checked.
 *
 * @param alsoFor names that nobody can make point here but on this machine, in whose place the emulator is. Pages may not use them.
 */
export function refuseUnlessLoopback(request: IncomingMessage, alsoFor: readonly string[] = []): string | undefined {
  const host = URL.parse(`http://${request.headers.host ?? ''}`);
  const { origin } = request.headers;
  const isOther = host !== null && alsoFor.includes(host.hostname);
  if (isOther && origin === undefined && request.headers['sec-fetch-site'] === undefined) return undefined;
  if (host === null || !loopbackNames.has(host.hostname)) {
    const names = ['127.0.0.1', 'localhost', '[::1]', ...alsoFor];
    return `The emulator answers only requests to ${names.slice(0, -1).join(', ')} or ${names.at(-1)}.`;
  }
  const page = origin === undefined ? undefined : URL.parse(origin);
  const fromElsewhere = page !== undefined && !(page?.host === host.host && page.protocol === 'http:');
  if (!fromElsewhere && !isSentFromElsewhere(request)) return undefined;
  return 'The emulator answers no requests from pages of another origin.';
}

/**
 * Browsers load images and scripts for other pages without an `Origin` header, but with `Sec-Fetch-Site`. Following a link to the page
 * itself is allowed.
 * Source: https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
function isSentFromElsewhere({ headers, method, url = '/' }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  const followsLink = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  // With parameters it would be a call of Graph.
  return !(followsLink && method === 'GET' && url === '/');
}
