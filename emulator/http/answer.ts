import type { ServerResponse } from 'node:http';

/** On every response: a browser must not guess types, and must not give anything to pages of another origin. */
export const ownOriginOnly = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** A time for the `Date` header. It is the emulator's own, like the times of its events, since bots compare the two. */
export function httpDate(at: number): string {
  return new Date(at).toUTCString();
}

export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...ownOriginOnly, ...headers });
  response.end(JSON.stringify(body));
}

/** Answers with a call of a JavaScript function (JSONP), in the form that Graph gives it. */
export function answerScript(
  response: ServerResponse,
  callback: string,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8', ...ownOriginOnly, ...headers });
  // JSON may hold line separators that JavaScript did not always take in a text.
  const json = JSON.stringify(body).replace(/[\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16)}`);
  response.end(`/**/ ${callback}(${json});`);
}

/** Resolves when the response is sent, or never will be. */
export function whenAnswered(response: ServerResponse): Promise<void> {
  if (response.writableFinished || response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    response.once('finish', resolve);
    response.once('close', resolve);
  });
}
