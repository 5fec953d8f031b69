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

/** Resolves when the response is sent, or never will be. */
export function whenAnswered(response: ServerResponse): Promise<void> {
  if (response.writableFinished || response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    response.once('finish', resolve);
    response.once('close', resolve);
  });
}
