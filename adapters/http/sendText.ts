import type { ServerResponse } from 'node:http';
import { retryAfterSeconds } from './answer.ts';

/** Answers with plain text, unless something was answered already. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return;
  // What was not read of a refused request must not be taken for the next one.
  if (status >= 400) response.setHeader('connection', 'close');
  if (status === 503) response.setHeader('retry-after', retryAfterSeconds);
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(text);
}
