import type { ServerResponse } from 'node:http';

/** On every answer: a browser takes nothing for another type than it says, and gives nothing to a page of another origin. */
export const ownOriginOnly = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** A time as a `Date` header tells it. The emulator's is that of its own clock, as the times of its events are: bots compare the two. */
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

/** Resolves when the answer is out, or will never be. */
export function whenAnswered(response: ServerResponse): Promise<void> {
  if (response.writableFinished || response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    response.once('finish', resolve);
    response.once('close', resolve);
  });
}
